"""Published families over machines: verdicts, networks that are run, witnesses that are replayed."""
