"""Recurrences with dense matrices or blocks."""
