"""One page for a browser: typed data of machines and networks, drawn by scripts that travel inside the file."""
