"""Exact linear algebra: spans of words, lattices, Hankel rank."""
