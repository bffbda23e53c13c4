"""Weights and boxes trained together end in a file that check accepts, or leave the weights as they were."""

from __future__ import annotations

import pytest
import torch

import fsm2rnn
from fsm2rnn import Proved, Tracker, Undecided
from fsm2rnn.cells.packing import unpack
from fsm2rnn.comparison.boxes import train_boxes
from fsm2rnn.comparison.boxes.box_graph import box_graph
from fsm2rnn.comparison.boxes.found_boxes import proved_boxes
from fsm2rnn.comparison.boxes.train_boxes import EVERY
from fsm2rnn.errors import InputError
from fsm2rnn.learn.accuracy import accuracy
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.cell_network import HIGH, LOW
from tests.comparison.trackers import drawn_tracker, learned_tracker


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (CellKind.ELMAN, "tomita4"),
        pytest.param(CellKind.GRU, "parity", marks=pytest.mark.slow),
        pytest.param(CellKind.LSTM, "parity", marks=pytest.mark.slow),
    ],
)
def test_a_network_that_has_learned_is_proved(kind, name, tmp_path):
    tracker = learned_tracker(kind, fsm2rnn.read(name))
    answer = fsm2rnn.train_to_boxes(tracker)
    assert isinstance(answer, Proved), answer
    assert answer.grade == "invariant"
    assert answer.network is tracker
    assert answer.states == len(box_graph(tracker.machine, 1).reads)
    assert answer.slack > 1e-4
    answer.save(tmp_path / "answer.safetensors")
    assert fsm2rnn.check(tmp_path / "answer.safetensors").accepted
    # What was proved are the weights that the network has now, and they are right far beyond training.
    tracker.save(tmp_path / "tracker.safetensors")
    assert (tmp_path / "tracker.safetensors").read_bytes() == (tmp_path / "answer.safetensors").read_bytes()
    assert fsm2rnn.audit(tracker) == answer
    assert accuracy(tracker, tracker.machine, 1_000, count=64).raw == 1


def test_another_machine_is_not_proved_and_the_weights_are_put_back():
    tracker = drawn_tracker(CellKind.ELMAN, fsm2rnn.read("parity"), seed=3, size=2)
    before = {name: tensor.clone() for name, tensor in tracker.state_dict().items()}
    told = []
    answer = fsm2rnn.train_to_boxes(tracker, steps=50, history=0, progress=lambda *step: told.append(step))
    # Boxes of one Elman cell without the last letter never follow parity, whatever the weights.
    assert isinstance(answer, Undecided)
    assert "no boxes after 50 steps" in answer.reason
    assert all(torch.equal(tensor, before[name]) for name, tensor in tracker.state_dict().items())
    assert [step for step, _ in told] == [0, EVERY, 2 * EVERY, 50]
    assert all(hinge > 0 for _, hinge in told)


def test_an_interrupt_leaves_the_weights_as_they_were():
    tracker = drawn_tracker(CellKind.GRU, fsm2rnn.read("tomita1"), seed=3)
    before = {name: tensor.clone() for name, tensor in tracker.state_dict().items()}

    def interrupted(step: int, _: float) -> None:
        if step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fsm2rnn.train_to_boxes(tracker, progress=interrupted)
    assert all(torch.equal(tensor, before[name]) for name, tensor in tracker.state_dict().items())


@pytest.mark.slow
def test_boxes_are_found_for_frozen_weights_and_refused_when_moved():
    tracker = learned_tracker(CellKind.GRU, fsm2rnn.read("parity"))
    assert isinstance(fsm2rnn.train_to_boxes(tracker), Proved)
    before = {name: tensor.clone() for name, tensor in tracker.state_dict().items()}
    answer = fsm2rnn.train_to_boxes(tracker.requires_grad_(requires_grad=False), seed=1)
    assert isinstance(answer, Proved)
    assert all(torch.equal(tensor, before[name]) for name, tensor in tracker.state_dict().items())
    low, high = (unpack(answer.proof.tensors[name], None) for name in (LOW, HIGH))
    graph = box_graph(tracker.machine, 1)
    assert proved_boxes(tracker, graph, (low, high), {}) is not None
    assert proved_boxes(tracker, graph, (low, (low + high) / 2), {}) is None


def test_an_attempt_that_comes_to_nothing_ends_early(monkeypatch):
    """A GRU of one unit has no boxes for the six states of S3: its hinge falls, then stays, at ever smaller steps."""
    monkeypatch.setattr(train_boxes, "PATIENCE", 40)
    heard = []
    tracker = drawn_tracker(CellKind.GRU, fsm2rnn.read("S3@gens"), 0, size=1)
    answer = fsm2rnn.train_to_boxes(tracker, steps=2_000, progress=lambda step, hinge: heard.append((step, hinge)))
    assert isinstance(answer, Undecided)
    steps = [step for step, _ in heard]
    assert steps == list(range(0, steps[-1] + 1, train_boxes.EVERY))
    assert f"no boxes after {steps[-1]:,} steps" in answer.reason
    # Three times the hinge did not fall by a fifth within 40 steps.
    assert 3 * 40 <= steps[-1] < 2_000
    best = min(hinge for step, hinge in heard[:-3])
    assert min(hinge for _, hinge in heard[-2:]) > train_boxes.FALL * best


@pytest.mark.parametrize("option", [{"steps": 0}, {"lr": 0.0}, {"history": -1}, {"seed": -1}])
def test_options_out_of_range(option):
    with pytest.raises(InputError, match="steps start at 1"):
        fsm2rnn.train_to_boxes(drawn_tracker(CellKind.GRU, fsm2rnn.read("parity"), 0), **option)


def test_networks_without_boxes_are_refused():
    machine = fsm2rnn.read("parity")
    with pytest.raises(InputError, match="rounded to grid7"):
        fsm2rnn.train_to_boxes(drawn_tracker(CellKind.GRU, machine, 0, state="grid7"))
    deep = Tracker(torch.nn.GRU(2, 3, 2, batch_first=True), torch.nn.Linear(3, 2), machine)
    with pytest.raises(InputError, match="one layer"):
        fsm2rnn.train_to_boxes(deep)
