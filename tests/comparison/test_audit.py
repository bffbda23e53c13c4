"""audit says what brute force says, a proof holds in every order of sums, and a word that fails is a shortest one."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn import Proved, Refuted, Tracker, Undecided
from fsm2rnn.errors import InputError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell_kinds import CellKind
from tests.comparison.trackers import drawn_tracker, first_failure, recipe_tracker

KINDS = list(CellKind)
BOUNDED = [CellKind.ELMAN, CellKind.GRU, CellKind.LSTM]
MACHINES = ["parity", "tomita1", "flip-flop", "counter(2)"]


@given(
    kind=st.sampled_from(BOUNDED),
    name=st.sampled_from(MACHINES),
    seed=st.integers(0, 10_000),
    grid=st.sampled_from(["grid1", "grid2", "grid4", "bfloat16", "float8_e4m3fn"]),
)
def test_the_answer_is_that_of_all_short_words(kind, name, seed, grid):
    tracker = drawn_tracker(kind, fsm2rnn.read(name), seed, state=grid)
    longest = 6 if len(tracker.machine.symbols) == 2 else 4
    failure = first_failure(tracker, longest)
    match fsm2rnn.audit(tracker, limit=3_000):
        case Refuted(word=word):
            letters = tuple(tracker.machine.symbols.index(symbol) for symbol in word)
            assert failure is None or len(failure) == len(letters)
            assert len(letters) > longest or failure is not None
        case Proved():
            assert failure is None
        case Undecided(depth=depth):
            assert failure is None or len(failure) > (depth or 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["parity", "tomita3", "S3@gens"])
def test_compiled_cells_are_proved_as_they_are(kind, name, tmp_path):
    tracker = recipe_tracker(kind, fsm2rnn.read(name), noise=0.0 if kind is CellKind.RELU else 1e-3)
    answer = fsm2rnn.audit(tracker)
    if kind is CellKind.RELU:
        assert isinstance(answer, Undecided)
        assert "searched" in answer.reason
        return
    assert isinstance(answer, Proved)
    assert answer.grade == "invariant"
    assert answer.slack > 0
    answer.save(tmp_path / "cell.safetensors")
    assert fsm2rnn.check(tmp_path / "cell.safetensors").accepted


@pytest.mark.parametrize("kind", BOUNDED)
def test_rounded_cells_are_proved_in_every_order(kind, tmp_path):
    tracker = recipe_tracker(kind, fsm2rnn.read("tomita3"), noise=0.01)
    answer = fsm2rnn.audit(tracker, state="grid7")
    assert isinstance(answer, Proved)
    assert answer.grade == "orbit"
    assert answer.arithmetic.startswith("the state rounded to grid7 after each symbol")
    assert answer.states == len(answer.proof.nodes.reads)
    answer.save(tmp_path / "cell.safetensors")
    report = fsm2rnn.check(tmp_path / "cell.safetensors")
    assert (report.accepted, report.grade) == (True, "orbit")


@pytest.mark.parametrize("kind", BOUNDED)
def test_what_is_proved_is_right_along_long_words(kind):
    tracker = recipe_tracker(kind, fsm2rnn.read("tomita3"), noise=0.02, state="grid5")
    answer = fsm2rnn.audit(tracker)
    assert isinstance(answer, Proved)
    ids = torch.randint(2, (1, 500), generator=torch.Generator().manual_seed(1))
    machine = tracker.machine
    word = [machine.symbols[letter] for letter in ids[0].tolist()]
    assert answer.network.outputs(word) == machine.answers(word)
    many = answer.network.output_ids(ids.expand(64, -1))
    assert torch.equal(many[0], many[63])


def test_a_linear_network_is_lifted_or_refuted():
    machine = fsm2rnn.read("S3@gens")
    network = fsm2rnn.compile(machine, "full").network()
    answer = fsm2rnn.audit(network)
    assert isinstance(answer, Proved)
    assert answer.grade == "exact"
    with torch.no_grad():
        network.rnn.weight[:, :, 0] = network.rnn.weight[:, :, 1]
    wrong = fsm2rnn.audit(network)
    assert isinstance(wrong, Refuted)
    assert network.outputs(wrong.word)[-1] == wrong.found
    assert machine.answers(wrong.word)[-1] == wrong.expected
    horizon = fsm2rnn.audit(fsm2rnn.compile("Z5", "rotation").network())
    assert isinstance(horizon, Undecided)
    assert horizon.depth > 1000


def test_the_limit_leaves_it_undecided_with_its_depth():
    tracker = recipe_tracker(CellKind.ELMAN, fsm2rnn.read("S3@gens"), state="grid12")
    answer = fsm2rnn.audit(tracker, limit=5)
    assert isinstance(answer, Undecided)
    assert answer.depth >= 1
    assert "limit of 5 states" in answer.reason


def test_a_network_is_asked_about_other_machines():
    parity = fsm2rnn.read("parity")
    other = fsm2rnn.from_table([[1, 0], [0, 1]], outputs=[False, True], symbols=parity.symbols)
    tracker = recipe_tracker(CellKind.GRU, parity)
    assert isinstance(fsm2rnn.audit(tracker, parity), Proved)
    refuted = fsm2rnn.audit(tracker, other)
    assert isinstance(refuted, Refuted)
    assert len(refuted.word) == 1
    with pytest.raises(InputError):
        fsm2rnn.audit(tracker, fsm2rnn.read("S3@gens"))
    with pytest.raises(InputError):
        fsm2rnn.audit(Tracker(tracker.rnn, tracker.readout, parity, state="grid3"), state="grid4")
    with pytest.raises(InputError):
        fsm2rnn.audit(tracker, limit=0)


def test_two_layers_are_searched_only():
    machine = fsm2rnn.read("tomita1")
    torch.manual_seed(0)
    layer = torch.nn.GRU(2, 4, num_layers=2, batch_first=True)
    tracker = Tracker(layer, torch.nn.Linear(4, 2), machine, state="grid2")
    answer = fsm2rnn.audit(tracker)
    assert isinstance(answer, Refuted)
    assert len(answer.word) == len(first_failure(tracker, 4))
    constant = fsm2rnn.from_table([[0, 0]], outputs=["o"])
    right = fsm2rnn.audit(Tracker(layer, torch.nn.Linear(4, 1), constant, state="grid2"))
    assert isinstance(right, Undecided)
    assert "searched" in right.reason


def test_equal_logits_are_no_answer():
    machine = fsm2rnn.read("parity")
    tracker = recipe_tracker(CellKind.ELMAN, machine, state="grid7")
    with torch.no_grad():
        tracker.readout.weight[:] = 0
        tracker.readout.bias[:] = 0
    answer = fsm2rnn.audit(tracker)
    assert isinstance(answer, Refuted)
    assert answer.found is None
    assert len(answer.word) == 1


def test_answers_are_told_in_json():
    machine = fsm2rnn.read("parity")
    tracker = recipe_tracker(CellKind.ELMAN, machine)
    proved = fsm2rnn.audit(tracker).to_json()
    assert set(proved) == {"answer", "grade", "arithmetic", "states", "depth", "slack", "word"}
    assert (proved["answer"], proved["grade"]) == ("proved", "invariant")
    word = list(itertools.repeat(machine.symbols[0], 3))
    assert tracker.outputs(word) == machine.answers(word)


def test_a_linear_layer_that_divides_its_state_has_no_boxes_for_three_fixed_states():
    machine = fsm2rnn.read("S3@gens")
    torch.manual_seed(0)
    layer = fsm2rnn.BilinearRNN(2, 6, normalize=True)
    tracker = Tracker(layer, torch.nn.Linear(6, 6), machine)
    with torch.no_grad():
        tracker.readout.weight.zero_()
        tracker.readout.bias.copy_(torch.eye(6)[0])
    assert isinstance(fsm2rnn.audit(tracker, limit=50), Refuted)
    constant = fsm2rnn.from_table([[1, 2], [2, 0], [0, 1]], outputs=["o", "o", "o"])
    one = Tracker(fsm2rnn.BilinearRNN(2, 6, normalize=True), torch.nn.Linear(6, 1), constant)
    answer = fsm2rnn.audit(one, limit=5)
    assert isinstance(answer, Undecided)
    assert "fixes the states" in answer.reason


def test_outputs_that_cannot_occur_are_no_doubt():
    """A compiled Mealy network gives -inf for the outputs that its symbol never shows."""
    machine = fsm2rnn.StateMachine(("p", "q"), ("a", "b"), ((1, 0), (0, 1)), 0, (("x", "y"), ("z", "y")), is_mealy=True)
    network = fsm2rnn.compile(machine, "full").network()
    assert isinstance(fsm2rnn.audit(network), Proved)
    assert isinstance(fsm2rnn.audit(network, state="grid3"), Undecided)


def test_a_word_that_only_the_rounded_network_fails_on_refutes_nothing_unasked():
    """On grid1 a state of 1/8 becomes 0, and the readout's bias answers; on grid7 and as it is the unit does."""
    machine = fsm2rnn.read("parity")
    tracker = recipe_tracker(CellKind.RELU, machine)
    with torch.no_grad():
        for name in ("weight_ih_l0", "bias_ih_l0", "bias_hh_l0"):
            getattr(tracker.rnn, name).mul_(2.0**-9)
        tracker.readout.weight.mul_(2.0**9)
    rounded = fsm2rnn.audit(tracker, state="grid7")
    assert isinstance(rounded, Refuted)
    assert tracker.outputs(rounded.word) == machine.answers(rounded.word)
    unasked = fsm2rnn.audit(tracker)
    assert isinstance(unasked, Undecided)
    assert "as it is it does not" in unasked.reason


def test_outputs_are_matched_by_label_whatever_the_order_of_states():
    machine = fsm2rnn.from_table([[1, 0], [0, 1]], symbols=["flip", "stay"], outputs=["even", "odd"])
    turned = StateMachine(("o", "e"), ("flip", "stay"), ((1, 0), (0, 1)), 1, ("odd", "even"))
    assert turned.output_labels != machine.output_labels
    network = recipe_tracker(CellKind.GRU, machine, noise=0.01)
    assert isinstance(fsm2rnn.audit(network, turned), Proved)
    other = fsm2rnn.from_table([[1, 0], [0, 1]], symbols=["flip", "stay"], outputs=["odd", "even"])
    found = fsm2rnn.audit(network, other)
    assert isinstance(found, Refuted)
    assert network.outputs(found.word)[-1] == found.found != other.answers(found.word)[-1]
