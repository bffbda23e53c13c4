"""Commands whose subject is a machine, or the program itself."""
