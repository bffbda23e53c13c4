"""A network as a module of tensors alone, which torch's exporters follow: ids (B, T) -> (scores, answers).

`WholeWords` calls torch.nn's layer once; `Scanned` steps through a word with torch's scan operator, which keeps a
recurrence of any length as one operation.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, TypeVar, final

import torch
from torch import Tensor, nn
from torch._higher_order_ops.scan import scan

from fsm2rnn.cells.layer import Stock, stock_kind
from fsm2rnn.exports.plain import Plain, PlainLinear, PlainStock
from fsm2rnn.proof.claim.cell_kinds import CellKind

Parts = TypeVar("Parts", bound=Plain)
Carried: TypeAlias = list[Tensor]  # what a step hands to the next: h, of an LSTM h and c, each (B, H)
Step: TypeAlias = Callable[[Carried, Tensor], Carried]


@final
class WholeWords(nn.Module):
    """scores = W rnn(x) + b for all symbols at once, answers = argmax scores: (B, T, K) and (B, T)."""

    def __init__(self, parts: PlainStock) -> None:
        """Take the parts of a network around one of torch.nn's layers."""
        super().__init__()
        own = _copied(parts)
        self.rnn, self.readout, self.embedding = own.layer, own.readout, own.embedding

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return scores and answers."""
        scores = self.readout(self.rnn(_entered(self.rnn, self.embedding, ids))[0])
        return scores, scores.argmax(-1)


@final
class Scanned(nn.Module):
    """h_t = step(h_{t-1}, x_t) by scan, scores_t read from h_t, answers = argmax scores: (B, T, K) and (B, T)."""

    def __init__(self, parts: Plain) -> None:
        """Take the parts of a network; it has one layer, and nothing puts its state back."""
        super().__init__()
        own = _copied(parts)
        self.layer, self.readout = own.layer, own.readout  # registered, so that their tensors are found
        steps = _linear(own) if isinstance(own, PlainLinear) else _stock(own)
        self.first, self.enter, self.make_step = steps.first, steps.enter, steps.make_step

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return scores and answers."""
        step = self.make_step()  # with the weights of this call: an exporter has put its own in their places

        def combine(carried: Carried, x: Tensor) -> tuple[Carried, Tensor]:
            after = step(carried, x)
            return after, self.readout(after[0])

        inputs = self.enter(ids).transpose(0, 1).contiguous()
        _, found = scan(combine, self.first(ids), inputs, dim=0)
        scores = found.transpose(0, 1).contiguous()
        return scores, scores.argmax(-1)


@final
@dataclass(frozen=True)
class _Steps:
    """The first state of ids (B, T), the inputs (B, T, ...) of ids, and a step by the weights as they are now."""

    first: Callable[[Tensor], Carried]
    enter: Callable[[Tensor], Tensor]
    make_step: Callable[[], Step]


def _copied(parts: Parts) -> Parts:
    """Return parts of their own memory whose tensors want no gradient, which the scan operator would follow."""
    own = copy.deepcopy(parts)
    modules = (own.layer, own.readout, own.embedding if isinstance(own, PlainStock) else None)
    for module in modules:
        if module is not None:
            module.requires_grad_(requires_grad=False)
    return own


def _entered(layer: Stock, embedding: nn.Embedding | None, ids: Tensor) -> Tensor:
    """Return the inputs (B, T, D) of symbols: one-hot, or rows of the embedding."""
    if embedding is not None:
        rows: Tensor = embedding(ids)
        return rows
    kind = layer.all_weights[0][0].dtype
    return torch.nn.functional.one_hot(ids, layer.input_size).to(kind)


def _linear(parts: PlainLinear) -> _Steps:
    layer = parts.layer

    def first(ids: Tensor) -> Carried:
        return [layer.initial_state.expand(ids.shape[0], -1).clone()]

    def enter(ids: Tensor) -> Tensor:
        return ids

    def make_step() -> Step:
        own = layer.recurrence.prepare({**dict(layer.named_parameters()), **dict(layer.named_buffers())})
        return lambda carried, x: [layer.recurrence.step_ids(own, x, carried[0])]

    return _Steps(first, enter, make_step)


def _stock(parts: PlainStock) -> _Steps:
    layer, kind = parts.layer, stock_kind(parts.layer)
    cells: dict[CellKind, Callable[..., Tensor]] = {
        CellKind.RELU: torch.rnn_relu_cell,
        CellKind.ELMAN: torch.rnn_tanh_cell,
        CellKind.GRU: torch.gru_cell,
    }

    def first(ids: Tensor) -> Carried:
        return [layer.all_weights[0][1].new_zeros(ids.shape[0], layer.hidden_size) for _ in range(kind.states)]

    def make_step() -> Step:
        weights = layer.all_weights[0]
        if kind is CellKind.LSTM:
            return lambda carried, x: list(torch.lstm_cell(x, carried, *weights))
        return lambda carried, x: [cells[kind](x, carried[0], *weights)]

    return _Steps(first, partial(_entered, layer, parts.embedding), make_step)
