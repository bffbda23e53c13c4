"""Claims that rest on subnormal numbers, which libraries flush to zero: refused wherever such a number stands."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import fsm2rnn
from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.structure_tensors import dense_tensor
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.network import FloatOrbit, ProvedNetwork
from fsm2rnn.proof.stored.stored_tensors import nonzero
from fsm2rnn.proof.stored.structures import Structure
from tests.forgery.verdicts import agreed
from tests.second_checker import float_orbit
from tests.second_checker.wire import Refused, numbers

FILES = Path(__file__).parents[1] / "field_cases"


@pytest.mark.parametrize("path", sorted(FILES.glob("subnormal_*")), ids=lambda path: path.stem)
def test_files_that_start_at_a_subnormal_number_are_rejected(path):
    # Each was accepted for every finite word, and read wrongly by torch in batches of eight.
    assert not agreed(path.read_bytes())
    report = fsm2rnn.check(path)
    assert "an entry is a subnormal number of float32" in str(report)


@pytest.mark.parametrize(("form", "least"), [(FLOAT64, -1022), (FLOAT32, -126), (BFLOAT16, -126)])
def test_the_least_normal_number_is_stored_and_the_next_is_not(form, least):
    normal = Fraction(2) ** least
    for value in (normal, -normal):
        tensor = dense_tensor((1,), [(0, value)], form)
        assert list(nonzero(tensor, form)) == [(0, value)]
        assert numbers((tensor.dtype, [1], tensor.data)) == {0: value}
        below = dense_tensor((1,), [(0, value * (1 - Fraction(2) ** (1 - form.precision)))], form)
        with pytest.raises(CertificateError, match="subnormal"):
            list(nonzero(below, form))
        with pytest.raises(Refused, match="subnormal"):
            numbers((below.dtype, [1], below.data))


def test_numbers_that_are_normal_where_they_are_computed_with_are_stored():
    # 2^-24 is subnormal in float16, and float32 computes with it.
    tensor = dense_tensor((1,), [(0, Fraction(1, 1 << 24))], FLOAT16)
    assert list(nonzero(tensor, FLOAT16)) == [(0, Fraction(1, 1 << 24))]
    assert numbers((tensor.dtype, [1], tensor.data)) == {0: Fraction(1, 1 << 24)}


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_regions_that_end_in_a_subnormal_number_are_refused(dtype):
    halved = fsm2rnn.compile("counter(130)", "positive-diagonal", contract="robust")
    with pytest.raises(CertificateError, match="a region ends in a subnormal number of float32"):
        halved.proved(dtype)


def test_float_states_that_are_reached_through_subnormal_numbers_are_refused():
    # 2^-108 becomes 2^-127, then 0; start and factor are normal numbers.
    states = (((0, Fraction(1, 1 << 108)),), ((0, Fraction(1, 1 << 127)),), ())
    weights = [(0, 1 << 129), (1, 1 << 128)]
    tensors = {
        "diagonal": dense_tensor((1, 1), [(0, Fraction(1, 1 << 19))], BFLOAT16),
        "initial_state": dense_tensor((1,), states[0], BFLOAT16),
        "readout.weight": dense_tensor((3, 1), weights, FLOAT64),
        "readout.bias": dense_tensor((3,), [(0, -8), (1, -1)], FLOAT64),
    }
    machine = StateMachine(("0", "1", "2"), ("a",), ((1,), (2,), (2,)), 0, ("0", "1", "2"))
    with pytest.raises(CertificateError, match="a product may be subnormal"):
        ProvedNetwork(machine, Contract.INJECTIVE, FloatOrbit(states), (0, 1, 2), Structure.DIAGONAL, tensors, {})
    numbers_of = [(Fraction(1, 1 << 108),), (Fraction(1, 1 << 127),), (Fraction(0),)]
    with pytest.raises(Refused, match="too fine"):
        float_orbit.demand_range([Fraction(1, 1 << 19)], numbers_of, "BF16")
