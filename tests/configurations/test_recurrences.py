"""The eigenvalues that are stated, against random draws: each range holds, and one token more would break it."""

from __future__ import annotations

import numpy as np
import pytest

from fsm2rnn.configurations.fields import Fields
from fsm2rnn.configurations.layer_facts import Eigenvalues, Transition
from fsm2rnn.configurations.recurrences import delta_net, delta_rule, not_negative_diagonal

RANDOM = np.random.default_rng(0)


def factor(most):
    key = RANDOM.normal(size=3)
    key *= RANDOM.choice([1.0, 0.7]) / np.linalg.norm(key)
    return np.eye(3) - RANDOM.choice([most, RANDOM.uniform(0, most)]) * np.outer(key, key)


def token(factors, most, gate):
    found = np.eye(3)
    for _ in range(factors):
        found = factor(most) @ found
    return found @ (np.diag(RANDOM.uniform(size=3)) if gate == "diagonal" else RANDOM.uniform() * np.eye(3))


def worst(factors, most, gate, tokens):
    """Return the largest imaginary part and the least real part of eigenvalues of products over so many tokens."""
    found = []
    for _ in range(1500):
        product = np.eye(3)
        for _ in range(tokens):
            product = token(factors, most, gate) @ product
        found.append(np.linalg.eigvals(product))
    return np.abs(np.imag(found)).max(), np.real(found).min()


CASES = [(1, False, "scalar"), (2, False, "scalar"), (1, False, "diagonal"), (1, True, "scalar"), (1, True, "diagonal")]


@pytest.mark.parametrize(("factors", "doubled", "gate"), CASES)
def test_what_is_stated_holds_and_no_more(factors, doubled, gate) -> None:
    stated = delta_rule(factors, doubled=doubled, gate="", scalar_gate=gate == "scalar")
    most = 2.0 if doubled else 1.0
    turned, least = worst(factors, most, gate, stated.tokens)
    assert turned < 1e-5  # of double eigenvalues, by rounding
    assert (least > -1e-9) == (stated.eigenvalues is Eigenvalues.NOT_NEGATIVE)
    turned, least = worst(factors, most, gate, stated.tokens + 1)
    assert turned > 1e-3


@pytest.mark.parametrize(("factors", "doubled"), [(3, False), (2, True)])
def test_where_nothing_is_stated_a_token_may_turn(factors, doubled) -> None:
    assert delta_rule(factors, doubled=doubled, gate="").eigenvalues is Eigenvalues.ANYWHERE
    assert worst(factors, 2.0 if doubled else 1.0, "scalar", 1)[0] > 1e-3


def test_diagonals_stay_where_they_are() -> None:
    assert not_negative_diagonal("A = I") == Transition("A = I", Eigenvalues.NOT_NEGATIVE, None)


def test_keys_that_are_not_normalised_are_not_covered() -> None:
    assert "longer than 1" in delta_net(Fields({"qk_norm": "sum"})).reason
