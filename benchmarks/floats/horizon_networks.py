"""The machines of the table of horizons, each with its compiled network and where that comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import fsm2rnn
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.dense.orthogonal_network import field_codes, field_network, real_blocks
from fsm2rnn.constructions.sizes import Counts, Sizes, measured
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.stored.stored_tensors import FLOATS, nonzero
from fsm2rnn.targets.block_diagonal import BLOCK_DIAGONAL
from fsm2rnn.targets.rotation import ROTATION

CYCLIC = ("Z5", "Z10", "Z25", "Z50")
GROUPS = ("A5@gens", "S5@gens")
NAMES = (*CYCLIC, *GROUPS)


@final
@dataclass(frozen=True)
class Subject:
    """A machine's name, the theorem that speaks of its network, and the network."""

    name: str
    theorem: str
    verdict: Compiled


def subject(name: str) -> Subject:
    """Return one of NAMES: rotations of cyclic groups, else the least orthogonal representation."""
    facts = Facts(fsm2rnn.read(name))
    if name in CYCLIC:
        verdict = ROTATION.compile(facts, Contract.INJECTIVE)
    elif name == "S5@gens":
        # The target prefers integers here, which never round.
        real = facts.group.furthest
        codes, operator = field_codes(facts.machine, facts.group.action, real, Contract.INJECTIVE), real_blocks(real)
        verdict = field_network(codes, operator, Sizes(measured(operator, Counts.COORDINATES)))
    else:
        verdict = BLOCK_DIAGONAL.compile(facts, Contract.INJECTIVE)
    if not isinstance(verdict, Compiled):
        message = f"{name} is not compiled: {verdict}"
        raise TypeError(message)
    return Subject(name, "H" if name in CYCLIC else "D", verdict)


def digest(network: ProvedNetwork) -> str:
    """Return the SHA-256 of the names, dtypes, shapes and bytes of all tensors."""
    found = hashlib.sha256()
    for name, tensor in sorted(network.tensors.items()):
        found.update(f"{name} {tensor.dtype} {tensor.shape}\n".encode())
        found.update(tensor.data)
    return found.hexdigest()


def printed(network: ProvedNetwork) -> Iterator[str]:
    """Yield the stored letters of one block row by row, and the start, as hexadecimal floats."""
    for symbol, label in enumerate(network.machine.symbols):
        columns = network.stored.columns(symbol)
        rows = [[float(dict(column).get(row, 0)) for column in columns] for row in range(len(columns))]
        yield f"{label}: {', '.join(_row(row) for row in rows)}"
    tensor = network.tensors["initial_state"]
    start = dict(nonzero(tensor, FLOATS[tensor.dtype]))
    yield f"start: {_row([float(start.get(place, 0)) for place in range(tensor.shape[0])])}"


def _row(values: list[float]) -> str:
    return f"[{' '.join(map(_hexadecimal, values))}]"


def _hexadecimal(value: float) -> str:
    """Write a float without zeros at the end of its significand."""
    significand, _, exponent = value.hex().partition("p")
    return f"{significand.rstrip('0').rstrip('.') if '.' in significand else significand}p{exponent}"
