"""Two checkers of cells that share no code: their steps agree on drawn cells, and both accept what is proved."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.comparison.answers import Proved
from fsm2rnn.comparison.audit import audit
from fsm2rnn.compiler import ask
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.activations import UNIT
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.machine.mealy import mealy_form
from fsm2rnn.proof.claim.cell_images import Box, images
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.point_steps import GatedSteps, point_steps
from fsm2rnn.proof.file.cell_network import GridNodes, ProvedCell
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.stored.cells import stored_cell
from fsm2rnn.source.read import read
from fsm2rnn.targets import STOCK_CELLS
from tests.comparison.trackers import recipe_tracker
from tests.proof.cell_networks import box_nodes, cell_tensors, grid_cell, mealy_cell, proved_cell, stored
from tests.second_checker import cell_steps
from tests.second_checker.cells import stored_cell as second_cell
from tests.second_checker.checker import accepts
from tests.second_checker.grid_cells import KNOTS, NONE, letter_of, ranges, step

FORMS = ("F32", "F64")
GRID_KINDS = [kind for kind in CellKind if kind is not CellKind.RELU]
NAMES = ("tomita3", "S3@gens", "flip-flop", "parity")


def bytes_of(kind: CellKind, size: int, seed: int, *, power: int, form: str = "F64") -> dict[str, object]:
    """Return drawn weights and two boxes of a cell of two letters, with an embedding."""
    draw = np.random.default_rng(seed)
    rows, width = kind.gates * size, kind.states * size
    shapes = {"weight_ih_l0": (rows, 3), "weight_hh_l0": (rows, size), "bias_ih_l0": (rows,), "bias_hh_l0": (rows,)}
    shapes |= {"readout.weight": (2, size), "embedding.weight": (2, 3)}
    arrays = {name: draw.normal(size=shape) * 2.0**power for name, shape in shapes.items()}
    ends = np.sort(np.round(draw.uniform(-1, 1, (2, 2, width)) * 2**40) / 2**40, axis=0)
    return {name: stored(array, form) for name, array in (arrays | {"box.low": ends[0], "box.high": ends[1]}).items()}


@given(kind=st.sampled_from(CellKind), seed=st.integers(0, 10_000), power=st.integers(-8, 6))
def test_both_find_the_same_images_by_other_means(kind, seed, power):
    tensors = bytes_of(kind, 2, seed, power=power)
    weights = {name: tensor for name, tensor in tensors.items() if not name.startswith("box.")}
    second = second_cell(kind.stored, {name: (t.dtype, [*t.shape], t.data) for name, t in tensors.items()})
    first = stored_cell(kind, weights)
    for walls in second.boxes:
        units = [[int(Fraction(end) * UNIT) for end in ends] for ends in zip(*walls, strict=True)]
        own = cell_steps.kept(second, walls)
        for letter, found in zip(second.letters, images(first, Box(*map(tuple, units))), strict=True):
            image = cell_steps.image(second, walls, own, cell_steps.entered(second, letter))
            near = Fraction(1, 1 << 84)
            for (least, greatest), low, high in zip(image, found.low, found.high, strict=True):
                # Each encloses the one true range, so that neither can lie beyond the other's by more than its width.
                assert abs(Fraction(least) - Fraction(low, UNIT)) < near
                assert abs(Fraction(greatest) - Fraction(high, UNIT)) < near


@given(kind=st.sampled_from(GRID_KINDS), seed=st.integers(0, 10_000), power=st.integers(-8, 6), grid=st.integers(1, 12))
def test_both_bound_the_same_float32_steps_by_other_means(kind, seed, power, grid):
    """What may be computed is all within the kernel's bounds, which are no wider than its knots make them."""
    tensors = bytes_of(kind, 2, seed, power=power, form="F32")
    weights = {name: tensor for name, tensor in tensors.items() if not name.startswith("box.")}
    points = np.random.default_rng(seed).integers(-(1 << grid), (1 << grid) + 1, (2, 2 * kind.states))
    points[:, 2:] *= 5  # c of LSTM
    listed = {**weights, "grid.states": stored(points / 2**grid)}
    files = {name: (t.dtype, [*t.shape], t.data) for name, t in listed.items()}
    second = second_cell(kind.stored, files, ("grid.states", "grid.states"), grid)
    steps = point_steps(stored_cell(kind, weights), grid)
    for at, point in enumerate(points.tolist()):
        own = cell_steps.kept(second, second.boxes[at])
        images = steps.images(point) if isinstance(steps, GatedSteps) else itertools.repeat(())
        for letter, found, ends in zip(second.letters, images, steps.ends(point), strict=False):
            sums = letter_of(second, letter)
            near, wide = (step(second, at, own, sums, slack) for slack in (NONE, KNOTS))
            for (low, high), tight, loose in zip(found, near, wide, strict=False):
                assert Fraction(loose[0]) <= Fraction(low, UNIT) <= Fraction(tight[0])
                assert Fraction(tight[1]) <= Fraction(high, UNIT) <= Fraction(loose[1])
            for first, last, tight, loose in zip(*ends, ranges(near, grid), ranges(wide, grid), strict=True):
                assert loose[0] <= first <= tight[0]
                assert tight[-1] <= last <= loose[-1]


def agreed(network: ProvedCell) -> None:
    data = network_bytes(network)
    report = check_bytes(data)
    assert report.accepted, report.reason
    assert report.grade == network.grade_name
    assert accepts(data) == (True, "proved")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", CellKind)
@pytest.mark.parametrize("name", NAMES)
def test_both_accept_the_recipe_s_cells(name, kind, form):
    agreed(proved_cell(kind, read(name), form))


@pytest.mark.parametrize("kind", CellKind)
def test_both_accept_a_mealy_machine_s_cell(kind):
    agreed(replace(mealy_cell(kind, read("S3@gens")), evidence={"made": "by hand"}))


@pytest.mark.parametrize("kind", CellKind)
def test_both_accept_an_embedding_biases_left_out_and_formats_that_differ(kind):
    network = proved_cell(kind, read("tomita3"))
    arrays = cell_tensors(kind, network.machine)
    arrays["embedding.weight"] = np.eye(2)[::-1]
    arrays["weight_ih_l0"] = arrays["weight_ih_l0"][:, ::-1] + arrays["bias_ih_l0"][:, None]
    del arrays["bias_ih_l0"], arrays["bias_hh_l0"], arrays["readout.bias"]
    wide = ("readout.weight", "box.low")
    agreed(replace(network, tensors={name: stored(array, FORMS[name in wide]) for name, array in arrays.items()}))


@pytest.mark.parametrize("kind", [kind for kind in CellKind if kind is not CellKind.RELU])
def test_both_accept_boxes_that_are_no_round_numbers(kind):
    """Slacks of no short decimals: walls and weights moved a little, each its own way."""
    network = proved_cell(kind, read("S3@gens"), "F64")
    draw = np.random.default_rng(3)
    arrays = cell_tensors(kind, network.machine)
    for name in arrays:
        if name.startswith("box."):
            arrays[name][1:] += np.round(draw.uniform(-1, 1, arrays[name][1:].shape) * 2**20) / 2**28
        else:
            arrays[name] = arrays[name] + draw.normal(size=arrays[name].shape) * 1e-3
    moved = replace(network, tensors={name: stored(array, "F64") for name, array in arrays.items()})
    assert (moved.grade.slack * 10**11).denominator != 1
    agreed(moved)


@pytest.mark.parametrize("kind", GRID_KINDS)
@pytest.mark.parametrize(("name", "grid"), [("tomita3", 7), ("S3@gens", 5), ("parity", 12), ("flip-flop", 1)])
def test_both_accept_the_recipe_s_cells_on_a_grid(name, grid, kind):
    agreed(grid_cell(kind, read(name), grid))


@pytest.mark.parametrize("kind", GRID_KINDS)
def test_both_accept_what_is_searched_and_unsaturated(kind):
    """Weights moved at random, and small enough that states spread over the grid."""
    tracker = recipe_tracker(kind, read("parity"), noise=0.1, state="grid6")
    with torch.no_grad():
        for parameter in tracker.rnn.parameters():
            parameter.mul_(0.6 if kind is CellKind.ELMAN else 1)
    found = audit(tracker)
    assert isinstance(found, Proved), found
    agreed(found.proof)


def test_both_accept_an_embedding_and_steps_that_may_round_either_way():
    """Tanh 1/2 of a grid step: both neighbours, and all their combinations, are listed and one output is shown."""
    tie, states = float(np.arctanh(1 / 256)), [[0, 0], [0, 1], [1, 0], [1, 1]]
    arrays = {"weight_ih_l0": np.full((2, 1), 1), "weight_hh_l0": np.zeros((2, 2)), "embedding.weight": [[tie]]}
    arrays |= {"readout.weight": [[0, 0], [0, 0]], "readout.bias": [1, 0], "grid.states": np.array(states) / 128}
    held = {name: stored(array) for name, array in arrays.items()}
    machine = read("tomita3")
    two = type(machine)(("q", "p"), ("x",), ((0,), (1,)), 0, ("yes", "no"))
    nodes = GridNodes(7, (0,) * 4, (0,) * 4)
    network = ProvedCell(two, CellKind.ELMAN, nodes, held, {})
    assert network.proof.margin > Fraction(9, 10)
    agreed(network)
    with pytest.raises(CertificateError, match="no grid state"):
        replace(
            network,
            nodes=GridNodes(7, (0,) * 3, (0,) * 3),
            tensors=held | {"grid.states": stored(np.array(states[:3]) / 128)},
        )


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("target", STOCK_CELLS, ids=lambda target: target.name)
def test_both_accept_what_compiles_in_every_format(target, form):
    for machine in (read("tomita3"), mealy_form(read("parity"))):
        verdict = ask(machine, target).verdict
        assert isinstance(verdict, Compiled)
        data = network_bytes(verdict.store(form, {}))
        assert check_bytes(data).accepted
        assert accepts(data) == (True, "proved")


@pytest.mark.parametrize("kind", CellKind)
def test_one_state_one_letter_one_output(kind):
    """The least of cells: one node that letters enter again, whose one output the empty word claims too."""
    machine = read("tomita3")
    one = type(machine)(("q",), ("x",), ((0,),), 0, ("yes",))
    rows, width = kind.gates, kind.states
    arrays = {"weight_ih_l0": np.zeros((rows, 1)), "weight_hh_l0": np.zeros((rows, 1))}
    arrays |= {"readout.weight": np.ones((1, 1)), "box.low": -np.ones((1, width)), "box.high": np.ones((1, width))}
    held = {name: stored(array) for name, array in arrays.items()}
    nodes = replace(box_nodes(machine), reads=(0,), outputs=(0,), moves=((0,),))
    network = ProvedCell(one, kind, nodes, held, {})
    assert network.proof.margin is None
    assert network.proof.claims_empty_word
    agreed(network)
    points = {**held, "box.low": stored(np.zeros((1, width))), "box.high": stored(np.zeros((1, width)))}
    if kind is CellKind.RELU:
        agreed(replace(network, tensors=points))
