"""One reader, and where there is one a writer, per file format."""
