"""Breadth-first search of the finitely many rounded states that words lead a network to."""
