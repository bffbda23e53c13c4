"""What the target answers: blocks for groups that are not solvable, and the stack of target cascade for others."""

from __future__ import annotations

import pytest

import fsm2rnn
from benchmarks.cascades.made_machines import MADE, switched, with_reset
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.constructions.verdict import Compiled, Unsettled
from fsm2rnn.operators.stack_recipe import GateUnit, LayerKind, StackLayer
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.source.read import read
from fsm2rnn.targets.block_cascade import BLOCK_CASCADE
from fsm2rnn.targets.cascade import CASCADE
from tests.proof.stack_networks import ICOSAHEDRAL, SYMMETRIC


def answer(machine, contract=Contract.INJECTIVE):
    return BLOCK_CASCADE.compile(minimal_facts(read(machine) if isinstance(machine, str) else machine), contract)


@pytest.mark.parametrize(
    ("machine", "channels"), [(ICOSAHEDRAL, 15), (with_reset("S5@gens"), 16), ("PSL(2,7)@gens", 21)]
)
def test_groups_that_are_not_solvable_are_one_layer_of_blocks(machine, channels):
    found = answer(machine)
    assert isinstance(found, Compiled)
    assert [(layer.kind, layer.channels) for layer in found.operator.layers] == [(LayerKind.BLOCKS, channels)]
    assert found.sizes.facts.kinds == (LayerKind.BLOCKS,)
    assert found.sizes.reason.startswith("layers whose turns commute hold solvable groups alone, and 3 words")


@pytest.mark.slow
def test_all_maps_of_five_points_take_blocks_and_turns():
    found = answer(MADE["all maps of 5 points, reset"]())
    assert isinstance(found, Compiled)
    assert [layer.kind.value for layer in found.operator.layers] == ["blocks", *["turns"] * 6]


@pytest.mark.slow
def test_blocks_read_the_layer_below_and_feed_the_one_above():
    found = answer(switched())
    assert isinstance(found, Compiled)
    assert [(layer.kind.value, layer.channels) for layer in found.operator.layers] == [
        ("gates", 1),
        ("blocks", 5),
        ("gates", 1),
    ]


@pytest.mark.parametrize("name", ["parity", "re:(a|b)*abb", "S4@gens", "Q8@gens", "tomita3"])
def test_solvable_machines_have_the_stack_of_target_cascade(name):
    facts = minimal_facts(read(name))
    assert answer(name).operator == CASCADE.compile(facts, Contract.COVER).operator
    assert LayerKind.BLOCKS not in {layer.kind for layer in answer(name).operator.layers}


@pytest.mark.parametrize("contract", Contract)
def test_contracts(contract):
    found = answer("act:(1,2,3,4,5);(1,2)", contract)
    if contract is Contract.LINEAR:
        assert isinstance(found, Unsettled)
    else:
        assert isinstance(found, Compiled)
        assert found.proof.contract is Contract.COVER


def test_explain_tells_the_blocks_and_wide_ones_are_unsettled(monkeypatch):
    said = fsm2rnn.explain(ICOSAHEDRAL, "block-cascade").to_json()["targets"]["block-cascade"]
    assert (said["verdict"], said["proved"], said["size"], said["layers"]) == ("compiled", True, 15, 1)
    assert (said["turning_layers"], said["layer_kinds"], said["layers_is"]) == (0, ["blocks"], "best found")
    assert set(said["dtypes"]) == {"float64", "float32", "bfloat16", "float16"}
    monkeypatch.setattr("fsm2rnn.algebra.cascade.block_levels.BLOCK_LIMIT", 4)
    said = fsm2rnn.explain(SYMMETRIC, "block-cascade").to_json()["targets"]["block-cascade"]
    assert said["verdict"] == "unsettled"
    assert "channels of the blocks" in said["tried"]
    assert "5 needed, the limit is 4" in said["tried"]


def test_a_layer_is_of_blocks_where_turns_of_one_register_do_not_commute():
    def layer(*turns):
        return StackLayer(0, 6, tuple(GateUnit({}, frozenset(), 0, (), (), turn) for turn in turns))

    cycle, swap = ((0, 1), (1, 2), (2, 0)), ((0, 1), (1, 0), (2, 2))
    beside = ((3, 4), (4, 3))
    assert layer(()).kind is LayerKind.GATES
    assert layer(cycle, beside, ((0, 2), (1, 0), (2, 1))).kind is LayerKind.TURNS
    assert layer(cycle, beside, swap).kind is LayerKind.BLOCKS
