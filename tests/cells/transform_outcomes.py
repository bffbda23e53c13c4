"""Networks of every structure and format, and what torch does with them: read right, or with which error refused.

`python -m tests.cells.transform_outcomes` prints the whole table, some minutes of compilation included.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from functools import cache
from typing import Final

import torch
from torch import Tensor

import fsm2rnn
from fsm2rnn.cells.network import Network
from fsm2rnn.errors import FsmError
from fsm2rnn.machine.state_machine import StateMachine

MEALY: Final = StateMachine(("even", "odd"), ("0", "1"), ((0, 1), (1, 0)), 0, (("a", "b"), ("c", "a")))
LENGTH = 6
# target, machine, dtype
NETWORKS: Final = [
    ("full", "S3", "float32"),
    ("full", "S3", "float64"),
    ("full", "tomita3", "float8_e5m2"),
    ("minimal", "tomita3", "float32"),
    ("minimal", "tomita3", "bfloat16"),
    ("factored", "S3", "float32"),
    ("factored", "S3", "bfloat16"),
    ("pd", "A4", "float32"),
    ("pd", "S3", "float16"),
    ("integer", "A5@gens", "bfloat16"),
    ("block-diagonal", "A5@gens", "float32"),
    ("block-diagonal", "A5@gens", "bfloat16"),
    ("householder", "A5@gens", "float32"),
    ("householder", "A5@gens", "float16"),
    ("householder", "flip-flop", "bfloat16"),
    ("rotation", "Z5", "float64"),
    ("rotation", "Z5", "bfloat16"),
    ("rotation", "Z16", "float16"),
    ("rotation", "Z2xZ4", "float8_e4m3fn"),
    ("real-diagonal", "V4", "float32"),
    ("affine-real-diagonal", "flip-flop", "bfloat16"),
    ("affine-positive-diagonal", "flip-flop", "float16"),
    ("full", "mealy", "float32"),
]
Case = tuple[str, str, str]
Scores = Callable[[Network, Tensor], Tensor]


@cache
def network(case: Case) -> Network:
    """Return the compiled network of a case."""
    target, machine, dtype = case
    return fsm2rnn.compile(MEALY if machine == "mealy" else fsm2rnn.read(machine), target).network(dtype)


def word(case: Case) -> Tensor:
    """Return as many words as there are symbols, so that the batch axis may be taken for that of symbols."""
    symbols = len(network(case).machine.symbols)
    return torch.randint(symbols, (symbols, LENGTH), generator=torch.Generator().manual_seed(1))


def states_of(machine: StateMachine, ids: Tensor) -> Tensor:
    """Return the machine state after every symbol."""
    found = []
    for stream in ids.tolist():
        state = machine.start
        row = []
        for symbol in stream:
            state = machine.table[state][symbol]
            row.append(state)
        found.append(row)
    return torch.tensor(found)


def _traced(net: Network, ids: Tensor) -> Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of torch.jit.trace as such
        return torch.jit.trace(net, (ids,), check_trace=False)(ids.flip(0))[0].flip(0)


def _exported(net: Network, ids: Tensor) -> Tensor:
    return torch.export.export(net, (ids,)).module()(ids.flip(0))[0].flip(0)


def _compiled(net: Network, ids: Tensor) -> Tensor:
    torch.compiler.reset()
    scores: Tensor = torch.compile(net)(ids)[0]
    return scores


def _autocast(net: Network, ids: Tensor) -> Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores: Tensor = net(ids)[0]
    return scores


def _flushed(net: Network, ids: Tensor) -> Tensor:
    torch.set_flush_denormal(True)
    try:
        scores: Tensor = net(ids)[0]
    finally:
        torch.set_flush_denormal(False)
    return scores


def _as(dtype: torch.dtype) -> Scores:
    return lambda net, ids: net(ids.to(dtype))[0]


def _negative(ids: Tensor) -> Tensor:
    return torch.cat((torch.full_like(ids[:, :1], -1), ids[:, 1:]), 1)


QUICK: Final[dict[str, Scores]] = {
    "eager": lambda net, ids: net(ids)[0],
    "jit.trace": _traced,
    "vmap": lambda net, ids: torch.func.vmap(net)(ids)[0],
    "autocast": _autocast,
    "flush-denormal": _flushed,
    "uint8": _as(torch.uint8),
    "int8": _as(torch.int8),
    "int16": _as(torch.int16),
    "int32": _as(torch.int32),
    "bool": _as(torch.bool),
    "-1": lambda net, ids: net(_negative(ids))[0],
    "-1 vmap": lambda net, ids: torch.func.vmap(net)(_negative(ids))[0],
    "past the last": lambda net, ids: net(ids + len(net.machine.symbols))[0],
}
SLOW: Final[dict[str, Scores]] = {
    "export": _exported,
    "-1 export": lambda net, ids: torch.export.export(net, (ids,)).module()(_negative(ids))[0],
    "compile": _compiled,
    "-1 compile": lambda net, ids: _compiled(net, _negative(ids)),
}


def outcome(case: Case, mode: str) -> str:
    """Return "right", "wrong", or what was raised."""
    net, ids = network(case), word(case)
    try:
        scores = (QUICK | SLOW)[mode](net, ids)
    except FsmError as error:
        return type(error).__name__
    except TypeError:
        return "TypeError"
    except (IndexError, RuntimeError) as error:
        # A gather outside its tensor, as torch says it in every mode.
        return "out of bounds" if "out of bounds" in str(error) or "out of range" in str(error) else repr(error)
    return "right" if torch.equal(scores.argmax(-1), states_of(net.machine, ids)) else "wrong"


def compiled_states(case: Case, length: int) -> str:
    """Compare the last states, as they are and compiled, over words much longer than a call."""
    net = network(case)
    compiled, found = torch.compile(net, fullgraph=True), []
    ids = torch.randint(len(net.machine.symbols), (8, length), generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        for run in (net, compiled):
            last = net.initial_state.expand(1, 8, -1).contiguous()
            for part in ids.split(4, 1):
                _, last = run(part, last)
            found.append(last)
    return "the same bits" if torch.equal(*found) else "other bits"


def compiled_gradients(case: Case) -> str:
    """Compare the gradients of the sum of scores, as they are and through a compiler's own graph."""
    net, ids, found = copy.deepcopy(network(case)), word(case)[:, :3], []
    for run in (net, torch.compile(net, backend="aot_eager", fullgraph=True)):
        net.zero_grad()
        run(ids)[0].sum().backward()
        found.append([one.grad for one in net.parameters() if one.grad is not None])
    near = [torch.allclose(*pair, rtol=1e-2, atol=1e-2) for pair in zip(*found, strict=True)]
    return "close" if near and all(near) else "apart"


def main() -> None:
    """Print one line per network, one column per mode."""
    modes = [*QUICK, *SLOW]
    print("| network | " + " | ".join(modes) + " |\n|" + "---|" * (len(modes) + 1))  # noqa: T201
    for case in NETWORKS:
        print(f"| {' '.join(case)} | " + " | ".join(outcome(case, mode) for mode in modes) + " |", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
