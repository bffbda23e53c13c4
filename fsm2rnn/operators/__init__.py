"""One frozen class per matrix structure: its size and the exact matrix of each symbol; storage as float bits."""
