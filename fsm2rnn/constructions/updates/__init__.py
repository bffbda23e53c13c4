"""Networks of products of rank-one updates."""
