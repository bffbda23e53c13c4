"""Representations of a group on real, complex and cyclotomic coordinates, the least of them."""
