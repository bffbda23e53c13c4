"""Theorem D against what rounded blocks and reflections really do: measured errors, and the laws of its bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, FORMATS
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.readout import Prototype
from fsm2rnn.operators.snapped import snapped
from fsm2rnn.operators.storage import store_prototypes
from fsm2rnn.operators.structure_tensors import dense_tensor
from fsm2rnn.proof import drift as module
from fsm2rnn.proof.checker import check_bytes, network_bytes, prove_bytes
from fsm2rnn.proof.contract import Contract
from fsm2rnn.proof.network import Orbit, Prototypes
from fsm2rnn.proof.orbit import strongest_contract, traced
from tests.forgery.test_wrong_structures import rebuilt
from tests.proof.drift_networks import (
    NETWORKS,
    as_array,
    cover_drift,
    dense_of,
    drift_files,
    drift_network,
    exact_files,
    point_of,
    represented,
)
from tests.proof.float_states import ACCUMULATORS, _array, rounded_to
from tests.second_checker.checker import accepts


def _in_order(products):
    """Return the sums over the last axis, one after the other."""
    total = products[..., 0]
    for place in range(1, products.shape[-1]):
        total = total + products[..., place]
    return total


by_name = {"ids": lambda form: form.name}
LONGEST = 150
SMALL = [name for name in NETWORKS if not name.startswith("D3xS4")]


@dataclass(frozen=True)
class FloatBlocks:
    """The steps of a network of prototypes in numpy: every product and sum is rounded, and each new state once more."""

    network: object
    weights: tuple  # (D, H, H), keys (D, R, H) and betas (D, R), or input (R, H), gates (D, R) and output (H, R)
    rows: np.ndarray  # (K, H) float64
    order: tuple  # of summation

    @classmethod
    def of(cls, network, *, backwards=False):
        tensors, wide = network.tensors, ACCUMULATORS[network.form]
        rows = _array(tensors["readout.weight"])
        if network.structure == "householder":
            weights = (_array(tensors["key"]).astype(wide), _array(tensors["beta"]).astype(wide))
        elif network.structure == "factored":
            weights = tuple(_array(tensors[name]).astype(wide) for name in ("input_factor", "gates", "output_factor"))
        else:
            weights = (np.array([as_array(matrix) for matrix in network.stored.matrices]).astype(wide),)
        order = range(rows.shape[1])
        return cls(network, weights, rows, tuple(order[::-1] if backwards else order))

    def first(self, count):
        """Return `count` stored starts, and the rows that they stand for."""
        start = _array(self.network.tensors["initial_state"]).astype(self.weights[0].dtype)
        return np.repeat(start[None], count, axis=0), np.zeros(count, int)

    def step(self, states, symbols):
        """Return the states (..., H) after symbols (...)."""
        if self.network.structure == "factored":
            source, gates, output = self.weights
            inner = self._summed(source, states[..., None, :]) * gates[symbols]
            return rounded_to(_in_order(output * inner[..., None, :]), self.network.form)
        if len(self.weights) == 1:
            return rounded_to(self._summed(self.weights[0][symbols], states[..., None, :]), self.network.form)
        keys, betas = (part[symbols] for part in self.weights)
        for place in range(keys.shape[-2]):
            key = keys[..., place, :]
            scale = betas[..., place] * -self._summed(key, states)
            states = states + scale[..., None] * key
        return rounded_to(states, self.network.form)

    def _summed(self, left, right):
        """Return the sum of products over the last axis, one after the other."""
        total = left[..., self.order[0]] * right[..., self.order[0]]
        for place in self.order[1:]:
            total = total + left[..., place] * right[..., place]
        return total

    def errors(self, states, rows):
        """Return the greatest |h - v| over blocks."""
        away = states.astype(np.float64) - self.rows[rows]
        cuts = np.cumsum(self.network.stored.blocks)[:-1]
        return np.max([np.linalg.norm(part, axis=-1) for part in np.split(away, cuts, axis=-1)], axis=0)

    def read(self, states):
        """Return the machine states that float states (..., H) are read as."""
        scores = states.astype(np.float64) @ self.rows.T + _array(self.network.tensors["readout.bias"])
        return np.array(self.network.reads)[scores.argmax(-1)]

    def proved(self, length):
        """Return (1 + eta)^t (V + e_0) - V for t = 1 .. length, V and e_0 from the stored numbers."""
        wide = max(self.errors(np.zeros_like(self.rows), np.arange(len(self.rows))))
        start = self.errors(*self.first(1))[0]
        growth = np.expm1(np.arange(1, length + 1) * np.log1p(float(self.network.grade.eta)))
        return growth * (wide + start) + start


def measured(network, length, *, backwards=False):
    """Return the greatest error at every step over random words and words that grow the error, and if all are read."""
    floats, generator = FloatBlocks.of(network, backwards=backwards), np.random.default_rng(5)
    table = np.array(network.machine.table)
    letters = np.arange(table.shape[1])
    words = generator.integers(0, len(letters), (300, length))
    free = generator.integers(0, 1 + length // 2, 300)
    free[:150] = length
    words[: len(letters)] = letters[:, None]
    states, rows = floats.first(len(words))
    worst, right = [], True
    for step, symbols in enumerate(words.T):
        every = np.broadcast_to(letters, (len(words), len(letters)))
        following, targets = floats.step(states[:, None].repeat(len(letters), 1), every), table[rows]
        greedy = floats.errors(following, targets).argmax(-1)
        chosen = np.arange(len(words)), np.where(step < free, symbols, greedy)
        states, rows = following[chosen], targets[chosen]
        worst.append(floats.errors(states, rows).max())
        right &= bool((floats.read(states) == rows).all())
    return floats, np.array(worst), right


@pytest.mark.parametrize("form", FORMATS, **by_name)
@pytest.mark.parametrize("name", NETWORKS)
def test_no_word_errs_by_more_than_is_proved(name, form):
    network = drift_network(name, form)
    length = min(network.steps, LONGEST if len(network.reads) < 100 else 60)
    floats, worst, right = measured(network, length, backwards=form is FLOAT16)
    assert (worst <= floats.proved(length)).all()
    assert right
    if form is BFLOAT16:
        # The bound is no empty one: some word comes near. (Few float states are met by C3 x C2, and the error stays.)
        proved = floats.proved(length)
        assert (proved / worst).min() < 3
        assert name.startswith("C3xC2") or proved[-1] / worst[-1] < 6


@pytest.mark.parametrize("form", [BFLOAT16, FLOAT16], **by_name)
@pytest.mark.parametrize("name", ["D5-dense", "D5-householder", "S4-blocks", "A5-householder"])
def test_the_bound_holds_beyond_what_is_read_right(name, form):
    """Past the horizon the states still are where the recursion says, as long as they are no longer than 4 V."""
    network = drift_network(name, form)
    floats, worst, _ = measured(network, LONGEST)
    proved = floats.proved(LONGEST)
    assert (worst <= proved)[proved < 1].all()


@pytest.mark.parametrize("form", FORMATS, **by_name)
@pytest.mark.parametrize("name", SMALL)
def test_eta_mu_and_steps_are_those_of_the_theorem(name, form):
    network = drift_network(name, form)
    grade, size = network.grade, network.proof.size
    unit = 2.0**-form.precision
    rows = _array(network.tensors["readout.weight"])
    gaps = np.linalg.norm(rows[:, None] - rows[None], axis=-1)
    half = gaps[gaps > 0].min() / 2
    # One block, unit prototypes; what a short format rounds off the start comes off.
    assert half * (1 - 1e-6) - 4 * unit < grade.mu <= half * (1 + 1e-6)
    assert unit / 2 < grade.eta < unit * (20 * size if form in (FLOAT64, FLOAT32) else 4)
    assert abs(network.margin - 2 * half**2) < 1e-6
    assert network.steps == math.floor(math.log1p(grade.mu) / math.log1p(grade.eta) + 1e-9) or network.steps > 1e9
    assert network.proof.equations == len(rows) * len(network.machine.symbols)
    assert (network.grade_name, network.reads) == ("horizon", tuple(range(len(rows))))


@pytest.mark.parametrize("name", SMALL)
def test_more_precise_formats_have_longer_horizons(name):
    steps = [drift_network(name, form).steps for form in (BFLOAT16, FLOAT16, FLOAT32, FLOAT64)]
    assert steps == sorted(set(steps))


def test_dense_and_block_diagonal_storage_of_one_block_prove_the_same():
    network = drift_network("D5-dense", FLOAT32)
    weight = _array(network.tensors["weight"])
    block = dense_tensor((2, 2, 2), enumerate(Fraction(value) for value in weight.transpose(2, 0, 1).ravel()), FLOAT32)
    other = rebuilt(network, {"weight": None, "block.0": block}, structure="block-diagonal")
    assert other.grade == network.grade


@pytest.mark.parametrize("name", [*drift_files(), *exact_files()])
def test_both_checkers_accept_what_is_stored(name):
    data = (drift_files() | exact_files())[name]
    report = check_bytes(data)
    assert (report.accepted, report.grade) == (True, "horizon" if name in drift_files() else "exact"), report.reason
    assert accepts(data) == (True, "proved")
    assert network_bytes(prove_bytes(data)) == data


@pytest.mark.parametrize("form", FORMATS, **by_name)
@pytest.mark.parametrize("name", SMALL)
def test_both_checkers_accept_every_group_in_every_format(name, form):
    assert accepts(network_bytes(drift_network(name, form))) == (True, "proved")


@pytest.mark.parametrize(("form", "exponent"), [(FLOAT32, -100), (FLOAT32, -115), (FLOAT64, -420), (FLOAT64, 420)])
def test_both_checkers_agree_at_every_scale(form, exponent):
    blocks, points, table = represented("C5")
    machine = StateMachine.tracker(range(len(points)), range(len(blocks)), table)
    scaled = [point_of(2.0**exponent * point) for point in points]
    prototypes = tuple(Prototype(point, state) for state, point in enumerate(scaled))
    network = store_prototypes(dense_of(blocks), machine, Contract.INJECTIVE, prototypes, form, {})
    for data in map(network_bytes, (network, snapped(network))):
        assert check_bytes(data).accepted
        assert accepts(data) == (True, "proved")


def test_several_prototypes_of_a_state_are_contract_cover():
    network = cover_drift(FLOAT32)
    assert (network.contract, network.reads) == (Contract.COVER, (0,) * 5 + (1,) * 5)
    floats = FloatBlocks.of(network)
    states, _ = floats.first(1)
    word, state = np.random.default_rng(2).integers(0, 2, 2000), 0
    for symbol in word:
        states, state = floats.step(states, np.array([symbol])), network.machine.table[state][symbol]
        assert floats.read(states) == [state]
    with pytest.raises(CertificateError, match="that is contract cover"):
        rebuilt(network, {}, contract=Contract.INJECTIVE)


@pytest.mark.parametrize(
    ("limit", "what"),
    [("EQUATION_LIMIT", "steps between"), ("SCORE_LIMIT", "scores of"), ("PRODUCT_LIMIT", "products of entries")],
)
def test_work_has_limits_before_anything_is_proved(monkeypatch, limit, what):
    network = drift_network("D5-dense", FLOAT32)
    needed = {"EQUATION_LIMIT": 20, "SCORE_LIMIT": 100, "PRODUCT_LIMIT": 16}[limit]
    monkeypatch.setattr(module, limit, needed)
    rebuilt(network, {})
    monkeypatch.setattr(module, limit, needed - 1)
    with pytest.raises(LimitError, match=f"{what}.*{needed} needed"):
        rebuilt(network, {})


@pytest.mark.parametrize(("name", "needed"), [("D5-factored", 32), ("D5-householder", 16)])
def test_letters_are_multiplied_out_within_limits(monkeypatch, name, needed):
    """Two letters of two rows: 8 products each, or 4 R of R = 4 factors."""
    network = drift_network(name, FLOAT32)
    monkeypatch.setattr(module, "PRODUCT_LIMIT", needed)
    rebuilt(network, {})
    monkeypatch.setattr(module, "PRODUCT_LIMIT", needed - 1)
    with pytest.raises(LimitError, match=f"products of entries: {needed} needed"):
        rebuilt(network, {})


@pytest.mark.parametrize("name", ["D5-dense", "D5-householder", "D7-blocks"])
def test_stored_weights_that_leave_the_integers_are_traced_by_prototypes(name):
    network = drift_network(name, FLOAT32)
    trace, reads = traced(network.stored, network.machine, limit=100)
    assert (trace, reads) == (Prototypes(), network.reads)
    assert strongest_contract(trace, reads, network.stored) is Contract.INJECTIVE
    cover = cover_drift(FLOAT32)
    assert strongest_contract(*traced(cover.stored, cover.machine, limit=100), cover.stored) is Contract.COVER


@pytest.mark.parametrize("name", exact_files())
def test_stored_weights_that_stay_integers_are_traced_by_their_codes(name):
    network = prove_bytes(exact_files()[name])
    assert traced(network.stored, network.machine, limit=100) == (network.trace, network.reads)
    assert isinstance(network.trace, Orbit)
