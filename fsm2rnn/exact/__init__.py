"""The only arithmetic a proof may use: integers, fractions, fractions of a turn; standard library only."""
