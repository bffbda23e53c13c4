"""Machines by name, and by generators in a text."""
