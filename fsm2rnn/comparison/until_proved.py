"""Train until proved: audit, put the words on which the network fails into the batches, train on, audit again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias, Unpack

import torch
from torch import Tensor

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.state_format import StateFormat, find_state_format
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.comparison.answers import Finding, Refuted
from fsm2rnn.comparison.audit import GRID, STATES, audit
from fsm2rnn.errors import InputError
from fsm2rnn.learn.trainer import train
from fsm2rnn.learn.training_plan import PlanOptions
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.state_machine import StateMachine

ROUNDS: Final = 20
ROUND_STEPS: Final = 200
WORDS: Final = 8  # failing words that a round adds: the shortest one, and others near it
TRIED: Final = 512  # words near the shortest one that are read to find those that fail too

RoundListener: TypeAlias = Callable[[int, Finding], None]
"""Hears the number of a round, from 0, and what its audit said."""


def train_until_proved(
    network: Tracker,
    machine: StateMachine | None = None,
    *,
    rounds: int = ROUNDS,
    state: StateFormat | str | None = None,
    limit: int = STATES,
    listener: RoundListener | None = None,
    **options: Unpack[PlanOptions],
) -> Finding:
    """Train a network as `train` does, then audit it, and train on with the words on which it fails until it is proved.

    The network is around a layer of torch.nn, and is trained in place. `state` and `limit` are those of `audit`,
    `options` those of `train`; each further round makes 200 steps. Returns Proved; Refuted with a shortest failing word
    after the last round; Undecided where the audit comes to no end, with what stood in its way. Raises InputError for a
    bilinear layer, as its proof takes exact weights in place of the trained ones, and for rounds below 0.
    """
    require_provable(network)
    train(network, machine, measured=(), **options)
    return rounds_until_proved(
        network, machine, rounds=rounds, state=state, limit=limit, listener=listener, options=options
    )


def rounds_until_proved(
    network: Tracker,
    machine: StateMachine | None = None,
    *,
    rounds: int = ROUNDS,
    state: StateFormat | str | None = None,
    limit: int = STATES,
    listener: RoundListener | None = None,
    options: PlanOptions | None = None,
) -> Finding:
    """Return what `train_until_proved` does, of a network that is trained already."""
    require_provable(network)
    if rounds < 0:
        message = f"rounds are 0 or more, found {rounds}"
        raise InputError(message)
    failing: list[Sequence[Label]] = []
    found, number = _audited(network, machine, state, limit, listener, 0), 0
    while isinstance(found, Refuted) and number < rounds:
        failing += failing_words(network, found.word, state or network.state_format or GRID, seed=number)
        _train_round(network, machine, failing, number, options or {})
        number += 1
        found = _audited(network, machine, state, limit, listener, number)
    return found


def _audited(
    network: Tracker,
    machine: StateMachine | None,
    state: StateFormat | str | None,
    limit: int,
    listener: RoundListener | None,
    number: int,
) -> Finding:
    found = audit(network, machine, state=state, limit=limit)
    if listener is not None:
        listener(number, found)
    return found


def require_provable(network: Tracker) -> None:
    """Raise InputError for a bilinear layer."""
    if isinstance(network.rnn, BilinearRNN):
        message = "a trained bilinear layer never contracts, and is not proved as it is"
        raise InputError(message, hint="train elman, relu, gru or lstm until proved")


def failing_words(
    network: Tracker, word: Sequence[Label], state: StateFormat | str, *, seed: int = 0
) -> list[Sequence[Label]]:
    """Return a failing word, and up to seven near it on which the network, its state rounded, fails too.

    Near are words of one to three letters more in which each letter is another one with probability 1/8.
    """
    machine = network.machine
    form = find_state_format(state) if isinstance(state, str) else state
    rounded = Tracker(network.rnn, network.readout, machine, embedding=network.embedding, state=form)
    drawn = torch.Generator().manual_seed(seed)
    found: list[Sequence[Label]] = [tuple(word)]
    for more in (0, 1, 3):
        ids = _near(torch.tensor(machine.indices(word)), more, len(machine.symbols), drawn)
        wrong = _wrong(rounded, ids)
        found += [tuple(machine.symbols[letter] for letter in near) for near in ids[wrong].tolist()]
    return list(dict.fromkeys(found))[:WORDS]


def _near(word: Tensor, more: int, symbols: int, drawn: torch.Generator) -> Tensor:
    longer = torch.cat([word, torch.zeros(more, dtype=torch.int64)]).expand(TRIED // 4, -1)
    others = torch.randint(symbols, longer.shape, generator=drawn)
    moved = torch.rand(longer.shape, generator=drawn) < 1 / 8
    moved[:, len(word) :] = True
    return torch.where(moved, others, longer)


@torch.no_grad()
def _wrong(rounded: Tracker, ids: Tensor) -> Tensor:
    """Return which words end in an answer that is not the machine's."""
    machine = rounded.machine
    said = rounded(ids.to(rounded.readout.weight.device))[:, -1].argmax(-1).tolist()
    due = [machine.answers([machine.symbols[letter] for letter in word])[-1] for word in ids.tolist()]
    labels = machine.output_labels
    return torch.tensor([labels[number] != answer for number, answer in zip(said, due, strict=True)])


def _train_round(
    network: Tracker, machine: StateMachine | None, failing: list[Sequence[Label]], number: int, options: PlanOptions
) -> None:
    """Train on, on words that no earlier round had: its seed is another one."""
    more: PlanOptions = {
        **options,
        "steps": ROUND_STEPS,
        "lengths": options.get("lengths") or (2, 30),
        "seed": options.get("seed", 0) + number + 1,
        "patience": None,
    }
    train(network, machine, extra_words=failing, measured=(), **more)
