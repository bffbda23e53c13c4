"""Claims as theorems of a proof assistant: a library of checkers proved sound, and what writes and runs its texts."""
