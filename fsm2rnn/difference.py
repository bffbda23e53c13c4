"""diff: a shortest word on which two machines answer differently, those of proved network files among them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, final

from fsm2rnn.machine.labels import Json, Label, label_plain, label_text, typed
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.checker import prove_bytes
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.refutation.replay import answer_after
from fsm2rnn.proof.stored.tensor_file import file_bytes
from fsm2rnn.source.read import read
from fsm2rnn.tracing.compare import distinguishing_word

NETWORK: Final = ".safetensors"
"""The suffix of network files."""


@final
@dataclass(frozen=True)
class Difference:
    """A shortest word after which two machines answer differently, and what they answer; `word` None: there is none."""

    word: tuple[Label, ...] | None
    a: Label = None
    b: Label = None

    @property
    def same(self) -> bool:
        """Whether no word tells the machines apart."""
        return self.word is None

    def to_json(self) -> dict[str, Json]:
        """Return whether they are the same, the word, and both answers."""
        if self.word is None:
            return {"same": True, "word": None, "a": None, "b": None}
        word: list[Json] = [label_plain(symbol) for symbol in self.word]
        return {"same": False, "word": word, "a": label_plain(self.a), "b": label_plain(self.b)}

    def __str__(self) -> str:
        """Say the word and both answers."""
        if self.word is None:
            return "the same: no word tells them apart"
        word = " ".join(map(label_text, self.word)) or "the empty word"
        return f"different after {word}: a answers {label_text(self.a)}, b answers {label_text(self.b)}"


def diff(a: StateMachine | str | os.PathLike[str], b: StateMachine | str | os.PathLike[str]) -> Difference:
    """Return a shortest word after which two machines, or the machines of two network files, answer differently.

    Symbols are matched by their labels, whatever their order. Of a Mealy machine the answer is that of the word's last
    symbol; beside one the empty word is not compared. Raises InputError where the alphabets differ, LimitError for
    more than a million pairs of states, CertificateError for a network file that does not hold.
    """
    return compared(meant_machine(a), meant_machine(b))


def meant_machine(text: StateMachine | str | os.PathLike[str]) -> StateMachine:
    """Return a machine, that of a MACHINE text, or that of a network file, which is proved anew."""
    if isinstance(text, StateMachine):
        return text
    return proved_machine(text)[0] if is_network(text) else read(text)


def is_network(text: str | os.PathLike[str]) -> bool:
    """Whether a text names a network file: by its suffix."""
    return PurePath(text).suffix == NETWORK


def proved_machine(path: str | os.PathLike[str]) -> tuple[StateMachine, int | None]:
    """Return the machine of a network file, and for how many symbols the network is proved to be it: None for all."""
    network = prove_bytes(file_bytes(path))
    return network.machine, network.steps if isinstance(network, ProvedNetwork) else None


def compared(left: StateMachine, right: StateMachine) -> Difference:
    """Return a shortest word that tells two machines apart; errors as for `diff`, files aside."""
    word = distinguishing_word(left, right)
    return Difference(None) if word is None else Difference(word, _answer(left, word), _answer(right, word))


def _answer(machine: StateMachine, word: tuple[Label, ...]) -> Label:
    place = {typed(symbol): number for number, symbol in enumerate(machine.symbols)}
    return answer_after(machine, machine.start, tuple(place[typed(symbol)] for symbol in word))
