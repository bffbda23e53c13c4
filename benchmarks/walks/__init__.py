"""Long words: networks, tables and their peers."""
