"""The tracker of a proved cell is proved anew as its weights are now, copied or not, and saved as what it is."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch
from torch import nn

import fsm2rnn
from fsm2rnn.cells.loading import module_of
from fsm2rnn.cells.state_format import Grid
from fsm2rnn.proof.claim.cell_kinds import CellKind
from tests.cells.tracker_cases import tracker
from tests.proof.cell_networks import proved_cell

S3 = fsm2rnn.read("S3@gens")
IDS = torch.randint(2, (3, 2000), generator=torch.Generator().manual_seed(7))


@pytest.fixture(scope="module", params=["relu", "elman", "gru", "lstm"])
def compiled(request):
    """A compiled tracker of each kind."""
    return fsm2rnn.compile(S3, request.param).network()


def test_it_is_right_and_proved(compiled, tmp_path):
    words = [[S3.symbols[letter] for letter in word] for word in IDS.tolist()]
    assert compiled.outputs(IDS) == [S3.answers(word) for word in words]
    report = fsm2rnn.check(compiled)
    assert report.accepted
    compiled.save(tmp_path / "net")
    assert fsm2rnn.check(tmp_path / "net") == report
    again = fsm2rnn.load(tmp_path / "net")
    assert fsm2rnn.check(again) == report
    assert torch.equal(again(IDS), compiled(IDS))
    first = (tmp_path / "net").read_bytes()
    again.save(tmp_path / "net")
    assert (tmp_path / "net").read_bytes() == first


def test_copies_are_proved_too(compiled):
    report = fsm2rnn.check(compiled)
    for copied in (pickle.loads(pickle.dumps(compiled)), copy.deepcopy(compiled)):  # noqa: S301  its own bytes
        assert fsm2rnn.check(copied) == report
    other = tracker("gru", S3)
    assert fsm2rnn.check(other).field == "certificate"


def test_changed_weights_are_proved_or_refused(compiled, tmp_path):
    changed = copy.deepcopy(compiled)
    with torch.no_grad():
        changed.readout.weight.neg_()
    assert not fsm2rnn.check(changed).accepted
    changed.save(tmp_path / "net")
    assert (fsm2rnn.check(tmp_path / "net").accepted, fsm2rnn.check(tmp_path / "net").field) == (False, "certificate")
    assert torch.equal(fsm2rnn.load(tmp_path / "net")(IDS), changed(IDS))
    louder = copy.deepcopy(compiled)
    with torch.no_grad():
        louder.readout.weight.mul_(2)
        if louder.readout.bias is not None:
            louder.readout.bias.mul_(2)
    assert fsm2rnn.check(louder).accepted


def test_the_weights_load_into_a_bare_layer(compiled):
    kind = {"relu": nn.RNN, "elman": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[
        fsm2rnn.cells.layer.layer_name(compiled.rnn)
    ]
    more = {"nonlinearity": "relu"} if compiled.rnn.mode == "RNN_RELU" else {}
    own = {name: tensor for name, tensor in compiled.state_dict().items() if "." not in name}
    bare = kind(compiled.rnn.input_size, compiled.rnn.hidden_size, bias="bias_hh_l0" in own, batch_first=True, **more)
    bare.load_state_dict(own)
    features = nn.functional.one_hot(IDS, 2).float()
    assert torch.equal(compiled.readout(bare(features)[0]), compiled(IDS))


@pytest.mark.parametrize("kind", CellKind)
def test_another_state_format_is_another_claim(kind):
    found = module_of(proved_cell(kind, S3))
    assert fsm2rnn.check(found).accepted
    found.state_format = Grid(7)
    assert fsm2rnn.check(found).field == "state"
