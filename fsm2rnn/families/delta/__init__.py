"""Recurrences whose transition is the identity, or a diagonal, less a product."""
