"""Readers of outside formats and the catalogue of named machines: every MACHINE text becomes a StateMachine."""
