"""Networks of dense matrices: integer codes, orthonormal blocks, several codes per state."""
