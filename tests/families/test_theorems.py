"""What the literature proves of these recurrences, as verdicts with their words, and at finite precision as orbits."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.compiler import ask, find_target, minimal_facts
from fsm2rnn.constructions.refutation import long_way_round, nonsolvable_words, periodic_word
from fsm2rnn.constructions.verdict import Impossible
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.law import Law
from tests.cli.commands import answer

POSITIVE = ["mamba", "gla", "hgrn2", "griffin", "mingru", "minlstm", "linear-attention"]
numbers = st.floats(-2, 2, width=16)


def refused(machine, name):
    found = ask(fsm2rnn.read(machine), find_target(name), Contract.INJECTIVE).verdict
    assert isinstance(found, Impossible)
    return found.witness


@pytest.mark.parametrize("name", POSITIVE)
@pytest.mark.parametrize("machine", ["parity", "Z3@gens"])
def test_no_positive_gates_count_at_any_depth(name, machine):
    """With finite orbit a word that goes around states refutes stacks of such layers too, not one layer alone."""
    words = refused(machine, name)
    facts = minimal_facts(fsm2rnn.read(machine))
    cycle = periodic_word(facts.machine, facts.aperiodicity.cycle)
    assert (cycle.stride, cycle.length) == (1, len(facts.machine.states))
    assert replace(words) == words


def orbit_period(step, state):
    """Return the period in which iterating a map of finitely many states ends."""
    met = {}
    while state not in met:
        met[state] = len(met)
        state = step(state)
    return len(met) - met[state]


@given(numbers, numbers, numbers, st.booleans())
def test_a_real_line_at_finite_precision_counts_to_two_at_most(factor, offset, first, positive):
    """Rounding keeps the order, so h <- a h + b is monotone on floats; with a >= 0 it ends at rest, else twice is."""
    factor = abs(factor) / 2 if positive else factor / 2  # bounded
    a, b = (torch.tensor(one, dtype=torch.float16) for one in (factor, offset))

    def step(h):
        return float(a * torch.tensor(h, dtype=torch.float16) + b)

    assert orbit_period(step, float(torch.tensor(first, dtype=torch.float16))) in ({1} if positive else {1, 2})


@given(st.lists(numbers, min_size=8, max_size=8))
def test_a_real_triangle_at_finite_precision_counts_to_powers_of_two(drawn):
    a, c, d, b, e, *first = (torch.tensor(one / 2, dtype=torch.float16) for one in drawn)

    def step(state):
        h, g = (torch.tensor(one, dtype=torch.float16) for one in state)
        return float(a * h + b), float(d * g + (c * h + e))

    assert orbit_period(step, tuple(float(one) for one in first[:2])) in {1, 2, 4}


def test_three_is_counted_by_no_real_diagonal():
    assert refused("Z3@gens", "mamba-negative").law is Law.SQUARES_BEFORE
    cycle = long_way_round(minimal_facts(fsm2rnn.read("Z3@gens")).machine, 2)
    assert (cycle.stride, cycle.length) == (2, 3)


@pytest.mark.parametrize("updates", [1, 2, 3])
def test_a_letter_around_five_takes_four_updates_with_one_code_per_state(updates, capsys):
    found = answer(
        capsys, "explain", "S5@gens", "-t", "householder", "--budget", "inf", "--ask", f"n-h={updates}", status=1
    )
    assert found["answer"] == "no"
    assert ("4 updates" if updates > 1 else "2 updates") in found["reason"]


def test_alternating_five_is_in_no_stack_of_commuting_layers():
    for machine, solvable in (("A5@gens", False), ("S5@gens", False), ("S4@gens", True)):
        facts = minimal_facts(fsm2rnn.read(machine))
        witness = nonsolvable_words(facts.machine, facts.solvability.witness)
        assert (witness is None) == solvable == facts.solvability.solvable
        assert witness is None or replace(witness) == witness
