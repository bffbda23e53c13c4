"""P7: one training step, words in and gradients out, beside the same words gathered, stepped, and read by nn.GRU.

64 words, random ids, float32, CPU time of one thread. The gathered form is what one writes first: a matrix fetched for
every stream and step, torch.bmm, and autograd. The steps are the layer's own in evaluation mode, with autograd.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from itertools import accumulate
from typing import Final

import torch
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile

from benchmarks.row import Row, Spread, at_least
from benchmarks.timing import Scale, cpu_rounds, quotients
from fsm2rnn.cells.bilinear import BilinearRNN

GOAL, UNIT, WORDS = "P7", "ms", 64
GATHERED, STEPS, GRU, LSTM = "W[x] and bmm", "steps with autograd", "nn.GRU", "nn.LSTM"
# H, D, T, then how many times quicker than the gathered form and than torch.nn.GRU it is to be.
FULL: Final = (
    (64, 5, 128, None, None),
    (128, 5, 10, 15.0, None),
    (128, 2, 128, None, 1.0),
    (256, 5, 10, 15.0, None),
    (256, 50, 10, 4.0, None),
)
BOUNDS: Final = {
    "factored": "; three products a step by the matrices of letters, where the steps have six by factors",
    "block-diagonal": "; bound by the calls of products, one a step and way for all letters",
}
TIMES: Final = 5.0  # as quick as the steps each structure is to be
# Structure, inner size, H, D, T.
STRUCTURED: Final = (
    ("factored", None, 64, 5, 128),
    ("block-diagonal", 4, 128, 5, 128),
    ("block-diagonal", 32, 128, 5, 128),
    ("diagonal", None, 128, 5, 128),
    ("affine-diagonal", None, 128, 5, 128),
    ("rotation", None, 128, 5, 128),
    ("pd", None, 128, 5, 128),
    ("householder", 2, 64, 5, 128),
)
DIVIDED: Final = ("diagonal", "rotation", "pd", "householder")  # by their norms, once more
MEASURED: Final = ("full", "factored", "diagonal", "rotation", "pd", "householder")
KEPT_SIZES: Final = (128, 5, 128)  # H, D, T of the layers whose memory is told


def training_rows(scale: Scale) -> list[Row]:
    """Return full matrices beside the gathered form and torch's layers, structures beside their steps, and memory."""
    rows = [row for sizes in FULL for row in _full_rows(*sizes, scale)]
    rows += [_structured_row(*sizes, scale, divided=False) for sizes in STRUCTURED]
    rows += [_structured_row(*sizes, scale, divided=True) for sizes in STRUCTURED if sizes[0] in DIVIDED]
    return rows + [_memory_row(structure) for structure in MEASURED]


def _full_rows(
    hidden: int, letters: int, length: int, gathered: float | None, gru: float | None, scale: Scale
) -> list[Row]:
    layer, ids, weights = _layer("full", None, hidden, letters, length)
    features = nn.functional.one_hot(ids, letters).float()
    calls: dict[str, Callable[[], object]] = {
        GATHERED: lambda: _gathered(layer, ids, weights),
        "at once": lambda: _trained(layer.train(), ids, weights),
        GRU: _peer(nn.GRU(letters, hidden, batch_first=True), features, weights),
        LSTM: _peer(nn.LSTM(letters, hidden, batch_first=True), features, weights),
    }
    found = cpu_rounds(calls, scale.rounds)
    found = {name: [1e3 * spent for spent in values] for name, values in found.items()}
    what = f"full, H = {hidden}, D = {letters}, T = {length}: training step"
    note = "; ".join(f"{name} {Spread.of(found[name])}" for name in (GATHERED, GRU, LSTM))
    rows = []
    for peer, wanted in ((GATHERED, gathered), (GRU, gru)):
        ratios = quotients(found[peer], found["at once"])
        row = Row(GOAL, what, Spread.of(found["at once"]), UNIT, peer, Spread.of(ratios), note=note)
        if wanted is not None:
            bound = f"{note}; bound by products of some {WORDS // letters} rows, one per letter and step"
            rows.append(at_least(Row(GOAL, what, row.measured, UNIT, peer, note=bound), ratios, wanted))
        elif peer == GATHERED:
            rows.append(row)
    return rows


def _structured_row(
    structure: str, inner: int | None, hidden: int, letters: int, length: int, scale: Scale, *, divided: bool
) -> Row:
    layer, ids, weights = _layer(structure, inner, hidden, letters, length, divided=divided)
    calls: dict[str, Callable[[], object]] = {
        STEPS: lambda: _trained(layer.eval(), ids, weights),
        "at once": lambda: _trained(layer.train(), ids, weights),
    }
    found = {name: [1e3 * one for one in spent] for name, spent in cpu_rounds(calls, scale.rounds).items()}
    ratios = quotients(found[STEPS], found["at once"])
    size = ("" if inner is None else f" of {inner}") + (", divided" if divided else "")
    what = f"{structure}{size}, H = {hidden}, D = {letters}, T = {length}: training step"
    note = f"{STEPS} {Spread.of(found[STEPS])}" + BOUNDS.get(structure, "")
    return at_least(Row(GOAL, what, Spread.of(found["at once"]), UNIT, STEPS, note=note), ratios, TIMES)


def _memory_row(structure: str) -> Row:
    """Return how far one training step raises what torch and numpy have allocated, beside the steps with autograd."""
    hidden, letters, length = KEPT_SIZES
    layer, ids, weights = _layer(structure, None, hidden, letters, length)
    mine, peer = (_peak(layer.train(mode), ids, weights) for mode in (True, False))
    what = f"{structure}, H = {hidden}, D = {letters}, T = {length}: peak memory of a training step"
    states = WORDS * length * hidden * 4 / 2**20
    note = f"{STEPS} {peer:.1f} MiB; the states alone are {states:.1f} MiB"
    return Row(GOAL, what, Spread.of([mine]), "MiB", STEPS, Spread.of([peer / mine]), note=note)


def _peak(layer: BilinearRNN, ids: Tensor, weights: Tensor) -> float:
    _trained(layer, ids, weights)
    layer.zero_grad()
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        tracemalloc.start()
        _trained(layer, ids, weights)
        _, of_numpy = tracemalloc.get_traced_memory()  # and of Python's own objects, which are some kilobytes
        tracemalloc.stop()
    events = [event for event in profiler.profiler.kineto_results.events() if event.name() == "[memory]"]
    of_torch = max(accumulate(event.nbytes() for event in sorted(events, key=lambda one: one.start_ns())))
    return (of_torch + of_numpy) / 2**20


def _layer(
    structure: str, inner: int | None, hidden: int, letters: int, length: int, *, divided: bool = False
) -> tuple[BilinearRNN, Tensor, Tensor]:
    torch.manual_seed(0)
    layer = BilinearRNN(letters, hidden, structure=structure, inner=inner, normalize=divided)
    return layer, torch.randint(letters, (WORDS, length)), torch.randn(WORDS, length, hidden)


def _trained(layer: BilinearRNN, ids: Tensor, weights: Tensor) -> None:
    layer.zero_grad()
    torch.autograd.backward(layer(ids)[0], weights)


def _gathered(layer: BilinearRNN, ids: Tensor, weights: Tensor) -> None:
    layer.zero_grad()
    by_letter = layer.get_parameter("weight").permute(2, 0, 1).contiguous()
    state, states = layer.initial_state.expand(len(ids), -1), []
    for letters in ids.unbind(1):
        state = torch.bmm(by_letter[letters], state.unsqueeze(-1)).squeeze(-1)
        states.append(state)
    torch.autograd.backward(torch.stack(states, 1), weights)


def _peer(layer: nn.Module, features: Tensor, weights: Tensor) -> Callable[[], None]:
    def call() -> None:
        layer.zero_grad()
        torch.autograd.backward(layer(features)[0], weights)

    return call
