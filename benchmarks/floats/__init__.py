"""Horizons and float states, beside measured errors."""
