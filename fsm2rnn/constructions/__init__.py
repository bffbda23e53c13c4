"""What targets are made of: verdicts, networks that act coordinate by coordinate, and the words that refute them."""
