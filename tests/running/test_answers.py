"""A tracker's outputs are compared with the machine's at every place of every stream, in pieces of any length."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn import InputError
from fsm2rnn.running.answers import verify_answers, verify_answers_along
from fsm2rnn.running.result import NOT_FINITE
from fsm2rnn.running.words.random_words import RandomWords
from tests.cells.tracker_cases import KINDS, drawn_tracker, tracker
from tests.strategies import machines, mealy_machines, words

S3 = fsm2rnn.read("S3@gens")


def counted(found, machine, ids):
    """Return how many outputs differ along ids (B, T), and the first, earliest in time, then by stream."""
    wrong = []
    for stream, word in enumerate(ids.tolist()):
        letters = [found.machine.symbols[letter] for letter in word]
        pairs = zip(found.outputs(letters), machine.answers(letters), strict=True)
        wrong += [(place, stream, *pair) for place, pair in enumerate(pairs) if repr(pair[0]) != repr(pair[1])]
    return len(wrong), min(wrong, default=None, key=lambda one: one[:2])


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_difference_is_counted_and_the_first_is_named(data):
    found = drawn_tracker(data, data.draw(st.sampled_from(KINDS)), [None, "grid7"])
    asked = RandomWords(data.draw(st.integers(1, 30)), data.draw(st.integers(1, 3)), data.draw(st.integers(0, 9)))
    result = verify_answers(found, found.machine, asked)
    ids = np.concatenate(list(asked.blocks(len(found.machine.symbols))), 1)
    mismatches, first = counted(found, found.machine, ids)
    assert (result.steps, result.batch, result.mismatches) == (asked.steps, asked.batch, mismatches)
    assert (result.order, result.evaluated, result.proved_steps) == ("sequential", "float", None)
    if first is None:
        assert result.first_mismatch is None
    else:
        place = result.first_mismatch
        assert (place.position, place.stream, place.found, place.expected) == first
        assert place.symbols[place.offset] == found.machine.symbols[ids[place.stream, place.position]]


@pytest.mark.parametrize("kind", KINDS)
def test_pieces_of_any_length_give_one_answer(kind, monkeypatch):
    found = tracker(kind, S3)
    whole = fsm2rnn.verify_network(found, steps=500, batch=3, seed=4)
    assert whole.mismatches > 0
    monkeypatch.setattr("fsm2rnn.cells.tracker.FLOATS", 500)
    seen = []
    parts = fsm2rnn.verify_network(found, steps=500, batch=3, seed=4, progress=seen.append)
    assert len(seen) > 10
    assert sum(seen) == 500
    assert (parts.mismatches, parts.first_mismatch.position) == (whole.mismatches, whole.first_mismatch.position)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_given_words_each_begin_at_the_start(data):
    machine = data.draw(st.one_of(machines(), mealy_machines()))
    found = tracker("gru", machine, seed=data.draw(st.integers(0, 9)))
    given_words = data.draw(st.lists(words(machine), min_size=1, max_size=4))
    blocks = [np.array([machine.indices(word)], dtype=np.uint8).reshape(1, -1) for word in given_words]
    result = verify_answers_along(found, iter(blocks))
    pairs = [pair for word in given_words for pair in zip(found.outputs(word), machine.answers(word), strict=True)]
    assert result.mismatches == sum(repr(left) != repr(right) for left, right in pairs)
    assert result.steps == len(pairs)


def perfect(machine):
    """Return a tracker that is right after every word: a network's own weights as a bilinear layer."""
    network = fsm2rnn.compile(machine, "full").network("float64")
    rows = [network.machine.output_labels.index(output) for output in network.machine.outputs]
    readout = torch.nn.Linear(len(network.initial_state), len(network.machine.output_labels), dtype=torch.float64)
    with torch.no_grad():
        for label in range(readout.out_features):
            states = [state for state, shown in enumerate(rows) if shown == label]
            readout.weight[label] = network.readout.weight[states].sum(0)
            readout.bias[label] = 0
    return fsm2rnn.Tracker(network.rnn, readout, network.machine)


def test_a_right_tracker_has_no_mismatch_and_another_machine_has():
    found = perfect("tomita4")
    assert fsm2rnn.verify_network(found, steps=2000).mismatches == 0
    other = fsm2rnn.read("tomita7")
    result = fsm2rnn.verify_network(found, other, steps=1)
    assert result.mismatches > 0
    result = fsm2rnn.verify(perfect("counter(40)"), fsm2rnn.read("counter(41)"), steps=3)
    assert result.mismatches == 1  # on the word that tells the two apart, and on no random one of three symbols
    with pytest.raises(fsm2rnn.NumericError):
        result.raise_if_refuted()


def test_symbols_of_another_order_and_labels_that_the_tracker_lacks():
    machine = fsm2rnn.from_table([[0, 1], [1, 0]], symbols=["x", "y"], outputs=["a", "b"])
    swapped = fsm2rnn.from_table([[1, 0], [0, 1]], symbols=["y", "x"], outputs=["a", "b"])
    found = perfect(machine)
    assert fsm2rnn.verify_network(found, swapped, steps=500).mismatches == 0
    others = fsm2rnn.from_table([[0, 1], [1, 0]], symbols=["x", "y"], outputs=["a", "c"])
    result = fsm2rnn.verify_network(found, others, steps=500)
    assert 0 < result.mismatches < 500
    assert (result.first_mismatch.expected, result.first_mismatch.found) == ("c", "b")


def test_a_state_that_is_finite_no_longer_is_a_mismatch():
    found = tracker("relu", S3, dtype=torch.float32)
    with torch.no_grad():
        found.rnn.weight_hh_l0.fill_(1e30)
        found.rnn.weight_ih_l0.fill_(1e30)
    result = fsm2rnn.verify_network(found, steps=50)
    assert result.mismatches > 40
    late = fsm2rnn.verify_network(found, steps=5000)
    assert late.mismatches > 4900
    assert NOT_FINITE in {late.first_mismatch.found, result.first_mismatch.found} or late.first_mismatch.position < 2


def test_what_is_asked_wrongly():
    found = tracker("gru", S3)
    with pytest.raises(InputError, match="without products of letters"):
        fsm2rnn.verify_network(found, steps=5, order="scan")
    with pytest.raises(InputError, match="did you mean"):
        fsm2rnn.verify_network(found, steps=5, order="scam")
    with pytest.raises(InputError, match="alphabets differ"):
        fsm2rnn.verify_network(found, fsm2rnn.read("parity"), steps=5)
    with pytest.raises(InputError, match="count from 1"):
        fsm2rnn.verify_network(found, steps=0)
