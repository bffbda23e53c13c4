"""Fewer products over Q beside those of binary fractions: said, proved over Q, and right for the steps told."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.dense.integer_codes import integer_codes
from fsm2rnn.constructions.dense.rational_products import rational_products
from fsm2rnn.constructions.sizes import Counts
from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.operators.factored import Factored
from fsm2rnn.pages.rows import lasts_text
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from tests.second_checker.checker import accepts


@pytest.fixture(scope="module")
def nine():
    return fsm2rnn.compile("A4xZ5@gens", "factored")


def test_the_network_that_never_rounds_stands_and_the_smaller_one_beside_it(nine):
    verdict = nine.verdict
    assert set(verdict.steps().values()) == {None}
    assert [verdict.sizes.of(Counts.PRODUCTS).number, verdict.sizes.facts.over_q] == [10, 9]
    smaller = verdict.smaller
    assert smaller.sizes.of(Counts.PRODUCTS).number == smaller.operator.rank == 9
    assert isinstance(smaller.proof, FieldSimulation)
    assert smaller.proof.conductor == 1
    assert 20_000 < smaller.steps()["float32"] < smaller.steps()["float64"]
    assert "R=9 over Q, which round, --grade smallest: steps: float64 " in lasts_text(verdict)


def test_the_smaller_network_is_had_by_its_grade(nine):
    stored = nine.proved("float32", grade="smallest")
    assert stored.tensors["gates"].shape == (3, 9)
    assert (stored.grade_name, stored.steps) == ("horizon", nine.verdict.smaller.steps()["float32"])
    data = network_bytes(stored)
    assert check_bytes(data).accepted
    assert accepts(data) == (True, "proved")
    # Where none stands beside it, the network is the smallest.
    parity = fsm2rnn.compile("parity", "factored")
    assert parity.proved(grade="smallest").grade_name == "exact"


def test_letters_that_merge_states_have_the_number_alone():
    verdict = fsm2rnn.compile("counter(5)", "factored").verdict
    assert (verdict.sizes.of(Counts.PRODUCTS).number, verdict.sizes.facts.over_q, verdict.smaller) == (7, 6, None)
    assert lasts_text(verdict) == "every length, every format; R=6 over Q, which round"


def test_factors_that_do_not_multiply_to_the_letters_are_refused(nine):
    facts = Facts(minimise(nine.machine).target)
    codes = integer_codes(facts)
    one = SparseMatrix.identity(codes.size)
    wrong = Factored(one, tuple(tuple((place, 1) for place in range(codes.size)) for _ in codes.matrices), one)
    with pytest.raises(CertificateError, match="factors"):
        rational_products(nine.machine, codes, wrong, Contract.INJECTIVE, nine.verdict.sizes)
