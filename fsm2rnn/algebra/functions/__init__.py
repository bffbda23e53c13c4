"""Functions on the states as a module of the letters: submodules, summands and maps between them."""
