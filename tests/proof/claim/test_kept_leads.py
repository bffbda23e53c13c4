"""The margin of codes whose leads are all that of the first: what all codes say, and no readout that fools it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.sparse import SparseMatrix, unit, vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder, DecoderKind
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.rounding import grade
from fsm2rnn.proof.rounding.grade import exact_grade
from tests.strategies import group_tracker

SWAP = SparseMatrix.from_rows([[0, 1], [1, 0]])
TURN = SparseMatrix.from_rows([[0, 0, 1], [1, 0, 0], [0, 1, 0]])
TWO = StateMachine.tracker(range(2), "x", ((1,), (0,)))


def simulation(machine, letters, codes, rows, bias=(), reads=None, code_reads=None):
    """Return the proof of a network of these numbers."""
    readout = SparseMatrix.from_rows(rows)
    decoder = Decoder(DecoderKind.LINEAR, readout, vector(enumerate(bias)), reads or tuple(range(len(rows))))
    points = tuple(vector(enumerate(code)) for code in codes)
    return Simulation(machine, letters, points, code_reads or tuple(range(len(codes))), decoder, Contract.INJECTIVE)


def every_lead(proof):
    """Return the least lead over all codes, one by one, by fractions."""
    leads = []
    for code, read in zip(proof.codes, proof.reads, strict=True):
        scores = dict.fromkeys(range(len(proof.decoder.reads)), Fraction(0)) | dict(proof.decoder.scores(code))
        right = max(score for row, score in scores.items() if proof.decoder.reads[row] == read)
        leads += [right - score for row, score in scores.items() if proof.decoder.reads[row] != read]
    return min(leads)


@pytest.mark.parametrize(
    "name", ["S3", "Q8@gens", "A5@gens", "Z12@gens", "counter(5)", "tomita3", "S4@gens", "modarith(3)"]
)
@pytest.mark.parametrize("target", ["integer", "pd", "minimal", "full", "householder"])
def test_the_margin_is_the_least_lead_of_all_codes(name, target):
    found = fsm2rnn.explain(name, target).answers[0].verdict
    if isinstance(getattr(found, "proof", None), Simulation):
        assert found.proof.margin == every_lead(found.proof)


@given(data=st.data())
def test_permuted_rows_of_any_readout(data):
    """Rows that the letters permute have one lead; a row or a bias that is changed has its own."""
    count = data.draw(st.integers(2, 5))
    permutations = st.permutations(range(count)).map(tuple)
    letters = data.draw(st.lists(permutations, min_size=1, max_size=3, unique=True))
    machine = group_tracker(letters)
    elements = machine.states
    start = data.draw(st.lists(st.integers(-3, 3), min_size=count, max_size=count))
    row = data.draw(st.lists(st.integers(-3, 3), min_size=count, max_size=count))
    changes = data.draw(st.lists(st.tuples(st.integers(0, len(elements) - 1), st.integers(-1, 1)), max_size=2))
    codes, rows = (moved(numbers, machine, letters) for numbers in (start, row))
    bias = np.zeros(len(elements), dtype=int)
    for place, change in changes:
        bias[place] += change
    places = range(count)
    matrices = tuple(SparseMatrix(count, tuple(unit(x.index(place)) for place in places)) for x in letters)
    try:
        proof = simulation(machine, matrices, codes.tolist(), rows.tolist(), bias.tolist())
    except CertificateError:
        scores = codes @ rows.T + bias
        right = scores.diagonal().copy()
        np.fill_diagonal(scores, scores.min() - 1)
        assert len(np.unique(codes, axis=0)) < len(codes) or (right <= scores.max(axis=1)).any()
        return
    assert proof.margin == (None if len(elements) == 1 else every_lead(proof))


def moved(numbers, machine, letters):
    """Return what a word that leads to each state makes of a vector: letter x sends coordinate x(i) to i."""
    found = {machine.start: np.array(numbers)}
    queue = [machine.start]
    for state in queue:
        for letter, reached in zip(letters, machine.table[state], strict=True):
            if reached not in found:
                found[reached] = found[state][list(letter)]
                queue.append(reached)
    return np.array([found[state] for state in range(len(machine.states))])


def test_one_lead_is_enough_where_rows_are_permuted(monkeypatch):
    asked = []
    plain = Decoder.margin

    def margin(self, codes, reads):
        asked.append(len(codes))
        return plain(self, codes, reads)

    monkeypatch.setattr(Decoder, "margin", margin)
    assert simulation(TWO, (SWAP,), [(1, 0), (0, 1)], [(2, 1), (1, 2)]).margin == 1
    assert simulation(TWO, (SWAP,), [(1, 0), (0, 1)], [(1, 0), (0, 1)]).margin == 1  # unit rows are not asked
    assert asked == [1, 2]


@pytest.mark.parametrize(
    ("rows", "bias", "margin"),
    [
        pytest.param([(3, 1), (1, 2)], (0, 0), 1, id="rows"),
        pytest.param([(3, 1), (1, 3)], (1, 0), 1, id="bias"),
    ],
)
def test_a_lead_of_another_code_counts_where_the_letters_do_not_permute(rows, bias, margin):
    proof = simulation(TWO, (SWAP,), [(1, 0), (0, 1)], rows, bias)
    assert proof.margin == margin == every_lead(proof)
    assert proof.decoder.margin(proof.codes[:1], proof.reads[:1]) > margin


def test_a_state_that_a_letter_merges_with_another():
    """Both have one row, so neither is read right; at the start, which is neither, the lead would be 2."""
    machine = StateMachine.tracker(range(3), "x", ((1,), (0,), (0,)))
    letters = (SparseMatrix.from_rows([[-1, 0], [0, -1]]),)
    with pytest.raises(CertificateError, match="is not read as state 1"):
        simulation(machine, letters, [(1, 0), (-1, 0)], [(1, 1), (-1, -1), (-1, -1)])


def test_rows_that_are_not_those_of_the_states_in_their_order():
    """The rows of a cycle of three are permuted, and the first code is read right: the others are not."""
    machine = StateMachine.tracker(range(3), "x", ((1,), (2,), (0,)))
    codes = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    rows = [(2, 1, 1), (1, 2, 1), (1, 1, 2)]
    assert simulation(machine, (TURN,), codes, rows).margin == 1
    with pytest.raises(CertificateError, match="is not read as state 1"):
        simulation(machine, (TURN,), codes, rows, reads=(0, 2, 1))


@pytest.mark.parametrize("name", ["S3", "A5@gens", "Z12@gens", "counter(5)", "tomita3", "modarith(3)"])
@pytest.mark.parametrize("target", ["integer", "pd", "minimal", "full", "householder", "factored"])
def test_a_bound_of_many_scores_is_no_less_than_the_largest(monkeypatch, name, target):
    proof = getattr(fsm2rnn.explain(name, target).answers[0].verdict, "proof", None)
    if isinstance(proof, Simulation):
        plain = exact_grade(proof)
        monkeypatch.setattr(grade, "VALUE_LIMIT", 0)
        bounded = exact_grade(proof)
        assert (bounded.partial_sums or 0) >= (plain.partial_sums or 0)
        assert set(bounded.formats) <= set(plain.formats)


def test_a_score_of_no_single_code_bounds_them_all(monkeypatch):
    """Rows of sizes (2, 1) take sums of 5 at codes (2, 1), and of 6 at (2, 2)."""
    proof = simulation(TWO, (SWAP,), [(2, 1), (1, 2)], [(2, -1), (-1, 2)])
    monkeypatch.setattr(grade, "VALUE_LIMIT", 0)
    assert exact_grade(proof).partial_sums == 6
    monkeypatch.undo()
    assert exact_grade(proof).partial_sums == 5
