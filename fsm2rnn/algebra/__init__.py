"""Pure functions from a machine to facts about it."""
