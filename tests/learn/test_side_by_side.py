"""Networks that are trained side by side are, bit for bit, those that each seed makes by itself."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.gradients.tiled import matrices_over_words
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.learn import side_by_side, trainer, training_run
from fsm2rnn.learn.models import Model, new_network, seeded_network
from fsm2rnn.learn.protection import Protect
from fsm2rnn.learn.side_by_side import fit_side_by_side
from fsm2rnn.learn.trainer import train, train_seeds

MACHINE = fsm2rnn.read("S3@gens")
SEEDS = (5, 0, 3)
FEW = {"steps": 12, "every": 5, "lengths": (1, 9), "batch": 7, "measured": (15,)}


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Judge by short words, in one thread: threads would wait for each other."""
    monkeypatch.setattr(training_run, "JUDGED_LENGTH", 12)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def fresh(model=Model.FULL, hidden=6):
    return {seed: new_network(model, MACHINE, hidden, seed=seed) for seed in SEEDS}


def plain():
    """Return networks whose state is not divided by its norm."""
    found = fresh()
    for seed, network in found.items():
        torch.manual_seed(seed)
        found[seed] = Tracker(BilinearRNN(2, 6), network.readout, MACHINE)
    return found


def bits(network):
    return {name: tensor.numpy(force=True).tobytes() for name, tensor in network.state_dict().items()}


def told(training):
    return [(one.step, one.loss, one.accuracy) for one in training.checks], training.steps, dict(training.accuracy)


def agree(made, **options):
    """Compare networks trained side by side, and what was told of each, with each by itself."""
    together, alone = made(), made()
    found = train_seeds(together, **{**FEW, **options})
    for seed, network in alone.items():
        assert told(found[seed]) == told(train(network, seed=seed, **{**FEW, **options}))
        assert bits(together[seed]) == bits(network)


@pytest.mark.parametrize("options", [{}, {"noise": 0.0}, {"targets": "every"}, {"freeze": "readout"}])
def test_each_seed_is_the_one_it_is_alone(options):
    agree(fresh, **options)


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_states_that_are_not_divided_are_those_alone(noise):
    agree(plain, noise=noise)


def test_other_layers_take_turns():
    agree(lambda: fresh(Model.GRU))
    assert not fit_side_by_side(list(fresh(Model.GRU).values()))
    assert fit_side_by_side(list(fresh().values()))
    assert not fit_side_by_side([*fresh().values(), *fresh(hidden=7).values()])


def test_layers_that_put_something_back_and_embedded_letters_take_turns():
    def seeded():
        return {seed: seeded_network(Model.FULL, MACHINE, 8, Protect.ROWS, seed=seed) for seed in SEEDS}

    agree(seeded, lr=0.1)
    assert not fit_side_by_side(list(seeded().values()))
    embedded = [
        Tracker(BilinearRNN(2, 6), one.readout, MACHINE, embedding=torch.nn.Embedding(2, 2)) for one in fresh().values()
    ]
    assert not fit_side_by_side(embedded)


def test_seeds_that_are_done_early_leave_the_others_going(monkeypatch):
    ends = dict(zip(SEEDS, (5, 12, 10), strict=True))
    monkeypatch.setattr(training_run.TrainingRun, "finished", property(lambda run: run.step >= ends[run.plan.seed]))
    agree(fresh)


def test_states_out_of_range_are_read_one_network_after_another(monkeypatch):
    own, asked = side_by_side.last_states, []
    monkeypatch.setattr(
        side_by_side, "last_states", lambda *given: asked.append(1) or (None if len(asked) % 2 else own(*given))
    )
    agree(fresh)
    assert len(asked) > 10


def test_runs_that_were_stopped_go_on_to_the_bit(monkeypatch, tmp_path):
    paths = {seed: tmp_path / f"{seed}.safetensors" for seed in SEEDS}
    whole = fresh()
    wanted = train_seeds(whole, **FEW)
    stopped, own, written = fresh(), trainer._Kept.write, []

    def write(kept, run):
        own(kept, run)
        written.append(run.step)
        if written.count(5) == 2:  # two of three are written after their first check
            raise KeyboardInterrupt

    monkeypatch.setattr(trainer._Kept, "write", write)
    with pytest.raises(KeyboardInterrupt):
        train_seeds(stopped, checkpoints=paths, **FEW)
    monkeypatch.setattr(trainer._Kept, "write", own)
    resumed = fresh()
    found = train_seeds(resumed, checkpoints=paths, resume=True, **FEW)
    for seed, path in paths.items():
        assert told(found[seed]) == told(wanted[seed])
        assert bits(resumed[seed]) == bits(whole[seed]) == bits(fsm2rnn.load(path))
        assert not trainer.training_path(path).exists()


@pytest.mark.parametrize("wrong", [{"seed": 1}, {"resume": True}])
def test_what_names_no_run_is_refused(wrong):
    with pytest.raises(InputError):
        train_seeds(fresh(), **{**FEW, **wrong})


def test_no_network_is_refused():
    with pytest.raises(InputError, match="at least one"):
        train_seeds({})


@settings(max_examples=25)
@given(
    lengths=st.lists(st.integers(0, 20), min_size=1, max_size=5).filter(any),
    every=st.integers(0, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_letters_that_are_none_leave_states_and_gradients_as_they_are(lengths, every, seed):
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(3, (len(lengths), max(lengths)), generator=generator)
    matrices = torch.randn(3, 5, 5, generator=generator).requires_grad_()
    h = torch.randn(len(lengths), 5, generator=generator).requires_grad_()
    loss = torch.randn(len(lengths), 5, generator=generator)
    short = ids.clone()
    for row, length in enumerate(lengths):
        short[row, length:] = -1
    last = matrices_over_words(matrices, short, h, every)[-1]
    of_matrices, of_h = torch.autograd.grad(last, (matrices, h), loss)
    total = torch.zeros_like(matrices)
    for row, length in enumerate(lengths):
        if length:
            one = matrices_over_words(matrices, ids[row : row + 1, :length], h[row : row + 1], every)[-1]
            mine, start = torch.autograd.grad(one, (matrices, h), loss[row : row + 1])
            assert torch.equal(one[0], last[row])
            assert torch.equal(start[row], of_h[row])
            total += mine
        else:
            assert torch.equal(last[row], h[row])
            assert torch.equal(of_h[row], loss[row])
    torch.testing.assert_close(of_matrices, total, rtol=1e-4, atol=1e-4 * float(total.detach().abs().max()))
