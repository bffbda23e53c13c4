"""Boxes of nonlinear cells: what the claim says holds of torch's own modules, and what does not hold is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn import api
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.activations import UNIT
from fsm2rnn.proof.claim import boxes
from fsm2rnn.proof.claim.boxes import Boxes
from fsm2rnn.proof.claim.cell_images import Box, images
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.checker import report_on
from fsm2rnn.proof.rounding.cell_grade import Invariant
from fsm2rnn.proof.stored.cells import stored_cell
from tests.proof.cell_networks import box_nodes, cell_tensors, mealy_cell, proved_cell, stored

KINDS = list(CellKind)
MODULES = {
    CellKind.ELMAN: lambda *sizes: torch.nn.RNN(*sizes, batch_first=True),
    CellKind.RELU: lambda *sizes: torch.nn.RNN(*sizes, nonlinearity="relu", batch_first=True),
    CellKind.GRU: lambda *sizes: torch.nn.GRU(*sizes, batch_first=True),
    CellKind.LSTM: lambda *sizes: torch.nn.LSTM(*sizes, batch_first=True),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["tomita3", "S3@gens", "flip-flop"])
def test_the_recipe_s_cells_are_proved(kind, text):
    network = proved_cell(kind, api.read(text))
    assert network.grade_name == ("exact" if kind is CellKind.RELU else "invariant")
    assert network.proof.margin > 0
    if isinstance(network.grade, Invariant):
        assert 0.05 < network.grade.slack <= 1 / 16


def random_cell(kind: CellKind, seed: int, size: int = 3, letters: int = 2):
    """Return a torch module with drawn weights, and the kernel's cell of the same numbers."""
    torch.manual_seed(seed)
    module = MODULES[kind](letters, size).double()
    for parameter in module.parameters():
        torch.nn.init.uniform_(parameter, -2, 2)
    tensors = {name: stored(tensor.detach().numpy(), "F64") for name, tensor in module.state_dict().items()}
    tensors["readout.weight"] = stored(np.eye(2, size), "F64")
    return module, stored_cell(kind, tensors)


@given(kind=st.sampled_from(KINDS), seed=st.integers(0, 10_000), part=st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_images_hold_every_step_of_torch(kind, seed, part):
    module, cell = random_cell(kind, seed)
    draw = np.random.default_rng(seed)
    low = np.round(draw.uniform(-1, 1, cell.width) * 2**20) / 2**20
    high = low + np.round(draw.uniform(0, 1, cell.width) * 2**20) / 2**20
    point = torch.tensor(low + np.array(part[: cell.width]) * (high - low)).clamp(torch.tensor(low), torch.tensor(high))
    box = Box(tuple(int(wall * UNIT) for wall in low), tuple(int(wall * UNIT) for wall in high))
    for letter, image in enumerate(images(cell, box)):
        symbol = torch.eye(2, dtype=torch.float64)[letter].view(1, 1, 2)
        parts = tuple(tensor.view(1, 1, -1) for tensor in point.split(cell.size))
        _, after = module(symbol, parts if kind is CellKind.LSTM else parts[0])
        found = torch.cat(after if isinstance(after, tuple) else (after,), -1).flatten().tolist()
        for value, least, greatest in zip(found, image.low, image.high, strict=True):
            # torch computes in float64: far less than 10^-12 from the exact value.
            assert least / UNIT - 1e-12 <= value <= greatest / UNIT + 1e-12


@given(kind=st.sampled_from(KINDS), seed=st.integers(0, 10_000))
def test_images_of_points_are_as_narrow_as_rounding(kind, seed):
    _, cell = random_cell(kind, seed)
    draw = np.random.default_rng(seed)
    walls = tuple(int(wall) for wall in draw.integers(-(2**20), 2**20, cell.width))
    point = Box(tuple(wall * (UNIT >> 20) for wall in walls), tuple(wall * (UNIT >> 20) for wall in walls))
    for image in images(cell, point):
        assert max(map(int.__sub__, image.high, image.low)) < 2**16


@pytest.mark.parametrize("kind", KINDS)
def test_torch_s_own_module_follows_the_machine(kind):
    machine = api.read("S3@gens")
    tensors = cell_tensors(kind, machine)
    size = tensors["weight_hh_l0"].shape[1]
    module = MODULES[kind](len(machine.symbols), size)
    state = {name: torch.tensor(array, dtype=torch.float32) for name, array in tensors.items() if name.endswith("_l0")}
    module.load_state_dict(state)
    proved_cell(kind, machine)
    word = np.random.default_rng(1).integers(0, len(machine.symbols), 2000)
    inputs = torch.nn.functional.one_hot(torch.tensor(word), len(machine.symbols)).float()
    with torch.no_grad():
        states, _ = module(inputs.unsqueeze(0))
    logits = states[0] @ torch.tensor(tensors["readout.weight"], dtype=torch.float32).T
    found = [machine.output_labels[place] for place in logits.argmax(-1).tolist()]
    assert found == machine.answers([machine.symbols[letter] for letter in word])


def refused(field: str, network: ProvedCell, **changed: object) -> None:
    with pytest.raises(CertificateError) as caught:
        replace(network, **changed)
    assert caught.value.field == field, caught.value


@pytest.fixture(params=KINDS)
def network(request) -> ProvedCell:
    return proved_cell(request.param, api.read("tomita3"))


def test_nodes_that_are_not_the_machine_s_are_refused(network):
    nodes = network.nodes
    last = len(nodes.reads) - 1
    refused("reads", network, nodes=replace(nodes, reads=(1, *nodes.reads[1:])))
    refused("reads", network, nodes=replace(nodes, reads=(*nodes.reads[:-1], 5)))
    refused("nodes", network, nodes=replace(nodes, reads=nodes.reads[:-1]))
    refused("nodes", network, nodes=replace(nodes, outputs=nodes.outputs[:-1]))
    refused("nodes", network, nodes=replace(nodes, moves=nodes.moves[:-1]))
    refused("nodes", network, nodes=replace(nodes, moves=(*nodes.moves[:-1], (last + 1, 0))))
    refused("nodes", network, nodes=replace(nodes, moves=(*nodes.moves[:-1], (-1, 0))))
    refused("nodes", network, nodes=replace(nodes, moves=(*nodes.moves[:-1], nodes.moves[-1][:1])))
    # The last box counted from behind, wherever it is moved to.
    behind = tuple(tuple(-1 if move == last else move for move in row) for row in nodes.moves)
    refused("nodes", network, nodes=replace(nodes, moves=behind))
    refused("nodes", network, nodes=replace(nodes, outputs=(*nodes.outputs[:-1], 1 - nodes.outputs[-1])))
    refused("nodes", network, nodes=replace(nodes, outputs=(*nodes.outputs[:-1], None)))


def test_an_output_of_the_empty_word_is_claimed_where_it_holds(network):
    nodes = network.nodes
    machine = network.machine
    right = machine.output_labels.index(machine.outputs[machine.start])
    refused("nodes", network, nodes=replace(nodes, outputs=(1 - right, *nodes.outputs[1:])))
    # Zero scores alike for all outputs: a bias says which.
    refused("margin", network, nodes=replace(nodes, outputs=(right, *nodes.outputs[1:])))
    bias = np.full(2, -1.0)
    bias[right] = 1
    louder = 4 * cell_tensors(network.kind, machine)["readout.weight"]
    claimed = proved_cell(network.kind, machine, changed={"readout.bias": bias, "readout.weight": louder})
    claimed = replace(claimed, nodes=replace(nodes, outputs=(right, *nodes.outputs[1:])))
    assert claimed.proof.claims_empty_word
    assert not network.proof.claims_empty_word


def walls_of(network: ProvedCell) -> tuple[np.ndarray, np.ndarray]:
    low, high = (
        np.frombuffer(network.tensors[name].data, "<f4").reshape(network.tensors[name].shape).copy()
        for name in ("box.low", "box.high")
    )
    return low, high


def with_walls(network: ProvedCell, low: np.ndarray, high: np.ndarray) -> dict[str, object]:
    return {**network.tensors, "box.low": stored(low), "box.high": stored(high)}


def test_boxes_that_do_not_hold_their_images_are_refused(network):
    low, high = walls_of(network)
    narrow = low.copy(), high.copy()
    narrow[0][1, 0] = narrow[1][1, 0] = 0.5
    refused("boxes", network, tensors=with_walls(network, *narrow))
    crossed = low.copy()
    crossed[1, 0] = high[1, 0] + 1
    refused("boxes", network, tensors=with_walls(network, crossed, high))
    started = low.copy(), high.copy()
    started[0][0, 0], started[1][0, 0] = 0.5, 0.75
    refused("boxes", network, tensors=with_walls(network, *started))
    fewer = low[:, :-1], high[:, :-1]
    refused("boxes", network, tensors=with_walls(network, *fewer))
    fine = low.copy()
    fine[0, 0] = -(2.0**-100)
    refused("nodes", network, tensors=with_walls(network, fine, high))
    missing = {name: tensor for name, tensor in network.tensors.items() if name != "box.low"}
    refused("boxes", network, tensors=missing)
    refused("nodes", network, tensors=with_walls(network, np.full_like(low, np.nan), high))


def test_walls_that_images_touch_allow_for_no_error():
    """Points of relu that are integers round nowhere; those of weights that may round are refused."""
    network = proved_cell(CellKind.RELU, api.read("tomita3"))
    assert network.proof.slack == 0
    halved = proved_cell_scaled(network)
    with pytest.raises(CertificateError, match="touches the wall"):
        replace(network, tensors=halved)


def proved_cell_scaled(network: ProvedCell) -> dict[str, object]:
    """Return the same cell in half units: dyadic numbers that are no integers."""
    arrays = {name: np.frombuffer(tensor.data, "<f4").reshape(tensor.shape) for name, tensor in network.tensors.items()}
    for name in ("weight_ih_l0", "bias_ih_l0", "box.low", "box.high"):
        arrays[name] = arrays[name] / 2
    return {name: stored(array) for name, array in arrays.items()}


def test_a_wrong_readout_is_refused(network):
    readout = np.frombuffer(network.tensors["readout.weight"].data, "<f4").reshape(2, -1)
    refused("margin", network, tensors={**network.tensors, "readout.weight": stored(readout[::-1])})
    three = np.vstack([readout, readout[:1] - 1])
    changed = {"readout.weight": stored(three), "readout.bias": stored(np.zeros(3))}
    refused("weights", network, tensors={**network.tensors, **changed})


def test_tensors_that_are_no_cell_are_refused(network):
    tensors = network.tensors
    refused("weights", network, tensors={**tensors, "weight_hr_l0": stored(np.zeros((1, 1)))})
    refused("weights", network, tensors={name: value for name, value in tensors.items() if name != "weight_hh_l0"})
    refused("weights", network, tensors={name: value for name, value in tensors.items() if name != "bias_hh_l0"})
    refused("weights", network, tensors={**tensors, "readout.bias": stored(np.zeros(3))})
    refused("weights", network, tensors={**tensors, "weight_hh_l0": stored(np.full((7, 7), np.inf))})
    refused("weights", network, tensors={**tensors, "bias_hh_l0": stored(np.zeros(7), "F64")})
    refused("weights", network, tensors={**tensors, "embedding.weight": stored(np.eye(3))})
    refused("weights", network, tensors={**tensors, "embedding.weight": stored(np.eye(2)[:1])})


def test_an_embedding_is_the_product_of_its_rows(network):
    """Letters that enter as each other's unit vectors, through a matrix with its columns exchanged, are the letters."""
    weight = np.frombuffer(network.tensors["weight_ih_l0"].data, "<f4").reshape(-1, 2)[:, ::-1]
    changed = {"weight_ih_l0": stored(weight), "embedding.weight": stored(np.eye(2)[::-1])}
    embedded = replace(network, tensors={**network.tensors, **changed})
    assert embedded.proof.slack == network.proof.slack
    wider = embedded.proof.cell.scale - network.proof.cell.scale
    assert embedded.proof.cell.inputs == tuple(
        tuple(entry << wider for entry in letter) for letter in network.proof.cell.inputs
    )


def test_boxes_are_a_value(network):
    proof = network.proof
    again = Boxes(proof.machine, proof.cell, proof.boxes, proof.reads, proof.outputs, proof.moves)
    assert again == proof
    assert box_nodes(network.machine) == network.nodes


@pytest.mark.parametrize("kind", KINDS)
def test_a_mealy_machine_s_empty_word_is_not_claimed(kind):
    network = mealy_cell(kind, api.read("S3@gens"))
    assert not network.proof.claims_empty_word
    assert "of one symbol or more" in report_on(network).claim
    nodes = network.nodes
    refused("nodes", network, nodes=replace(nodes, outputs=(*nodes.outputs[:-1], nodes.outputs[1])))
    for nothing in (-1, len(network.machine.output_labels), 10**400):
        refused("nodes", network, nodes=replace(nodes, outputs=(nothing, *nodes.outputs[1:])))
    # An output of the first box is one of its logits, that leads there, and still no claim.
    refused("margin", network, nodes=replace(nodes, outputs=(0, *nodes.outputs[1:])))


def test_giants_are_refused_by_their_place():
    """A box of 2^1000 goes far out of the next one, further than a float can say."""
    machine = api.read("tomita3")
    tensors = cell_tensors(CellKind.RELU, machine)
    high = tensors["box.high"] * 2.0**1000
    with pytest.raises(CertificateError, match=r"out of the next one, by 2\.3e\+602 at the farthest"):
        proved_cell(CellKind.RELU, machine, "F64", {"box.high": high, "weight_hh_l0": np.abs(high[1:]) + 2.0**1000})


def test_products_have_a_limit_in_which_long_numbers_count_more(network, monkeypatch):
    cell, count = network.proof.cell, len(network.nodes.reads)
    rows = len(cell.hidden)
    needed = count * cell.size * (rows + len(cell.readout)) + count * 2 * rows * 256
    monkeypatch.setattr(boxes, "PRODUCT_LIMIT", needed)
    replace(network)
    monkeypatch.setattr(boxes, "PRODUCT_LIMIT", needed - 1)
    with pytest.raises(LimitError, match="products of weights and walls"):
        replace(network)
    monkeypatch.setattr(boxes, "PRODUCT_LIMIT", needed)
    fine = np.full(len(cell.readout), 2.0**-1000)
    tensors = {**network.tensors, "readout.bias": stored(fine, "F64")}
    tensors["readout.weight"] = stored(cell_tensors(network.kind, network.machine)["readout.weight"], "F64")
    with pytest.raises(LimitError, match="products of weights and walls"):
        replace(network, tensors=tensors)


def test_walls_are_proved_one_by_one(network):
    """Each wall as wide as a state, in order, and around zero in the first box, said by its own reason."""
    proof = network.proof

    def reason(place: int, **changed: tuple[int, ...]) -> str:
        changed_boxes = list(proof.boxes)
        changed_boxes[place] = replace(proof.boxes[place], **changed)
        with pytest.raises(CertificateError) as caught:
            replace(proof, boxes=tuple(changed_boxes))
        return caught.value.message

    low, high = proof.boxes[1].low, proof.boxes[1].high
    assert "other coordinates" in reason(1, low=low[1:])
    assert "other coordinates" in reason(1, high=high[1:])
    assert "above the upper" in reason(1, low=(high[0] + 1, *low[1:]))
    first = proof.boxes[0]
    assert "zero, lies outside" in reason(0, low=(1, *first.low[1:]), high=(1, *first.high[1:]))
    assert "zero, lies outside" in reason(0, low=(-1, *first.low[1:]), high=(-1, *first.high[1:]))
    far = boxes.WALL_LIMIT + 1
    if network.kind.gates > 1:
        assert "beyond 16777216" in reason(1, high=(far, *high[1:]))
        assert "beyond 16777216" in reason(1, low=(-far, *low[1:]))
        assert "out of the next one" in reason(1, low=(1 - far, *low[1:]), high=(far - 1, *high[1:]))
