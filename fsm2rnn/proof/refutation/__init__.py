"""Witnesses: words that no network of a family can follow, replayed on the machine."""
