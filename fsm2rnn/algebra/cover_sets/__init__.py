"""Choosing few of many sets: least weighted covers and separating sets."""
