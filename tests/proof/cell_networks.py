"""Nonlinear cells that carry machines, made by hand from the recipe of one unit per letter and state."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from fsm2rnn.machine.mealy import mealy_form
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.cell_network import BoxNodes, GridNodes, ProvedCell
from fsm2rnn.proof.stored.tensor_file import StoredTensor

RADIUS = 1 / 16


def stored(array: object, form: str = "F32") -> StoredTensor:
    values = np.ascontiguousarray(array, dtype={"F32": "<f4", "F64": "<f8"}[form])
    return StoredTensor(form, values.shape, values.tobytes())


def units_of(machine: StateMachine) -> list[tuple[int, int]]:
    """Return the pairs (state, letter) with the state in the letter's image."""
    letters = range(len(machine.symbols))
    return [(state, letter) for letter in letters for state in sorted({row[letter] for row in machine.table})]


def sign_rows(machine: StateMachine, *, relu: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return W_hh, W_ih and the bias of the cell whose unit (q, x) is on after x led to q."""
    units = units_of(machine)
    size, letters = len(units), len(machine.symbols)
    weight, entering, bias = np.zeros((size, size)), np.zeros((size, letters)), np.zeros(size)
    scale = size - 2
    for row, (state, letter) in enumerate(units):
        before = [place for place, (source, _) in enumerate(units) if machine.table[source][letter] == state]
        from_start = machine.table[machine.start][letter] == state
        if relu:
            others = [place for place in range(size) if place not in before]
            weight[row, others if from_start else before] = -1 if from_start else 1
            entering[row, letter], bias[row] = 1, 0 if from_start else -1
        else:
            weight[row, before] += scale
            weight[row] += 2 * from_start - len(before)
            entering[row, letter], bias[row] = 2 * scale, -3 * scale + 2 * scale * from_start
    gain = 1.0 if relu else 2.0 ** math.ceil(math.log2(16 / scale))
    return weight * gain, entering * gain, bias * gain


def cell_tensors(kind: CellKind, machine: StateMachine) -> dict[str, np.ndarray]:
    """Return weights and walls of the recipe's cell."""
    weight, entering, bias = sign_rows(machine, relu=kind is CellKind.RELU)
    size, letters = entering.shape
    shut, none = np.full(size, -200.0), np.zeros(size)
    square, wide = np.zeros((size, size)), np.zeros((size, letters))
    match kind:
        case CellKind.ELMAN | CellKind.RELU:
            rows = [(weight, entering, bias)]
        case CellKind.GRU:
            rows = [(square, wide, -shut), (square, wide, shut), (weight, entering, bias)]
        case CellKind.LSTM:
            written = (weight / math.tanh(1), entering, bias)
            rows = [(square, wide, -shut), (square, wide, shut), written, (square, wide, -shut)]
    labels = list(machine.output_labels)
    readout = np.zeros((len(labels), size))
    for place, (state, _) in enumerate(units_of(machine)):
        readout[labels.index(machine.outputs[state]), place] = 1
    walls = np.vstack([none, 2 * np.eye(size) - 1 if kind is not CellKind.RELU else np.eye(size)])
    radius = 0.0 if kind is CellKind.RELU else RADIUS
    shown = np.hstack([walls * math.tanh(1), walls]) if kind is CellKind.LSTM else walls
    around = np.full(shown.shape, radius)
    around[0] = 0
    return {
        "weight_hh_l0": np.vstack([part for part, _, _ in rows]),
        "weight_ih_l0": np.vstack([part for _, part, _ in rows]),
        "bias_ih_l0": np.concatenate([part for _, _, part in rows]),
        "bias_hh_l0": np.zeros(size * len(rows)),
        "readout.weight": readout,
        "readout.bias": np.zeros(len(labels)),
        "box.low": shown - around,
        "box.high": shown + around,
    }


def box_nodes(machine: StateMachine) -> BoxNodes:
    """Return the start, then one node per unit."""
    nodes = [(machine.start, None), *units_of(machine)]
    labels = list(machine.output_labels)
    place = {node: index for index, node in enumerate(nodes)}
    return BoxNodes(
        tuple(state for state, _ in nodes),
        tuple(None if letter is None else labels.index(machine.outputs[state]) for state, letter in nodes),
        tuple(tuple(place[to, letter] for letter, to in enumerate(machine.table[state])) for state, _ in nodes),
    )


def grid_cell(kind: CellKind, machine: StateMachine, grid: int = 7) -> ProvedCell:
    """Return the recipe's cell with its state rounded to a grid, which leaves one grid state per unit and the start."""
    tensors = cell_tensors(kind, machine)
    low, high = tensors.pop("box.low"), tensors.pop("box.high")
    tensors["grid.states"] = np.round((low + high) / 2 * 2**grid) / 2**grid
    nodes = box_nodes(machine)
    listed = GridNodes(grid, nodes.reads, nodes.outputs)
    return ProvedCell(machine, kind, listed, {name: stored(array) for name, array in tensors.items()}, {})


def proved_cell(
    kind: CellKind, machine: StateMachine, form: str = "F32", changed: Mapping[str, np.ndarray] | None = None
) -> ProvedCell:
    """Return the recipe's cell, proved, with some tensors changed."""
    tensors = cell_tensors(kind, machine) | dict(changed or {})
    stored_as = {name: stored(array, form) for name, array in tensors.items()}
    return ProvedCell(machine, kind, box_nodes(machine), stored_as, {})


def mealy_cell(kind: CellKind, moore: StateMachine) -> ProvedCell:
    """Return the recipe's cell as it reads the Mealy machine that answers alike, whose outputs have another order."""
    machine = mealy_form(moore)
    order = [moore.output_labels.index(label) for label in machine.output_labels]
    tensors = cell_tensors(kind, moore)
    tensors["readout.weight"] = tensors["readout.weight"][order]
    nodes = box_nodes(moore)
    outputs = tuple(None if output is None else order.index(output) for output in nodes.outputs)
    held = {name: stored(array) for name, array in tensors.items()}
    return ProvedCell(machine, kind, replace(nodes, outputs=outputs), held, {})
