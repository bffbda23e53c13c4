"""Deliberately wrong compilers: a `Simulation` or a `ProvedNetwork` that does not hold cannot be constructed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import FLOAT16, FLOAT32
from fsm2rnn.exact.sparse import SparseMatrix, unit, vector
from fsm2rnn.machine.permutations import compose
from fsm2rnn.operators.dense import Dense
from fsm2rnn.operators.storage import store
from fsm2rnn.operators.structure_tensors import index_tensor
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.proof.stored.tensor_file import StoredTensor
from fsm2rnn.targets import pd
from tests.proof.networks import RESET, S3, compiled

PARTS = ("machine", "matrices", "codes", "reads", "decoder", "contract")


def one_hot(machine) -> ProvedNetwork:
    """Return the column-one-hot network with one coordinate per state; `pd` itself takes fewer for a group."""
    return pd._one_hot(machine, Contract.INJECTIVE).store(FLOAT32, {})


def right_parts(machine) -> dict:
    """Return what a right compiler hands to `Simulation`."""
    proof = one_hot(machine).proof
    return {part: getattr(proof, part) for part in PARTS}


def transposed(matrix):
    entries = [(row, column, value) for column, entry in enumerate(matrix.columns) for row, value in entry]
    columns = [
        vector((column, value) for row, column, value in entries if row == place) for place in range(matrix.height)
    ]
    return SparseMatrix(matrix.height, tuple(columns))


def scaled(matrix, factor):
    columns = tuple(tuple((row, value * factor) for row, value in column) for column in matrix.columns)
    return SparseMatrix(matrix.height, columns)


def linear(rows):
    return Decoder.linear(SparseMatrix.from_rows(rows))


def left_multiplication(parts):
    """Return g -> generator * g in place of g -> g * generator."""
    elements, generators = parts["machine"].states, parts["machine"].symbols
    return tuple(
        SparseMatrix(6, tuple(unit(elements.index(compose(generator, element))) for element in elements))
        for generator in generators
    )


def eye(size=6, factor=1):
    return [[factor * (row == column) for column in range(size)] for row in range(size)]


# title -> (field that must be named, the parts that the wrong compiler hands over); parts p, size 6, two letters.
WRONG = {
    "transposed matrices": ("induction", lambda p: {"matrices": tuple(map(transposed, p["matrices"]))}),
    "symbols off by one": ("induction", lambda p: {"matrices": p["matrices"][1:] + p["matrices"][:1]}),
    "the same matrix for all symbols": ("induction", lambda p: {"matrices": p["matrices"][:1] * 2}),
    "words read right to left": ("induction", lambda p: {"matrices": left_multiplication(p)}),
    "each symbol applied twice": ("induction", lambda p: {"matrices": tuple(m @ m for m in p["matrices"])}),
    "identities": ("induction", lambda _: {"matrices": (SparseMatrix.identity(6),) * 2}),
    "the sign of the update": ("induction", lambda p: {"matrices": tuple(scaled(m, -1) for m in p["matrices"])}),
    "weights of two": ("induction", lambda p: {"matrices": tuple(scaled(m, 2) for m in p["matrices"])}),
    "a column of zeros": (
        "induction",
        lambda p: {"matrices": (SparseMatrix(6, ((), *p["matrices"][0].columns[1:])), p["matrices"][1])},
    ),
    "an entry too many": (
        "induction",
        lambda p: {"matrices": (SparseMatrix(6, (*p["matrices"][0].columns[:5], ((0, 1), (5, 1)))), p["matrices"][1])},
    ),
    "a matrix missing": ("matrices", lambda p: {"matrices": p["matrices"][:1]}),
    "a matrix too many": ("matrices", lambda p: {"matrices": p["matrices"] * 2}),
    "matrices of two sizes": ("matrices", lambda p: {"matrices": (p["matrices"][0], SparseMatrix.identity(7))}),
    "matrices that are not square": (
        "matrices",
        lambda p: {"matrices": tuple(SparseMatrix(6, m.columns[:5]) for m in p["matrices"])},
    ),
    "a matrix with an empty row too many": (
        "matrices",
        lambda p: {"matrices": (p["matrices"][0], SparseMatrix(7, p["matrices"][1].columns))},
    ),
    "a wrong start": ("reads", lambda p: {"codes": p["codes"][1:] + p["codes"][:1], "reads": (1, 2, 3, 4, 5, 0)}),
    "shifted readings": ("reads", lambda p: {"reads": p["reads"][1:] + p["reads"][:1]}),
    "two readings swapped": ("induction", lambda _: {"reads": (0, 2, 1, 3, 4, 5)}),
    "a reading of no state": ("reads", lambda _: {"reads": (0, 1, 2, 3, 4, 6)}),
    "a negative reading": ("reads", lambda _: {"reads": (0, 1, 2, 3, 4, -1)}),
    "a reading too few": ("codes", lambda p: {"reads": p["reads"][:5]}),
    "no codes": ("codes", lambda _: {"codes": (), "reads": ()}),
    "a state forgotten": ("induction", lambda p: {"codes": p["codes"][:5], "reads": p["reads"][:5]}),
    "a code beyond the size": ("codes", lambda p: {"codes": (*p["codes"][:5], unit(6))}),
    "a code with falling indices": ("codes", lambda p: {"codes": (((9, 1), (0, 1)), *p["codes"][1:])}),
    "a start of two": ("induction", lambda p: {"codes": (((0, 2),), *p["codes"][1:])}),
    "two codes swapped": (
        "induction",
        lambda p: {"codes": (p["codes"][0], p["codes"][2], p["codes"][1], *p["codes"][3:])},
    ),
    "one code for two states": (
        "codes",
        lambda p: {"codes": (*p["codes"][:5], p["codes"][0]), "contract": Contract.COVER},
    ),
    "two codes of one state": (
        "codes",
        lambda p: {"codes": (*p["codes"], ((0, 2),)), "reads": (*p["reads"], 0)},
    ),
    "a readout for another size": ("decoder", lambda _: {"decoder": linear(eye(5))}),
    "a readout of zeros": ("decoder", lambda _: {"decoder": linear([[0] * 6] * 6)}),
    "a readout of ones": ("decoder", lambda _: {"decoder": linear([[1] * 6] * 6)}),
    "readout rows swapped": ("decoder", lambda _: {"decoder": linear([eye()[1], eye()[0], *eye()[2:]])}),
    "the sign of the readout": ("decoder", lambda _: {"decoder": linear(eye(factor=-1))}),
    "a readout transposed off by one": ("decoder", lambda _: {"decoder": linear(eye()[1:] + eye()[:1])}),
    "a readout row missing": ("decoder", lambda _: {"decoder": linear(eye()[:5])}),
    "a bias as large as the score": ("decoder", lambda p: {"decoder": Decoder.linear(p["decoder"].readout, ((3, 1),))}),
    "prototypes of other states": (
        "decoder",
        lambda p: {"decoder": Decoder.nearest(p["codes"], (1, 0, 2, 3, 4, 5), 6)},
    ),
    "a prototype missing": ("decoder", lambda p: {"decoder": Decoder.nearest(p["codes"][:5], (0, 1, 2, 3, 4), 6)}),
    "another table": (
        "induction",
        lambda p: {"machine": replace(p["machine"], table=tuple(row[::-1] for row in p["machine"].table))},
    ),
    "another start": ("reads", lambda p: {"machine": replace(p["machine"], start=1)}),
}


@pytest.mark.parametrize("title", WRONG)
def test_a_wrong_compiler_is_caught_when_it_claims_a_simulation(title):
    parts = right_parts(S3)
    Simulation(**parts)
    field, wrong = WRONG[title]
    with pytest.raises(CertificateError) as caught:
        Simulation(**parts | wrong(parts))
    assert caught.value.field == field, caught.value
    assert caught.value.message


def test_the_induction_error_names_symbol_states_and_what_was_reached():
    parts = right_parts(RESET)
    with pytest.raises(CertificateError, match=r"symbol 'a' sends the code of 'p' to the code of 'p', expected .* 'q'"):
        Simulation(**parts | {"matrices": (SparseMatrix.identity(4),) * 3})
    with pytest.raises(CertificateError, match=r"symbol 'a' sends the code of 'p' to no code, expected .* 'q'"):
        Simulation(**parts | {"matrices": (SparseMatrix(4, ((),) * 4),) * 3})


def halved(factor, form):
    """Store the network whose codes are `factor` times unit vectors."""
    parts = right_parts(S3)
    codes = tuple(((index, factor),) for index in range(6))
    proof = Simulation(**parts | {"codes": codes})
    return store(Dense(proof.matrices), proof, form, {})


def test_arithmetic_that_may_round_is_no_network():
    assert [form.name for form in halved(2**11, FLOAT16).grade.formats] == ["float64", "float32", "float16"]
    for factor, form in [(2**12, FLOAT16), (2**25, FLOAT32), (Fraction(1, 2), FLOAT32)]:
        with pytest.raises(CertificateError, match="is not proved exact") as caught:
            halved(factor, form)
        assert caught.value.field == "float"


def network_with(target, tensors, **changes):
    """Construct the S3 network with other tensors and other fields."""
    right = one_hot(S3) if target == "pd" else compiled(S3, target)
    names = ("machine", "contract", "trace", "reads", "structure", "evidence")
    parts = {name: getattr(right, name) for name in names} | changes
    content = {name: tensor for name, tensor in ({**right.tensors, **tensors}).items() if tensor is not None}
    return ProvedNetwork(**parts, tensors=content)


def floats(shape, *values):
    """Return a float32 tensor of ones at some places."""
    data = bytearray(4)
    return StoredTensor("F32", shape, bytes(data) * _count(shape)) if not values else _ones(shape, values)


def _count(shape):
    return shape[0] * (_count(shape[1:]) if len(shape) > 1 else 1)


def _ones(shape, places):
    items = [b"\0\0\x80?" if place in places else b"\0" * 4 for place in range(_count(shape))]
    return StoredTensor("F32", shape, b"".join(items))


TENSORS = {
    "another initial state": ("full", "codes", {"initial_state": floats((6,), 1)}),
    "no initial state": ("full", "weights", {"initial_state": None}),
    "no bias": ("full", "weights", {"readout.bias": None}),
    "a tensor too many": ("full", "weights", {"bias": floats((6,))}),
    "symbols as the first axis": ("full", "weights", {"weight": floats((2, 6, 6))}),
    "a bias of one row": ("full", "weights", {"readout.bias": floats((1,))}),
    "a flat weight": ("full", "weights", {"weight": floats((72,))}),
    "an empty symbol axis": ("full", "weights", {"weight": StoredTensor("F32", (6, 6, 0), b"")}),
    "a zero weight": ("full", "induction", {"weight": floats((6, 6, 2))}),
    "a zero readout": ("full", "decoder", {"readout.weight": floats((6, 6))}),
    "a bias that outvotes": ("full", "decoder", {"readout.bias": floats((6,), 2)}),
    "two float formats": ("full", "weights", {"initial_state": StoredTensor("F16", (6,), b"\0<" + b"\0" * 10)}),
    "float indices": ("pd", "weights", {"index": floats((2, 6))}),
    "integer weights": ("pd", "weights", {"diagonal": StoredTensor("I64", (2, 6), b"\1" + b"\0" * 95)}),
    "a readout of one coordinate": ("pd", "weights", {"readout.index": StoredTensor("I64", (1,), b"\0" * 8)}),
    "every coordinate read as one state": ("pd", "decoder", {"readout.index": StoredTensor("I64", (6,), b"\0" * 48)}),
    "a zero diagonal": ("pd", "induction", {"diagonal": floats((2, 6))}),
}


@pytest.mark.parametrize("title", TENSORS)
def test_a_wrong_storage_is_caught_when_it_claims_a_network(title):
    target, field, tensors = TENSORS[title]
    network_with(target, {})
    with pytest.raises(CertificateError) as caught:
        network_with(target, tensors)
    assert caught.value.field == field, caught.value


def test_an_unknown_structure_is_no_network():
    with pytest.raises(CertificateError, match="is none of dense, column-one-hot") as caught:
        network_with("full", {}, structure=Structure.named("banded"))
    assert caught.value.field == "operator"


def test_only_moving_numbers_are_read_by_an_index_alone():
    """What a one-hot state allows is refused of dense matrices, whatever the states are."""
    right = compiled(S3, "full")
    reads = dict(zip((code[0][0] for code in right.trace.codes), right.reads, strict=True))
    index = index_tensor((len(reads),), [reads[place] for place in range(len(reads))])
    with pytest.raises(CertificateError, match=r"expected the tensors .*readout\.weight") as caught:
        network_with("full", {"readout.weight": None, "readout.bias": None, "readout.index": index})
    assert caught.value.field == "weights"
