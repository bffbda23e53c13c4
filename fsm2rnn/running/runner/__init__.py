"""What carries one word, many streams or a scan through a network."""
