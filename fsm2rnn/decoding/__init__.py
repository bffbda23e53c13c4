"""Constrained decoding: a language over characters as a machine over a tokenizer's tokens, and as a mask of scores."""
