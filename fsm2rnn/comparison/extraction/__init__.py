"""The machine that a network is: exactly, where the states of words close; else by the votes of short words."""
