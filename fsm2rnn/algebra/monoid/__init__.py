"""The transition monoid: its elements by shortest words, and what its structure decides."""
