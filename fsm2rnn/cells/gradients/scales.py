"""A chain u_t = s_t A_t u_{t-1} whose scales s_t > 0 are constants, and the unit states that it stands for.

Where every state is divided by its norm, only directions matter, and those of a linear chain are the same whatever
positive constants it is multiplied by. So the chain is divided now and then, to stay in range; that takes no part in
the gradient, which passes through the norms at the end alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

import torch
from torch import Tensor
from torch.autograd import Function

from fsm2rnn.cells.transforms import own_formats
from fsm2rnn.errors import InputError

NEVER: Final = 0
EVERY: Final = 8  # steps: a norm may change by 2^5 at every one of them before the range below is left
LEAST, MOST = 2.0**-40, 2.0**40  # norms whose squares, and those of far lesser entries, float32 has


def whole_words(chain: Callable[[int], Tensor | None], *, divided: bool) -> Tensor | None:
    """Return the states (T, B, H) of a chain, unit states where `divided`; None where the chain gives none.

    The chain takes after how many steps it is scaled.
    """
    states = chain(EVERY if divided else NEVER)
    if states is None or not divided:
        return states
    found, norms = _unit(states)
    if bool(((norms > LEAST) & (norms < MOST)).all()):
        return found
    every_step = chain(1)
    return None if every_step is None else _unit(every_step)[0]


def last_unit(states: Tensor) -> Tensor | None:
    """Return the last of the states (T, B, H) divided by their norms, None where a norm of any has left the range."""
    norms = torch.linalg.vector_norm(states.detach(), dim=-1)
    return _unit(states[-1])[0] if bool(((norms > LEAST) & (norms < MOST)).all()) else None


def _unit(states: Tensor) -> tuple[Tensor, Tensor]:
    """Return states divided by their norms, a zero state as it is, and the norms (T, B, 1)."""
    found: tuple[Tensor, Tensor] = _Unit.apply(states)  # type: ignore[no-untyped-call]
    return found


class _Unit(Function):
    """y = u / |u|, whose gradient is (g - <y, g> y) / |u|."""

    @staticmethod
    def forward(ctx: Any, states: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return unit states and norms."""
        norms = torch.linalg.vector_norm(states, dim=-1, keepdim=True)
        inverse = 1 / torch.where(norms > 0, norms, 1)
        found = states * inverse
        ctx.save_for_backward(found, inverse)
        ctx.mark_non_differentiable(norms)
        return found, norms

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the gradient of the states."""
        with first_order(given[0].device):
            found, inverse = ctx.saved_tensors
            along = (given[0] * found).sum(-1, keepdim=True)
            return torch.addcmul(given[0], found, along, value=-1).mul_(inverse)


def scale_after(step: int, every: int, *parts: Tensor) -> Tensor | None:
    """Return the scale (B, 1) after a step, 1 / |u| over all parts of the state (1 at zero); None where none is due."""
    if every == NEVER or (step + 1) % every:
        return None
    norms = [torch.linalg.vector_norm(part, dim=-1, keepdim=True) for part in parts]
    norm = torch.linalg.vector_norm(torch.cat(norms, -1), dim=-1, keepdim=True)
    return 1 / torch.where(norm > 0, norm, 1)


def first_order(device: torch.device) -> AbstractContextManager[object]:
    """Return the context in which a gradient is computed; InputError where it is to be differentiated itself."""
    if torch.is_grad_enabled():
        message = "gradients of gradients (create_graph=True) are not known of the words that a layer in training reads"
        raise InputError(
            message, hint="call .eval() before: then words are read step by step, which torch derives twice"
        )
    return own_formats(device)
