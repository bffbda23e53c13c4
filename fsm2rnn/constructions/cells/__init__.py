"""Machines in the nonlinear cells of torch.nn: units, exact rows, boxes, and the proof of what is stored."""
