"""A3: states of a rounded cell searched, beside a Python set over the module's own step; and proved by the kernel.

The cells have drawn weights and one output, so that every state is right and only how many there are decides. A search
counts the states that it finds, of two letters each. The set holds tuples of numbers, one state stepped at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import torch

import fsm2rnn
from benchmarks.row import Row, Spread, at_least, reaches
from benchmarks.timing import Scale, quotients
from fsm2rnn import Proved, Tracker
from fsm2rnn.comparison.search.any_order import AnyOrderSteps, cell_weights
from fsm2rnn.comparison.search.exploration import Exploration, StateSteps
from fsm2rnn.comparison.search.module_steps import ModuleSteps
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.checker import network_bytes, prove_bytes

GOAL, UNIT, GRID, LETTERS = "A3", "states/s", 7, 2
SET: Final = "Python set over the module's step"
# A cell, its units, and the factor of its drawn recurrent weights, at which the states of words go on and on.
SEARCHED: Final = ((CellKind.ELMAN, 16, 2.0), (CellKind.GRU, 16, 1.5), (CellKind.LSTM, 16, 1.0))
PLAIN, ANY_ORDER, BY_SET = 400_000, 100_000, 2_000  # states
# The same, at which they close after some thousand states; the bar is that of the cell whose sums decide alone.
PROVED: Final = ((CellKind.ELMAN, 24, 0.9, 10_000), (CellKind.GRU, 24, 0.1, None))
LAYERS: Final = {CellKind.ELMAN: torch.nn.RNN, CellKind.GRU: torch.nn.GRU, CellKind.LSTM: torch.nn.LSTM}


def search_rows(scale: Scale) -> list[Row]:
    """Return searches in one order of sums and in any, beside the set, then proofs of closed files."""
    rows = [row for kind, size, factor in SEARCHED for row in _search_rows(_cell(kind, size, factor), kind, scale)]
    # The gates of the other take half a minute.
    return rows + [_proof_row(*asked) for asked in (PROVED if scale.rounds > 2 else PROVED[:1])]


def _cell(kind: CellKind, size: int, factor: float) -> Tracker:
    torch.manual_seed(0)
    layer = LAYERS[kind](LETTERS, size, batch_first=True)
    with torch.no_grad():
        for name, weight in layer.named_parameters():
            weight.mul_(factor if "hh" in name else 3)
    machine = fsm2rnn.from_table([[0] * LETTERS], outputs=["o"])
    return Tracker(layer, torch.nn.Linear(size, 1), machine, state=f"grid{GRID}")


def _search_rows(network: Tracker, kind: CellKind, scale: Scale) -> list[Row]:
    every = AnyOrderSteps(cell_weights(network, kind), GRID)
    share = 1 if scale.rounds > 2 else 20
    calls: dict[str, Callable[[], int]] = {
        "one order": lambda: _searched(network, ModuleSteps(network), PLAIN // share),
        "any order": lambda: _searched(network, every, ANY_ORDER // share),
        SET: lambda: _by_set(network, BY_SET // share),
    }
    rates: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(scale.rounds):
        for name, call in calls.items():
            before = time.thread_time()
            found = call()
            rates[name].append(found / (time.thread_time() - before))
    rows = []
    for name, wanted in (("one order", 50.0), ("any order", 5.0)):
        what = f"{kind.stored}, H = {network.rnn.hidden_size}, grid{GRID}, two letters: searched in {name}"
        row = Row(GOAL, what, Spread.of(rates[name]), UNIT, SET, note=f"{SET} {Spread.of(rates[SET])}")
        rows.append(at_least(row, quotients(rates[name], rates[SET]), wanted))
    return rows


def _searched(network: Tracker, steps: StateSteps, limit: int) -> int:
    search = Exploration(network.machine, steps, limit)
    while not (search.closed or search.full):
        search.advance()
    return search.count


@torch.no_grad()
def _by_set(network: Tracker, limit: int) -> int:
    """Search as one writes it first: a set of tuples, each state stepped by each letter alone."""
    letters = [torch.tensor([letter]) for letter in range(LETTERS)]
    order = [network.begin(1)]
    seen = {_key(order[0])}
    for state in order:
        for letter in letters:
            reached = network.step(letter, state)
            network.read(reached).argmax(-1).item()
            if _key(reached) not in seen:
                seen.add(_key(reached))
                order.append(reached)
        if len(seen) >= limit:
            break
    return len(seen)


def _key(state: torch.Tensor | tuple[torch.Tensor, ...]) -> tuple[float, ...]:
    parts = state if isinstance(state, tuple) else (state,)
    return tuple(number for part in parts for number in part.flatten().tolist())


def _proof_row(kind: CellKind, size: int, factor: float, wanted: float | None) -> Row:
    """Return how many states a second the kernel reads from a file and proves."""
    network = _cell(kind, size, factor)
    found = fsm2rnn.audit(network)
    if not isinstance(found, Proved):
        message = f"the states of {kind.stored} do not close: {found}"
        raise TypeError(message)
    data, count = network_bytes(found.proof), found.states or 0
    rates = []
    for _ in range(2):
        before = time.thread_time()
        prove_bytes(data)
        rates.append(count / (time.thread_time() - before))
    what = f"{kind.stored}, H = {size}, grid{GRID}, two letters: file of {count:,} states proved by the kernel"
    row = Row(GOAL, what, Spread.of(rates), UNIT)
    return row if wanted is None else reaches(row, wanted)
