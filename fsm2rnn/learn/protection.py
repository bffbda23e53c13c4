"""Protected numbers of a layer: the rows of a compiled core, which training is not to change.

With P the projection on the core's coordinates, P A_x = Pi_x P says that the core moves as if it were alone. It is a
statement on the rows of the core, so it holds for ever where these rows are fixed and read no free unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, final

import torch
from torch import Tensor, nn

PENALTY: Final = 10.0  # times the squared change, added to the loss


class Protect(Enum):
    """What keeps a core: its ROWS are put back before every use, a PENALTY pulls them back, or NONE does."""

    ROWS = "rows"
    PENALTY = "penalty"
    NONE = "none"


@final
@dataclass(frozen=True)
class Fixed:
    """The numbers of one tensor where `mask` holds, as they were compiled."""

    mask: Tensor
    values: Tensor

    def to(self, like: Tensor) -> Fixed:
        """Return them on the device and in the dtype of a tensor."""
        same = (self.values.device, self.values.dtype) == (like.device, like.dtype)
        return self if same else Fixed(self.mask.to(like.device), self.values.to(like))


@final
@dataclass(frozen=True)
class Protection:
    """A hook that runs before a layer is used: it puts the protected numbers back, and bounds the free ones.

    `bound` keeps the free part of every letter's matrix at norm 1 or below, since a state that overflows makes NaN of
    the core too (0 times infinity).
    """

    fixed: Mapping[str, Fixed]
    bound: Callable[[Mapping[str, Tensor]], None]

    @torch.no_grad()
    def __call__(self, layer: nn.Module, *_: object) -> None:
        """Put back what moved: nothing is written where nothing has, so that older graphs stay valid."""
        tensors = dict(layer.named_parameters())
        for name, kept in self.fixed.items():
            tensor, here = tensors[name], kept.to(tensors[name])
            if not torch.equal(tensor[here.mask], here.values[here.mask]):
                tensor.copy_(torch.where(here.mask, here.values, tensor))
        self.bound(tensors)


def unbounded(_: Mapping[str, Tensor]) -> None:
    """Change nothing: the units of the layer are bounded as they are."""


@torch.no_grad()
def residual(layer: nn.Module, fixed: Mapping[str, Fixed]) -> float:
    """Return by how much the protected number that moved most has moved; 0 where none has."""
    tensors = dict(layer.named_parameters())
    moved = ((tensors[name] - kept.to(tensors[name]).values).abs() * kept.mask for name, kept in fixed.items())
    return max((float(one.max()) for one in moved), default=0.0)


def protect_rows(layer: nn.Module, protection: Protection) -> None:
    """Put the rows back before the layer reads a word or tells its weights, whatever optimiser moves them.

    An optimiser's weight decay moves them after the last word, and what is saved is to be what is used.
    """
    layer.register_forward_pre_hook(protection)
    layer.register_state_dict_pre_hook(protection)  # type: ignore[no-untyped-call]


def penalise(layer: nn.Module, fixed: Mapping[str, Fixed]) -> None:
    """Add PENALTY |row - compiled row|^2 to whatever loss is taken of the layer, through its gradients."""
    for name, parameter in layer.named_parameters():
        if name in fixed:
            parameter.register_hook(_pull(parameter, fixed[name]))  # type: ignore[no-untyped-call]


def _pull(parameter: Tensor, kept: Fixed) -> Callable[[Tensor], Tensor]:
    def pulled(gradient: Tensor) -> Tensor:
        here = kept.to(gradient)
        return gradient + 2 * PENALTY * torch.where(here.mask, parameter.detach() - here.values, 0)

    return pulled
