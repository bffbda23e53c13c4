"""Networks of every structure are verified as floats: right for as long as is proved, wrong where they are wrong."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.running.verification import verify_network, verify_words
from fsm2rnn.running.words import random_words
from fsm2rnn.running.words.random_words import RandomWords
from tests.cells.compiled_networks import (
    CASES,
    DTYPES,
    compiled,
    each_drifting_case,
    each_target,
    held,
    proved_steps,
)
from tests.proof.networks import affine_latch, diagonal_parity, turned_quarters
from tests.proof.region_networks import region_network

ONE_HOT = ("full", "pd")


@each_target
@settings(max_examples=12)
@given(data=st.data())
def test_held_machines_hold(target, data):
    _, result = data.draw(held(target))
    dtype = data.draw(st.sampled_from(sorted(result.verdict.steps())))
    steps = proved_steps(result, dtype, data.draw(st.integers(1, 150)))
    verified = verify_network(result.network(dtype), steps=steps, batch=data.draw(st.integers(1, 5)))
    assert (verified.mismatches, verified.first_mismatch, verified.steps, verified.dtype) == (0, None, steps, dtype)
    assert target not in ONE_HOT or verified.evaluated == "gather"
    verified.raise_if_refuted()


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_one_hot_weights_are_gathered_and_all_others_run(case):
    verified = verify_network(compiled(case).network(), steps=20)
    assert verified.evaluated == ("gather" if case[0] in ONE_HOT else "float")


@pytest.mark.parametrize(("dtype", "steps"), [("bfloat16", 79), ("float16", 744)])
def test_no_stream_of_thousands_fails_within_the_proved_steps(dtype, steps):
    network = fsm2rnn.compile("Z5", "rotation").network(dtype)
    verified = verify_network(network, steps=steps, batch=4000 if steps < 100 else 500)
    assert (verified.mismatches, verified.evaluated, verified.dtype) == (0, "float", dtype)


def test_beyond_the_proved_steps_the_first_failure_is_named():
    result = fsm2rnn.compile("Z30", "rotation")
    network, machine = result.network("bfloat16"), result.machine
    assert result.verdict.steps()["bfloat16"] == 17
    assert verify_network(network, steps=17, batch=1000).mismatches == 0
    steps, batch = 2500, 256
    verified = verify_network(network, steps=steps, batch=batch, seed=1)
    words = RandomWords(steps, batch, 1).drawn(30, 0)
    found = network.run(torch.from_numpy(words.astype(np.int64))).numpy()
    expected = words.cumsum(1, dtype=np.int64) % 30
    wrong = found != expected
    first = verified.first_mismatch
    assert verified.mismatches == np.count_nonzero(wrong) > 0
    assert first.position == np.argmax(wrong.any(0)) >= 17
    assert wrong[first.stream, first.position]
    place = first.stream, first.position
    assert (first.expected, first.found) == (machine.states[expected[place]], machine.states[found[place]])
    assert first.symbols[first.offset] == machine.symbols[words[place]]


@each_drifting_case
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_wrong_weight_is_found(case, dtype):
    network = compiled(case).network(dtype)
    with torch.no_grad():
        for parameter in network.rnn.parameters():
            parameter.fill_(0.125)  # nothing grows
    verified = verify_network(network, steps=100, batch=64)
    assert verified.mismatches > 0
    assert verified.evaluated == "float"


@pytest.mark.parametrize(
    "stored",
    [diagonal_parity, affine_latch, turned_quarters, lambda: region_network("thirds-cover-float16")],
    ids=["three rows", "additive term", "quarter turns", "six cells"],
)
def test_networks_with_other_readouts_are_verified(stored):
    proved = stored()
    network = fsm2rnn.lower(proved)
    verified = verify_network(network, steps=min(proved.steps or 500, 500), batch=8)
    assert (verified.mismatches, verified.evaluated) == (0, "float")
    ids = np.zeros((1, 3), dtype=np.uint8)
    assert verify_words(network, [ids]).mismatches == 0


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_scan_order_multiplies_the_letters_of_every_structure(case):
    verified = verify_network(compiled(case).network(), steps=50, order="scan")
    assert (verified.order, verified.mismatches) == ("scan", 0)
    assert verified.evaluated == ("gather" if case[0] in ONE_HOT else "float")


@pytest.mark.parametrize("case", [case for case in CASES if case[0] not in ONE_HOT], ids=" ".join)
def test_the_network_is_run_in_pieces_of_bounded_size(case, monkeypatch):
    """However long the word is, no piece holds more states or scores than `run` allows itself."""
    network = compiled(case).network()
    pieces = []
    network.rnn.register_forward_hook(lambda _, given, out: pieces.append((given[0].shape, out[0].shape)))
    network.readout.register_forward_hook(lambda _module, _given, scores: pieces.append((scores.shape,)))
    monkeypatch.setattr("fsm2rnn.cells.network.FLOATS", 1000)
    monkeypatch.setattr(random_words, "BLOCK", 600)
    verified = verify_network(network, steps=1200, batch=3)
    assert verified.mismatches == 0
    assert sum(shapes[0][1] for shapes in pieces if len(shapes) == 2 and shapes[0][0] == 3) == 1200
    assert max(shape.numel() for shapes in pieces for shape in shapes) <= 1000
