"""Trackers in files: tensors of any safetensors file, the file kind `trained`, and checkpoints of other people."""
