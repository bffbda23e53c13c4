"""What a module's own projections make of its tokens, against the stored recurrence over whole letters, bit for bit.

With D the map that writes each integer y_i twice, 64 D intertwines: the steps of a letter, from 64 D y, lead to 64 D
(A y + b). Both sides are affine, so 0 and the unit vectors decide it for every y. All numbers are multiples of powers
of two and small, so float64 holds them and every sum of them exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from fsm2rnn.constructions.swaps.swap_network import letter_block
from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import Scalar
from fsm2rnn.exports.modules.delta.delta_weights import RAW
from fsm2rnn.exports.modules.delta.spelling import LetterSpelling


@final
@dataclass(frozen=True, eq=False)
class Projections:
    """Per token: decay (N, heads), key (N, slots, heads, d), value and beta (N, slots, heads)."""

    decay: Tensor
    key: Tensor
    value: Tensor
    beta: Tensor


def require_intertwined(spelled: LetterSpelling, found: Projections, where: str) -> None:
    """Raise NumericError where the steps of a letter are not what was proved of it."""
    decay, key, value, beta = (part.double() for part in (found.decay, found.key, found.value, found.beta))
    letters = range(len(spelled.letters))
    starts = torch.stack([_columns(spelled, key.shape[-1], letter, moved=False) for letter in letters])
    wanted = torch.stack([_columns(spelled, key.shape[-1], letter, moved=True) for letter in letters])
    for letter in letters:
        state = starts[letter]  # (1 + n, heads, d)
        for token in spelled.letters[letter]:
            state = state * decay[token, :, None]
            for slot in range(spelled.slots):
                direction = key[token, slot]
                error = value[token, slot] - (state * direction).sum(-1)
                state = state + (beta[token, slot] * error)[..., None] * direction
        if not torch.equal(state, wanted[letter]):
            message = (
                f"the projections of {where} do not make of symbol {letter} what was proved of it; nothing is written"
            )
            raise NumericError(message)


def _columns(spelled: LetterSpelling, width: int, letter: int, *, moved: bool) -> Tensor:
    """Return 64 D y for y = 0 and the unit vectors, or what the letter makes of them; (1 + n, heads, d)."""
    most = max(part.points for part in spelled.parts)
    columns = torch.zeros(1 + most, len(spelled.heads), width, dtype=torch.float64)
    for head, (place, tracked, _) in enumerate(spelled.heads):
        part = spelled.parts[place]
        block = letter_block(part.letters[letter], part.points, tracked)
        constant = dict(block.columns[part.points])
        for column in range(1 + most):
            used = 0 < column <= part.points  # 0 is tried again where another part has more points
            image: dict[int, Scalar] = {column - 1: 1} if used else {}
            if moved:
                linear = dict(block.columns[column - 1]) if used else {}
                image = {point: linear.get(point, 0) + constant.get(point, 0) for point in range(part.points)}
            for point, entry in image.items():
                columns[column, head, 2 * point : 2 * point + 2] = RAW * float(entry)
    return columns
