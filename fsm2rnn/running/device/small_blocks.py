"""The blocks of an exact network and its codes as a kernel reads them: one row of words a letter, one a code.

What a step moves within the processor is the letter's matrix, and not the letter: 64 bytes in float32 for four numbers.
Numbers that bfloat16 holds, as it does small integers, are therefore kept so, four to a word, and made wide again in
one instruction each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, final

import torch
from torch import Tensor
from torch.nn.functional import pad

from fsm2rnn.cells.arithmetic import wide

Row: TypeAlias = tuple[int, int, int]  # its first column, that after its last, and its first entry

WIDEST = 16  # numbers of a block, whose state stays in registers
ENTRIES = WIDEST**2  # of the blocks that one launch multiplies, each an instruction of its kernel


@final
@dataclass(frozen=True, eq=False)
class SmallBlocks:
    """Some of the blocks, E entries over n numbers: what one launch multiplies."""

    rows: tuple[Row, ...]  # (n,) where each number's row lies
    matrices: Tensor  # (D, E) in the accumulating format, or (D, E / 4) words
    wanted: Tensor  # (C, n) likewise: the codes to which states are held
    codes: Tensor  # (C, n) in the network's own format


def launches(blocks: list[Tensor], codes: Tensor) -> list[SmallBlocks]:
    """Return blocks (D, n, n), each no wider than `WIDEST`, and their numbers of codes (C, H), by launches."""
    groups: list[list[Tensor]] = []
    held = ENTRIES
    for block in blocks:
        entries = block.shape[-1] ** 2
        if held + entries > ENTRIES:
            groups.append([])
            held = 0
        groups[-1].append(block)
        held += entries
    widths = [sum(block.shape[-1] for block in group) for group in groups]
    parts = codes.split(widths, -1)  # type: ignore[no-untyped-call]
    return [_launch(group, part.contiguous()) for group, part in zip(groups, parts, strict=True)]


def _launch(blocks: list[Tensor], codes: Tensor) -> SmallBlocks:
    rows: list[Row] = []
    entry = 0
    for block in blocks:
        first, size = len(rows), block.shape[-1]
        rows += [(first, first + size, entry + size * number) for number in range(size)]
        entry += size**2
    kind = wide(codes.dtype)
    matrices = torch.cat([block.flatten(1) for block in blocks], 1).to(kind)
    return SmallBlocks(tuple(rows), packed(matrices), packed(codes.to(kind)), codes)


def packed(numbers: Tensor) -> Tensor:
    """Return numbers (N, E) as int64 words (N, E / 4, rounded up) of bfloat16; unchanged where it rounds one."""
    short = numbers.to(torch.bfloat16)
    if not torch.equal(short.to(numbers.dtype), numbers):
        return numbers
    return pad(short, (0, -numbers.shape[1] % 4)).view(torch.int64)
