"""Two that answer word by word: where they differ, and words that a machine cannot tell apart."""
