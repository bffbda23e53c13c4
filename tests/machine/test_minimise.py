"""Minimisation against automata-lib and against a quadratic refinement; quotient maps that refuse forgeries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from automata.fa.dfa import DFA
from hypothesis import given

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.minimise import coarsest_partition, minimise
from fsm2rnn.machine.quotient import QuotientMap
from fsm2rnn.machine.reachable import canonical, reachable, reachable_states, restrict
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.tracing.compare import distinguishing_word, isomorphism
from tests.strategies import acceptors, machines


def naive_classes(machine):
    """Refine the partition by output until every letter respects it (Moore, quadratic)."""
    color = [typed(output) for output in machine.outputs]
    while True:
        signature = [(color[state], *(color[target] for target in row)) for state, row in enumerate(machine.table)]
        numbers = {key: place for place, key in enumerate(dict.fromkeys(signature))}
        if len(numbers) == len(set(color)):
            return [numbers[key] for key in signature]
        color = [numbers[key] for key in signature]


def as_dfa(machine):
    return DFA(
        states=set(range(len(machine.states))),
        input_symbols={str(place) for place in range(len(machine.symbols))},
        transitions={
            state: {str(place): target for place, target in enumerate(row)} for state, row in enumerate(machine.table)
        },
        initial_state=machine.start,
        final_states={state for state, output in enumerate(machine.outputs) if output},
    )


@given(machines(max_states=10))
def test_the_partition_is_that_of_the_quadratic_algorithm(machine):
    fast, slow = coarsest_partition(machine), naive_classes(machine)
    assert len(set(fast)) == len(set(slow)) == len(set(zip(fast, slow, strict=True)))


@given(acceptors(max_states=10))
def test_the_minimal_machine_is_that_of_automata_lib(machine):
    quotient = minimise(machine)
    theirs = as_dfa(machine).minify(retain_names=False)
    assert len(quotient.target.states) == len(theirs.states)
    assert as_dfa(quotient.target) == theirs


@given(machines(max_states=10))
def test_minimising_keeps_outputs_and_does_nothing_twice(machine):
    quotient = minimise(machine)
    small = quotient.target
    assert distinguishing_word(machine, small) is None
    assert len(set(naive_classes(reachable(machine)))) == len(small.states)
    again = minimise(small)
    assert again.target == small
    assert again.image == tuple(range(len(small.states)))
    assert reachable_states(small) == list(range(len(small.states)))
    assert quotient.source == reachable(machine)
    for state, name in enumerate(small.states):
        assert name == quotient.source.states[quotient.image.index(state)]


@given(machines())
def test_the_canonical_numbering_keeps_every_state(machine):
    same = canonical(machine)
    order = reachable_states(machine)
    assert sorted(map(repr, same.states)) == sorted(map(repr, machine.states))
    assert [typed(name) for name in same.states[: len(order)]] == [typed(machine.states[state]) for state in order]
    assert reachable(same) == reachable(machine) == reachable(reachable(machine))
    assert isomorphism(machine, same) is not None
    assert canonical(same) == same
    assert restrict(machine, list(range(len(machine.states)))) == machine


SOURCE = StateMachine(("a", "b", "c"), ("x", "y"), ((1, 2), (0, 0), (0, 0)), 0, ("0", "1", "1"))
TARGET = StateMachine(("A", "B"), ("x", "y"), ((1, 1), (0, 0)), 0, ("0", "1"))
FORGED = {
    "a state short": ("quotient.image", {"image": (0, 1)}),
    "a state too many": ("quotient.image", {"image": (0, 1, 1, 1)}),
    "beyond the target": ("quotient.image", {"image": (0, 1, 2)}),
    "negative": ("quotient.image", {"image": (0, 1, -1)}),
    "not onto": ("quotient.image", {"image": (0, 0, 0)}),
    "swapped": ("quotient.start", {"image": (1, 0, 0)}),
    "a split class": ("quotient.table", {"image": (0, 1, 0)}),
    "another start": ("quotient.start", {"target": replace(TARGET, start=1)}),
    "other symbols": ("quotient.symbols", {"target": replace(TARGET, symbols=("x", "z"))}),
    "symbols in another order": ("quotient.symbols", {"target": replace(TARGET, symbols=("y", "x"))}),
    "another output": ("quotient.outputs", {"target": replace(TARGET, outputs=("0", "2"))}),
    "another table": ("quotient.table", {"target": replace(TARGET, table=((1, 0), (0, 0)))}),
    "another table later": ("quotient.table", {"target": replace(TARGET, table=((1, 1), (0, 1)))}),
}


@pytest.mark.parametrize("title", FORGED)
def test_a_forged_quotient_map_is_refused(title):
    parts = {"source": SOURCE, "target": TARGET, "image": (0, 1, 1)}
    QuotientMap(**parts)
    field, change = FORGED[title]
    with pytest.raises(CertificateError) as caught:
        QuotientMap(**parts | change)
    assert caught.value.field == field


def test_true_is_another_symbol_and_another_output_than_one():
    source = StateMachine(("a",), (1,), ((0,),), 0, (1,))
    for change, field in [({"symbols": (True,)}, "quotient.symbols"), ({"outputs": (True,)}, "quotient.outputs")]:
        with pytest.raises(CertificateError) as caught:
            QuotientMap(source, replace(source, **change), (0,))
        assert caught.value.field == field
    mixed = StateMachine(("a", "b"), ("x",), ((1,), (0,)), 0, (1, True))
    assert len(minimise(mixed).target.states) == 2
