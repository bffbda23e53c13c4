"""One change of a cell's file, drawn: a weight, a wall or grid state, a node, the machine, a field, and what follows.

After the change all hashes are made consistent, and mostly every field that the second checker can work out, so that
only the mathematics of the claim can be wrong.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable
from typing import Any

from tests.forgery.forge import Draft, neighbour, respell, value_of
from tests.second_checker import checker
from tests.second_checker.wire import Refused

NODES = ("box.", "grid.")  # tensors of nodes
KINDS = ("elman", "relu", "gru", "lstm")
GIANTS = (1e38, -1e38, 2.0**24, -(2.0**24), 1e-30, 1e-40, math.inf, -math.inf, math.nan, -0.0)


def changed(draft: Draft, pick: random.Random) -> tuple[str, bytes]:
    """Return the name of a drawn change and the file with it."""
    name = pick.choice(OFTEN)
    CHANGES[name](draft, pick)
    if pick.random() < 0.8:
        follow(draft)
    return name, respell(draft)


def follow(draft: Draft) -> None:
    """Rewrite what the second checker works out, where the claim holds to it."""
    certificate = draft.certificate
    try:
        proved = checker.cell_fields(certificate, {name: tuple(tensor) for name, tensor in draft.tensors.items()})
    except (Refused, KeyError):
        return
    proved["claim"]["grade"] = proved.pop("grade")
    for field in {"float", "invariant", "orbit"} - set(proved):
        certificate.pop(field, None)
    certificate |= proved


def number(draft: Draft, pick: random.Random, names: tuple[str, ...]) -> None:
    """Change one stored number: by its last bit, a little, much, to zero, to another of its tensor, to a giant."""
    name = pick.choice([name for name in draft.tensors if name.startswith(names)])
    place = pick.randrange(draft.count(name))
    item = draft.item(name, place)
    value = value_of("F32", item)
    new = pick.choice(
        (
            neighbour(item, pick.choice((-1, 1))),
            packed(value + pick.choice((-1, 1)) * 2.0 ** pick.randrange(-30, 1)),
            packed(value * pick.choice((-1, 0, 0.5, 0.99, 1.01, 2, 16))),
            draft.item(name, pick.randrange(draft.count(name))),
            packed(pick.choice(GIANTS)),
        )
    )
    draft.put(name, place, new)


def packed(value: float) -> bytes:
    """Return a number as float32 stores it."""
    return struct.pack("<f", value)


def weight(draft: Draft, pick: random.Random) -> None:
    """Change a weight or a bias of the cell."""
    number(draft, pick, ("weight_", "bias_"))


def wall(draft: Draft, pick: random.Random) -> None:
    """Change a wall, or a coordinate of a grid state."""
    number(draft, pick, NODES)


def readout(draft: Draft, pick: random.Random) -> None:
    """Change a number of the readout."""
    number(draft, pick, ("readout.",))


def rows(draft: Draft, pick: random.Random) -> None:
    """Exchange two rows of a tensor, or turn all of it around."""
    tensor = draft.tensors[pick.choice(sorted(draft.tensors))]
    height = tensor[1][0]
    size = len(tensor[2]) // height
    parts = [tensor[2][place * size : (place + 1) * size] for place in range(height)]
    one, other = pick.randrange(height), pick.randrange(height)
    parts[one], parts[other] = parts[other], parts[one]
    tensor[2] = b"".join(parts if pick.random() < 0.8 else reversed(parts))


def tensors(draft: Draft, pick: random.Random) -> None:
    """Take a tensor away, add one, put another in its place, or say another shape or format."""
    name, other = pick.sample(sorted(draft.tensors), 2)
    tensor = draft.tensors[name]
    match pick.randrange(5):
        case 0:
            del draft.tensors[name]
        case 1:
            draft.tensors[pick.choice(("embedding.weight", "weight_hr_l0", "grid.states", "box.middle"))] = [*tensor]
        case 2:
            draft.tensors[name] = [*draft.tensors[other]]
        case 3:
            tensor[1] = pick.choice(([*reversed(tensor[1])], [*tensor[1], 1], [math.prod(tensor[1])]))
        case _:
            tensor[0], tensor[1] = "F64", [tensor[1][0] // 2 or 1, *tensor[1][1:]]
            tensor[2] = tensor[2][: 8 * math.prod(tensor[1])].ljust(8 * math.prod(tensor[1]), b"\0")


def index(pick: random.Random, below: int) -> Any:
    """Return what might stand where an index should."""
    return pick.choice((pick.randrange(below), pick.randrange(below), below, -1, None, True, 0.5, "0", [0], 10**400))


def nodes(draft: Draft, pick: random.Random) -> None:
    """Change what a node is read as, shows or moves to, or the grid."""
    found = draft.certificate["nodes"]
    place, count = pick.randrange(len(found["reads"])), len(found["reads"])
    match pick.randrange(3):
        case 0:
            found["reads"][place] = index(pick, len(draft.certificate["machine"]["states"]))
        case 1:
            found["outputs"][place] = index(pick, 2)
        case _ if "grid" in found:
            found["grid"] = pick.choice((found["grid"] - 1, found["grid"] + 1, index(pick, 13)))
        case _:
            row = found["moves"][place]
            row[pick.randrange(len(row))] = index(pick, count)


def machine(draft: Draft, pick: random.Random) -> None:
    """Change the machine: a transition, the start, an output, its kind, a label, the order of its symbols."""
    found = draft.certificate["machine"]
    place, count = pick.randrange(len(found["states"])), len(found["states"])
    match pick.randrange(6):
        case 0:
            row = found["table"][place]
            row[pick.randrange(len(row))] = index(pick, count)
        case 1:
            found["start"] = index(pick, count)
        case 2:
            found["outputs"][place] = pick.choice(({"bool": True}, {"bool": False}, {"int": "1"}, "yes", None))
        case 3:
            found["outputs"] = [[found["outputs"][to] for to in row] for row in found["table"]]
        case 4:
            found[pick.choice(("states", "symbols"))][0] = pick.choice(("new", {"int": "7"}, {"tuple": ["a"]}, 7))
        case _:
            found[pick.choice(("symbols", "outputs", "states"))].reverse()


def box(draft: Draft, pick: random.Random) -> None:
    """Drop a node, list one twice, or exchange two."""
    found = draft.certificate["nodes"]
    place, other, count = pick.randrange(len(found["reads"])), pick.randrange(len(found["reads"])), len(found["reads"])
    order = pick.choice(
        (
            [at for at in range(count) if at != place],
            [*range(count), place],
            [other if at == place else place if at == other else at for at in range(count)],
        )
    )
    for name in [name for name in draft.tensors if name.startswith(NODES)]:
        tensor = draft.tensors[name]
        size = len(tensor[2]) // count
        tensor[2] = b"".join(tensor[2][at * size : (at + 1) * size] for at in order)
        tensor[1] = [len(order), *tensor[1][1:]]
    to = {old: new for new, old in reversed([*enumerate(order)])}
    found["reads"], found["outputs"] = ([found[key][at] for at in order] for key in ("reads", "outputs"))
    if "moves" in found:
        found["moves"] = [[to.get(move, move) for move in found["moves"][at]] for at in order]


def moved(draft: Draft, pick: random.Random) -> None:
    """Move a coordinate of a grid state to a neighbour, in its place or as one more node; of walls, by as much."""
    name = pick.choice([name for name in draft.tensors if name.startswith(NODES)])
    tensor, found = draft.tensors[name], draft.certificate["nodes"]
    width, count = tensor[1][1], tensor[1][0]
    row = pick.randrange(count)
    if pick.random() < 0.5 and "grid" in found:
        tensor[2] += tensor[2][row * width * 4 : (row + 1) * width * 4]
        tensor[1], row = [count + 1, width], count
        for key in ("reads", "outputs"):
            found[key].append(found[key][pick.randrange(count)])
    place = row * width + pick.randrange(width)
    value = value_of("F32", draft.item(name, place)) + pick.choice((-1, 1)) * 2.0 ** -found.get("grid", 7)
    draft.put(name, place, packed(value))


def field(draft: Draft, pick: random.Random) -> None:
    """Change, add or take away a field of the certificate, by itself."""
    parent: Any = draft.certificate
    key = pick.choice(sorted(parent))
    while isinstance(parent[key], dict) and parent[key] and pick.random() < 0.8:
        parent = parent[key]
        key = pick.choice(sorted(parent))
    match pick.randrange(4):
        case 0:
            del parent[key]
        case 1:
            parent["more"] = parent[key]
        case 2:
            parent[key] = pick.choice((None, True, 1, "all lengths", [], {}, *KINDS, "exact", "float16"))
        case _:
            parent[key] = nudged(parent[key], pick)


def nudged(value: Any, pick: random.Random) -> Any:
    """Return a number or a text with one character or unit changed."""
    if type(value) is int:
        return value + pick.choice((-1, 1))
    if isinstance(value, str) and value:
        at = pick.randrange(len(value))
        return value[:at] + pick.choice("0123456789ae-") + value[at + 1 :]
    return [value]


def kind(draft: Draft, pick: random.Random) -> None:
    """Say another kind of cell; where a claim of its own may follow."""
    draft.certificate["cell"]["kind"] = pick.choice(KINDS)


CHANGES: dict[str, Callable[[Draft, random.Random], None]] = {
    change.__name__: change
    for change in (weight, wall, readout, rows, tensors, nodes, machine, box, moved, field, kind)
}
# Numbers are where a false claim may hide; names and shapes are soon refused.
OFTEN = [*sorted(CHANGES), *("weight", "wall", "readout", "moved") * 3, *("nodes", "machine", "field") * 2]
