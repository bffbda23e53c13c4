"""One word shared among processes."""
