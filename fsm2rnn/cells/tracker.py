"""Tracker: any recurrent layer with a linear readout, answering for a machine's outputs after every symbol."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, final

import torch
from torch import Tensor, nn
from torch.nn import functional

from fsm2rnn.cells.auditable import FLOATS, State, Word, word_ids
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.cell_proof import CellProof, proved_anew
from fsm2rnn.cells.gated_stack import GatedStack
from fsm2rnn.cells.layer import (
    StateParts,
    advanced,
    first_state,
    found_layer,
    layer_name,
    layer_weight,
    layer_width,
    stock_kind,
)
from fsm2rnn.cells.layer_names import file_names, module_names
from fsm2rnn.cells.packing import pack, unpack
from fsm2rnn.cells.state_format import StateFormat, find_state_format, rounded_states
from fsm2rnn.cells.stored.checkpoint import checkpoint_parts
from fsm2rnn.cells.stored.open_file import open_tensor_file
from fsm2rnn.cells.stored.parts import Parts, StackKind, parts_of
from fsm2rnn.cells.stored.trained import TrainedParts, trained_bytes
from fsm2rnn.cells.tracker_parts import require_embedding, require_one_dtype, require_readout
from fsm2rnn.cells.transforms import letter_ids, own_formats, require_no_trace
from fsm2rnn.errors import CertificateError, InputError, LimitError, NumericError
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.model_card import trained_card, write_proved, write_with_card
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.checker import UNCERTIFIED
from fsm2rnn.proof.file.stack_network import ProvedStack
from fsm2rnn.proof.stored.tensor_file import StoredTensor, file_bytes

if TYPE_CHECKING:
    from typing import Self


@final
class Tracker(nn.Module):
    """h_t = cell(x_t, h_{t-1}), logits_t = W h_t + b, logit k for `machine.output_labels[k]`.

    `rnn` is a torch.nn.RNN, GRU or LSTM (batch_first, one direction, no projection), a BilinearRNN or a GatedStack,
    `readout` a torch.nn.Linear. Symbols enter one-hot, or through `embedding`, a torch.nn.Embedding with a row per
    symbol. A state is (B, H), of an LSTM the pair (h, c), of L layers their states side by side, (B, L H), and of a
    stack its channels and the units shown; torch.nn's layers start in zeros. Autocast is off inside.

    With a state format (`state`: "grid1".."grid12", the multiples of 2^-K, or "bfloat16", "float16", "float8_e4m3fn",
    "float8_e5m2") the first state and the state after every symbol are rounded to it, half to even, and words are read
    symbol by symbol.

    `state_dict` names the layer's tensors as the layer does; names with `rnn.` before them are loaded too. What
    the network answers is claimed by nobody, see `verify_network` and `audit`; one that was compiled, or loaded from a
    proved file, has in `proof` what `check` proves its weights anew with.
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
        self.proof: CellProof | None = None
        self.register_state_dict_post_hook(file_names)  # type: ignore[no-untyped-call]
        self.register_load_state_dict_pre_hook(module_names)  # type: ignore[no-untyped-call]

    @classmethod
    def from_state_dict(
        cls,
        kind: str,
        path: str | os.PathLike[str],
        machine: StateMachine,
        *,
        state: StateFormat | str | None = None,
    ) -> Self:
        """Return the tracker of a checkpoint of somebody's own, a .safetensors file, for a machine.

        `kind` is rnn (elman), relu, gru, lstm or bilinear. The layer is found by how its tensors' names end, after
        any prefix; readout and embedding by their shapes, and by their names where shapes do not tell them apart. A
        bilinear layer is taken for one that does not divide its state (normalize=False).
        Row k of the readout is taken for `machine.output_labels[k]`, and id x for `machine.symbols[x]`. InputError
        with the names found where a tensor has no place or more than one; pickles are refused.
        """
        found = open_tensor_file(file_bytes(path), ascii(str(path))[1:-1])
        tensors = {name: unpack(tensor, None) for name, tensor in found.tensors.items()}
        parts = checkpoint_parts(kind, tensors, machine)
        return cls(parts.rnn, parts.readout, machine, embedding=parts.embedding, state=state)

    def save(self, path: str | os.PathLike[str], *, card: bool = False) -> None:
        """Write the weights as they are now: of the kind `proved` where `proof` still holds of them, else `trained`.

        `load` gives either back, and `check` rejects the latter. With `card` a Markdown page beside it, FILE.md, says
        which of them it is. InputError, and no file, for labels or a structure that files do not hold.
        """
        try:
            write_proved(path, lift_cell(self), card=card)
        except (CertificateError, LimitError):
            parts = TrainedParts(Parts(self.rnn, self.readout, self.embedding), self.machine, self.state_format)
            data = trained_bytes(parts, _packed(self))
            write_with_card(path, data, _trained_card(self, Path(path).name, data) if card else None)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the logits (B, T, K) after every symbol of ids (B, T), from the start; (T, K) of ids (T,)."""
        if ids.dim() not in (1, 2):
            message = f"ids (B, T) or (T,) expected, found {tuple(ids.shape)}"
            raise InputError(message)
        streams = ids.unsqueeze(0) if ids.dim() == 1 else ids
        logits, _ = self.advance(streams, _begun(self, streams))
        return logits.squeeze(0) if ids.dim() == 1 else logits

    def begin(self, batch: int) -> State:
        """Return the state before the first symbol of `batch` words."""
        return _begun(self, torch.empty(batch, 0))

    def step(self, ids: Tensor, state: State) -> State:
        """Return the state after one more symbol of each word, ids (B,): the layer's own arithmetic, then rounding."""
        if ids.dim() != 1:
            message = f"one id for each word, (B,), expected, found {tuple(ids.shape)}"
            raise InputError(message)
        return _whole(_stepped(self, _input(self, ids.unsqueeze(1)), _parts(state)))

    def read(self, state: State) -> Tensor:
        """Return the logits (B, K) of the outputs in a state."""
        return _logits(self, _parts(state)[0][:, -self.rnn.hidden_size :])

    def advance(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Return (logits (B, T, K), the last state) of ids (B, T) read from a state on."""
        x, parts = _input(self, ids), _parts(state)
        if self.state_format is None:
            with own_formats(ids.device):
                output, parts = advanced(self.rnn, x, parts)
            return _logits(self, output), _whole(parts)
        require_no_trace()
        logits = []
        if not ids.shape[1]:
            return parts[0].new_zeros(len(ids), 0, self.readout.out_features), state
        for letters in x.split(1, 1):  # type: ignore[no-untyped-call]
            parts = _stepped(self, letters, parts)
            logits.append(self.read(_whole(parts)))
        return torch.stack(logits, 1), _whole(parts)

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


def last_state(tracker: Tracker, ids: Tensor, state: State) -> State:
    """Return what `advance` gives beside the logits, in memory of its own: products may round otherwise in a view."""
    x, parts = _input(tracker, ids), _parts(state)
    if tracker.state_format is None:
        with own_formats(ids.device):
            return _whole(tuple(part.clone() for part in advanced(tracker.rnn, x, parts)[1]))
    for letters in x.unbind(1):
        parts = _stepped(tracker, letters.unsqueeze(1), parts)
    return _whole(parts)


def tracker_for(network: Tracker, machine: StateMachine | None) -> Tracker:
    """Return the network answering for a machine (None: its own), its weights shared; InputError where it cannot."""
    if machine is None or machine == network.machine:
        return network
    form = network.state_format
    return Tracker(network.rnn, network.readout, machine, embedding=network.embedding, state=form)


def lift_cell(tracker: Tracker) -> ProvedCell | ProvedStack:
    """Return the proof that the weights, as they are now, give the machine's outputs, from the nodes in `proof`.

    CertificateError where there is none, or where they do not; LimitError as the kernel has it.
    """
    layer, proof, form = tracker.rnn, tracker.proof, tracker.state_format
    if proof is None or isinstance(layer, BilinearRNN):
        raise CertificateError("certificate", UNCERTIFIED)
    if proof.state_format != (None if form is None else form.name):
        message = f"proved for the state format {proof.state_format}, and the state is rounded otherwise"
        raise CertificateError("state", message)
    kind = None if isinstance(layer, GatedStack) else stock_kind(layer)
    return proved_anew(proof, kind, tracker.machine, _packed(tracker))


def _packed(tracker: Tracker) -> dict[str, StoredTensor]:
    return {name: pack(name, tensor) for name, tensor in tracker.state_dict().items()}


def _trained_card(tracker: Tracker, file: str, data: bytes) -> str:
    layer, state = tracker.rnn, tracker.state_format
    what = f"{layer_name(layer)}, {layer.hidden_size:,} hidden numbers, {str(layer_weight(layer).dtype)[6:]}"
    return trained_card(tracker.machine, what, None if state is None else state.name, file, data)


def _begun(tracker: Tracker, words: Tensor) -> State:
    return _whole(_kept(first_state(tracker.rnn, words), tracker.state_format))


def _input(tracker: Tracker, ids: Tensor) -> Tensor:
    """Return what the layer reads: ids (B, T), or features (B, T, D)."""
    letters, layer = letter_ids(ids, len(tracker.machine.symbols)), tracker.rnn
    if tracker.embedding is not None:
        features: Tensor = tracker.embedding(letters)
        return features
    if isinstance(layer, BilinearRNN):
        return letters
    return functional.one_hot(letters, layer.input_size).to(layer_weight(layer).dtype)


def _stepped(tracker: Tracker, x: Tensor, parts: StateParts) -> StateParts:
    """Return the state after one symbol, x (B, 1) or (B, 1, D), in the layer's own arithmetic, then rounded."""
    with own_formats(x.device):
        _, after = advanced(tracker.rnn, x, parts)
    return _kept(after, tracker.state_format)


def _logits(tracker: Tracker, h: Tensor) -> Tensor:
    with own_formats(h.device):
        logits: Tensor = tracker.readout(h)
    return logits


def _kept(parts: StateParts, form: StateFormat | None) -> StateParts:
    return parts if form is None else tuple(rounded_states(part, form) for part in parts)


def tracker_from_tensors(
    kind: CellKind | StackKind,
    tensors: Mapping[str, Tensor],
    machine: StateMachine,
    *,
    state: StateFormat | str | None = None,
) -> Tracker:
    """Return the tracker around a layer of torch.nn, or a stack, that holds tensors, named as in a file, uncopied.

    Biases and embedding.weight may be left out. InputError where they do not fit the kind, each other and the machine.
    """
    parts = parts_of(kind, tensors)
    return Tracker(parts.rnn, parts.readout, machine, embedding=parts.embedding, state=state)


def _parts(state: State) -> StateParts:
    return state if isinstance(state, tuple) else (state,)


def _whole(parts: StateParts) -> State:
    return parts if len(parts) > 1 else parts[0]
