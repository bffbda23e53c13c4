"""How far a network's own arithmetic drifts from the codes along a random word, beside the length that is proved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
import numpy.typing as npt
import torch

from fsm2rnn.cells.network import Network
from fsm2rnn.pages.plots.canvas import BLUE, GREEN, MUTED, RED, Figure, new_figure, plain
from fsm2rnn.pages.web.linear import codes_of
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.running.words.random_words import RandomWords

LEAST: Final = 1e-18  # stands for 0 on a logarithmic axis
PARTS: Final = 60  # of a decade of steps, of each of which the greatest error is drawn
CHUNK: Final = 4096  # steps at once

Array = npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class Drift:
    """Along one random word: `errors` (T,) from the nearest code of the right state, and the first wrong reading.

    `first_wrong` counts symbols from 1, None where every reading is right; `proved` is the length that is proved,
    None for every length.
    """

    errors: Array
    first_wrong: int | None
    proved: int | None


def drift_of(network: Network, proof: ProvedNetwork, steps: int, seed: int) -> Drift:
    """Return how far the network drifts over so many random symbols, run in its own arithmetic.

    A state inside the interval that is proved for it has no error.
    """
    codes, states = codes_of(proof), len(proof.machine.states)
    points, reads = np.array(codes.points), np.array(codes.reads)
    table = _by_state(points, reads, states)
    ends = _by_state(np.array(codes.ends), reads, states) if codes.ends else table
    symbols = np.concatenate(list(RandomWords(steps, 1, seed).blocks(len(proof.machine.symbols))), 1)
    due = np.fromiter(proof.machine.trajectory(symbols[0].tolist()), dtype=np.int64, count=steps)
    errors, wrong, h = [], [], None
    chunk = CHUNK if network.snap is None else network.snap.symbols
    for start in range(0, steps, chunk):
        ids = torch.from_numpy(symbols[:, start : start + chunk].astype(np.int64))
        reached, found, h = _advanced(network, ids, h)
        right = due[start : start + chunk]
        errors.append(_distances(reached, table[right], ends[right]))
        wrong.append(found != right)
    misses = np.flatnonzero(np.concatenate(wrong))
    first = int(misses[0]) + 1 if len(misses) else None
    return Drift(np.concatenate(errors), first, proof.steps)


@torch.no_grad()
def _advanced(network: Network, ids: torch.Tensor, h: torch.Tensor | None) -> tuple[Array, npt.NDArray[np.int64], Any]:
    """Return states (T, H) in float64, what they are read as, and the last state, put back where that is done."""
    states, last = network.rnn(ids, h)
    back = last if network.snap is None else network.snap(network.readout(last))
    return states[0].double().numpy(), network.decode(states)[0].numpy(), back


def _by_state(points: Array, reads: npt.NDArray[np.int64], states: int) -> Array:
    """Return codes (|Q|, most codes of a state, H), a state's first code again where it has fewer."""
    most = int(np.bincount(reads, minlength=states).max())
    table = np.full((states, most, points.shape[1]), np.nan)
    for state in range(states):
        own = points[reads == state]
        if len(own):
            table[state] = own[np.minimum(np.arange(most), len(own) - 1)]
    return table


def _distances(states: Array, points: Array, ends: Array) -> Array:
    here = states[:, None, :]
    apart = np.maximum(np.maximum(points - here, here - ends), 0)
    return np.asarray(np.sqrt((apart**2).sum(axis=2)).min(axis=1), dtype=np.float64)


def drift_figure(network: Network, proof: ProvedNetwork, steps: int, seed: int) -> Figure:
    """Return the picture: error over symbols read, both logarithmic, the proved length green, what is wrong red."""
    found = drift_of(network, proof, steps, seed)
    figure = new_figure()
    axes = figure.subplots()
    places, errors = _greatest(found.errors)
    axes.plot(places, np.maximum(errors, LEAST), color=BLUE, linewidth=1.6)
    until = steps if found.proved is None else min(found.proved, steps)
    axes.axvspan(0.9, max(until, 1), color=GREEN, alpha=0.25, linewidth=0)
    length = "every length" if found.proved is None else f"{found.proved:,} symbols"
    axes.text(1, 1.02, f"proved: {length}", transform=axes.get_xaxis_transform(), color="#3f7d3a", fontsize=9)
    if found.first_wrong is not None:
        axes.axvline(found.first_wrong, color=RED, linestyle="--", linewidth=1.4)
        said = f"first wrong reading: {found.first_wrong:,} "
        axes.text(
            found.first_wrong, 0.06, said, transform=axes.get_xaxis_transform(), color=RED, fontsize=9, ha="right"
        )
    if not errors.any():
        axes.text(
            0.5, 0.57, f"the error is exactly 0 at each of {steps:,} symbols", transform=axes.transAxes, ha="center"
        )
        axes.set_yticks([])
    else:
        axes.set_yscale("log")
    axes.set_xscale("log")
    axes.set(xlim=(0.9, steps * 1.1), xlabel="symbols read")
    axes.set_ylabel(f"distance from the code ({proof.form.name})")
    axes.text(0.99, 1.02, f"seed {seed}", transform=axes.transAxes, color=MUTED, fontsize=8, ha="right")
    plain(axes)
    return figure


def _greatest(errors: Array) -> tuple[Array, Array]:
    """Return the greatest error of each of the parts of the axis, and where each begins."""
    parts = np.floor(PARTS * np.log10(np.arange(1, len(errors) + 1))).astype(np.int64)
    _, first = np.unique(parts, return_index=True)
    return first.astype(np.float64) + 1, np.asarray(np.maximum.reduceat(errors, first), dtype=np.float64)
