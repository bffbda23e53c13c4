"""Published recurrences as torch cells, on the parameters that their papers train."""
