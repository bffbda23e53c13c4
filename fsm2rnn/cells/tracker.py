"""Tracker: any recurrent layer with a linear readout, answering for a machine's outputs after every symbol."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional

from fsm2rnn.cells.auditable import FLOATS, State, Word, word_ids
from fsm2rnn.cells.layer import Parts, advanced, first_state, found_layer, layer_name, layer_weight, layer_width
from fsm2rnn.cells.layer_names import file_names, module_names
from fsm2rnn.cells.state_format import StateFormat, find_state_format, rounded_states
from fsm2rnn.cells.tracker_parts import require_embedding, require_one_dtype, require_readout
from fsm2rnn.cells.transforms import letter_ids, own_formats, require_no_trace
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.state_machine import StateMachine


@final
class Tracker(nn.Module):
    """h_t = cell(x_t, h_{t-1}), logits_t = W h_t + b, logit k for `machine.output_labels[k]`.

    `rnn` is a torch.nn.RNN, GRU or LSTM (batch_first, one direction, no projection) or a BilinearRNN, `readout` a
    torch.nn.Linear. Symbols enter one-hot, or through `embedding`, a torch.nn.Embedding with a row per symbol. A state
    is (B, H), of an LSTM the pair (h, c), and of L layers their states side by side, (B, L H); torch.nn's layers
    start in zeros. Autocast is off inside.

    With a state format (`state`: "grid1".."grid12", the multiples of 2^-K, or "bfloat16", "float16", "float8_e4m3fn",
    "float8_e5m2") the first state and the state after every symbol are rounded to it, half to even, and words are read
    symbol by symbol.

    `state_dict` names the layer's tensors as the layer does; names with `rnn.` before them are loaded too. What
    the network answers is claimed by nobody: see `verify_network` and `audit`.
    """

    def __init__(
        self,
        rnn: nn.Module,
        readout: nn.Module,
        machine: StateMachine,
        *,
        embedding: nn.Module | None = None,
        state: StateFormat | str | None = None,
    ) -> None:
        """Put the parts together; InputError where one is of another kind, or sizes or dtypes do not fit."""
        super().__init__()
        layer = found_layer(rnn)
        self.rnn = layer
        self.readout = require_readout(readout, layer.hidden_size, machine)
        self.embedding = require_embedding(embedding, layer.input_size, machine)
        require_one_dtype(self)
        self.machine = machine
        self.state_format = find_state_format(state) if isinstance(state, str) else state
        self.register_state_dict_post_hook(file_names)  # type: ignore[no-untyped-call]
        self.register_load_state_dict_pre_hook(module_names)  # type: ignore[no-untyped-call]

    def forward(self, ids: Tensor) -> Tensor:
        """Return the logits (B, T, K) after every symbol of ids (B, T), from the start; (T, K) of ids (T,)."""
        if ids.dim() not in (1, 2):
            message = f"ids (B, T) or (T,) expected, found {tuple(ids.shape)}"
            raise InputError(message)
        streams = ids.unsqueeze(0) if ids.dim() == 1 else ids
        logits, _ = self.advance(streams, self.begin(len(streams)))
        return logits.squeeze(0) if ids.dim() == 1 else logits

    def begin(self, batch: int) -> State:
        """Return the state before the first symbol of `batch` words."""
        return _whole(self._kept(first_state(self.rnn, batch)))

    def step(self, ids: Tensor, state: State) -> State:
        """Return the state after one more symbol of each word, ids (B,): the layer's own arithmetic, then rounding."""
        if ids.dim() != 1:
            message = f"one id for each word, (B,), expected, found {tuple(ids.shape)}"
            raise InputError(message)
        with own_formats(ids.device):
            _, after = advanced(self.rnn, self._input(ids.unsqueeze(1)), _parts(state))
        return _whole(self._kept(after))

    def read(self, state: State) -> Tensor:
        """Return the logits (B, K) of the outputs in a state."""
        return self._logits(_parts(state)[0][:, -self.rnn.hidden_size :])

    def advance(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Return (logits (B, T, K), the last state) of ids (B, T) read from a state on."""
        if self.state_format is None:
            with own_formats(ids.device):
                output, after = advanced(self.rnn, self._input(ids), _parts(state))
            return self._logits(output), _whole(after)
        require_no_trace()
        logits = []
        for letters in ids.unbind(1):
            state = self.step(letters, state)
            logits.append(self.read(state))
        first = _parts(state)[0]
        return torch.stack(logits, 1) if logits else first.new_zeros(*ids.shape, self.readout.out_features), state

    @torch.no_grad()
    def output_ids(self, word: Word) -> Tensor:
        """Return the number of the greatest logit after every symbol, shaped as the word, int64.

        NumericError when a logit is no number any more, or infinite.
        """
        ids = word_ids(word, self.machine, layer_weight(self.rnn).device)
        streams = ids.unsqueeze(0) if ids.dim() == 1 else ids
        found, state = [], self.begin(len(streams))
        for part in streams.split(self.stride(len(streams)), 1):  # type: ignore[no-untyped-call]
            logits, state = self.advance(part, state)
            if not bool(logits.isfinite().all()):
                message = "the state is no longer finite"
                raise NumericError(message)
            found.append(logits.argmax(-1))
        return torch.cat(found, 1).squeeze(0) if ids.dim() == 1 else torch.cat(found, 1)

    def outputs(self, word: Word) -> list[Label] | list[list[Label]]:
        """Return the output label after every symbol: a list, or one list per stream."""
        labels, found = self.machine.output_labels, self.output_ids(word)
        if found.dim() == 1:
            return [labels[number] for number in found.tolist()]
        return [[labels[number] for number in stream] for stream in found.tolist()]

    def stride(self, batch: int) -> int:
        """Return how many steps of `batch` words fit the memory that is allowed along a word."""
        widest = max(4 * layer_width(self.rnn), self.rnn.input_size, self.readout.out_features)
        return max(1, FLOATS // (max(1, batch) * widest))

    def extra_repr(self) -> str:
        """Say the kind of cell, the machine's sizes, and what the state is rounded to."""
        sizes = (
            f"{layer_name(self.rnn)}, {len(self.machine.symbols)} symbols, {len(self.machine.output_labels)} outputs"
        )
        form = self.state_format
        return sizes if form is None else f"{sizes}, the state rounded to {form.name} after each symbol"

    def _input(self, ids: Tensor) -> Tensor:
        """Return what the layer reads: ids (B, T), or features (B, T, D)."""
        letters = letter_ids(ids, len(self.machine.symbols))
        if self.embedding is not None:
            features: Tensor = self.embedding(letters)
            return features
        if isinstance(self.rnn, nn.RNNBase):
            return functional.one_hot(letters, self.rnn.input_size).to(layer_weight(self.rnn).dtype)
        return letters

    def _logits(self, h: Tensor) -> Tensor:
        with own_formats(h.device):
            logits: Tensor = self.readout(h)
        return logits

    def _kept(self, parts: Parts) -> Parts:
        form = self.state_format
        return parts if form is None else tuple(rounded_states(part, form) for part in parts)


def _parts(state: State) -> Parts:
    return state if isinstance(state, tuple) else (state,)


def _whole(parts: Parts) -> State:
    return parts if len(parts) > 1 else parts[0]
