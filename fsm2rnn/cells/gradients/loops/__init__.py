"""Chains and their gradients in compiled loops over the words: a state stays in the cache from one step to the next."""
