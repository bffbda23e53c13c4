"""Cells whose next state is no linear function of the state."""
