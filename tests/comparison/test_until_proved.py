"""Rounds of training on failing words end in a proof that check accepts, or in what stood in the way."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import fsm2rnn
from fsm2rnn import BilinearRNN, Proved, Refuted, Tracker, Undecided
from fsm2rnn.cells.state_format import find_state_format
from fsm2rnn.comparison import until_proved
from fsm2rnn.comparison.until_proved import around, failing_words, has_resets, rounds_until_proved
from fsm2rnn.errors import InputError
from fsm2rnn.proof.claim.cell_kinds import CellKind
from tests.comparison.bilinear import noisy_permutations
from tests.comparison.trackers import drawn_tracker, first_failure, learned_tracker, recipe_tracker

PARITY = fsm2rnn.read("parity")


@pytest.mark.slow  # ten seconds of training before it; one that is taught short words goes the same way
def test_boxes_prove_a_network_that_has_learned():
    answer = fsm2rnn.train_until_proved(learned_tracker(CellKind.GRU, PARITY))
    assert isinstance(answer, Proved), answer
    assert answer.grade == "invariant"


@pytest.mark.slow  # a minute of training; the command's own test goes the same way in a quarter of it
def test_rounds_on_failing_words_end_in_a_closed_grid(tmp_path, monkeypatch):
    monkeypatch.setattr(until_proved, "LEARNED", 0.0)
    monkeypatch.setattr(until_proved, "LENGTHS", (2, 20))
    told = []
    tracker = learned_tracker(CellKind.ELMAN, fsm2rnn.read("tomita4"), steps=150)
    before = fsm2rnn.audit(tracker, state="grid4")
    answer = fsm2rnn.train_until_proved(tracker, state="grid4", rounds=12, listener=lambda *found: told.append(found))
    assert isinstance(before, Refuted)
    assert isinstance(answer, Proved), answer
    assert answer.arithmetic.startswith("the state rounded to grid4")
    assert [number for number, _ in told] == list(range(len(told)))
    assert told[0][1] == before
    answer.save(tmp_path / "cell.safetensors")
    assert fsm2rnn.check(tmp_path / "cell.safetensors").grade == "orbit"


def test_what_is_proved_already_is_left_as_it_is():
    tracker = recipe_tracker(CellKind.ELMAN, PARITY, noise=1e-3)
    before = {name: tensor.clone() for name, tensor in tracker.state_dict().items()}
    assert isinstance(fsm2rnn.train_until_proved(tracker), Proved)
    assert all(torch.equal(tensor, before[name]) for name, tensor in tracker.state_dict().items())


def test_what_stood_in_the_way_is_said(monkeypatch):
    # A network of one unit that is not to be trained first: it never learns a group of six.
    monkeypatch.setattr(until_proved, "LEARNED", 0.0)
    monkeypatch.setattr(until_proved, "BOX_STEPS", 20)
    monkeypatch.setattr(until_proved, "ROUND_STEPS", 2)
    tracker = drawn_tracker(CellKind.GRU, fsm2rnn.read("S3@gens"), seed=0, size=1)
    told, lines = [], []
    answer = fsm2rnn.train_until_proved(
        tracker, rounds=1, listener=lambda *found: told.append(found), progress=lines.append
    )
    assert isinstance(answer, Undecided)
    assert "after 1 rounds a word of" in answer.reason
    assert "no boxes after 20 steps" in answer.reason
    assert [number for number, _ in told] == [0, 1]
    assert answer.depth == len(told[-1][1].word) - 1
    assert [line for line in lines if "boxes, step 20 of" in line][-1].startswith("round 1: boxes")
    assert any(line.startswith("round 1: training on") for line in lines)


def test_a_network_that_has_learned_nothing_is_taught_short_words_and_proved():
    torch.manual_seed(0)
    tracker = Tracker(torch.nn.RNN(2, 32, batch_first=True), torch.nn.Linear(32, 2), PARITY)
    lines = []
    answer = fsm2rnn.train_until_proved(tracker, rounds=0, progress=lines.append)
    assert isinstance(answer, Proved), answer
    assert lines[0] == "learning short words"


def test_no_round_begins_after_its_time(monkeypatch):
    monkeypatch.setattr(until_proved, "LEARNED", 0.0)
    monkeypatch.setattr(until_proved, "BOX_STEPS", 20)
    told = []
    tracker = drawn_tracker(CellKind.GRU, fsm2rnn.read("S3@gens"), seed=0, size=1)
    answer = fsm2rnn.train_until_proved(tracker, seconds=0, listener=lambda *found: told.append(found))
    assert isinstance(answer, Undecided)
    assert len(told) == 1
    assert "after 0 rounds" in answer.reason


def test_a_bilinear_layer_is_proved_by_its_repair(tmp_path, monkeypatch):
    monkeypatch.setattr(until_proved, "LEARNED", 0.0)
    monkeypatch.setattr(until_proved, "JUDGED", (4, 10))
    machine = fsm2rnn.read("tomita1")
    turn = torch.linalg.qr(torch.randn(12, 12, generator=torch.Generator().manual_seed(3)))[0]
    tracker = noisy_permutations(machine, 1e-4, turn)
    answer = fsm2rnn.train_until_proved(tracker, rounds=0)
    assert isinstance(answer, Proved), answer
    assert "not of the trained weights but of their repair" in answer.arithmetic
    answer.save(tmp_path / "repaired.safetensors")
    assert fsm2rnn.check(tmp_path / "repaired.safetensors").accepted
    fsm2rnn.verify_network(answer.network, machine, steps=10_000).raise_if_refuted()


def test_a_bilinear_layer_that_learned_nothing_is_undecided_with_the_word(monkeypatch):
    monkeypatch.setattr(until_proved, "LEARNED", 0.0)
    tracker = noisy_permutations(PARITY, 2.0)
    told = []
    answer = fsm2rnn.train_until_proved(tracker, rounds=0, listener=lambda *found: told.append(found))
    assert isinstance(answer, Undecided)
    ((_, found),) = told
    assert isinstance(found, Refuted)
    assert PARITY.answers(found.word)[-1] == found.expected != found.found


def test_a_structure_that_is_not_repaired_is_refused_before_training():
    tracker = Tracker(BilinearRNN(2, 4, structure="diagonal"), torch.nn.Linear(4, 2), PARITY)
    with pytest.raises(InputError, match="structure full or rotation are repaired"):
        fsm2rnn.train_until_proved(tracker)


def test_a_bilinear_layer_with_a_rounded_state_is_refused():
    tracker = Tracker(BilinearRNN(2, 4), torch.nn.Linear(4, 2), PARITY)
    with pytest.raises(InputError, match="whose state is not rounded"):
        fsm2rnn.train_until_proved(tracker, state="grid7")


@pytest.mark.parametrize("option", [{"rounds": -1}, {"limit": 0}, {"seconds": -1}, {"seconds": float("nan")}])
def test_options_out_of_range(option):
    with pytest.raises(InputError, match="rounds and seconds start at 0"):
        rounds_until_proved(drawn_tracker(CellKind.GRU, PARITY, 0), **option)


@pytest.mark.parametrize("seed", range(5))
def test_words_that_fail_do_fail_and_the_first_is_a_shortest(seed):
    tracker = drawn_tracker(CellKind.ELMAN, PARITY, seed, state="grid4")
    words = failing_words(tracker, find_state_format("grid4"), 1_000)
    machine = tracker.machine
    assert 0 < len(words) <= until_proved.SPREAD
    assert len(words[0]) == min(map(len, words)) == len(first_failure(tracker, len(words[0])))
    for word in words:
        state = tracker.begin(1)
        for symbol in word:
            state = tracker.step(torch.tensor([machine.symbols.index(symbol)]), state)
        logits = tracker.read(state)[0]
        due = machine.output_labels.index(machine.answers(word)[-1])
        assert bool((logits >= logits[due]).sum() > 1)


def test_words_go_with_their_beginnings_and_continuations():
    found = around([("0", "1"), ("1",)], PARITY, np.random.default_rng(0))
    lengths = [len(word) for word in found]
    assert lengths == [2, 3, 5, 1, 1, 2, 4]
    assert all(word[:2] == ("0", "1") for word in found[:3])
    assert found[3] == ("0",)
    assert found[4] == ("1",)


def test_resets_are_letters_that_lead_to_one_state():
    assert not has_resets(PARITY)
    assert has_resets(fsm2rnn.read("flip-flop"))
    assert not has_resets(fsm2rnn.from_table([[0, 0]]))
