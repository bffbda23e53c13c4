"""Header and certificate text forged: another spelling of the same content is rejected by both checkers."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from tests.forgery.forge import open_file, respell, spell, with_header
from tests.forgery.verdicts import agreed
from tests.proof.networks import file_of
from tests.second_checker.wire import CERTIFICATE_KEY, KIND_KEY

DATA = file_of("parity", "full")
LENGTH = int.from_bytes(DATA[:8], "little")
HEADER = json.loads(DATA[8 : 8 + LENGTH])
PAYLOAD = DATA[8 + LENGTH :]
TEXT = HEADER["__metadata__"][CERTIFICATE_KEY]


def test_the_forging_tools_alone_change_nothing():
    assert with_header(HEADER, PAYLOAD) == DATA
    assert respell(open_file(DATA)) == DATA
    assert spell(TEXT, open_file(DATA).tensors) == DATA
    assert agreed(DATA)


def test_a_file_of_before_kinds_were_named_is_accepted():
    assert HEADER["__metadata__"] == {CERTIFICATE_KEY: TEXT, KIND_KEY: "proved"}
    assert agreed(with_header(HEADER | {"__metadata__": {CERTIFICATE_KEY: TEXT}}, PAYLOAD))


HEADERS = {
    "a list": [],
    "null": None,
    "no metadata": {name: entry for name, entry in HEADER.items() if name != "__metadata__"},
    "metadata of text": HEADER | {"__metadata__": "x"},
    "metadata of nothing": HEADER | {"__metadata__": {}},
    "metadata of a number": HEADER | {"__metadata__": {CERTIFICATE_KEY: 1}},
    "metadata with another key": HEADER | {"__metadata__": {CERTIFICATE_KEY: TEXT, "other": "x"}},
    "metadata with another key first": HEADER | {"__metadata__": {"a": "x", CERTIFICATE_KEY: TEXT}},
    "metadata of a trained network": HEADER | {"__metadata__": {CERTIFICATE_KEY: TEXT, KIND_KEY: "trained"}},
    "metadata of another kind": HEADER | {"__metadata__": {CERTIFICATE_KEY: TEXT, KIND_KEY: "Proved"}},
    "metadata of a kind alone": HEADER | {"__metadata__": {KIND_KEY: "proved"}},
    "metadata with the kind first": HEADER | {"__metadata__": {KIND_KEY: "proved", CERTIFICATE_KEY: TEXT}},
    "metadata of another key": HEADER | {"__metadata__": {"certificate": TEXT}},
    "metadata with a number beside": HEADER | {"__metadata__": {CERTIFICATE_KEY: TEXT, "other": 1}},
    "no tensors": {"__metadata__": HEADER["__metadata__"]},
    "tensors in another order": {"__metadata__": HEADER["__metadata__"]} | dict(reversed(HEADER.items())),
    "metadata last": dict(reversed(HEADER.items())),
}
ENTRIES = {
    "a list": [],
    "null": None,
    "no dtype": {"shape": [2], "data_offsets": [0, 8]},
    "no shape": {"dtype": "F32", "data_offsets": [0, 8]},
    "no offsets": {"dtype": "F32", "shape": [2]},
    "an extra key": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], "x": 1},
    "keys in another order": {"shape": [2], "dtype": "F32", "data_offsets": [0, 8]},
    "an unknown dtype": {"dtype": "F8", "shape": [8], "data_offsets": [0, 8]},
    "a dtype of a number": {"dtype": 32, "shape": [2], "data_offsets": [0, 8]},
    "a dtype of a list": {"dtype": ["F32"], "shape": [2], "data_offsets": [0, 8]},
    "a shape of text": {"dtype": "F32", "shape": "2", "data_offsets": [0, 8]},
    "a shape of a fraction": {"dtype": "F32", "shape": [2.0], "data_offsets": [0, 8]},
    "a shape of true": {"dtype": "F32", "shape": [2, True], "data_offsets": [0, 8]},
    "a negative shape": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]},
    "two negative axes": {"dtype": "F32", "shape": [-1, -2], "data_offsets": [0, 8]},
    "a huge shape": {"dtype": "F32", "shape": [2**62, 2**62], "data_offsets": [0, 8]},
    "a huge empty shape": {"dtype": "F32", "shape": [0, 2**62], "data_offsets": [0, 0]},
    "a shape of another size": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]},
    "one offset": {"dtype": "F32", "shape": [2], "data_offsets": [0]},
    "three offsets": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8, 8]},
    "offsets of fractions": {"dtype": "F32", "shape": [2], "data_offsets": [0.0, 8.0]},
    "offsets of true": {"dtype": "F32", "shape": [2], "data_offsets": [False, 8]},
    "a negative offset": {"dtype": "F32", "shape": [2], "data_offsets": [-8, 8]},
    "falling offsets": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]},
    "offsets beyond the file": {"dtype": "F32", "shape": [2], "data_offsets": [10**6, 10**6 + 8]},
    "offsets of a neighbour": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]},
}


@pytest.mark.parametrize("title", HEADERS)
def test_a_forged_header_is_rejected(title):
    assert not agreed(with_header(HEADERS[title], PAYLOAD))


@pytest.mark.parametrize("title", ENTRIES)
def test_a_forged_tensor_entry_is_rejected(title):
    assert HEADER["initial_state"] == {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    assert not agreed(with_header(HEADER | {"initial_state": ENTRIES[title]}, PAYLOAD))
    assert not agreed(with_header(HEADER | {"more": ENTRIES[title]}, PAYLOAD))


def test_gaps_overlaps_and_unclaimed_bytes_are_rejected():
    assert not agreed(DATA + b"\0")
    assert not agreed(DATA + b"\0" * 8)
    assert not agreed(DATA[:-4])
    gap = deepcopy(HEADER)
    last = max(gap, key=lambda name: gap[name].get("data_offsets", [0])[0])
    gap[last]["data_offsets"] = [offset + 4 for offset in gap[last]["data_offsets"]]
    assert not agreed(with_header(gap, PAYLOAD[: -len(PAYLOAD) // 2] + b"\0" * 4 + PAYLOAD[-len(PAYLOAD) // 2 :]))


@pytest.mark.parametrize(
    "text",
    [b" ", b"{", b"\xff\xfe{", b'{"__metadata__":NaN}', b"[" * 5000, b'{"a":' * 5000, b'"\\ud800"', b"1" * 5000, b""],
)
def test_a_header_that_is_no_object_is_rejected(text):
    text += b" " * (-len(text) % 8)
    assert not agreed(len(text).to_bytes(8, "little") + text + PAYLOAD)
    assert not agreed((2**63 + len(text)).to_bytes(8, "little") + text + PAYLOAD)


def test_another_padding_of_the_header_is_rejected():
    text = DATA[8 : 8 + LENGTH]
    for padded in (text + b" " * 8, b" " * 8 + text, text + b"\n" * 8, text.replace(b",", b", ", 1)):
        assert not agreed(len(padded).to_bytes(8, "little") + padded + PAYLOAD)


def test_a_header_without_its_padding_is_rejected():
    draft = open_file(DATA)
    draft.certificate["evidence"]["x"] = ""
    for _ in range(8):
        draft.certificate["evidence"]["x"] += "x"
        data = respell(draft)
        length = 8 + int.from_bytes(data[:8], "little")
        text = data[8:length].rstrip(b" ")
        assert agreed(len(text).to_bytes(8, "little") + text + PAYLOAD) == (len(text) % 8 == 0)


def test_a_header_in_another_encoding_is_rejected():
    for encoding in ("utf-16", "utf-32", "utf-8-sig"):
        text = json.dumps(HEADER, separators=(",", ":")).encode(encoding)
        text += " ".encode(encoding)[-1:] * (-len(text) % 8)
        assert not agreed(len(text).to_bytes(8, "little") + text + PAYLOAD)


SPELLINGS = {
    "nothing": "",
    "no JSON": "{",
    "a list": "[]",
    "a text": '"fsm2rnn-certificate-3"',
    "spaces": TEXT.replace(":", ": ", 1),
    "a trailing newline": TEXT + "\n",
    "a duplicate key": TEXT.replace('{"claim"', '{"claim":{},"claim"', 1),
    "a NaN": TEXT.replace('"equations":4', '"equations":NaN', 1),
    "a float": TEXT.replace('"equations":4', '"equations":4.0', 1),
    "an exponent": TEXT.replace('"equations":4', '"equations":4e0', 1),
    "minus zero": TEXT.replace('"start":0', '"start":-0', 1),
    "an escape": TEXT.replace('"claim"', '"\\u0063laim"', 1),
    "a raw character": TEXT.replace('"field":"Z"', '"field":"\u2124"', 1),
    "keys not sorted": json.dumps(dict(reversed(json.loads(TEXT).items())), separators=(",", ":")),
    "an integer of 5000 digits": TEXT.replace('"equations":4', '"equations":' + "4" * 5000, 1),
    "lists 5000 deep": TEXT.replace('"codes":', '"codes":' + "[" * 5000 + "]" * 5000 + ',"codes_":', 1),
    "another format": TEXT.replace("certificate-3", "certificate-2", 1),
}


@pytest.mark.parametrize("title", SPELLINGS)
def test_another_spelling_of_the_certificate_is_rejected(title):
    assert SPELLINGS[title] != TEXT
    assert not agreed(spell(SPELLINGS[title], open_file(DATA).tensors))


def test_every_wrong_digest_is_rejected():
    for part in ("body", "machine", "weights"):
        for change in (lambda text: text[::-1], str.upper, lambda text: text[:-1], lambda _: ""):
            certificate = json.loads(TEXT)
            certificate["sha256"][part] = change(certificate["sha256"][part])
            text = json.dumps(certificate, separators=(",", ":"), sort_keys=True)
            assert not agreed(spell(text, open_file(DATA).tensors))


def test_lists_nested_to_every_depth_are_rejected_without_a_traceback():
    for depth in range(900, 1010, 3):
        draft = open_file(DATA)
        text = TEXT.replace('"codes":', '"codes":' + "[" * depth + "]" * depth + ',"codes_":', 1)
        assert not agreed(spell(text, draft.tensors))
