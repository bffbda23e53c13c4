"""Cells of torch.nn, proved by boxes: names and shapes, nodes that follow the machine, and what their walls prove."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any

from tests.second_checker import exact
from tests.second_checker.cell_steps import Cell, all_whole, box_of, in_rows, largest, lead_on, rooms
from tests.second_checker.formats import FORMATS
from tests.second_checker.machine import Machine, listed, read_machine
from tests.second_checker.rounding import DIGITS, printed
from tests.second_checker.wire import canonical, demand, numbers, plain_int

FORMAT = "fsm2rnn-cell-certificate-1"
KEYS = "cell claim evidence format induction machine nodes separation sha256 weights"
SAYS = "the greatest logit is that of the machine's output"
EVERY_WORD = "for every finite word over the symbols, " + SAYS
NOT_EMPTY = "for every finite word of one symbol or more, " + SAYS
WHOLE = (
    "every weight, bias and listed state is an integer, and so is every partial sum, of magnitude at most "
    "partial_sums; every such integer is a number of these formats, so no operation rounds, in any order of summation, "
    "with or without fused multiply-add, at any length"
)
ROOM = (
    "in exact arithmetic every image of a box lies inside the next box, at least slack from its walls, and the right "
    "logit leads by at least margin on every box that shows an output; so the computed output is right after every "
    "word of the quantifier, whatever its length, on any device and in any format and order, if from every point of a "
    "box each computed coordinate of a step (all errors of weights, sums, activations and storage together) errs by at "
    "most slack, and each computed logit by less than half of margin"
)
RESERVE, STATED = Fraction(1, 2**60), 10**12
FINEST = 96  # binary places of a wall
GATES = {"elman": 1, "relu": 1, "gru": 3, "lstm": 4}
REQUIRED = {"weight_ih_l0": 2, "weight_hh_l0": 2, "readout.weight": 2}
BOXES = ("box.low", "box.high")
BIASES = {"bias_ih_l0": 1, "bias_hh_l0": 1}
OPTIONAL = {"readout.bias": 1, "embedding.weight": 2}

Tensor = tuple[str, list[int], bytes]


def prove(certificate: dict[str, Any], tensors: dict[str, Tensor]) -> dict[str, Any]:
    """Refuse unless the boxes carry the claim; return the fields that they determine."""
    spoken = certificate["cell"]
    demand(isinstance(spoken, dict) and isinstance(spoken.get("kind"), str), "cell: kind")
    demand(spoken["kind"] in GATES, "cell: kind")
    machine = read_machine(certificate["machine"])
    cell = stored_cell(spoken["kind"], tensors)
    answers, started, labels = shown(certificate["machine"]["outputs"], machine)
    demand(len(cell.readout) == labels, "weights: one logit per output")
    nodes = certificate["nodes"]
    demand(isinstance(nodes, dict) and sorted(nodes) == ["moves", "outputs", "reads"], "nodes: keys")
    follow(nodes, machine, answers, started, cell)
    slack = min(room for place in range(len(cell.boxes)) for room in rooms(cell, place, nodes["moves"][place]))
    demand(slack >= 0, "boxes: an image leaves the next box")
    leads = [lead for place in range(len(cell.boxes)) for lead in lead_on(cell, place, nodes["outputs"][place])]
    demand(all(lead > 0 for lead in leads), "margin: another logit is as great")
    empty = started is not None and nodes["outputs"][0] is not None
    return spoken_of(cell, certificate, empty=empty) | arithmetic(cell, Fraction(slack), min(leads, default=None))


def spoken_of(cell: Cell, certificate: dict[str, Any], *, empty: bool) -> dict[str, Any]:
    """Return the fields that every proof of a cell determines."""
    return {
        "cell": {
            "kind": cell.kind,
            "size": cell.size,
            "dtype": FORMATS[cell.dtypes[0]][0],
            "readout": FORMATS[cell.dtypes[1]][0],
        },
        "claim": {"quantifier": EVERY_WORD if empty else NOT_EMPTY, "steps": "all lengths"},
        "format": FORMAT,
        "induction": {"steps": len(cell.boxes) * len(cell.letters)},
        "machine": certificate["machine"],
        "nodes": certificate["nodes"],
    }


def arithmetic(cell: Cell, slack: Fraction, margin: Decimal | None) -> dict[str, Any]:
    """Return the fields that say how long the claim holds in floats, with the name of its grade."""
    bound = largest(cell) if cell.kind == "relu" and all_whole(cell) else None
    formats = {} if bound is None else exact.formats(bound, cell.dtypes[0])
    if {FORMATS[dtype][0] for dtype in cell.dtypes} <= {*formats}:
        lead = None if margin is None else str(int(margin))
        proved = {"dtypes": formats, "partial_sums": str(bound), "reason": WHOLE}
        return {"grade": "exact", "separation": {"margin": lead}, "float": proved}
    stated = Fraction(math.floor((slack - RESERVE) * STATED), STATED)
    demand(stated > 0, "boxes: an image touches a wall")
    lead = None if margin is None else printed(math.floor(Fraction(margin) * 10**DIGITS))
    room = printed(math.floor(stated * 10**DIGITS))
    return {"grade": "invariant", "separation": {"margin": lead}, "invariant": {"slack": room, "reason": ROOM}}


def shown(outputs: list[Any], machine: Machine) -> tuple[list[list[int]], int | None, int]:
    """Return the output's number after each letter in each state, that of the start (Moore's), and their count."""
    by_symbol = isinstance(outputs[0], list)
    place: dict[str, int] = {}
    for label in chain.from_iterable(outputs) if by_symbol else outputs:
        place.setdefault(canonical(label), len(place))
    if by_symbol:
        return [[place[canonical(label)] for label in row] for row in outputs], None, len(place)
    of_state = [place[canonical(label)] for label in outputs]
    return [[of_state[state] for state in row] for row in machine.table], of_state[machine.start], len(place)


def follow(nodes: Any, machine: Machine, answers: list[list[int]], started: int | None, cell: Cell) -> None:
    """Refuse unless nodes are read, shown and moved as the machine is, from the start, zero, and words reach all."""
    reads, outputs, moves = (listed("nodes", nodes[key]) for key in ("reads", "outputs", "moves"))
    count = len(cell.boxes)
    demand(len(reads) == len(outputs) == len(moves) == count, "nodes: one row per box")
    demand(all(plain_int(read) and 0 <= read < len(machine.table) for read in reads), "reads: not machine states")
    demand(reads[0] == machine.start, "reads: the first is not the start")
    demand(len(cell.letters) == len(machine.table[0]), "weights: one letter per symbol")
    for row in moves:
        demand(isinstance(row, list) and len(row) == len(cell.letters), "nodes: one move per symbol")
        demand(all(plain_int(move) and 0 <= move < count for move in row), "nodes: a move to no box")
    for read, row in zip(reads, moves, strict=True):
        demand([reads[move] for move in row] == machine.table[read], "induction: not the machine's next state")
        after = [outputs[move] for move in row]
        demand(all(map(plain_int, after)) and after == answers[read], "nodes: not the machine's output")
    first = outputs[0]
    demand(first is None or plain_int(first), "nodes: an output is no index")
    demand(started is None or first in (None, started), "nodes: not the output of the start")
    demand(first is None or 0 <= first < len(cell.readout), "nodes: an output without a logit")
    demand(len(exact.connected([set(row) for row in moves])) == count, "nodes: a box that no word reaches")
    demand(all(low <= high for box in cell.boxes for low, high in box), "boxes: walls in the wrong order")
    demand(all(low <= 0 <= high for low, high in cell.boxes[0]), "boxes: zero is outside the first")
    gated = GATES[cell.kind] > 1
    demand(not gated or all(-(2**24) <= low <= high <= 2**24 for box in cell.boxes for low, high in box), "boxes: far")


def named(kind: str, tensors: dict[str, Tensor], walls: tuple[str, str]) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Return how many axes each tensor has, and its shape, refusing other names and shapes."""
    biased = BIASES if set(BIASES) & set(tensors) else {}
    axes = (
        REQUIRED
        | dict.fromkeys(walls, 2)
        | biased
        | {name: count for name, count in OPTIONAL.items() if name in tensors}
    )
    demand(set(axes) == set(tensors), "weights: names")
    shape = {name: tensor[1] for name, tensor in tensors.items()}
    demand(all(len(shape[name]) == count for name, count in axes.items()), "weights: axes")
    size, features = shape["weight_hh_l0"][1], shape["weight_ih_l0"][1]
    rows, labels, count = GATES[kind] * size, shape["readout.weight"][0], shape[walls[0]][0]
    wanted = {"weight_ih_l0": [rows, features], "weight_hh_l0": [rows, size], "readout.weight": [labels, size]}
    wanted |= {name: [rows] for name in BIASES} | {"readout.bias": [labels]}
    wanted |= {name: [count, size * (2 if kind == "lstm" else 1)] for name in walls}
    wanted["embedding.weight"] = [*shape.get("embedding.weight", [0])[:1], features]
    demand(all(shape[name] == wanted[name] for name in shape), "weights: shapes")
    return axes, shape


def stored_cell(kind: str, tensors: dict[str, Tensor], walls: tuple[str, str] = BOXES, finest: int = FINEST) -> Cell:
    """Return the exact numbers of a cell, refusing other names, shapes and formats, and walls of more places."""
    axes, shape = named(kind, tensors, walls)
    groups: dict[bool, set[str]] = {True: set(), False: set()}
    for name, tensor in tensors.items():
        if name not in walls:
            groups[name.startswith("readout.")].add(tensor[0])
    demand(all(len(group) == 1 for group in groups.values()), "weights: one format")
    value = {name: numbers(tensor) for name, tensor in tensors.items()}
    row_of = {name: in_rows(value[name], *shape[name]) for name, count in axes.items() if count == 2}
    for wall in chain.from_iterable(value[name].values() for name in walls):
        demand((wall * 2**finest).denominator == 1, "boxes: a wall is too fine")
    weights = list(chain.from_iterable(value[name].values() for name in value if name not in walls))
    return Cell(
        kind,
        shape["weight_hh_l0"][1],
        row_of["weight_hh_l0"],
        value.get("bias_hh_l0", {}),
        row_of["weight_ih_l0"],
        value.get("bias_ih_l0", {}),
        row_of.get("embedding.weight", [{place: 1} for place in range(shape["weight_ih_l0"][1])]),
        row_of["readout.weight"],
        value.get("readout.bias", {}),
        [box_of(*ends, shape[walls[0]][1]) for ends in zip(*(row_of[name] for name in walls), strict=True)],
        [*groups[False], *groups[True]],
        weights,
        shape["weight_ih_l0"][1],
    )
