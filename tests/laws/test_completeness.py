"""Laws of completeness: what a target must hold, it compiles; a target that always gave up would pass all others."""

from __future__ import annotations

import itertools
import math

import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.compiler import ask, find_target
from fsm2rnn.constructions.sizes_json import sizes_to_json
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.structural_witness import HankelMinor
from fsm2rnn.targets import RUNGS
from fsm2rnn.targets.factored import FACTORED
from fsm2rnn.targets.full import FULL
from fsm2rnn.targets.minimal import MINIMAL
from fsm2rnn.targets.pd import PD
from fsm2rnn.targets.rotation import ROTATION
from tests.laws.held_machines import EVERY, GROUPS, HELD
from tests.strategies import machines

CASES = [
    pytest.param(name, contract, held, id=f"{name}-{contract.value}-{number}")
    for number, (name, contracts, held) in enumerate(HELD)
    for contract in contracts
]


def compiled(machine, target, contract=Contract.INJECTIVE):
    """Return the answer, which must be a network that keeps the contract."""
    answer = ask(machine, target, contract)
    assert isinstance(answer.verdict, Compiled), str(answer.verdict)
    assert answer.verdict.proof.contract.implies(contract)
    return answer


def hankel_matrix(machine):
    """Return [f(q w)] for all reachable states q, functions f and words w of fewer than |Q| symbols, by running."""
    functions = output_functions(machine)
    rows = [[] for _ in machine.states]
    for length in range(len(machine.states)):
        for word in itertools.product(range(len(machine.symbols)), repeat=length):
            for state, row in enumerate(rows):
                end = state
                for symbol in word:
                    end = machine.table[end][symbol]
                row += [function[end] for function in functions]
    return flint.fmpz_mat(rows)


def test_every_target_has_machines_that_it_must_hold():
    assert {name for name, _, _ in HELD} == {target.name for target in RUNGS}


@pytest.mark.parametrize(("name", "contract", "held"), CASES)
@settings(max_examples=40)
@given(data=st.data())
def test_what_a_target_must_hold_it_compiles(name, contract, held, data):
    verdict = compiled(data.draw(held), find_target(name), contract).verdict
    assert verdict.steps()["float64"] is None or verdict.steps()["float64"] > 1000


@pytest.mark.parametrize("target", [FULL, PD], ids=lambda target: target.name)
@given(machine=EVERY)
def test_full_takes_one_unit_per_state_of_the_minimal_machine_and_pd_no_more(target, machine):
    answer = compiled(machine, target)
    assert answer.verdict.operator.size <= len(answer.machine.states)
    # Signed permutations of fewer coordinates are pd's own.
    assert target.name == "pd" or answer.verdict.operator.size == len(answer.machine.states)
    assert answer.verdict.proof.equations == len(answer.machine.states) * len(answer.machine.symbols)
    assert "exact at every length in float64, float32, bfloat16, float16" in str(answer.verdict)


@settings(max_examples=60)
@given(machines(max_states=5))
def test_minimal_has_the_rank_of_the_hankel_matrix_and_a_regular_minor_of_that_order(machine):
    answer = compiled(machine, MINIMAL, Contract.LINEAR)
    verdict, minimal = answer.verdict, answer.machine
    rank = hankel_matrix(minimal).rank()
    assert (sizes_to_json(verdict.sizes)["rank"], verdict.operator.size) == (rank, max(1, rank))
    if not rank:
        assert verdict.minimal is None
        return
    minor = verdict.minimal
    assert isinstance(minor, HankelMinor)
    functions = output_functions(minimal)
    rows = [
        [
            functions[function][[minimal.start, *minimal.trajectory(prefix + suffix)][-1]]
            for suffix, function in zip(minor.suffixes, minor.functions, strict=True)
        ]
        for prefix in minor.prefixes
    ]
    assert len(rows) == len(rows[0]) == rank
    assert flint.fmpz_mat(rows).det() != 0


@given(EVERY)
def test_factored_takes_no_more_products_than_the_letters_have_images(machine):
    answer = compiled(machine, FACTORED)
    letters = set(zip(*answer.machine.table, strict=True))
    rank = sizes_to_json(answer.verdict.sizes)["rank"]
    assert rank == answer.verdict.operator.rank <= sum(len(set(letter)) for letter in letters)
    bounds = sizes_to_json(answer.verdict.sizes)["rank_at_least"]
    assert max(bounds["flattening"], bounds["pencil"] or 0) <= rank


@given(GROUPS)
def test_a_group_is_turned_with_as_many_coordinates_as_it_needs_generators(machine):
    answer = compiled(machine, ROTATION)
    operator, start, table = answer.verdict.operator, answer.machine.start, answer.machine.table
    planes = getattr(operator, "planes", 0)
    # A state is the element that takes the start to it, here as a map of all states.
    maps = {start: tuple(range(len(table)))}
    for state in (order := [start]):
        for symbol, reached in enumerate(table[state]):
            if reached not in maps:
                maps[reached] = tuple(table[end][symbol] for end in maps[state])
                order.append(reached)
    # G / G^p has p^r elements, and G needs as many generators as the largest r.
    ranks = [0]
    for prime in (2, 3, 5, 7):
        index = len(maps) // len({power(element, prime, start) for element in maps.values()})
        ranks.append(round(math.log(index, prime)))
        assert prime ** ranks[-1] == index
    assert operator.size - planes == max(1, *ranks)


def power(element, exponent, state):
    """Return the state after `exponent` times the same map."""
    for _ in range(exponent):
        state = element[state]
    return state
