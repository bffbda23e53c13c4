"""Objects of other libraries, and automata-lib's regular expressions."""
