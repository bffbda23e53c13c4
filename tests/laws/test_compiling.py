"""Laws of compiling, over all machines and all targets: what must not matter does not, and every machine compiles."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.compiler import ask, ask_all
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.product import product
from fsm2rnn.machine.reachable import restrict
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.storage import store
from fsm2rnn.targets import TARGETS
from fsm2rnn.targets.verdict import Compiled
from tests.strategies import LABELS, machines, permutation_machines

each_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
NAMES = ("states", "symbols", "outputs")


def certificate(machine, target):
    """Return the certificate of the float32 network."""
    verdict = ask(machine, target).verdict
    assert isinstance(verdict, Compiled)
    return json.loads(store(verdict.operator, verdict.proof, FLOAT32, {}).certificate)


def but_for_names(body):
    """Return a certificate without its labels and the digests that they enter."""
    nameless = {key: value for key, value in body["machine"].items() if key not in NAMES}
    return body | {"machine": nameless, "sha256": body["sha256"]["weights"]}


def sizes(machine):
    """Return what each target says, in one line."""
    return [(answer.target, str(answer.verdict)) for answer in ask_all(machine)]


@each_target
@settings(max_examples=40)
@given(machine=st.one_of(machines(), permutation_machines()))
def test_every_machine_compiles_with_one_unit_per_state_of_the_minimal_machine(target, machine):
    answer = ask(machine, target)
    assert isinstance(answer.verdict, Compiled)
    assert answer.machine == minimise(machine).target
    assert answer.verdict.operator.size == len(answer.machine.states)
    assert answer.verdict.proof.equations == len(answer.machine.states) * len(answer.machine.symbols)
    assert "exact at every length in float64, float32, bfloat16, float16" in str(answer.verdict)


@each_target
@settings(max_examples=40)
@given(data=st.data(), machine=machines())
def test_new_names_change_the_names_alone(target, data, machine):
    states = data.draw(st.lists(LABELS, min_size=len(machine.states), max_size=len(machine.states), unique=True))
    symbols = data.draw(st.lists(LABELS, min_size=len(machine.symbols), max_size=len(machine.symbols), unique=True))
    renamed = replace(machine, states=tuple(states), symbols=tuple(symbols))
    assert but_for_names(certificate(renamed, target)) == but_for_names(certificate(machine, target))
    assert sizes(renamed) == sizes(machine)


@each_target
@settings(max_examples=40)
@given(data=st.data(), machine=machines())
def test_another_order_of_states_changes_nothing(target, data, machine):
    order = data.draw(st.permutations(range(len(machine.states))))
    assert but_for_names(certificate(restrict(machine, order), target)) == but_for_names(certificate(machine, target))


@each_target
@settings(max_examples=40)
@given(data=st.data(), machine=machines())
def test_another_order_of_symbols_changes_no_verdict(target, data, machine):
    order = data.draw(st.permutations(range(len(machine.symbols))))
    table = tuple(tuple(row[place] for place in order) for row in machine.table)
    turned = replace(machine, symbols=tuple(machine.symbols[place] for place in order), table=table)
    assert sizes(turned) == sizes(machine)
    bodies = [certificate(turned, target), certificate(machine, target)]
    for field in ("claim", "operator", "induction", "separation", "float", "unreachable", "field"):
        assert bodies[0][field] == bodies[1][field]


@each_target
@settings(max_examples=40)
@given(data=st.data(), machine=machines())
def test_unreachable_states_change_nothing_at_all(target, data, machine):
    count, extra = len(machine.states), data.draw(st.integers(1, 3))
    rows = tuple(tuple(data.draw(st.integers(0, count + extra - 1)) for _ in machine.symbols) for _ in range(extra))
    names = tuple(("unreachable", "state", number, machine.states) for number in range(extra))
    larger = replace(
        machine,
        states=(*machine.states, *names),
        table=(*machine.table, *rows),
        outputs=(*machine.outputs, *[machine.outputs[0]] * extra),
    )
    assert certificate(larger, target) == certificate(machine, target)


@each_target
@settings(max_examples=40)
@given(machine=machines())
def test_a_product_with_itself_or_with_one_state_is_the_machine(target, machine):
    still = StateMachine(("still",), machine.symbols, ((0,) * len(machine.symbols),), 0, ("still",))
    wanted = but_for_names(certificate(machine, target))
    for partner in (machine, still):
        assert but_for_names(certificate(product(machine, partner), target)) == wanted
        assert but_for_names(certificate(product(partner, machine), target)) == wanted


@settings(max_examples=40)
@given(machines(max_symbols=2), machines(max_symbols=2))
def test_a_product_is_no_smaller_than_its_parts_and_no_larger_than_all_pairs(left, right):
    width = min(len(left.symbols), len(right.symbols))
    parts = [
        replace(part, symbols=tuple(range(width)), table=tuple(row[:width] for row in part.table))
        for part in (left, right)
    ]
    for target in TARGETS:
        small = [ask(part, target).verdict.operator.size for part in parts]
        whole = ask(product(*parts), target).verdict.operator.size
        assert max(small) <= whole <= small[0] * small[1]
    # The order of the factors is a matter of names.
    turned = [answer.verdict.operator.size for answer in ask_all(product(*reversed(parts)))]
    assert turned == [answer.verdict.operator.size for answer in ask_all(product(*parts))]


@each_target
@settings(max_examples=40)
@given(machine=machines())
def test_compiling_twice_gives_the_same_bytes(target, machine):
    assert certificate(machine, target) == certificate(machine, target)
    assert ask(minimise(machine).target, target).machine == ask(machine, target).machine
