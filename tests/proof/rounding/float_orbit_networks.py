"""Networks in short formats whose float states close, proved so: cycles, a cover, blocks, and a line that decays."""

from __future__ import annotations

from functools import cache

from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import network_bytes
from fsm2rnn.proof.file.network import FloatOrbit, ProvedNetwork
from fsm2rnn.tracing.float_states import Closed, search_float_states
from tests.proof.region_networks import counting_cycle, stored, turning
from tests.proof.rounding.drift_networks import drift_network


def closed_network(plain):
    """Return the network with its closed float states for a proof."""
    found = search_float_states(plain.stored, plain.machine)
    assert isinstance(found, Closed)
    contract = Contract.INJECTIVE if len(set(found.reads)) == len(found.reads) else Contract.COVER
    trace = FloatOrbit(found.states)
    return ProvedNetwork(plain.machine, contract, trace, found.reads, plain.structure, plain.tensors, plain.evidence)


PLAIN = {
    "fifths-float16": lambda: stored(turning(5, [1, 2]), FLOAT16),
    "eighths-bfloat16": lambda: stored(turning(8, [1, 3]), BFLOAT16),
    "thirds-cover-float16": lambda: stored(turning(3, [1], 6), FLOAT16),
    "blocks-bfloat16": lambda: drift_network("C3xC2-blocks", BFLOAT16),
    "counting-float16": lambda: counting_cycle(FLOAT16),
}


@cache
def orbit_network(name):
    """Return a named network, proved once."""
    return closed_network(PLAIN[name]())


@cache
def orbit_files():
    """Return the network files."""
    return {name: network_bytes(orbit_network(name)) for name in PLAIN}
