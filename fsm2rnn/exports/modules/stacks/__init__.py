"""Stacks of gated layers as the weights of Mamba models of several layers."""
