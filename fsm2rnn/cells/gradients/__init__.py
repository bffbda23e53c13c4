"""Whole words at once, with gradients written out: quicker than the step by step graph that they equal."""
