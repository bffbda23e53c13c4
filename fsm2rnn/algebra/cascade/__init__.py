"""Machines as cascades: levels that each remember the last of some events, seen by the levels above."""
