"""python -m fsm2rnn is the command line, and so is the command fsm2rnn; interrupts end it from this import on."""

from __future__ import annotations

from fsm2rnn.commands.status import Status
from fsm2rnn.interrupts import end_at_interrupts

end_at_interrupts(Status.INTERRUPTED)

import sys  # noqa: E402  as below

from fsm2rnn.cli import fault, main  # noqa: E402  what takes time is imported when the handler stands

sys.excepthook = fault

if __name__ == "__main__":
    sys.exit(main())
