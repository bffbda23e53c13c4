"""What training keeps: the mean of weights, frozen parts, a scaled readout, and what the logs say of a core."""

from __future__ import annotations

import csv
import importlib.util

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.learn.averaging import Average, with_weights
from fsm2rnn.learn.models import Model, seeded_network
from fsm2rnn.learn.protection import Protect, Protection
from fsm2rnn.learn.retention import core_kept
from fsm2rnn.learn.seed import seed
from fsm2rnn.learn.seeded_core import compiled_points, output_readout
from fsm2rnn.learn.trainer import train

QUICK = {"steps": 12, "every": 6, "batch": 8, "lengths": (2, 6), "measured": ()}


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    """Judge short words on one thread: no network here is looked at for how far it lasts."""
    monkeypatch.setattr("fsm2rnn.learn.training_run.JUDGED_LENGTH", 40)
    monkeypatch.setattr("fsm2rnn.learn.retention.LONG", 60)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def rows(folder):
    return list(csv.DictReader((folder / "train.csv").read_text().splitlines()))


def seeded(machine, protect, extra=5):
    found = fsm2rnn.compile(fsm2rnn.read(machine), "full")
    torch.manual_seed(0)
    return seeded_network(Model.FULL, found.machine, found.network().rnn.hidden_size + extra, protect)


SEEDED = st.tuples(
    st.sampled_from(["parity", "S3@gens", "flip-flop", "modadd(5)", "counter(3)", "random(states=6,symbols=3,seed=2)"]),
    st.sampled_from(["full", "integer", "block-diagonal", "factored", "pd"]),
    st.integers(0, 12),
    st.integers(0, 999),
    st.sampled_from(["adam", "adamw"]),
    st.sampled_from([0.0, 0.9]),
)


def require_kept_rows(machine, target, extra, draw, optimizer, average):
    compiled = fsm2rnn.compile(fsm2rnn.read(machine), target)
    torch.manual_seed(draw)
    layer = seed(compiled, compiled.network().rnn.hidden_size + extra, "rows")
    before = {name: tensor.clone() for name, tensor in layer.core().state_dict().items()}
    network = Tracker(layer, torch.nn.Linear(layer.hidden_size, len(compiled.machine.output_labels)), compiled.machine)
    kept = core_kept(network)
    options = {"steps": 4, "every": 2, "batch": 4, "lengths": (2, 6), "measured": ()}
    train(network, seed=draw, optimizer=optimizer, average=average, lr=0.3, **options)
    after = layer.core().state_dict()
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())
    assert core_kept(network) == kept
    assert kept.residual == 0
    assert fsm2rnn.check(layer.core()).accepted


@settings(max_examples=4)
@given(SEEDED)
def test_the_trainer_never_changes_protected_rows(drawn):
    require_kept_rows(*drawn)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(SEEDED)
def test_the_trainer_never_changes_protected_rows_of_any_machine_and_size(drawn):
    require_kept_rows(*drawn)


def test_a_log_says_what_is_kept_of_the_core(tmp_path):
    for protect in Protect:
        train(seeded("S3@gens", protect), log=tmp_path / protect.value, lr=0.01, **QUICK)
    protected, bare = rows(tmp_path / "rows"), rows(tmp_path / "none")
    assert [row["step"] for row in protected] == [row["step"] for row in bare] == ["6", "12"]
    for row in protected:
        assert (row["accuracy_500"], row["accuracy_5000"]) == ("1.0", "1.0")
        assert (row["core_residual"], row["core_steps"]) == ("0.0", "all lengths")
    residuals = [float(row["core_residual"]) for row in bare]
    assert 0 < residuals[0] < residuals[1]
    assert all(int(row["core_steps"]) < 100 for row in bare)
    assert all(float(row["core_residual"]) > 0 for row in rows(tmp_path / "penalty"))


def test_a_log_of_a_network_without_core_leaves_its_cells_empty(tmp_path):
    machine = fsm2rnn.read("parity")
    for kind, network in {
        "gru": Tracker(torch.nn.GRU(2, 4, batch_first=True), torch.nn.Linear(4, 2), machine),
        "full": Tracker(fsm2rnn.BilinearRNN(2, 4), torch.nn.Linear(4, 2), machine),
    }.items():
        train(network, log=tmp_path / kind, **QUICK)
        assert {(row["core_residual"], row["core_steps"]) for row in rows(tmp_path / kind)} == {("", "")}
        assert all(0 <= float(row["accuracy_5000"]) <= 1 for row in rows(tmp_path / kind))


def test_a_core_that_moved_a_little_is_proved_for_as_long_as_it_moved_little():
    found = []
    for size in (1e-4, 1e-3, 1e-2):
        network = seeded("S3@gens", Protect.NONE)
        with torch.no_grad():
            network.rnn.weight += size
        found.append(core_kept(network).steps)
    assert found == sorted(found, reverse=True)
    assert found[0] > 100 > found[2]


def test_a_readout_of_compiled_states_is_right_before_any_training():
    for machine in ("S3@gens", "tomita3", "counter(4)", "modadd(5)"):
        network = seeded(machine, Protect.ROWS)
        for word in (list(network.machine.symbols) * 3, list(network.machine.symbols)[:1] * 7):
            ids = torch.tensor([network.machine.indices(word)])
            said = [network.machine.output_labels[k] for k in network(ids)[0].argmax(-1).tolist()]
            assert said == list(network.machine.answers(word))


def test_states_whose_outputs_are_no_affine_function_have_no_such_readout():
    network = fsm2rnn.compile(fsm2rnn.read("Z5"), "integer").network()
    assert compiled_points(network).shape[0] == 5
    machine = fsm2rnn.read("parity")
    core = fsm2rnn.compile(machine, "integer").network()
    assert output_readout(core, 3).weight.shape == (2, 3)
    core.rnn.weight.data.zero_()  # all states but the first are one point then
    core.rnn.initial_state.zero_()
    assert output_readout(core, 3) is None


@pytest.mark.parametrize(("freeze", "still"), [("recurrence", "rnn."), ("readout", "readout."), ("nothing", None)])
def test_what_is_frozen_does_not_move_and_the_rest_does(freeze, still):
    machine = fsm2rnn.read("parity")
    torch.manual_seed(0)
    network = Tracker(fsm2rnn.BilinearRNN(2, 4, normalize=True), torch.nn.Linear(4, 2, bias=False), machine)
    before = {name: one.detach().clone() for name, one in network.named_parameters()}
    train(network, freeze=freeze, **QUICK)
    for name, one in network.named_parameters():
        assert torch.equal(before[name], one) == (still is not None and name.startswith(still)), name


def test_a_greater_readout_scale_leaves_a_compiled_start_nearer_to_where_it_was():
    moved = {}
    for scale in (1.0, 20.0):
        network = seeded("S3@gens", Protect.NONE, extra=0)
        train(network, readout_scale=scale, patience=None, **{**QUICK, "steps": 40, "every": 40})
        moved[scale] = core_kept(network).residual
    assert moved[20.0] < moved[1.0] / 2


@given(st.floats(0.1, 0.99), st.lists(st.floats(-5, 5), min_size=1, max_size=8))
def test_the_mean_of_weights_is_the_weighted_sum_of_those_that_were(share, values):
    network = torch.nn.Linear(1, 1, bias=False).double()
    torch.nn.init.zeros_(network.weight)
    mean, expected = Average(network, share), 0.0
    for step, value in enumerate(values, 1):
        torch.nn.init.constant_(network.weight, value)
        mean.follow(network, step)
        new = 1 - min(share, step / (step + 10))
        expected = (1 - new) * expected + new * value
    assert mean.weights["weight"].item() == pytest.approx(expected)
    with with_weights(network, mean.weights):
        assert network.weight.item() == pytest.approx(expected)
    assert network.weight.item() == values[-1]


def test_the_file_has_the_mean_that_was_judged(tmp_path):
    network, path = seeded("parity", Protect.NONE), tmp_path / "net.safetensors"
    train(network, checkpoint=path, **QUICK)
    loaded = fsm2rnn.load(path)
    assert all(torch.equal(one, loaded.state_dict()[name]) for name, one in network.state_dict().items())


def test_tensorboard_is_asked_for_by_name_where_it_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"fsm2rnn\[tensorboard\]"):
        train(seeded("parity", Protect.NONE), tensorboard=tmp_path / "events", **QUICK)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(importlib.util.find_spec("tensorboard") is None, reason="tensorboard, an extra, is not installed")
@pytest.mark.filterwarnings("default")
def test_tensorboard_has_the_numbers_of_the_log(tmp_path):
    network = seeded("parity", Protect.ROWS)
    train(network, tensorboard=tmp_path / "events", log=tmp_path / "log", **QUICK)
    accumulator = importlib.import_module("tensorboard.backend.event_processing.event_accumulator")
    events = accumulator.EventAccumulator(str(tmp_path / "events"))
    events.Reload()
    for name in ("loss", "accuracy_500", "accuracy_5000", "core_residual"):
        scalars = events.Scalars(name)
        assert [scalar.step for scalar in scalars] == [6, 12]
        assert [scalar.value for scalar in scalars] == pytest.approx(
            [float(row[name]) for row in rows(tmp_path / "log")], rel=1e-6
        )


def test_rows_are_kept_by_what_runs_before_every_use():
    layer = seeded("parity", Protect.ROWS).rnn
    assert any(isinstance(hook, Protection) for hook in layer._forward_pre_hooks.values())


def test_training_under_autocast_is_training_without_it():
    found = []
    for wanted in (False, True):
        network = seeded("parity", Protect.NONE)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=wanted):
            told = train(network, **QUICK)
        found.append(([check.loss for check in told.checks], network.state_dict()))
    (losses, plain), (other_losses, under) = found
    assert losses == other_losses
    assert all(torch.equal(tensor, under[name]) for name, tensor in plain.items())


def test_a_penalised_layer_bounds_its_free_matrices():
    layer = seeded("S3@gens", Protect.PENALTY).rnn
    with torch.no_grad():
        layer.weight *= 3
    layer(torch.tensor([[0, 1]]))
    own = layer.core().rnn.hidden_size
    free = layer.weight[own:, own:].detach().permute(2, 0, 1)
    assert float(torch.linalg.matrix_norm(free, ord=2).max()) < 1.001
