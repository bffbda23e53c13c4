"""Networks of many integer codes, here of more than four: the rows of a readout are permuted, or all codes compared."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn.constructions import integer_network
from fsm2rnn.proof.claim.decoder import DecoderKind
from fsm2rnn.source.read import read


@pytest.fixture(autouse=True)
def _many(monkeypatch):
    monkeypatch.setattr(integer_network, "MANY", 4)


@pytest.mark.parametrize("name", ["S3@gens", "A5@gens", "Dih(7)@gens", "Z12@gens"])
def test_the_rows_of_letters_that_permute_the_codes(name):
    """No nearest prototype: the rows are those of a form that the letters keep, and the margin is that of all codes."""
    proof = fsm2rnn.explain(name, "integer").answers[0].verdict.proof
    assert proof.decoder.kind is DecoderKind.LINEAR
    assert not proof.decoder.bias
    assert proof.margin == proof.decoder.margin(proof.codes, proof.reads) > 0


@pytest.mark.parametrize("name", ["S3@gens", "S4@gens", "Dih(4)@gens"])
def test_isometries_are_read_by_the_nearest_prototype(name):
    proof = fsm2rnn.explain(name, "pd").answers[0].verdict.proof
    assert proof.decoder.kind is DecoderKind.NEAREST


@pytest.mark.parametrize("target", ["real-diagonal", "positive-diagonal", "integer", "householder", "block-diagonal"])
def test_letters_that_merge_states_have_no_such_form(target):
    """Three flags, each set by its letter: factors 0, whose matrices are singular."""
    table = [[state | 1 << flag for flag in range(3)] for state in range(8)]
    verdict = fsm2rnn.explain(fsm2rnn.from_table(table, outputs=list(range(8))), target).answers[0].verdict
    assert verdict.proof.decoder.kind is DecoderKind.NEAREST
    assert verdict.proof.margin > 0


def test_many_coordinates_are_not_inverted(monkeypatch):
    monkeypatch.setattr(integer_network, "FEW", 2)
    proof = fsm2rnn.explain(read("A5@gens"), "integer").answers[0].verdict.proof
    assert proof.decoder.kind is DecoderKind.NEAREST
