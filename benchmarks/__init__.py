"""What the program must be fast at, measured beside its peers: python -m benchmarks."""
