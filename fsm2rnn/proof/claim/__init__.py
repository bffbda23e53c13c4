"""What is claimed of a network, and the induction that proves it."""
