"""Wrong blocks, updates, readouts and prototypes: no network, the field is named, and both checkers agree."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction

import numpy as np
import pytest

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64
from fsm2rnn.operators.structure_tensors import dense_tensor, index_tensor
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import network_bytes
from fsm2rnn.proof.file.network import Prototypes
from fsm2rnn.proof.rounding import letter_errors
from fsm2rnn.proof.stored.stored_tensors import FLOATS
from tests.forgery.forge import open_file, respell
from tests.forgery.forged.test_forged_prototypes import followed
from tests.forgery.verdicts import agreed
from tests.forgery.wrong.test_wrong_structures import ones, rebuilt, states, zeros
from tests.proof.networks import diagonal_parity
from tests.proof.rounding.drift_networks import (
    blocked_parity,
    cover_drift,
    drift_network,
    read_map,
    swapped_parity,
    written_latch,
)
from tests.proof.rounding.float_states import array_of
from tests.second_checker import drift

MAKE = {
    "dense": lambda: drift_network("D5-dense", FLOAT32),
    "blocks": lambda: drift_network("D7-blocks", FLOAT32),
    "reflections": lambda: drift_network("D5-householder", FLOAT32),
    "swap": lambda: swapped_parity(FLOAT32, halves=True),
    "written": lambda: written_latch(FLOAT32),
    "blocked": lambda: blocked_parity(FLOAT32),
    "map": lambda: read_map(FLOAT32),
}
WRONG = [
    ("dense", "operator", {"head.weight": ones(1, 2)}),
    ("dense", "matrices", {"weight": ones(2, 2, 3)}),
    ("dense", "matrices", {"weight": ones(2, 2, 1)}),
    ("dense", "float", {"weight": zeros(2, 2, 2)}),
    ("dense", "float", {"weight": ones(2, 2, 2)}),
    ("dense", "codes", {"initial_state": dense_tensor((2,), [(0, 4)], FLOAT32)}),
    ("dense", "float", {"initial_state": zeros(2)}),
    ("dense", "codes", {"readout.weight": zeros(10, 2, form=FLOAT64), "initial_state": zeros(2)}),
    ("dense", "decoder", {"readout.bias": dense_tensor((10,), [(0, 9)], FLOAT64)}),
    ("dense", "decoder", {"readout.weight": ones(10, 2, form=BFLOAT16), "readout.bias": zeros(10, form=BFLOAT16)}),
    ("dense", "decoder", {"readout.weight": ones(10, 2, form=FLOAT16), "readout.bias": zeros(10, form=FLOAT16)}),
    ("blocks", "weights", {"block.0": None}),
    ("blocks", "weights", {"block.1": ones(2, 1, 2)}),
    ("blocks", "weights", {"block.1": ones(2, 2, 1)}),
    ("blocks", "weights", {"block.1": ones(3, 1, 1)}),
    ("blocks", "weights", {"block.1": ones(2, 1)}),
    ("blocks", "weights", {"block.1": ones(2, 1, 1)}),
    ("blocks", "weights", {"block.0": ones(2, 4)}),
    ("blocks", "weights", {"block.0": ones(2, 2, 3)}),
    ("blocks", "weights", {"block.0": ones(2, 2, 2, form=FLOAT16)}),
    ("blocks", "weights", {"block.9": ones(2, 2, 2)}),
    ("blocks", "weights", {"block.01": ones(2, 2, 2)}),
    ("blocks", "weights", {"block": ones(2, 2, 2)}),
    ("blocked", "weights", {"block.1": ones(2, 2, 2, form=FLOAT64)}),
    ("blocked", "induction", {"block.0": ones(2, 1, 1)}),
    ("blocked", "induction", {"block.1": ones(2, 2, 2)}),
    ("reflections", "weights", {"beta": None}),
    ("reflections", "weights", {"beta": ones(2, 3)}),
    ("reflections", "weights", {"beta": ones(2, 2, form=FLOAT64)}),
    ("reflections", "weights", {"key": ones(2, 2)}),
    ("reflections", "weights", {"key": ones(2, 2, 3)}),
    ("reflections", "weights", {"value": ones(2, 1)}),
    ("reflections", "operator", {"value": zeros(2, 2)}),
    ("reflections", "float", {"beta": zeros(2, 2)}),
    ("reflections", "float", {"key": zeros(2, 2, 2)}),
    ("swap", "induction", {"beta": ones(2, 1)}),
    ("swap", "weights", {"value": ones(2, 1, form=FLOAT64)}),
    ("swap", "codes", {"value": zeros(2, 1)}),
    ("written", "induction", {"value": zeros(3, 1)}),
    ("written", "weights", {"value": ones(3, 2)}),
    ("written", "codes", {"value": None}),
    ("written", "head", {"head.weight": None}),
    ("map", "weights", {"readout.bias": None}),
    ("map", "weights", {"readout.weight": None}),
    ("map", "weights", {"readout.weight": ones(4, 2)}),
    ("map", "weights", {"readout.index": states(0, 1, 2)}),
    ("map", "weights", {"readout.index": None}),
    ("map", "decoder", {"readout.index": states(0, 2, 1, 1)}),
    ("map", "weights", {"diagonal": ones(2, 3, form=FLOAT64)}),
]


@pytest.mark.parametrize(
    ("make", "field", "tensors"), WRONG, ids=[f"{place}-{make}" for place, (make, _, _) in enumerate(WRONG)]
)
def test_wrong_tensors_are_no_network(make, field, tensors):
    network = MAKE[make]()
    rebuilt(network, {})
    with pytest.raises(CertificateError) as caught:
        rebuilt(network, tensors)
    assert caught.value.field == field, caught.value
    assert_refused(network, tensors)


def assert_refused(network, tensors):
    """Forge the file with these tensors and all derived fields; both checkers refuse it."""
    draft = open_file(network_bytes(network))
    for name, tensor in tensors.items():
        draft.tensors.pop(name, None)
        if tensor is not None:
            draft.tensors[name] = [tensor.dtype, list(tensor.shape), bytes(tensor.data)]
    assert not agreed(respell(deepcopy(draft)))
    assert not agreed(respell(followed(draft)))


def stored_as(values, form, tensor):
    """Return an array in the shape of a tensor."""
    return dense_tensor(tensor.shape, enumerate(map(Fraction, values.ravel())), form)


def scaled(network, factor):
    """Return start and readout with all prototypes that many times as large."""
    tensors = network.tensors
    powers = {"initial_state": factor, "readout.weight": factor, "readout.bias": factor**2}
    return {
        name: stored_as(array_of(tensors[name]) * power, FLOATS[tensors[name].dtype], tensors[name])
        for name, power in powers.items()
    }


def test_sums_that_may_overflow_are_refused():
    network = drift_network("D5-dense", FLOAT16)
    # 8 V (1 + sqrt 2) against 65,504.
    assert rebuilt(network, scaled(network, 2.0**11)).grade.eta < 2 * network.grade.eta
    with pytest.raises(CertificateError, match="a sum may exceed the numbers of float16") as caught:
        rebuilt(network, scaled(network, 2.0**12))
    assert caught.value.field == "float"
    assert_refused(network, scaled(network, 2.0**12))
    network = drift_network("D5-householder", FLOAT16)
    assert rebuilt(network, scaled(network, 2.0**9))
    assert_refused(network, scaled(network, 2.0**11))


def test_a_readout_that_rounds_the_states_before_it_reads_them_is_refused():
    for form, readout in ((FLOAT64, FLOAT32), (FLOAT32, FLOAT16), (FLOAT16, BFLOAT16), (BFLOAT16, FLOAT16)):
        network = drift_network("C5-dense", form)
        tensors = {
            name: stored_as(array_of(network.tensors[name]), readout, network.tensors[name])
            for name in ("readout.weight", "readout.bias")
        }
        with pytest.raises(CertificateError, match=r"rounds states in .* before it reads them"):
            rebuilt(network, tensors)
        assert_refused(network, tensors)
        same = {name: stored_as(array_of(tensor), form, tensor) for name, tensor in tensors.items()}
        if form != BFLOAT16:
            assert agreed(network_bytes(rebuilt(network, same)))


def test_rows_that_are_read_otherwise_are_refused():
    network = MAKE["dense"]()
    turned = (*range(1, 10), 0)
    for reads, tensors, field in (
        (turned, {}, "reads"),
        (network.reads[:-1], {}, "reads"),
        (turned, {"readout.index": states(*turned)}, "reads"),
        (network.reads, {"readout.index": states(*turned)}, "reads"),
        ((0,) * 10, {"readout.index": states(*[0] * 10)}, "induction"),
    ):
        with pytest.raises(CertificateError) as caught:
            rebuilt(network, tensors, reads=reads, contract=Contract.COVER)
        assert caught.value.field == field, caught.value
        if tensors:
            assert_refused(network, tensors)


def test_a_prototype_that_no_word_reaches_is_refused():
    network = MAKE["dense"]()
    rows, bias = array_of(network.tensors["readout.weight"]), array_of(network.tensors["readout.bias"])
    reads = (*range(10), 1)
    tensors = {
        "readout.weight": dense_tensor((11, 2), enumerate(map(Fraction, np.append(rows, rows[1] * 1.0001))), FLOAT64),
        "readout.bias": dense_tensor((11,), enumerate(map(Fraction, np.append(bias, bias[1]))), FLOAT64),
        "readout.index": states(*reads),
    }
    with pytest.raises(CertificateError, match="1 prototypes are listed that no word reaches") as caught:
        rebuilt(network, tensors, reads=reads, contract=Contract.COVER)
    assert caught.value.field == "reads"
    assert_refused(network, tensors)


def test_contracts_that_prototypes_do_not_keep_are_refused():
    for make in ("dense", "blocks", "reflections"):
        network = MAKE[make]()
        assert rebuilt(network, {}, contract=Contract.COVER).grade == network.grade
        for contract in (Contract.LINEAR, Contract.ROBUST):
            with pytest.raises(CertificateError, match="prototypes keep contract injective or cover") as caught:
                rebuilt(network, {}, contract=contract)
            assert caught.value.field == "contract"
            draft = open_file(network_bytes(network))
            draft.certificate["claim"]["contract"] = contract.value
            assert not agreed(respell(draft))
    draft = open_file(network_bytes(cover_drift(FLOAT32)))
    draft.certificate["claim"]["contract"] = "injective"
    assert not agreed(respell(draft))


def test_prototypes_prove_nothing_of_a_structure_without_blocks():
    for network in (diagonal_parity(FLOAT32), written_latch(), read_map()):
        with pytest.raises(CertificateError) as caught:
            rebuilt(network, {}, trace=Prototypes(), reads=network.stored.decoder.reads)
        assert caught.value.field == "operator"
        draft = open_file(network_bytes(network))
        del draft.certificate["codes"]
        draft.certificate["prototypes"] = drift.TEXT
        assert not agreed(respell(followed(draft)))


def test_weights_too_far_off_prove_no_step():
    network = MAKE["dense"]()
    weight = array_of(network.tensors["weight"])
    for size, stands in ((0.01, True), (0.4, False), (0.9, False), (-0.4, False)):
        tensors = {"weight": stored_as(weight * (1 + size), FLOAT32, network.tensors["weight"])}
        if stands:
            assert rebuilt(network, tensors).steps < 30
            continue
        with pytest.raises(CertificateError, match="no step is proved") as caught:
            rebuilt(network, tensors)
        assert caught.value.field == "float"
        assert_refused(network, tensors)


def test_sums_of_too_many_terms_are_refused():
    assert letter_errors._gamma(4, Fraction(1, 16)) == Fraction(1, 3)
    for terms in (8, 9, 16, 100):
        with pytest.raises(CertificateError, match=f"{terms} terms are too many") as caught:
            letter_errors._gamma(terms, Fraction(1, 16))
        assert caught.value.field == "float"


def test_an_index_beyond_the_states_is_refused():
    network = cover_drift(FLOAT32)
    for value in (2, 1 << 40):
        index = index_tensor((10,), [*network.reads[:-1], value])
        with pytest.raises(CertificateError) as caught:
            rebuilt(network, {"readout.index": index})
        assert caught.value.field == "weights"
        assert_refused(network, {"readout.index": index})
