"""Several networks with whole matrices read words of their own in one pass, and each is left where it is alone.

The letters of network k of D letters are k D .. k D + D - 1, and its words are rows among those of the others: products
of rows add up in one order, whatever lies beside them, so that states and gradients are those of each network by itself
bit for bit. What a small network takes is hardly arithmetic, and a pass for all takes about as long as one for one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from fsm2rnn.cells.auditable import State
from fsm2rnn.cells.bilinear import AT_ONCE, BilinearRNN
from fsm2rnn.cells.gradients.looped import runs_in_loops
from fsm2rnn.cells.gradients.scales import EVERY, last_unit
from fsm2rnn.cells.gradients.tiled import NEAR, matrices_over_words
from fsm2rnn.cells.structure.dense import FULL
from fsm2rnn.cells.tracker import Tracker, last_state
from fsm2rnn.cells.transforms import own_formats
from fsm2rnn.data.word_dataset import Item
from fsm2rnn.learn.state_noise import moved_by_noise, whole_products
from fsm2rnn.learn.training_run import PAUSE, Listener, Progress, TrainingRun


def fit_side_by_side(networks: Sequence[Tracker]) -> bool:
    """Tell whether the networks, all in training, are ones of equal layers that read words in one pass."""
    kinds = [_kind(network) for network in networks]
    return None not in kinds and len(set(kinds)) == 1


def _kind(network: Tracker) -> tuple[object, ...] | None:
    layer = network.rnn
    if not isinstance(layer, BilinearRNN) or layer.recurrence is not FULL or not layer.training:
        return None
    if network.embedding is not None or layer._forward_pre_hooks:  # noqa: SLF001  what a seeded layer puts back
        return None
    start = layer.initial_state
    fits = start.dtype in AT_ONCE and runs_in_loops(start) and layer.get_parameter("weight").numel() <= NEAR
    return (layer.input_size, layer.hidden_size, layer.normalize, start.dtype) if fits else None


def last_states(
    layers: Sequence[BilinearRNN], words: Sequence[Tensor], starts: Sequence[Tensor]
) -> list[Tensor] | None:
    """Return the state (B, H) after the words (B, T) of each layer, T > 0 its own, from states (B, H) on.

    Layers are those of networks that fit. None where states leave the range in which they are read in one pass.
    """
    letters, longest = layers[0].input_size, max(one.shape[1] for one in words)
    matrices = torch.cat([layer.get_parameter("weight").permute(2, 0, 1) for layer in layers])
    ids = torch.cat(
        [
            torch.nn.functional.pad(one + place * letters, (0, longest - one.shape[1]), value=-1)
            for place, one in enumerate(words)
        ]
    )
    h = torch.cat(list(starts))
    if not layers[0].normalize:
        last: Tensor | None = matrices_over_words(matrices, ids, h, 0)[-1]
    else:
        last = last_unit(matrices_over_words(matrices, ids, h, EVERY))
    if last is None:
        return None
    parts = last.split([len(one) for one in words])  # type: ignore[no-untyped-call]
    return [one.clone() for one in parts]  # see `last_state`


def rounds_side_by_side(runs: Sequence[TrainingRun], listener: Listener | None = None) -> Iterator[list[TrainingRun]]:
    """Make the steps of all runs, and yield after each round those that were checked; the last when all are finished.

    Each run is left where its own `rounds` leave it. The listener hears how far those are that are not finished.
    NumericError when a loss is no longer finite.
    """
    batches = {run: run.batches() for run in runs}
    together = fit_side_by_side([run.network for run in runs]) and not any(run.alone for run in runs)
    while going := [run for run in runs if not run.finished]:
        began, losses = time.monotonic(), {run: list[float]() for run in going}
        checks = {run: run.next_check for run in going}
        while active := [run for run in going if run.step < checks[run]]:
            items = [next(batches[run]) for run in active]
            found = (
                _stepped(active, items)
                if together
                else [run.stepped(*item) for run, item in zip(active, items, strict=True)]
            )
            for run, loss in zip(active, found, strict=True):
                losses[run].append(loss)
            if listener is not None and active[0].step % PAUSE == 0:
                listener(_progress(active, found, (time.monotonic() - began) / len(losses[active[0]])))
        for run in going:
            run.checked(sum(losses[run]) / len(losses[run]))
        for run in going:
            run.seconds += (time.monotonic() - began) / len(going)
        yield going


def _progress(runs: Sequence[TrainingRun], losses: Sequence[float], pace: float) -> Progress:
    """Return the step of the first of the runs, their mean loss, and the check of the least accuracy."""
    checks = [run.checks[-1] for run in runs if run.checks]
    worst = min(checks, key=lambda check: check.score, default=None)
    return Progress(runs[0].step, runs[0].plan.steps, sum(losses) / len(losses), worst, pace)


def _stepped(runs: Sequence[TrainingRun], items: Sequence[Item]) -> list[float]:
    """Make one step of each run, with one pass there and back for all."""
    device = runs[0].device
    with own_formats(device), whole_products(device):
        logits = _logits_side_by_side(runs, [ids for ids, _ in items])
        losses = [run.loss_of(one, targets) for run, one, (_, targets) in zip(runs, logits, items, strict=True)]
        for run in runs:
            run.optimizer.zero_grad()
        torch.autograd.backward(losses)
    return [run.follow(loss) for run, loss in zip(runs, losses, strict=True)]


def _logits_side_by_side(runs: Sequence[TrainingRun], words: Sequence[Tensor]) -> list[Tensor]:
    """Return the logits (B, K) after the words of each run, whose states are moved by its own noise."""
    networks, noise = [run.network for run in runs], runs[0].plan.noise
    states = [_only(network.begin(len(ids))) for network, ids in zip(networks, words, strict=True)]
    if noise:
        noises = [run.noise() for run in runs]
        drawn = zip(words, noises, strict=True)
        parts = [_cut(ids, int(torch.randint(ids.shape[1], (), generator=one))) for ids, one in drawn]
        came = _read_on(networks, [first for first, _ in parts], states)
        states = [moved_by_noise(state, noise, one) for state, one in zip(came, noises, strict=True)]
        words = [second for _, second in parts]
    found = _read_on(networks, words, states)
    return [network.read(state) for network, state in zip(networks, found, strict=True)]


def _cut(ids: Tensor, before: int) -> tuple[Tensor, Tensor]:
    return ids[:, :before], ids[:, before:]


def _read_on(networks: Sequence[Tracker], words: Sequence[Tensor], states: Sequence[Tensor]) -> list[Tensor]:
    """Return the states after words; those of no letters stay, and none are read in one pass that it does not hold."""
    found = list(states)
    places = [place for place, ids in enumerate(words) if ids.shape[1]]
    layers = [layer for layer in (networks[place].rnn for place in places) if isinstance(layer, BilinearRNN)]
    some = [words[place] for place in places], [states[place] for place in places]
    read = last_states(layers, *some) if places else []
    if read is None:
        return [_only(last_state(network, ids, h)) for network, ids, h in zip(networks, words, states, strict=True)]
    for place, state in zip(places, read, strict=True):
        found[place] = state
    return found


def _only(state: State) -> Tensor:
    """Return the one part of a state that has one."""
    (part,) = state if isinstance(state, tuple) else (state,)
    return part
