"""What training has kept of what was there: answers to very long words, and the compiled core of a seeded layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.learn.accuracy import accuracy
from fsm2rnn.learn.protection import residual
from fsm2rnn.learn.seeded_core import SeededCore, proved_steps
from fsm2rnn.machine.state_machine import StateMachine

LONG: Final = 5_000
WORDS: Final = 32  # of so many letters, at every check: a few tenths of a second
SEED: Final = 1  # as the checks themselves, not as what is told at the end


@final
@dataclass(frozen=True)
class CoreKept:
    """A core by now: `residual` is the greatest entry of P A_x - Pi_x P, 0 where its rows are as compiled.

    For so many symbols, `steps`, the core by itself is proved to be in the right state: 0 for none, None for every
    number. The free units are no part of it, so where the residual is not 0 the layer may fail sooner.
    """

    residual: float
    steps: int | None


@final
@dataclass(frozen=True)
class Retention:
    """Share of right answers at length 5,000, and what is left of the core; None where there was no core."""

    accuracy: float
    core: CoreKept | None


def kept_by(network: Tracker, machine: StateMachine) -> Retention:
    """Return what a network has kept, with the weights that it has now."""
    device = network.readout.weight.device
    right = accuracy(network, machine, LONG, count=WORDS, seed=SEED, device=device).raw
    return Retention(right, core_kept(network))


def core_kept(network: Tracker) -> CoreKept | None:
    """Return what is left of a network's compiled core; None where its layer was not made by `seed`, or is torch's."""
    layer = network.rnn
    if not isinstance(layer, BilinearRNN) or not isinstance(layer.seeded, SeededCore):
        return None
    core = layer.core()  # protected rows are put back, as before every use
    return CoreKept(residual(layer, layer.seeded.fixed), proved_steps(core, layer.seeded.compiled))
