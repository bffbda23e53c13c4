"""Letters as maps of the states: which differ, which commute, and the words between states."""
