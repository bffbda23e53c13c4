"""A model stepped as its users step it: a cache that is handed on, and the recurrent state in it put in by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, final

import torch
from torch import Tensor

from fsm2rnn.exports.modules.program import Program
from fsm2rnn.exports.modules.transformers_library import Cache, Model, transformers_library

PIECE = 97  # tokens that are read at once where a word is read in pieces: no multiple of a chunk of any layer


class Holder(Protocol):
    """Where a model keeps its recurrent state (B, ...) between calls."""

    def begin(self, model: Model, state: Tensor | None) -> dict[str, Cache]:
        """Return what a call for one more token is given, with a cache in it whose recurrent state is `state`."""

    def state(self, model: Model, cache: Cache) -> Tensor:
        """Return the recurrent state after the call."""


@final
@dataclass(frozen=True)
class LayerState:
    """The state of one layer in the cache; earlier tokens are taken for zeros, since its convolution ignores them."""

    layer: int = 0

    def begin(self, model: Model, state: Tensor | None) -> dict[str, Cache]:
        """Return a cache of the model with the state in its layer."""
        cache = new_cache(model)
        if state is not None:
            channels, taps = _convolved(model)
            before = torch.zeros(len(state), channels, taps, dtype=model.dtype)
            cache.update_conv_state(before, self.layer, conv_kernel_size=taps)
            cache.update_recurrent_state(state.clone(), self.layer)
        return {"cache": cache}

    def state(self, model: Model, cache: Cache) -> Tensor:
        """Return a copy of the layer's state."""
        del model
        found: Tensor = cache.get_recurrent_state(self.layer)
        return found.clone()


def new_cache(model: Model) -> Cache:
    """Return an empty cache for a model."""
    return transformers_library("a causal model").DynamicCache(config=model.config)


def causal_program(model: Model, columns: Tensor, holder: Holder, *, continues: bool) -> Program:
    """Return a model as a program: whole words, token by token with a cache and, where it `continues`, in pieces.

    `columns` (V,) has for each token the number of the answer that it means.
    """

    def read(logits: Tensor) -> Tensor:
        return columns[logits.argmax(-1)]

    def whole(ids: Tensor) -> Tensor:
        return read(model(ids, use_cache=False).logits)

    def in_pieces(ids: Tensor, size: int) -> Tensor:
        cache = new_cache(model)
        parts = ids.split(size, 1)  # type: ignore[no-untyped-call]
        return torch.cat([read(model(part, cache=cache, use_cache=True).logits) for part in parts], 1)

    def step(ids: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        given = holder.begin(model, state)
        logits = model(ids.unsqueeze(1), use_cache=True, **given).logits[:, -1]
        none = logits.new_full((len(ids), int(columns.max()) + 1), -torch.inf)
        scores = none.scatter_reduce(1, columns.expand_as(logits), logits, "amax")
        return scores, holder.state(model, given["cache"])

    pieces = (lambda ids: in_pieces(ids, PIECE),) if continues else ()
    return Program((whole, lambda ids: in_pieces(ids, 1), *pieces), step)


def _convolved(model: Model) -> tuple[int, int]:
    """Return channels and taps of the one convolution of a model."""
    found = next(one for one in model.modules() if isinstance(one, torch.nn.Conv1d))
    return found.out_channels, found.kernel_size[0]
