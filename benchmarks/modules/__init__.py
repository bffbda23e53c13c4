"""Networks as weights of published modules: which machine is held by which, and what the modules answer."""
