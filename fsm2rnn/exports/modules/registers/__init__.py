"""Banks of registers as layers of transformers: each coordinate a channel or a head that keeps or is set."""
