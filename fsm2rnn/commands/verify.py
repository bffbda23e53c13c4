"""verify NET: run a network file over long words beside its machine's table."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from fsm2rnn import api
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.packing import FORMAT_DTYPES
from fsm2rnn.commands.answer import HOLDS, REFUTED, say
from fsm2rnn.errors import InputError
from fsm2rnn.show import progress_bar
from fsm2rnn.verify.result import Verification
from fsm2rnn.verify.verification import verify_network, verify_words
from fsm2rnn.verify.words import read_words

DEFAULT_STEPS = 1_000_000


def run(options: argparse.Namespace) -> int:
    """Say how many states disagreed, and name the first."""
    network = api.load(options.network)
    if options.dtype is not None:
        network.to(FORMAT_DTYPES[api.find_format(options.dtype).name])
    network.to(_device(options.device))
    result = _random(options, network) if options.words is None else _given(options, network)
    rate = "" if result.symbols_per_second is None else f", {result.symbols_per_second:,.0f} symbols/s"
    counted = (
        f"{result.batch} x {result.steps:,} symbols, {result.dtype} on {result.device} as {result.evaluated}{rate}"
    )
    text = f"{counted}: {result.mismatches:,} mismatches"
    if result.first_mismatch is not None:
        text += f"\nfirst: {result.first_mismatch}"
    say(options, result.to_json(), text)
    return REFUTED if result.mismatches else HOLDS


def _device(name: str) -> torch.device:
    """Return a device on which a tensor can be made; InputError otherwise."""
    try:
        return torch.empty(0, device=torch.device(name)).device
    except (RuntimeError, AssertionError) as error:
        message = f"device {name!r} cannot be used: {str(error).splitlines()[0]}"
        raise InputError(message) from error


def _random(options: argparse.Namespace, network: Network) -> Verification:
    steps = DEFAULT_STEPS if options.steps is None else options.steps
    with progress_bar(steps, wanted=not (options.quiet or options.json)) as progress:
        return verify_network(
            network, steps=steps, batch=options.batch, seed=options.seed, order=options.order, progress=progress
        )


def _given(options: argparse.Namespace, network: Network) -> Verification:
    if options.steps is not None:
        message = "-n and --words exclude each other"
        raise InputError(message)
    return verify_words(network, read_words(Path(options.words), network.machine), order=options.order)
