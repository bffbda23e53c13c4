"""Grid states of nonlinear cells: intervals hold float32 steps in every order; what does not hold is refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn import api
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.activations import UNIT
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim import cell_orbit
from fsm2rnn.proof.claim.cell_images import PointSteps
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.cell_orbit import BRANCH_LIMIT, STATE_LIMIT, grid_points
from fsm2rnn.proof.file.cell_network import GridNodes, ProvedCell
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.stored.cells import stored_cell
from tests.proof.cell_networks import grid_cell, stored
from tests.proof.claim.test_boxes import MODULES, refused

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


@given(kind=st.sampled_from(KINDS), seed=st.integers(0, 10_000), size=st.integers(1, 9), grid=st.integers(1, 12))
def test_intervals_hold_float32_steps_in_every_order(kind, seed, size, grid):
    module, cell = float_module(kind, seed, size, 2)
    draw = np.random.default_rng(seed)
    point = draw.integers(-(1 << grid), (1 << grid) + 1, cell.width)
    order = torch.tensor(draw.permutation(size))
    other, back = reordered(module, order), torch.argsort(order)
    parts = list((torch.tensor(point, dtype=torch.float32) / (1 << grid)).view(1, -1).split(size, 1))
    for letter, intervals in enumerate(PointSteps(cell, grid).images([int(value) for value in point])):
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
            for value, (low, high) in zip(values.double().tolist(), intervals, strict=True):
                assert low <= value * UNIT <= high
        exact = computed[-1].double().tolist()
        widths = [high - low for low, high in intervals]
        assert max(widths) < UNIT * 2e-4, (widths, exact)


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
    for letter, intervals in enumerate(PointSteps(cell, 5).images(point.tolist())):
        computed = torch.cat([step_of(module, kind, letter, crowd), step_with_wide_sums(module, kind, letter, parts)])
        found = computed.unique(dim=0).double().T.tolist()
        for values, (low, high) in zip(found, intervals, strict=True):
            assert all(low <= Fraction(value) * UNIT <= high for value in values)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["tomita3", "S3@gens"])
def test_the_recipe_s_cells_are_proved_on_a_grid(kind, text):
    network = grid_cell(kind, api.read(text))
    assert (network.grade_name, network.grade.states) == ("orbit", len(network.nodes.reads))
    report = check_bytes(network_bytes(network))
    assert report.accepted
    assert "rounded to multiples of 2^-7" in report.claim


@pytest.fixture(params=KINDS)
def network(request) -> ProvedCell:
    return grid_cell(request.param, api.read("tomita3"))


def grid_states(network: ProvedCell) -> np.ndarray:
    tensor = network.tensors["grid.states"]
    return np.frombuffer(tensor.data, "<f4").reshape(tensor.shape).copy()


def with_states(network: ProvedCell, states: np.ndarray) -> dict[str, object]:
    return {**network.tensors, "grid.states": stored(states)}


def test_states_that_are_not_those_of_words_are_refused(network):
    nodes, states = network.nodes, grid_states(network)
    moved = states.copy()
    moved[1, 0] += 1 / 128 if moved[1, 0] < 0 else -1 / 128
    refused("induction", network, tensors=with_states(network, moved))
    begun = states.copy()
    begun[0, 0] = 1 / 128
    refused("nodes", network, tensors=with_states(network, begun))
    refused("nodes", network, tensors=with_states(network, states[:, :-1]))
    far = states.copy()
    far[1, 0] = 1 + 1 / 128
    refused("nodes", network, tensors=with_states(network, far))
    far = states.copy()
    far[1, -1] = 2.0**18  # 2^25 steps of the grid: c of LSTM, beyond which float32 is no longer exact
    refused("nodes", network, tensors=with_states(network, far))
    fine = states.copy()
    fine[1, 0] = 1 / 256
    refused("nodes", network, tensors=with_states(network, fine))
    refused("nodes", network, tensors={name: value for name, value in network.tensors.items() if "grid" not in name})
    twice = replace(nodes, reads=(*nodes.reads, nodes.reads[-1]), outputs=(*nodes.outputs, nodes.outputs[-1]))
    refused("nodes", network, nodes=twice, tensors=with_states(network, np.vstack([states, states[-1:]])))
    unreached = np.vstack([states, 0 * states[-1:] + 1 / 128])
    refused("nodes", network, nodes=twice, tensors=with_states(network, unreached))


def test_the_start_that_words_lead_back_to_is_listed_once():
    """Of a cell of zeros, which stays at zero: listed twice, both would be reached, and one of them read at will."""
    tensors = {name: stored(np.zeros((1, 1))) for name in ("weight_ih_l0", "weight_hh_l0", "readout.weight")}
    machine = StateMachine(("q",), ("a",), ((0,),), 0, ("o",))
    once = GridNodes(7, (0,), (0,))
    network = ProvedCell(machine, CellKind.ELMAN, once, {**tensors, "grid.states": stored(np.zeros((1, 1)))}, {})
    assert network.proof.claims_empty_word
    twice = {**tensors, "grid.states": stored(np.zeros((2, 1)))}
    refused("nodes", network, nodes=GridNodes(7, (0, 0), (0, 0)), tensors=twice)


def test_readings_and_outputs_are_the_machine_s(network):
    nodes = network.nodes
    refused("reads", network, nodes=replace(nodes, reads=(1, *nodes.reads[1:])))
    refused("induction", network, nodes=replace(nodes, reads=(*nodes.reads[:-1], (nodes.reads[-1] + 1) % 5)))
    refused("induction", network, nodes=replace(nodes, outputs=(*nodes.outputs[:-1], 1 - nodes.outputs[-1])))
    refused("nodes", network, nodes=replace(nodes, outputs=nodes.outputs[:-1]))
    refused("nodes", network, nodes=replace(nodes, outputs=(), reads=()))
    refused("nodes", network, nodes=replace(nodes, grid=0))
    refused("nodes", network, nodes=replace(nodes, grid=13))
    proof = network.proof
    for grid in (0, 13):  # whatever the file says: states of multiples of 2^-12 are such of 2^-13 too
        with pytest.raises(CertificateError, match="is none of 2"):
            replace(proof, grid=grid)
    right = network.machine.output_labels.index(network.machine.outputs[network.machine.start])
    refused("nodes", network, nodes=replace(nodes, outputs=(1 - right, *nodes.outputs[1:])))
    refused("margin", network, nodes=replace(nodes, outputs=(right, *nodes.outputs[1:])))


def test_a_coarser_reading_of_the_same_states_is_another_claim(network):
    """States that lie on a finer grid too are not where that grid's rounding leads, unless they are saturated."""
    finer = replace(network, nodes=replace(network.nodes, grid=7))
    assert finer.grade == network.grade


def test_weights_in_other_formats_and_relu_are_refused(network):
    arrays = {name: np.frombuffer(t.data, "<f4").reshape(t.shape) for name, t in network.tensors.items()}
    wide = {name: stored(array, "F64") for name, array in arrays.items()}
    refused("float", network, tensors=wide)
    alone = {name: tensor for name, tensor in wide.items() if not name.startswith("readout.")}
    refused("float", network, tensors={**network.tensors, **alone})
    refused(
        "float",
        network,
        tensors={**network.tensors, "readout.weight": wide["readout.weight"], "readout.bias": wide["readout.bias"]},
    )
    huge = {**network.tensors, "readout.weight": stored(arrays["readout.weight"] * 2.0**126)}
    refused("float", network, tensors=huge)
    if network.kind is CellKind.ELMAN:
        refused("cell", network, kind=CellKind.RELU)


def test_near_ties_follow_every_side():
    """A unit whose pre-activation lies on a tie of the grid may round either way: both states must be listed."""
    network = grid_cell(CellKind.ELMAN, api.read("parity"))
    steps = PointSteps(network.proof.cell, network.nodes.grid)
    assert all(low <= high for sums in steps.images([0] * network.proof.cell.width) for low, high in sums)
    find = partial(grid_points, grid=network.nodes.grid)
    quarter = UNIT >> 8
    assert find(quarter, quarter) == range(1)
    assert find(3 * quarter, 3 * quarter) == range(2, 3)
    assert find(quarter - 1, quarter + 1) == range(2)
    assert find(-quarter, quarter) == range(1)
    assert find(-quarter - 1, -quarter) == range(-1, 1)
    assert find(3 * quarter - 1, 3 * quarter - 1) == range(1, 2)


def test_limits_are_refused_before_work():
    network = grid_cell(CellKind.ELMAN, api.read("parity"))
    many = STATE_LIMIT + 1
    nodes = replace(network.nodes, reads=(0,) * many, outputs=(None,) * many)
    states = np.zeros((many, network.proof.cell.width))
    with pytest.raises(LimitError, match="grid states that are proved"):
        replace(network, nodes=nodes, tensors=with_states(network, states))
    assert BRANCH_LIMIT < STATE_LIMIT


def test_products_of_grid_states_have_a_limit(monkeypatch):
    network = grid_cell(CellKind.ELMAN, api.read("parity"))
    cell, count = network.proof.cell, len(network.nodes.reads)
    needed = count * (cell.size * (cell.size + 2) + 2 * cell.size * 16)
    monkeypatch.setattr(cell_orbit, "PRODUCT_LIMIT", needed)
    replace(network)
    monkeypatch.setattr(cell_orbit, "PRODUCT_LIMIT", needed - 1)
    with pytest.raises(LimitError, match="products of weights and grid states"):
        replace(network)


def test_too_many_roundings_of_one_step_are_refused():
    """Every unit on a tie: 2^H states may follow."""
    size, tie = 13, float(np.arctanh(0.5 / 128))
    tensors = {
        "weight_ih_l0": stored(np.full((size, 1), tie)),
        "weight_hh_l0": stored(np.zeros((size, size))),
        "readout.weight": stored(np.zeros((1, size))),
        "grid.states": stored(np.zeros((1, size))),
    }
    machine = StateMachine(("q",), ("a",), ((0,),), 0, ("o",))
    with pytest.raises(LimitError, match="may round to"):
        ProvedCell(machine, CellKind.ELMAN, GridNodes(7, (0,), (None,)), tensors, {})
