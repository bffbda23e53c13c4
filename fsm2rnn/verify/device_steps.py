"""Triton kernels where they are for: on a CUDA device, and only there imported. Elsewhere the same runs are torch's."""

from __future__ import annotations

from importlib.util import find_spec
from types import ModuleType
from typing import final

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.cells.network import FLOATS, Network
from fsm2rnn.errors import InputError
from fsm2rnn.verify.codes import Codes
from fsm2rnn.verify.gather import Gather
from fsm2rnn.verify.walk import Indices

KERNELS: ModuleType | None = None
if torch.cuda.is_available() and find_spec("triton") is not None:
    from fsm2rnn.verify import triton_kernels

    KERNELS = triton_kernels

WIDEST = 16  # numbers of a block that stays in registers


def kernels_found(device: torch.device) -> bool:
    """Return whether the device is a CUDA one and Triton is installed."""
    return device.type == "cuda" and KERNELS is not None


def run_in_kernel(gather: Gather, words: Indices, coordinates: Indices, device: torch.device) -> Indices:
    """Return the decoded states (B, T) of one block; `coordinates` (B,) carries over."""
    table, reads, states = (
        torch.from_numpy(values.astype(np.int32)).to(device) for values in (gather.index, gather.reads, coordinates)
    )
    found = _kernels().walk_streams(table, reads, _ids(words, device), states)
    coordinates[:] = states.cpu().numpy()
    decoded: Indices = found.cpu().numpy().astype(gather.reads.dtype)
    return decoded


@final
class KernelSteps:
    """An exact network of small blocks or of permuted numbers; every state is compared with its code.

    A state equal to code c is read as the readout reads c.
    """

    streams = 1 << 14

    def __init__(self, network: Network, codes: Codes) -> None:
        """Take the weights where they are."""
        self._kernels = _kernels()
        self._codes = codes
        self._source, self._factors = _permuted(network)
        self._blocks = [] if self._source is not None else small_blocks(network)

    def run(self, words: Indices, starts: Indices, trace: Indices) -> Indices | None:
        """Return the decoded states (S, T); None when a state is not the code that it should be."""
        codes = self._codes.states
        states = codes[_wide(starts, codes.device)]
        length = max(1, FLOATS // states.numel())
        for first in range(0, words.shape[1], length):
            found = self._states(_ids(words[:, first : first + length], codes.device), states)
            if not torch.equal(found, codes[_wide(trace[:, first : first + length], codes.device)]):
                return None
            states = found[:, -1]
        return np.take(self._codes.reads, trace)

    def _states(self, words: Tensor, states: Tensor) -> Tensor:
        if self._source is not None:
            found: Tensor = self._kernels.gather_streams(self._source, self._factors, words, states)
            return found
        sizes = [block.shape[-1] for block in self._blocks]
        parts = zip(self._blocks, states.split(sizes, -1), strict=True)  # type: ignore[no-untyped-call]
        return torch.cat([self._kernels.block_streams(block, words, part) for block, part in parts], -1)


def small_blocks(network: Network) -> list[Tensor]:
    """Return the blocks (D, n, n) of a network that the kernels can run, none if there is a wide one."""
    weights = {name: tensor.detach() for name, tensor in network.rnn.state_dict().items()}
    found = [tensor for name, tensor in weights.items() if name.startswith("block.")]
    if network.structure == "dense":
        found = [weights["weight"].permute(2, 0, 1)]
    return found if all(block.shape[-1] <= WIDEST for block in found) else []


def runs_in_kernels(network: Network) -> bool:
    """Return whether `KernelSteps` has a kernel for the network."""
    return bool(small_blocks(network)) or _permuted(network)[0] is not None


def _kernels() -> ModuleType:
    if KERNELS is None:
        message = "Triton kernels need a CUDA device and the package triton"
        raise InputError(message)
    return KERNELS


def _permuted(network: Network) -> tuple[Tensor | None, Tensor | None]:
    """Return where each number comes from and its factor, (D, H), when every letter permutes the numbers."""
    if network.structure != "column-one-hot":
        return None, None
    index, factors = network.rnn.get_buffer("index"), network.rnn.get_parameter("diagonal").detach()
    source = index.argsort(-1)
    if not torch.equal(index.gather(-1, source), torch.arange(index.shape[1], device=index.device).expand_as(index)):
        return None, None
    return source.to(torch.int32), factors.gather(-1, source)


def _ids(words: Indices, device: torch.device) -> Tensor:
    """Return ids on the device, of one byte where they fit."""
    kind = np.uint8 if words.dtype == np.uint8 else np.int32
    return torch.from_numpy(words.astype(kind)).to(device)


def _wide(indices: Indices, device: torch.device) -> Tensor:
    return torch.from_numpy(indices.astype(np.int64)).to(device)
