"""Each witness says under which contracts it refutes: all of them listed, and each limit shown by a network beyond."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.monoid.solvability import solvability
from fsm2rnn.compiler import ask
from fsm2rnn.constructions.family_refutation import (
    complex_gates,
    earlier_of_one_length,
    more_than_last_and_length,
    one_key,
    something_moves,
)
from fsm2rnn.constructions.verdict import Compiled, Impossible
from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.contracts import (
    EVERY_CONTRACT,
    FINITE_ORBIT,
    LINEAR_HEAD,
    ONE_CODE_PER_STATE,
    require_refuted,
)
from fsm2rnn.proof.refutation.fixed_transition_witness import EqualLengths, Repeated
from fsm2rnn.proof.refutation.law import Law
from fsm2rnn.proof.refutation.merging_witness import Merge, NoncommutingIdempotents
from fsm2rnn.proof.refutation.radical_witness import Radical
from fsm2rnn.proof.refutation.structural_witness import HankelMinor, Nonsolvable
from fsm2rnn.proof.refutation.turn_witness import ShortTurn
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, Transient, Witness
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL
from fsm2rnn.targets.integer import INTEGER
from fsm2rnn.targets.real_diagonal import REAL_DIAGONAL
from tests.proof.refusals import minimal, refused

ALL = {*Contract}
FINITE = {Contract.LINEAR, Contract.INJECTIVE, Contract.COVER}
ONE_CODE = {Contract.LINEAR, Contract.INJECTIVE}
FLIP_FLOP, PARITY, COUNTER = minimal("flip-flop"), minimal("parity"), minimal("counter(2)")
# Both letters have the image {p, q}; r goes to p under one and to q under the other.
MIRROR = StateMachine.tracker("pqr", "efg", [[0, 0, 2], [1, 1, 2], [0, 1, 2]], 0)
UP = 1 if COUNTER.table[COUNTER.start][1] != COUNTER.start else 0


def broken(name, law):
    """Return a witness of letters x and y, in place of z and w the empty word."""
    machine = minimal(name)
    count = len(set(law.value[0]))
    for letters in itertools.product(range(len(machine.symbols)), repeat=min(count, 2)):
        words = (*((letter,) for letter in letters), *((),) * (count - 2))
        try:
            return BrokenLaw(machine, law, words, (), ())
        except CertificateError:
            continue
    message = f"{name} keeps {law}"
    raise AssertionError(message)


def nonsolvable(name):
    machine = minimal(name)
    found = solvability(machine).witness
    return Nonsolvable(machine, found.points, found.words, found.commutators)


def saturates():
    """Return the witness that counting up is never undone."""
    machine = COUNTER
    one = machine.table[machine.start][UP]
    assert machine.table[one][UP] not in (machine.start, one)
    return Transient(machine, (), (UP,), ((),))


WITNESSES = [
    (broken("flip-flop", Law.ORDER), ALL),
    (broken("parity", Law.RIGHT_REGULAR), FINITE),
    (broken("Z3", Law.SQUARES_BEFORE), FINITE),
    (broken("S3", Law.ORDER_BEFORE), FINITE),
    (broken("A4", Law.SQUARES), FINITE),
    (Cycle(PARITY, (), (1,), 1, ()), ALL),
    (saturates(), FINITE),
    (Merge(FLIP_FLOP, (), (2,), 1, ()), FINITE),
    (NoncommutingIdempotents(FLIP_FLOP, (1,), (2,), (), ()), FINITE),
    (NoncommutingIdempotents(MIRROR, (0,), (1,), (2,), ()), ALL),
    (EqualLengths(PARITY, (1,), (0,), (0,), ()), ALL),
    (Repeated(PARITY, (1,), (0,), ()), ALL),
    (ShortTurn(PARITY, (), 1, ()), ONE_CODE),
    (one_key(Facts(minimal("even-pairs"))), ONE_CODE),
    (earlier_of_one_length(Facts(PARITY)), FINITE),
    (more_than_last_and_length(Facts(PARITY)), FINITE),
    (something_moves(Facts(PARITY)), ALL),
    (complex_gates(Facts(minimal("re:a*b*c*"))), FINITE),
    (nonsolvable("A5"), FINITE),
    (HankelMinor(PARITY, ((), (1,)), ((), (1,)), (0, 0)), {Contract.LINEAR}),
    (Radical(FLIP_FLOP, ((1,), (2,)), (1, -1), ()), ONE_CODE),
]
ROWS = pytest.mark.parametrize(("witness", "contracts"), WITNESSES, ids=lambda one: type(one).__name__)


def test_every_kind_of_witness_and_every_law_is_listed():
    assert {type(witness) for witness, _ in WITNESSES} == {*get_args(Witness)}
    assert {witness.law for witness, _ in WITNESSES if isinstance(witness, BrokenLaw)} == {*Law}


@ROWS
def test_a_witness_says_its_contracts_and_no_verdict_goes_beyond(witness, contracts):
    assert witness.contracts == contracts
    for contract in Contract:
        if contract in contracts:
            assert Impossible(witness, contract).hypotheses
        else:
            refused(f"says nothing of networks that only keep contract {contract.value}", Impossible, witness, contract)


@ROWS
def test_a_finite_orbit_is_a_hypothesis_of_all_but_the_witnesses_against_robust_networks(witness, contracts):
    for contract in contracts:
        named = Impossible(witness, contract).hypotheses
        assert ("finite orbit" in named) == (contract is not Contract.ROBUST)
        assert ("bounded orbit read with a positive margin" in named) == (contract is Contract.ROBUST)


@pytest.mark.parametrize("contract", Contract)
@pytest.mark.parametrize("refuted", [EVERY_CONTRACT, FINITE_ORBIT, ONE_CODE_PER_STATE, LINEAR_HEAD, frozenset()])
def test_a_contract_that_is_not_named_is_refused(contract, refuted):
    if contract in refuted:
        require_refuted(contract, refuted)
    else:
        refused(f"only keep contract {contract.value}", require_refuted, contract, refuted)


@pytest.mark.parametrize("target", [REAL_DIAGONAL, AFFINE_POSITIVE_DIAGONAL], ids=lambda target: target.name)
def test_decay_holds_what_a_finite_orbit_refutes(target):
    assert isinstance(ask(COUNTER, target).verdict, Impossible)
    verdict = ask(COUNTER, target, Contract.ROBUST).verdict
    assert isinstance(verdict, Compiled)
    assert verdict.proof.contract is Contract.ROBUST
    # Its matrices are invertible, though letters merge states: `Merge` too needs the finite orbit.
    factors = {factor for row in verdict.operator.factors for factor in row}
    assert 0 not in factors
    assert Merge(COUNTER, (UP,), (UP, UP), UP, ()).contracts == FINITE


def test_a_minor_says_nothing_of_networks_without_a_linear_head():
    machine = minimal("S3@gens")
    integer = ask(machine, INTEGER).verdict
    minimal_width = len(machine.states)
    words = {machine.start: ()}
    for state in (order := [machine.start]):
        for symbol, after in enumerate(machine.table[state]):
            if after not in words:
                words[after] = (*words[state], symbol)
                order.append(after)
    prefixes = tuple(words[state] for state in range(minimal_width))
    minor = HankelMinor(machine, prefixes, ((),) * minimal_width, tuple(range(minimal_width)))
    assert (minor.rank, integer.operator.size < minor.rank) == (minimal_width, True)
    assert integer.proof.contract is Contract.INJECTIVE
