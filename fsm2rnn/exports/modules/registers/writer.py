"""One writer for all banks of registers: tensors, folder, and the loaded model beside the stored recurrence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Final, TypeAlias, final

import torch
from torch import Tensor

from fsm2rnn import api
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import NumericError
from fsm2rnn.exports.modules.causal.cached import Holder, LayerState, causal_program
from fsm2rnn.exports.modules.causal.card import Told, model_card
from fsm2rnn.exports.modules.causal.folder import filled, loaded, written_files
from fsm2rnn.exports.modules.causal.letter_tokens import LetterTokens, letter_tokens
from fsm2rnn.exports.modules.conformance import conforming
from fsm2rnn.exports.modules.program import ModuleFolder, Program
from fsm2rnn.exports.modules.registers.bank import Bank, no_bank, register_bank
from fsm2rnn.exports.modules.registers.layout import Layout
from fsm2rnn.exports.modules.registers.mamba import HOT, falcon_mamba, mamba
from fsm2rnn.exports.modules.registers.mamba2 import HOT as HOT2
from fsm2rnn.exports.modules.registers.mamba2 import mamba2
from fsm2rnn.exports.modules.registers.qwen3_next import HOT as QWEN_HOT
from fsm2rnn.exports.modules.registers.qwen3_next import qwen3_next
from fsm2rnn.exports.modules.registers.recurrent_gemma import HOT as GEMMA_HOT
from fsm2rnn.exports.modules.registers.recurrent_gemma import GemmaState, recurrent_gemma
from fsm2rnn.exports.modules.requirements import require_dtype
from fsm2rnn.exports.modules.transformers_library import Model, transformers_library
from fsm2rnn.machine.labels import label_text

Build: TypeAlias = Callable[[ModuleType, Layout], tuple[Model, dict[str, Tensor]]]

STATES: Final = "the state that they lead to ({states}, the start is {start})"
STEPS: Final = "each letter changes its recurrent state exactly as that recurrence, "
WHOLE: Final = (
    "Read a word in one call, or go on token by token: a further call of several tokens starts from the zero state in "
    "this library."
)
OWN_CACHE: Final = (
    "To go on from a prefix hand in a DynamicCache(config=model.config) of your own: this model returns none, and it "
    "keeps its recurrent state in itself, for one stream of words at a time."
)


@final
@dataclass(frozen=True)
class RegisterWriter:
    """How one module becomes a bank: its tensors, where its state is, the state of a register that is on.

    `continues` tells whether a further call of several tokens goes on from the cache; `notes` go into the model card.
    """

    target: str
    build: Build
    hot: float
    holder: Holder
    continues: bool
    notes: str = ""

    def __call__(self, network: Network | Tracker) -> ModuleFolder:
        """Return the folder; errors as for `export`."""
        library, dtype = transformers_library(self.target), require_dtype(network, self.target)
        bank = register_bank(network, self.target)
        if not isinstance(network, Network):
            raise no_bank(self.target, "found a Tracker")
        layout, words = Layout(bank), _words(network, bank)
        with torch.random.fork_rng(devices=[]):  # an empty model draws weights that nobody keeps
            model, tensors = self.build(library, layout)
        model = filled(model, tensors, dtype)
        text = model_card(words, _told(network, words, type(model).__name__, dtype, library.__version__, self.notes))
        files = written_files(model, words, network, text, self.target)
        ready = loaded(files, self.target)
        program = causal_program(ready, words.columns, self.holder, continues=self.continues)
        require_transitions(bank, program, self.hot, self.target)
        return conforming(network, program, files, type(model).__name__)


def _words(network: Network, bank: Bank) -> LetterTokens:
    machine = network.machine
    letters, states = map(label_text, machine.symbols), map(label_text, machine.states)
    return letter_tokens(tuple(letters), tuple(states), bank.means)


def _told(network: Network, words: LetterTokens, *said: str) -> Told:
    """Return what the card says; CertificateError where the recurrence, as it is now, is not proved."""
    report = api.check(network)
    report.raise_if_rejected()
    kind, dtype, library, notes = said
    machine = network.machine
    example = [number % len(machine.symbols) for number in range(3)]
    state = machine.start
    for symbol in example:
        state = machine.table[state][symbol]
    reached = words.answers[words.means.index(state)]
    says = STATES.format(states=len(machine.states), start=label_text(machine.states[machine.start]))
    word = " ".join(words.letters[symbol] for symbol in example)
    return Told(kind, str(report.claim), dtype, library, notes, says, STEPS, word, reached)


@torch.no_grad()
def require_transitions(bank: Bank, program: Program, hot: float, where: str) -> None:
    """Prove that the module's own step is h <- (1 - sets) h + writes, each token from all registers off and all on.

    A step is affine in the state and its coordinates do not meet, so two states tell it. NumericError where a number
    differs by a bit, the scale `hot` aside.
    """
    tokens = torch.arange(bank.letters + len(bank.rows) + 1)  # answers and the filling token keep
    keep = bank.sets.new_zeros(len(bank.rows) + 1, bank.size)
    sets, writes = torch.cat([bank.sets, keep]), torch.cat([bank.writes, keep])
    shape = program.step(tokens[:1], None)[1]
    for on in (0.0, 1.0):
        before = torch.zeros_like(shape).repeat(len(tokens), *[1] * (shape.dim() - 1))
        before.flatten(1)[:, : bank.size] = on * hot
        after = program.step(tokens, before)[1].flatten(1)[:, : bank.size].double()
        wrong = after != hot * ((1 - sets) * on + writes)
        if bool(wrong.any()):
            token = int(wrong.any(1).nonzero()[0])
            message = f"{where}: token {token} moves the state otherwise than the stored recurrence; nothing is written"
            raise NumericError(message)


HF_MAMBA: Final = RegisterWriter("hf-mamba", mamba, HOT, LayerState(), continues=False, notes=WHOLE)
FALCON_MAMBA: Final = RegisterWriter("falcon-mamba", falcon_mamba, HOT, LayerState(), continues=False, notes=WHOLE)
HF_MAMBA2: Final = RegisterWriter("hf-mamba2", mamba2, HOT2, LayerState(), continues=True)
QWEN3_NEXT: Final = RegisterWriter("qwen3-next", qwen3_next, QWEN_HOT, LayerState(), continues=True)
RECURRENT_GEMMA: Final = RegisterWriter(
    "recurrent-gemma", recurrent_gemma, GEMMA_HOT, GemmaState(), continues=True, notes=OWN_CACHE
)
