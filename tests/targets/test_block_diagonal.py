"""Block-diagonal networks: sizes, blocks and radicals as published, proved and read."""

from __future__ import annotations

import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.cells.network import lower
from fsm2rnn.compiler import ask
from fsm2rnn.constructions.sizes_json import sizes_to_json
from fsm2rnn.constructions.verdict import Compiled, Unsettled
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.source.read import read
from fsm2rnn.targets.block_diagonal import BLOCK_DIAGONAL
from tests.second_checker.checker import accepts

# fmt: off
NETWORKS = [  # widths of the blocks; of the exact network that has larger ones, size and largest block
    ("Z1",                            (1,),   None),
    ("parity",                        (1,),   None),
    ("Z3@gens",                       (2,),   None),
    ("Z5@gens",                       (2,),   (4, 4)),
    ("Z12@gens",                      (2,),   (4, 2)),
    ("C60",                           (2,),   (8, 4)),
    ("C60@gens",                      (2,),   (8, 4)),
    ("V4@gens",                       (1, 1), None),
    ("Z2xZ4@gens",                    (1, 2), None),
    ("S3@gens",                       (2,),   None),
    ("Dih(4)@gens",                   (2,),   None),
    ("Dih(5)@gens",                   (2,),   (4, 4)),
    ("Q8@gens",                       (4,),   None),
    ("A4@gens",                       (3,),   None),
    ("S4@gens",                       (3,),   None),
    ("A5@gens",                       (3,),   (4, 4)),
    ("S5@gens",                       (4,),   None),
    ("A6@gens",                       (5,),   None),
    ("S6@gens",                       (5,),   None),
    ("PSL(2,7)@gens",                 (6,),   None),
    ("S3xS3@gens",                    (2, 2), None),
    ("act:(1,2,3,4,5);(2,3,5,4)",     (4,),   None),
    ("act:(1,2,3);(1,2,3,4,5)",       (4,),   None),
]
# Whether the radical is zero: the matrices are a sum of irreducible representations.
OTHERS = [
    ("tomita1",               (1,), True),
    ("tomita2",               (2,), True),
    ("tomita3",               (3,), True),
    ("tomita4",               (3,), True),
    ("tomita7",               (4,), False),
    ("flip-flop",             (2,), False),
    ("maps:1,2,0;0,0,0",      (3,), False),
    ("register(2)",           (3,), False),
    ("register(3)",           (4,), False),
    ("counter(3)",            (3,), False),
    ("counter(6)",            (6,), False),
    ("counter(20)",           (20,), False),
]
# fmt: on


@pytest.mark.parametrize(
    ("name", "widths", "exact"), NETWORKS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_groups_have_the_blocks_of_their_least_representation(name, widths, exact):
    verdict = ask(read(name), BLOCK_DIAGONAL).verdict
    assert verdict.operator.sizes == widths
    assert sizes_to_json(verdict.sizes)["block"] == max(widths)
    assert sizes_to_json(verdict.sizes)["semisimple"]
    ring = "Z" if exact is None else "R"
    assert sizes_to_json(verdict.sizes)["size_is"] == f"least over {ring} with one code per state"
    assert sizes_to_json(verdict.sizes).get("exact_form") == (exact and {"size": exact[0], "block": exact[1]})
    if exact is None:
        assert verdict.steps() == dict.fromkeys(["float64", "float32", "bfloat16", "float16"])
    else:
        assert verdict.store(FLOAT32, {}).steps > 200_000


def test_smaller_blocks_are_taken_though_they_have_more_coordinates():
    # (C6xC2):C2 x C3, which has a faithful real representation of degree 4.
    text = (
        "perm:(1,5,9)(2,6,10)(3,7,11)(4,8,12);(1,9,5)(2,6,10)(3,7,11)(4,12,8);(2,3)(6,7)(10,11);"
        "(1,2)(3,4)(5,10)(6,9)(7,12)(8,11);(1,4)(2,3)(5,8)(6,7)(9,12)(10,11)"
    )
    verdict = ask(read(text), BLOCK_DIAGONAL).verdict
    details = sizes_to_json(verdict.sizes)
    assert verdict.operator.sizes == (2, 2, 2)
    assert details["exact_form"] == {"size": 4, "block": 4}
    assert details["size_is"] == "least over R in blocks of 2 at most with one code per state"
    assert verdict.store(FLOAT32, {}).steps > 200_000


@pytest.mark.parametrize(
    ("name", "widths", "semisimple"), OTHERS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_other_machines_have_the_smallest_blocks_of_functions_on_their_states(name, widths, semisimple):
    verdict = ask(read(name), BLOCK_DIAGONAL).verdict
    assert verdict.operator.sizes == widths
    assert sizes_to_json(verdict.sizes)["semisimple"] == semisimple
    assert sizes_to_json(verdict.sizes)["block_is"] == "least over Q with one code per state"
    assert set(verdict.steps().values()) == {None}


@given(st.integers(0, 10_000), st.integers(20, 60), st.integers(1, 3))
@settings(max_examples=8, deadline=None)
def test_any_machine_of_some_size_has_certified_blocks(seed, states, letters):
    drawn = random.Random(seed)
    # The first letter goes up by one to the last state, others by two at most.
    ups = [[1, *(drawn.randrange(3) for _ in range(letters - 1))] for _ in range(states)]
    table = [[min(states - 1, state + up) for up in row] for state, row in enumerate(ups)]
    machine = StateMachine.tracker(range(states), range(letters), table, 0)
    answer = ask(machine, BLOCK_DIAGONAL)
    operator, details = answer.verdict.operator, sizes_to_json(answer.verdict.sizes)
    assert details["block"] == max(operator.sizes)
    assert details["reason"].partition(" of dimensions ")[2].startswith(", ".join(map(str, operator.sizes)) + ": ")
    assert set(answer.verdict.steps().values()) == {None}
    data = network_bytes(answer.verdict.store(FLOAT32, {}))
    assert check_bytes(data).accepted
    assert accepts(data) == (True, "proved")


@pytest.mark.parametrize("name", ["C60@gens", "A5@gens", "S4@gens", "Z2xZ4", "tomita3", "register(3)", "flip-flop"])
def test_networks_are_certified_and_read_right(name):
    answer = ask(read(name), BLOCK_DIAGONAL)
    stored = answer.verdict.store(FLOAT32, {})
    data = network_bytes(stored)
    assert check_bytes(data).accepted
    assert accepts(data) == (True, "proved")
    network = lower(stored)
    words = torch.randint(len(answer.machine.symbols), (50, 60), generator=torch.Generator().manual_seed(0))
    assert network.run(words).tolist() == [list(answer.machine.trajectory(word)) for word in words.tolist()]


def test_blocks_act_on_their_own_coordinates():
    operator = ask(read("S3xS3@gens"), BLOCK_DIAGONAL).verdict.operator
    for symbol in range(len(operator.blocks)):
        columns = operator.matrix(symbol).columns
        assert all(row // 2 == place // 2 for place, column in enumerate(columns) for row, _ in column)


@pytest.mark.parametrize("contract", list(Contract), ids=lambda contract: contract.value)
@pytest.mark.parametrize("name", ["A5@gens", "flip-flop"])
def test_what_is_kept_of_each_contract(name, contract):
    verdict = ask(read(name), BLOCK_DIAGONAL, contract).verdict
    if contract is Contract.LINEAR:
        assert isinstance(verdict, Unsettled)
    else:
        assert isinstance(verdict, Compiled)
        assert verdict.proof.contract.implies(contract)
