"""What torch may do to a module beside running it: trace, compile, export, map over a batch, autocast.

Each of them may change what is computed.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from fsm2rnn.errors import InputError


def require_no_trace() -> None:
    """Refuse under torch.jit.trace, with InputError: it would keep one word's length and letters for all words."""
    if torch.jit.is_tracing():  # type: ignore[attr-defined, no-untyped-call]
        message = "torch.jit.trace would take one word's length and letter counts for those of every word"
        raise InputError(message, hint="use torch.export.export or torch.compile")


def knows_values(*tensors: Tensor) -> bool:
    """Tell whether Python may look at the entries: not while compiled, exported or traced, in vmap, or without data."""
    if torch.compiler.is_compiling() or torch.jit.is_tracing():  # type: ignore[attr-defined, no-untyped-call]
        return False
    mapped = torch._C._functorch.is_functorch_wrapped_tensor  # noqa: SLF001  torch tells it nowhere else
    return not any(one.is_meta or mapped(one) for one in tensors)


def has_tangents(*tensors: Tensor) -> bool:
    """Tell whether torch derives in forward mode by one of the tensors."""
    unpack = forward_ad.unpack_dual
    return any(unpack(one).tangent is not None for one in tensors)  # type: ignore[no-untyped-call]


def letter_ids(found: Tensor, symbols: int) -> Tensor:
    """Return ids of any integer dtype as int64, all in 0..symbols - 1.

    InputError for another dtype and, where entries can be looked at, for an id outside; elsewhere a negative id becomes
    one past the last, so that the gather by it fails instead of counting from the end.
    """
    if found.is_floating_point() or found.is_complex() or found.dtype is torch.bool:
        message = f"symbol ids are integers, found {found.dtype}"
        raise InputError(message, hint="convert with .long(), or hand over one-hot features as floats")
    ids = found.to(torch.int64)
    if not knows_values(ids):
        return torch.where(ids < 0, symbols, ids)
    if ids.numel():
        least, most = (int(one) for one in torch.aminmax(ids))
        if least < 0 or most >= symbols:
            message = f"a symbol id lies outside 0..{symbols - 1}: {least}..{most}"
            raise InputError(message)
    return ids


def matched(found: Tensor, dtype: torch.dtype, what: str) -> Tensor:
    """Return a tensor in the dtype of the weights: as it is, or converted under autocast; InputError otherwise."""
    if found.dtype == dtype:
        return found
    if not is_autocast(found.device):
        message = f"{what} in {dtype} expected, as the weights, found {found.dtype}"
        raise InputError(message)
    return found.to(dtype)


def is_autocast(device: torch.device) -> bool:
    """Tell whether torch chooses formats of operations on the device by itself."""
    return torch.amp.is_autocast_available(device.type) and torch.is_autocast_enabled(device.type)


def own_formats(device: torch.device) -> AbstractContextManager[object]:
    """Return a context in which every operation computes in the formats of its operands: autocast is off."""
    return torch.autocast(device.type, enabled=False) if is_autocast(device) else nullcontext()


def as_stored(state: Tensor) -> Tensor:
    """Return the state, which a compiler must really round to its dtype: it can see nothing of what is done here."""
    found: Tensor = _opaque(state) if torch.compiler.is_compiling() else state
    return found


@torch.library.custom_op("fsm2rnn::as_stored", mutates_args=(), schema="(Tensor state) -> Tensor")
def _opaque(state: Tensor) -> Tensor:
    return state.clone()


@_opaque.register_fake
def _shaped(state: Tensor) -> Tensor:
    return torch.empty_like(state)


def _passed_on(_: Any, gradient: Tensor) -> Tensor:  # noqa: ANN401  torch's own context
    return gradient


def _mapped(_: Any, in_dims: tuple[int | None], state: Tensor) -> tuple[Tensor, int | None]:  # noqa: ANN401  as above
    return _opaque(state), in_dims[0]


_opaque.register_autograd(_passed_on)
_opaque.register_vmap(_mapped)
