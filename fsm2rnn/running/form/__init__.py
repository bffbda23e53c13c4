"""What a network may be run as: an index, codes, its own floats."""
