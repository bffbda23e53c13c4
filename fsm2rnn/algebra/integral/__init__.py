"""Representations over Z: lattices that integer matrices keep, one per rational component."""
