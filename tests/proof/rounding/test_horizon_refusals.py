"""Every condition of a horizon: weights, regions and readouts that it refuses."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.circle import UNIT, point_on_circle
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.readout import nearest_rows
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.operators.storage import store_regions
from fsm2rnn.operators.structure_tensors import dense_tensor, index_tensor
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Region
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.rounding import separation as module
from fsm2rnn.proof.rounding.horizon import horizon, lower_decimal, upper_decimal
from fsm2rnn.proof.stored.structures import Structure
from tests.proof.turning_networks import cyclic_network, decaying_network, stored_regions

FIVE = cyclic_network(5, BFLOAT16)
LINES = decaying_network(BFLOAT16)


def refused(network, field, match, **tensors):
    with pytest.raises(CertificateError, match=match) as caught:
        rebuilt(network, **tensors)
    assert caught.value.field == field


def rebuilt(network, **tensors):
    changed = {name.replace("__", "."): tensor for name, tensor in tensors.items()}
    kept = {name: tensor for name, tensor in network.tensors.items() if changed.get(name, tensor) is not None}
    return ProvedNetwork(
        network.machine,
        network.contract,
        network.trace,
        network.reads,
        network.structure,
        kept | {name: tensor for name, tensor in changed.items() if tensor is not None},
        {},
    )


def table(values, form=BFLOAT16):
    flat = [value for row in values for value in row]
    return dense_tensor((len(values), len(values[0])), enumerate(flat), form)


def points(turns=range(5), scale=1):
    """Return the stored cosines and sines of fifths of a turn, one plane."""
    ends = [point_on_circle(Fraction(k, 5)) for k in turns]
    values = [[scale * Fraction(end.low, UNIT) for end in pair] for pair in ends]
    return {"cosine": table([[c] for c, _ in values]), "sine": table([[s] for _, s in values])}


def test_the_untouched_weights_are_proved():
    assert rebuilt(FIVE, **points()).grade == FIVE.grade
    assert rebuilt(LINES).grade == LINES.grade


def test_other_structures_than_the_regions_speak_of_are_refused():
    dense = dense_tensor((2, 2, 5), [(place, 1) for place in range(20)], BFLOAT16)
    with pytest.raises(CertificateError, match="need a diagonal or rotation structure") as caught:
        ProvedNetwork(
            FIVE.machine,
            FIVE.contract,
            FIVE.trace,
            FIVE.reads,
            Structure.DENSE,
            {"weight": dense} | {n: t for n, t in FIVE.tensors.items() if n not in {"cosine", "sine"}},
            {},
        )
    assert caught.value.field == "cells"
    wide = table([[1, 1]] * 5), table([[0, 0]] * 5)
    readout = {"readout__weight": table([[0] * 4] * 5, FLOAT64)}
    start = dense_tensor((4,), [(0, 1), (2, 1)], BFLOAT16)
    refused(FIVE, "cells", "need a diagonal", cosine=wide[0], sine=wide[1], initial_state=start, **readout)
    # As many numbers, but two lines in the place of a plane.
    refused(FIVE, "cells", "need a diagonal", **lines_instead())


def lines_instead():
    diagonal, cosine = table([[1, 1]] * 5), table([[1]] * 5)
    start = dense_tensor((4,), [(0, 1), (2, 1)], BFLOAT16)
    readout = table([[0] * 4] * 5, FLOAT64)
    return {"diagonal": diagonal, "cosine": cosine, "initial_state": start, "readout__weight": readout}


def test_every_letter_needs_its_matrix():
    refused(FIVE, "letters", "5 letters need as many matrices, found 4", **points(range(4)))
    refused(FIVE, "letters", "5 letters need as many matrices, found 6", **points([*range(5), 1]))


def test_a_stored_factor_is_the_letters_own():
    for factors in ([[Fraction(3, 8)], [1]], [[0], [1]], [[1], [Fraction(1, 2)]], [[-Fraction(1, 2)], [1]]):
        refused(LINES, "letters", "a stored factor is not the letter's", diagonal=table(factors))


def test_regions_end_in_numbers_of_the_format():
    for end in (Fraction(1, 3), 1 + Fraction(1, 1 << 8), 1 << 200):
        low, high = sorted((Fraction(1), Fraction(end)))
        regions = [Region((interval,), ()) for interval in ((low, high), (low / 2, high / 2), (0, high / 4))]
        with pytest.raises(CertificateError, match="a region ends in no bfloat16 number") as caught:
            ProvedNetwork(
                LINES.machine,
                Contract.ROBUST,
                dataclasses.replace(LINES.trace, regions=tuple(regions)),
                LINES.reads,
                LINES.structure,
                LINES.tensors,
                {},
            )
        assert caught.value.field == "cells"


def test_the_stored_start_is_in_the_first_region():
    for start in ([(0, Fraction(1, 2))], [(0, 2)], [(0, -1)], []):
        refused(LINES, "cells", "not in the first region", initial_state=dense_tensor((1,), start, BFLOAT16))
    for start in ([(0, -1)], [(0, 1), (1, Fraction(1, 256))], [(1, 1)], []):
        refused(FIVE, "cells", "a plane does not start at", initial_state=dense_tensor((2,), start, BFLOAT16))
    half = Fraction(1, 5)
    regions = tuple(Region((), ((point + half) % 1,)) for (point,) in (region.planes for region in FIVE.trace.regions))
    with pytest.raises(CertificateError, match="a plane does not start at"):
        ProvedNetwork(
            FIVE.machine,
            FIVE.contract,
            dataclasses.replace(FIVE.trace, regions=regions),
            FIVE.reads,
            FIVE.structure,
            FIVE.tensors,
            {},
        )


def test_zero_is_stored_as_zero_and_nothing_else_is():
    # The symbol that loses the count, once stored as something else than zero; and a turn stored as zero.
    table_ = [[1, 2], [0, 2], [2, 2]]
    machine = StateMachine.tracker(range(3), range(2), table_, 0)
    letters = (Letter((), (Fraction(1, 2),)), Letter((), (None,)))
    network = stored_regions(machine, letters, Region((), (Fraction(0),)), Contract.INJECTIVE, BFLOAT16)
    assert network.steps is None
    tiny = Fraction(1, 1 << 100)
    refused(network, "letters", "sends to zero is not stored as zero", cosine=table([[-1], [tiny]]))
    refused(network, "letters", "sends to zero is not stored as zero", sine=table([[0], [tiny]]))
    refused(network, "float", "no step is proved", cosine=table([[0], [0]]))


def test_a_linear_head_is_no_part_of_a_proof_by_regions():
    head = dense_tensor((1, 2), [(0, 1)], BFLOAT16)
    refused(FIVE, "head", "regions prove no linear head", head__weight=head)


def test_weights_that_miss_their_turns_by_too_much_are_refused():
    refused(FIVE, "float", "rounded to bfloat16, no step is proved", **points([0, 2, 2, 3, 4]))
    refused(FIVE, "float", "rounded to bfloat16, no step is proved", **points(scale=1 << 100))
    # An error of 3/4 a step is less than one, and more than the decoder bears.
    refused(FIVE, "float", "rounded to bfloat16, no step is proved", **points(scale=Fraction(7, 4)))
    assert rebuilt(FIVE, **points(scale=1 + Fraction(1, 64))).steps < FIVE.steps


def test_the_readout_must_separate_the_regions():
    rows = FIVE.tensors["readout.weight"]
    refused(FIVE, "decoder", "a region of state 0 is not read", readout__weight=table([[0, 0]] * 5, FLOAT64))
    swapped = dataclasses.replace(rows, data=rows.data[16:32] + rows.data[:16] + rows.data[32:])
    refused(FIVE, "decoder", "is not read as that state", readout__weight=swapped)
    bias = dense_tensor((5,), [(0, 4)], FLOAT64)
    refused(FIVE, "decoder", "a region of state 1 is not read", readout__bias=bias)


def test_scores_are_bounded_on_the_whole_of_a_region():
    # At 0 the state "more" leads, at 1/4, the other end of its region, it does not.
    for bias, state in [(Fraction(3, 16), 2), (Fraction(1, 4), 2), (Fraction(1, 2), 1)]:
        biases = dense_tensor((3,), [(0, Fraction(-3, 4)), (2, bias)], FLOAT64)
        refused(LINES, "decoder", f"a region of state {state} is not read", readout__bias=biases)


def test_a_state_without_a_score_is_refused():
    index = index_tensor((5,), [0, 1, 2, 3, 3])
    refused(FIVE, "decoder", "no score stands for state 4", readout__index=index)


def test_two_rows_may_score_for_one_state():
    letters = (Letter((), (Fraction(1, 2),)),)
    machine = StateMachine.tracker(range(1), range(1), [[0]], 0)
    regions = (Region((), (Fraction(0),)), Region((), (Fraction(1, 2),)))
    proof = Enclosure(machine, letters, regions, (0, 0), Contract.COVER)
    network = store_regions(Rotation(letters), proof, nearest_rows(proof), BFLOAT16, {})
    assert (network.steps, network.margin, network.grade.mu) == (None, None, 1)
    assert check_bytes(network_bytes(network)).accepted


def test_a_lead_must_exceed_the_rounding_of_the_scores():
    # The true rows beside a bias that all scores share: it drowns the leads, and exactly there the proof stops.
    drowned = [rebuilt(FIVE, readout__bias=shared_bias(bits)) for bits in (20, 40, 44)]
    assert [network.grade.mu < FIVE.grade.mu for network in drowned] == [True] * 3
    assert drowned[0].grade.mu > drowned[1].grade.mu > drowned[2].grade.mu
    refused(FIVE, "decoder", "is not read as that state", readout__bias=shared_bias(52))


def shared_bias(bits):
    return dense_tensor((5,), [(row, 1 << bits) for row in range(5)], FLOAT64)


def test_scores_that_may_overflow_are_refused():
    for bits, fits in [(1000, True), (1020, True), (1023, False)]:
        rows = [[Fraction(2) ** bits * value for value in pair] for pair in readout_rows(FIVE)]
        bias = dense_tensor((5,), [(row, -(1 << bits - 1)) for row in range(5)], FLOAT64)
        tensors = {"readout__weight": table(rows, FLOAT64), "readout__bias": bias}
        if fits:
            assert rebuilt(FIVE, **tensors).steps == FIVE.steps
        else:
            refused(FIVE, "decoder", "a score may exceed the numbers of float64", **tensors)


def readout_rows(network):
    weight = network.stored.decoder.readout
    rows = [[0] * weight.width for _ in range(weight.height)]
    for place, column in enumerate(weight.columns):
        for row, value in column:
            rows[row][place] = value
    return rows


def in_format(network, form):
    bias = dense_tensor((5,), network.stored.decoder.bias, form)
    return {"readout__weight": table(readout_rows(network), form), "readout__bias": bias}


def test_a_readout_in_a_format_that_lacks_the_states_numbers_is_refused():
    wide = cyclic_network(5, FLOAT32)
    assert rebuilt(wide, **in_format(wide, FLOAT32)).steps <= wide.steps
    # bfloat16 has too few bits, float16 a higher least and a lower greatest number.
    refused(wide, "decoder", "a readout in bfloat16 rounds states in float32", **in_format(wide, BFLOAT16))
    refused(FIVE, "decoder", "a readout in float16 rounds states in bfloat16", **in_format(FIVE, FLOAT16))
    assert rebuilt(FIVE, **in_format(FIVE, FLOAT32)).steps == FIVE.steps
    # In bfloat16 itself the scores lose so much that hardly a step is left.
    assert rebuilt(FIVE, **in_format(FIVE, BFLOAT16)).steps < FIVE.steps


def test_scores_of_too_many_terms_are_refused():
    lines = 127
    machine = StateMachine.tracker(range(1), range(1), [[0]], 0)
    letters = (Letter((1,) * lines, ()),)
    first = Region(((1, 1),) * lines, ())
    network = stored_regions(machine, letters, first, Contract.INJECTIVE, BFLOAT16)
    short = {
        "readout__weight": table([[1] * lines], BFLOAT16),
        "readout__bias": dense_tensor((1,), [(0, -1)], BFLOAT16),
    }
    refused(network, "decoder", "129 terms are too many for scores in bfloat16", **short)
    fewer = (Letter((1,) * (lines - 1), ()),)
    network = stored_regions(machine, fewer, Region(first.lines[1:], ()), Contract.INJECTIVE, BFLOAT16)
    short["readout__weight"] = table([[1] * (lines - 1)], BFLOAT16)
    assert rebuilt(network, **short).steps is None


def test_scores_have_a_limit(monkeypatch):
    monkeypatch.setattr(module, "SCORE_LIMIT", 49)
    with pytest.raises(LimitError, match="scores of regions that are bounded: 50 needed, the limit is 49"):
        rebuilt(FIVE)
    monkeypatch.setattr(module, "SCORE_LIMIT", 50)
    assert rebuilt(FIVE).steps == 79


def test_decimals_are_rounded_to_the_safe_side():
    third = Fraction(1, 3)
    assert upper_decimal(third) == "333333333333333333333334e-24"
    assert lower_decimal(third) == "333333333333333333333333e-24"
    assert (upper_decimal(Fraction(1, 2)), lower_decimal(Fraction(1, 2))) == ("5" + "0" * 23 + "e-24",) * 2


def test_the_horizon_is_a_function_of_regions_and_weights():
    proof = Enclosure(FIVE.machine, FIVE.trace.letters, FIVE.trace.regions, FIVE.reads, FIVE.contract)
    assert horizon(proof, FIVE.stored) == FIVE.grade
