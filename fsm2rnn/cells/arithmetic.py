"""The arithmetic of a stored format in torch: what adds up, in which dtype states are held, and how they are rounded.

Formats that compute hold states in their own dtype. Of one that is only stored torch has bits but hardly an operation:
its numbers are held as float32, which has them all, and every new state is rounded to it.
"""

from __future__ import annotations

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from fsm2rnn.cells.packing import FORMAT_DTYPES
from fsm2rnn.cells.transforms import as_stored
from fsm2rnn.errors import InputError
from fsm2rnn.exact.rounding import FORMATS, FloatFormat

FORM_OF: Final[dict[torch.dtype, FloatFormat]] = {FORMAT_DTYPES[form.name]: form for form in FORMATS}


def form_of(dtype: torch.dtype) -> FloatFormat:
    """Return the format of a torch dtype; InputError for one in which no network is stored."""
    if dtype not in FORM_OF:
        message = f"a network is stored in one of {', '.join(FORMAT_DTYPES)}, not in {dtype}"
        raise InputError(message)
    return FORM_OF[dtype]


def wide(dtype: torch.dtype) -> torch.dtype:
    """Return the format in which a step adds up: float32 for shorter ones, rounded once per symbol.

    It is the arithmetic of which certificates speak.
    """
    return FORMAT_DTYPES[form_of(dtype).accumulator.name]


def held(dtype: torch.dtype) -> torch.dtype:
    """Return the dtype in which states of a network stored in `dtype` are held: its own, if that computes."""
    return dtype if form_of(dtype).native else wide(dtype)


def divided_by_norm(states: Float[Tensor, "*B H"]) -> Float[Tensor, "*B H"]:
    """Return states divided by their Euclidean norms, in the accumulating format; a zero state stays zero.

    The states' own sums of squares must be finite, and not lost below the least number.
    """
    adding = states.to(wide(states.dtype))
    length = torch.linalg.vector_norm(adding, dim=-1, keepdim=True)
    return (adding / torch.where(length > 0, length, 1)).to(states.dtype)


def kept(states: Float[Tensor, "*B H"], dtype: torch.dtype) -> Float[Tensor, "*B H"]:
    """Return states rounded once to a format, as float32 where it is only stored.

    A step's result is rounded already in a format that computes; a compiler is kept from dropping that.

    What overflows a format without infinities becomes a NaN, as what overflows the others stops being finite: torch's
    own conversion to float8_e4m3fn gives 448 or a NaN, from one version to the next.
    """
    form = form_of(dtype)
    if form.native:
        return states if form.accumulator == form else as_stored(states)
    rounded = as_stored(states.to(dtype)).to(states.dtype)
    if not form.finite_only:
        return rounded
    # 448 is the even one of 448 and 480, so that their middle is still rounded to it.
    last_bit = 2.0 ** (form.bias - form.precision + 2)
    return torch.where(states.abs() <= form.largest + last_bit / 2, rounded, torch.nan)
