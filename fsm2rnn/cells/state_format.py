"""The state format: the set of numbers to which a network's state is rounded after every symbol.

gridK, K = 1..12: the multiples of 2^-K. Otherwise a float format shorter than float32. Nearest, ties to even. With a
state in such a set the network has finitely many states wherever its states are bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias, final

import torch
from jaxtyping import Float
from torch import Tensor

from fsm2rnn.cells.arithmetic import kept
from fsm2rnn.cells.packing import FORMAT_DTYPES
from fsm2rnn.cells.transforms import as_stored
from fsm2rnn.choice import choose
from fsm2rnn.exact.rounding import FORMATS, FloatFormat

FINEST: Final = 12  # digits of the finest grid: 2^12 steps of it lie below 1, and float16 resolves no finer grid there


@final
@dataclass(frozen=True)
class Grid:
    """The multiples of 2^-digits."""

    digits: int

    @property
    def name(self) -> str:
        """The name under which it is chosen and stored: grid7."""
        return f"grid{self.digits}"


StateFormat: TypeAlias = Grid | FloatFormat

GRIDS: Final = tuple(Grid(digits) for digits in range(1, FINEST + 1))
SHORT: Final = tuple(form for form in FORMATS if form.accumulator != form)
STATE_FORMATS: Final[dict[str, StateFormat]] = {
    **{grid.name: grid for grid in GRIDS},
    **{form.name: form for form in SHORT},
}


def find_state_format(text: str) -> StateFormat:
    """Return the state format of that name; InputError with the nearest name otherwise."""
    return choose("state format", text, STATE_FORMATS)


def rounded_states(states: Float[Tensor, "*B H"], form: StateFormat) -> Float[Tensor, "*B H"]:
    """Return states rounded once to a format, in their own dtype, which holds the result exactly.

    Gradients pass as if nothing was rounded. A number beyond the format's largest, or one whose product with 2^K
    leaves the dtype in which a grid is found (float32 or wider), is finite no longer.
    """
    found = _on_grid(states.detach(), form) if isinstance(form, Grid) else _in_format(states.detach(), form)
    if not (states.requires_grad and torch.is_grad_enabled()):
        return found
    return found + (states - states.detach())


def _on_grid(states: Tensor, grid: Grid) -> Tensor:
    # A product with a power of two is exact, and so is the nearest integer. What lies closer together than a float's
    # own numbers leaves the float as it is, and a coarser grid's number has no more bits: none is rounded twice.
    wide = states.to(torch.promote_types(states.dtype, torch.float32))
    scale = 2.0**grid.digits
    return ((wide * scale).round() / scale).to(states.dtype)


def _in_format(states: Tensor, form: FloatFormat) -> Tensor:
    dtype = FORMAT_DTYPES[form.name]
    narrow = _to_odd(states) if states.dtype == torch.float64 else states.to(torch.float32)
    if form.native:
        return as_stored(narrow.to(dtype)).to(states.dtype)
    return kept(narrow, dtype).to(states.dtype)


def _to_odd(states: Tensor) -> Tensor:
    """Return float64 numbers in float32, cut and the last bit set where something was cut off.

    torch rounds float64 to short formats by way of float32, twice; what is cut to odd is rounded once in effect.
    """
    near = states.to(torch.float32)
    back = near.to(torch.float64)
    cut = torch.where(back.abs() > states.abs(), torch.nextafter(near, torch.zeros_like(near)), near)
    return torch.where(back == states, near, (cut.view(torch.int32) | 1).view(torch.float32))
