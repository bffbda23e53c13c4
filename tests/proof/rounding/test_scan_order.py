"""Letters multiplied as matrices in any bracketing: measured against theorem P and theorem B of `scan_order`."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, NATIVE
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.diagonal import Diagonal
from fsm2rnn.operators.readout import RegionRow
from fsm2rnn.operators.storage import store_prototypes, store_regions
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Region
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.certificate import certificate
from fsm2rnn.proof.rounding import scan_order
from fsm2rnn.proof.rounding.grade import exact_grade
from tests.proof.networks import PARITY, factored_parity, turned_quarters
from tests.proof.region_networks import region_network
from tests.proof.rounding.drift_networks import as_array, dense_of, drift_network, readout_of, represented
from tests.proof.rounding.float_orbit_networks import orbit_network
from tests.proof.rounding.float_states import ACCUMULATORS, array_of, rounded_to
from tests.proof.turning_networks import cyclic_network, decaying_network

by_name = {"ids": lambda form: form.name}
# The bound on sums of products, and the number of codes.
INTEGERS = {"S5@gens": 120, "A5": 60, "Z60": 60, "S4@gens": 24, "tomita3": 5, "Dih(5)": 10}


def bracketed(leaves, multiply, generator):
    """Return the product of leaves in the order of a word, bracketed at random; later leaves stand on the left."""
    if len(leaves) == 1:
        return leaves[0]
    cut = int(generator.integers(1, len(leaves)))
    return multiply(bracketed(leaves[cut:], multiply, generator), bracketed(leaves[:cut], multiply, generator))


def simulation_of(machine, target="integer"):
    return fsm2rnn.compile(machine, target).verdict.proof


@pytest.mark.parametrize("machine", INTEGERS)
def test_no_product_of_integer_letters_exceeds_its_bound(machine):
    proof = simulation_of(machine)
    assert len(proof.codes) == INTEGERS[machine]
    bound = exact_grade(proof).products
    letters = [as_array(matrix) for matrix in proof.matrices]
    start = as_array(SparseMatrix(proof.size, (proof.codes[0],)))[:, 0]
    generator = np.random.default_rng(0)
    largest = 0.0

    def multiply(left, right):
        nonlocal largest
        largest = max(largest, (np.abs(left) @ np.abs(right)).max())
        return left @ right

    for length in (2, 3, 9, 40):
        for _ in range(30):
            word = [letters[symbol] for symbol in generator.integers(len(letters), size=length)]
            product = bracketed(word, multiply, generator)
            largest = max(largest, (np.abs(product) @ np.abs(start)).max(), np.abs(product).max())
    assert 0 < largest <= bound


BOUNDS = {
    ("S5@gens", "integer"): 11,
    ("S6@gens", "integer"): 20,
    ("Z60", "integer"): 18,
    ("PSL(2,7)@gens", "integer"): 53,
    ("register(4)", "integer"): 20,
    ("parity", "real-diagonal"): 1,
    ("S5", "full"): 1,
    ("Q8", "pd"): 1,
}


@pytest.mark.parametrize(("machine", "target", "bound"), [(*key, value) for key, value in BOUNDS.items()])
def test_bounds_on_sums_of_products(machine, target, bound):
    assert exact_grade(simulation_of(machine, target)).products == bound


def test_signed_maps_need_no_codes_that_span():
    quarters = turned_quarters()
    assert scan_order.exact_sums(quarters.proof) == 4  # |3| + |1|


def test_letters_whose_codes_do_not_span_have_no_bound():
    """The square of the letter doubles a coordinate on which every code is zero."""
    machine = StateMachine(("a",), ("x",), ((0,),), 0, (True,))
    letter = SparseMatrix(2, (unit(0), ((1, 2),)))
    proof = Simulation(
        machine, (letter,), (unit(0),), (0,), Decoder.linear(SparseMatrix.from_rows([[1, 0]])), Contract.INJECTIVE
    )
    grade = exact_grade(proof)
    assert grade.formats == NATIVE
    assert (grade.products, grade.scan) == (None, ())


def test_entries_beside_one_in_one_column_are_no_signed_map():
    """A column of two entries, or of one entry 2: products grow where codes do not see it."""
    machine = StateMachine(("a",), ("x",), ((0,),), 0, (True,))
    readout = Decoder.linear(SparseMatrix.from_rows([[1, 0, 0]]))
    for column in (((1, 1), (2, 1)), ((1, -2),)):
        letter = SparseMatrix(3, (unit(0), column, unit(2)))
        proof = Simulation(machine, (letter,), (unit(0),), (0,), readout, Contract.INJECTIVE)
        assert scan_order.exact_sums(proof) is None


def test_a_large_start_is_summed_up():
    swap = SparseMatrix(2, (unit(1), unit(0)))
    codes = (((0, 200), (1, 100)), ((0, 100), (1, 200)))
    readout = Decoder.linear(SparseMatrix.from_rows([[1, -1], [-1, 1]]))
    proof = Simulation(PARITY, (SparseMatrix.identity(2), swap), codes, (0, 1), readout, Contract.INJECTIVE)
    grade = exact_grade(proof)
    assert grade.products == 300
    # 200 - 100 and 200 itself fit eight bits, but the sum of both does not.
    assert BFLOAT16 not in grade.scan
    assert FLOAT16 in grade.scan


def test_factors_and_updates_are_made_matrices_first():
    # A reflection of S3 has entries up to 2 on the way; half a sum of four signs is counted in halves.
    assert exact_grade(factored_parity().proof).scan == NATIVE
    assert exact_grade(simulation_of("S3", "householder")).products == 3
    assert exact_grade(simulation_of("counter(4)", "factored")).products == 4


def test_factors_whose_unit_steps_do_not_fit_never_scan_exactly():
    """Codes e_0 alone, and a factor of 2^8 for a coordinate that stays zero: its step from e_1 sums up 2^9."""
    for weight, fits in ((1 << 7, True), (1 << 8, False)):
        output, source = SparseMatrix(2, (unit(0), unit(1), unit(1))), SparseMatrix(2, (unit(0), unit(1), unit(1)))
        gates = ((0, 1), (1, weight), (2, -weight))
        letter = FactoredMatrix(output, gates, source)
        machine = StateMachine(("a",), ("x",), ((0,),), 0, (True,))
        readout = Decoder.linear(SparseMatrix.from_rows([[1, 0]]))
        grade = exact_grade(Simulation(machine, (letter,), (unit(0),), (0,), readout, Contract.INJECTIVE))
        assert BFLOAT16 in grade.formats
        assert (BFLOAT16 in grade.scan) == fits


def test_wide_codes_are_left_alone(monkeypatch):
    proof = simulation_of("Z60")
    assert exact_grade(proof).scan == NATIVE
    monkeypatch.setattr(scan_order, "WIDEST", 7)
    assert exact_grade(proof).products is None
    monkeypatch.setattr(scan_order, "WIDEST", 8)
    monkeypatch.setattr(scan_order, "FRAME_LIMIT", 60 * 64 - 1)
    assert exact_grade(proof).products is None


@pytest.mark.parametrize("form", NATIVE, **by_name)
@pytest.mark.parametrize("order", [3, 5, 12, 50])
def test_turns_multiplied_in_any_bracketing_keep_the_bound(order, form):
    network = cyclic_network(order, form)
    wide, eta = ACCUMULATORS[form], network.grade.scan.eta
    cosine, sine = (array_of(network.tensors[name]).astype(wide)[:, 0] for name in ("cosine", "sine"))
    generator = np.random.default_rng(order)

    def multiply(left, right):
        (c, s), (u, v) = left, right
        return tuple(rounded_to(np.atleast_1d(part), form)[0] for part in (c * u - s * v, s * u + c * v))

    for length in (1, 2, 7, 64, 300):
        word = generator.integers(order, size=length)
        c, s = bracketed([(cosine[symbol], sine[symbol]) for symbol in word], multiply, generator)
        angle = 2 * np.pi * (int(word.sum()) % order) / order
        error = np.hypot(float(c) - np.cos(angle), float(s) - np.sin(angle))
        assert error <= np.expm1(length * np.log1p(float(eta))) + 1e-15 * length


@pytest.mark.parametrize("form", NATIVE, **by_name)
@pytest.mark.parametrize("name", ["C5-dense", "D5-dense", "A5-dense", "S4-blocks", "C3xC2-blocks"])
def test_blocks_multiplied_in_any_bracketing_keep_the_bound(name, form):
    network = drift_network(name, form)
    wide, eta = ACCUMULATORS[form], float(network.grade.scan.eta)
    letters = [as_array(matrix).astype(wide) for matrix in network.stored.matrices]
    rows, start = array_of(network.tensors["readout.weight"]), array_of(network.tensors["initial_state"]).astype(wide)
    cuts = np.cumsum(network.stored.blocks)[:-1]
    norms = [max(map(np.linalg.norm, np.split(row, cuts))) for row in rows]
    away = max(map(np.linalg.norm, np.split(rows[0] - start, cuts)))
    generator = np.random.default_rng(len(name))

    def multiply(left, right):
        # einsum adds up in its own order; any will do.
        return rounded_to(np.einsum("ij,j...->i...", left, right).astype(wide), form)

    for length in (1, 2, 7, 40, 150):
        word = generator.integers(len(letters), size=length).tolist()
        state = multiply(bracketed([letters[symbol] for symbol in word], multiply, generator), start)
        wanted = rows[network.stored.decoder.reads.index(list(network.machine.trajectory(word))[-1])]
        error = max(map(np.linalg.norm, np.split(state - wanted, cuts)))
        bound = (max(norms) + away) * (1 + eta) ** length - max(norms)
        assert error <= bound + 1e-14


@pytest.mark.parametrize("form", [FLOAT32, BFLOAT16], **by_name)
def test_the_bounds_are_not_idle(form):
    """Somewhere the error of a bracketing exceeds a thousandth of its bound."""
    network = cyclic_network(50, form)
    cosine, sine = (array_of(network.tensors[name]).astype(np.float32)[:, 0] for name in ("cosine", "sine"))
    c, s = np.float32(1), np.float32(0)
    for _ in range(32):
        c, s = (
            rounded_to(np.atleast_1d(part), form)[0]
            for part in (cosine[1] * c - sine[1] * s, sine[1] * c + cosine[1] * s)
        )
    angle = 2 * np.pi * 32 / 50
    error = np.hypot(float(c) - np.cos(angle), float(s) - np.sin(angle))
    assert error > 1e-3 * np.expm1(32 * np.log1p(float(network.grade.scan.eta)))


def test_scan_horizons_of_turns():
    steps = {order: cyclic_network(order, BFLOAT16).grade.scan.steps for order in (5, 10, 25, 50)}
    assert steps == {5: 79, 10: 46, 25: 20, 50: 10}
    assert cyclic_network(4, BFLOAT16).grade.scan.steps is None


@given(factors=st.lists(st.sampled_from([0, 1, -1, Fraction(1, 2), Fraction(-1, 4), Fraction(1, 2**30)]), min_size=1))
def test_lines_are_those_of_the_sequential_run(factors):
    for form in (FLOAT32, BFLOAT16, FLOAT16):
        kind = {FLOAT32: np.float32, BFLOAT16: np.float32, FLOAT16: np.float16}[form]

        def multiply(left, right, form=form, kind=kind):
            product = np.array([left * right], dtype=kind)
            return rounded_to(product, form)[0] if form == BFLOAT16 else product[0]

        leaves = [kind(float(factor)) for factor in factors]
        sequential = kind(1)
        for leaf in leaves:
            sequential = multiply(leaf, sequential)
        scanned = multiply(bracketed(leaves, multiply, np.random.default_rng(len(factors))), kind(1))
        assert scanned == sequential


def _line(factor, start):
    """Return the network of one state on a line that is multiplied."""
    machine = StateMachine(("q",), ("x",), ((0,),), 0, (True,))
    letter, region = Letter((factor,), ()), Region(((0, start),), ())
    proof = Enclosure(machine, (letter,), (region,), (0,), Contract.ROBUST)
    return store_regions(Diagonal(((factor,),)), proof, (RegionRow((1,), (), 0, 0),), FLOAT32, {})


def test_other_lines_have_no_horizon_in_scan_order():
    half = Fraction(1, 2)
    assert _line(half, 1).grade.scan.steps is None
    # Three quarters underflow in another way; so does a start above one.
    assert _line(Fraction(3, 4), 1).grade.scan is None
    assert _line(half, 2).grade.scan is None
    assert _line(half, Fraction(3, 4)).grade.scan is None
    assert decaying_network(FLOAT16).grade.scan.steps is None


def test_lines_beside_planes_follow_their_horizon():
    scan = region_network("counting-float32").grade.scan
    assert 1000 < scan.steps < 10**7


def test_blocks_whose_products_may_overflow_have_no_horizon():
    """Step by step, sums keep below 8 V (1 + |A|_F); those of products are bounded by 8 n V."""
    blocks, points, table = represented("A5")
    machine = StateMachine.tracker(range(60), range(2), table)
    for size, held in ((2000, True), (2900, False)):
        readout, letters = readout_of(size * points), dense_of(blocks)
        network = store_prototypes(letters, machine, Contract.INJECTIVE, readout, FLOAT16, {})
        assert network.grade.steps > 1
        assert (network.grade.scan is not None) == held


def test_too_many_terms_are_refused():
    with pytest.raises(CertificateError, match="too many for one sum"):
        scan_order.block_error(1 << 23, FLOAT32)
    scan_order.block_error((1 << 23) - 1, FLOAT32)


def test_what_certificates_say():
    def said(network):
        return json.loads(certificate(network))["float"]["scan"]

    exact = said(fsm2rnn.compile("S5@gens", "integer").proved("bfloat16"))
    assert exact["dtypes"] == dict.fromkeys((form.name for form in NATIVE), "all lengths")
    assert exact["partial_sums"] == "11"
    assert said(cyclic_network(5, BFLOAT16))["dtypes"] == {"bfloat16": 79}
    assert said(cyclic_network(4, FLOAT64)) | {"reason": ""} == {
        "dtypes": {"float64": "all lengths"},
        "eta": "0e-24",
        "reason": "",
    }
    assert said(factored_parity())["reason"] == scan_order.FORMED + scan_order.EXACT
    assert said(orbit_network("fifths-float16")) == {"dtypes": {}}
