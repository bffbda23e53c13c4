"""Stored tensors and the exact matrices that they mean."""
