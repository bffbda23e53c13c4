"""Tensors -> what they store: matrices as stages of columns, start, readout rows with the states they speak for, head.

A column is a list of (row, value); values are ints where they are whole and fractions otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from tests.second_checker.formats import FORMATS
from tests.second_checker.wire import canonical, demand, indices, numbers

Number = int | Fraction
Sparse = dict[int, Number]
Columns = list[list[tuple[int, Number]]]
Tensors = dict[str, tuple[str, list[int], bytes]]
Parts = dict[str, Any]
BLOCK = re.compile(r"block\.(0|[1-9][0-9]*)")
CONSTANT = {"affine-diagonal": "offset", "householder": "value"}  # what is multiplied by a last coordinate, always 1


class Update(NamedTuple):
    """One step h <- h + beta (value - <key, h>) key."""

    key: Sparse
    beta: Number
    value: Number


class Stored(NamedTuple):
    """A network: stages[x] are applied one after the other; row k of the readout scores for state of[k]."""

    dtype: str
    readout_dtype: str
    size: int
    stages: list[list[Columns]]
    start: Sparse
    readout: Columns
    bias: Sparse
    of: list[int]
    head: Columns | None
    lines: int | None = None  # coordinates that are multiplied; the rest are planes. None: coordinates mix
    blocks: list[int] | None = None  # widths that no letter mixes, None where prototypes prove nothing
    updates: list[list[Update]] | None = None  # of which the stages are the matrices
    snap: tuple[int, list[Sparse]] | None = None  # symbols after which a state is put back, and prototypes by state


def network(tensors: Tensors, states: int, symbols: int, functions: int, operator: Any) -> Stored:
    """Return what the tensors store; every name, shape and dtype is accounted for."""
    structure = operator.get("structure") if isinstance(operator, dict) else None
    demand(isinstance(structure, str) and structure in BUILDERS, "operator: structure")
    demand("initial_state" in tensors and len(tensors["initial_state"][1]) == 1, "weights: initial state")
    dtype, (size,), _ = tensors["initial_state"]
    demand(dtype in FORMATS, "weights: the initial state is no float")
    wanted = recurrence_shapes(structure, tensors, size, symbols) | {"initial_state": [size]}
    floats = [name for name in wanted if name != "index"]
    wanted |= readout_shapes(structure, tensors, size, states)
    if "head.weight" in tensors:
        wanted["head.weight"] = [functions, size]
        floats.append("head.weight")
    if "snap.every" in tensors or "snap.prototype" in tensors:
        wanted |= {"snap.every": [1], "snap.prototype": [states, size]}
        floats.append("snap.prototype")
    demand({name: tensor[1] for name, tensor in tensors.items()} == wanted, "weights: names or shapes")
    demand(all(tensors[name][0] == dtype for name in floats), "weights: floats of two formats")
    constant = int(CONSTANT.get(structure) in tensors)
    readout_dtype, readout, bias, of = read_readout(tensors, dtype, size, states)
    head = columns_of(tensors["head.weight"], size) if "head.weight" in tensors else None
    spelled = {"dtype": FORMATS[dtype][0], "readout": FORMATS[readout_dtype][0], "structure": structure}
    demand(canonical(operator) == canonical({**spelled, "size": size + constant}), "operator: not what is stored")
    empty: Columns = [[]] * constant
    return Stored(
        dtype,
        readout_dtype,
        size + constant,
        start=numbers(tensors["initial_state"]) | ({size: 1} if constant else {}),
        readout=readout + empty,
        bias=bias,
        of=of,
        head=None if head is None else head + empty,
        snap=read_snap(tensors),
        **BUILDERS[structure](tensors, size, symbols),
    )


def recurrence_shapes(structure: str, tensors: Tensors, size: int, symbols: int) -> dict[str, list[int]]:
    """Return the shapes of the matrices' tensors."""
    if structure == "dense":
        return {"weight": [size, size, symbols]}
    if structure == "factored":
        rank = second_axis(tensors, "gates")
        return {"output_factor": [size, rank], "gates": [symbols, rank], "input_factor": [rank, size]}
    if structure == "rotation":
        lines = second_axis(tensors, "diagonal") if "diagonal" in tensors else 0
        planes = second_axis(tensors, "cosine")
        demand(lines + 2 * planes == size, "weights: lines and planes do not make the state")
        factors = {"diagonal": [symbols, lines]} if lines else {}
        return {"cosine": [symbols, planes], "sine": [symbols, planes], **factors}
    if structure == "block-diagonal":
        widths = block_widths(tensors)
        demand("block.0" in widths and sum(widths.values()) == size, "weights: blocks do not make the state")
        return {name: [symbols, width, width] for name, width in widths.items()}
    if structure == "householder":
        values = {"value": [symbols, second_axis(tensors, "beta")]} if "value" in tensors else {}
        steps = second_axis(tensors, "beta")
        return {"key": [symbols, steps, size], "beta": [symbols, steps], **values}
    names = {"column-one-hot": ("index", "diagonal"), "affine-diagonal": ("diagonal", "offset")}
    return {name: [symbols, size] for name in names.get(structure, ("diagonal",))}


def readout_shapes(structure: str, tensors: Tensors, size: int, states: int) -> dict[str, list[int]]:
    """Return the shapes of the readout's tensors."""
    if structure == "column-one-hot" and "readout.weight" not in tensors:
        return {"readout.index": [size]}
    rows = states
    indexed = {}
    if "readout.index" in tensors:
        demand(len(tensors["readout.index"][1]) == 1, "weights: readout.index")
        rows = tensors["readout.index"][1][0]
        indexed = {"readout.index": [rows]}
    return {"readout.weight": [rows, size], "readout.bias": [rows], **indexed}


def block_widths(tensors: Tensors) -> dict[str, int]:
    """Return the width of every block, in their order."""
    places = sorted(int(match[1]) for match in map(BLOCK.fullmatch, tensors) if match)
    demand(places == list(range(len(places))), "weights: blocks are numbered from zero")
    shapes = {f"block.{place}": tensors[f"block.{place}"][1] for place in places}
    demand(all(len(shape) == 3 for shape in shapes.values()), "weights: a block has three axes")
    return {name: shape[1] for name, shape in shapes.items()}


def second_axis(tensors: Tensors, name: str) -> int:
    """Return the length of the second of two axes."""
    demand(name in tensors and len(tensors[name][1]) == 2, "weights: " + name)
    return tensors[name][1][1]


def read_readout(tensors: Tensors, dtype: str, size: int, states: int) -> tuple[str, Columns, Sparse, list[int]]:
    """Return the readout's dtype, columns, bias, and the state of every row."""
    of = list(range(states))
    if "readout.index" in tensors:
        of = list(indices(tensors["readout.index"], states))
    if "readout.weight" not in tensors:
        return dtype, [[(state, 1)] for state in of], {}, list(range(states))
    kinds = {tensors["readout.weight"][0], tensors["readout.bias"][0]}
    demand(len(kinds) == 1, "weights: a readout of two formats")
    return kinds.pop(), columns_of(tensors["readout.weight"], size), numbers(tensors["readout.bias"]), of


def read_snap(tensors: Tensors) -> tuple[int, list[Sparse]] | None:
    """Return after how many symbols the state is put back, and the prototypes; None where it is not."""
    if "snap.every" not in tensors:
        return None
    (every,) = indices(tensors["snap.every"], 2**62)
    demand(every > 0, "weights: put back after no symbol")
    return every, rows_of(tensors["snap.prototype"])


def columns_of(tensor: tuple[str, list[int], bytes], width: int) -> Columns:
    """Return the columns of a matrix that is stored row by row."""
    columns: Columns = [[] for _ in range(width)]
    for place, value in numbers(tensor).items():
        row, column = divmod(place, width)
        columns[column].append((row, value))
    return columns


def rows_of(tensor: tuple[str, list[int], bytes]) -> list[Sparse]:
    """Return the rows of a matrix."""
    height, width = tensor[1]
    rows: list[Sparse] = [{} for _ in range(height)]
    for place, value in numbers(tensor).items():
        rows[place // width][place % width] = value
    return rows


def diagonal_columns(row: Sparse, size: int) -> Columns:
    """Return the columns of a diagonal matrix."""
    return [[(place, row[place])] if place in row else [] for place in range(size)]


def dense(tensors: Tensors, size: int, symbols: int) -> Parts:
    """A_x[i, j] = weight[i, j, x]."""
    columns: list[Columns] = [[[] for _ in range(size)] for _ in range(symbols)]
    for place, value in numbers(tensors["weight"]).items():
        pair, symbol = divmod(place, symbols)
        row, column = divmod(pair, size)
        columns[symbol][column].append((row, value))
    return {"stages": [[matrix] for matrix in columns], "blocks": [size]}


def one_hot(tensors: Tensors, size: int, symbols: int) -> Parts:
    """A_x e_j = diagonal[x, j] e_index[x, j]."""
    rows = indices(tensors["index"], size)
    values = numbers(tensors["diagonal"])
    columns: Columns = [[(row, values[place])] if place in values else [] for place, row in enumerate(rows)]
    return {"stages": [[columns[first : first + size]] for first in range(0, size * symbols, size)]}


def factored(tensors: Tensors, size: int, _symbols: int) -> Parts:
    """A_x = output diag(gates[x]) input, kept as three stages."""
    rank = tensors["gates"][1][1]
    first, last = columns_of(tensors["input_factor"], size), columns_of(tensors["output_factor"], rank)
    stages = [[first, diagonal_columns(row, rank), last] for row in rows_of(tensors["gates"])]
    return {"stages": stages, "blocks": [size]}


def diagonal(tensors: Tensors, size: int, _symbols: int) -> Parts:
    """A_x = diag(diagonal[x])."""
    return {"stages": [[diagonal_columns(row, size)] for row in rows_of(tensors["diagonal"])], "lines": size}


def affine(tensors: Tensors, size: int, _symbols: int) -> Parts:
    """State h <- diagonal[x] h + offset[x], the offset being the column of a last coordinate that stays 1."""
    rows = zip(rows_of(tensors["diagonal"]), rows_of(tensors["offset"]), strict=True)
    stages = [[[*diagonal_columns(row, size), [*sorted(offset.items()), (size, 1)]]] for row, offset in rows]
    return {"stages": stages}


def rotation(tensors: Tensors, size: int, symbols: int) -> Parts:
    """Factors for the first coordinates, blocks [[c, -s], [s, c]] for the rest."""
    lines = tensors["diagonal"][1][1] if "diagonal" in tensors else 0
    factors = rows_of(tensors["diagonal"]) if lines else [{}] * symbols
    stages = []
    for factor, cosine, sine in zip(factors, rows_of(tensors["cosine"]), rows_of(tensors["sine"]), strict=True):
        columns = diagonal_columns(factor, lines)
        for plane, place in enumerate(range(lines, size, 2)):
            c, s = cosine.get(plane, 0), sine.get(plane, 0)
            for block in ([(place, c), (place + 1, s)], [(place, -s), (place + 1, c)]):
                columns.append([(row, value) for row, value in block if value])
        stages.append([columns])
    return {"stages": stages, "lines": lines}


def block_diagonal(tensors: Tensors, size: int, symbols: int) -> Parts:
    """A_x has the blocks block.k[x] on its diagonal, the others are zero."""
    columns: list[Columns] = [[[] for _ in range(size)] for _ in range(symbols)]
    widths, first = block_widths(tensors), 0
    for name, width in widths.items():
        for place, value in numbers(tensors[name]).items():
            symbol, row, column = place // width**2, place // width % width, place % width
            columns[symbol][first + column].append((first + row, value))
        first += width
    return {"stages": [[matrix] for matrix in columns], "blocks": list(widths.values())}


def householder(tensors: Tensors, size: int, symbols: int) -> Parts:
    """A_x is its updates, each a stage, on a state that ends in 1 where values are written."""
    steps = tensors["beta"][1][1]
    keys: list[Sparse] = [{} for _ in range(symbols * steps)]
    for place, value in numbers(tensors["key"]).items():
        keys[place // size][place % size] = value
    betas = numbers(tensors["beta"])
    values = numbers(tensors["value"]) if "value" in tensors else None
    flat = [Update(key, betas.get(place, 0), (values or {}).get(place, 0)) for place, key in enumerate(keys)]
    stages = [update_columns(update, size, written=values is not None) for update in flat]
    cuts = range(0, symbols * steps, steps)
    return {
        "stages": [stages[cut : cut + steps] for cut in cuts],
        "updates": [flat[cut : cut + steps] for cut in cuts],
        "blocks": [size] if values is None else None,
    }


def update_columns(update: Update, size: int, *, written: bool) -> Columns:
    """Return I - beta key key^T, with beta value key in the column of the constant."""
    columns: Columns = []
    for place in range(size):
        column: Sparse = {place: 1}
        for row, entry in update.key.items() if place in update.key else ():
            column[row] = column.get(row, 0) - update.beta * entry * update.key[place]
        columns.append([(row, value) for row, value in sorted(column.items()) if value])
    if written:
        pushed = [(row, update.beta * update.value * entry) for row, entry in update.key.items()]
        columns.append([*((row, value) for row, value in pushed if value), (size, 1)])
    return columns


BUILDERS: dict[str, Callable[..., Parts]] = {
    "dense": dense,
    "column-one-hot": one_hot,
    "factored": factored,
    "diagonal": diagonal,
    "affine-diagonal": affine,
    "rotation": rotation,
    "block-diagonal": block_diagonal,
    "householder": householder,
}
