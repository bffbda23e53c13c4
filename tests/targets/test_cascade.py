"""What the target answers: stacks for solvable machines, words for others, and sizes as best found."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn.compiler import ask_and_prove, minimal_facts
from fsm2rnn.constructions.sizes import Counts
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.machine.mealy import mealy_form
from fsm2rnn.operators.stack_recipe import LayerKind
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.structural_witness import Nonsolvable
from fsm2rnn.proof.refutation.witness import Cycle
from fsm2rnn.result import find_format
from fsm2rnn.source.read import read
from fsm2rnn.targets import STACKS, TARGETS
from fsm2rnn.targets.block_cascade import BLOCK_CASCADE
from fsm2rnn.targets.cascade import CASCADE
from tests.algebra.cascade.aperiodic_machines import aperiodic_machines
from tests.proof.stack_networks import ABSORBED

T5 = "maps:1,2,3,4,0;1,0,2,3,4;0,0,2,3,4"


def answer(machine, contract=Contract.INJECTIVE):
    return CASCADE.compile(minimal_facts(read(machine) if isinstance(machine, str) else machine), contract)


def test_it_is_asked_by_name_and_not_among_all():
    assert STACKS == (CASCADE, BLOCK_CASCADE)
    assert CASCADE not in TARGETS
    assert fsm2rnn.compile("flip-flop", "cascade").target == "cascade"
    assert "cascade" not in {one.target for one in fsm2rnn.explain("flip-flop").answers}


def test_machines_without_groups_have_stacks_of_gates_alone():
    for machine in aperiodic_machines(20, seed=40):
        found = answer(machine)
        assert isinstance(found, Compiled)
        assert not any(layer.turns for layer in found.operator.layers)
        assert found.sizes.reason is None


def test_others_turn_and_say_the_cycle_for_which_gates_do_not_do():
    found = answer("parity")
    assert isinstance(found, Compiled)
    assert found.sizes.facts.kinds == (LayerKind.TURNS,)
    assert found.sizes.reason == (
        "layers of gates alone hold no cycle, and after the empty word, 1 leads around a cycle of 2 states"
    )


@pytest.mark.parametrize("name", ["A5@gens", "S5@gens", T5])
def test_groups_that_are_not_solvable_are_impossible_with_their_words(name):
    found = answer(name)
    assert isinstance(found, Impossible)
    assert isinstance(found.witness, Nonsolvable)
    assert "commuting transitions" in str(found)


@pytest.mark.parametrize("contract", Contract)
def test_contracts(contract):
    found = answer("flip-flop", contract)
    if contract is Contract.LINEAR:
        assert isinstance(found, Unsettled)
        assert "the greatest logit of a stack is proved" in found.tried
    else:
        assert isinstance(found, Compiled)
        assert found.proof.contract is Contract.COVER


def test_sizes_are_best_found_and_counted_from_the_layers():
    found = answer(ABSORBED)
    assert isinstance(found, Compiled)
    recipe = found.operator
    assert found.sizes.of(Counts.LAYERS).number == len(recipe.layers) == 3
    assert str(found.sizes.of(Counts.LAYERS).proof) == str(found.sizes.width.proof) == "best found"
    assert recipe.size == sum(layer.channels for layer in recipe.layers)
    assert recipe.units == sum(len(layer.units) for layer in recipe.layers) + len(recipe.shown)
    stored = found.store(find_format("float32"), {})
    numbers = sum(len(one.data) // 4 for name, one in stored.tensors.items() if name.startswith("layers"))
    assert found.parameters == numbers


def test_explain_tells_layers_units_and_what_is_proved():
    said = fsm2rnn.explain("re:(a|b)*abb", "cascade").to_json()["targets"]["cascade"]
    assert said["verdict"] == "compiled"
    assert said["proved"] is True
    assert (said["layers"], said["layers_is"], said["size_is"]) == (3, "best found", "best found")
    assert set(said["dtypes"]) == {"float64", "float32", "bfloat16", "float16"}
    assert (said["turning_layers"], said["layer_kinds"]) == (0, ["gates"] * 3)
    (again,) = ask_and_prove(minimal_facts(read("A5@gens")), Contract.COVER, [CASCADE])
    assert isinstance(again.verdict, Impossible)


def test_limits_leave_it_unsettled_by_name(monkeypatch):
    monkeypatch.setattr("fsm2rnn.algebra.cascade.contexts.CONTEXT_LIMIT", 2)
    with pytest.raises(LimitError, match="contexts of a cascade"):
        answer("dyck(2,2)")
    said = fsm2rnn.explain("dyck(2,2)", "cascade").to_json()["targets"]["cascade"]
    assert said["verdict"] == "unsettled"


def test_a_format_that_only_stores_is_refused():
    with pytest.raises(NumericError, match="float8_e4m3fn only stores numbers"):
        fsm2rnn.compile("flip-flop", "cascade").proved("float8_e4m3fn")


def test_parity_is_in_no_stack_of_gates_at_any_depth():
    """The cycle is replayed by the kernel, whose theorem speaks of stacks."""
    found = fsm2rnn.explain("parity")
    stacks = [one for one in found.obstructions if one.refutes == "stacks of non-negative diagonal layers"]
    assert isinstance(stacks[0].witness, Cycle)


def test_a_mealy_machine_is_followed_by_its_pairs_of_state_and_output():
    found = answer(mealy_form(ABSORBED))
    assert isinstance(found, Compiled)
    assert found.operator.nodes.outputs.count(None) <= 1
