"""A spelling as the numbers of a gated delta rule: all of them 0 or powers of two up to sign, in every format.

A token enters as 1,024 on a coordinate of its own of a hidden width H = 4^m, so that a norm over the width gives 2^m
there, exactly. Keys, values and gates are 64 before their SiLU, which is 64 after it in every format; a key of one or
of four such numbers has the norm 64 or 128, so that it is 1 or 1/2 where it is divided by it, and the number under the
root is so large that an epsilon does not change it. The width of a key is a power of 4, since queries are divided by
its root. States are then 64 y for the integers y of `constructions.swaps`. Gates are shut and open at 256: sigmoid(256)
= 1, sigmoid(-256) = 0, softplus(-256) = 0, exp(-softplus(256)) = 0. The start of the decay's bias is shut, so that a
position that is masked out keeps the state.

A head reads one integer by one coordinate, of which a norm over one coordinate leaves the sign: 0, 1 or -1. The last
norm divides all that a score is made of by one number, the states' scores are sums of signs and of the token's own
coordinate, and those of other tokens are negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.constructions.swaps.swap_steps import SwapStep, shown
from fsm2rnn.exports.modules.delta.spelling import KEEPING, DeltaLayer, LetterSpelling

ENTER: Final = 1024.0
RAW: Final = 64.0  # of keys, queries, values and gates
SHUT: Final = 256.0
LEAST_KEY: Final = 16  # coordinates, which kernels ask for at least


@final
@dataclass(frozen=True)
class DeltaSizes:
    """Numbers of tokens, heads, slots, and coordinates of the hidden state and of a key."""

    tokens: int
    heads: int
    slots: int
    hidden: int
    key: int


@final
@dataclass(frozen=True, eq=False)
class DeltaWeights:
    """The matrices (out, in) of a layer with one value a head, and what stands before and behind it.

    Rows of `key`, `value` and `beta` are sorted by slot, then head; `gate` is None where the layer has none.
    """

    sizes: DeltaSizes
    embedding: Tensor  # (tokens + Q, hidden)
    query: Tensor
    key: Tensor
    value: Tensor
    beta: Tensor
    decay: Tensor | None
    gate: Tensor | None
    output: Tensor
    scores: Tensor  # (tokens + Q, hidden)

    @property
    def decay_bias(self) -> Tensor:
        """The decay's bias (heads,): shut."""
        return torch.full((self.sizes.heads,), -SHUT, dtype=torch.float64)


def delta_sizes(spelled: LetterSpelling) -> DeltaSizes:
    """Return the sizes of a spelling."""
    heads = len(spelled.heads)
    widest = 2 * max(part.points for part in spelled.parts)
    hidden = _power_of_four(len(spelled.tokens) + heads)
    return DeltaSizes(len(spelled.tokens), heads, spelled.slots, hidden, _power_of_four(widest))


def _power_of_four(least: int) -> int:
    size = LEAST_KEY
    while size < least:
        size *= 4
    return size


def delta_weights(spelled: LetterSpelling, layer: DeltaLayer) -> DeltaWeights:
    """Return the weights in float64; all of them are numbers of every format."""
    sizes = delta_sizes(spelled)
    entered = sizes.hidden**0.5  # what a token is behind the first norm
    query = torch.zeros(sizes.heads, sizes.key, sizes.hidden, dtype=torch.float64)
    for head, (_, _, point) in enumerate(spelled.heads):
        query[head, 2 * point, : sizes.tokens] = RAW / entered
    opened = torch.zeros(sizes.heads, sizes.hidden, dtype=torch.float64)
    opened[:, : sizes.tokens] = RAW / entered
    key, value, beta, decay = _of_tokens(spelled, sizes, entered)
    output = torch.zeros(sizes.hidden, sizes.heads, dtype=torch.float64)
    places = torch.arange(sizes.heads)
    output[sizes.tokens + places, places] = ENTER / RAW if layer.gate else ENTER
    return DeltaWeights(
        sizes,
        _embedding(spelled, sizes),
        query.flatten(0, 1),
        key.flatten(0, 2),
        value.flatten(0, 1),
        beta.flatten(0, 1),
        decay if layer.decay else None,
        opened if layer.gate else None,
        output,
        _scores(spelled, sizes),
    )


def _of_tokens(spelled: LetterSpelling, sizes: DeltaSizes, entered: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return key (slots, heads, d, H), value and beta (slots, heads, H) and decay (heads, H)."""
    shape = (sizes.slots, sizes.heads)
    key = torch.zeros(*shape, sizes.key, sizes.hidden, dtype=torch.float64)
    value, beta = (torch.zeros(*shape, sizes.hidden, dtype=torch.float64) for _ in range(2))
    decay = torch.zeros(sizes.heads, sizes.hidden, dtype=torch.float64)
    for token, slots in enumerate(spelled.tokens):
        for slot, steps in enumerate(slots):
            for head, (part, tracked, _) in enumerate(spelled.heads):
                step = steps[part]
                key[slot, head, list(step.hot), token] = RAW / entered
                value[slot, head, token] = step.value(tracked) * RAW / entered
                beta[slot, head, token] = _beta(step) / entered
                if step.reset:
                    decay[head, token] = 2 * SHUT / entered
    return key, value, beta, decay


def _beta(step: SwapStep) -> float:
    """Return the number whose doubled sigmoid is the step's beta."""
    return (step.beta - 1) * SHUT


def _embedding(spelled: LetterSpelling, sizes: DeltaSizes) -> Tensor:
    """Return the rows of all tokens; those of states enter as the token that does nothing."""
    rows = torch.zeros(sizes.tokens + len(spelled.machine.states), sizes.hidden, dtype=torch.float64)
    rows[: sizes.tokens, : sizes.tokens] = ENTER * torch.eye(sizes.tokens, dtype=torch.float64)
    rows[sizes.tokens :, KEEPING] = ENTER
    return rows


def _scores(spelled: LetterSpelling, sizes: DeltaSizes) -> Tensor:
    """Return the rows of the last matrix: how many tracked points are where they are in a state, -1 for no state."""
    scores = torch.zeros(sizes.tokens + len(spelled.machine.states), sizes.hidden, dtype=torch.float64)
    scores[: sizes.tokens, : sizes.tokens] = -1
    column = {head: sizes.tokens + place for place, head in enumerate(spelled.heads)}
    for place, part in enumerate(spelled.parts):
        for state, images in enumerate(part.images):
            row = scores[sizes.tokens + state]
            for tracked, point in zip(part.tracked, images, strict=True):
                constant, slope = shown(part, tracked, point)
                row[: sizes.tokens] += constant
                row[column[place, tracked, point]] += slope
    return scores
