"""verify NET: run a network file over long words beside its machine's table; under torchrun, one word in parts."""

from __future__ import annotations

import argparse
import json
import signal
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import torch

from fsm2rnn.cells.loading import module_from_bytes
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.packing import FORMAT_DTYPES
from fsm2rnn.cells.stored.open_file import file_metadata
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.commands.answer import say
from fsm2rnn.commands.status import Status
from fsm2rnn.errors import InputError
from fsm2rnn.escapes import escaped
from fsm2rnn.pages.bar import progress_bar
from fsm2rnn.pages.progress import stages
from fsm2rnn.proof.file.checker import CERTIFICATE
from fsm2rnn.proof.stored.tensor_file import file_bytes
from fsm2rnn.result import find_format
from fsm2rnn.running.answers import require_sequential, verify_answers, verify_answers_along
from fsm2rnn.running.result import Verification
from fsm2rnn.running.run import Order, parse_order
from fsm2rnn.running.shards.process_group import TIMEOUT, RankLostError, joined_ranks, local_device, world_size
from fsm2rnn.running.shards.shards import verify_shards
from fsm2rnn.running.verification import verify_network, verify_resumable, verify_words
from fsm2rnn.running.words.random_words import RandomWords
from fsm2rnn.running.words.words import read_words

DEFAULT_STEPS = 1_000_000


def run(options: argparse.Namespace) -> Status:
    """Say how many states, of a tracker outputs, disagreed, and the first; of several processes, rank 0 says it."""
    with stages(f"reading {escaped(options.network)}", wanted=not (options.quiet or options.json)):
        data = file_bytes(options.network)
        network = module_from_bytes(data, escaped(options.network))
    if options.dtype is not None:
        network.to(_dtype(options.dtype, network))
    network.to(_device(options.device))
    result = _random(options, network) if options.words is None else _given(options, network)
    if result is None:
        return Status.HOLDS
    result = replace(result, proved_steps=_proved_steps(data, result))
    say(options, result.to_json(), str(result))
    return Status.REFUTED if result.mismatches else Status.HOLDS


def _proved_steps(data: bytes, result: Verification) -> int | str | None:
    """Return for how many symbols a file's certificate, which has been proved anew, says that such a run is right."""
    nothing: dict[str, Any] = {"dtypes": {}}  # a trained file, and a cell proved in other terms than steps in a dtype
    claims = json.loads(file_metadata(data).get(CERTIFICATE, "{}")).get("float", nothing)
    rounds_as_scan = result.order == Order.SCAN.value and result.evaluated == "float"
    found: int | str | None = (claims["scan"] if rounds_as_scan else claims)["dtypes"].get(result.dtype)
    return found


def _dtype(name: str, network: Network | Tracker) -> torch.dtype:
    """Return the dtype of that name; InputError for one in which the network is not computed."""
    form = find_format(name)
    if isinstance(network, Tracker) and not form.native:
        message = f"dtype {form.name!r}: a tracker's weights compute, and {form.name} is only stored"
        raise InputError(message, hint="take float64, float32, bfloat16 or float16")
    return FORMAT_DTYPES[form.name]


def _device(name: str) -> torch.device:
    """Return a device on which a tensor can be made; InputError otherwise."""
    try:
        found = torch.empty(0, device=local_device(torch.device(name))).device
    except (RuntimeError, AssertionError) as error:
        message = f"device {name!r} cannot be used: {str(error).splitlines()[0]}"
        raise InputError(message) from error
    if found.type == "meta":
        message = "device 'meta' cannot be used: it holds no numbers"
        raise InputError(message)
    return found


def _random(options: argparse.Namespace, network: Network | Tracker) -> Verification | None:
    words = RandomWords(DEFAULT_STEPS if options.steps is None else options.steps, options.batch, options.seed)
    if isinstance(network, Tracker):
        return _tracked(options, network, words)
    if world_size() > 1:
        return _sharded(options, network, words)
    with progress_bar(words.steps, wanted=not (options.quiet or options.json)) as progress:
        if options.checkpoint is not None:
            return verify_resumable(network, words, options.checkpoint, order=options.order, progress=progress)
        return verify_network(
            network,
            steps=words.steps,
            batch=words.batch,
            seed=words.seed,
            order=options.order,
            progress=progress,
        )


def _tracked(options: argparse.Namespace, tracker: Tracker, words: RandomWords) -> Verification:
    """Run a tracker over random words; InputError for what only networks of matrices can do."""
    require_sequential(parse_order(options.order))
    if options.checkpoint is not None or world_size() > 1:
        message = "a tracker's run is neither recorded in a checkpoint nor shared by several processes"
        raise InputError(message)
    with progress_bar(words.steps, wanted=not (options.quiet or options.json)) as progress:
        return verify_answers(tracker, tracker.machine, words, progress)


def _sharded(options: argparse.Namespace, network: Network, words: RandomWords) -> Verification | None:
    # torchrun ends the other processes so when one of them has died.
    signal.signal(signal.SIGTERM, _ended)
    device = network.initial_state.device
    with joined_ranks(device, TIMEOUT if options.timeout is None else options.timeout) as ranks:
        wanted = ranks.rank == 0 and not (options.quiet or options.json)
        with progress_bar(words.steps, wanted=wanted) as progress:
            return verify_shards(
                network, words, ranks, checkpoint=options.checkpoint, order=options.order, progress=progress
            )


def _ended(signal_number: int, _: FrameType | None) -> None:
    name = signal.Signals(signal_number).name
    message = f"ended by {name}, which torchrun sends when another rank has died, so there is no verdict"
    raise RankLostError(message)


def _given(options: argparse.Namespace, network: Network | Tracker) -> Verification:
    for name in ("steps", "checkpoint"):
        if getattr(options, name) is not None:
            message = f"{'-n' if name == 'steps' else '--checkpoint'} and --words exclude each other"
            raise InputError(message)
    if world_size() > 1:
        message = "processes share one random word, not the words of a file"
        raise InputError(message)
    if isinstance(network, Tracker):
        require_sequential(parse_order(options.order))
        return verify_answers_along(network, read_words(Path(options.words), network.machine))
    return verify_words(network, read_words(Path(options.words), network.machine), order=options.order)
