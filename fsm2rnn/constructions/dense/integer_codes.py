"""A_x code_q = code_delta(q, x) over Z, codes distinct, of any machine: the narrowest form of several."""

from __future__ import annotations

from contextlib import suppress

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.functions.matrix_algebra import STATE_LIMIT
from fsm2rnn.algebra.functions.summands import narrow_form
from fsm2rnn.algebra.integral.module_sums import IntegerRepresentation
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.sparse import SparseMatrix, unit, vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.block_diagonal import BlockDiagonal

NUMBER_LIMIT = 1 << 26  # of the dense tensor: 256 MiB in float32, as for target full


def integer_codes(facts: Facts) -> IntegerRepresentation:
    """Return the narrowest of the representation of the group and its resets, the states, and functions on them.

    The first where it is proved least; functions beside it up to STATE_LIMIT states. LimitError past NUMBER_LIMIT
    numbers, or for a group that is too large.
    """
    try:
        found = facts.integers
    except InputError:
        found = _on_states(facts.machine)
    else:
        if found.least:
            return found
        with suppress(LimitError):
            found = min(found, _on_states(facts.machine), key=_size)
        if len(facts.machine.states) > STATE_LIMIT:
            return found
    with suppress(LimitError, InputError):
        found = min(found, _on_functions(facts), key=_size)
    return found


def _size(found: IntegerRepresentation) -> int:
    return found.size


def _on_functions(facts: Facts) -> IntegerRepresentation:
    machine = facts.machine
    form = narrow_form(machine, facts.function_spaces)
    rows = [
        [SparseMatrix.from_rows(block[letter].tolist()) for block in form.blocks]
        for letter in range(len(machine.symbols))
    ]
    whole = BlockDiagonal(tuple(map(tuple, rows)))
    matrices = tuple(whole.matrix(letter) for letter in range(len(rows)))
    codes = tuple(vector(enumerate(code)) for code in form.codes.tolist())
    return IntegerRepresentation(matrices, codes, least=False, reason=f"functions on the states: {form.reason}")


def _on_states(machine: StateMachine) -> IntegerRepresentation:
    """Return unit vectors, a state that no letter leaves at the origin; LimitError past NUMBER_LIMIT numbers."""
    origin = next((state for state, row in enumerate(machine.table) if set(row) == {state}), None)
    places = [state for state in range(len(machine.states)) if state != origin]
    if len(places) ** 2 * len(machine.symbols) > NUMBER_LIMIT:
        what = "numbers of the dense tensor of an integer network"
        raise LimitError(what, limit=NUMBER_LIMIT, needed=len(places) ** 2 * len(machine.symbols))
    codes = {state: unit(place) for place, state in enumerate(places)} | ({} if origin is None else {origin: ()})
    matrices = tuple(
        SparseMatrix(len(places), tuple(codes[column[state]] for state in places))
        for column in zip(*machine.table, strict=True)
    )
    reason = "one coordinate per state" + ("" if origin is None else " but one, which no letter leaves")
    return IntegerRepresentation(
        matrices, tuple(codes[state] for state in range(len(codes))), least=False, reason=reason
    )
