"""torch modules: the bilinear recurrence in each structure, and a compiled network with its machine."""
