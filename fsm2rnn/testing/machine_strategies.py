"""machines(...): random machines of a class, for @given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import Final, assert_never

from hypothesis import strategies as st

from fsm2rnn.choice import choose_member
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.testing.machine_tables import (
    any_tables,
    aperiodic_tables,
    commutative_tables,
    permutation_tables,
    reset_tables,
)

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


class MachineClass(Enum):
    """What the symbols of drawn machines do."""

    ANY = "any"
    PERMUTATION = "permutation"  # each permutes the states
    COMMUTATIVE = "commutative"  # any two of them commute
    APERIODIC = "aperiodic"  # no word permutes several states in a circle
    RESETS = "resets"  # each keeps or sets every part of the state
    MEALY = "mealy"  # anything, and outputs belong to a state and a symbol


@st.composite
def machines(
    draw: st.DrawFn,
    kind: MachineClass | str = MachineClass.ANY,
    *,
    max_states: int = 6,
    max_symbols: int = 3,
    labels: st.SearchStrategy[Label] | None = None,
    outputs: st.SearchStrategy[Label] | None = None,
) -> StateMachine:
    """Draw machines of 1 to `max_states` states and 1 to `max_symbols` symbols, of one class.

    Classes: "any", "permutation", "commutative", "aperiodic", "resets", "mealy". States are called 0, 1, ... and
    symbols a, b, ..., or both as `labels` draws; `outputs` draws the output of a state (of Mealy's kind, of a state and
    a symbol), by default 0 or 1, or where outputs belong to states, now and then the state itself. Failures shrink
    towards one state and one symbol. Raises InputError for another class, or sizes below 1.
    """
    asked = choose_member("class", kind, MachineClass)
    if max_states < 1 or max_symbols < 1:
        message = f"a machine has a state and a symbol at least, found max_states={max_states} and {max_symbols}"
        raise InputError(message)
    tracker = draw(tables(asked, max_states=max_states, max_symbols=max_symbols))
    states, symbols = len(tracker.states), len(tracker.symbols)
    names = draw(_names(range(states), labels))
    letters = draw(_names(_letters(symbols), labels))
    shown = st.integers(0, 1) if outputs is None else outputs
    if asked is MachineClass.MEALY:
        rows = draw(st.tuples(*[st.tuples(*[shown] * symbols)] * states))
        return replace(tracker, states=names, symbols=letters, outputs=rows, is_mealy=True)
    several = st.tuples(*[shown] * states)
    seen = draw(st.just(names) | several if outputs is None else several)
    return replace(tracker, states=names, symbols=letters, outputs=seen)


def tables(kind: MachineClass, *, max_states: int, max_symbols: int) -> st.SearchStrategy[StateMachine]:
    """Return the strategy of trackers of a class, states and symbols numbered."""
    match kind:
        case MachineClass.ANY | MachineClass.MEALY:
            return any_tables(max_states=max_states, max_symbols=max_symbols)
        case MachineClass.PERMUTATION:
            return permutation_tables(max_states=max_states, max_symbols=max_symbols)
        case MachineClass.COMMUTATIVE:
            return commutative_tables(max_states=max_states, max_symbols=max_symbols)
        case MachineClass.APERIODIC:
            return aperiodic_tables(max_states=max_states, max_symbols=max_symbols)
        case MachineClass.RESETS:
            return reset_tables(max_states=max_states, max_symbols=max_symbols)
        case _:
            assert_never(kind)


def _letters(count: int) -> Sequence[Label]:
    return LETTERS[:count] if count <= len(LETTERS) else [f"x{place}" for place in range(count)]


def _names(plain: Sequence[Label], labels: st.SearchStrategy[Label] | None) -> st.SearchStrategy[tuple[Label, ...]]:
    if labels is None:
        return st.just(tuple(plain))
    return st.lists(labels, min_size=len(plain), max_size=len(plain), unique=True).map(tuple)
