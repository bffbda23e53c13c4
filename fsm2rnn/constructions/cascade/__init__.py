"""Cascades as stacks of gated layers: units, stored numbers, verdicts."""
