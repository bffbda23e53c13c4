"""What the checker's report names: the field that fails, for each kind of false content."""

from __future__ import annotations

import pytest

from fsm2rnn.errors import CertificateError, InputError
from fsm2rnn.exact.sparse import unit
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.canonical_json import canonical_json, json_value
from fsm2rnn.proof.file.cell_certificate import CELL_FORMAT
from fsm2rnn.proof.file.certificate import FORMAT, certificate, network_from_json
from fsm2rnn.proof.file.checker import check_bytes, check_file, network_bytes
from fsm2rnn.proof.file.machine_json import machine_from_json, machine_to_json
from fsm2rnn.proof.file.network import Orbit, ProvedNetwork
from fsm2rnn.proof.file.stack_certificate import STACK_FORMAT
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.proof.stored.tensor_file import StoredTensor, decode_tensor_file, encode_tensor_file
from tests.forgery.forge import open_file, respell, spell, with_header
from tests.forgery.forged.false_fields import FALSE
from tests.forgery.verdicts import agreed
from tests.proof.networks import NAMED, PARITY, file_of

# title of a false field -> the field that the report names
NAMED_FIELDS = {
    "certificate": ["no claim", "no codes", "no operator", "contract", "evidence of a number", "evidence of a list"],
    "format": ["no format", "format is 'x'"],
    "field": ["no field", "field is 'x'"],
    "claim": ["grade", "steps", "quantifier", "an extra field in the claim"],
    "float": ["bound", "bound as a number", "no formats", "fewer formats", "a horizon", "a format of no proof"],
    "induction": ["equations", "equations as text"],
    "separation": ["margin", "margin as a number"],
    "machine": ["an extra field in the machine", "a table row of text", "a table row more", "an output more"],
    "codes": [
        *["a code value", "a code fraction"],
        *["a code fraction not reduced", "a code over one", "a code over zero", "a code over a negative number"],
        *["a code of zero", "a code of a number", "a code of an index true", "a code of one part"],
        *[
            "a code before the first entry",
            "a later code before the first entry",
            "a code beyond the last entry",
            "a code with falling indices",
        ],
        *["a code with one index twice", "a code of text", "a code of null", "a code twice", "one reading more"],
        *["no code", "one code less", "one reading less", "a code twice with its reading", "a code nobody reaches"],
    ],
    "contract": ["contract robust"],
    "reads": ["a reading of -1", "a reading of 99"],
    "operator": [
        "an unknown structure",
        "another dtype",
        "an extra field in the operator",
        "another dtype of the readout",
    ],
    "weights": ["the other structure"],
}


@pytest.mark.parametrize(
    ("field", "title"), [(field, title) for field, names in NAMED_FIELDS.items() for title in names]
)
def test_a_false_field_is_named(field, title):
    draft = open_file(file_of("parity", "full"))
    FALSE[title](draft.certificate)
    assert check_bytes(respell(draft)).field == field


@pytest.mark.parametrize("text", ["[]", "null", '"fsm2rnn-certificate-3"', '{"format":"x"}', '{"format":["x"]}', "{}"])
def test_another_format_is_called_so(text):
    report = check_bytes(spell(text, open_file(file_of("parity", "full")).tensors))
    known = f"{FORMAT}, {CELL_FORMAT} or {STACK_FORMAT}"
    assert (report.field, report.reason) == ("format", f"not a certificate of format {known}")
    draft = open_file(file_of("parity", "full"))
    draft.certificate["format"] = "fsm2rnn-certificate-1"
    assert check_bytes(respell(draft)).reason == report.reason


def test_a_file_cut_within_its_header_is_called_too_short():
    data = file_of("parity", "full")
    for place in range(0, 8 + int.from_bytes(data[:8], "little"), 7):
        report = check_bytes(data[:place])
        assert (report.field, report.reason) == ("header", f"a file of {place} bytes is too short for its header")


def test_an_index_out_of_range_is_refused_even_under_a_weight_of_zero():
    """Parity on two of three coordinates: the third column is zero, whatever row its index names."""
    one, none = (0x3F800000).to_bytes(4, "little"), b"\0" * 4
    rows = [0, 1, 2, 1, 0, 2]
    for spare in (0, 2, 3, -1, 2**40):
        rows[5] = spare
        tensors = {
            "index": StoredTensor("I64", (2, 3), b"".join(row.to_bytes(8, "little", signed=True) for row in rows)),
            "diagonal": StoredTensor("F32", (2, 3), (one + one + none) * 2),
            "initial_state": StoredTensor("F32", (3,), one + none + none),
            "readout.index": StoredTensor("I64", (3,), b"".join(row.to_bytes(8, "little") for row in (0, 1, 1))),
        }
        parts = (PARITY, Contract.INJECTIVE, Orbit((unit(0), unit(1))), (0, 1), Structure.COLUMN_ONE_HOT, tensors, {})
        if 0 <= spare < 3:
            data = network_bytes(ProvedNetwork(*parts))
            assert check_bytes(data).accepted
            draft = open_file(data)
        else:
            with pytest.raises(CertificateError, match=r"index has an entry outside 0\.\.2"):
                ProvedNetwork(*parts)
            draft.put("index", 5, spare.to_bytes(8, "little", signed=True))
            assert not agreed(respell(draft))


@pytest.mark.parametrize("text", ["{", '{"a":1.0}', "NaN", "-Infinity", "1e3", "[" * 5000, "1" * 5000])
def test_floats_and_broken_json_are_refused(text):
    assert json_value(canonical_json({"b": [1, None], "a": "\u00e9"}), "x") == {"a": "\u00e9", "b": [1, None]}
    with pytest.raises(CertificateError) as caught:
        json_value(text, "some field")
    assert caught.value.field == "some field"


def test_a_machine_is_read_from_its_own_five_fields_alone():
    value = machine_to_json(NAMED)
    assert machine_from_json(value) == NAMED
    rows = value | {"table": [*value["table"][:2], "00"]}
    for other in (value | {"extra": 1}, value | {"start": "0"}, value | {"states": "abc"}, rows, None, [], {}):
        with pytest.raises(
            CertificateError, match=r"expected an object of states|expected a list of integers"
        ) as caught:
            machine_from_json(other)
        assert caught.value.field == "machine"


def test_evidence_is_texts_and_a_contract_has_a_name():
    draft = open_file(file_of("named", "full"))
    tensors = {name: StoredTensor(dtype, tuple(shape), data) for name, (dtype, shape, data) in draft.tensors.items()}
    body = draft.certificate
    assert certificate(network_from_json(body, tensors))
    claim = body["claim"] | {"contract": "sturdy"}
    for other in ({"evidence": {"seed": 1}}, {"evidence": ["x"]}, {"claim": claim}, {"codes": {}}, {"operator": {}}):
        with pytest.raises(CertificateError, match=r"expected (claim\.contract|codes, letters and cells)") as caught:
            network_from_json(body | other, tensors)
        assert caught.value.field == "certificate"
    with pytest.raises(CertificateError, match="expected a list of integers"):
        network_from_json(body | {"reads": [0, True, 2]}, tensors)


def test_a_tensor_needs_a_known_dtype_and_bytes_for_its_shape():
    assert StoredTensor("BF16", (2, 3), b"\0" * 12).shape == (2, 3)
    for dtype, shape, count in [("F8", (1,), 1), ("F32", (2,), 4), ("F32", (2,), 12), ("I64", (), 4)]:
        with pytest.raises(CertificateError) as caught:
            StoredTensor(dtype, shape, b"\0" * count)
        assert caught.value.field == "weights"


ENTRY = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
WRONG_ENTRIES = [
    ENTRY | {"shape": [-2]},
    ENTRY | {"shape": [2, True]},
    ENTRY | {"shape": [2.0]},
    ENTRY | {"shape": [0, 2**60], "data_offsets": [0, 0]},
    ENTRY | {"data_offsets": [-8, 0]},
    ENTRY | {"data_offsets": [False, 8]},
    ENTRY | {"dtype": 32},
    [],
]


def test_a_tensor_file_is_read_from_its_one_spelling_alone():
    header = {"__metadata__": {"x": "y"}, "w": ENTRY}
    tensors, metadata = decode_tensor_file(with_header(header, b"\0" * 8))
    assert (tensors["w"].shape, bytes(tensors["w"].data), metadata) == ((2,), b"\0" * 8, {"x": "y"})
    # The length of the header is read only when there are eight bytes of it.
    for data in (b"", b"\0" * 7, with_header(header, b"\0" * 8)[:-20], with_header(header, b"\0" * 9)):
        with pytest.raises(CertificateError) as caught:
            decode_tensor_file(data)
        assert caught.value.field == "header"


@pytest.mark.parametrize("entry", WRONG_ENTRIES, ids=repr)
def test_a_wrong_tensor_entry_is_named(entry):
    with pytest.raises(CertificateError, match="tensor 'w' has no dtype, shape and data_offsets of the right types"):
        decode_tensor_file(with_header({"__metadata__": {}, "w": entry}, b"\0" * 8))


@pytest.mark.parametrize("metadata", [None, [], "x", {"x": 1}, {"x": "y", "z": None}], ids=repr)
def test_metadata_maps_texts_to_texts(metadata):
    with pytest.raises(CertificateError, match="metadata") as caught:
        decode_tensor_file(with_header({"__metadata__": metadata, "w": ENTRY}, b"\0" * 8))
    assert caught.value.field == "header"


@pytest.mark.parametrize("header", [[], None, 1, "x"], ids=repr)
def test_a_header_is_an_object(header):
    with pytest.raises(CertificateError, match="not a JSON object"):
        decode_tensor_file(with_header(header, b""))


def test_a_file_is_checked_by_its_path_and_one_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / "network.safetensors"
    path.write_bytes(file_of("parity", "full"))
    assert check_file(path) == check_bytes(file_of("parity", "full"))
    for missing in (tmp_path / "none", tmp_path, str(path) + "\0"):
        with pytest.raises(InputError, match="cannot be read"):
            check_file(missing)


@pytest.mark.parametrize(
    ("kind", "field"), [({"fsm2rnn.kind": "trained"}, "certificate"), ({"fsm2rnn.kind": "other"}, "header"), ({}, None)]
)
def test_the_kind_of_a_file_is_proved_or_left_out(kind, field):
    tensors, metadata = decode_tensor_file(file_of("parity", "full"))
    certificate_alone = {"fsm2rnn.certificate": metadata["fsm2rnn.certificate"]}
    report = check_bytes(encode_tensor_file(tensors, {**certificate_alone, **kind}))
    assert report.field == field
    assert ("audit" in (report.reason or "")) == (field == "certificate")
    assert check_bytes(encode_tensor_file(tensors, {"fsm2rnn.kind": "proved"})).field == "header"
