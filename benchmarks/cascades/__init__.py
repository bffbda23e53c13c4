"""Stacks of gated layers for files of acceptors and protocols."""
