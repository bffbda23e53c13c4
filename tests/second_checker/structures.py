"""Tensors -> what they store: matrices as stages of columns, start, readout rows with the states they speak for, head.

A column is a list of (row, value); values are ints where they are whole and fractions otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from tests.second_checker.wire import canonical, demand, indices, numbers

FORMATS = {"F64": ("float64", 53), "F32": ("float32", 24), "BF16": ("bfloat16", 8), "F16": ("float16", 11)}

Number = int | Fraction
Sparse = dict[int, Number]
Columns = list[list[tuple[int, Number]]]
Tensors = dict[str, tuple[str, list[int], bytes]]


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
    lines: int | None  # coordinates that are multiplied; the rest are planes. None: coordinates mix


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
    demand({name: tensor[1] for name, tensor in tensors.items()} == wanted, "weights: names or shapes")
    demand(all(tensors[name][0] == dtype for name in floats), "weights: floats of two formats")
    stages, lines = BUILDERS[structure](tensors, size, symbols)
    constant = 1 if structure == "affine-diagonal" else 0
    readout_dtype, readout, bias, of = read_readout(tensors, dtype, size, states)
    head = columns_of(tensors["head.weight"], size) if "head.weight" in tensors else None
    spelled = {"dtype": FORMATS[dtype][0], "readout": FORMATS[readout_dtype][0], "structure": structure}
    demand(canonical(operator) == canonical({**spelled, "size": size + constant}), "operator: not what is stored")
    empty: Columns = [[]] * constant
    return Stored(
        dtype,
        readout_dtype,
        size + constant,
        stages,
        numbers(tensors["initial_state"]) | ({size: 1} if constant else {}),
        readout + empty,
        bias,
        of,
        None if head is None else head + empty,
        lines,
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
    names = {"column-one-hot": ("index", "diagonal"), "affine-diagonal": ("diagonal", "offset")}
    return {name: [symbols, size] for name in names.get(structure, ("diagonal",))}


def readout_shapes(structure: str, tensors: Tensors, size: int, states: int) -> dict[str, list[int]]:
    """Return the shapes of the readout's tensors."""
    if structure == "column-one-hot":
        return {"readout.index": [size]}
    rows = states
    indexed = {}
    if "readout.index" in tensors:
        demand(len(tensors["readout.index"][1]) == 1, "weights: readout.index")
        rows = tensors["readout.index"][1][0]
        indexed = {"readout.index": [rows]}
    return {"readout.weight": [rows, size], "readout.bias": [rows], **indexed}


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


def dense(tensors: Tensors, size: int, symbols: int) -> tuple[list[list[Columns]], int | None]:
    """A_x[i, j] = weight[i, j, x]."""
    columns: list[Columns] = [[[] for _ in range(size)] for _ in range(symbols)]
    for place, value in numbers(tensors["weight"]).items():
        pair, symbol = divmod(place, symbols)
        row, column = divmod(pair, size)
        columns[symbol][column].append((row, value))
    return [[matrix] for matrix in columns], None


def one_hot(tensors: Tensors, size: int, symbols: int) -> tuple[list[list[Columns]], int | None]:
    """A_x e_j = diagonal[x, j] e_index[x, j]."""
    rows = indices(tensors["index"], size)
    values = numbers(tensors["diagonal"])
    return [
        [[[(rows[place], values[place])] if place in values else [] for place in range(first, first + size)]]
        for first in range(0, size * symbols, size)
    ], None


def factored(tensors: Tensors, size: int, _symbols: int) -> tuple[list[list[Columns]], int | None]:
    """A_x = output diag(gates[x]) input, kept as three stages."""
    rank = tensors["gates"][1][1]
    first, last = columns_of(tensors["input_factor"], size), columns_of(tensors["output_factor"], rank)
    return [[first, diagonal_columns(row, rank), last] for row in rows_of(tensors["gates"])], None


def diagonal(tensors: Tensors, size: int, _symbols: int) -> tuple[list[list[Columns]], int | None]:
    """A_x = diag(diagonal[x])."""
    return [[diagonal_columns(row, size)] for row in rows_of(tensors["diagonal"])], size


def affine(tensors: Tensors, size: int, _symbols: int) -> tuple[list[list[Columns]], int | None]:
    """State h <- diagonal[x] h + offset[x], the offset being the column of a last coordinate that stays 1."""
    rows = zip(rows_of(tensors["diagonal"]), rows_of(tensors["offset"]), strict=True)
    return [[[*diagonal_columns(row, size), [*sorted(offset.items()), (size, 1)]]] for row, offset in rows], None


def rotation(tensors: Tensors, size: int, symbols: int) -> tuple[list[list[Columns]], int | None]:
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
    return stages, lines


BUILDERS: dict[str, Callable[..., tuple[list[list[Columns]], int | None]]] = {
    "dense": dense,
    "column-one-hot": one_hot,
    "factored": factored,
    "diagonal": diagonal,
    "affine-diagonal": affine,
    "rotation": rotation,
}
