"""seed: training never changes protected rows, and what the rows are is what was compiled."""

from __future__ import annotations

import copy
import functools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.learn.protection import Protection, residual
from fsm2rnn.learn.seed import seed
from fsm2rnn.learn.trainer import train

TARGETS = ("full", "integer", "block-diagonal", "factored", "pd")
STOCK = ("elman", "relu", "gru", "lstm")
MACHINES = ("parity", "S3@gens", "flip-flop", "Z5", "counter(3)")


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def compiled(machine, target):
    return fsm2rnn.compile(fsm2rnn.read(machine), target)


def seeded(machine, target, extra, protect="rows", draw=0):
    torch.manual_seed(draw)
    result = compiled(machine, target)
    return seed(result, result.network().rnn.hidden_size + extra, protect), result.machine


def shaken(layer, ids, steps=3, optimizer=torch.optim.AdamW):
    """Train towards noise, at a rate that spares nothing."""
    made = optimizer(layer.parameters(), lr=0.3)
    for _ in range(steps):
        output = layer(ids)[0]
        loss = (output - torch.randn_like(output)).square().mean()
        made.zero_grad()
        loss.backward()
        made.step()


def hook(layer):
    return next(one for one in layer._forward_pre_hooks.values() if isinstance(one, Protection))


@settings(max_examples=25)
@given(st.sampled_from(MACHINES), st.sampled_from(TARGETS), st.integers(0, 9), st.integers(0, 99))
def test_training_never_changes_protected_rows_and_the_checker_accepts_the_core(machine, target, extra, draw):
    layer, shown = seeded(machine, target, extra, draw=draw)
    before = {name: tensor.clone() for name, tensor in layer.core().state_dict().items()}
    ids = torch.randint(len(shown.symbols), (4, 12))
    shaken(layer, ids)
    states, _ = layer(ids)
    core = layer.core()
    assert residual(layer, hook(layer).fixed) == 0
    assert all(torch.equal(before[name], tensor) for name, tensor in core.state_dict().items())
    assert fsm2rnn.check(core).accepted
    own = core.rnn.hidden_size
    assert torch.allclose(states[..., :own], core.rnn(ids)[0], atol=1e-4)
    assert bool(states.isfinite().all())


@pytest.mark.parametrize("target", TARGETS)
def test_without_protection_the_same_training_moves_the_core(target):
    layer, shown = seeded("S3@gens", target, 3, protect="none")
    assert fsm2rnn.check(layer.core()).accepted
    shaken(layer, torch.randint(len(shown.symbols), (4, 12)))
    assert not fsm2rnn.check(layer.core()).accepted


def test_a_penalty_keeps_the_core_nearer_than_nothing_does():
    moved = {}
    for protect in ("none", "penalty"):
        layer, shown = seeded("S3@gens", "full", 3, protect=protect)
        rows, _ = seeded("S3@gens", "full", 3)
        torch.manual_seed(1)
        made = torch.optim.SGD(layer.parameters(), lr=0.02)
        for _ in range(30):
            output = layer(torch.randint(len(shown.symbols), (4, 6)))[0]
            made.zero_grad()
            (output - 1).square().mean().backward()
            made.step()
        moved[protect] = residual(layer, hook(rows).fixed)
    assert 0 < moved["penalty"] < moved["none"]


@pytest.mark.parametrize("target", STOCK)
def test_a_seeded_cell_answers_as_the_compiled_one_and_its_units_stay(target):
    tracker, shown = seeded("S3@gens", target, 5)
    small = compiled("S3@gens", target).network()
    ids = torch.randint(len(shown.symbols), (8, 20))
    assert torch.allclose(tracker(ids), small(ids), atol=1e-4)
    shaken(tracker.rnn, torch.nn.functional.one_hot(ids, len(shown.symbols)).float())
    assert torch.allclose(tracker(ids), small(ids), atol=1e-4)
    assert residual(tracker.rnn, hook(tracker.rnn).fixed) == 0


def test_a_new_readout_learns_from_the_core_and_copies_keep_their_rows():
    layer, shown = seeded("S3@gens", "full", 10)
    tracker = Tracker(layer, torch.nn.Linear(16, len(shown.output_labels)), shown)
    told = train(tracker, steps=100, lr=0.01, measured=(500, 5000))
    assert told.accuracy == {500: 1.0, 5000: 1.0}
    assert fsm2rnn.check(layer.core()).accepted
    other = copy.deepcopy(layer)
    shaken(other, torch.randint(len(shown.symbols), (4, 12)))
    assert fsm2rnn.check(other.core()).accepted


def test_letters_may_be_read_one_by_one_between_forward_and_backward():
    for target in TARGETS:
        layer, shown = seeded("S3@gens", target, 4)
        tracker = Tracker(layer, torch.nn.Linear(layer.hidden_size, len(shown.output_labels)), shown)
        train(tracker, steps=4, every=4, noise=0.1, lr=0.5, measured=())
        assert fsm2rnn.check(layer.core()).accepted


@pytest.mark.parametrize("target", ["full", "factored", "gru"])
def test_what_is_saved_after_a_step_is_what_is_used(target):
    made, shown = seeded("S3@gens", target, 3)
    layer = made.rnn if isinstance(made, Tracker) else made
    words = torch.nn.functional.one_hot(torch.randint(len(shown.symbols), (4, 6)), len(shown.symbols)).float()
    layer(words)
    compiled_rows = {name: tensor.clone() for name, tensor in layer.state_dict().items()}
    decay = functools.partial(torch.optim.AdamW, weight_decay=0.3)
    shaken(layer, words, steps=5, optimizer=decay)
    assert residual(layer, hook(layer).fixed) > 0
    told = {name: tensor.clone() for name, tensor in made.state_dict().items()}
    layer(words)
    assert all(torch.equal(told[name], tensor) for name, tensor in made.state_dict().items())
    assert all(
        torch.equal(tensor[kept.mask], compiled_rows[name][kept.mask])
        for name, tensor in layer.named_parameters()
        if (kept := hook(layer).fixed.get(name)) is not None
    )


def test_a_tracker_saved_after_a_step_is_what_is_used(tmp_path):
    layer, shown = seeded("S3@gens", "full", 3)
    tracker = Tracker(layer, torch.nn.Linear(layer.hidden_size, len(shown.output_labels)), shown)
    ids = torch.randint(len(shown.symbols), (4, 6))
    shaken(layer, ids, steps=5, optimizer=functools.partial(torch.optim.AdamW, weight_decay=0.3))
    tracker.save(tmp_path / "net.safetensors")
    assert torch.equal(fsm2rnn.load(tmp_path / "net.safetensors")(ids), tracker(ids))


@pytest.mark.parametrize(
    ("target", "dtype"), [*((target, torch.bfloat16) for target in (*TARGETS, "relu")), ("full", torch.float64)]
)
def test_a_seeded_layer_is_used_in_another_format(target, dtype):
    layer, shown = seeded("S3@gens", target, 5)
    layer = layer.to(dtype)
    ids = torch.randint(len(shown.symbols), (4, 6))
    shaken(layer.rnn if isinstance(layer, Tracker) else layer, entered(layer, ids, dtype))
    assert bool(layer(ids)[0].isfinite().all())
    before = {name: tensor.clone() for name, tensor in layer.state_dict().items()}
    layer(ids)
    assert all(torch.equal(before[name], tensor) for name, tensor in layer.state_dict().items())
    if isinstance(layer, BilinearRNN):
        assert fsm2rnn.check(layer.core()).accepted


@pytest.mark.parametrize("target", ["full", "block-diagonal", "factored", "pd", "relu"])
@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_free_weights_that_are_not_finite_are_one_clear_error(target, number):
    made, shown = seeded("S3@gens", target, 5)
    ids = torch.randint(len(shown.symbols), (4, 6))
    with torch.no_grad():
        for tensor in made.parameters():
            tensor.fill_(number)
    with pytest.raises(NumericError, match=r"free weights.*not finite"):
        made(ids)


def entered(layer, ids, dtype):
    """Return letters as the layer reads them: ids, or one-hot for a layer of torch.nn."""
    if isinstance(layer, BilinearRNN):
        return ids
    return torch.nn.functional.one_hot(ids, len(layer.machine.symbols)).to(dtype)


def test_what_cannot_be_protected_is_refused_by_name():
    for machine, target in (("Z5", "rotation"), ("S3@gens", "householder"), ("parity", "real-diagonal")):
        with pytest.raises(InputError, match=target.removeprefix("real-")):
            seed(compiled(machine, target), 30)
    with pytest.raises(InputError, match="hidden numbers"):
        seed(compiled("S3@gens", "full"), 3)
    with pytest.raises(InputError, match="protection"):
        seed(compiled("S3@gens", "full"), 9, "row")
    with pytest.raises(InputError, match="no compiled core"):
        BilinearRNN(2, 3).core()
    with pytest.raises(fsm2rnn.NotCompiled):
        seed(compiled("S3@gens", "rotation"), 30)
