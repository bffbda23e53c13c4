"""Steps of nonlinear cells between grid states: bounds hold float32 steps in every order, and are not wide."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.exact.activations import BITS, UNIT, tanh
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.packed_rows import PackedRows
from fsm2rnn.proof.claim.point_steps import GatedSteps, grid_ends, point_steps
from fsm2rnn.proof.claim.tanh_walls import ERROR, certain_walls
from fsm2rnn.proof.stored.cells import stored_cell
from tests.proof.cell_networks import stored
from tests.proof.claim.test_boxes import MODULES

KINDS = [CellKind.ELMAN, CellKind.GRU, CellKind.LSTM]


def float_module(kind: CellKind, seed: int, size: int, letters: int, spread: float = 2):
    """Return a float32 module with drawn weights, and the kernel's cell of the same numbers."""
    torch.manual_seed(seed)
    module = MODULES[kind](letters, size)
    for parameter in module.parameters():
        torch.nn.init.uniform_(parameter, -spread, spread)
    tensors = {name: stored(tensor.detach().numpy()) for name, tensor in module.state_dict().items()}
    tensors["readout.weight"] = stored(np.eye(2, size))
    return module, stored_cell(kind, tensors)


def reordered(module: torch.nn.Module, order: torch.Tensor):
    """Return the same cell with its hidden units in another order, so that its sums are added up in another."""
    again = type(module)(module.input_size, module.hidden_size, batch_first=True)
    state = module.state_dict()
    gates = state["bias_hh_l0"].shape[0] // len(order)
    rows = torch.cat([order + gate * len(order) for gate in range(gates)])
    changed = {name: tensor[rows] for name, tensor in state.items()}
    changed["weight_hh_l0"] = changed["weight_hh_l0"][:, order]
    again.load_state_dict(changed)
    return again


def step_of(module, kind: CellKind, letter: int, parts: list[torch.Tensor]) -> torch.Tensor:
    symbol = torch.eye(module.input_size, dtype=parts[0].dtype)[letter].expand(parts[0].shape[0], 1, -1)
    hx = tuple(part.unsqueeze(0) for part in parts) if kind is CellKind.LSTM else parts[0].unsqueeze(0)
    with torch.no_grad():
        _, after = module(symbol, hx)
    return torch.cat(after if isinstance(after, tuple) else (after,), -1).squeeze(0)


def bounds(cell, grid: int, point: list[int]):
    """Yield, symbol by symbol, what a step may become: intervals where the kernel has them, and ends on the grid."""
    steps = point_steps(cell, grid)
    images = steps.images(point) if isinstance(steps, GatedSteps) else itertools.repeat(None)
    yield from zip(images, steps.ends(point), strict=False)


def assert_within(values: list[float], found, grid: int) -> None:
    intervals, (first, last) = found
    # Halves go to even numbers in Python as on the grid.
    assert all(
        low <= round(Fraction(value) * 2**grid) <= high for value, low, high in zip(values, first, last, strict=True)
    )
    if intervals is not None:
        assert all(low <= Fraction(value) * UNIT <= high for value, (low, high) in zip(values, intervals, strict=True))


@given(kind=st.sampled_from(KINDS), seed=st.integers(0, 10_000), size=st.integers(1, 9), grid=st.integers(1, 12))
def test_bounds_hold_float32_steps_in_every_order(kind, seed, size, grid):
    module, cell = float_module(kind, seed, size, 2)
    draw = np.random.default_rng(seed)
    point = draw.integers(-(1 << grid), (1 << grid) + 1, cell.width)
    order = torch.tensor(draw.permutation(size))
    other, back = reordered(module, order), torch.argsort(order)
    parts = list((torch.tensor(point, dtype=torch.float32) / (1 << grid)).view(1, -1).split(size, 1))
    for letter, found in enumerate(bounds(cell, grid, point.tolist())):
        crowd = [part.expand(64, -1).contiguous() for part in parts]
        mixed = step_of(other, kind, letter, [part[:, order] for part in parts])
        computed = [
            step_of(module, kind, letter, parts)[0],
            step_of(module, kind, letter, crowd)[63],
            torch.cat([half[:, back] for half in mixed.split(size, 1)], 1)[0],
            step_of(module.double(), kind, letter, [part.double() for part in parts])[0],
        ]
        module.float()
        for values in computed:
            assert_within(values.double().tolist(), found, grid)
        intervals, (first, last) = found
        assert max(high - low for low, high in zip(first, last, strict=True)) <= 1
        if intervals is not None:
            assert max(high - low for low, high in intervals) < UNIT * 2e-4


@pytest.mark.parametrize("grid", [1, 2, 5, 7, 12])
def test_walls_are_where_tanh_crosses_for_certain(grid):
    """Just above atanh(b + t) for every b between two grid points, by enclosures of tanh that know no logarithm."""
    walls = certain_walls(grid)
    assert len(walls) == 2 << grid
    assert all(low < high for low, high in itertools.pairwise(walls))
    places = range(0, len(walls), max(1, len(walls) // 64))
    for place in {*places, len(walls) - 1}:
        between = (2 * place + 1 - (2 << grid)) << (BITS - grid - 1)
        low, high = tanh(walls[place])
        assert between + ERROR <= low
        assert high <= between + ERROR + (ERROR >> 8)


@pytest.mark.parametrize("grid", [3, 12])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_sum_that_may_be_on_either_side_of_a_wall_is_followed_to_both(grid, sign):
    """One unit without recurrence, its bias next to atanh of a tie: nearer than float32 errs, and a little farther."""
    tie = 1.5 / 2**grid
    for away, both in ((0.0, True), (2**-23, True), (2**-20, False)):
        for side in (1, -1):
            bias = np.float32(sign * np.arctanh(tie + side * away))
            tensors = {
                "weight_ih_l0": stored(np.full((1, 1), bias)),
                "weight_hh_l0": stored(np.zeros((1, 1))),
                "readout.weight": stored(np.zeros((1, 1))),
            }
            ((first,), (last,)) = next(point_steps(stored_cell(CellKind.ELMAN, tensors), grid).ends((0,)))
            wanted = {1, 2} if both else {2 if side > 0 else 1}
            assert {first, last} == {sign * one for one in wanted}


@given(
    rows=st.lists(st.lists(st.integers(-(2**70), 2**70), min_size=3, max_size=3), min_size=1, max_size=4),
    vector=st.lists(st.integers(-9, 9), min_size=3, max_size=3),
    bias=st.integers(-(2**80), 2**80),
)
def test_packed_rows_are_the_rows(rows, vector, bias):
    found = PackedRows(rows, [bias] * len(rows), 9).sums(vector)
    assert found == [sum(map(int.__mul__, row, vector)) + bias for row in rows]


@pytest.mark.parametrize("entry", [0, 1, 127, -128, 128, 2**31 - 1, -(2**31), 2**63, -(2**63)])
def test_lanes_hold_sums_at_their_bounds(entry):
    rows = [[entry], [-entry], [1]]
    assert PackedRows(rows, [0, 0, 0], 1).sums([1]) == [entry, -entry, 1]
    assert PackedRows(rows, [0, 0, 0], 1).sums([-1]) == [-entry, entry, -1]


def step_with_wide_sums(module, kind: CellKind, letter: int, parts: list[torch.Tensor]) -> torch.Tensor:
    """Return the step with each sum found in float64 and rounded once, all else in float32."""
    state = module.state_dict()
    h = parts[0].double()
    own = (h @ state["weight_hh_l0"].double().T + state["bias_hh_l0"].double()).chunk(kind.gates, 1)
    letters = (state["weight_ih_l0"][:, letter].double() + state["bias_ih_l0"].double())[None].chunk(kind.gates, 1)
    sums = [(one + other).float() for one, other in zip(own, letters, strict=True)]
    match kind:
        case CellKind.ELMAN:
            return torch.tanh(sums[0])
        case CellKind.GRU:
            new = torch.tanh(torch.sigmoid(sums[0]) * own[2].float() + letters[2].float())
            gate = torch.sigmoid(sums[1])
            return torch.cat([(1 - gate) * new + gate * parts[0], new + gate * (parts[0] - new)])
        case _:
            write, forget, show = (torch.sigmoid(sums[gate]) for gate in (0, 1, 3))
            memory = forget * parts[1] + write * torch.tanh(sums[2])
            return torch.cat([show * torch.tanh(memory), memory], 1)


@settings(max_examples=20)
@given(
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 10_000),
    size=st.integers(1, 40),
    spread=st.sampled_from([0.02, 1, 8, 300, 2.0**40]),
    batch=st.sampled_from([1, 64, 1000]),
)
def test_intervals_hold_large_weights_wide_cells_and_batches(kind, seed, size, spread, batch):
    """Saturated and not: weights up to 2^40, and of LSTM a c of some hundred."""
    module, cell = float_module(kind, seed, size, 3, spread)
    draw = np.random.default_rng(seed)
    point = draw.integers(-32, 33, cell.width) * (4 ** np.repeat([0, 3], size)[: cell.width])
    parts = list((torch.tensor(point, dtype=torch.float32) / 32).view(1, -1).split(size, 1))
    crowd = [part.expand(batch, -1).contiguous() for part in parts]
    for letter, bound in enumerate(bounds(cell, 5, point.tolist())):
        computed = torch.cat([step_of(module, kind, letter, crowd), step_with_wide_sums(module, kind, letter, parts)])
        for values in computed.unique(dim=0).double().tolist():
            assert_within(values, bound, 5)


def test_near_ties_follow_every_side():
    """Quarters of a grid step of 2^-7 and what is next to them: a tie goes to the even neighbour alone."""
    quarter = UNIT >> 8
    assert grid_ends(quarter, quarter, 7) == (0, 0)
    assert grid_ends(3 * quarter, 3 * quarter, 7) == (2, 2)
    assert grid_ends(quarter - 1, quarter + 1, 7) == (0, 1)
    assert grid_ends(-quarter, quarter, 7) == (0, 0)
    assert grid_ends(-quarter - 1, -quarter, 7) == (-1, 0)
    assert grid_ends(3 * quarter - 1, 3 * quarter - 1, 7) == (1, 1)
