"""CP rank of the transition tensor: bounds from pencils and flattenings, factors found."""
