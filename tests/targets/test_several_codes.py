"""Contract cover on groups: smaller blocks, fewer reflections, narrower integers, all proved, checked and run."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings

import fsm2rnn
from fsm2rnn.algebra.group import group_action as actions
from fsm2rnn.cells.network import lower
from fsm2rnn.compiler import ask
from fsm2rnn.constructions.sizes_json import sizes_to_json
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.source.read import read
from fsm2rnn.targets.block_diagonal import BLOCK_DIAGONAL
from fsm2rnn.targets.householder import HOUSEHOLDER
from fsm2rnn.targets.integer import INTEGER
from tests.algebra.metacyclic_groups import metacyclic
from tests.second_checker.checker import accepts
from tests.strategies import permutation_machines

LEAST, BEST = "least with finitely many codes", "best found"
A5 = "act:(1,2,3);(1,2,3,4,5)"
A5_ON_6 = "act:(1,2,3,4,5);(1,6)(2,5)"
S5_ON_6 = "act:(1,2,3,4,5);(2,3,5,4);(1,6)(3,4)"
PSL27_ON_8 = "act:(1,2,3,4,5,6,7);(2,3,5)(4,7,6);(1,8)(2,7)(3,4)(5,6)"
Z2_Z6 = "perm:(1,2);(3,4,5)(6,7);(1,2)(3,4,5)(6,7)"
TARGETS = (BLOCK_DIAGONAL, HOUSEHOLDER, INTEGER)
M16 = metacyclic(8, 5, 0)

# fmt: off
BLOCKS = [  # the blocks with one code per state; with several: blocks, codes, whether in integers, what is least
    (A5,            (4,),      (3,),         20,  False, LEAST, LEAST),  # the vertices of a dodecahedron
    (A5_ON_6,       (5,),      (3,),         12,  False, LEAST, LEAST),  # of an icosahedron
    (S5_ON_6,       (5,),      (4,),         30,  True,  BEST,  BEST),
    (PSL27_ON_8,    (7,),      (6,),         56,  True,  BEST,  BEST),
    ("Q8@gens",     (4,),      (2, 2),       16,  True,  LEAST, BEST),
    ("Q8",          (4,),      (2, 2),       16,  True,  LEAST, BEST),
    ("Q8xZ2@gens",  (1, 4),    (1, 2, 2),    32,  True,  LEAST, BEST),
    ("Q8xS3@gens",  (2, 4),    (2, 2, 2),    96,  True,  LEAST, BEST),
    (M16,           (4,),      (2, 2),       64,  False, LEAST, BEST),
]
UPDATES = [  # n_h and size with one code per state; with several: n_h, size, codes, whether in integers, what is least
    (A5,                       4, 5,   2, 3,  20,  False, LEAST),
    (A5_ON_6,                  4, 6,   2, 3,  12,  False, LEAST),
    ("act:(1,2,3,4);(1,2)",    3, 3,   2, 3,  8,   True,  LEAST),   # the cube has eight vertices
    ("V4",                     2, 2,   1, 3,  8,   True,  LEAST),
    ("Z2xZ2xZ2",               3, 3,   1, 7,  128, True,  LEAST),
    ("Z2xZ4",                  3, 3,   2, 6,  64,  True,  LEAST),
    ("Z3xZ3",                  4, 6,   2, 12, 81,  True,  LEAST),
    (Z2_Z6,                    3, 5,   2, 5,  72,  False, LEAST),
    ("Q8@gens",                4, 4,   3, 4,  16,  True,  BEST),
    ("Q8",                     4, 4,   3, 4,  16,  True,  BEST),
]
WIDTHS = [  # with one code per state, with several, the codes
    (S5_ON_6,                                     5, 4, 30),
    (A5_ON_6,                                     5, 4, 30),
    (PSL27_ON_8,                                  7, 6, 56),
    ("maps:1,2,3,4,0,5;5,4,2,3,1,0;0,0,0,0,0,0",  6, 5, 30),  # A5 on 6 points, and a reset
]
SAME = [  # targets, machine
    (TARGETS,         "Z1"),
    (TARGETS,         "parity"),
    (TARGETS,         "Z5@gens"),
    (TARGETS,         "S3"),
    (TARGETS,         "V4@gens"),
    (TARGETS,         "A4@gens"),
    (TARGETS,         "S4"),
    (TARGETS,         "A5"),
    (TARGETS,         "A5@gens"),
    (TARGETS,         "S5@gens"),
    (TARGETS,         "PSL(2,7)@gens"),
    (TARGETS,         "flip-flop"),
    (TARGETS,         "counter(3)"),
    (TARGETS[::2],    "tomita3"),
    (TARGETS[::2],    "V4"),
    (TARGETS[::2],    "act:(1,2);(1,2,3,4,5)"),
    (TARGETS[2:],     "Q8"),
    (TARGETS[2:],     A5),
]
# fmt: on


def text(value):
    return value if isinstance(value, str) else ""


def machine_of(source):
    return read(source) if isinstance(source, str) else source


def both(source, target):
    """Return the verdicts under contracts injective and cover; robust says what cover does."""
    machine = machine_of(source)
    verdicts = [ask(machine, target, contract).verdict for contract in list(Contract)[1:]]
    assert sizes_to_json(verdicts[1].sizes) == sizes_to_json(verdicts[2].sizes)
    return verdicts[:2]


def assert_right(machine, verdict):
    """Let both checkers prove the files of all formats with a proved step, and run two of them."""
    assert verdict.proof.contract is Contract.COVER
    assert len(verdict.proof.codes) > len(set(verdict.proof.reads)) == len(machine.states)
    assert {"float64", "float32", "bfloat16"} <= set(verdict.steps())
    for form in (form for form in FORMATS if form.name in verdict.steps()):
        stored = verdict.store(form, {})
        data = network_bytes(stored)
        report = check_bytes(data)
        assert (report.accepted, accepts(data)) == (True, (True, "proved"))
        assert "contract cover" in report.claim
        if form.name in ("float32", "bfloat16"):
            assert_read_right(machine, lower(stored), stored.steps)


def assert_read_right(machine, network, steps):
    length = min(60, steps or 60)
    words = torch.randint(len(machine.symbols), (40, length), generator=torch.Generator().manual_seed(0))
    assert network.run(words).tolist() == [list(machine.trajectory(word)) for word in words.tolist()]


def codes_said(verdict, alone, *measures):
    return {
        "codes": len(verdict.proof.codes),
        "one_per_state": {"size": alone.operator.size} | {name: sizes_to_json(alone.sizes)[name] for name in measures},
    }


@pytest.mark.parametrize("row", BLOCKS, ids=lambda row: text(row[0]) or "M16")
def test_blocks_get_smaller(row):
    source, plain, widths, codes, exact, block_is, size_is = row
    alone, verdict = both(source, BLOCK_DIAGONAL)
    assert (alone.operator.sizes, verdict.operator.sizes) == (plain, widths)
    assert len(verdict.proof.codes) == codes
    assert isinstance(verdict.proof, Simulation if exact else FieldSimulation)
    said = sizes_to_json(verdict.sizes)
    assert (said["block"], said["block_is"], said["size_is"]) == (max(widths), block_is, size_is)
    assert said["several_codes"] == codes_said(verdict, alone, "block")
    assert_right(machine_of(source), verdict)


@pytest.mark.parametrize("row", UPDATES, ids=lambda row: row[0])
def test_updates_get_fewer(row):
    source, plain, plain_size, steps, size, codes, exact, least = row
    alone, verdict = both(source, HOUSEHOLDER)
    assert (alone.operator.steps, alone.operator.size) == (plain, plain_size)
    assert (verdict.operator.steps, verdict.operator.size, len(verdict.proof.codes)) == (steps, size, codes)
    assert isinstance(verdict.proof, Simulation if exact else FieldSimulation)
    assert (sizes_to_json(verdict.sizes)["n_h"], sizes_to_json(verdict.sizes)["n_h_is"]) == (steps, least)
    assert sizes_to_json(verdict.sizes)["several_codes"] == codes_said(verdict, alone, "n_h")
    assert_right(read(source), verdict)


@pytest.mark.parametrize("row", WIDTHS, ids=lambda row: row[0])
def test_integers_get_narrower(row):
    source, plain, size, codes = row
    alone, verdict = both(source, INTEGER)
    assert (alone.operator.size, verdict.operator.size, len(verdict.proof.codes)) == (plain, size, codes)
    assert sizes_to_json(verdict.sizes) == {"size_is": BEST, "several_codes": codes_said(verdict, alone)}
    assert set(verdict.steps().values()) == {None}
    assert_right(read(source), verdict)


@pytest.mark.parametrize(("targets", "source"), SAME, ids=text)
def test_one_code_per_state_stays_where_several_are_no_better(targets, source):
    for target in targets:
        alone, verdict = both(source, target)
        assert sizes_to_json(alone.sizes) == sizes_to_json(verdict.sizes)
        assert (alone.operator, alone.rows) == (verdict.operator, verdict.rows)
        assert (alone.proof.codes, alone.proof.reads) == (verdict.proof.codes, verdict.proof.reads)


def test_commuting_involutions_are_signs_with_unit_keys():
    operator = ask(read("Z2xZ2xZ2"), HOUSEHOLDER, Contract.COVER).verdict.operator
    keys = [row[0].key for row in operator.updates if row]
    assert sorted(keys) == [((place, 1),) for place in range(7)]
    assert {update.beta for row in operator.updates for update in row} == {2}
    assert sum(not row for row in operator.updates) == 1  # the identity


@pytest.mark.parametrize("source", ["Q8@gens", A5])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_networks_of_the_api_are_read_right(source, dtype):
    result = fsm2rnn.compile(source, "block-diagonal", contract="cover")
    network = result.network(dtype)
    assert fsm2rnn.check(network).accepted
    assert_read_right(result.machine, network, result.verdict.steps()[dtype])


@settings(max_examples=30)
@given(permutation_machines(max_states=6, max_symbols=2))
def test_several_codes_cost_no_more_than_one(machine):
    for target, cost in (
        (BLOCK_DIAGONAL, lambda verdict: (max(verdict.operator.sizes), verdict.operator.size)),
        (HOUSEHOLDER, lambda verdict: verdict.operator.steps),
        (INTEGER, lambda verdict: verdict.operator.size),
    ):
        alone, verdict = (ask(machine, target, contract).verdict for contract in (Contract.INJECTIVE, Contract.COVER))
        assert cost(verdict) <= cost(alone)
        assert alone.proof.contract is Contract.INJECTIVE
        if len(verdict.proof.codes) > len(set(verdict.proof.reads)):
            assert cost(verdict) < cost(alone) or target is HOUSEHOLDER


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_group_that_is_too_large_keeps_one_code_per_state_and_says_so(target, monkeypatch):
    alone = ask(read(S5_ON_6), target).verdict
    monkeypatch.setattr(actions, "ORDER_LIMIT", 119)
    verdict = ask(read(S5_ON_6), target, Contract.COVER).verdict
    assert verdict.operator.size == alone.operator.size
    found = "not decided: elements of a transition group: 120 needed, the limit is 119"
    assert sizes_to_json(verdict.sizes)["several_codes"] == found
