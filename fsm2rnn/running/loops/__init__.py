"""Recurrences compiled for the CPU, one file per kind of step."""
