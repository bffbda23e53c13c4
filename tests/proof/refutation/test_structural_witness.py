"""Witnesses about whole machines: Hankel minors, groups that are not solvable."""

from __future__ import annotations

import dataclasses
import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.linear.hankel import hankel_minor, hankel_span
from fsm2rnn.algebra.monoid.solvability import solvability
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.machine.permutations import compose
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation import structural_witness as module
from fsm2rnn.proof.refutation.structural_witness import PRIME, HankelMinor, Nonsolvable
from fsm2rnn.source.named.permutation_groups import closure
from fsm2rnn.source.read import read
from tests.proof.refusals import minimal, refused
from tests.strategies import acceptors, machines

change = dataclasses.replace

# Hankel minors


def hankel_of(machine):
    found = hankel_minor(hankel_span(machine))
    return HankelMinor(machine, found.prefixes, found.suffixes, found.functions)


PARITY = read("parity")
MINOR = HankelMinor(PARITY, ((), (1,)), ((), (1,)), (0, 0))


def test_a_minor_is_written_in_the_machines_labels():
    assert MINOR.rank == 2
    assert MINOR.to_json() == {
        "kind": "hankel-minor",
        "rank": 2,
        "prefixes": [[], ["1"]],
        "suffixes": [[], ["1"]],
        "functions": [0, 0],
    }
    assert str(MINOR) == "a regular Hankel minor of order 2"
    assert MINOR.hypotheses == (
        "one layer",
        "no additive term",
        "fewer than 2 dimensions",
        "outputs linear in the state",
    )


@pytest.mark.parametrize("name", ["flip-flop", "tomita3", "counter(5)", "Z3", "S3", "A4", "parity"])
def test_minors_of_catalogue_machines_are_regular(name):
    machine = minimal(name)
    assert hankel_of(machine).rank == Facts(machine).hankel.rank >= 1


@given(machines(max_states=4, max_symbols=2), st.data())
def test_no_minor_exceeds_the_number_of_states(machine, data):
    order = len(machine.states) + 1
    word = st.lists(st.integers(0, len(machine.symbols) - 1), max_size=4).map(tuple)
    words = st.lists(word, min_size=order, max_size=order).map(tuple)
    functions = st.integers(0, len(output_functions(machine)) - 1)
    chosen = data.draw(st.lists(functions, min_size=order, max_size=order).map(tuple))
    refused("the minor is singular", HankelMinor, machine, data.draw(words), data.draw(words), chosen)


@given(acceptors(max_states=5, max_symbols=2), st.data())
def test_regular_minors_are_those_of_rational_elimination(machine, data):
    order = data.draw(st.integers(1, 3))
    word = st.lists(st.integers(0, len(machine.symbols) - 1), max_size=3).map(tuple)
    prefixes, suffixes = (data.draw(st.tuples(*[word] * order)) for _ in range(2))
    rows = [[int(accepts(machine, prefix + suffix)) for suffix in suffixes] for prefix in prefixes]
    try:
        HankelMinor(machine, prefixes, suffixes, (0,) * order)
    except CertificateError:
        assert determinant(rows) == 0
    else:
        assert determinant(rows) != 0


def accepts(machine, word):
    state = machine.start
    for symbol in word:
        state = machine.table[state][symbol]
    return machine.outputs[state]


def determinant(rows):
    if not rows:
        return 1
    minors = ([row[:place] + row[place + 1 :] for row in rows[1:]] for place in range(len(rows)))
    return sum(
        (-1) ** place * value * determinant(minor)
        for place, (value, minor) in enumerate(zip(rows[0], minors, strict=True))
    )


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_elimination_modulo_a_prime_is_elimination(size):
    generator = random.Random(size)
    regular = 0
    for _ in range(80):
        rows = [[generator.randrange(-1, 2) for _ in range(size)] for _ in range(size)]
        wanted = determinant(rows) != 0
        assert module._is_regular([list(row) for row in rows]) == wanted
        regular += wanted
    assert 0 < regular < 80
    assert pow(3, PRIME - 1, PRIME) == 1


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_rows_of_one_entry_go_with_their_columns(size):
    generator = random.Random(size)
    regular = 0
    for _ in range(80):
        rows = [[int(generator.random() < 0.4) for _ in range(size)] for _ in range(size)]
        ones = [{place: 1 for place, value in enumerate(row) if value} for row in rows]
        wanted = determinant(rows) != 0
        assert module._is_regular_of(ones) == wanted
        regular += wanted
    assert 0 < regular < 80


def test_minors_that_are_not_square_or_not_regular_are_refused():
    square = "a minor is square"
    refused(square, change, MINOR, prefixes=((),))
    refused(square, change, MINOR, suffixes=((),))
    refused(square, change, MINOR, functions=(0,))
    refused(square, change, MINOR, prefixes=(*MINOR.prefixes, ()))
    for functions in ((0, 1), (0, -1)):
        refused("an output function lies outside 0..0", change, MINOR, functions=functions)
    refused("the minor is singular", change, MINOR, prefixes=((), ()))
    refused("the minor is singular", change, MINOR, suffixes=((), (0,)))
    for words in (((), (2,)), ((), (-1,))):
        refused("a word has a symbol outside 0..1", change, MINOR, prefixes=words)
        refused("a word has a symbol outside 0..1", change, MINOR, suffixes=words)


def test_minors_have_a_limit(monkeypatch):
    # The minor is 110 over 101 over 011: two rows of three numbers are reduced.
    machine = StateMachine((0, 1, 2), ("b",), ((1,), (2,), (0,)), 0, (True, True, False))
    words = ((), (0,), (0, 0))
    monkeypatch.setattr(module, "ELIMINATION_LIMIT", 5)
    with pytest.raises(LimitError, match="multiplications of a determinant: more needed, the limit is 5"):
        HankelMinor(machine, words, words, (0, 0, 0))
    assert change(MINOR) == MINOR  # nothing to reduce
    monkeypatch.setattr(module, "ELIMINATION_LIMIT", 6)
    assert HankelMinor(machine, words, words, (0, 0, 0)).rank == 3


def test_a_linear_realisation_bounds_every_minor():
    # Outputs c A_w h in {0, 1} of width 2: parity of the ones, by the signs of one coordinate.
    letters = (SparseMatrix.identity(2), SparseMatrix.from_rows([[1, 0], [0, -1]]))
    state = ((0, 1), (1, 1))
    assert letters[1].apply(state) == ((0, 1), (1, -1))
    words = [word for size in range(3) for word in itertools.product(range(2), repeat=size)]
    for prefixes in itertools.combinations(words, 3):
        refused("the minor is singular", HankelMinor, PARITY, prefixes, words[:3], (0, 0, 0))


# Groups that are not solvable


def nonsolvable(name):
    machine = minimal(name)
    found = solvability(machine).witness
    return Nonsolvable(machine, found.points, found.words, found.commutators)


A5 = nonsolvable("A5")


@pytest.mark.parametrize("name", ["A5", "S5@gens"])
def test_words_that_are_products_of_each_others_commutators_are_replayed(name):
    witness = nonsolvable(name)
    body = witness.to_json()
    assert body["kind"] == "nonsolvable"
    assert (len(body["points"]), len(body["words"])) == (len(witness.points), len(witness.words))
    assert body["commutators"] == [[list(pair) for pair in pairs] for pairs in witness.commutators]
    assert str(witness).startswith(f"{len(witness.words)} words, products of each other's commutators, permute ")
    assert witness.hypotheses[-1] == "finite orbit"
    # The group is not solvable: its derived series stops above the identity.
    group = set(closure([witness._permutation(word) for word in witness.words], limit=10_000))
    while len(group) > 1:
        products = {compose(compose(inverse(a), inverse(b)), compose(a, b)) for a in group for b in group}
        derived = set(closure(sorted(products), limit=10_000))
        if derived == group:
            break
        group = derived
    assert len(group) >= 60


def inverse(permutation):
    return tuple(sorted(range(len(permutation)), key=permutation.__getitem__))


@pytest.mark.parametrize("name", ["S3", "A4", "Z4", "S4@gens"])
def test_words_of_solvable_groups_are_refused(name):
    machine = minimal(name)
    generator = random.Random(name)
    points = tuple(range(len(machine.states)))
    for _ in range(200):
        words = tuple((generator.randrange(len(machine.symbols)),) for _ in range(3))
        pairs = [tuple(itertools.product(range(3), repeat=2))[index] for index in range(9)]
        commutators = tuple(tuple(generator.choices(pairs, k=2)) for _ in range(3))
        refused("a word acts trivially, or not as", Nonsolvable, machine, points, words, commutators)


def test_every_part_of_the_witness_is_needed():
    acts = "a word acts trivially, or not as its product of commutators"
    assert len(A5.words) > 1
    refused("words need as many products of commutators", change, A5, words=(), commutators=())
    refused("words need as many products of commutators", change, A5, commutators=A5.commutators[:-1])
    refused("words need as many products of commutators", change, A5, commutators=(*A5.commutators, ()))
    refused(acts, change, A5, commutators=((), *A5.commutators[1:]))
    refused(acts, change, A5, commutators=A5.commutators[::-1])
    # The identity is a product of no commutators.
    refused(acts, change, A5, words=((),), commutators=((),))
    refused(acts, change, A5, words=(*A5.words, ()), commutators=(*A5.commutators, ()))
    for pair in ((len(A5.words), 0), (0, len(A5.words)), (-1, 0), (0, -1)):
        refused("a commutator names no word", change, A5, commutators=((pair,), *A5.commutators[1:]))


def test_points_are_distinct_states_that_the_words_permute():
    count = len(A5.machine.states)
    for wrong in (count, -1):
        refused(f"a point is no state index below {count}", change, A5, points=(*A5.points[1:], wrong))
    permute = "a word does not permute the points"
    refused(permute, change, A5, points=A5.points[:-1])
    refused(permute, change, A5, points=(*A5.points, A5.points[0]))
    flip = minimal("flip-flop")
    refused(permute, Nonsolvable, flip, (0, 1), ((1,),), (((0, 0),),))


def test_states_with_equal_futures_prove_nothing():
    same = StateMachine(A5.machine.states, A5.machine.symbols, A5.machine.table, 0, ("same",) * 60)
    refused("the machine is not minimal", change, A5, machine=same)
    unreachable = StateMachine.tracker(range(2), "a", [[0], [1]], 0)
    refused("the machine is not minimal", Nonsolvable, unreachable, (0,), ((0,),), ((),))
