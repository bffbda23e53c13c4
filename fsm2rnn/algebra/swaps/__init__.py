"""Permutations as words of transpositions between two classes, and small sets of points to act on."""
