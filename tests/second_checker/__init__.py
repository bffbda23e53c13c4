"""An independent checker of network files: standard library only, nothing from the package under test."""
