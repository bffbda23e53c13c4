"""Signed permutations of groups: published widths, entries 1 and -1, and one-hot codes where these are no wider."""

from __future__ import annotations

import pytest
import torch

import fsm2rnn
from fsm2rnn.cells.network import lower
from fsm2rnn.compiler import ask
from fsm2rnn.constructions.sizes_json import sizes_to_json
from fsm2rnn.exact.rounding import BFLOAT16
from fsm2rnn.pages.rows import lasts_text
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.source.read import read
from fsm2rnn.targets.pd import PD
from tests.second_checker.checker import accepts

LEAST = "least of signed permutations with one code per state"

# fmt: off
SIGNED = [  # width
    ("C6@gens",        3),
    ("C12@gens",       5),
    ("C60@gens",      10),
    ("C60",           10),
    ("V4@gens",        2),
    ("S3@gens",        3),
    ("Dih(4)@gens",    2),
    ("Q8@gens",        4),
    ("A4@gens",        3),
    ("S4@gens",        3),
    ("A5@gens",        5),
    ("A5",             5),
    ("S5@gens",        5),
    ("S6@gens",        6),
    ("A6@gens",        6),
    ("PSL(2,7)@gens",  7),
    ("S3xS3@gens",     6),
]
# fmt: on
# A cycle of prime order, and five points with the affine group, need as many coordinates as states.
ONE_HOT = ["C5@gens", "C7", "act:(1,2,3,4,5);(2,3,5,4)", "tomita3", "flip-flop", "counter(3)", "Z1"]


@pytest.mark.parametrize(("name", "width"), SIGNED, ids=str)
def test_groups_take_fewer_coordinates_than_elements(name, width):
    answer = ask(read(name), PD)
    verdict = answer.verdict
    assert (verdict.operator.size, sizes_to_json(verdict.sizes)["codes"]) == (width, "signed permutations")
    assert sizes_to_json(verdict.sizes)["size_is"] == LEAST
    assert verdict.proof.contract is Contract.INJECTIVE
    assert set(verdict.steps().values()) == {None}
    for symbol in range(len(answer.machine.symbols)):
        entries = verdict.operator.matrix(symbol).columns
        assert sorted(row for ((row, _),) in entries) == list(range(width))
        assert {value for ((_, value),) in entries} <= {1, -1}


@pytest.mark.parametrize("name", ONE_HOT)
def test_others_keep_one_coordinate_per_state(name):
    answer = ask(read(name), PD)
    assert sizes_to_json(answer.verdict.sizes)["codes"] == "one-hot"
    assert answer.verdict.operator.size == len(answer.machine.states)


def test_contract_linear_keeps_one_coordinate_per_state():
    verdict = ask(read("S3@gens"), PD, Contract.LINEAR).verdict
    assert (verdict.operator.size, verdict.proof.contract) == (6, Contract.LINEAR)


@pytest.mark.parametrize("name", ["Q8", "A5@gens", "C60@gens", "PSL(2,7)@gens"])
def test_networks_are_certified_and_read_right(name):
    answer = ask(read(name), PD)
    stored = answer.verdict.store(BFLOAT16, {})
    data = network_bytes(stored)
    assert check_bytes(data).accepted
    assert accepts(data) == (True, "proved")
    words = torch.randint(len(answer.machine.symbols), (50, 60), generator=torch.Generator().manual_seed(0))
    found = lower(stored).run(words).tolist()
    assert found == [list(answer.machine.trajectory(word)) for word in words.tolist()]


COMPLEX = [  # numbers of the network that never rounds, complex numbers, real numbers of those that round
    ("Dih(7)@gens", 7, 2, 4),
    ("F21@gens", 7, 3, 6),
    ("F20@gens", 5, 4, 8),
    ("A4xZ5@gens", 8, 3, 6),
    ("Q8@gens", 4, 2, None),  # quarter turns never round
    ("Z12@gens", 5, 1, None),  # target rotation
    ("A5@gens", 5, None, None),
]


@pytest.mark.parametrize(("name", "size", "number", "real"), COMPLEX)
def test_how_many_complex_numbers_do(name, size, number, real):
    verdict = ask(read(name), PD).verdict
    told, smaller = verdict.sizes.complex_width, verdict.smaller
    assert (verdict.operator.size, told and told.number) == (size, number)
    assert set(verdict.steps().values()) == {None}
    assert told is None or str(told.proof).startswith("least ")
    assert (smaller and smaller.operator.size) == real
    assert smaller is None or smaller.operator.complex_size == number
    assert ("complex" in lasts_text(verdict)) == (number is not None)


@pytest.mark.parametrize("contract", [Contract.INJECTIVE, Contract.COVER])
def test_complex_numbers_are_proved_over_their_field_and_for_the_steps_told(contract):
    result = fsm2rnn.compile("Dih(7)@gens", "pd-ssm", contract=contract)
    smaller = result.verdict.smaller
    assert (smaller.proof.conductor, smaller.proof.width, smaller.proof.contract) == (7, 4, contract)
    stored = result.proved("float32", grade="smallest")
    assert (stored.grade_name, stored.steps) == ("horizon", smaller.steps()["float32"])
    assert stored.steps > 100_000
    data = network_bytes(stored)
    assert check_bytes(data).accepted
    assert accepts(data) == (True, "proved")
    words = torch.randint(2, (20, 300), generator=torch.Generator().manual_seed(0))
    found = lower(stored).run(words).tolist()
    assert found == [list(stored.machine.trajectory(word)) for word in words.tolist()]
