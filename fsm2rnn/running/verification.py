"""The network's run against the machine's table over long words: mismatches counted, the first one named."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.running.answers import require_sequential, verify_answers
from fsm2rnn.running.checkpoint import Checkpoint, run_digest
from fsm2rnn.running.device.device_steps import kernels_found
from fsm2rnn.running.result import Verification
from fsm2rnn.running.run import Order, Run, parse_order
from fsm2rnn.running.walk.walk import Indices, smallest_type
from fsm2rnn.running.words.random_words import RandomWords

Progress: TypeAlias = Callable[[int], None]  # called with the number of steps just done


def verify_network(
    network: Network | Tracker,
    machine: StateMachine | None = None,
    *,
    steps: int = 1_000_000,
    batch: int = 1,
    seed: int = 0,
    order: Order | str = Order.SEQUENTIAL,
    progress: Progress | None = None,
) -> Verification:
    """Run the network on `batch` random words of `steps` symbols each, beside the machine's own table.

    States are compared where the machine is equivalent to the network's own; otherwise, and of a Tracker, outputs are,
    on a shortest word that tells the two machines apart first. Memory is bounded by blocks, not by `steps`. Raises
    InputError for counts below 1, an unknown order, scan order of a Tracker, or another alphabet, LimitError for more
    than `BLOCK` streams.
    """
    words = RandomWords(steps, batch, seed)
    if isinstance(network, Tracker):
        require_sequential(parse_order(order))
        return verify_answers(network, machine or network.machine, words, progress)
    run = Run(network, machine or network.machine, parse_order(order), steps * batch)
    if run.reference.word is not None:
        ids = network.machine.indices(run.reference.word)
        run.restart(1)
        run.read(np.array([ids], dtype=smallest_type(len(network.machine.symbols))))
    run.restart(batch)
    words = replace(words, at_once=run.at_once)
    for number in range(words.count):
        run.read_random(words, number)
        if progress is not None:
            progress(len(words.places(number)))
    return run.verification(steps, batch)


def verify_resumable(
    network: Network,
    words: RandomWords,
    path: str | os.PathLike[str],
    *,
    order: Order | str = Order.SEQUENTIAL,
    progress: Progress | None = None,
) -> Verification:
    """Compare the network with its own machine over random words, recording finished blocks in the file `path`.

    A call with the same arguments goes on after the last recorded block. InputError where the file cannot be
    read, belongs to other arguments, or cannot be written.
    """
    run = Run(network, network.machine, parse_order(order), words.steps * words.batch)
    words = replace(words, at_once=run.at_once)
    run.restart(words.batch)
    checkpoint = Checkpoint(path, run_digest(run, words))
    done = checkpoint.restore(run, words, range(words.count))
    if progress is not None:
        progress(min(words.steps, done * words.block))
    for number in range(done, words.count):
        run.read_random(words, number)
        checkpoint.record(run, number + 1, last=number + 1 == words.count)
        if progress is not None:
            progress(len(words.places(number)))
    return run.verification(words.steps, words.batch)


def verify_words(network: Network, words: Iterable[Indices], *, order: Order | str = Order.SEQUENTIAL) -> Verification:
    """Run the network on given words, each (1, T) ids and each from the start; `steps` is their total length."""
    known = list(words) if kernels_found(network.initial_state.device) else None  # to tell whether a device is worth it
    run = Run(network, network.machine, parse_order(order), sum(word.shape[1] for word in known or ()))
    total = 0
    for stream, word in enumerate(words if known is None else known):
        run.restart(1, stream)
        run.read(word)
        total += word.shape[1]
    return run.verification(total, 1)
