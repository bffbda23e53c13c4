"""Recurrences h <- a_x h + b_x, whose gates read the letter."""
