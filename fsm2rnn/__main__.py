"""python -m fsm2rnn is the command line."""

from __future__ import annotations

import sys

from fsm2rnn.cli import main

if __name__ == "__main__":
    sys.exit(main())
