"""Runs on a CUDA device."""
