"""Attention, layer upon layer."""
