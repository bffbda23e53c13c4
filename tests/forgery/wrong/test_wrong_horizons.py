"""Wrong weights beside right regions: a horizon that does not hold cannot be constructed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, NATIVE
from fsm2rnn.operators.diagonal import Diagonal
from fsm2rnn.operators.readout import RegionRow, nearest_rows
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.operators.storage import store_regions
from fsm2rnn.operators.structure_tensors import dense_tensor, index_tensor
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Region
from fsm2rnn.proof.file.network import ProvedNetwork, Regions
from fsm2rnn.proof.rounding.horizon import horizon, lower_decimal, upper_decimal
from fsm2rnn.proof.stored.structures import Structure
from tests.forgery.wrong.test_wrong_regions import line
from tests.proof.region_networks import NETWORKS, counting, cycle, region_network, stored, turning

HALF = Fraction(1, 2)


def refused(network, **changes):
    """Return the error of other tensors or another trace in a network."""
    names = ("machine", "contract", "trace", "reads", "structure", "evidence")
    tensors = network.tensors | changes.pop("tensors", {})
    with pytest.raises(CertificateError) as caught:
        ProvedNetwork(**{name: getattr(network, name) for name in names} | changes, tensors=tensors)
    return caught.value


def tensor(form, shape, *values):
    return dense_tensor(shape, enumerate(values), form)


def test_weights_of_another_shape_or_number_stand_for_no_letters():
    network = region_network("quarters-exact")
    lines = Diagonal(((1,),))
    letters = (Letter((1,), ()),)
    still = Enclosure(cycle(1, [0]), letters, (line(1),), (0,), Contract.INJECTIVE)
    store_regions(lines, still, (RegionRow((0,), (), 0, 0),), FLOAT32, {})
    other = store_regions(lines, still, (RegionRow((0,), (), 0, 0),), FLOAT32, {})
    with pytest.raises(CertificateError, match="need a diagonal or rotation structure") as caught:
        horizon(still, network.stored)
    assert caught.value.field == "cells"
    with pytest.raises(CertificateError, match="regions of 0 lines and size 2") as caught:
        horizon(network.proof, other.stored)
    assert caught.value.field == "cells"
    # The same numbers in a structure that mixes coordinates, or whose planes begin elsewhere.
    for lines in (None, 2):
        with pytest.raises(CertificateError, match="regions of 0 lines and size 2") as caught:
            horizon(network.proof, replace(network.stored, lines=lines))
        assert caught.value.field == "cells"
    # One plane and two planes: the same lines, another size; more matrices than letters.
    wider = Enclosure(
        cycle(1, [0]), (Letter((), (Fraction(0),) * 2),), (Region((), (Fraction(0),) * 2),), (0,), Contract.COVER
    )
    with pytest.raises(CertificateError, match="regions of 0 lines and size 4") as caught:
        horizon(wider, network.stored)
    assert caught.value.field == "cells"
    once = turning(1, [0])
    for matrices in (network.stored.matrices, ()):
        if matrices:
            with pytest.raises(CertificateError, match="1 letters need as many matrices, found 4") as caught:
                horizon(once, replace(network.stored, matrices=matrices))
            assert caught.value.field == "letters"


def test_regions_carry_no_head_and_no_readout_that_rounds_the_states():
    network = region_network("quarters-exact")
    assert refused(network, tensors={"head.weight": tensor(FLOAT32, (4, 2))}).field == "head"
    for form in NATIVE:
        for wide in NATIVE:
            network = stored(turning(4, range(4)), form)
            tensors = {
                "readout.weight": tensor(wide, (4, 2), 1, 0, 0, 1, -1, 0, 0, -1),
                "readout.bias": tensor(wide, (4,)),
            }
            if form in {FLOAT64: NATIVE, FLOAT32: NATIVE[1:]}.get(wide, (wide,)):
                ProvedNetwork(
                    network.machine, network.contract, network.trace, network.reads, Structure.ROTATION,
                    network.tensors | tensors, {},
                )  # fmt: skip
            else:
                error = refused(network, tensors=tensors)
                assert (error.field, "rounds states" in error.message) == ("decoder", True)


def test_a_stored_factor_is_the_letter_s_and_every_end_is_a_number_of_the_format():
    network = region_network("saturating-exact")
    assert refused(network, tensors={"diagonal": tensor(BFLOAT16, (2, 1), Fraction(1, 4), 1)}).field == "letters"
    assert refused(network, tensors={"diagonal": tensor(BFLOAT16, (2, 1), HALF)}).field == "letters"
    for high in (Fraction(1, 3), Fraction(257, 2048)):
        regions = (*network.trace.regions[:3], line(0, high))
        assert refused(network, trace=Regions(network.trace.letters, regions)).field in ("cells", "induction")
    machine, rows = counting(1)
    letters = (Letter((HALF,), ()), Letter((1,), ()))
    for high, form in [(Fraction(2, 3), FLOAT64), (Fraction(257, 512), BFLOAT16)]:
        proof = Enclosure(machine, letters, (line(1), line(0, high)), (0, 1), Contract.ROBUST)
        with pytest.raises(CertificateError, match="a region ends in no") as caught:
            store_regions(Diagonal(((HALF,), (1,))), proof, rows, form, {})
        assert caught.value.field == "cells"
    proof = Enclosure(machine, letters, (line(1), line(-(2**17), HALF)), (0, 1), Contract.ROBUST)
    store_regions(Diagonal(((HALF,), (1,))), proof, rows, FLOAT32, {})
    with pytest.raises(CertificateError, match="a region ends in no float16 number") as caught:
        store_regions(Diagonal(((HALF,), (1,))), proof, rows, FLOAT16, {})
    assert caught.value.field == "cells"


def test_the_start_is_in_the_first_region_and_every_plane_starts_at_one():
    network = region_network("counting-float32")
    for start in ((2, 1, 0), (HALF, 1, 0), (1, 0, 1), (1, -1, 0), (1, 1, 1), (1, HALF, 0), (1, 0, 0)):
        error = refused(network, tensors={"initial_state": tensor(FLOAT32, (3,), *start)})
        assert (error.field, "initial state" in error.message) == ("cells", True)
    # The same cycle with the first region at another turn than its state.
    turned = turning(5, [1])
    regions = tuple(Region((), ((region.planes[0] + Fraction(1, 5)) % 1,)) for region in turned.regions)
    moved = replace(turned, regions=regions)
    with pytest.raises(CertificateError, match="initial state") as caught:
        store_regions(Rotation(moved.letters), moved, nearest_rows(moved), FLOAT32, {})
    assert caught.value.field == "cells"
    dead = Enclosure(cycle(1, [0]), turned.letters, (Region((), (None,)),), (0,), Contract.INJECTIVE)
    with pytest.raises(CertificateError, match="initial state"):
        store_regions(Rotation(dead.letters), dead, nearest_rows(dead), FLOAT32, {})


def test_a_plane_that_is_sent_to_zero_is_stored_as_zero():
    network = region_network("killed-float16")
    for place, value in ((2, Fraction(1, 2**24)), (2, 1), (2, -1)):
        for name in ("cosine", "sine"):
            values = [0] * 3
            values[place] = value
            old = network.stored.matrices
            kept = [dict(matrix.columns[0]).get(0 if name == "cosine" else 1, 0) for matrix in old[:2]]
            error = refused(network, tensors={name: tensor(FLOAT16, (3, 1), *kept, value)})
            assert (error.field, "sends to zero" in error.message) == ("letters", True)


def test_weights_too_far_from_their_letters_prove_no_step():
    network = region_network("fifths-bfloat16")
    for cosine, sine in [((0, 0), (0, 0)), ((3, 3), (3, -3)), ((-1, -1), (0, 0)), ((1, 1), (1, -1))]:
        tensors = {"cosine": tensor(BFLOAT16, (2, 1), *cosine), "sine": tensor(BFLOAT16, (2, 1), *sine)}
        error = refused(network, tensors=tensors)
        assert (error.field, "no step is proved" in error.message) == ("float", True)


def test_a_quarter_turn_that_is_not_stored_exactly_rounds():
    network = region_network("quarters-exact")
    assert network.steps is None
    almost = 1 - Fraction(1, 2**24)
    for name, values in {"cosine": (1, 0, -almost, 0), "sine": (0, almost, 0, -1)}.items():
        tensors = network.tensors | {name: tensor(FLOAT32, (4, 1), *values)}
        other = ProvedNetwork(
            network.machine, network.contract, network.trace, network.reads, Structure.ROTATION, tensors, {}
        )
        assert (other.grade_name, other.grade.eta > Fraction(1, 2**24)) == ("horizon", True)
        assert 10**5 < other.steps < 10**8


def rows_of(weight, bias, index=None, form=FLOAT64):
    """Return the readout tensors of dense rows."""
    flat = [value for row in weight for value in row]
    tensors = {
        "readout.weight": tensor(form, (len(weight), len(weight[0])), *flat),
        "readout.bias": tensor(form, (len(bias),), *bias),
    }
    return tensors | ({} if index is None else {"readout.index": index_tensor((len(index),), index)})


SQUARE = [[1, 0], [0, 1], [-1, 0], [0, -1]]


@pytest.mark.parametrize(
    ("weight", "bias", "index", "message"),
    [
        (SQUARE, [0] * 4, [0, 1, 2, 2], "no score stands for state 3"),
        (SQUARE, [0] * 4, [0, 1, 3, 2], "not read as that state"),
        ([[0, 0]] * 4, [0] * 4, None, "not read as that state"),
        ([[1, 0], [0, 1], [-1, 0], [0, 0]], [0] * 4, None, "not read as that state"),
        (SQUARE, [0, 0, 0, 2], None, "not read as that state"),
        # A lead that the scores' own rounding may eat up.
        ([[value * 2.0**-60 for value in row] for row in SQUARE], [1] * 4, None, "not read as that state"),
        ([[1e308, 0], [0, 1e308], [-1e308, 0], [0, -1e308]], [0] * 4, None, "may exceed the numbers of float64"),
        (SQUARE, [1e308] * 4, None, "may exceed the numbers of float64"),
    ],
)
def test_a_readout_that_does_not_separate_the_regions_is_refused(weight, bias, index, message):
    network = region_network("quarters-exact")
    weight = [[Fraction(value) for value in row] for row in weight]
    error = refused(network, tensors=rows_of(weight, [Fraction(value) for value in bias], index))
    assert (error.field, message in error.message) == ("decoder", True), error


def test_too_many_terms_are_no_score_of_a_short_format():
    for size, proved in [(126, True), (127, False), (300, False)]:
        letters = (Letter((1,) * size, ()),)
        proof = Enclosure(cycle(1, [0]), letters, (Region(((1, 1),) * size, ()),), (0,), Contract.INJECTIVE)
        network = store_regions(Diagonal(((1,) * size,)), proof, (RegionRow((0,) * size, (), 1, 0),), BFLOAT16, {})
        tensors = rows_of([[0] * size], [1], form=BFLOAT16)
        if proved:
            assert horizon(proof, replace(network.stored, readout_form=BFLOAT16)).steps is None
        else:
            error = refused(network, tensors=tensors)
            assert (error.field, "too many for scores" in error.message) == ("decoder", True)


def test_one_reading_has_no_lead_and_every_score_may_be_read():
    network = stored(turning(1, [0]), FLOAT32)
    assert (network.margin, network.steps, network.grade.mu) == (None, None, 1)


def test_the_row_that_leads_in_the_middle_speaks_for_a_region():
    """Two rows of one state, the second the nearer one: the lead is that of the second."""
    network = region_network("quarters-exact")
    tensors = rows_of([*([[HALF, 0]]), *SQUARE], [0] * 5, [0, 0, 1, 2, 3])
    other = ProvedNetwork(
        network.machine,
        network.contract,
        network.trace,
        network.reads,
        Structure.ROTATION,
        network.tensors | tensors,
        {},
    )
    assert (other.margin, other.grade.lead) == (1, 1)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_decimals_of_a_horizon_bound_it_from_the_safe_side(name):
    grade = region_network(name).grade
    unit = Fraction(1, 10**24)
    for value, text, low, high in [
        (grade.eta, upper_decimal(grade.eta), -unit, 0),
        (grade.mu, lower_decimal(grade.mu), 0, unit),
    ]:
        assert low < value - int(text.removesuffix("e-24")) * unit < high or value * 10**24 % 1 == 0
