"""Claims of benchmark acceptors and of protocols, and the largest of the zoo, accepted without axioms."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn.rocq.assistant import Limits
from fsm2rnn.rocq.prove import Accepted, prove
from tests.rocq.claims import needs_coqc

ACCEPTORS = ["64.64.LT.4.1.6", "16.16.SP.4.1.9", "64.11.TLTT.4.3.4", "04.04.SP.6.1.6", "04.04.Reg.0.0.6"]
PROTOCOLS = ["TCP_Linux_Client", "OpenSSL_1.0.2_server_regular"]
ZOO = [("S5@gens", "pd"), ("S5@gens", "integer"), ("A5@gens", "integer"), ("S5", "full")]


def accepted(machine, target, contract, path):
    """Assert that the kernel accepts the claim of the compiled network, without axioms."""
    fsm2rnn.compile(machine, target, contract=contract).save(path)
    found = prove(path, limits=Limits(120))
    assert isinstance(found, Accepted), found
    assert found.axioms == ()


@needs_coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", ACCEPTORS)
def test_the_least_network_of_an_acceptor(name, shared_machines, tmp_path):
    machine = fsm2rnn.read(shared_machines / "mlregtest" / f"{name}.att", complete="sink")
    accepted(machine, "minimal", "linear", tmp_path / "net.safetensors")


@needs_coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", PROTOCOLS)
def test_the_networks_of_a_protocol(name, shared_machines, tmp_path):
    machine = fsm2rnn.read(shared_machines / "protocols" / f"{name}.dot")
    accepted(machine, "full", "injective", tmp_path / "full.safetensors")
    accepted(machine, "minimal", "linear", tmp_path / "minimal.safetensors")


@needs_coqc
@pytest.mark.slow
@pytest.mark.parametrize(("machine", "target"), ZOO)
def test_the_large_networks_of_the_zoo(machine, target, tmp_path):
    accepted(machine, target, "injective", tmp_path / "net.safetensors")
