"""Networks as weights of modules that people already use, each run beside its machine before it is written."""
