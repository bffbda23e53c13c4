"""Exact numbers in the place of learned ones, by the structure of the recurrence."""
