"""P1: the reference walk, one chain, interleaved and on two cores, beside other programs."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

import fsm2rnn
from benchmarks import limits
from benchmarks.facts import usable_cores
from benchmarks.row import Row, Spread, at_least
from benchmarks.timing import Scale, cpu_rounds, quotients, rates, wall_rounds
from benchmarks.walks import walk_peers
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.running.walk.walk import LANES, all_states, final_states, symbol_major, walk_block

try:
    import re2
except ImportError:  # the bench extra is not installed
    re2 = None

GOAL = "P1"
UNIT = "Msym/s"
MACHINES = (
    ("C60", "C60"),
    ("S5, 120 inputs", "S5"),
    ("random 1000 x 16", "random(states=1000,symbols=16,seed=1)"),
)
LONGEST_LOOP = 500  # symbols of the torch loop, the slowest peer by far
AUTOMATA, STEPWISE, AALPY = "automata-lib accepts_input", "automata-lib read_input_stepwise", "AALpy execute_sequence"
DICT, TORCH, LOAD, COPY = "dict of dicts", "torch loop W[x] @ h", "L1 load", "memcpy"
CHAIN, LANES_FINAL, TRAJECTORY, LANES_TRAJECTORY = "one chain", "8 lanes", "trajectory", "trajectory, 8 lanes"


def walk_rows(scale: Scale) -> list[Row]:
    """Return the rows of every machine."""
    return [row for name, text in MACHINES for row in _machine_rows(name, fsm2rnn.read(text), scale)]


def _machine_rows(name: str, machine: StateMachine, scale: Scale) -> list[Row]:
    calls, sizes = _calls(machine, scale.symbols)
    seconds = cpu_rounds(calls, scale.rounds)
    found = {method: rates(sizes[method], spent) for method, spent in seconds.items()}

    def against(method: str, peer: str, factor: float) -> Row:
        note = f"{peer} {Spread.of(found[peer])}"
        if (method, peer) == (CHAIN, AUTOMATA):
            note += f"; the bound of one chain is {Spread.of(quotients(found[LOAD], found[peer]))}x"
        row = Row(GOAL, f"{name}: {method}", Spread.of(found[method]), UNIT, peer, note=note)
        return at_least(row, quotients(found[method], found[peer]), factor)

    rows = [
        against(CHAIN, AUTOMATA, 100),
        against(CHAIN, LOAD, 0.85),
        against(LANES_FINAL, AUTOMATA, 300),
        against(TRAJECTORY, STEPWISE, 10),
    ]
    rows += [against(TRAJECTORY, AALPY, 10)] if AALPY in found else []
    shown = (LANES_TRAJECTORY, DICT, TORCH, COPY)
    return rows + [Row(GOAL, f"{name}: {method}", Spread.of(found[method]), UNIT) for method in shown]


def _calls(machine: StateMachine, count: int) -> tuple[dict[str, Callable[[], object]], dict[str, int]]:
    """Return every method with the number of symbols that one call reads, their answers compared."""
    lanes = _words(machine, (LANES, count // LANES))
    chain = lanes.reshape(1, -1)
    table, reads = symbol_major(machine.table), all_states(symbol_major(machine.table))
    one, eight = (np.full(batch, machine.start, dtype=table.dtype) for batch in (1, LANES))
    few, some, short = chain[0, : count // 100].tolist(), chain[0, : count // 10].tolist(), min(LONGEST_LOOP, count)
    methods: list[tuple[str, int, Callable[[], object] | None]] = [
        (AUTOMATA, len(few), walk_peers.automata_accepts(machine, few)),
        (STEPWISE, len(few), walk_peers.automata_stepwise(machine, few)),
        (AALPY, len(few), walk_peers.aalpy_outputs(machine, few)),
        (DICT, len(some), walk_peers.dict_walk(machine, some)),
        (TORCH, short, walk_peers.torch_loop(machine, few[:short])),
        (CHAIN, chain.size, lambda: final_states(table, chain, one)),
        (TRAJECTORY, chain.size, lambda: walk_block(table, reads, chain, one.copy())),
        (LANES_FINAL, lanes.size, lambda: final_states(table, lanes, eight)),
        (LANES_TRAJECTORY, lanes.size, lambda: walk_block(table, reads, lanes, eight.copy())),
        (LOAD, count, limits.dependent_loads(count)),
        (COPY, count, limits.copy(count)),
    ]
    calls = {name: call for name, _, call in methods if call is not None}
    path = np.append(one, walk_block(table, reads, chain, one.copy()))
    _require_agreement(calls, path, len(few), len(some), short)
    return calls, {name: size for name, size, _ in methods}


def _words(machine: StateMachine, shape: tuple[int, int]) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(0).integers(len(machine.symbols), size=shape, dtype=np.uint8)


def _require_agreement(
    calls: dict[str, Callable[[], object]], path: npt.NDArray[np.unsignedinteger], few: int, some: int, short: int
) -> None:
    """Raise ValueError where a method does not reach the states of `path`, from the start on."""
    states = path[: few + 1].tolist()
    agree = {
        AUTOMATA: calls[AUTOMATA]() == (states[-1] % 2 == 0),
        STEPWISE: calls[STEPWISE]() == states,
        DICT: calls[DICT]() == int(path[some]),
        TORCH: calls[TORCH]() == int(path[short]),
        CHAIN: calls[CHAIN]() == path[-1],
        AALPY: AALPY not in calls or calls[AALPY]() == states[1:],
    }
    if not all(agree.values()):
        message = f"methods disagree: {agree}"
        raise ValueError(message)


def two_core_rows(scale: Scale) -> list[Row]:
    """Return the row of S5 on two cores, by the clock on the wall."""
    name, text = MACHINES[1]
    what, machine = f"{name}: 8 lanes on each of two cores", fsm2rnn.read(text)
    if usable_cores() < 2:
        return [Row(GOAL, what, None, UNIT, note="one core only")]
    table = symbol_major(machine.table)
    halves = [_words(machine, (LANES, 5 * scale.symbols // LANES)) for _ in range(2)]
    start = np.full(LANES, machine.start, dtype=table.dtype)
    few = halves[0][0, : scale.symbols // 100].tolist()
    shares: list[float] = []

    def both() -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        list(pool.map(lambda words: final_states(table, words, start), halves))
        shares.append((time.process_time() - cpu) / (time.perf_counter() - wall))

    with ThreadPoolExecutor(2) as pool:
        calls = {
            "two": both,
            "one": lambda: final_states(table, halves[0], start),
            AUTOMATA: walk_peers.automata_accepts(machine, few),
        }
        seconds = wall_rounds(calls, scale.rounds)
    two, one = rates(2 * halves[0].size, seconds["two"]), rates(halves[0].size, seconds["one"])
    peer = rates(len(few), seconds[AUTOMATA])
    note = (
        f"{Spread.of(quotients(two, one))}x one core, by the clock on the wall; the two threads were given "
        f"{Spread.of(shares)} cores; {AUTOMATA} {Spread.of(peer)}"
    )
    row = Row(GOAL, what, Spread.of(two), UNIT, AUTOMATA, note=note)
    return [at_least(row, quotients(two, peer), 600)]


def regex_rows(scale: Scale) -> list[Row]:
    """Return the row of a regex DFA over bytes: the count of "a" is a multiple of 60."""
    name, what = "google-re2 fullmatch", "count of a mod 60, over bytes: 8 lanes"
    if re2 is None:
        return [Row(GOAL, what, None, UNIT, name, note="google-re2 is not installed")]
    lanes = np.random.default_rng(0).integers(ord("a"), ord("c"), size=(LANES, scale.symbols // LANES), dtype=np.uint8)
    # Bytes are read as they are, so the table has a row per byte.
    table = np.tile(np.arange(60, dtype=np.uint8), (256, 1))
    table[ord("a")] = (table[ord("a")] + 1) % 60
    start, text = np.zeros(LANES, dtype=np.uint8), lanes.tobytes()
    pattern = re2.compile(b"(?:(?:b*a){60})*b*")
    for words in (text, text + (-text.count(b"a") % 60) * b"a"):
        state = final_states(table, np.frombuffer(words, dtype=np.uint8)[None], start[:1])[0]
        if (pattern.fullmatch(words) is not None) != (state == 0):
            message = "google-re2 and the walk disagree"
            raise ValueError(message)
    calls = {name: lambda: pattern.fullmatch(text), what: lambda: final_states(table, lanes, start)}
    seconds = cpu_rounds(calls, scale.rounds)
    found = {method: rates(lanes.size, spent) for method, spent in seconds.items()}
    row = Row(GOAL, what, Spread.of(found[what]), UNIT, name, note=f"{name} {Spread.of(found[name])}")
    return [at_least(row, quotients(found[what], found[name]), 3.5)]
