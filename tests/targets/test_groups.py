"""Every small group of the catalogue as an integer and a block-diagonal network; integer networks bit for bit."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from fsm2rnn.cells.network import lower
from fsm2rnn.compiler import ask
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT32
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.source.named.catalogue_groups import FAMILIES
from fsm2rnn.source.read import read, reading
from fsm2rnn.targets.block_diagonal import BLOCK_DIAGONAL
from fsm2rnn.targets.integer import INTEGER
from tests.second_checker.checker import accepts
from tests.targets.exact_streams import assert_bit_for_bit, int64, random_streams

LARGEST, QUICK = 60, 24
# No two of these are the same group, C_n being Z_n; then further names of theirs.
FACTORS = {f"Z{order}": order for order in range(1, LARGEST + 1)}
FACTORS |= {f"Dih({corners})": 2 * corners for corners in range(4, LARGEST // 2 + 1)}
FACTORS |= {"V4": 4, "Q8": 8, "S3": 6, "S4": 24, "A4": 12, "A5": 60, "Q16": 16, "C3:C4": 12, "Dic(5)": 20, "QD16": 16}
FACTORS |= {"F20": 20, "F21": 21, "SL(2,3)": 24, "GL(2,3)": 48}
AGAIN = {"S1": 1, "S2": 2, "A1": 1, "A2": 1, "A3": 3, "Dih(3)": 6, "PSL(2,2)": 6, "PSL(2,3)": 12, "PSL(2,5)": 60}
AGAIN |= {"Sym(3)": 6, "Alt(4)": 12, "D4": 8, "SD16": 16, "Dic(4)": 16}
PAIRS = {
    f"{left}x{right}": FACTORS[left] * FACTORS[right]
    for left, right in itertools.combinations_with_replacement(FACTORS, 2)
    if min(FACTORS[left], FACTORS[right]) > 1 and FACTORS[left] * FACTORS[right] <= LARGEST
}
GROUPS = FACTORS | AGAIN | PAIRS
SMALL = [name for name, order in GROUPS.items() if order <= QUICK]
STREAMED = ["Z5", "Z12", "Z50", "Z60", "S3", "S4", "S5", "S6@gens", "A4", "A5", "A6@gens", "Q8", "PSL(2,7)"]


def assert_certified(name, order):
    machine = reading(name).machine
    assert len(machine.states) == order
    for target in (INTEGER, BLOCK_DIAGONAL):
        answer = ask(machine, target)
        assert isinstance(answer.verdict, Compiled)
        assert answer.machine == machine
        data = network_bytes(answer.verdict.store(FLOAT32, {}))
        report = check_bytes(data)
        assert (report.accepted, accepts(data)) == (True, (True, "proved"))
        assert target is not INTEGER or "every finite word" in report.claim
        assert f"{order} states" in report.claim


def test_every_family_is_taken():
    families = {re.match(r"[A-Z]+[a-z]*", name)[0] for name in FACTORS | AGAIN}
    named = {re.match(r"[A-Z]+[a-z]*", part)[0] for family in FAMILIES for part in family.name.split(", ")}
    # Families whose number is a letter: Zn, Sn, An; Gx... is a product; M11 is too large to be certified here.
    assert {name.removesuffix("n") for name in named} - {"G", "Gx", "GxH", "M"} == families


@pytest.mark.parametrize("name", SMALL)
def test_groups_of_order_24_at_most_are_certified(name):
    assert_certified(f"{name}@gens", GROUPS[name])


@pytest.mark.slow
@pytest.mark.parametrize("letters", ["@gens", ""], ids=["generators", "all elements"])
@pytest.mark.parametrize("name", GROUPS)
def test_groups_of_order_60_at_most_are_certified(name, letters):
    assert_certified(name + letters, GROUPS[name])


def assert_exact(name, form, *shapes):
    verdict = ask(read(name), INTEGER).verdict
    width = verdict.operator.size
    matrices = np.stack([int64(matrix.columns, width).T for matrix in verdict.operator.matrices])
    network = lower(verdict.store(form, {}))
    assert str(network.rnn.weight.dtype) == f"torch.{form.name}"
    for shape in shapes:
        assert_bit_for_bit(network, matrices, int64(verdict.proof.codes, width), random_streams(len(matrices), *shape))


@pytest.mark.parametrize("name", ["Z12", "S5@gens", "A5", "Q8", "PSL(2,7)@gens"])
@pytest.mark.parametrize("form", [FLOAT32, BFLOAT16], ids=lambda form: form.name)
def test_floats_are_the_integers(name, form):
    assert_exact(name, form, (100, 50), (1, 100))


@pytest.mark.slow
@pytest.mark.parametrize("name", STREAMED)
@pytest.mark.parametrize("form", [FLOAT32, BFLOAT16], ids=lambda form: form.name)
def test_a_million_symbols_are_the_integers(name, form):
    assert_exact(name, form, (4000, 250), (1, 1000))
