"""A tracker is its layer's equations, step by step and along a word, in torch's manners."""

from __future__ import annotations

import copy
import io
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import fsm2rnn
from fsm2rnn import BilinearRNN, InputError, NumericError, Tracker
from fsm2rnn.cells.layer import layer_name, stock_layer
from fsm2rnn.proof.claim.cell_kinds import CellKind
from tests.cells.tracker_cases import KINDS, STATES, drawn_tracker, ids_of, layer, logits_by_equations, tracker
from tests.strategies import machines, words

PARITY = fsm2rnn.read("parity")
S3 = fsm2rnn.read("S3@gens")
each_kind = pytest.mark.parametrize("kind", KINDS)


@each_kind
@settings(max_examples=30)
@given(data=st.data())
def test_the_logits_are_those_of_the_equations(kind, data):
    found = drawn_tracker(data, kind)
    ids = data.draw(ids_of(found.machine))
    wanted = torch.stack([logits_by_equations(found, kind, word) for word in ids.tolist()])
    torch.testing.assert_close(found(ids), wanted, rtol=1e-9, atol=1e-9)
    assert layer_name(found.rnn) == kind


def stepped(found, ids):
    """Return the logits (B, T, K) and the states that steps give."""
    state, logits, states = found.begin(len(ids)), [], []
    for letters in ids.unbind(1):
        state = found.step(letters, state)
        states.append(state)
        logits.append(found.read(state))
    return torch.stack(logits, 1), states


@each_kind
@settings(max_examples=20)
@given(data=st.data())
def test_a_step_is_a_word_of_one_symbol(kind, data):
    found = drawn_tracker(data, kind, [None, *STATES], [torch.float64, torch.float32])
    ids = data.draw(ids_of(found.machine, least=1))
    logits, _ = stepped(found, ids)
    one = found(ids[:, :1])
    assert torch.equal(one[:, 0], logits[:, 0])
    if found.state_format is None:
        torch.testing.assert_close(found(ids), logits, rtol=1e-5, atol=1e-5)
    else:
        assert torch.equal(found(ids), logits)


@each_kind
@settings(max_examples=20)
@given(data=st.data())
def test_the_state_is_of_its_format_after_every_symbol(kind, data):
    found = drawn_tracker(data, kind, STATES, [torch.float64, torch.float32, torch.bfloat16])
    state = found.state_format.name
    assert f"the state rounded to {state} after each symbol" in repr(found)
    ids = data.draw(ids_of(found.machine, least=1))
    with torch.no_grad():
        states = [found.begin(len(ids)), *stepped(found, ids)[1]]
    for part in (part for one in states for part in (one if isinstance(one, tuple) else (one,))):
        exact = part.double()
        if state.startswith("grid"):
            assert torch.equal((exact * 2 ** int(state[4:])).frac(), torch.zeros_like(exact))
        else:
            assert torch.equal(part.float().to(getattr(torch, state)).double(), exact)


def test_the_parts_of_a_state():
    for kind in KINDS:
        found = tracker(kind, S3, 4)
        state = found.begin(3)
        parts = state if kind == "lstm" else (state,)
        assert [part.shape for part in parts] == [(3, 4)] * (2 if kind == "lstm" else 1)
    (h, c), found = tracker("lstm", S3, 4, layers=3).begin(2), tracker("gru", S3, 4, layers=3)
    assert h.shape == c.shape == found.begin(2).shape == (2, 12)


@each_kind
def test_words_of_every_shape(kind):
    found = tracker(kind, S3)
    ids = torch.tensor([[0, 1, 1], [1, 0, 1]])
    logits = found(ids)
    assert logits.shape == (2, 3, 6)
    torch.testing.assert_close(found(ids[1]), logits[1])
    assert found(ids[:0]).shape == (0, 3, 6)
    assert found(ids[:, :0]).shape == (2, 0, 6)
    for kind_of_id in (torch.uint8, torch.int8, torch.int16, torch.int32):
        assert torch.equal(found(ids.to(kind_of_id)), logits)


@pytest.mark.parametrize(
    "ids",
    [torch.tensor([[True]]), torch.tensor([[0.0]]), torch.tensor([[-1]]), torch.tensor([[2]]), torch.tensor([[[0]]])],
)
@each_kind
def test_ids_that_are_none(kind, ids):
    found = tracker(kind, S3)
    with pytest.raises(InputError):
        found(ids)
    with pytest.raises(InputError):
        found.step(ids[0], found.begin(1))
    with pytest.raises(InputError):
        found.step(ids, found.begin(1))


@each_kind
@settings(max_examples=20)
@given(data=st.data())
def test_outputs_are_the_labels_of_the_greatest_logits(kind, data):
    machine = data.draw(machines())
    found = tracker(kind, machine, seed=data.draw(st.integers(0, 99)))
    word = data.draw(words(machine))
    ids = torch.tensor([machine.indices(word)] * 2, dtype=torch.int64).reshape(2, -1)
    numbers = found(ids).argmax(-1)
    assert torch.equal(found.output_ids(ids), numbers)
    assert found.outputs(word) == [machine.output_labels[number] for number in numbers[0].tolist()]
    assert found.outputs(ids) == [found.outputs(word)] * 2


def test_long_words_are_read_in_parts(monkeypatch):
    monkeypatch.setattr("fsm2rnn.cells.tracker.FLOATS", 100)
    found = tracker("lstm", S3)
    ids = torch.randint(2, (3, 50), generator=torch.Generator().manual_seed(1))
    assert found.stride(3) == 1
    assert torch.equal(found.output_ids(ids), found(ids).argmax(-1))


def test_a_state_that_is_finite_no_longer_is_told():
    found = tracker("relu", PARITY, state="float8_e4m3fn")
    with torch.no_grad():
        found.rnn.weight_hh_l0.fill_(300)
        found.rnn.weight_ih_l0.fill_(300)
    with pytest.raises(NumericError, match="no longer finite"):
        found.output_ids(torch.ones(9, dtype=torch.int64))


@each_kind
@pytest.mark.parametrize("state", [None, "grid7", "float8_e4m3fn"])
def test_gradients_reach_every_weight(kind, state):
    found = tracker(kind, S3, embedding=3, state=state)
    nn.functional.cross_entropy(found(torch.tensor([[0, 1, 1, 0, 1]]))[:, -1], torch.tensor([2])).backward()
    for name, parameter in found.named_parameters():
        assert parameter.grad is not None, name
    assert found.embedding.weight.grad.abs().sum() > 0


@each_kind
def test_copies_and_state_dicts(kind):
    found, other = (tracker(kind, S3, embedding=3, seed=seed, state="grid9") for seed in (0, 1))
    ids = torch.tensor([[0, 1, 1, 0, 1]])
    logits = found(ids)
    stream = io.BytesIO()
    torch.save(found, stream)
    stream.seek(0)
    saved = torch.load(stream, weights_only=False)
    for copied in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found), saved):  # noqa: S301  its own bytes
        assert torch.equal(copied(ids), logits)
        assert (copied.machine, copied.state_format) == (found.machine, found.state_format)
    weights = found.state_dict()
    assert not any(name.startswith("rnn.") for name in weights)
    assert not torch.equal(other(ids), logits)
    other.load_state_dict(weights)
    assert torch.equal(other(ids), logits)
    old = {name if "." in name else f"rnn.{name}": tensor for name, tensor in weights.items()}
    other.load_state_dict(old)
    around = nn.ModuleDict({"inner": other})
    around.load_state_dict(nn.ModuleDict({"inner": found}).state_dict())
    assert torch.equal(around["inner"](ids), logits)


@pytest.mark.parametrize("kind", ["elman", "relu", "gru", "lstm"])
def test_the_layer_s_weights_load_into_a_bare_layer_and_back(kind):
    found = tracker(kind, S3, layers=2)
    bare = layer(kind, 2, 5, layers=2)
    own = {name: tensor for name, tensor in found.state_dict().items() if not name.startswith("readout.")}
    bare.load_state_dict(own)
    ids = torch.tensor([[0, 1, 1, 0]])
    again = stock_layer(CellKind[kind.upper()], own)
    features = nn.functional.one_hot(ids, 2).double()
    assert torch.equal(bare(features)[0], again(features)[0])
    assert torch.equal(found.readout(bare(features)[0]), found(ids))


@each_kind
def test_autocast_is_off_inside(kind):
    found = tracker(kind, S3, dtype=torch.float32)
    ids = torch.tensor([[0, 1, 1, 0]])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(found(ids), tracker(kind, S3, dtype=torch.float32)(ids))


LAYERS = [
    (nn.GRU(2, 4, batch_first=True, bidirectional=True), "bidirectional"),
    (nn.LSTM(2, 4, batch_first=True, proj_size=3), "proj_size=3"),
    (nn.GRU(2, 4), "batch_first=False"),
    (BilinearRNN(2, 4, batch_first=False), "batch_first=False"),
    (nn.Linear(2, 4), "found Linear"),
    (nn.GRUCell(2, 4), "found GRUCell"),
    (nn.GRU(3, 4, batch_first=True), "input_size 3"),
    (nn.GRU(2, 4, batch_first=True, dtype=torch.float64), "one dtype"),
    (nn.GRU(2, 5, batch_first=True), r"Linear\(4, 6\)"),
]


@pytest.mark.parametrize(("rnn", "says"), LAYERS)
def test_layers_that_are_refused(rnn, says):
    with pytest.raises(InputError, match=says):
        Tracker(rnn, nn.Linear(4, 6), S3)


PARTS = [
    ({"readout": nn.Linear(4, 5)}, r"Linear\(4, 5\)"),
    ({"readout": nn.Bilinear(4, 4, 6)}, "found Bilinear"),
    ({"embedding": nn.Embedding(3, 2)}, r"Embedding\(3, 2\)"),
    ({"embedding": nn.Embedding(2, 3)}, r"Embedding\(2, 3\)"),
    ({"embedding": nn.Linear(2, 2)}, "found Linear"),
    ({"embedding": nn.Embedding(2, 2, max_norm=1.0)}, "max_norm"),
    ({"state": "grid0"}, "state format"),
    ({"state": "grid13"}, "state format"),
    ({"state": "float32"}, "state format"),
]


@pytest.mark.parametrize(("parts", "says"), PARTS)
def test_parts_that_are_refused(parts, says):
    whole = {"readout": nn.Linear(4, 6), **parts}
    with pytest.raises(InputError, match=says):
        Tracker(nn.GRU(2, 4, batch_first=True), whole.pop("readout"), S3, **whole)


def test_a_dtype_without_arithmetic_is_refused():
    rnn = BilinearRNN(2, 4, dtype=torch.float32).to(torch.float8_e5m2)
    with pytest.raises(InputError, match="does not compute"):
        Tracker(rnn, nn.Linear(4, 6).to(torch.float8_e5m2), S3)
