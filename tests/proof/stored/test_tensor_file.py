"""Bytes that are no tensor file: each kind of damage is refused by its own words, here, before anything is read."""

from __future__ import annotations

import json

import pytest

from fsm2rnn.errors import CertificateError, InputError, LimitError
from fsm2rnn.proof.stored.tensor_file import (
    MAX_COUNT,
    StoredTensor,
    decode_tensor_file,
    encode_tensor_file,
    file_bytes,
)

TENSORS = {"b": StoredTensor("F32", (2, 1), bytes(8)), "a": StoredTensor("I64", (1,), bytes(8))}
METADATA = {"format": "1", "machine": "{}"}
ENTRY = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


def file_of(header, body: bytes = bytes(8)) -> bytes:
    """Return the bytes of a header, spelt as the format spells it, and a body."""
    text = (header if isinstance(header, str) else json.dumps(header, separators=(",", ":"))).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + body


def test_what_is_encoded_is_decoded():
    tensors, metadata = decode_tensor_file(encode_tensor_file(TENSORS, METADATA))
    assert list(tensors) == ["a", "b"]  # larger items first
    assert {name: bytes(tensor.data) for name, tensor in tensors.items()} == dict.fromkeys("ab", bytes(8))
    assert metadata == METADATA
    assert decode_tensor_file(file_of({"__metadata__": {}, "x": ENTRY}))[1] == {}


def test_only_regular_files_of_a_bounded_size_are_read(tmp_path):
    path = tmp_path / "nine"
    path.write_bytes(b"123456789")
    assert file_bytes(path) == file_bytes(path, limit=9) == b"123456789"
    with pytest.raises(LimitError):
        file_bytes(path, limit=8)
    with pytest.raises(InputError, match="Is a directory"):
        file_bytes(tmp_path)
    with pytest.raises(InputError, match="No such file"):
        file_bytes(tmp_path / "none")
    with pytest.raises(InputError, match="not a regular file"):
        file_bytes("/dev/null")


@pytest.mark.parametrize(
    ("dtype", "shape", "data", "text"),
    [
        ("F8", (2,), bytes(8), "dtype 'F8' is none of"),
        ("F32", (2,), bytes(7), r"7 bytes for shape \(2,\) of F32"),
        ("F32", (2,), bytes(9), "9 bytes for shape"),
    ],
)
def test_a_tensor_has_the_bytes_of_its_shape(dtype, shape, data, text):
    with pytest.raises(CertificateError, match=text) as caught:
        StoredTensor(dtype, shape, data)
    assert caught.value.field == "weights"


HEADERS = [
    ({"x": ENTRY}, "no metadata"),
    ({"__metadata__": [], "x": ENTRY}, "no metadata"),
    ({"__metadata__": {"a": 1}, "x": ENTRY}, "maps strings to strings"),
    ([], "not a JSON object"),
    ("{", "not JSON"),
    ("[" * 100_000, "not JSON"),
    ({"__metadata__": {}, "x": []}, "has no dtype, shape and data_offsets"),
    ({"__metadata__": {}, "x": {"dtype": "F32", "shape": [2]}}, "has no dtype"),
    ({"__metadata__": {}, "x": {**ENTRY, "shape": [1, 1, 1, 2]}}, "has no dtype"),
    ({"__metadata__": {}, "x": {**ENTRY, "shape": [2.0]}}, "has no dtype"),
    ({"__metadata__": {}, "x": {**ENTRY, "shape": [True, 2]}}, "has no dtype"),
    ({"__metadata__": {}, "x": {**ENTRY, "shape": ["2"]}}, "has no dtype"),
    ({"__metadata__": {}, "x": {**ENTRY, "shape": [-2, -1]}}, "has no dtype"),
    ({"__metadata__": {}, "x": {**ENTRY, "data_offsets": [0, MAX_COUNT + 1]}}, "has no dtype"),
    ({"__metadata__": {}, "x": {**ENTRY, "data_offsets": [-8, 8]}}, "has no dtype"),
    ({"x": ENTRY, "__metadata__": {}}, "not the canonical spelling"),
    ({"__metadata__": {"b": "", "a": ""}, "x": ENTRY}, "not the canonical spelling"),
    ({"__metadata__": {}, "x": {**ENTRY, "more": 1}}, "not the canonical spelling"),
]


@pytest.mark.parametrize(("header", "text"), HEADERS, ids=range(len(HEADERS)))
def test_a_header_has_one_spelling(header, text):
    with pytest.raises(CertificateError, match=text) as caught:
        decode_tensor_file(file_of(header))
    assert caught.value.field == "header"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "0 bytes is too short"),
        (bytes(7), "7 bytes is too short"),
        (bytes(8), "not JSON"),
        ((9).to_bytes(8, "little") + b"{}      ", "16 bytes is too short"),
        (file_of({"__metadata__": {}, "x": ENTRY}, bytes(9)), "9 bytes of tensors do not match"),
        (file_of({"__metadata__": {}}, bytes(1)), "1 bytes of tensors do not match"),
    ],
)
def test_a_file_holds_its_header_and_its_tensors_and_no_more(data, text):
    with pytest.raises(CertificateError, match=text) as caught:
        decode_tensor_file(data)
    assert caught.value.field == "header"
