"""Boxes of states that no word leaves, found for weights that were learned."""
