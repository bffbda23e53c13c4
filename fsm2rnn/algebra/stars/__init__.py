"""Permutations as words of transpositions of one centre, and small sets of points to act on."""
