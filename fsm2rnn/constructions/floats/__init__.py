"""The float states that words reach, and what better grades they give."""
