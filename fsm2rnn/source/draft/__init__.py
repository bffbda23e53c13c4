"""Machines being read: incomplete, non-deterministic or Mealy, and how they become state machines."""
