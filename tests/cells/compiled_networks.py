"""One machine or more for every target, and what each target holds under which contract."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.exact.rounding import NATIVE
from fsm2rnn.targets import RUNGS
from tests.laws.held_machines import HELD

DTYPES = [form.name for form in NATIVE]
LINEAR = ("full", "pd", "minimal", "factored")  # a linear head for any machine
ANY_MACHINE = (*LINEAR, "integer")

# target, machine, contract
CASES = [
    ("full", "S3", "injective"),
    ("full", "tomita3", "linear"),
    ("pd", "A4", "injective"),
    ("pd", "flip-flop", "linear"),
    ("minimal", "tomita3", "linear"),
    ("minimal", "tomita4", "linear"),
    ("factored", "S3", "injective"),
    ("factored", "tomita3", "linear"),
    ("integer", "A5@gens", "injective"),
    ("integer", "tomita3", "injective"),
    ("block-diagonal", "A5@gens", "injective"),  # one block of three coordinates, rounded
    ("block-diagonal", "S3xS3@gens", "injective"),
    ("block-diagonal", "register(2)", "injective"),
    ("householder", "A5@gens", "injective"),  # two reflections a step, rounded
    ("householder", "S4@gens", "injective"),
    ("householder", "flip-flop", "injective"),  # values are written
    ("rotation", "Z5", "injective"),  # one plane, rounded
    ("rotation", "Z2xZ4", "injective"),  # a line and a plane of quarter turns
    ("rotation", "counter(3)", "robust"),  # a line that is halved
    ("real-diagonal", "V4", "injective"),
    ("real-diagonal", "maps:1,2,2;2,2,2", "robust"),  # six cells of three states
    ("positive-diagonal", "tomita1", "injective"),
    ("positive-diagonal", "counter(3)", "robust"),
    ("affine-real-diagonal", "tomita5", "injective"),
    ("affine-real-diagonal", "flip-flop", "injective"),
    ("affine-positive-diagonal", "flip-flop", "injective"),
]
each_case = pytest.mark.parametrize("case", CASES, ids=" ".join)
ROUNDED = [("rotation", "Z5"), ("block-diagonal", "A5@gens"), ("householder", "A5@gens")]
EXACT = [case for case in CASES if case[:2] not in ROUNDED]
each_exact_case = pytest.mark.parametrize("case", EXACT, ids=" ".join)
# Planes, lines and prototypes may drift and still be read right for a while; an update that does nothing may for ever.
DRIFTING = ("rotation", "real-diagonal", "positive-diagonal", "integer", "block-diagonal", "householder")
RIGID = [case for case in CASES if case[0] not in DRIFTING and case != ("full", "S3", "injective")]
each_rigid_case = pytest.mark.parametrize("case", RIGID, ids=" ".join)
each_drifting_case = pytest.mark.parametrize("case", [case for case in CASES if case not in RIGID], ids=" ".join)
each_target = pytest.mark.parametrize("target", [target.name for target in RUNGS])


@cache
def compiled(case):
    """Return the compiled result of one case."""
    target, machine, contract = case
    return fsm2rnn.compile(machine, target, contract=contract)


@st.composite
def held(draw, target):
    """Draw a machine that the target holds, and its compiled result under a contract for which it does."""
    contracts, source = draw(st.sampled_from([row[1:] for row in HELD if row[0] == target]))
    machine = draw(source)
    return machine, fsm2rnn.compile(machine, target, contract=draw(st.sampled_from(contracts)).value)


def proved_steps(result, dtype, most):
    """Return how many steps are proved in a dtype, at most `most`."""
    steps = result.verdict.steps()[dtype]
    return most if steps is None else min(steps, most)
