"""train: equal seeds, interrupted and resumed runs, what is kept, and what is refused."""

from __future__ import annotations

import csv
import math

import pytest
import torch

import fsm2rnn
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.data.word_dataset import Targets
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.learn.extra_words import extra_words
from fsm2rnn.learn.state_noise import logits_of
from fsm2rnn.learn.trainer import train
from fsm2rnn.learn.training_plan import plan_of
from fsm2rnn.learn.training_run import TrainingRun

PARITY = fsm2rnn.read("parity")
SMALL = {"steps": 6, "every": 3, "batch": 4, "lengths": (2, 5), "measured": (20,)}
LAYERS = {
    "elman": lambda: torch.nn.RNN(2, 4, batch_first=True),
    "gru": lambda: torch.nn.GRU(2, 4, batch_first=True),
    "lstm": lambda: torch.nn.LSTM(2, 4, batch_first=True),
    "full": lambda: BilinearRNN(2, 4, normalize=True),
    "pd": lambda: BilinearRNN(2, 4, structure="pd"),
}


@pytest.fixture(autouse=True)
def _one_thread():
    """Keep threads from waiting for each other: these networks have no work for two."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def fresh(kind="gru", seed=0, state=None):
    torch.manual_seed(seed)
    return Tracker(LAYERS[kind](), torch.nn.Linear(4, 2), PARITY, state=state)


def weights(network):
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def equal(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def stop_at(step):
    def hear(progress):
        if progress.step >= step:
            raise KeyboardInterrupt

    return hear


@pytest.mark.parametrize("kind", LAYERS)
def test_equal_seeds_give_equal_networks_and_other_seeds_others(kind):
    found = []
    for seed in (0, 0, 1):
        network = fresh(kind)
        found.append((train(network, seed=seed, **SMALL), weights(network)))
    (one, first), (two, second), (_, third) = found
    assert equal(first, second)
    assert (one.loss, one.accuracy, one.checks) == (two.loss, two.accuracy, two.checks)
    assert not equal(first, third)


@pytest.mark.parametrize("kind", ["lstm", "pd"])
@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_a_resumed_run_is_the_run_to_the_bit(kind, optimizer, tmp_path):
    options = {**SMALL, "steps": 30, "every": 10, "optimizer": optimizer, "checkpoint": tmp_path / "net.safetensors"}
    whole = fresh(kind)
    told = train(whole, **options)
    bytes_of_whole = options["checkpoint"].read_bytes()
    assert list(tmp_path.iterdir()) == [options["checkpoint"]]
    with pytest.raises(KeyboardInterrupt):
        train(fresh(kind), progress=stop_at(20), **options)
    assert (tmp_path / "net.safetensors.train").exists()
    resumed = fresh(kind, seed=5)
    again = train(resumed, resume=True, **options)
    assert equal(weights(whole), weights(resumed))
    assert (told.loss, told.accuracy, told.steps, told.checks) == (
        again.loss,
        again.accuracy,
        again.steps,
        again.checks,
    )
    assert options["checkpoint"].read_bytes() == bytes_of_whole
    assert list(tmp_path.iterdir()) == [options["checkpoint"]]


def test_a_run_resumed_before_its_first_check_begins_with_the_weights_that_were_recorded(tmp_path):
    options = {**SMALL, "steps": 30, "every": 20, "checkpoint": tmp_path / "net.safetensors"}
    whole, resumed = fresh(), fresh(seed=5)
    train(whole, **options)
    with pytest.raises(KeyboardInterrupt):
        train(fresh(), progress=stop_at(10), **options)
    train(resumed, resume=True, **options)
    assert equal(weights(whole), weights(resumed))


def test_an_interrupt_leaves_the_best_network_in_the_file_and_in_the_module(tmp_path):
    network, path = fresh(), tmp_path / "net.safetensors"
    with pytest.raises(KeyboardInterrupt):
        train(network, progress=stop_at(20), checkpoint=path, **{**SMALL, "steps": 60, "every": 9})
    assert equal(weights(fsm2rnn.load(path)), weights(network))


def test_the_network_has_the_weights_of_the_best_check():
    network, seen = fresh(), {}
    options = {**SMALL, "steps": 40, "every": 10, "lr": 0.05, "patience": None}
    for steps in (10, 20, 30, 40):
        partial = fresh()
        train(partial, **{**options, "steps": steps})
        seen[steps] = weights(partial)
    told = train(network, **options)
    best = max(told.checks, key=lambda check: (check.accuracy, -check.loss))
    assert told.step == best.step
    assert told.loss == best.loss
    assert equal(weights(network), seen[best.step])


@pytest.mark.parametrize(
    ("change", "word"), [({"lr": 0.1}, "lr"), ({"seed": 3}, "seed"), ({"targets": "every"}, "targets")]
)
def test_the_record_of_another_run_is_refused_by_what_differs(change, word, tmp_path):
    options = {**SMALL, "steps": 30, "every": 10, "checkpoint": tmp_path / "net.safetensors"}
    with pytest.raises(KeyboardInterrupt):
        train(fresh(), progress=stop_at(20), **options)
    with pytest.raises(InputError, match=word):
        train(fresh(), resume=True, **{**options, **change})


def test_a_damaged_record_is_refused(tmp_path):
    options = {**SMALL, "steps": 30, "every": 10, "checkpoint": tmp_path / "net.safetensors"}
    with pytest.raises(KeyboardInterrupt):
        train(fresh(), progress=stop_at(20), **options)
    record = tmp_path / "net.safetensors.train"
    data = bytearray(record.read_bytes())
    data[-3] ^= 1
    record.write_bytes(data)
    with pytest.raises(InputError, match="sha256"):
        train(fresh(), resume=True, **options)


def test_the_log_has_a_row_for_each_check(tmp_path):
    told = train(fresh(), log=tmp_path / "log", **SMALL)
    rows = list(csv.DictReader((tmp_path / "log" / "train.csv").read_text().splitlines()))
    assert [int(row["step"]) for row in rows] == [3, 6]
    assert [float(row["loss"]) for row in rows] == [check.loss for check in told.checks]


def test_training_lowers_the_loss_and_ends_when_all_is_right():
    torch.manual_seed(0)
    network = Tracker(BilinearRNN(2, 16, normalize=True), torch.nn.Linear(16, 2, bias=False), PARITY)
    told = train(network, steps=1000, lengths=(2, 10), lr=0.01, every=50, patience=1, measured=(500,))
    assert told.accuracy[500] > 0.9
    assert told.steps == told.checks[-1].step < 1000
    assert told.loss < math.log(2) / 2  # half of what chance costs


def test_a_rounded_network_is_judged_rounded_and_trained_unrounded():
    network = fresh("elman", state="grid3")
    before = weights(network)
    train(network, **SMALL)
    assert not equal(before, weights(network))
    assert network.state_format.name == "grid3"


def test_noise_and_lengths_are_those_that_are_documented():
    gens, many = fsm2rnn.read("S3@gens"), fsm2rnn.read("modadd(10)")
    plans = {kind: plan_of(make(), gens) for kind, make in LAYERS.items()}
    noises = {kind: plan.noise for kind, plan in plans.items()}
    assert noises == {"elman": 0.1, "gru": 0.2, "lstm": 0.2, "full": 0.15, "pd": 0.0}
    means = {kind: plan.average for kind, plan in plans.items()}
    assert means == {"elman": 0.0, "gru": 0.0, "lstm": 0.0, "full": 0.98, "pd": 0.98}
    assert plan_of(LAYERS["full"](), fsm2rnn.read("flip-flop")).noise == 0.45
    plan = plan_of(LAYERS["full"](), gens)
    assert (plan.lr, plan.clip, plan.batch, plan.targets) == (3e-3, 1.0, 64, Targets.LAST)
    assert [stage.lengths for stage in plan.stages] == [(2, 30, 1)]
    staged = plan_of(LAYERS["full"](), many, steps=100)
    assert [(stage.start, stage.lengths) for stage in staged.stages] == [(0, (2, 10, 1)), (50, (2, 30, 1))]
    assert len(plan_of(LAYERS["full"](), many, lengths=(2, 30)).stages) == 1


def test_readouts_of_states_of_norm_one_learn_faster_by_the_root_of_the_width():
    for kind, factor in (("full", 2.0), ("pd", 1.0), ("gru", 1.0)):
        network = fresh(kind)
        run = TrainingRun(network, PARITY, plan_of(network.rnn, PARITY, lr=0.5), None)
        rates = {id(one): group["lr"] for group in run.optimizer.param_groups for one in group["params"]}
        assert rates.keys() == {id(one) for one in network.parameters()}
        assert rates[id(network.readout.weight)] == 0.5 * factor
        assert {rates[id(one)] for one in network.rnn.parameters()} == {0.5}


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("targets", Targets)
def test_without_noise_and_with_noise_that_is_next_to_nothing_the_logits_are_alike(kind, targets):
    network, ids = fresh(kind), torch.tensor([[0, 1, 1] * 3, [1, 0, 1] * 3])
    draws = torch.Generator().manual_seed(0)
    plain = logits_of(network, ids, targets, 0.0, draws)
    noisy = logits_of(network, ids, targets, 1e-12, draws)
    assert plain.shape == ((2, 2) if targets is Targets.LAST else (2, 9, 2))
    assert torch.allclose(plain, noisy, atol=1e-6)
    assert not torch.allclose(plain, logits_of(network, ids, targets, 1.0, draws), atol=1e-6)


def test_extra_words_have_the_machine_s_answers_and_are_learned():
    symbols = PARITY.symbols
    words = [(symbols[0],), (symbols[1], symbols[0], symbols[1]), (symbols[1], symbols[0])]
    extra = extra_words(words, PARITY)
    found = [PARITY.output_labels[int(target)] for target in extra.targets]
    assert found == [PARITY.answers(word)[-1] for word in words]
    network = fresh()
    draws, plan = torch.Generator(), plan_of(network.rnn, PARITY, noise=0.0)
    before = float(extra.loss(network, 0, plan, draws).detach())
    train(network, extra_words=words, **{**SMALL, "lr": 0.05, "noise": 0.0, "steps": 20, "every": 20})
    assert float(extra.loss(network, 0, plan, draws).detach()) < before
    with pytest.raises(InputError, match="empty"):
        extra_words([()], PARITY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": 0},
        {"batch": 0},
        {"lr": 0.0},
        {"lr": float("nan")},
        {"noise": -1.0},
        {"patience": 0},
        {"seed": -1},
        {"average": 1.0},
        {"readout_scale": 0.0},
    ],
)
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        train(fresh(), **{**SMALL, **wrong})


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match="symbols"):
        train(fresh(), fsm2rnn.read("modadd(5)"), **SMALL)
    with pytest.raises(InputError, match="resume"):
        train(fresh(), resume=True, **SMALL)
    with pytest.raises(TypeError, match="stepz"):
        train(fresh(), stepz=3)


def test_a_loss_that_is_no_number_ends_the_run():
    network = fresh()
    with torch.no_grad():
        network.readout.weight.fill_(float("nan"))
    with pytest.raises(NumericError, match="step 0"):
        train(network, **SMALL)
