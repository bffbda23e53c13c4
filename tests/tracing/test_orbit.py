"""The orbit of stored weights: the codes that words reach, what each must be read as, and where that contradicts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Letter, Region
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.network import Orbit
from fsm2rnn.proof.stored.structures import Structure, meaning
from fsm2rnn.tracing.orbit import orbit, reached_regions, strongest_contract
from tests.proof.networks import MACHINES, PARITY, compiled, cover_network


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("target", ["full", "pd"])
def test_the_orbit_of_a_compiled_network_is_its_codes(name, target):
    network = compiled(MACHINES[name], target)
    stored = meaning(network.structure, network.tensors, len(network.machine.states))
    codes, reads = orbit(stored, network.machine, limit=len(network.trace.codes))
    assert dict(zip(codes, reads, strict=True)) == dict(zip(network.trace.codes, network.reads, strict=True))
    assert (codes[0], reads[0]) == (network.trace.codes[0], network.reads[0])
    assert strongest_contract(Orbit(codes), reads, stored) is Contract.INJECTIVE
    Simulation(network.machine, stored.matrices, codes, reads, stored.decoder, Contract.INJECTIVE)
    if len(codes) > 1:
        with pytest.raises(LimitError) as caught:
            orbit(stored, network.machine, limit=len(codes) - 1)
        assert caught.value.limit == len(codes) - 1


def test_several_codes_of_one_state_are_a_cover():
    network = cover_network()
    stored = meaning(Structure.DENSE, network.tensors, 2)
    codes, reads = orbit(stored, PARITY, limit=4)
    assert (len(codes), sorted(reads)) == (4, [0, 0, 1, 1])
    assert strongest_contract(Orbit(codes), reads, stored) is Contract.COVER


def test_a_code_that_must_be_read_as_two_states_is_refused():
    network = compiled(PARITY, "full")
    stored = meaning(Structure.DENSE, network.tensors, 2)
    other = replace(PARITY, table=((0, 1), (1, 1)))
    message = "symbol '1' sends the code of 'odd' to the code of 'even', expected that of 'odd'"
    with pytest.raises(CertificateError, match=message) as caught:
        orbit(stored, other, limit=10)
    assert caught.value.field == "induction"


def test_the_search_for_regions_has_a_limit():
    turning = Letter((), (Fraction(1, 5),))
    machine = StateMachine.tracker(range(5), ("on",), [[(state + 1) % 5] for state in range(5)])
    first = Region((), (Fraction(0),))
    found, reads = reached_regions((turning,), first, machine, limit=5)
    assert len(found.regions) == 5
    assert reads == (0, 1, 2, 3, 4)
    with pytest.raises(LimitError, match="regions that words reach: more needed, the limit is 4"):
        reached_regions((turning,), first, machine, limit=4)
