"""Training: tasks, and what a network has learned of them."""
