"""Integer networks: their widths, entries and formats, proved and run."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings

from fsm2rnn.compiler import ask, minimal_facts
from fsm2rnn.constructions.sizes_json import sizes_to_json
from fsm2rnn.constructions.verdict import Compiled, Unsettled
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.rounding.grade import exact_grade
from fsm2rnn.source.read import read
from fsm2rnn.targets.integer import INTEGER
from tests.strategies import abelian_groups, machines, permutation_machines

F20 = "act:(1,2,3,4,5);(2,3,5,4)"
LEAST = "least with one code per state"
BEST = "best found"

# fmt: off
NETWORKS = [  # states, width, largest entry of a matrix, largest partial sum at most
    ("maps:0",                         1,   1, 1, 3,   LEAST),
    ("parity",                         2,   1, 1, 3,   LEAST),
    ("C5@gens",                        5,   4, 1, 12,  LEAST),
    ("C12@gens",                       12,  4, 1, 9,  LEAST),
    ("C60@gens",                       60,  8, 1, 21,  LEAST),
    ("C60",                            60,  8, 1, 21,  LEAST),
    ("C50@gens",                       50, 20, 1, 12,  LEAST),
    ("Z2xZ4@gens",                     8,   3, 1, 6,   LEAST),
    ("Z3xZ3@gens",                     9,   4, 1, 12,  LEAST),
    ("V4@gens",                        4,   2, 1, 6,   LEAST),
    ("S3@gens",                        6,   2, 1, 6,   LEAST),
    ("Q8@gens",                        8,   4, 1, 3,   LEAST),
    ("Dih(4)@gens",                    8,   2, 1, 15,  LEAST),
    ("Dih(5)@gens",                    10,  4, 1, 6,  LEAST),
    ("A4@gens",                        12,  3, 1, 6,  LEAST),
    ("S4@gens",                        24,  3, 1, 15,  LEAST),
    ("A5@gens",                        60,  4, 1, 30,  LEAST),
    ("A5",                             60,  4, 1, 30,  LEAST),
    ("A5xZ2@gens",                     120, 4, 1, 42,  LEAST),
    ("S5@gens",                        120, 4, 1, 30,  LEAST),
    ("PSL(2,7)@gens",                  168, 6, 1, 33,  LEAST),
    ("A6@gens",                        360, 5, 1, 30,  LEAST),
    ("S6@gens",                        720, 5, 1, 48,  LEAST),
    ("S3xS3@gens",                     36,  4, 1, 78,  LEAST),
    ("act:(1,2);(2,3)",                3,   2, 1, 15,  LEAST),
    ("act:(1,2,3);(1,2,3,4,5)",        5,   4, 1, 12,  LEAST),
    ("act:(1,2);(1,2,3,4,5,6)",        6,   5, 1, 30,  LEAST),
    (F20,                              5,   4, 1, 12,  LEAST),
    ("act:(1,2);(1,2,3,4,5,6,7,8)",    8,   7, 1, 30,  LEAST),  # 40,320 elements, not listed
    ("flip-flop",                      2,   2, 1, 6,   BEST),
    ("maps:0,0,0,0;1,1,1,1;2,2,2,2;3,3,3,3", 4, 2, 2, 15, BEST),
    ("maps:1,2,0;0,0,0",               3,   3, 1, 9,   BEST),
    ("maps:1,0,2;0,2,1;1,1,1",         3,   3, 1, 20,  BEST),
    # Other letters: functions on the states, or the states, one of them the origin.
    ("maps:1,0,2;0,0,0;1,1,1;2,2,2",   3,   2, 1, 6,   BEST),
    ("maps:1,2,3,2",                   4,   3, 1, 6,   BEST),
    ("tomita1",                        2,   1, 1, 3,   BEST),
    ("tomita2",                        3,   2, 1, 3,   BEST),
    ("tomita3",                        5,   3, 1, 6,   BEST),
    ("tomita4",                        4,   3, 1, 3,   BEST),
    ("tomita7",                        5,   4, 1, 3,   BEST),
    ("counter(1)",                     2,   1, 1, 3,   BEST),
    ("counter(3)",                     4,   3, 1, 3,   BEST),
    ("counter(7)",                     8,   7, 1, 3,   BEST),
    ("register(2)",                    4,   3, 1, 9,   BEST),
    ("register(3)",                    8,   4, 1, 12,  BEST),
    ("register(4)",                   16,   5, 1, 39,  BEST),
    ("even-pairs",                     5,   4, 1, 6,   BEST),
    ("dyck(1,2)",                      4,   3, 1, 3,   BEST),
    ("modarith(5)",                    5,   5, 1, 15,  BEST),
    ("re:(a|b)*abb(a|b)*",             4,   3, 1, 3,   BEST),
]
# fmt: on


@pytest.fixture(scope="module")
def compiled():
    """Return each verdict once."""
    return {row[0]: ask(read(row[0]), INTEGER) for row in NETWORKS}


@pytest.mark.parametrize("row", NETWORKS, ids=lambda row: row[0])
def test_widths_entries_and_formats(row, compiled):
    name, states, width, entry, sums, size_is = row
    machine, verdict = compiled[name].machine, compiled[name].verdict
    assert (len(machine.states), verdict.operator.size, sizes_to_json(verdict.sizes)["size_is"]) == (
        states,
        width,
        size_is,
    )
    entries = {value for matrix in verdict.operator.matrices for column in matrix.columns for _, value in column}
    assert max(map(abs, entries)) == entry
    grade = exact_grade(verdict.proof)
    assert grade.partial_sums <= sums
    assert {"bfloat16", "float16", "float32", "float64"} == {form.name for form in grade.formats}
    assert verdict.steps() == dict.fromkeys(verdict.steps())


@pytest.mark.parametrize("name", [row[0] for row in NETWORKS])
def test_long_words_are_read_as_the_table_says(name, compiled):
    machine, verdict = compiled[name].machine, compiled[name].verdict
    generator = random.Random(0)
    word = generator.choices(range(len(machine.symbols)), k=500)
    reads = dict(zip(verdict.proof.codes, verdict.proof.reads, strict=True))
    state = verdict.proof.codes[0]
    found = []
    for symbol in word:
        state = verdict.operator.matrix(symbol).apply(state)
        found.append(reads[state])
    assert found == list(machine.trajectory(word))


@given(permutation_machines(max_states=6))
@settings(deadline=None)
def test_every_permutation_machine_has_a_network_smaller_than_its_one_hot_one(machine):
    answer = ask(machine, INTEGER)
    assert isinstance(answer.verdict, Compiled)
    assert answer.verdict.operator.size <= max(1, len(answer.machine.states) - 1)
    assert sizes_to_json(answer.verdict.sizes)["size_is"] == LEAST
    assert answer.verdict.proof.contract is Contract.INJECTIVE


@given(abelian_groups(periods=(1, 2, 3, 4, 5, 6), max_states=40))
@settings(deadline=None)
def test_every_abelian_group_has_entries_zero_and_one(machine):
    answer = ask(machine, INTEGER)
    entries = [value for matrix in answer.verdict.operator.matrices for column in matrix.columns for _, value in column]
    assert {*entries, *(value for code in answer.verdict.proof.codes for _, value in code)} <= {0, 1, -1}


@pytest.mark.parametrize("contract", list(Contract), ids=lambda contract: contract.value)
def test_what_is_kept_of_each_contract(contract):
    verdict = INTEGER.compile(minimal_facts(read("S3@gens")), contract)
    if contract is Contract.LINEAR:
        assert isinstance(verdict, Unsettled)
    else:
        assert verdict.proof.contract.implies(contract)


@given(machines())
@settings(deadline=None)
def test_every_machine_has_a_network_no_wider_than_its_states_but_one_that_no_letter_leaves(machine):
    answer = ask(machine, INTEGER)
    kept = [state for state, row in enumerate(answer.machine.table) if set(row) == {state}]
    assert answer.verdict.operator.size <= max(1, len(answer.machine.states) - bool(kept))
