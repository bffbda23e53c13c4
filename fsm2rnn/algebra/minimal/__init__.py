"""Coarsest partitions in compiled loops."""
