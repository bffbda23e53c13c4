"""Networks as files that run where this package is not installed: plain torch, ONNX, torch.export."""
