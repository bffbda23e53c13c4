"""What words reach, found without trust: orbits of states, and the first word on which two machines differ."""
