"""The layers of mingru-scans and minGRU-pytorch, as folders of a state dict with the lines that run it."""
