"""Permutations with phases: they permute the codes, and are as few complex numbers as characters allow."""

from __future__ import annotations

import cmath
import itertools

import numpy as np
import pytest

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.algebra.signed import phase_form as module
from fsm2rnn.algebra.signed.phase_form import phase_form
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.source.read import read

# fmt: off
WIDTHS = [  # complex numbers
    ("Dih(7)@gens",     2),
    ("Q8",              2),
    ("Q16@gens",        2),
    ("F21@gens",        3),
    ("F20@gens",        4),
    ("A4@gens",         3),
    ("A4xZ5@gens",      3),  # one of A4's with phases of Z5 on all three
    ("S3xZ5@gens",      2),
    ("A5@gens",         5),  # the degrees 3 are not monomial
    ("SL(2,3)@gens",    4),  # nor is 2 here
    ("S4@gens",         3),
    ("act:(1,2,3,4,5,6,7);(2,3,5)(4,7,6)", 3),
    ("act:(1,2,3,4,5);(1,2)",              5),
    ("act:(1,2,3,4,5,6,7);(2,7)(3,6)(4,5)", 2),
]
# fmt: on


def form_of(name):
    machine = minimise(read(name)).target
    return machine, Facts(machine).group.phases


@pytest.mark.parametrize(("name", "width"), WIDTHS)
def test_the_fewest_complex_numbers(name, width):
    machine, form = form_of(name)
    assert (form.size, form.least) == (width, True)
    assert form.size >= Facts(machine).group.least_complex.dimension


@pytest.mark.parametrize("name", [name for name, _ in WIDTHS])
def test_letters_move_and_turn_the_codes(name):
    machine, form = form_of(name)
    codes = np.concatenate(
        [
            np.array(row)[part.classes] * np.exp(2j * np.pi * part.turned / part.order)
            for part, row in zip(form.parts, form.values, strict=True)
        ],
        axis=1,
    )
    offsets = np.cumsum([0, *(part.width for part in form.parts)])
    for symbol in range(len(machine.symbols)):
        images = [part.maps[symbol] + first for part, first in zip(form.parts, offsets, strict=False)]
        phases = [cmath.exp(2j * cmath.pi * turn) for turn in form.turns(symbol)]
        moved = np.zeros_like(codes)
        moved[:, np.concatenate(images)] = codes * phases
        np.testing.assert_allclose(moved, codes[[row[symbol] for row in machine.table]], atol=1e-9)
    apart = [abs(one - other).max() for one, other in itertools.combinations(codes, 2)]
    assert min(apart) > 1e-6


def test_groups_beyond_the_limit_are_left():
    with pytest.raises(LimitError, match="phases"):
        phase_form(group_action(read("PSL(2,13)@gens")))


def test_too_few_subgroups_are_no_form(monkeypatch):
    found = module.subgroup_classes

    def fewer(table, extended):
        every = found(table, extended)
        return type(every)(tuple(one for one in every.found if len(one.core) > 1), complete=False)

    monkeypatch.setattr(module, "subgroup_classes", fewer)
    with pytest.raises(LimitError, match="told apart"):
        phase_form(group_action(read("Q8@gens")))
