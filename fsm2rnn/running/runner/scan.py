"""P_t = A_{x_t} ... A_{x_1} by G. Blelloch's scan, h_t = P_t h_0: a run in scan order, the same however it is cut.

The bracketing is fixed by the positions alone. A block of 2^k symbols that starts at a multiple of 2^k has the product
of its halves, and the product of a prefix is that of the blocks of its binary digits, multiplied from the first on:
P_13 = M[12, 13) (M[8, 12) M[0, 8)). So every product is one of two factors, as in theorem B of
`proof.rounding.scan_order`.

Up: products of all blocks of a piece, level by level. Down: the product before each block, given that before the piece;
the second half's is that of the first half after it. What lies before a piece is kept as the blocks of the digits of
its position, so memory does not grow with the word. (Blelloch, Prefix sums and their applications, 1990.)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Final, final

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.cells.arithmetic import held, kept
from fsm2rnn.cells.auditable import FLOATS
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.structure.recurrence import Product, Products
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.running.walk.walk import Indices, smallest_type

DIGITS: Final = 40  # of a position, each of which may keep a product
KEPT: Final = 1 << 27  # numbers of all these products together


def require_scan(network: Network) -> Products:
    """Return how the network's letters multiply; InputError where the state is put back."""
    if network.snap is not None:
        message = "a state that is put back on its prototype depends on more than the product of its letters"
        raise InputError(message, hint="use order sequential")
    return network.rnn.recurrence.products


@final
class ScanRunner:
    """Runs the network's own floats in scan order, on its own device."""

    evaluated = "float"

    def __init__(self, network: Network, batch: int) -> None:
        """Start `batch` streams; InputError as `require_scan`, LimitError where their products fill the memory."""
        self._network, self._products = network, require_scan(network)
        with torch.no_grad():
            letters = self._products.letters(dict(network.rnn.state_dict()))
            self._kind = network.rnn.initial_state.dtype
            self._letters = tuple(_held(one.detach()) for one in letters)
        self._empty = tuple(one.expand(batch, *one.shape[1:]) for one in self._products.empty(self._letters))
        self._blocks: list[Product] = []  # those of the digits of the position, the largest first; each (B, ...)
        self._position = 0
        numbers = batch * sum(letter[0].numel() for letter in self._letters)
        if numbers > KEPT // DIGITS:
            what = f"numbers in the products of {batch:,} words"
            raise LimitError(what, limit=KEPT // DIGITS, needed=numbers, hint="read fewer words at once")
        most = max(1, min(network.stride(batch), FLOATS // numbers))
        self._longest = 1 << (most.bit_length() - 1)

    @torch.no_grad()
    def read(self, words: Indices) -> Indices:
        """Return the decoded states (B, T) of the next block of ids (B, T), |Q| where one is not finite."""
        found = np.empty(words.shape, dtype=smallest_type(len(self._network.machine.states) + 1))
        for start, length in self._pieces(words.shape[1]):
            part = torch.from_numpy(words[:, start : start + length].astype(np.int64))
            states = self._scanned(part.to(self._network.initial_state.device))
            found[:, start : start + length] = self._network.decode(states).cpu().numpy()
        return found

    def position(self) -> Tensor:
        """Return the position and the blocks before it as one tensor (1 + blocks, B, numbers) in float64."""
        blocks = [torch.cat([part.flatten(1).double() for part in block], 1) for block in self._blocks]
        width = sum(part[0].numel() for part in self._empty)
        first = torch.full((1, len(self._empty[0]), width), self._position, dtype=torch.float64)
        return torch.cat([first, *(block.cpu().unsqueeze(0) for block in blocks)])

    def resume(self, position: Tensor) -> None:
        """Go where `position` says."""
        self._position = int(position[0, 0, 0])
        self._blocks = [self._unpacked(block) for block in position[1:]]

    def _unpacked(self, block: Tensor) -> Product:
        sizes = [part[0].numel() for part in self._empty]
        parts = zip(block.split(sizes, 1), self._empty, strict=True)  # type: ignore[no-untyped-call]
        return tuple(numbers.reshape(like.shape).to(like.device, like.dtype) for numbers, like in parts)

    def _pieces(self, steps: int) -> Iterator[tuple[int, int]]:
        """Yield start and length of the largest blocks that a word of `steps` symbols is made of, from the position."""
        start = 0
        while start < steps:
            aligned = self._position & -self._position or self._longest
            length = min(aligned, self._longest, 1 << ((steps - start).bit_length() - 1))
            yield start, length
            start += length

    def _scanned(self, ids: Tensor) -> Tensor:
        """Return the states (B, n, H) after each symbol of ids (B, n), n a power of two that divides the position."""
        multiply = self._multiplied
        levels = [tuple(letter[ids] for letter in self._letters)]
        while levels[-1][0].shape[1] > 1:
            pairs = levels[-1]
            levels.append(multiply(tuple(one[:, 1::2] for one in pairs), tuple(one[:, ::2] for one in pairs)))
        before = tuple(one.unsqueeze(1) for one in self._before())
        for halves in reversed(levels[:-1]):
            after = multiply(tuple(one[:, ::2] for one in halves), before)
            before = tuple(torch.stack(pair, 2).flatten(1, 2) for pair in zip(before, after, strict=True))
        self._append(tuple(one[:, 0] for one in levels[-1]), ids.shape[1])
        last = tuple(one.unsqueeze(1) for one in self._before())
        prefixes = tuple(torch.cat([one[:, 1:], end], 1) for one, end in zip(before, last, strict=True))
        return kept(self._products.apply(prefixes, self._network.initial_state), self._kind)

    def _multiplied(self, later: Product, earlier: Product) -> Product:
        """Return the product of two, rounded once to a format that is only stored."""
        product = self._products.multiply(later, earlier)
        return tuple(kept(one, self._kind) if one.is_floating_point() else one for one in product)

    def _before(self) -> Product:
        """Return the product of all symbols before the position."""
        return reduce(lambda earlier, later: self._multiplied(later, earlier), self._blocks, self._empty)

    def _append(self, block: Product, length: int) -> None:
        """Move the position behind a block, and join blocks of one length as carries join digits."""
        place = length
        while self._position & place:
            block = self._multiplied(block, self._blocks.pop())
            place *= 2
        self._blocks.append(block)
        self._position += length


def _held(tensor: Tensor) -> Tensor:
    """Return numbers in the dtype in which they are computed with, indices as they are."""
    return tensor.to(held(tensor.dtype)) if tensor.is_floating_point() else tensor
