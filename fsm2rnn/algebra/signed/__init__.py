"""Groups as signed permutations: monomial representations and what they induce."""
