"""Formats whose labels are conditions on Boolean inputs; the letters are the valuations, written as bit strings."""
