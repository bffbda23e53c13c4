"""Groups of orthogonal matrices in a random basis, stored as blocks and reflections, and small exact ones beside them.

Nothing about the groups is exact: matrices and prototypes are float64 numbers that stand for themselves.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np

from fsm2rnn.exact.rounding import BFLOAT16, FLOAT32, FLOAT64, NATIVE
from fsm2rnn.exact.sparse import SparseMatrix, unit, vector
from fsm2rnn.exact.updates import Update
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.block_diagonal import BlockDiagonal
from fsm2rnn.operators.column_one_hot import ColumnOneHot
from fsm2rnn.operators.dense import Dense
from fsm2rnn.operators.factored import Factored
from fsm2rnn.operators.householder import Householder
from fsm2rnn.operators.phase import PhaseMatrix
from fsm2rnn.operators.prototypes import Prototype, PrototypeReadout
from fsm2rnn.operators.storage import store, store_prototypes
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder, DecoderKind
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.checker import network_bytes
from tests.operators.doubled_updates import duplicated
from tests.proof.networks import PARITY

GOLDEN = (1 + 5**0.5) / 2


def turn(order):
    """Return the turn of a plane by a full one over `order`."""
    c, s = np.cos(2 * np.pi / order), np.sin(2 * np.pi / order)
    return np.array([[c, -s], [s, c]])


def turn_about(axis, order):
    """Return the turn of space about an axis by a full one over `order` (Rodrigues)."""
    x, y, z = axis / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = 2 * np.pi / order
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


MIRROR = np.diag([1.0, -1.0])
CYCLE = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])
CUBE = (np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]), CYCLE)
# A turn by a fifth about the vertex (0, 1, phi), and the cycle of the axes: rotations of the icosahedron.
ICOSAHEDRON = (turn_about(np.array([0, 1, GOLDEN]), 5), CYCLE)
# For each group the blocks of every generator.
GROUPS = {
    "C5": [[turn(5)]],
    "C3xC2": [[turn(3), np.eye(1)], [np.eye(2), -np.eye(1)]],
    "D5": [[turn(5)], [MIRROR]],
    "D7": [[turn(7)], [MIRROR]],
    "S4": [[letter] for letter in CUBE],
    "A5": [[letter] for letter in ICOSAHEDRON],
    "D3xS4": [
        *([letter, np.eye(3)] for letter in (turn(3), MIRROR)),
        *([np.eye(2), letter] for letter in CUBE),
    ],
}


@cache
def represented(group):
    """Return blocks (D, K, n, n) in a random basis each, points (G, H) of a random orbit, and the table (G, D)."""
    generator = np.random.default_rng(len(group) + ord(group[1]))
    letters = GROUPS[group]
    bases = [np.linalg.qr(generator.normal(size=block.shape))[0] for block in letters[0]]
    blocks = [[base @ block @ base.T for base, block in zip(bases, row, strict=True)] for row in letters]
    starts = [point / np.linalg.norm(point) for point in (generator.normal(size=len(base)) for base in bases)]
    points, table = [starts], []
    known = {key(starts): 0}
    for point in points:
        row = []
        for letter in blocks:
            moved = [block @ part for block, part in zip(letter, point, strict=True)]
            if known.setdefault(key(moved), len(points)) == len(points):
                points.append(moved)
            row.append(known[key(moved)])
        table.append(row)
    return blocks, np.array([np.concatenate(point) for point in points]), table


def key(parts):
    """Return a point to eight digits."""
    return tuple(np.round(np.concatenate(parts), 8) + 0.0)


def exact(matrix):
    """Return floats as the rational numbers that they are."""
    return SparseMatrix.from_rows([[Fraction(float(entry)) for entry in row] for row in matrix])


def reflections(matrix):
    """Return unit keys of reflections, the first applied first, whose product is an orthogonal matrix."""
    rest, keys = matrix.copy(), []
    for place in range(len(matrix)):
        away = rest[:, place] - np.eye(len(matrix))[place]
        if np.linalg.norm(away) > 1e-9:
            keys.append(away / np.linalg.norm(away))
            rest -= 2 * np.outer(keys[-1], keys[-1] @ rest)
    return keys[::-1]


def blocks_of(blocks):
    """Return the block-diagonal operator."""
    return BlockDiagonal(tuple(tuple(map(exact, row)) for row in blocks))


def dense_of(blocks):
    """Return the same as whole matrices."""
    operator = blocks_of(blocks)
    return Dense(tuple(operator.matrix(symbol) for symbol in range(len(blocks))))


def householder_of(blocks):
    """Return the same as products of reflections."""
    operator = dense_of(blocks)
    updates = []
    for symbol in range(len(blocks)):
        found = reflections(as_array(operator.matrix(symbol)))
        updates.append(tuple(Update(point_of(one), 2) for one in found))
    return Householder(operator.size, tuple(updates))


def point_of(values):
    """Return a sparse point of floats."""
    return vector((place, Fraction(float(value))) for place, value in enumerate(values))


def factored_of(blocks):
    """Return the same as one product for every entry of a letter's rows: A_x = A_x diag(1) I."""
    letters = [as_array(matrix) for matrix in map(dense_of(blocks).matrix, range(len(blocks)))]
    size, count = len(letters[0]), len(letters)
    output = exact(np.concatenate(letters, axis=1))
    source = exact(np.concatenate([np.eye(size)] * count, axis=1))
    gates = tuple(tuple((symbol * size + place, 1) for place in range(size)) for symbol in range(count))
    return Factored(output, gates, source)


MAKE = {"blocks": blocks_of, "dense": dense_of, "factored": factored_of, "householder": householder_of}
NETWORKS = [
    "C5-dense", "C5-householder", "C3xC2-blocks", "D5-dense", "D5-householder", "D5-factored", "D7-blocks", "S4-blocks",
    "S4-householder", "A5-dense", "A5-factored", "A5-householder", "D3xS4-blocks", "D3xS4-householder",
]  # fmt: skip


def readout_of(points):
    """Return the readout of points, each that of its number."""
    return PrototypeReadout(
        tuple(Prototype(point_of(point), state) for state, point in enumerate(points)), len(points[0])
    )


@cache
def drift_network(name, form):
    """Return one group under one structure, one prototype per element."""
    group, structure = name.split("-")
    blocks, points, table = represented(group)
    machine = StateMachine.tracker(range(len(points)), range(len(blocks)), table)
    readout, evidence = readout_of(points), {"group": group}
    return store_prototypes(MAKE[structure](blocks), machine, Contract.INJECTIVE, readout, form, evidence)


@cache
def cover_drift(form):
    """Return the parity of turns by a fifth and by a tenth, ten prototypes, five of each reading."""
    blocks, points, table = represented("C5")
    count = len(points)
    machine = replace(PARITY, symbols=("fifth", "half"), table=((0, 1), (1, 0)))
    letters = [blocks[0], [-np.eye(2)]]
    listed = tuple(
        Prototype(point_of(sign * point), read) for read, sign in ((0, 1), (1, -1)) for point in points[:count]
    )
    assert len(table) == count
    return store_prototypes(blocks_of(letters), machine, Contract.COVER, PrototypeReadout(listed, 2), form, {})


@cache
def joining_drift(form, width=4):
    """Return A_x = W Pi_x W^+ of three states that letters turn, join and reset, W random: far from lengths kept."""
    table = ((1, 0, 2), (2, 0, 2), (0, 1, 2))
    machine = StateMachine.tracker(range(3), range(3), table)
    points = np.random.default_rng(7).normal(size=(width, 3))
    letters = [[points[:, list(column)] @ np.linalg.pinv(points)] for column in zip(*table, strict=True)]
    return store_prototypes(dense_of(letters), machine, Contract.INJECTIVE, readout_of(points.T), form, {})


@cache
def drift_files():
    """Return network files of prototypes, the formats taking turns."""
    files = {}
    for place, name in enumerate(("C5-dense", "C5-householder", "C3xC2-blocks", "D5-factored")):
        form = NATIVE[(place + 1) % len(NATIVE)]
        files[f"{name}-{form.name}"] = network_bytes(drift_network(name, form))
    files["cover-float64"] = network_bytes(cover_drift(FLOAT64))
    files["joining-float32"] = network_bytes(joining_drift(FLOAT32))
    return files


def swapped_parity(form=FLOAT64, *, halves=False):
    """Return parity by a swap of two coordinates as one reflection, with keys of halves or of ones."""
    operator = Householder(2, ((), (Update(((0, 1), (1, -1)), 1),)))
    operator = duplicated(operator) if halves else operator
    codes = tuple(tuple((place, 1) for place in range(state, operator.size, 2)) for state in range(2))
    readout = SparseMatrix(2, tuple(unit(place % 2) for place in range(operator.size)))
    matrices = (operator.matrix(0), operator.matrix(1))
    proof = Simulation(PARITY, matrices, codes, (0, 1), Decoder.linear(readout), Contract.INJECTIVE)
    return store(operator, proof, form, {})


def written_latch(form=FLOAT64):
    """Return a latch that is cleared and set: h <- h + 1 (value - h), and toggled h <- h + 2 (1/2 - h)."""
    one = ((0, 1),)
    rows = ((Update(one, 1),), (Update(one, 1, 1),), (Update(one, 2, Fraction(1, 2)),))
    operator = Householder(1, rows)
    machine = StateMachine(("off", "on"), ("clear", "set", "toggle"), ((0, 1, 1), (0, 1, 0)), 0, (False, True))
    codes = (((1, 1),), ((0, 1), (1, 1)))
    decoder = Decoder.linear(SparseMatrix.from_rows([[-2, 0], [2, 0]]), ((0, 1), (1, -1)))
    matrices = tuple(operator.matrix(symbol) for symbol in range(3))
    head = SparseMatrix.from_rows([[1, 0]])
    return store(operator, Simulation(machine, matrices, codes, (0, 1), decoder, Contract.LINEAR, head), form, {})


def blocked_parity(form=FLOAT64):
    """Return parity as a sign beside a swap: two blocks."""
    swap = SparseMatrix(2, (unit(1), unit(0)))
    sign = SparseMatrix(1, (((0, -1),),))
    operator = BlockDiagonal(((SparseMatrix.identity(1), SparseMatrix.identity(2)), (sign, swap)))
    codes = (((0, 1), (1, 1)), ((0, -1), (2, 1)))
    matrices = (operator.matrix(0), operator.matrix(1))
    decoder = Decoder.nearest(codes, (0, 1), 3)
    whole = Decoder(DecoderKind.LINEAR, decoder.readout, decoder.bias, (0, 1))
    proof = Simulation(PARITY, matrices, codes, (0, 1), whole, Contract.INJECTIVE)
    return store(operator, proof, form, {})


def mapped_parity(form=FLOAT64):
    """Return parity as a map of two coordinates that stand for the states."""
    operator = ColumnOneHot((PhaseMatrix.map((0, 1)), PhaseMatrix.map((1, 0))))
    decoder = Decoder.linear(SparseMatrix.identity(2))
    matrices = (operator.matrix(0), operator.matrix(1))
    return store(
        operator, Simulation(PARITY, matrices, (unit(0), unit(1)), (0, 1), decoder, Contract.INJECTIVE), form, {}
    )


def read_map(form=FLOAT64):
    """Return parity as a map of three coordinates read by a dense readout, two rows of one state."""
    operator = ColumnOneHot((PhaseMatrix.map((0, 1, 2)), PhaseMatrix.map((1, 2, 1))))
    machine = StateMachine(("none", "odd", "even"), ("0", "1"), ((0, 1), (1, 2), (2, 1)), 0, (None, 1, 0))
    readout = SparseMatrix.from_rows([[1, 0, 0], [0, 1, 0], [0, 0, 3], [0, 0, 2]])
    decoder = Decoder(DecoderKind.LINEAR, readout, ((3, -1),), (0, 1, 2, 2))
    matrices = (operator.matrix(0), operator.matrix(1))
    codes = (unit(0), unit(1), unit(2))
    return store(operator, Simulation(machine, matrices, codes, (0, 1, 2), decoder, Contract.INJECTIVE), form, {})


EXACT = {
    "swap": swapped_parity,
    "swap-of-halves": lambda form=FLOAT64: swapped_parity(form, halves=True),
    "written-latch": written_latch,
    "blocked-parity": blocked_parity,
    "mapped-parity": mapped_parity,
    "read-map": read_map,
}


@cache
def exact_files():
    """Return network files of the same structures that never round, the formats taking turns."""
    return {
        f"{name}-{form.name}": network_bytes(make(form))
        for name, make, form in zip(EXACT, EXACT.values(), (*NATIVE, FLOAT64, BFLOAT16), strict=True)
    }


def as_array(matrix):
    """Return a sparse matrix as floats."""
    out = np.zeros((matrix.height, matrix.width))
    for place, column in enumerate(matrix.columns):
        for row, value in column:
            out[row, place] = float(value)
    return out
