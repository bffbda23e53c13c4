"""The JSON document of `explain`, which stands alone: what is said of a machine beside the machine itself."""

from __future__ import annotations

from collections.abc import Iterable

from fsm2rnn.budget import UNLIMITED, Budget
from fsm2rnn.explanation import Explanation
from fsm2rnn.machine.labels import Json, label_plain
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.version import __version__


def document(
    explanation: Explanation,
    machine: StateMachine,
    name: str,
    notes: Iterable[Json] = (),
    budget: Budget = UNLIMITED,
) -> dict[str, Json]:
    """Return the explanation and, under "machine", the machine as it was read.

    `name` is the text that named the machine, `notes` say what was guessed in reading it, to which is added what was
    not decided within the budget; better grades are searched for in what is left of it. There stand, beside
    the facts, the version of the program and, before minimising, names of states and symbols, next states, start and
    outputs: a row of the table for each state, an entry for each symbol, states counted from 0. Outputs are one for
    each state, and of a Mealy machine a row for each state.
    """
    outputs: list[Json] = [label_plain(output) for output in machine.outputs]
    if machine.is_mealy:
        outputs = [[label_plain(output) for output in row] for row in machine.outputs]
    read: dict[str, Json] = {
        "name": name,
        "version": __version__,
        "state_names": [label_plain(state) for state in machine.states],
        "symbol_names": [label_plain(symbol) for symbol in machine.symbols],
        "table": [list(row) for row in machine.table],
        "start": machine.start,
        "outputs": outputs,
    }
    undecided: list[Json] = [f"{what}: {budget.reason}" for what in explanation.undecided]
    told: dict[str, Json] = {"machine": {**explanation.facts, **read}, "notes": [*notes, *undecided]}
    return explanation.to_json(budget) | told
