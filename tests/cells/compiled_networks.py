"""One machine or more for every target, and what each target holds under which contract."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.targets import TARGETS
from tests.laws.held_machines import HELD

DTYPES = [form.name for form in FORMATS]
ANY_MACHINE = ("full", "pd", "minimal", "factored")

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
# Z5 by turns is the one whose weights round.
EXACT = [case for case in CASES if case[:2] != ("rotation", "Z5")]
each_exact_case = pytest.mark.parametrize("case", EXACT, ids=" ".join)
# Planes and lines may drift and still be read right for a while.
DRIFTING = ("rotation", "real-diagonal", "positive-diagonal")
each_rigid_case = pytest.mark.parametrize("case", [case for case in CASES if case[0] not in DRIFTING], ids=" ".join)
each_drifting_case = pytest.mark.parametrize("case", [case for case in CASES if case[0] in DRIFTING], ids=" ".join)
each_target = pytest.mark.parametrize("target", [target.name for target in TARGETS])


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
