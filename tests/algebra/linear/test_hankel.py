"""The Hankel rank of known machines, and for all machines: exact equations, a minor of full rank, invariance."""

from __future__ import annotations

import dataclasses
import itertools

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.linear import hankel
from fsm2rnn.algebra.linear import word_span as modular
from fsm2rnn.algebra.linear.hankel import hankel_minor, hankel_span
from fsm2rnn.errors import InputError, LimitError, NumericError
from fsm2rnn.exact.sparse import SparseMatrix, unit, vector
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.machine.state_machine import StateMachine
from tests.algebra.linear.hankel_machines import (
    KNOWN,
    accepting,
    containing_one,
    random_acceptor,
    reversal,
    smallest,
    subsets,
    symbol_from_end,
)
from tests.strategies import acceptors, machines


def plain_rank(machine):
    """Return the dimension of U by the definition: functions join while they raise the rank over Q."""
    kept = []
    waiting = list(output_functions(machine))
    for function in waiting:
        if flint.fmpz_mat([*kept, function]).rank() > len(kept):
            kept.append(function)
            waiting += [[function[target] for target in column] for column in zip(*machine.table, strict=True)]
    return len(kept)


def largest(*matrices):
    return max((abs(value) for matrix in matrices for column in matrix.columns for _, value in column), default=0)


def entries(machine):
    found = Facts(machine).realisation
    return largest(SparseMatrix(len(machine.states), found.codes)), largest(*found.matrices), largest(found.head)


def dense(columns, height):
    return [[dict(column).get(row, 0) for column in columns] for row in range(height)]


SMALL = st.one_of(machines(), acceptors(max_states=8), acceptors(max_states=5).map(reversal)).map(
    lambda machine: minimise(machine).target
)


@pytest.mark.parametrize(("machine", "states", "rank"), KNOWN.values(), ids=KNOWN)
def test_the_rank_of_known_machines(machine, states, rank):
    found = machine()
    assert len(found.states) == states
    assert Facts(found).hankel.rank == rank


@pytest.mark.parametrize(
    ("machine", "codes", "matrices", "head"),
    [
        *[pytest.param(lambda n=n: smallest(f"tomita{n}"), 1, 1, 1, id=f"tomita{n}") for n in range(1, 8)],
        pytest.param(lambda: symbol_from_end(8), 1, 1, 1, id="8th from the end"),
        pytest.param(lambda: containing_one(6, 3), 1, 1, 1, id="3-subsets of 6"),
        pytest.param(lambda: containing_one(10, 5), 2, 1, 1, id="5-subsets of 10"),
        pytest.param(lambda: random_acceptor(200), 1, 1, 1, id="random"),
        pytest.param(lambda: reversal(random_acceptor(9, seed=235)), 1, 1, 1, id="mirrored random"),
        # The pivots alone would need halves here.
        pytest.param(
            lambda: accepting(subsets(8, 5), lambda chosen: len({0, 1} & set(chosen)) == 1),
            1,
            2,
            2,
            id="5-subsets of 8",
        ),
    ],
)
def test_the_largest_entries(machine, codes, matrices, head):
    assert entries(machine()) == (codes, matrices, head)


@given(SMALL)
def test_the_equations_hold_over_the_integers(machine):
    found = Facts(machine).realisation
    height = max(found.rank, 1)
    outputs = list(zip(*output_functions(machine), strict=True))
    assert found.head.height == len(outputs[0])
    assert all(
        len(matrix.columns) == matrix.height == height for matrix in (*found.matrices, SparseMatrix.identity(height))
    )
    for state, code in enumerate(found.codes):
        assert found.head.apply(code) == vector(enumerate(outputs[state]))
        for matrix, target in zip(found.matrices, machine.table[state], strict=True):
            assert matrix.apply(code) == found.codes[target]
    everything = itertools.chain(found.codes, found.head.columns, *(matrix.columns for matrix in found.matrices))
    assert all(type(value) is int for column in everything for _, value in column)


@given(SMALL)
def test_codes_of_a_minimal_machine_are_distinct(machine):
    assert len(set(Facts(machine).realisation.codes)) == len(machine.states)


@given(SMALL)
def test_the_rank_is_the_dimension_by_the_definition(machine):
    found = Facts(machine).realisation
    assert Facts(machine).hankel.rank == found.rank == plain_rank(machine)
    assert flint.fmpz_mat(dense(found.codes, max(found.rank, 1))).rank() == max(found.rank, 1)


@given(SMALL)
def test_the_minor_is_not_singular(machine):
    minor = hankel_minor(hankel_span(machine))
    rank = Facts(machine).hankel.rank
    assert len(minor.prefixes) == len(minor.suffixes) == len(minor.functions) == rank
    functions = output_functions(machine)

    def after(word):
        return [machine.start, *machine.trajectory(word)][-1]

    rows = [
        [
            functions[function][after(prefix + suffix)]
            for suffix, function in zip(minor.suffixes, minor.functions, strict=True)
        ]
        for prefix in minor.prefixes
    ]
    assert flint.fmpz_mat(rank, rank, [entry for row in rows for entry in row]).det() != 0


@given(SMALL)
def test_prefixes_are_shortest_words(machine):
    distance = {machine.start: 0}
    found = [machine.start]
    for state in found:
        for target in machine.table[state]:
            if target not in distance:
                distance[target] = distance[state] + 1
                found.append(target)
    for prefix in hankel_minor(hankel_span(machine)).prefixes:
        assert len(prefix) == distance[[machine.start, *machine.trajectory(prefix)][-1]]


@given(SMALL)
def test_affine_says_whether_the_constant_is_a_combination_of_coordinates(machine):
    found = Facts(machine).realisation
    rows = dense(found.codes, max(found.rank, 1))
    assert found.affine == (flint.fmpz_mat([*rows, [1] * len(machine.states)]).rank() == len(rows))


@given(SMALL, st.randoms(use_true_random=False))
def test_names_and_repeated_letters_leave_the_rank_unchanged(machine, source):
    order = source.sample(range(len(machine.states)), len(machine.states))
    place = {state: position for position, state in enumerate(order)}
    letters = source.choices(range(len(machine.symbols)), k=2) + list(range(len(machine.symbols)))
    renamed = StateMachine(
        tuple(range(len(order))),
        tuple(range(len(letters))),
        tuple(tuple(place[machine.table[state][letter]] for letter in letters) for state in order),
        place[machine.start],
        tuple(machine.outputs[state] for state in order),
    )
    found = Facts(renamed).realisation
    assert found.rank == Facts(machine).hankel.rank
    assert found.matrices[0] is found.matrices[2 + letters[0]]


@given(acceptors(max_states=5))
def test_a_language_and_its_mirror_image_have_one_rank(machine):
    assert Facts(reversal(machine)).hankel.rank == Facts(minimise(machine).target).hankel.rank


@given(machines())
def test_a_tracker_needs_all_its_states(machine):
    # Numbers, since a machine with the states False and True is an acceptor.
    tracker = minimise(dataclasses.replace(machine, outputs=tuple(range(len(machine.states))))).target
    found = Facts(tracker).realisation
    assert found.rank == len(tracker.states)
    assert found.codes == tuple(map(unit, range(found.rank)))
    for number, matrix in enumerate(found.matrices):
        assert matrix.columns == tuple(unit(row[number]) for row in tracker.table)


def test_never_accepting_is_the_constant_with_head_zero():
    found = Facts(StateMachine((0,), ("a", "b"), ((0, 0),), 0, (False,))).realisation
    one = SparseMatrix.identity(1)
    assert found == hankel.Realisation(0, one.columns, (one, one), SparseMatrix(1, ((),)), affine=True)
    assert hankel_minor(hankel_span(StateMachine((0,), ("a",), ((0,),), 0, (False,)))) == hankel.Minor((), (), ())


TWO_OF_THREE = StateMachine((0, 1, 2), ("a",), ((1,), (2,), (0,)), 0, (True, True, False))


def test_a_prime_that_lowers_the_rank_is_left(monkeypatch):
    # The sum of the three functions is 2: they are dependent modulo 2 alone.
    monkeypatch.setattr(hankel, "PRIMES", (2,))
    with pytest.raises(NumericError, match="modulo each of the primes"):
        _ = Facts(TWO_OF_THREE).hankel.rank
    monkeypatch.setattr(hankel, "PRIMES", (2, *modular.PRIMES))
    assert Facts(TWO_OF_THREE).hankel.rank == 3


@given(machine=SMALL)
@pytest.mark.parametrize("prime", [2, 3, 5])
def test_tiny_primes_give_the_same_ranks(prime, machine):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hankel, "PRIMES", (prime, *modular.PRIMES))
        assert Facts(machine).realisation.rank == plain_rank(machine)


def test_unreachable_states_are_refused():
    with pytest.raises(InputError, match="1 states are not reachable"):
        _ = Facts(StateMachine((0, 1), ("a",), ((0,), (0,)), 0, (True, False))).hankel.rank


@pytest.mark.parametrize(
    ("module", "limit", "what"),
    [
        (hankel, "STATE_LIMIT", "states of a Hankel matrix"),
        (modular, "RANK_LIMIT", "Hankel rank"),
        (modular, "STEP_LIMIT", "steps of the backward closure"),
        (hankel, "ENTRY_LIMIT", "entries of the matrices"),
    ],
)
def test_limits_stop_it(monkeypatch, module, limit, what):
    monkeypatch.setattr(module, limit, 2)
    with pytest.raises(LimitError, match=what):
        _ = Facts(smallest("tomita3")).realisation


def test_many_states_of_high_rank_are_refused_before_the_memory_is_spent():
    with pytest.raises(LimitError, match="Hankel rank"):
        _ = Facts(random_acceptor(2000)).hankel.rank
    ring = StateMachine.tracker(range(5000), ("a",), [((state + 1) % 5000,) for state in range(5000)])
    with pytest.raises(LimitError, match="states of a Hankel matrix"):
        _ = Facts(ring).hankel.rank


def test_hundreds_of_states_and_many_letters():
    machine = random_acceptor(400, symbols=64)
    assert Facts(machine).realisation.rank == Facts(machine).hankel.rank == len(machine.states) == 400


def test_outputs_that_python_calls_equal_are_not_confused():
    # True == 1, so the two machines are equal as values, but only the first is an acceptor.
    acceptor = StateMachine(("a", "b"), ("x",), ((1,), (1,)), 0, (False, True))
    labelled = dataclasses.replace(acceptor, outputs=(0, 1))
    assert acceptor == labelled
    for first, then in ((acceptor, labelled), (labelled, acceptor)):
        assert [Facts(machine).realisation.head.height for machine in (first, then)] == [
            len(output_functions(machine)) for machine in (first, then)
        ]
