"""Recurrences of other formalisms as layers, and layers as theirs: hidden Markov models, programs of linear states."""
