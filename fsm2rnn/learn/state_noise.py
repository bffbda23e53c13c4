"""Logits of a network whose state is moved by noise: h_t = step(x_t, h_{t-1}) + s n_t, n_t ~ N(0, 1).

A cell that is right under noise contracts: states that stand for one state of the machine are drawn together. A
bilinear layer carries what is added once through the rest of the word, so that noise at one place is enough, and it
reads the letters before and after at once; what it learns is to let no direction grow beside those that it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from fsm2rnn.cells.auditable import State
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.tracker import Tracker, last_state
from fsm2rnn.data.word_dataset import Targets


def logits_of(network: Tracker, ids: Tensor, targets: Targets, noise: float, generator: torch.Generator) -> Tensor:
    """Return the logits after ids (B, T): of the last letter (B, K), or of every one (B, T, K).

    Without noise the layer reads whole words, as fast as it can. With noise a bilinear layer is moved once, before a
    letter that is drawn; any other is stepped letter by letter and moved after each. Noise is drawn on the CPU by
    `generator`, so that it is equal on every device.
    """
    if not noise and targets is Targets.LAST:
        return network.read(last_state(network, ids, network.begin(len(ids))))
    if not noise:
        return network.advance(ids, network.begin(len(ids)))[0]
    if isinstance(network.rnn, BilinearRNN):
        return _moved_once(network, ids, targets, noise, generator)
    states = list(_noisy_states(network, ids, noise, generator))
    if targets is Targets.LAST:
        return network.read(states[-1])
    return torch.stack([network.read(state) for state in states], 1)


def _moved_once(network: Tracker, ids: Tensor, targets: Targets, noise: float, generator: torch.Generator) -> Tensor:
    before = int(torch.randint(ids.shape[1], (), generator=generator))
    if targets is Targets.LAST:
        came = last_state(network, ids[:, :before], network.begin(len(ids)))
        return network.read(last_state(network, ids[:, before:], _parts_moved(came, noise, generator)))
    first, state = network.advance(ids[:, :before], network.begin(len(ids)))
    second, _ = network.advance(ids[:, before:], _parts_moved(state, noise, generator))
    return torch.cat((first, second), 1)


def _noisy_states(network: Tracker, ids: Tensor, noise: float, generator: torch.Generator) -> Iterator[State]:
    state = network.begin(len(ids))
    for letters in ids.unbind(1):
        state = network.step(letters, state)
        state = _parts_moved(state, noise, generator)
        yield state


def _parts_moved(state: State, noise: float, generator: torch.Generator) -> State:
    if isinstance(state, tuple):
        return tuple(moved_by_noise(part, noise, generator) for part in state)
    return moved_by_noise(state, noise, generator)


def moved_by_noise(part: Tensor, noise: float, generator: torch.Generator) -> Tensor:
    """Return numbers with normal ones of deviation `noise` added."""
    drawn = torch.randn(part.shape, generator=generator, dtype=torch.float32)
    return part + (noise * drawn).to(part)


@contextmanager
def whole_products(device: torch.device) -> Iterator[None]:
    """Let products of float32 on a GPU be products of float32: TF32, which keeps 10 bits of them, is off inside."""
    switches = _tf32_switches() if device.type == "cuda" else []
    before = [getattr(place, name) for place, name, _ in switches]
    for place, name, off in switches:
        setattr(place, name, off)
    try:
        yield
    finally:
        for (place, name, _), value in zip(switches, before, strict=True):
            setattr(place, name, value)


def _tf32_switches() -> list[tuple[Any, str, Any]]:
    """Return what turns TF32 off: one precision an operation in newer torch, where older flags must not be mixed in."""
    cudnn, products = torch.backends.cudnn, torch.backends.cuda.matmul
    if hasattr(cudnn, "rnn"):
        return [(products, "fp32_precision", "ieee"), (cudnn.rnn, "fp32_precision", "ieee")]
    return [(products, "allow_tf32", False), (cudnn, "allow_tf32", False)]
