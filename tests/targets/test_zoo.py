"""Named machines on every rung: which are held, at which size, and what refutes the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fsm2rnn.compiler import ask, ask_all, find_target
from fsm2rnn.constructions.sizes_json import sizes_to_json
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.source.read import read
from fsm2rnn.targets.factored import FACTORED
from fsm2rnn.targets.minimal import MINIMAL
from fsm2rnn.targets.rotation import ROTATION
from tests.algebra.linear.hankel_machines import KNOWN
from tests.laws.replay import shows
from tests.strategies import group_tracker

RUNGS = ("rotation", "real-diagonal", "positive-diagonal", "affine-real-diagonal", "affine-positive-diagonal")
ORDER, CYCLE, NEVER = "order-matters", "cycle", "never-returns"
FIRST, SQUARE, SWAP = "first-occurrence-matters", "earlier-square-matters", "earlier-order-matters"

RESETS = "maps:0,0,0,0;1,1,1,1;2,2,2,2;3,3,3,3"
TOGGLE = "maps:0,1;0,0;1,1;1,0"  # hold, set both ways, flip

# fmt: off
ZOO = [  # per rung of RUNGS: the size under contracts injective and cover, or the kind of the witness
    ("maps:0",             1,     1,     1,     1,      1),
    ("parity",             1,     1,     CYCLE, 1,      FIRST),
    ("C3",                 2,     CYCLE, CYCLE, SQUARE, FIRST),
    ("C4",                 2,     CYCLE, CYCLE, SQUARE, FIRST),
    ("C5@gens",            2,     CYCLE, CYCLE, SQUARE, FIRST),
    ("C12@gens",           2,     CYCLE, CYCLE, SQUARE, FIRST),
    ("C60",                2,     CYCLE, CYCLE, SQUARE, FIRST),
    ("V4",                 2,     2,     CYCLE, 2,      FIRST),
    ("Z2xZ2xZ2@gens",      3,     3,     CYCLE, 3,      FIRST),
    ("Z2xZ4",              3,     CYCLE, CYCLE, SQUARE, FIRST),
    ("Z3xZ3",              4,     CYCLE, CYCLE, SQUARE, FIRST),
    ("Z2xZ3@gens",         2,     CYCLE, CYCLE, SQUARE, FIRST),
    ("modadd(10)",         2,     CYCLE, CYCLE, SQUARE, FIRST),
    ("cycle-navigation(5)", 2,    CYCLE, CYCLE, SQUARE, FIRST),
    ("S3",                 ORDER, ORDER, ORDER, SQUARE, FIRST),
    ("act:(1,2);(2,3)",    ORDER, ORDER, ORDER, SWAP,   FIRST),
    ("Q8",                 ORDER, ORDER, ORDER, SQUARE, FIRST),
    ("A5@gens",            ORDER, ORDER, ORDER, SQUARE, FIRST),
    ("tomita1",            1,     1,     1,     1,      1),
    ("tomita2",            ORDER, ORDER, ORDER, SQUARE, FIRST),
    ("tomita3",            ORDER, ORDER, ORDER, SQUARE, FIRST),
    ("tomita4",            ORDER, ORDER, ORDER, SQUARE, FIRST),
    ("tomita5",            2,     2,     CYCLE, 2,      FIRST),
    ("tomita6",            2,     CYCLE, CYCLE, SQUARE, FIRST),
    ("tomita7",            ORDER, ORDER, ORDER, SQUARE, FIRST),
    ("flip-flop",          ORDER, ORDER, ORDER, 1,      1),
    (RESETS,               ORDER, ORDER, ORDER, 1,      1),
    (TOGGLE,               ORDER, ORDER, ORDER, 1,      FIRST),
    ("counter(1)",         1,     1,     1,     1,      1),
    ("counter(2)",         NEVER, NEVER, NEVER, SQUARE, FIRST),
    ("counter(7)",         NEVER, NEVER, NEVER, SQUARE, FIRST),
    ("even-pairs",         ORDER, ORDER, ORDER, SQUARE, FIRST),
    ("register(2)",        ORDER, ORDER, ORDER, SQUARE, FIRST),
    ("dyck(1,2)",          ORDER, ORDER, ORDER, SQUARE, FIRST),
    ("modarith(5)",        ORDER, ORDER, ORDER, SQUARE, FIRST),
]
DECAYING = [  # under contract robust: rotation, real, positive
    ("counter(2)",         1,     1,     1),
    ("counter(3)",         1,     1,     1),
    ("counter(7)",         1,     1,     1),
    ("parity",             1,     1,     CYCLE),
    ("C5@gens",            2,     CYCLE, CYCLE),
    ("flip-flop",          ORDER, ORDER, ORDER),
    ("maps:1,2,3,2",       2,     2,     CYCLE),  # two steps, then a cycle of two
    ("maps:1,2,3,4,2",     3,     CYCLE, CYCLE),  # two steps, then a cycle of three
]
SEVERAL = [  # no network with one code per state, under contract cover: affine real, affine positive
    ("maps:0,1,1;0,2,2;1,1,1", 3, 3),
    ("maps:1,1,1;2,1,2;2,1,0", 2, FIRST),
    ("maps:0,2,1;2,0,0;0,1,1", 4, FIRST),
]
PRODUCTS = [  # of one-hot codes: the fewest of integer factors, the flattening rank, the pencil's bound
    ("flip-flop",                    3,   3,   2),
    ("tomita2",                      3,   3,   3),
    ("tomita3",                      5,   5,   5),
    ("tomita4",                      4,   4,   4),
    ("tomita5",                      4,   4,   4),
    ("tomita6",                      4,   3,   4),
    ("tomita7",                      5,   5,   5),
    ("register(4)",                  16,  16,  None),
    ("act:(1,2,3);(1,2,3,4,5)",      7,   5,   6),
    ("act:(1,2);(1,2,3,4,5)",        8,   5,   6),
    ("act:(1,2);(1,2,3,4,5,6)",      10,  6,   7),
    ("A4@gens",                      20,  12,  16),
    ("S4@gens",                      40,  24,  32),
    ("A5@gens",                      100, 60,  80),
    ("S5@gens",                      210, 120, 150),
]
FEWER = [  # of integer representations: their width, R, the flattening rank, the pencil's bound
    ("tomita5",                      2,  2,   2,   2),
    ("tomita6",                      2,  3,   2,   3),
    ("counter(3)",                   3,  4,   3,   4),
    ("register(4)",                  5,  5,   5,   None),
    ("act:(1,2,3);(1,2,3,4,5)",      4,  5,   4,   5),
    ("act:(1,2);(1,2,3,4,5)",        4,  5,   4,   5),
    ("act:(1,2);(1,2,3,4,5,6)",      5,  7,   5,   6),
    ("S3",                           2,  4,   4,   3),
    ("A5",                           4,  16,  16,  None),  # all of H^2
    ("S5",                           4,  16,  16,  None),
    ("C60",                          8,  24,  8,   None),
    ("C60@gens",                     8,  8,   8,   None),
    ("Z3xZ3",                        4,  6,   4,   6),
    ("Q8@gens",                      4,  6,   4,   6),
    ("A4@gens",                      3,  4,   3,   4),
    ("S4@gens",                      3,  4,   3,   4),
    ("A5@gens",                      4,  5,   4,   5),
    ("S3@gens",                      2,  2,   2,   2),
    ("S5@gens",                      4,  5,   4,   5),
    ("PSL(2,7)@gens",                6,  9,  6,   8),
    ("A6@gens",                      5,  9,   5,   6),
]
TURNING = [  # letters that turn planes of one basis: width, R, the pencil's bound, the R of integers
    ("C5",            2, 3, 3, 14),
    ("C50",           2, 3, 3, 400),
    ("C12",           2, 3, 3, 6),
    ("A5@gens",       3, 4, 4, 5),
    ("PSL(2,7)@gens", 6, 8, 8, 9),
    ("A6@gens",       5, 7, 6, 9),
]
NARROW = [("tomita2", 2), ("tomita3", 3), ("tomita4", 3), ("tomita7", 4)]  # products on the least linear realisation
# fmt: on


def said(machine, target, contract):
    """Return the size of a network, or the kind of the witness, which the machine must show."""
    verdict = ask(machine, find_target(target), contract).verdict
    if isinstance(verdict, Compiled):
        assert verdict.proof.contract.implies(contract)
        return verdict.operator.size
    assert isinstance(verdict, Impossible), str(verdict)
    assert shows(machine, verdict.witness)
    return verdict.witness.to_json()["kind"]


@pytest.mark.parametrize("contract", [Contract.INJECTIVE, Contract.COVER], ids=lambda contract: contract.value)
@pytest.mark.parametrize("row", ZOO, ids=lambda row: row[0])
def test_what_each_rung_says_of_finite_orbits(row, contract):
    name, *wanted = row
    assert [said(read(name), target, contract) for target in RUNGS] == wanted


@pytest.mark.parametrize("row", DECAYING, ids=lambda row: row[0])
def test_what_decay_adds(row):
    name, *wanted = row
    assert [said(read(name), target, Contract.ROBUST) for target in RUNGS[:3]] == wanted


@pytest.mark.parametrize("row", SEVERAL, ids=lambda row: row[0])
def test_what_several_codes_per_state_add(row):
    name, *wanted = row
    machine = read(name)
    assert [said(machine, target, Contract.COVER) for target in RUNGS[3:]] == wanted
    verdicts = [ask(machine, find_target(target)).verdict for target in RUNGS[3:]]
    kinds = [Impossible if size == FIRST else Unsettled for size in wanted]
    assert [type(verdict) for verdict in verdicts] == kinds


@pytest.mark.parametrize("target", RUNGS[:3])
def test_a_counter_that_saturates_never_returns_and_decay_holds_it(target):
    found = {answer.target: answer for answer in ask_all(read("counter(3)"))}[target]
    assert isinstance(found.verdict, Impossible)
    assert isinstance(found.robust, Compiled)
    assert found.robust.proof.contract is Contract.ROBUST
    assert found.robust.steps()["float16"] is None


@pytest.mark.parametrize(
    ("name", "lines", "planes"),
    [("V4", 2, 0), ("Z2xZ4", 1, 1), ("Z3xZ3", 0, 2), ("C60", 0, 1), ("Z2xZ2xZ3xZ4@gens", 2, 1), ("tomita6", 0, 1)],
)
def test_a_real_character_takes_one_number_and_any_other_two(name, lines, planes):
    verdict = ask(read(name), ROTATION).verdict
    assert verdict.operator.size == lines + 2 * planes
    assert getattr(verdict.operator, "planes", 0) == planes
    assert sizes_to_json(verdict.sizes)["size_is"] == "least with one code per state"


@pytest.mark.parametrize("name", [row[0] for row in ZOO])
def test_the_rungs_above_hold_what_those_below_hold(name):
    held = {target: isinstance(ask(read(name), find_target(target)).verdict, Compiled) for target in RUNGS}
    assert held["rotation"] >= held["real-diagonal"] >= held["positive-diagonal"]
    assert held["affine-real-diagonal"] >= max(held["affine-positive-diagonal"], held["real-diagonal"])
    assert held["affine-positive-diagonal"] >= held["positive-diagonal"]


def numbered(machine):
    """Return the machine with its state numbers as outputs, so that codes are one-hot."""
    return replace(machine, outputs=tuple(range(len(machine.states))))


@pytest.mark.parametrize(("name", "rank", "flattening", "pencil"), PRODUCTS)
def test_how_many_products_one_hot_codes_take(name, rank, flattening, pencil):
    machine = numbered(read(name))
    verdict = ask(machine, FACTORED, Contract.LINEAR).verdict
    assert verdict.proof.contract is Contract.LINEAR
    assert (sizes_to_json(verdict.sizes)["rank"], sizes_to_json(verdict.sizes)["codes"]) == (rank, "one-hot")
    assert sizes_to_json(verdict.sizes)["rank_at_least"] == {"flattening": flattening, "pencil": pencil}
    assert sizes_to_json(ask(machine, FACTORED).verdict.sizes)["rank"] <= rank


@pytest.mark.parametrize(("name", "width", "rank", "flattening", "pencil"), FEWER)
def test_how_many_products_integer_representations_take(name, width, rank, flattening, pencil):
    verdict = ask(read(name), FACTORED).verdict
    details = sizes_to_json(verdict.sizes)
    assert verdict.proof.contract is Contract.INJECTIVE
    assert rank <= width**2
    if "exact_form" in details:
        assert (details["exact_form"], details["rank"] < rank) == ({"rank": rank}, True)
        return
    assert (details["rank"], details["codes"]) == (rank, "integer representation")
    assert details["rank_at_least"] == {"flattening": flattening, "pencil": pencil}
    assert details["size_is"] == ("best found" if rank > max(flattening, pencil or 0) else "least rank for these codes")
    assert verdict.operator.size == width


@pytest.mark.parametrize(("name", "width", "rank", "bound", "exact"), TURNING)
def test_how_many_products_letters_take_that_turn_planes(name, width, rank, bound, exact):
    verdict = ask(read(name), FACTORED).verdict
    details = sizes_to_json(verdict.sizes)
    assert (verdict.operator.size, verdict.operator.rank) == (width, rank)
    assert details["rank_at_least"] == {"flattening": width, "pencil": bound}
    assert details["exact_form"] == {"rank": exact}
    assert details["size_is"] == ("best found" if rank > bound else "least rank for these codes")
    # The fewest products of a pencil can be off by all digits; these lose none.
    assert 1 <= details["condition"] < 2
    assert verdict.steps()["float32"] > 50_000 / width**2
    linear = ask(read(name), FACTORED, Contract.LINEAR).verdict
    assert linear.proof.contract is Contract.LINEAR


@pytest.mark.parametrize(("name", "rank"), NARROW)
@pytest.mark.parametrize("contract", [Contract.LINEAR, Contract.INJECTIVE], ids=lambda contract: contract.value)
def test_the_least_linear_realisation_saves_products(name, rank, contract):
    details = sizes_to_json(ask(read(name), FACTORED, contract).verdict.sizes)
    assert (details["rank"], details["codes"]) == (rank, "least linear realisation")


@pytest.mark.parametrize(
    "name", [name for name in KNOWN if name != "regular S6"]
)  # of order 720: beyond the limit of a minor
def test_the_width_of_the_least_linear_realisation(name):
    machine, states, rank = KNOWN[name]
    answer = ask(machine(), MINIMAL)
    verdict = answer.verdict
    assert (len(answer.machine.states), sizes_to_json(verdict.sizes)["rank"], verdict.operator.size) == (
        states,
        rank,
        max(rank, 1),
    )
    assert verdict.minimal.rank == rank


def test_the_permutations_of_five_points_are_on_no_diagonal_rung():
    machine = group_tracker([(1, 0, 2, 3, 4), (1, 2, 3, 4, 0)])
    assert {said(machine, target, Contract.INJECTIVE) for target in RUNGS[:3]} == {ORDER}


def test_only_what_the_outputs_tell_apart_counts():
    # With the sign as its output, S3 is parity.
    machine = group_tracker([(1, 0, 2), (1, 2, 0)])
    swaps = [
        sum(left > right for place, right in enumerate(state) for left in state[:place]) for state in machine.states
    ]
    signs = replace(machine, outputs=tuple("even" if count % 2 == 0 else "odd" for count in swaps))
    assert said(machine, "real-diagonal", Contract.INJECTIVE) == ORDER
    assert said(signs, "real-diagonal", Contract.INJECTIVE) == 1
