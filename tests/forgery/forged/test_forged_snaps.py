"""Prototypes on which a state is put back, and how often: wrong ones are no network, and both checkers agree."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import cache

import pytest

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32
from fsm2rnn.operators.snapped import snapped
from fsm2rnn.operators.structure_tensors import dense_tensor, index_tensor
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import network_bytes
from tests.forgery.forge import derive, open_file, respell
from tests.forgery.forged.false_fields import at, without
from tests.forgery.verdicts import agreed
from tests.forgery.wrong.test_wrong_structures import rebuilt
from tests.proof.networks import diagonal_parity
from tests.proof.region_networks import exact_quarters, region_network, saturating
from tests.proof.rounding.drift_networks import cover_drift, drift_network, joining_drift, mapped_parity
from tests.proof.rounding.float_orbit_networks import orbit_network
from tests.proof.turning_networks import cyclic_network

MAKE = {
    "turns": lambda: cyclic_network(5, BFLOAT16),
    "killed": lambda: region_network("killed-float16"),
    "blocks": lambda: drift_network("C3xC2-blocks", BFLOAT16),
    "reflections": lambda: drift_network("D5-householder", FLOAT16),
    "joining": lambda: joining_drift(FLOAT16),
}


@cache
def network_of(name):
    """Return the network that is put back as late as is proved."""
    return snapped(MAKE[name]())


def refused(network, field, **tensors):
    """Return the message of other tensors: refused for that field, and by both checkers."""
    with pytest.raises(CertificateError) as caught:
        rebuilt(network, tensors)
    assert caught.value.field == field, caught.value
    draft = open_file(network_bytes(network))
    for name, tensor in tensors.items():
        draft.tensors.pop(name, None)
        if tensor is not None:
            draft.tensors[name] = [tensor.dtype, list(tensor.shape), bytearray(tensor.data)]
    assert not agreed(respell(draft))
    return caught.value.message


def every(network, change):
    return index_tensor((1,), [network.grade.every + change])


@pytest.mark.parametrize("name", MAKE)
def test_a_symbol_later_is_too_late_and_earlier_is_in_time(name):
    network = network_of(name)
    message = refused(network, "snap", **{"snap.every": every(network, 1)})
    assert f"after {network.grade.every + 1:,} symbols, and {network.grade.every:,} are proved" in message
    sooner = rebuilt(network, {"snap.every": every(network, -1)})
    assert agreed(network_bytes(sooner))
    refused(network, "weights", **{"snap.every": index_tensor((1,), [0])})
    refused(network, "weights", **{"snap.every": index_tensor((1,), [1 << 62])})


@pytest.mark.parametrize("name", MAKE)
def test_prototypes_of_other_states_formats_and_shapes_are_refused(name):
    network = network_of(name)
    own = network.tensors["snap.prototype"]
    row = len(own.data) // own.shape[0]
    turned = replace(own, data=own.data[row:] + own.data[:row])
    assert "are proved" in refused(network, "snap", **{"snap.prototype": turned})
    refused(network, "snap", **{"snap.prototype": replace(own, data=bytes(len(own.data)))})
    refused(network, "weights", **{"snap.prototype": dense_tensor(own.shape, [], FLOAT32)})
    shorter = replace(own, shape=(own.shape[0] - 1, own.shape[1]), data=own.data[row:])
    refused(network, "weights", **{"snap.prototype": shorter})
    refused(network, "weights", **{"snap.prototype": None})
    refused(network, "weights", **{"snap.every": None})
    refused(network, "weights", **{"snap.every": index_tensor((2,), [1, 1])})


def test_a_plane_at_zero_is_put_back_at_zero():
    network = network_of("killed")
    own = network.tensors["snap.prototype"]
    (dead,) = [place for place in range(own.shape[0]) if not any(own.data[4 * place : 4 * place + 4])]
    for place in (4 * dead, 4 * dead + 2):
        data = bytearray(own.data)
        data[place : place + 2] = b"\1\0"  # the least number
        assert "none are proved" in refused(network, "snap", **{"snap.prototype": replace(own, data=bytes(data))})


@pytest.mark.parametrize(
    "make", [diagonal_parity, lambda: orbit_network("fifths-float16"), lambda: exact_quarters(FLOAT16)]
)
def test_what_never_rounds_or_closes_is_not_put_back(make):
    network = make()
    refused(network, "snap", **zeros(network))


def zeros(network):
    """Return tensors that put every state back at zero after every symbol."""
    shape = (len(network.machine.states), network.proof.size)
    return {"snap.prototype": dense_tensor(shape, [], network.form), "snap.every": index_tensor((1,), [1])}


def test_a_network_that_is_read_by_an_index_alone_is_not_put_back():
    network = mapped_parity(FLOAT32)
    assert "readout.weight" not in network.tensors
    refused(network, "weights", **zeros(network))


def test_regions_that_are_no_points_and_covers_are_not_put_back():
    for network, contract in ((saturating(FLOAT32), Contract.ROBUST), (cover_drift(FLOAT32), Contract.COVER)):
        assert network.contract is contract
        assert "contract injective" in refused(network, "snap", **zeros(network))


@pytest.mark.parametrize(
    ("make", "contract"),
    [("turns", "cover"), ("turns", "robust"), ("blocks", "cover"), ("killed", "robust"), ("reflections", "cover")],
)
def test_a_weaker_contract_is_not_that_of_a_state_put_back(make, contract):
    draft = open_file(network_bytes(network_of(make)))
    draft.certificate["claim"]["contract"] = contract
    assert not agreed(respell(derive(draft)))


@pytest.mark.parametrize("make", ["turns", "killed"])
def test_the_forger_derives_what_is_proved(make):
    data = network_bytes(network_of(make))
    assert respell(derive(open_file(data))) == data


CHANGES = {
    "another number": at("float", "snap", "every")(1),
    "a number of text": at("float", "snap", "every")("62"),
    "no number": without("float", "snap", "every"),
    "another distance": at("float", "snap", "away")("0e-24"),
    "no distance": without("float", "snap", "away"),
    "an extra field": at("float", "snap", "extra")(1),
    "nothing": without("float", "snap"),
    "another error of a step": at("float", "added")("0e-24"),
    "steps": at("claim", "steps")(62),
    "grade horizon": at("claim", "grade")("horizon"),
    "grade exact": at("claim", "grade")("exact"),
    "grade orbit": at("claim", "grade")("orbit"),
    "another reason": at("float", "reason")("x"),
    "steps of a format": at("float", "dtypes", "bfloat16")(62),
    "a scan": at("float", "scan", "dtypes", "bfloat16")("all lengths"),
}


@pytest.mark.parametrize("name", ["turns", "blocks", "joining"])
@pytest.mark.parametrize("title", CHANGES)
def test_every_forged_field_is_rejected(name, title):
    original = open_file(network_bytes(network_of(name)))
    draft = deepcopy(original)
    CHANGES[title](draft.certificate)
    assert draft.certificate != original.certificate
    assert not agreed(respell(draft))
