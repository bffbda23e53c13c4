"""Products of updates: published n_h, exact products, floats near them, and the dyadic form bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from fsm2rnn.algebra.monoid.short_words import idempotents_of_one_image
from fsm2rnn.cells.network import lower
from fsm2rnn.compiler import ask, minimal_facts
from fsm2rnn.constructions.integer_network import nearest_integers
from fsm2rnn.constructions.refutation import idempotent_words
from fsm2rnn.constructions.sizes_json import sizes_to_json
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT32, NATIVE
from fsm2rnn.operators.storage import store
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.rounding.grade import exact_grade
from fsm2rnn.source.read import read
from fsm2rnn.targets.householder import HOUSEHOLDER
from tests.operators.doubled_updates import duplicated
from tests.second_checker.checker import accepts
from tests.strategies import machines
from tests.targets.exact_streams import assert_bit_for_bit, int64, random_streams

SWAPS = "perm:(1,2);(1,3);(1,4);(1,5);(2,3);(2,4);(2,5);(3,4);(3,5);(4,5)"
F20 = "perm:(1,2,3,4,5);(2,3,5,4)"
TWISTED = (  # (C3xQ8):C2 of order 48
    "perm:(1,4)(2,9)(3,7)(5,6)(10,12)(13,16)(14,20)(17,18);(1,2,3,5)(4,10,7,12)(6,11,9,8)(13,14,15,17,16,18,19,20)"
)
TURNS = "maps:1,2,0,4,5,3;0,1,2,0,1,2;3,4,5,3,4,5"
SUBSETS = "maps:1,1,3,1;2,1,1,2"

# fmt: off
GROUPS = [  # n_h; whether integers do
    ("Z2",             1, True),
    ("V4",             2, True),
    ("V4@gens",        1, True),
    ("Z3",             2, True),
    ("Z5",             2, False),
    ("Z5@gens",        2, False),
    ("Z12@gens",       2, False),
    ("S3",             2, True),
    ("S3@gens",        2, True),
    ("Dih(4)",         2, True),
    ("Dih(5)@gens",    2, False),
    ("A4",             2, True),
    ("S4",             2, True),
    ("S4@gens",        2, True),
    ("A5",             2, False),
    ("A5@gens",        2, False),
    ("Z2xA5",          3, False),
    ("Q8",             4, True),
    ("Q8@gens",        4, True),
    (F20,              4, True),
    ("S5",             4, True),
    ("S5@gens",        4, True),
    ("A6@gens",        4, True),
    ("PSL(2,7)@gens",  6, True),
    # The same group by elements of orders 2 and 3; and swaps of neighbours, of any two points.
    ("perm:(1,2)(3,6);(2,3,4)(5,6,7)",    4, True),
    ("perm:(1,2);(2,3);(3,4);(4,5)",      1, True),
    (TWISTED,                             4, False),
    (SWAPS,                               1, True),
]
OTHERS = [  # n_h, width
    ("flip-flop",          1,  1),
    ("tomita1",            1,  1),
    ("tomita2",            2,  2),
    ("tomita5",            1,  2),
    ("tomita6",            2,  3),
    ("counter(3)",         3,  3),
    ("counter(7)",         7,  7),
    ("dyck(1,3)",          4,  4),
    ("dyck(2,3)",         15, 15),
    ("maps:1,2,0;0,0,0",   3,  3),
    # Functions on the states that letters permute or set: bits that are shifted, turns beside a reset part.
    ("maps:1,1,1,0;2,3,2,0", 3, 3),
    ("maps:1,2,3,3;3,2,2,3", 3, 3),
    ("register(2)",        2,  2),
    ("register(3)",        3,  3),
    ("register(6)",        6,  6),
    ("maps:0,0,1;1,2,2",   2,  2),
    (TURNS,                2,  4),
    (SUBSETS,              3,  3),
]
# fmt: on


def text(value):
    return value if isinstance(value, str) else str(value)


@pytest.mark.parametrize(("name", "steps", "exact"), GROUPS, ids=text)
def test_groups_take_the_published_number_of_reflections(name, steps, exact):
    verdict = ask(read(name), HOUSEHOLDER).verdict
    assert (verdict.operator.steps, sizes_to_json(verdict.sizes)["n_h"]) == (steps, steps)
    assert sizes_to_json(verdict.sizes)["n_h_is"].startswith(
        "least of orthogonal representations with one code per state"
    )
    assert isinstance(verdict.proof, Simulation if exact else FieldSimulation)
    # Reflections all: beta <k, k> = 2, in integers or in floats.
    for update in {update for row in verdict.operator.updates for update in row}:
        assert update.value == 0
        assert abs(update.beta * sum(entry * entry for _, entry in update.key) - 2) <= (0 if exact else 1e-12)


@pytest.mark.slow
def test_all_720_elements_of_s6_take_four_reflections_in_the_twisted_representation():
    verdict = ask(read("S6"), HOUSEHOLDER).verdict
    assert (verdict.operator.steps, verdict.operator.size) == (4, 5)


@pytest.mark.parametrize(("name", "steps", "width"), OTHERS, ids=text)
def test_other_machines_have_projections_and_written_values(name, steps, width):
    verdict = ask(read(name), HOUSEHOLDER).verdict
    assert (verdict.operator.steps, verdict.operator.size) == (steps, width)
    assert set(verdict.steps().values()) == {None}
    data = network_bytes(verdict.store(FLOAT32, {}))
    assert check_bytes(data).accepted
    assert accepts(data) == (True, "proved")


@pytest.mark.parametrize("name", ["even-pairs", "random(8,2,1)", "tomita3", "tomita4"])
def test_updates_with_a_write_term_are_refuted_by_two_idempotents_with_one_image(name):
    verdict = ask(read(name), HOUSEHOLDER).verdict
    assert isinstance(verdict, Impossible)
    assert verdict.witness.one_image
    assert "no additive term" not in verdict.hypotheses


# The first one runs in three coordinates with a write term, the second without one, its orbit infinite.
@pytest.mark.parametrize("name", ["maps:1,1,1,0;2,3,2,0", "maps:0,2,2;1,1,2", "tomita7"])
def test_idempotents_that_do_not_commute_do_not_refute_a_write_term(name):
    facts = minimal_facts(read(name))
    assert not isinstance(HOUSEHOLDER.compile(facts, Contract.INJECTIVE), Impossible)
    witness = idempotent_words(facts)
    assert not witness.one_image
    assert "no additive term" in witness.hypotheses


@settings(max_examples=60)
@given(machines(max_states=4))
def test_no_machine_that_is_held_has_two_idempotents_with_one_image(machine):
    facts = minimal_facts(machine)
    if isinstance(HOUSEHOLDER.compile(facts, Contract.INJECTIVE), Compiled):
        assert idempotents_of_one_image(facts.machine) is None


def test_a_machine_of_which_neither_is_found_is_left_open():
    assert isinstance(ask(read("tomita7"), HOUSEHOLDER).verdict, Unsettled)


@pytest.mark.parametrize("contract", [Contract.COVER, Contract.ROBUST])
def test_one_image_refutes_more_codes_and_bounded_orbits_too(contract):
    verdict = HOUSEHOLDER.compile(minimal_facts(read("tomita3")), contract)
    assert isinstance(verdict, Impossible)
    assert ("bounded orbit read with a positive margin" in verdict.hypotheses) == (contract is Contract.ROBUST)


@pytest.mark.parametrize("name", ["S3", "S4@gens", "S5@gens", "Q8", "PSL(2,7)@gens", SWAPS], ids=text)
def test_exact_products_are_the_matrices_that_carry_the_codes(name):
    answer = ask(read(name), HOUSEHOLDER)
    proof, operator = answer.verdict.proof, answer.verdict.operator
    codes = dict(zip(proof.reads, proof.codes, strict=True))
    columns = zip(*answer.machine.table, strict=True)
    for symbol, column in enumerate(columns):
        product = operator.matrix(symbol).product
        assert all(product.apply(codes[state]) == codes[target] for state, target in enumerate(column))
        # A signed permutation, and no longer a product than its rank asks for.
        assert sorted(row for ((row, _),) in product.columns) == list(range(operator.size))
        assert {value for ((_, value),) in product.columns} <= {1, -1}
        moved = int64(product.columns, operator.size) - np.eye(operator.size)
        assert len(operator.updates[symbol]) == np.linalg.matrix_rank(moved)


@pytest.mark.parametrize("name", ["A5@gens", "Z5", "Z12@gens", "Dih(5)@gens"])
def test_float_products_are_near_the_orthogonal_matrices(name):
    answer = ask(read(name), HOUSEHOLDER)
    operator, rows = answer.verdict.operator, answer.verdict.rows
    network = lower(answer.verdict.store(FLOAT32, {}))
    codes = np.zeros((len(rows), operator.size))
    for row in rows:
        for place, entry in row.point:
            codes[row.read, place] = float(entry)
    basis = torch.eye(operator.size, dtype=torch.float32)
    with torch.no_grad():
        for symbol, column in enumerate(zip(*answer.machine.table, strict=True)):
            ids = torch.full((operator.size, 1), symbol)
            products = network.rnn(ids, basis.unsqueeze(0))[0][:, 0].numpy().T.astype(np.float64)
            # The orthogonal matrix in float64, by least squares on the codes that it permutes.
            wanted = np.linalg.lstsq(codes, codes[list(column)], rcond=None)[0].T
            assert np.abs(products - wanted).max() < 1e-6
            assert np.abs(wanted @ wanted.T - np.eye(operator.size)).max() < 1e-12
            exact = operator.matrix(symbol).product.columns
            kept = np.array([[float(dict(one).get(place, 0)) for one in exact] for place in range(operator.size)])
            assert np.abs(kept - wanted).max() < 1e-12


def dyadic_swaps():
    """Return the proof of S5 by its ten swaps on ten coordinates, and its operator; keys are unit vectors, beta 2."""
    answer = ask(read(SWAPS), HOUSEHOLDER)
    operator, proof = duplicated(answer.verdict.operator), answer.verdict.proof
    width = operator.size // 2
    codes = tuple((*code, *((place + width, value) for place, value in code)) for code in proof.codes)
    matrices = tuple(operator.matrix(symbol) for symbol in range(len(answer.machine.symbols)))
    decoder = nearest_integers(codes, proof.reads, operator.size)
    twice = Simulation(answer.machine, matrices, codes, proof.reads, decoder, Contract.INJECTIVE)
    return answer.verdict, operator, twice


def assert_swaps_exact(form, *shapes):
    verdict, operator, proof = dyadic_swaps()
    network = lower(store(operator, proof, form, {}))
    width = verdict.operator.size
    matrices = [verdict.operator.matrix(symbol).product.columns for symbol in range(len(proof.machine.symbols))]
    single = np.stack([int64(columns, width).T for columns in matrices])
    codes = np.zeros((len(proof.codes), width), dtype=np.int64)
    codes[list(proof.reads)] = int64(verdict.proof.codes, width)
    for shape in shapes:
        assert_bit_for_bit(network, single, codes, random_streams(len(single), *shape))


def test_the_dyadic_form_has_unit_keys_and_is_proved_exact_in_every_format():
    _, operator, proof = dyadic_swaps()
    assert (len(proof.machine.states), operator.size, operator.steps) == (120, 10, 1)
    updates = [update for row in operator.updates for update in row]
    assert {(update.beta, sum(entry * entry for _, entry in update.key)) for update in updates} == {(2, 1)}
    assert {entry.denominator for update in updates for _, entry in update.key} == {2}
    assert {form.name for form in exact_grade(proof).formats} == {form.name for form in NATIVE}
    for form in (FLOAT32, BFLOAT16):
        data = network_bytes(store(operator, proof, form, {}))
        report = check_bytes(data)
        assert (report.accepted, accepts(data)) == (True, (True, "proved"))
        assert "every finite word" in report.claim


@pytest.mark.parametrize("form", [FLOAT32, BFLOAT16], ids=lambda form: form.name)
def test_dyadic_swaps_are_the_integers(form):
    assert_swaps_exact(form, (100, 50), (1, 100))


@pytest.mark.slow
@pytest.mark.parametrize("form", [FLOAT32, BFLOAT16], ids=lambda form: form.name)
def test_a_million_dyadic_swaps_are_the_integers(form):
    assert_swaps_exact(form, (4000, 250), (1, 1000))
