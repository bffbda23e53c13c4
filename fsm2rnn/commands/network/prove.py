"""prove NET: the claim of a network file as theorems that the proof assistant's kernel accepts."""

from __future__ import annotations

import argparse

from fsm2rnn.commands.answer import say
from fsm2rnn.commands.status import Status
from fsm2rnn.errors import InputError
from fsm2rnn.escapes import escaped
from fsm2rnn.pages.progress import stages
from fsm2rnn.rocq.assistant import Limits
from fsm2rnn.rocq.prove import Accepted, Rejected, Replay, Stopped, prove, replay_json, replay_text


def run(options: argparse.Namespace) -> Status:
    """Say accepted with what the theorems rest on, or rejected with the reason, or that a limit came first."""
    if not options.timeout > 0 or options.memory < 1:
        message = f"a limit is positive: {options.timeout:g} s, {options.memory:,} MB"
        raise InputError(message)
    limits = Limits(options.timeout, options.memory)
    with stages(f"{escaped(options.network)}: proof assistant", wanted=not (options.quiet or options.json)):
        replay = prove(options.network, floats=options.floats, limits=limits, max_text=options.max_text)
    say(options, replay_json(replay), replay_text(replay))
    return _status(replay)


def _status(replay: Replay) -> Status:
    match replay:
        case Accepted():
            return Status.HOLDS
        case Rejected():
            return Status.REFUTED
        case Stopped():
            return Status.UNDECIDED
