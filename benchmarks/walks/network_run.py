"""P3: the networks themselves, as gathers, as small cells in honest float32, and as products over many streams."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

import fsm2rnn
from benchmarks.row import Row, Spread, at_least, reaches
from benchmarks.timing import Scale, cpu_rounds, quotients, rates
from benchmarks.walks import walk_peers
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.running.loops.compiled_loops import compiled_steps
from fsm2rnn.running.run import LONG, Form
from fsm2rnn.running.walk.walk import LANES, Indices, all_states, symbol_major, walk_block

GOAL, UNIT = "P3", "Msym/s"
SYMBOLS = 120
TORCH, WALK = "torch loop W[x] @ h", "reference walk"
NETWORKS = (("S5", "full"), ("S5", "pd"), ("Q8", "pd"), ("S5@gens", "integer"), ("S5@gens", "block-diagonal"))
# Structure, inner size, numbers of a state.
CELLS = (
    ("diagonal", None, 8),
    ("rotation", 0, 2),
    ("block-diagonal", 2, 2),
    ("block-diagonal", 4, 4),
    ("block-diagonal", 8, 8),
    ("householder", 1, 4),
)
PRODUCTS = (("full", 120, 2), ("full", 256, 5), ("factored", 120, 2), ("factored", 256, 5))  # sizes H and D
STREAMS, SQUARE = 4096, 1024
COLLECTED = "; beside the products, states are collected by symbol and put back, which weighs more the smaller H is"


def gather_rows(scale: Scale) -> list[Row]:
    """Return compiled networks as verification runs them, each state decoded, beside the walk of their machine."""
    return [_network_row(machine, target, scale) for machine, target in NETWORKS]


def _network_row(name: str, target: str, scale: Scale) -> Row:
    network = fsm2rnn.compile(name, target).network()
    machine = network.machine
    words = _words(len(machine.symbols), (LANES, scale.symbols // LANES // 8))
    runner = Form.of(network, LONG).runner(network, LANES)
    table = symbol_major(machine.table)
    reads, start = all_states(table), np.full(LANES, machine.start, dtype=table.dtype)
    calls = {WALK: lambda: walk_block(table, reads, words, start.copy()), "run": lambda: runner.read(words)}
    if not np.array_equal(calls[WALK](), runner.read(words)):
        message = f"the network of {name} does not follow it"
        raise ValueError(message)
    found = {method: rates(words.size, spent) for method, spent in cpu_rounds(calls, scale.rounds).items()}
    what = f"{name} {target}, {LANES} streams, decoded, run as {runner.evaluated}"
    row = Row(GOAL, what, Spread.of(found["run"]), UNIT, WALK, note=f"{WALK} {Spread.of(found[WALK])}")
    ratios = quotients(found["run"], found[WALK])
    if runner.evaluated == "gather":
        return at_least(row, ratios, 1 / 3)
    return Row(GOAL, what, row.measured, UNIT, note=f"{row.note}: {Spread.of(ratios)}x; every state held to its code")


def cell_rows(scale: Scale) -> list[Row]:
    """Return small cells in float32 on one word and on several, every state written, beside the torch loop."""
    return [row for structure, inner, size in CELLS for row in _cell_rows(structure, inner, size, scale)]


def _cell_rows(structure: str, inner: int | None, size: int, scale: Scale) -> list[Row]:
    machine = fsm2rnn.read("S5")
    few = _words(SYMBOLS, (1, min(500, scale.symbols)))[0].tolist()
    torch.manual_seed(0)
    rnn = BilinearRNN(SYMBOLS, size, structure=structure, inner=inner)
    one, several = _words(SYMBOLS, (1, scale.symbols // 8)), _words(SYMBOLS, (LANES, scale.symbols // 64))
    calls = {
        TORCH: walk_peers.torch_loop(machine, few),
        "one word": _recurrence(rnn, one),
        f"{LANES} streams": _recurrence(rnn, several),
    }
    sizes = {TORCH: len(few), "one word": one.size, f"{LANES} streams": several.size}
    found = {method: rates(sizes[method], spent) for method, spent in cpu_rounds(calls, scale.rounds).items()}
    rows = []
    for method in list(calls)[1:]:
        what = f"{structure} cell of {size} numbers, float32, {SYMBOLS} inputs, {method}"
        note = f"{TORCH} at |Q| = 120 {Spread.of(found[TORCH])}"
        row = Row(GOAL, what, Spread.of(found[method]), UNIT, TORCH, note=note)
        ratios = quotients(found[method], found[TORCH])
        rows.append(at_least(row, ratios, 500) if structure != "householder" else row)
        if (structure, size) == ("block-diagonal", 4) and method != "one word":
            rows.append(reaches(Row(GOAL, f"{what}: rate", row.measured, UNIT, ratio=Spread.of(ratios)), 100))
    return rows


def _recurrence(rnn: BilinearRNN, words: Indices) -> Callable[[], object]:
    """Return the call that computes every state of the compiled recurrence, which must be torch's."""
    steps = compiled_steps(rnn)
    if steps is None:
        message = f"{rnn.structure} has no compiled steps"
        raise ValueError(message)
    start = rnn.initial_state.detach().expand(len(words), -1)
    short = words[:, :50]
    with torch.no_grad():
        expected = rnn(torch.from_numpy(short.astype(np.int64)), start.unsqueeze(0))[1].squeeze(0).numpy()
    states = steps.padded(start)
    for _ in steps.tiles(np.ascontiguousarray(short), states):
        pass
    if not np.allclose(states[:, steps.places], expected, rtol=0, atol=1e-4):
        message = f"{rnn.structure}: compiled and torch steps differ"
        raise ValueError(message)

    def call() -> int:
        return sum(found.shape[1] - 1 for _, found in steps.tiles(words, steps.padded(start)))

    return call


def product_rows(scale: Scale) -> list[Row]:
    """Return dense and factored cells over many streams in torch, beside one large matrix product."""
    return [_product_row(structure, size, symbols, scale) for structure, size, symbols in PRODUCTS]


@torch.no_grad()
def _product_row(structure: str, size: int, symbols: int, scale: Scale) -> Row:
    torch.manual_seed(0)
    rnn, square = BilinearRNN(symbols, size, structure=structure), torch.randn(SQUARE, SQUARE)
    ids = torch.from_numpy(_words(symbols, (STREAMS, 4)).astype(np.int64))
    calls = {"sgemm": lambda: square @ square, "cell": lambda: rnn(ids)}
    found = cpu_rounds(calls, scale.rounds)
    products = (2 if structure == "factored" else 1) * 2 * size**2 * ids.numel()
    speed = {"sgemm": rates(2 * SQUARE**3, found["sgemm"]), "cell": rates(products, found["cell"])}
    speed = {method: [rate / 1e3 for rate in values] for method, values in speed.items()}
    what = f"{structure} cell, H = {size}, {symbols} inputs, {STREAMS:,} streams, every state kept"
    note = f"sgemm {Spread.of(speed['sgemm'])}"
    note += COLLECTED if structure == "full" else ""
    row = Row(GOAL, what, Spread.of(speed["cell"]), "GFLOP/s", "sgemm", note=note)
    return at_least(row, quotients(speed["cell"], speed["sgemm"]), 0.5)


def _words(symbols: int, shape: tuple[int, int]) -> Indices:
    return np.random.default_rng(0).integers(symbols, size=shape, dtype=np.uint8)
