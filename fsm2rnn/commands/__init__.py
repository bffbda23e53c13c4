"""One file per command: `run(options)` returns the exit status. Only the command that is called is loaded."""
