"""Inputs on which verdicts were once wrong, weak or missing, each with its right value."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.group.group_name import transition_group
from fsm2rnn.algebra.tensor_rank.cp_factors import cp_factors
from fsm2rnn.compiler import ask
from fsm2rnn.constructions.sizes import Counts
from fsm2rnn.constructions.verdict import Compiled, Impossible
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.source.read import read
from fsm2rnn.targets import RUNGS
from fsm2rnn.targets.block_diagonal import BLOCK_DIAGONAL
from fsm2rnn.targets.factored import FACTORED
from fsm2rnn.targets.householder import HOUSEHOLDER

METACYCLIC = "perm:(2,3)(4,5,6,9,7,10,12,15,8,11,13,16,14,17,18,19);(1,2,3)"
TWO_PARTS = (
    "perm:(7,13,8,14)(9,12,10,11);(1,3,5)(2,4,6);(1,2)(3,4)(5,6)(9,11)(10,12)(13,14);"
    "(1,3)(2,4)(7,9)(8,10)(11,13)(12,14)"
)
DEGREE_FOUR = (
    "perm:(1,4)(2,9)(3,7)(5,6)(10,12)(13,16)(14,20)(17,18);(1,2,3,5)(4,10,7,12)(6,11,9,8)(13,14,15,17,16,18,19,20)"
)
TWO_BLOCKS = (
    "perm:(1,5,9)(2,6,10)(3,7,11)(4,8,12);(1,9,5)(2,6,10)(3,7,11)(4,12,8);(2,3)(6,7)(10,11);"
    "(1,2)(3,4)(5,10)(6,9)(7,12)(8,11);(1,4)(2,3)(5,8)(6,7)(9,12)(10,11)"
)

# fmt: off
NUMBERS = [  # machine, target, what is counted, how many
    ("maps:1,1,1,0;2,3,2,0", HOUSEHOLDER,    Counts.COORDINATES,   3),
    (DEGREE_FOUR,            HOUSEHOLDER,    Counts.UPDATES,       4),
    (TWO_BLOCKS,             BLOCK_DIAGONAL, Counts.LARGEST_BLOCK, 2),
    (TWO_BLOCKS,             BLOCK_DIAGONAL, Counts.COORDINATES,   6),  # two planes do not do: order 4 inverts order 3
    ("tomita3",              FACTORED,       Counts.PRODUCTS,      3),
    ("Q8",                   FACTORED,       Counts.PRODUCTS,      8),
    ("counter(4)",           FACTORED,       Counts.PRODUCTS,      5),
    ("modarith(3)",          FACTORED,       Counts.PRODUCTS,      5),
    ("dyck(1,3)",            FACTORED,       Counts.PRODUCTS,      5),
    ("A4xZ5@gens",           FACTORED,       Counts.PRODUCTS,      10),
]
NAMES = ["Q16", "QD16", "SL(2,3)", "GL(2,3)", "F20", "C3:C4"]
# fmt: on


@pytest.mark.parametrize(("name", "target", "counts", "number"), NUMBERS)
def test_a_size_is_the_right_one(name, target, counts, number):
    verdict = ask(read(name), target).verdict
    assert isinstance(verdict, Compiled)
    assert verdict.sizes.of(counts).number == number


def test_a_machine_held_by_an_infinite_orbit_alone_is_not_refuted_beyond_finite_ones():
    # It runs in two coordinates with a projection at 60 degrees: codes are infinitely many, and read with a margin.
    machine = read("maps:0,2,2;1,1,2")
    assert not isinstance(ask(machine, HOUSEHOLDER, Contract.ROBUST).verdict, Impossible)
    found = ask(machine, HOUSEHOLDER).verdict
    assert not isinstance(found, Impossible) or "finite orbit" in found.hypotheses


@pytest.mark.slow
@pytest.mark.parametrize("name", [METACYCLIC, TWO_PARTS])
def test_groups_whose_ranks_floats_misjudge_are_asked_without_an_exception(name):
    machine = read(name)
    assert all(isinstance(ask(machine, target).verdict, Compiled | Impossible) for target in RUNGS)


def test_nine_products_of_a4_times_z5_are_known_over_q():
    assert ask(read("A4xZ5@gens"), FACTORED).verdict.sizes.facts.over_q == 9


def test_three_tensors_of_one_machine():
    machine = read("tomita3")
    several = replace(machine, outputs=tuple(map(str, machine.outputs)))
    states = [SparseMatrix(5, tuple(map(unit, column))) for column in zip(*machine.table, strict=True)]
    letters = (Facts(machine).realisation.matrices, Facts(several).realisation.matrices, states)
    assert [cp_factors(matrices).rank for matrices in letters] == [3, 4, 5]


@pytest.mark.parametrize("name", NAMES)
def test_a_group_is_named(name):
    assert transition_group(read(f"{name}@gens")).name == name
