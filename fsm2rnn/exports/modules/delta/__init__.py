"""Networks of reflections as language models whose layers are gated delta rules."""
