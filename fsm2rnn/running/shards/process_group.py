"""Processes under torchrun as ranks that exchange bytes; a rank that is lost is an error in all others."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import final

import torch
import torch.distributed as processes
from torch import Tensor

from fsm2rnn.errors import FsmError, InputError

LONGEST = 1e9
TIMEOUT = 1800.0  # seconds that a rank waits for the others


@final
class RankLostError(FsmError):
    """Another process died, hung or could not be reached, so there is no verdict."""


@final
@dataclass(frozen=True)
class Ranks:
    """One process among `world` ones; `device` carries what is exchanged."""

    rank: int
    world: int
    device: torch.device
    timeout: float

    def exchange(self, data: bytes) -> list[bytes]:
        """Return the bytes of every rank, by rank; RankLostError when one does not answer within the timeout."""
        try:
            lengths = self._gather(torch.tensor([len(data)]))
            longest = max(int(length) for length in lengths)
            padded = bytearray(data.ljust(max(1, longest), b"\0"))
            parts = self._gather(torch.frombuffer(padded, dtype=torch.uint8))
        except RuntimeError as error:
            raise _lost(self.rank, self.timeout, error) from error
        return [part.cpu().numpy().tobytes()[: int(length)] for part, length in zip(parts, lengths, strict=True)]

    def _gather(self, mine: Tensor) -> list[Tensor]:
        sent = mine.to(self.device)
        found = [torch.empty_like(sent) for _ in range(self.world)]
        processes.all_gather(found, sent)
        return found


def world_size(environment: Mapping[str, str] = os.environ) -> int:
    """Return how many processes torchrun started: 1 where it started none. InputError for a number that is none."""
    if "RANK" not in environment:
        return 1
    return _number(environment, "WORLD_SIZE", 1)


@contextmanager
def joined_ranks(device: torch.device, timeout: float = TIMEOUT) -> Iterator[Ranks]:
    """Join the group that torchrun's environment names: gloo, or nccl where `device` is CUDA.

    Raises RankLostError where the group does not come together, InputError for a timeout that is not positive.
    """
    if not 0 < timeout <= LONGEST:
        message = f"the timeout is in seconds and positive, at most {LONGEST:.0e}, found {timeout:g}"
        raise InputError(message)
    backend = "nccl" if device.type == "cuda" else "gloo"
    rank, world = _number(os.environ, "RANK", 0), world_size()
    try:
        processes.init_process_group(backend, timeout=timedelta(seconds=timeout))
    except (RuntimeError, ValueError) as error:
        raise _lost(rank, timeout, error) from error
    try:
        yield Ranks(rank, world, device if backend == "nccl" else torch.device("cpu"), timeout)
    finally:
        processes.destroy_process_group()


def local_device(device: torch.device, environment: Mapping[str, str] = os.environ) -> torch.device:
    """Return the GPU of this process where `device` is CUDA without a number, and `device` otherwise."""
    if device.type != "cuda" or device.index is not None:
        return device
    return torch.device("cuda", _number(environment, "LOCAL_RANK", 0))


def _number(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    text = environment.get(name, str(otherwise))
    if not text.isdecimal():
        message = f"{name} in the environment is {text!r:.20}, expected a number"
        raise InputError(message)
    return int(text)


def _lost(rank: int, timeout: float, error: Exception) -> RankLostError:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    message = f"rank {rank}: another rank died or did not answer within {timeout:g} s, so there is no verdict"
    return RankLostError(f"{message} ({reason[:120]})")
