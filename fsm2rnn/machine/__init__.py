"""The intermediate representation: state machines and what is computed on them, standard library only."""
