"""Finite groups given by letters: multiplication table, action, name, subgroups and characters."""
