"""Permutations and resets by reflections in acute roots: what a gated delta rule that only writes forwards can hold."""
