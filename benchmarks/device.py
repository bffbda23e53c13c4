"""python -m benchmarks.device: what a CUDA device makes of the same runs, beside a copy of their bytes and torch loops.

Words and traces lie on the device, so that the kernels alone are measured: by CUDA events, the methods in turn, round
by round. The last rows are whole verifications, by the clock.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from torch import Tensor

import fsm2rnn
from benchmarks import table
from benchmarks.facts import device_facts
from benchmarks.row import Row, Spread, at_least
from benchmarks.timing import quotients
from fsm2rnn.cells.network import Network
from fsm2rnn.running.device import device_steps
from fsm2rnn.running.device.device_steps import small_blocks
from fsm2rnn.running.device.small_blocks import launches
from fsm2rnn.running.form.codes import FloatCodes, codes
from fsm2rnn.running.result import Verification
from fsm2rnn.running.runner.scan import ScanRunner
from fsm2rnn.running.verification import verify_network, verify_words
from fsm2rnn.running.walk.walk import symbol_major

GOAL, UNIT, COPY = "device", "Gsym/s", "copy of the bytes"
STREAMS, STEPS, ROUNDS, VERIFIED_STEPS = 1 << 18, 1 << 11, 7, 1 << 30
WALKED = ("C60", "S5@gens", "S5", "random(states=1000,symbols=16,seed=1)")
BLOCKS = (("S5@gens", "integer"), ("S5", "integer"), ("Z2xS3@gens", "block-diagonal"))
MOVED = (("Q8", "pd"), ("S5", "pd"))
MANY = "act:(1,2,3,4,5,6,7,8,9);(1,2)"  # 362,880 maps of nine states
VERIFIED = (("S5", "full"), ("S5@gens", "integer"), ("S5", "pd"), (MANY, "full"), (WALKED[3], "full"))
GIVEN, GIVEN_STEPS = (("S5@gens", "integer"), (MANY, "full")), 1 << 28
FUSED = 0.15  # of a copy of its bytes is what a run of blocks is to reach
LEGEND = """Gsym/s are thousands of millions of input symbols per second on one device. A copy of the bytes moves what a
run has to read, ids and trace, once each; the ratio says how near the run comes to it."""


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, write it where asked; 2 where there is no device."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.device", description="Measure runs on a CUDA device.")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the document as Markdown")
    options = parser.parse_args(arguments)
    if device_steps.KERNELS is None:
        print("no CUDA device, or Triton is not installed", file=sys.stderr)
        return 2
    rows = [*map(_walk_row, WALKED), *(_blocks_row(*cell) for cell in BLOCKS), *(_moved_row(*cell) for cell in MOVED)]
    rows += [_torch_row(WALKED[1]), _scan_row("S5@gens", "integer"), *(_verified_row(*one) for one in VERIFIED)]
    rows += [_given_row(*one) for one in GIVEN]
    text = table.markdown(rows, device_facts(), "python -m benchmarks.device", legend=LEGEND)
    print(text)
    if options.markdown:
        options.markdown.write_text(text, encoding="utf-8")
    return 0


def _kernels() -> ModuleType:
    if device_steps.KERNELS is None:
        message = "no Triton kernels"
        raise RuntimeError(message)
    return device_steps.KERNELS


def _walk_row(name: str) -> Row:
    index = symbol_major(fsm2rnn.read(name).table)
    narrow = torch.uint8 if index.shape[1] <= 1 << 8 else torch.int32
    symbol_table = torch.from_numpy(index.astype(np.int64)).to("cuda", narrow)
    words, trace, starts = _run(symbol_table)
    call = partial(_kernels().walk_departures, symbol_table, words, trace, starts)
    return _row(f"walk of {name}, {index.shape[1]} states, {len(index)} symbols", call, (words, trace))


def _blocks_row(name: str, target: str) -> Row:
    network, listed, run = _cell(name, target)
    parts = launches(small_blocks(network), listed.states)

    def call() -> Tensor:
        return torch.stack([_kernels().block_departures(part, *run) for part in parts]).any(0)

    return _row(f"{target} of {name}, {listed.states.shape[1]} numbers in float32", call, run[:2], FUSED)


def _moved_row(name: str, target: str) -> Row:
    network, listed, run = _cell(name, target)
    source = network.rnn.get_buffer("index").argsort(-1)
    factors = network.rnn.get_parameter("diagonal").detach().gather(-1, source)
    call = partial(_kernels().gather_departures, source.to(torch.int32), factors, listed.states, *run)
    return _row(f"{target} of {name}, {listed.states.shape[1]} numbers in float32", call, run[:2])


def _cell(name: str, target: str) -> tuple[Network, FloatCodes, tuple[Tensor, Tensor, Tensor]]:
    """Return the network on the device, its codes, and words, trace and starts of a run through them."""
    network = fsm2rnn.compile(name, target).network().to("cuda")
    listed = codes(network)
    if listed is None:
        message = f"{target} of {name} rounds"
        raise ValueError(message)
    return network, listed, _run(torch.from_numpy(listed.table.astype(np.int64)).to("cuda", torch.uint8))


def _torch_row(name: str) -> Row:
    index = torch.from_numpy(symbol_major(fsm2rnn.read(name).table).astype(np.int64)).to("cuda")
    words, trace, starts = _run(index.to(torch.uint8))

    def call() -> Tensor:
        state, departed = starts.long(), torch.zeros_like(starts, dtype=torch.bool)
        for symbol, wanted in zip(words[:64].long(), trace[:64].long(), strict=True):
            state = index[symbol, state]
            departed |= state != wanted
        return departed

    return _row(f"walk of {name}, one torch call per step", call, (words[:64], trace[:64]))


def _scan_row(name: str, target: str) -> Row:
    network = fsm2rnn.compile(name, target).network().to("cuda")
    ids = np.random.default_rng(0).integers(len(network.machine.symbols), size=(64, 1 << 13), dtype=np.uint8)
    seconds = _rounds({"run": lambda: ScanRunner(network, 64).read(ids)})["run"]
    return Row(GOAL, f"{target} of {name} in scan order, states decoded", _rates(ids.size, seconds), UNIT)


def _verified_row(name: str, target: str) -> Row:
    """Return the row of one random word."""
    network = fsm2rnn.compile(name, target).network().to("cuda")
    verify = partial(verify_network, network, steps=VERIFIED_STEPS, batch=1)
    found, walls = _verified([partial(verify, seed=seed) for seed in range(ROUNDS)])
    what = f"verification of {target} of {name} as {found[0].evaluated}, one word of {VERIFIED_STEPS:,} symbols"
    note = f"the network's side; with ids drawn and both sides compared, {_rates(VERIFIED_STEPS, walls)} {UNIT}"
    return Row(GOAL, what, Spread.of([(one.symbols_per_second or 0) / 1e9 for one in found]), UNIT, note=note)


def _given_row(name: str, target: str) -> Row:
    """Return the row of one word that lies in the CPU's memory."""
    network = fsm2rnn.compile(name, target).network().to("cuda")
    word = np.random.default_rng(0).integers(len(network.machine.symbols), size=(1, GIVEN_STEPS), dtype=np.uint8)
    _, walls = _verified([partial(verify_words, network, [word])] * ROUNDS)
    what = f"verification of {target} of {name}, a given word of {GIVEN_STEPS:,} symbols"
    return Row(GOAL, what, _rates(GIVEN_STEPS, walls), UNIT, note="ids copied to the device, both sides compared")


def _verified(calls: Sequence[Callable[[], Verification]]) -> tuple[list[Verification], list[float]]:
    """Return what was verified, and in how many seconds each."""
    found, walls = [], []
    for call in calls:
        before = time.perf_counter()
        found.append(call())
        walls.append(time.perf_counter() - before)
    if any(one.mismatches for one in found):
        message = "a network is read wrongly on the device"
        raise ValueError(message)
    return found, walls


def _run(index: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return random ids (T, S) for the walk of a table (D, Q), the trace (T, S) of the walk, and its starts (S,)."""
    words = torch.randint(len(index), (STEPS, STREAMS), dtype=torch.uint8, device="cuda")
    starts = torch.randint(index.shape[1], (STREAMS,), device="cuda")
    state, trace = starts, torch.empty(words.shape, dtype=index.dtype, device="cuda")
    whole = index.long()
    for step in range(STEPS):
        state = whole[words[step].long(), state]
        trace[step] = state
    return words, trace, starts.to(torch.int32)


def _row(what: str, call: Callable[[], Tensor], moved: tuple[Tensor, ...], wanted: float | None = None) -> Row:
    """Return the row of a run that must not depart, beside a copy of the bytes it reads, `wanted` times as fast."""
    if bool(call().any()):
        message = f"{what}: a stream leaves its trace"
        raise ValueError(message)
    spare = [torch.empty_like(part) for part in moved]

    def copies() -> list[Tensor]:
        return [one.copy_(part) for one, part in zip(spare, moved, strict=True)]

    seconds = _rounds({"run": call, COPY: copies})
    symbols = moved[0].numel()
    copied = [2 * sum(part.numel() * part.element_size() for part in moved) / spent / 1e9 for spent in seconds[COPY]]
    note = f"{COPY} {Spread.of(copied)} GB/s, read and written"
    ratios = quotients(seconds[COPY], seconds["run"])
    row = Row(GOAL, what, _rates(symbols, seconds["run"]), UNIT, COPY, Spread.of(ratios), note=note)
    return row if wanted is None else at_least(row, ratios, wanted)


def _rounds(calls: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Return the seconds of each call by CUDA events, after one that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(ROUNDS):
        for name, call in calls.items():
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            call()
            end.record()
            end.synchronize()
            seconds[name].append(begin.elapsed_time(end) / 1e3)
    return seconds


def _rates(symbols: int, seconds: Sequence[float]) -> Spread:
    return Spread.of([symbols / spent / 1e9 for spent in seconds])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
