"""One writer for stacks of gated layers in Mamba: tensors, folder, and the loaded model beside the stored stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn import api
from fsm2rnn.cells.gated_stack import GatedStack
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.exports.modules.causal.cached import causal_program, new_cache
from fsm2rnn.exports.modules.causal.card import Told, model_card
from fsm2rnn.exports.modules.causal.folder import filled, loaded, written_files
from fsm2rnn.exports.modules.causal.letter_tokens import LetterTokens, letter_tokens
from fsm2rnn.exports.modules.conformance import conforming
from fsm2rnn.exports.modules.program import ModuleFolder
from fsm2rnn.exports.modules.registers.mamba import TAPS
from fsm2rnn.exports.modules.registers.writer import FALCON_MAMBA, HF_MAMBA, RegisterWriter
from fsm2rnn.exports.modules.requirements import require_dtype
from fsm2rnn.exports.modules.stacks.mamba_stack import MambaLayers, mamba_layers, stack_model, stack_tensors
from fsm2rnn.exports.modules.transformers_library import Cache, Model, transformers_library
from fsm2rnn.machine.labels import label_text
from fsm2rnn.proof.claim.outputs import next_outputs

OUTPUTS: Final = "the output of the machine, by a stack of {layers} gated layers"


@final
@dataclass(frozen=True)
class StackState:
    """What the layers of a stack keep (B, S): the states of registers, and what copies read one token before."""

    found: MambaLayers

    def begin(self, model: Model, state: Tensor | None) -> dict[str, Cache]:
        """Return a cache of the model with the state in its layers; what other convolutions read does not matter."""
        cache, width = new_cache(model), self.found.places.width
        if state is not None:
            parts = iter(state.split(width, 1))  # type: ignore[no-untyped-call]
            for layer in range(len(self.found.mixers)):
                before = torch.zeros(len(state), width, TAPS, dtype=model.dtype)
                held = torch.zeros(len(state), width, 1, dtype=state.dtype)
                if layer in self.found.registers:
                    held = next(parts).unsqueeze(2)
                if layer in self.found.copies:
                    before[..., -1] = next(parts)
                cache.update_conv_state(before, layer, conv_kernel_size=TAPS)
                cache.update_recurrent_state(held.clone(), layer)
        return {"cache": cache}

    def state(self, model: Model, cache: Cache) -> Tensor:
        """Return copies of the registers' states and of what was read last, side by side."""
        del model
        parts = []
        for layer in range(len(self.found.mixers)):
            if layer in self.found.registers:
                parts.append(cache.get_recurrent_state(layer)[..., 0].float())
            if layer in self.found.copies:
                parts.append(cache.get_conv_state(layer)[..., -1].float())
        return torch.cat(parts, 1)


@final
@dataclass(frozen=True)
class StackWriter:
    """How a module becomes a bank of registers, or a stack of gated layers; `kind` begins its classes' names."""

    bank: RegisterWriter
    kind: str

    def __call__(self, network: Network | Tracker) -> ModuleFolder:
        """Return the folder; errors as for `export`."""
        stack = network.rnn
        if not isinstance(network, Tracker) or not isinstance(stack, GatedStack):
            return self.bank(network)
        target = self.bank.target
        library, dtype = transformers_library(target), require_dtype(network, target)
        found, words = mamba_layers(stack), _words(network)
        with torch.random.fork_rng(devices=[]):  # an empty model draws weights that nobody keeps
            model = stack_model(library, self.kind, found, network.readout.out_features)
        model = filled(model, stack_tensors(found, network.readout, normed=self.kind != "Mamba"), dtype)
        name, says = type(model).__name__, OUTPUTS.format(layers=len(stack.layers))
        text = model_card(words, _told(network, words, name, dtype, library.__version__, self.bank.notes, says))
        files = written_files(model, words, network, text, target)
        program = causal_program(loaded(files, target), words.columns, StackState(found), continues=False)
        return conforming(network, program, files, name)


def _words(network: Tracker) -> LetterTokens:
    machine = network.machine
    outputs = tuple(map(label_text, machine.output_labels))
    return letter_tokens(tuple(map(label_text, machine.symbols)), outputs, range(len(outputs)))


def _told(network: Tracker, words: LetterTokens, *said: str) -> Told:
    """Return what the card says; CertificateError where the stack, as it is now, is not proved."""
    report = api.check(network)
    report.raise_if_rejected()
    machine, shown = network.machine, next_outputs(network.machine)
    example = [number % len(machine.symbols) for number in range(3)]
    state, last = machine.start, 0
    for symbol in example:
        state, last = machine.table[state][symbol], shown[state][symbol]
    word = " ".join(words.letters[symbol] for symbol in example)
    kind, dtype, library, notes, says = said
    return Told(kind, str(report.claim), dtype, library, notes, says, "", word, words.answers[last])


HF_MAMBA_STACKS: Final = StackWriter(HF_MAMBA, "Mamba")
FALCON_MAMBA_STACKS: Final = StackWriter(FALCON_MAMBA, "FalconMamba")
