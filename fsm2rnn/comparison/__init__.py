"""Networks that were not compiled: proved, refuted by a word, or left open, and set beside machines."""
