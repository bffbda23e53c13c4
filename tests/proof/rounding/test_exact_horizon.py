"""Theorem R: exact horizons against numpy, theorems H and D, and torch as it runs here; replays that are refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.network import lower
from fsm2rnn.errors import CertificateError, LimitError, NumericError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, FORMATS, rounded
from fsm2rnn.exact.sparse import SparseMatrix, vector
from fsm2rnn.operators.structure_tensors import dense_tensor, index_tensor
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.file.checker import check_bytes, prove_bytes
from fsm2rnn.proof.file.network import Replay
from fsm2rnn.proof.rounding import exact_horizon as module
from fsm2rnn.proof.rounding.exact_horizon import IndexOrder, exact_horizon
from fsm2rnn.proof.stored.meaning import Meaning
from tests.proof.region_networks import cycle, stored, turning
from tests.proof.rounding.drift_networks import drift_network
from tests.proof.rounding.replay_networks import (
    PLAIN,
    line,
    replay_files,
    replay_network,
    replayed_network,
    square,
)
from tests.second_checker.checker import accepts

# Steps of theorem H or D, the exact horizon in index order, and the float states that it replays.
FIGURES = {
    "fifths-float8_e5m2": (2, 8, 383),
    "sevenths-float8_e4m3fn": (3, 20, 21),
    "fiftieths-bfloat16": (14, 219, 220),
    "space-bfloat16": (34, 344, 345),
    "space-float64": (254_070_745_868_997, None, 126),
    "fifths-float32": (2_637_276, None, 34),
}


@pytest.mark.parametrize("name", FIGURES)
def test_one_arithmetic_is_right_for_exactly_so_long(name):
    plain, network = PLAIN[name](), replay_network(name)
    assert (plain.steps, network.steps, network.grade.states) == FIGURES[name]
    assert network.grade_name == ("orbit" if network.steps is None else "exact-horizon")
    assert network.proof.equations == network.grade.states * len(network.machine.symbols)
    assert network.margin == network.grade.lead > 0


@pytest.mark.parametrize("name", FIGURES)
def test_both_checkers_replay_the_file(name):
    network, data = replay_network(name), replay_files()[name]
    report, back = check_bytes(data), prove_bytes(data)
    assert accepts(data) == (True, "proved")
    assert (back.grade, back.trace, back.reads) == (network.grade, network.trace, network.reads)
    assert f"exact in {network.form.name}, sums in index order, none fused" in report.claim
    misread = network.grade.misread
    assert (report.misread is None) == (misread is None)
    if misread is not None:
        assert report.misread == [network.machine.symbols[symbol] for symbol in misread.word]
        states = network.machine.states
        assert report.claim.endswith(f"is read as state {states[misread.read]}, expected {states[misread.right]}")
        assert network.machine.run(report.misread)[-1] == misread.right != misread.read


@settings(max_examples=40)
@given(st.data())
def test_steps_are_those_of_numpy_in_index_order(data):
    form = data.draw(st.sampled_from(FORMATS))
    size, wide = data.draw(st.integers(1, 5)), np.float64 if form.name == "float64" else np.float32
    numbers = st.fractions(-2, 2, max_denominator=1000).map(lambda value: rounded(value, form))
    rows = data.draw(st.lists(st.lists(numbers, min_size=size, max_size=size), min_size=size, max_size=size))
    state = data.draw(st.lists(numbers, min_size=size, max_size=size))
    decoder = Decoder.linear(SparseMatrix.identity(size))
    meaning = Meaning(
        (SparseMatrix.from_rows(rows),), vector(enumerate(state)), decoder, None, form, form, None, (size,)
    )
    steps = IndexOrder(meaning)
    sums = []
    for row in rows:
        total = wide(0)
        for entry, coordinate in zip(row, state, strict=True):
            total = total + wide(entry) * wide(coordinate)
        kept = torch.tensor(total.item(), dtype=torch.float64).to(getattr(torch, form.name))
        sums.append(Fraction(kept.to(torch.float64).item()) / Fraction(2) ** form.lowest)
    assert list(steps.along([0])) == sums


@pytest.mark.parametrize("name", ["fiftieths-bfloat16", "fifths-float8_e5m2", "sevenths-float8_e4m3fn"])
def test_torch_on_this_machine_misreads_that_word_and_none_of_its_prefixes(name):
    # Two exact products a coordinate, one result in any order: what torch does otherwise is measured, not proved.
    network = replay_network(name)
    word, read, right = network.grade.misread
    found = lower(network).run(torch.tensor(word)).tolist()
    assert found[:-1] == network.machine.run(network.machine.symbols[symbol] for symbol in word)[:-1]
    assert (found[-1], network.machine.run(network.machine.symbols[symbol] for symbol in word)[-1]) == (read, right)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("machine", "dtype", "steps", "states"),
    [("Z5", "bfloat16", 359, 731_801), ("Z50", "bfloat16", 25, 182_816), ("Z5xZ7@gens", "bfloat16", 49, 38_730)],
)
def test_the_table_of_shortest_failing_words_is_proved(machine, dtype, steps, states):
    network = fsm2rnn.compile(machine, "rotation").proved(dtype, grade="exact-horizon")
    assert (network.steps, network.grade.states) == (steps, states)


def test_a_result_stores_it_where_the_states_are_few():
    result = fsm2rnn.compile("A5@gens", "block-diagonal")
    network = result.proved("float8_e4m3fn", grade="exact-horizon")
    assert (network.grade_name, network.steps, network.contract.value) == ("exact-horizon", 12, "cover")
    assert fsm2rnn.compile("Z5@gens", "rotation").proved("float32", grade="exact-horizon").grade_name == "orbit"


def test_what_never_rounds_or_ends_too_late_is_refused(monkeypatch):
    with pytest.raises(NumericError, match="never round"):
        fsm2rnn.compile("S3", "integer").proved("bfloat16", grade="exact-horizon")
    monkeypatch.setattr(module, "STATE_LIMIT", 20)
    with pytest.raises(CertificateError, match="among the first 20 float states"):
        fsm2rnn.compile("Z5", "rotation").proved("bfloat16", grade="exact-horizon")


# Replays that prove nothing: the word, the machine, the weights or the readout are a little different.

FIFTHS = "fifths-float8_e5m2"


def refused(field, network, **changes):
    """Refuse the replay with these changes, naming the field."""
    with pytest.raises(CertificateError) as caught:
        replayed_network(network, **({"trace": network.trace} | changes))
    assert caught.value.field == field, caught.value


def test_a_word_that_is_shorter_longer_or_right_is_refused():
    network = replay_network(FIFTHS)
    word = network.grade.misread.word
    refused("misread", network, trace=Replay(word[:-1]))
    refused("misread", network, trace=Replay((*word[:-1], (word[-1] + 1) % 5)))
    refused("float", network, trace=Replay((*word, 0)))
    refused("float", network, trace=Replay(None))
    for spelled in ((), (1,), (*word[:-1], 5), (*word[:-1], word[-1] - 5)):
        refused("misread", network, trace=Replay(spelled))
    refused("misread", replay_network("fifths-float32"), trace=Replay((0,) * 40))


def test_a_word_of_one_symbol_leaves_no_step():
    # Read as 0 at the start, and then as 0 instead of 1: no word of one symbol is read right.
    with pytest.raises(CertificateError, match="2 symbols or more"):
        exact_horizon(cycle(2, [1]), Contract.COVER, line(1), (0,))


def test_one_float_state_of_two_states_is_refused():
    # The letter changes nothing: the second symbol is misread, and so is the first.
    with pytest.raises(CertificateError, match="one float state is reached for two states"):
        exact_horizon(cycle(3, [1]), Contract.COVER, line(1, readout=(1, -1, -2)), (0, 0))


def test_a_state_that_is_misread_early_is_refused():
    # 1, 1/2, 1/4 are read by their distance from 5/8: as 0, 1, 1 where the machine goes around 0, 1, 0.
    halved = line(Fraction(1, 2), readout=(1, 0), bias=(0, Fraction(5, 8)))
    with pytest.raises(CertificateError, match="not read as its state"):
        exact_horizon(cycle(2, [1]), Contract.COVER, halved, (0, 0, 0, 0))
    _, found = exact_horizon(cycle(2, [1]), Contract.COVER, halved, (0, 0))
    assert (found.steps, found.misread.read, found.misread.right) == (1, 1, 0)


def test_leads_that_rounding_could_take_are_refused():
    # Scores of 2^53 at one float state: three roundings of each may take 6 and a little more.
    for lead, fits in ((7, True), (6, False)):
        held = line(1, readout=(1 << 53, 0), bias=(0, (1 << 53) - lead))
        if fits:
            assert exact_horizon(cycle(2, [0]), Contract.COVER, held, None)[1].lead == lead
            continue
        with pytest.raises(CertificateError, match="once the scores are rounded"):
            exact_horizon(cycle(2, [0]), Contract.COVER, held, None)


def test_ends_that_rounding_could_read_right_are_refused():
    # Scores of 2^51 at the end, 1/4: rounding may change a lead by 3/2.
    for missed, fits in ((2, True), (1, False)):
        halved = line(Fraction(1, 2), readout=(1 << 53, 0), bias=(0, (1 << 51) + missed))
        if fits:
            assert exact_horizon(cycle(2, [0]), Contract.COVER, halved, (0, 0))[1].steps == 1
            continue
        with pytest.raises(CertificateError, match="this word of 2 symbols is not misread"):
            exact_horizon(cycle(2, [0]), Contract.COVER, halved, (0, 0))


def test_a_word_that_overflows_is_refused():
    for start, fits in ((Fraction(1, 4), True), (1 << 15, False)):
        doubled = line(2, start, readout=(-1, 0), bias=(Fraction(3, 4), 0))
        if fits:
            assert exact_horizon(cycle(2, [0]), Contract.COVER, doubled, (0, 0))[1].steps == 1
            continue
        for word in ((0, 0), None):
            with pytest.raises(CertificateError, match="overflows float16"):
                exact_horizon(cycle(2, [0]), Contract.COVER, doubled, word)


def test_products_that_overflow_the_accumulator_are_refused_where_they_would_cancel():
    for large, fits in ((1 << 60, True), (1 << 100, False)):
        rows = [[-1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, large, -large, 0]]
        held = square(rows, (1, large, large, 0), [[1, 0, 0, 1], [-1, 0, 0, 1]], BFLOAT16)
        if fits:
            assert exact_horizon(cycle(2, [1]), Contract.INJECTIVE, held, None)[1].steps is None
            continue
        with pytest.raises(CertificateError, match="overflows float32"):
            exact_horizon(cycle(2, [1]), Contract.INJECTIVE, held, None)


def test_an_end_is_read_as_one_state_for_sure():
    # After three symbols two wrong scores lead, by how much one of them exceeds the other.
    rows = [[0] * 5, [1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0]]
    for ahead, fits in ((Fraction(1, 1 << 10), True), (Fraction(1, 1 << 25), False), (0, False)):
        readout = [[1, 0, 0, 0, 0], [0, 1, 0, 1, 0], [0, 0, 1, 1, ahead]]
        held = square(rows, (1, 0, 0, 0, 0), readout, FLOAT32)
        if fits:
            _, found = exact_horizon(cycle(3, [1]), Contract.INJECTIVE, held, (0, 0, 0))
            assert (found.misread.read, found.misread.right) == (2, 0)
            continue
        with pytest.raises(CertificateError, match="not misread as one state"):
            exact_horizon(cycle(3, [1]), Contract.INJECTIVE, held, (0, 0, 0))


def test_a_word_longer_than_all_float_states_is_refused_before_it_is_read():
    with pytest.raises(CertificateError, match="a shortest way out of 2 float states"):
        exact_horizon(cycle(2, [1]), Contract.COVER, line(-1), (0,) * 1_000_000)


def test_another_machine_contract_or_reading_is_refused():
    network = replay_network(FIFTHS)
    refused("matrices", network, machine=cycle(5, range(4)))
    refused("matrices", network, machine=cycle(5, range(6)))
    refused("float", network, machine=cycle(5, [0, 2, 1, 3, 4]))
    refused("reads", network, reads=(0, 1, 2, 4, 3))
    for contract in (Contract.LINEAR, Contract.ROBUST, Contract.INJECTIVE):
        refused("contract", network, contract=contract)
    single = replayed_network(stored(turning(4, [1]), FLOAT16), contract=Contract.INJECTIVE)
    assert (single.grade_name, single.grade.states) == ("orbit", 4)


def test_readouts_that_tell_nothing_apart_are_refused():
    network = replay_network(FIFTHS)
    one = {**network.tensors, "readout.index": index_tensor((5,), [0] * 5)}
    refused("decoder", network, tensors=one, reads=(0,) * 5)
    with pytest.raises(CertificateError, match="one reading alone"):
        exact_horizon(cycle(1, [0]), Contract.COVER, line(1, readout=(1,)), None)
    missing = {**network.tensors, "readout.index": index_tensor((5,), [0, 1, 2, 3, 3])}
    refused("decoder", network, tensors=missing, reads=(0, 1, 2, 3, 3))
    quarters = stored(turning(4, [1]), FLOAT16)
    refused("decoder", quarters, trace=Replay(None), tensors={**quarters.tensors, **shorter(BFLOAT16)})
    assert replayed_network(quarters, tensors={**quarters.tensors, **shorter(FLOAT16)}).steps is None


def shorter(form):
    """Return the readout of quarter turns, halves and zeros, in another format."""
    rows = ((0, 1), (3, 1), (4, -1), (7, -1))
    return {
        "readout.weight": dense_tensor((4, 2), rows, form),
        "readout.bias": dense_tensor((4,), (), form),
    }


def test_structures_that_add_up_otherwise_are_refused():
    network = drift_network("D5-householder", BFLOAT16)
    refused("operator", network, trace=Replay(None))


def test_the_float_states_that_are_replayed_are_limited(monkeypatch):
    network = replay_network(FIFTHS)
    steps = IndexOrder(network.stored)
    work = 2 + 4 * 4 + 5 * 2  # entries and coordinates of five letters, one of them the identity
    room = 2 * (512 + steps.bits)
    assert steps.bits == 16 + 16 + steps.fine
    for name, needed in (("STATE", 383), ("STEP", 383 * work), ("SCORE", 383 * 5 * 2), ("MEMORY", 383 * room)):
        with monkeypatch.context() as patch:
            patch.setattr(module, f"{name}_LIMIT", needed)
            assert replayed_network(network, trace=network.trace)
            patch.setattr(module, f"{name}_LIMIT", needed - 1)
            with pytest.raises(LimitError, match="float states that are replayed"):
                replayed_network(network, trace=network.trace)


def test_long_numbers_take_their_time():
    for form, found in ((BFLOAT16, 1 << 20), (FLOAT64, (1 << 32) // (2 * (512 + 2098)))):
        held = square([[0, 1], [-1, 0]], (1, 0), [[1, 0], [0, 1]], form)
        assert module.affordable_replay(held) == found
    wide = square([[1] * 300] * 300, (1,) * 300, [[1] * 300] * 2, FLOAT64)
    assert module.affordable_replay(wide) == (1 << 25) // (300 * 301 * 3)
