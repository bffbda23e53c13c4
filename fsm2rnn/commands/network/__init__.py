"""Commands whose subject is a network file."""
