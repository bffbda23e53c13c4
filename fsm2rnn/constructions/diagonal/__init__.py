"""Networks of diagonal matrices, with and without an additive term."""
