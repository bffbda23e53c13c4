"""What commuting letters are on coordinates: semicharacters, and additive terms beside them."""
