"""A trained file gives the tracker back bit for bit, and is refused wherever one of its parts is another's."""

from __future__ import annotations

import contextlib
import copy
import json

import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import fsm2rnn
from fsm2rnn import BilinearRNN, CertificateError, FsmError, InputError, Tracker
from fsm2rnn.cells.loading import module_from_bytes
from fsm2rnn.cells.packing import pack
from fsm2rnn.cells.stored.trained import BODY
from fsm2rnn.proof.file.canonical_json import canonical_json, digest
from fsm2rnn.proof.file.checker import CERTIFICATE, KIND, check_bytes, network_bytes
from fsm2rnn.proof.stored.tensor_file import decode_tensor_file, encode_tensor_file
from tests.cells.tracker_cases import KINDS, STATES, drawn_tracker, ids_of, tracker

S3 = fsm2rnn.read("S3@gens")
each_kind = pytest.mark.parametrize("kind", KINDS)


def bits(found):
    return {name: tensor.numpy().tobytes() for name, tensor in found.state_dict().items()}


@each_kind
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_save_and_load(kind, data, tmp_path_factory):
    found = drawn_tracker(data, kind, [None, *STATES], [torch.float64, torch.float32, torch.float16])
    path = tmp_path_factory.mktemp("trained") / "net.safetensors"
    found.save(path)
    again = fsm2rnn.load(path)
    assert isinstance(again, Tracker)
    assert bits(again) == bits(found)
    assert (again.machine, again.state_format, repr(again)) == (found.machine, found.state_format, repr(found))
    ids = data.draw(ids_of(found.machine))
    assert torch.equal(again(ids), found(ids))
    first = path.read_bytes()
    again.save(path)
    assert path.read_bytes() == first
    assert set(safetensors.torch.load_file(path)) == set(found.state_dict())
    report = fsm2rnn.check(path)
    assert (report.accepted, report.field) == (False, "certificate")
    assert "hint: fsm2rnn audit" in report.reason
    assert fsm2rnn.check(found) == report


STRUCTURES = [
    ("full", None, False),
    ("full", None, True),
    ("factored", 3, False),
    ("diagonal", None, False),
    ("affine-diagonal", None, False),
    ("rotation", 2, False),
    ("block-diagonal", 2, True),
    ("block-diagonal", (3, 1), False),
    ("householder", 2, False),
    ("pd", None, False),
]


@pytest.mark.parametrize(("structure", "inner", "normalize"), STRUCTURES)
def test_every_structure_of_a_bilinear_layer(structure, inner, normalize, tmp_path):
    rnn = BilinearRNN(2, 4, structure=structure, inner=inner, normalize=normalize)
    found = Tracker(rnn, nn.Linear(4, 6), S3)
    found.save(tmp_path / "net")
    again = fsm2rnn.load(tmp_path / "net")
    ids = torch.tensor([[0, 1, 1, 0, 1]])
    assert torch.equal(again(ids), found(ids))
    assert (again.rnn.structure, again.rnn.normalize) == (structure, normalize)
    if not normalize:
        other = Tracker.from_state_dict("bilinear", tmp_path / "net", S3)
        assert torch.equal(other(ids), found(ids))


def test_a_mealy_machine_and_labels_of_every_type(tmp_path):
    rows = [[0, True, ("a", None)], [1, False, "1"]]
    machine = fsm2rnn.from_table([[0, 1, 0], [1, 0, 1]], outputs=rows)
    found = tracker("gru", machine)
    found.save(tmp_path / "net")
    assert fsm2rnn.load(tmp_path / "net").machine == machine
    text = json.loads(decode_tensor_file((tmp_path / "net").read_bytes())[1][BODY])
    assert len(text["output_labels"]) == 6


def test_labels_that_no_file_holds_leave_no_file(tmp_path):
    machine = fsm2rnn.from_table([[0]], outputs=[1.5])
    with pytest.raises(InputError, match="label of type float"):
        tracker("gru", machine).save(tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


def file_of(kind="gru", **more):
    """Return tensors and metadata of a trained file."""
    found = tracker(kind, S3, embedding=3, dtype=torch.float32, **more)
    path_free = {name: tensor.clone() for name, tensor in found.state_dict().items()}
    return found, path_free


def trained_file(tmp_path, kind="gru"):
    found, _ = file_of(kind, state="grid7")
    found.save(tmp_path / "net")
    return (tmp_path / "net").read_bytes()


def sealed(body):
    """Return the text of a body, its digests made consistent."""
    plain = {name: value for name, value in body.items() if name != "sha256"}
    sums = {part: digest(canonical_json(plain[part]).encode()) for part in ("machine", "weights") if part in plain}
    return canonical_json({**plain, "sha256": {**sums, "body": digest(canonical_json(plain).encode())}})


FALSE = {
    "another format": ("format", "fsm2rnn-trained-9"),
    "another kind": ("module", {"kind": "lstm", "structure": None, "inner": None, "normalize": False}),
    "a kind of nothing": ("module", {"kind": "x", "structure": None, "inner": None, "normalize": False}),
    "a structure beside": ("module", {"kind": "gru", "structure": "full", "inner": None, "normalize": False}),
    "a bilinear layer": ("module", {"kind": "bilinear", "structure": "full", "inner": None, "normalize": False}),
    "a module of text": ("module", "gru"),
    "sizes of nothing": ("sizes", {}),
    "sizes too large": ("sizes", {"inputs": 10**30}),
    "one hidden number more": ("sizes.hidden", 6),
    "an unknown state": ("state", "grid99"),
    "a state of a number": ("state", 7),
    "a label less": ("output_labels", ["()"]),
    "no machine": ("machine", None),
    "another start": ("machine.start", 9),
    "a start of text": ("machine.start", "0"),
    "other outputs": ("machine.outputs", ["a"] * 6),
    "one symbol more": ("machine.symbols", ["a", "b", "c"]),
    "another shape": ("weights.readout.weight", {"dtype": "F32", "shape": [1, 2], "sha256": ""}),
    "one field more": ("more", 1),
}


@pytest.mark.parametrize("title", FALSE)
def test_a_false_field_is_refused_and_named(title, tmp_path):
    tensors, metadata = decode_tensor_file(trained_file(tmp_path))
    body = json.loads(metadata[BODY])
    (name, value), place = FALSE[title], body
    first, _, rest = name.partition(".")
    if rest:
        place = body[first]
    place[rest or first] = value
    data = encode_tensor_file(tensors, metadata | {BODY: sealed(body)})
    with pytest.raises(InputError, match=r"\(hint: ") as caught:
        module_from_bytes(data, "net")
    assert caught.value.file == "net"


def test_a_weight_that_was_changed_is_seen(tmp_path):
    data = bytearray(trained_file(tmp_path))
    data[-3] ^= 1
    with pytest.raises(InputError, match="weights"):
        module_from_bytes(bytes(data), "net")


def test_another_writer_s_spelling_is_read(tmp_path):
    data = trained_file(tmp_path)
    tensors = safetensors.torch.load(data)
    metadata = decode_tensor_file(data)[1]
    other = safetensors.torch.save(dict(reversed(tensors.items())), metadata)
    assert bits(module_from_bytes(other, "net")) == bits(module_from_bytes(data, "net"))


def test_what_is_neither_kind(tmp_path):
    tensors, metadata = decode_tensor_file(trained_file(tmp_path))
    for text in ("", "x", "[]", "{}", '{"a":1.5}', "[" * 100_000, "9" * 5000):
        with pytest.raises(InputError, match=r"fsm2rnn\.trained"):
            module_from_bytes(encode_tensor_file(tensors, {KIND: "trained", BODY: text}), "net")
    with pytest.raises(InputError):
        module_from_bytes(encode_tensor_file(tensors, {KIND: "trained"}), "net")
    for kind in ("proved", "other"):
        with pytest.raises(CertificateError, match="metadata"):
            module_from_bytes(encode_tensor_file(tensors, metadata | {KIND: kind}), "net")
    with pytest.raises(InputError):
        module_from_bytes(encode_tensor_file({}, metadata), "net")


def test_a_proved_file_is_a_network_with_and_without_its_kind(tmp_path):
    network = fsm2rnn.compile(S3, "pd").proved()
    data = network_bytes(network)
    tensors, metadata = decode_tensor_file(data)
    assert metadata[KIND] == "proved"
    before = encode_tensor_file(tensors, {CERTIFICATE: metadata[CERTIFICATE]})
    for one in (data, before):
        assert check_bytes(one).accepted
        (tmp_path / "net").write_bytes(one)
        assert isinstance(fsm2rnn.load(tmp_path / "net"), fsm2rnn.Network)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.sampled_from(["", "gru", "full", "grid7"])),
    lambda part: st.one_of(st.lists(part, max_size=3), st.dictionaries(st.sampled_from(["int", "kind", "a"]), part)),
    max_leaves=4,
)


@st.composite
def places(draw, value):
    """Return a path to some part of a JSON value."""
    path = []
    while isinstance(value, dict | list) and value and draw(st.integers(0, 3)):
        key = draw(st.sampled_from(list(value) if isinstance(value, dict) else range(len(value))))
        path.append(key)
        value = value[key]
    return path


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Tensors and metadata of a trained file of each kind."""
    folder = tmp_path_factory.mktemp("fuzz")
    return {kind: decode_tensor_file(trained_file(folder, kind)) for kind in KINDS}


@each_kind
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_body_is_read_or_refused(kind, data, opened):
    tensors, metadata = opened[kind]
    body = json.loads(metadata[BODY])
    path, value = data.draw(places(body)), data.draw(JSON)
    changed = copy.deepcopy(body) if path else value
    if path:
        place = changed
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    text = sealed(changed) if isinstance(changed, dict) else canonical_json(changed)
    file = encode_tensor_file(tensors, metadata | {BODY: text})
    if text == metadata[BODY]:
        module_from_bytes(file, "net")
    elif path[:1] in (["state"], ["machine"]):  # another machine of these sizes, another format: a file that is right
        with contextlib.suppress(InputError):
            module_from_bytes(file, "net")
    else:
        with pytest.raises(InputError, match=r"\(hint: "):
            module_from_bytes(file, "net")


@each_kind
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_bytes_are_read_or_refused(kind, data, opened):
    whole = bytearray(encode_tensor_file(*opened[kind]))
    length = int.from_bytes(whole[:8], "little")
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, length + 20))
        whole[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(whole), len(whole) - 1, 8 + length, length]))
    try:
        found = module_from_bytes(bytes(whole[:cut]), "net")
    except FsmError:
        return
    assert bits(found) == bits(module_from_bytes(encode_tensor_file(*opened[kind]), "net"))


@each_kind
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_tensors_are_read_or_refused(kind, data, opened):
    """Another tensor under a name, with its fingerprint made consistent."""
    tensors, metadata = opened[kind]
    body = json.loads(metadata[BODY])
    name = data.draw(st.sampled_from([*tensors, "more", "readout.more", "embedding.more", "weight_hh_l1"]))
    shape = data.draw(st.lists(st.integers(1, 6), max_size=3))
    dtype = data.draw(st.sampled_from([torch.float32, torch.int64, torch.float8_e5m2, torch.float64]))
    own = safetensors.torch.load(encode_tensor_file(tensors, metadata)) | {name: torch.zeros(shape).to(dtype)}
    again, _ = decode_tensor_file(_canonical(own))
    body["weights"] = {
        key: {"dtype": one.dtype, "shape": list(one.shape), "sha256": digest(one.data)} for key, one in again.items()
    }
    file = encode_tensor_file(again, metadata | {BODY: sealed(body)})
    try:
        found = module_from_bytes(file, "net")
    except InputError:
        return
    assert found.state_dict()[name].shape == torch.Size(shape)


def _canonical(tensors):
    return encode_tensor_file({name: pack(name, tensor) for name, tensor in tensors.items()}, {})
