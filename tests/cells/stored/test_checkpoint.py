"""Checkpoints under other people's names become trackers, or are refused with the names found."""

from __future__ import annotations

import pickle
from collections import OrderedDict

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

import fsm2rnn
from fsm2rnn import BilinearRNN, InputError, Tracker

S3 = fsm2rnn.read("S3@gens")
IDS = torch.tensor([[0, 1, 1, 0, 1], [1, 1, 0, 0, 0]])
LAYERS = {"rnn": nn.RNN, "elman": nn.RNN, "relu": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def made(kind, inputs=2, **more):
    """Return a layer of that kind with five hidden numbers."""
    more |= {"nonlinearity": "relu"} if kind == "relu" else {}
    return LAYERS[kind](inputs, 5, batch_first=True, **more)


class Theirs(nn.Module):
    """A model as people write it."""

    def __init__(self, kind, table, head, layer, *, bias=True, layers=1):
        """Take the kind of the layer and the names of its parts."""
        super().__init__()
        self.parts = (table, layer, head)
        if table:
            setattr(self, table, nn.Embedding(2, 4))
        setattr(self, layer, made(kind, 4 if table else 2, num_layers=layers, bias=bias))
        setattr(self, head, nn.Linear(5, 6, bias=bias))

    def forward(self, ids):
        """Return the logits after every symbol."""
        table, layer, head = (getattr(self, name) if name else None for name in self.parts)
        x = table(ids) if table else nn.functional.one_hot(ids, 2).float()
        return head(layer(x)[0])


NAMES = [
    (None, "fc", "rnn"),
    ("embedding", "linear", "lstm"),
    ("emb", "classifier", "encoder"),
    ("wte", "head", "cell"),
    (None, "readout", "0"),
]


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize(("table", "head", "layer"), NAMES)
@pytest.mark.parametrize("wrapped", [False, True])
def test_models_under_many_names(kind, table, head, layer, wrapped, tmp_path):
    theirs = Theirs(kind, table, head, layer, layers=1 + wrapped, bias=not wrapped)
    whole = nn.ModuleDict({"model": theirs}) if wrapped else theirs
    save_file(whole.state_dict(), tmp_path / "net.safetensors", {"format": "pt"})
    found = Tracker.from_state_dict(kind, tmp_path / "net.safetensors", S3)
    assert torch.equal(found(IDS), theirs(IDS))
    assert found.machine == S3
    rounded = Tracker.from_state_dict(kind, str(tmp_path / "net.safetensors"), S3, state="grid7")
    assert "grid7" in repr(rounded)


@pytest.mark.parametrize(("kind", "cell"), [("rnn", nn.RNNCell), ("gru", nn.GRUCell), ("lstm", nn.LSTMCell)])
def test_a_cell_is_a_layer(kind, cell, tmp_path):
    theirs = nn.ModuleDict({"cell": cell(2, 5), "out": nn.Linear(5, 6)})
    save_file(theirs.state_dict(), tmp_path / "net")
    found = Tracker.from_state_dict(kind, tmp_path / "net", S3)
    features = nn.functional.one_hot(IDS, 2).float()
    state = None
    for step in features.unbind(1):
        state = theirs["cell"](step, state)
    h = state[0] if kind == "lstm" else state
    torch.testing.assert_close(found(IDS)[:, -1], theirs["out"](h))


def test_a_bilinear_layer_after_a_prefix(tmp_path):
    rnn, head = BilinearRNN(2, 5), nn.Linear(5, 6)
    theirs = nn.ModuleDict({"core": rnn, "head": head})
    save_file(theirs.state_dict(), tmp_path / "net")
    found = Tracker.from_state_dict("bilinear", tmp_path / "net", S3)
    assert torch.equal(found(IDS), head(rnn(IDS)[0]))


def test_equal_shapes_are_told_apart_by_names_alone(tmp_path):
    machine = fsm2rnn.from_table([[0, 1], [1, 0]])
    weights = nn.GRU(2, 2, batch_first=True).state_dict()
    table, matrix = torch.randn(2, 2), torch.randn(2, 2)
    save_file({**weights, "embedding.weight": table, "fc.weight": matrix}, tmp_path / "net")
    found = Tracker.from_state_dict("gru", tmp_path / "net", machine)
    assert torch.equal(found.embedding.weight, table)
    assert torch.equal(found.readout.weight, matrix)
    save_file({**weights, "a.weight": table, "b.weight": matrix}, tmp_path / "net")
    with pytest.raises(InputError, match=r"more than one tensor may be.*'a.weight', 'b.weight'"):
        Tracker.from_state_dict("gru", tmp_path / "net", machine)


def plain(kind="gru", outputs=6, **more):
    head = {"fc.weight": torch.zeros(outputs, 5), "fc.bias": torch.zeros(outputs)}
    return {**made(kind, **more).state_dict(), **head}


UNTOLD = {
    "no layer": ("gru", {"fc.weight": torch.zeros(6, 5)}, "no weight_ih_l0"),
    "two layers": ("gru", {f"{name}.{key}": t for name in "ab" for key, t in plain().items()}, "several recurrent"),
    "both directions": ("gru", plain(bidirectional=True), "bidirectional"),
    "projections": ("lstm", plain("lstm", proj_size=3), "proj_size"),
    "another kind": ("lstm", plain("gru"), "these are the sizes of gru"),
    "no readout": ("gru", made("gru").state_dict(), r"a readout \(6, 5\)"),
    "other outputs": (
        "gru",
        plain() | {"fc.weight": torch.zeros(4, 5), "fc.bias": torch.zeros(4)},
        r"fc.weight \(4, 5\)",
    ),
    "one logit": ("gru", plain() | {"fc.weight": torch.zeros(1, 5), "fc.bias": torch.zeros(1)}, r"fc.weight \(1, 5\)"),
    "other symbols": ("gru", plain(inputs=3), "3 inputs"),
    "another table": ("gru", plain(inputs=4) | {"emb.weight": torch.zeros(3, 4)}, r"an embedding \(2, 4\)"),
    "a norm between": ("gru", plain() | {"norm.weight": torch.zeros(5), "norm.bias": torch.zeros(5)}, "norm.weight"),
    "two readouts": ("gru", plain() | {"fc2.weight": torch.zeros(6, 6), "fc2.bias": torch.zeros(6)}, "fc2.weight"),
    "no second matrix": ("gru", {"weight_ih_l0": torch.zeros(15, 2)}, "each once"),
    "scalars": ("gru", {"weight_ih_l0": torch.tensor(1.0), "weight_hh_l0": torch.tensor(1.0)}, "each once"),
    "vectors": ("gru", {"weight_ih_l0": torch.zeros(2), "weight_hh_l0": torch.zeros(5)}, "readout"),
    "integers": ("gru", plain() | {"weight_hh_l0": torch.zeros(15, 5, dtype=torch.int64)}, "int64"),
    "a bias of another size": ("gru", plain() | {"bias_hh_l0": torch.zeros(3)}, "bias_hh_l0"),
    "no start": ("bilinear", {"weight": torch.zeros(5, 5, 2), "fc.weight": torch.zeros(6, 5)}, "one initial_state"),
    "no structure": ("bilinear", {"weight": torch.zeros(5, 4, 2), "initial_state": torch.zeros(5)}, "no structure"),
    "a start alone": ("bilinear", {"initial_state": torch.zeros(5)}, "no structure"),
    "an unknown kind": ("gruu", plain(), "did you mean"),
}


@pytest.mark.parametrize("title", UNTOLD)
def test_what_cannot_be_told_is_refused_with_what_was_found(title, tmp_path):
    kind, tensors, says = UNTOLD[title]
    save_file(tensors, tmp_path / "net")
    with pytest.raises(InputError, match=says):
        Tracker.from_state_dict(kind, tmp_path / "net", S3)


@pytest.mark.parametrize("zipped", [False, True])
def test_a_pickle_is_never_opened(zipped, tmp_path):
    class Trap:
        def __reduce__(self):
            return (exec, (f"open({str(tmp_path / 'sprung')!r}, 'w').close()",))

    path = tmp_path / "net.pt"
    torch.save(OrderedDict(trap=Trap()), path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(InputError, match=r"pickle.*save_file"):
        Tracker.from_state_dict("gru", path, S3)
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(InputError, match="pickle"):
        Tracker.from_state_dict("gru", path, S3)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("data", [b"", b"x" * 100, (2**60).to_bytes(8, "little") + b"{}", b"\2" + b"\0" * 7 + b"[]"])
def test_what_is_no_safetensors_file(data, tmp_path):
    (tmp_path / "net").write_bytes(data)
    with pytest.raises(InputError, match="hint"):
        Tracker.from_state_dict("gru", tmp_path / "net", S3)
    with pytest.raises(InputError, match="cannot be read"):
        Tracker.from_state_dict("gru", tmp_path / "none", S3)
