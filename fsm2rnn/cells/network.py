"""Network: a bilinear recurrence with its readout and its machine, as one torch module.

`lower` packs proved bits into a module, `lift` reads a module's bits and proves them; neither rounds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import final

import torch
from torch import Tensor, nn

from fsm2rnn.cells.arithmetic import held
from fsm2rnn.cells.auditable import FLOATS, State, Word, label_scores, word_ids
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.layer_names import file_names, module_names
from fsm2rnn.cells.packing import pack, unpack
from fsm2rnn.cells.readout import IndexReadout, LinearHead, LinearReadout, Snap
from fsm2rnn.cells.structure.table import stored_recurrence
from fsm2rnn.cells.transforms import own_formats
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.model_card import write_proved
from fsm2rnn.proof.file import network as proved
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.proof.stored.structures import Structure, meaning
from fsm2rnn.proof.stored.tensor_file import StoredTensor
from fsm2rnn.tracing.orbit import strongest_contract, traced

CODES, CODES_PER_STATE = 1024, 64  # how many codes are followed when weights are proved anew


@final
class Network(nn.Module):
    """h_t = A_{x_t} h_{t-1}, read as argmax of the scores: state indices of `machine`.

    `state_dict` holds the layer's tensors (see BilinearRNN), `readout.*` and, under contract linear, `head.weight`:
    then `head(states)` are the machine's output functions themselves. The names are those of the network file; names
    with `rnn.` before those of the layer are loaded too. With `snap.*` the state is put back on the prototype
    of what it is read as, after every `snap.every` symbols and at the end of each call. Whether the weights simulate
    the machine is not this class's word but `fsm2rnn.check`'s.
    """

    def __init__(
        self,
        rnn: BilinearRNN,
        readout: LinearReadout | IndexReadout,
        machine: StateMachine,
        evidence: Mapping[str, str] | None = None,
        head: LinearHead | None = None,
        snap: Snap | None = None,
    ) -> None:
        """Put the parts together; `evidence` travels with the file and proves nothing.

        InputError for a layer with normalize=True.
        """
        super().__init__()
        if rnn.normalize:
            message = "a network file has no division by the norm, of which its claim would not speak"
            raise InputError(message, hint="load the state dict into a layer with normalize=False")
        self.rnn = rnn
        self.readout = readout
        self.head = head
        self.snap = snap
        self.machine = machine
        self.evidence = dict(evidence or {})
        self.register_state_dict_post_hook(file_names)  # type: ignore[no-untyped-call]
        self.register_load_state_dict_pre_hook(module_names)  # type: ignore[no-untyped-call]

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:  # noqa: A002  torch's own name
        """Return (scores, h_n): scores (B, T, |Q|) of every state at every step."""
        if self.snap is not None:
            return _put_back(self, self.snap, input, hx, self.readout)
        states, last = self.rnn(input, hx)
        return self.readout(states), last

    @property
    def initial_state(self) -> Tensor:
        """The state h_0 of shape (H,) from which a word starts, in the dtype in which states are held."""
        return self.rnn.initial_state.to(held(self.rnn.initial_state.dtype))

    @torch.no_grad()
    def start(self) -> int:
        """Return the state index that h_0 is read as."""
        return int(self.readout(self.initial_state).argmax())

    def ids(self, word: Word) -> Tensor:
        """Return symbol ids (B, T) or (T,) on the network's device, from ids or from one word of symbols.

        InputError when an id or a symbol lies outside the alphabet.
        """
        return word_ids(word, self.machine, self.initial_state.device)

    @torch.no_grad()
    def run(self, word: Word) -> Tensor:
        """Return the decoded state index after every symbol, shaped as the word, int64.

        The reference loop in the network's own arithmetic. NumericError when the state stops being finite.
        """
        ids = self.ids(word)
        streams = ids.unsqueeze(0) if ids.dim() == 1 else ids
        found, h = [], None
        stride = self.stride(len(streams))
        for start in range(0, streams.shape[1], stride):
            states, h = self.advance(streams[:, start : start + stride], h)
            found.append(states)
        states = torch.cat(found, 1) if found else streams
        if states.numel() and int(states.max()) == len(self.machine.states):
            message = "the state is no longer finite"
            raise NumericError(message)
        return states.squeeze(0) if ids.dim() == 1 else states

    def stride(self, batch: int) -> int:
        """Return how many steps of `batch` streams fit the memory that `run` allows itself."""
        scores = self.readout.weight.shape[0] if isinstance(self.readout, LinearReadout) else 0
        widest = max(len(self.initial_state), len(self.machine.states), scores)
        return max(1, FLOATS // (max(1, batch) * widest))

    @torch.no_grad()
    def advance(self, ids: Tensor, hx: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return (decoded states (B, T), h_n) of ids (B, T), T > 0, decoded as `decode` does."""
        if self.snap is not None:
            return _put_back(self, self.snap, ids, hx, self.decode)
        states, h = self.rnn(ids, hx)
        return self.decode(states), h

    @torch.no_grad()
    def decode(self, states: Tensor) -> Tensor:
        """Return the state indices (B, T) that states (B, T, H) are read as; |Q|, which is none, where not finite."""
        found: Tensor = self.readout(states).argmax(-1)
        # A sum is finite only where all numbers are, and it is quick; where it overflows, all are looked at.
        if bool(torch.isfinite(states.sum())):
            return found
        return torch.where(torch.isfinite(states).all(-1), found, len(self.machine.states))

    def begin(self, batch: int) -> State:
        """Return the state before the first symbol of `batch` words, see `step`."""
        h = self.initial_state.expand(batch, -1)
        return (h, h.new_zeros(batch, len(self.machine.output_labels))) if self.machine.is_mealy else h

    def step(self, ids: Tensor, state: State) -> State:
        """Return the state after one more symbol of each word, ids (B,): h, and of a Mealy machine (h, logits).

        An output of Mealy's kind belongs to the symbol too, so its logits are part of the state, zeros at first.
        """
        h, letters = state[0] if isinstance(state, tuple) else state, self.ids(ids)
        after = self(letters.unsqueeze(1), h)[1].reshape(h.shape)
        return (after, label_scores(self.readout(h), self.machine, letters)) if self.machine.is_mealy else after

    def read(self, state: State) -> Tensor:
        """Return the logits (B, K) of `machine.output_labels`: the greatest score of the states that show a label."""
        return state[1] if isinstance(state, tuple) else label_scores(self.readout(state), self.machine)

    @property
    def structure(self) -> Structure:
        """The structure under which a network file has the weights."""
        return self.rnn.recurrence.structure

    def stored_tensors(self) -> dict[str, StoredTensor]:
        """Return the weights as a network file stores them, named as in state_dict."""
        return {name: pack(name, tensor) for name, tensor in self.state_dict().items()}

    def meaning(self) -> Meaning:
        """Return the exact matrices, initial state and decoder that the weights mean as they are now."""
        return meaning(self.structure, self.stored_tensors(), len(self.machine.states))

    def save(self, path: str | os.PathLike[str], *, card: bool = False) -> None:
        """Prove the weights as they are now and write the network file; FsmError, and no file, if they fail.

        With `card` a Markdown page beside it, FILE.md, says what is proved and how to use it.
        """
        write_proved(path, lift(self), card=card)

    def outputs(self, word: Word) -> list[Label] | list[list[Label]]:
        """Return the machine's output label after every symbol: a list, or one list per stream."""
        ids, start = self.ids(word), self.start()
        states = self.run(ids).tolist()
        if ids.dim() == 1:
            return self.machine.outputs_of_steps(ids.tolist(), states, start)
        streams = zip(ids.tolist(), states, strict=True)
        return [self.machine.outputs_of_steps(symbols, reached, start) for symbols, reached in streams]


def _put_back(
    network: Network, snap: Snap, found: Tensor, hx: Tensor | None, read: Callable[[Tensor], Tensor]
) -> tuple[Tensor, Tensor]:
    """Return (what is read, h_n), read in parts after each of which a finite state is put back on its prototype."""
    time = int(network.rnn.batch_first and found.dim() > 1 + int(found.is_floating_point()))
    readings = []
    with own_formats(found.device):
        for part in found.split(snap.symbols, time):  # type: ignore[no-untyped-call]
            states, h = network.rnn(part, hx)
            readings.append(read(states))
            finite = h.isfinite().all(-1, keepdim=True)
            hx = torch.where(finite, snap(network.readout(h)), h) if part.shape[time] else h
    return torch.cat(readings, time), network.initial_state if hx is None else hx


def lower(network: proved.ProvedNetwork, device: torch.device | str | None = None) -> Network:
    """Return the torch module that holds exactly the stored bits of a proved network, in evaluation mode.

    There it steps in the arithmetic of which the claim speaks; see BilinearRNN for training mode.
    """
    tensors = {name: unpack(tensor, device) for name, tensor in network.tensors.items()}
    states = len(network.machine.states)
    readout: LinearReadout | IndexReadout
    if "readout.weight" in tensors:
        weight, bias = tensors.pop("readout.weight"), tensors.pop("readout.bias")
        readout = LinearReadout(weight, bias, tensors.pop("readout.index", None), states)
    else:
        readout = IndexReadout(tensors.pop("readout.index"), states)
    head = LinearHead(tensors.pop("head.weight")) if "head.weight" in tensors else None
    snap = Snap(tensors.pop("snap.every"), tensors.pop("snap.prototype")) if "snap.every" in tensors else None
    recurrence = stored_recurrence(network.structure, tensors)
    size, inner = len(tensors["initial_state"]), recurrence.inner({name: t.shape for name, t in tensors.items()})
    rnn = BilinearRNN(len(network.machine.symbols), size, structure=recurrence, inner=inner, device="meta")
    rnn.load_state_dict(tensors, assign=True)
    return Network(rnn, readout, network.machine, network.evidence, head, snap).eval()


def lift(network: Network, machine: StateMachine | None = None) -> proved.ProvedNetwork:
    """Return the proof that the weights, as they are now, simulate `machine` (the network's own by default).

    Compiled, loaded and trained weights alike. Raises CertificateError where they do not, LimitError when
    their orbit exceeds `CODES` + `CODES_PER_STATE` |Q| codes.
    """
    target = machine or network.machine
    tensors = network.stored_tensors()
    states = len(target.states)
    limit = CODES + CODES_PER_STATE * states
    stored = meaning(network.structure, tensors, states)
    trace, reads = traced(stored, target, limit=limit)
    contract = strongest_contract(trace, reads, stored)
    return proved.ProvedNetwork(target, contract, trace, reads, network.structure, tensors, network.evidence)
