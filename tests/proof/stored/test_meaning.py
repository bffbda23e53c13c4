"""Initial state, head and prototypes are in the format of the weights, whether a readout or an index reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import FLOAT32, FLOAT64
from fsm2rnn.operators.snapped import snapped
from fsm2rnn.operators.structure_tensors import dense_tensor, index_tensor
from tests.forgery.wrong.test_wrong_structures import rebuilt
from tests.proof.rounding.drift_networks import drift_network, mapped_parity, swapped_parity, written_latch

FORMED = {
    "a state that an index reads": (lambda: mapped_parity(FLOAT32), "initial_state"),
    "a state that a readout reads": (lambda: swapped_parity(FLOAT32), "initial_state"),
    "a head": (lambda: written_latch(FLOAT32), "head.weight"),
    "prototypes": (lambda: snapped(drift_network("C5-dense", FLOAT32)), "snap.prototype"),
}


def zeros_in(form, tensor):
    """Return zeros of the shape of a tensor."""
    return dense_tensor(tensor.shape, [], form)


@pytest.mark.parametrize("title", FORMED)
def test_tensors_have_the_format_of_the_weights(title):
    make, name = FORMED[title]
    network = make()
    rebuilt(network, {})
    with pytest.raises(CertificateError, match=f"{name} has another dtype than the weights"):
        rebuilt(network, {name: zeros_in(FLOAT64, network.tensors[name])})


def test_an_index_has_a_row_for_each_coordinate():
    network = mapped_parity(FLOAT32)
    with pytest.raises(CertificateError, match=r"readout\.index"):
        rebuilt(network, {"readout.index": index_tensor((3,), [0, 1, 1])})
    with pytest.raises(CertificateError, match="initial_state"):
        rebuilt(network, {"initial_state": replace(network.tensors["initial_state"], shape=(1, 2))})
