"""networks(...): compiled networks of random machines."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from hypothesis import reject
from hypothesis import strategies as st

from fsm2rnn.api import compile as compile_machine
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.testing.machine_strategies import machines

TARGETS: Final = ("full", "integer", "minimal", "block-diagonal", "householder", "real-diagonal")
"""Targets of linear recurrences; `full` has weights for every machine."""


@st.composite
def networks(
    draw: st.DrawFn,
    source: st.SearchStrategy[StateMachine] | None = None,
    *,
    targets: Sequence[str] = TARGETS,
    dtype: str = "float32",
) -> Network | Tracker:
    """Draw a machine (of `machines()` by default) and return a network compiled for it; `network.machine` is its own.

    The first of the targets, in an order that is drawn, that has weights for the machine; a machine for which none has
    is not counted as an example. Raises InputError for an unknown target, CertificateError where weights have no proof
    in `dtype`.
    """
    machine = draw(machines(max_states=4, max_symbols=2) if source is None else source)
    order = draw(st.permutations(targets))
    # A library that loads on the first use may draw from Python's own generator, which is Hypothesis's to watch.
    before = random.getstate()
    results = (compile_machine(machine, target) for target in order)
    found = next((result for result in results if isinstance(result.verdict, Compiled)), None)
    network = None if found is None else found.network(dtype)
    random.setstate(before)
    if network is None:
        reject()
    return network
