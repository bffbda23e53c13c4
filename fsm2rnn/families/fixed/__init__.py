"""Recurrences whose transition reads no letter."""
