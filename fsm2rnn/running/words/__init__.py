"""Words: given, read from files, or drawn by seed, stream and place."""
