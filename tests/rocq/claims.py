"""Networks whose claims are written, each by its target and machine, and what the assistant's tests need."""

from __future__ import annotations

import shutil
from functools import cache

import pytest

import fsm2rnn
from fsm2rnn.proof.file.checker import network_bytes, prove_bytes
from fsm2rnn.rocq.claim import claim_of

# target, machine, contract: every structure that a text is written for
EXACT = [
    ("full", "S3@gens", "injective"),
    ("pd", "flip-flop", "injective"),
    ("minimal", "tomita3", "linear"),
    ("integer", "S3@gens", "injective"),
    ("block-diagonal", "S3@gens", "injective"),
    ("factored", "flip-flop", "injective"),
    ("householder", "S3@gens", "injective"),
    ("real-diagonal", "parity", "injective"),
    ("full", "tomita4", "linear"),
]


def needs_coqc(test):
    """Mark a test that runs the proof assistant; it is skipped where there is none."""
    absent = shutil.which("coqc") is None
    return pytest.mark.rocq(pytest.mark.skipif(absent, reason="needs coqc: apt-get install coq libcoq-flocq")(test))


@cache
def network(target: str, machine: str, contract: str = "injective"):
    """Return the proved network, as read from the bytes of its file."""
    return prove_bytes(network_bytes(fsm2rnn.compile(machine, target, contract=contract).proved()))


@cache
def claim(target: str, machine: str, contract: str = "injective"):
    """Return the claim of the network."""
    return claim_of(network(target, machine, contract))
