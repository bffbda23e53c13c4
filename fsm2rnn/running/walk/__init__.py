"""The machine's own table walked over a word: in chains, in chunks, folded."""
