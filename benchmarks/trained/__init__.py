"""What training leaves, and what is proved of it."""
