"""Causal language models of transformers whose tokens are the letters and the states of a machine."""
