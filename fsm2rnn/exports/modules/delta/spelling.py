"""Letters as words of tokens: a token is what a layer does in one position, in one step or several, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias, final

import torch

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.swaps.swap_action import SwapLetter, SwapPart, swap_parts
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.packing import unpack
from fsm2rnn.constructions.swaps.swap_network import swap_operator
from fsm2rnn.constructions.swaps.swap_steps import KEEP, SwapStep, swap_heads, with_decay, without_decay
from fsm2rnn.errors import InputError
from fsm2rnn.exact.rounding import FLOAT64
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.structure_tensors import structure_tensors

Token: TypeAlias = tuple[tuple[SwapStep, ...], ...]
"""(slots, parts): what every slot of a position does to every part, the first slot first."""

KEEPING: Final = 0
"""The token that does nothing: for padding, and for what a model has written itself."""


@final
@dataclass(frozen=True)
class DeltaLayer:
    """What a layer of a gated delta rule has: a decay, a gate at its output, and letters that are one position each."""

    decay: bool
    gate: bool
    whole: bool


@final
@dataclass(frozen=True)
class LetterSpelling:
    """The tokens of a layer with so many steps a position, and the word of tokens of every letter."""

    machine: StateMachine
    parts: tuple[SwapPart, ...]
    slots: int
    tokens: tuple[Token, ...]
    letters: tuple[tuple[int, ...], ...]

    @property
    def heads(self) -> tuple[tuple[int, int, int], ...]:
        """(place of the part, tracked point, point) of every head."""
        return tuple(swap_heads(self.parts))

    @property
    def longest(self) -> int:
        """The most tokens of any letter."""
        return max(map(len, self.letters))


def spelling(network: Network, layer: DeltaLayer) -> LetterSpelling:
    """Return the spelling of a network in a layer.

    Of whole letters each is one token, of as many slots as the longest needs; else a token has one slot. InputError for
    a network that is not the one that is compiled from its machine.
    """
    machine = network.machine
    parts = swap_parts(Facts(machine))
    if parts is None or not _stored(network, parts):
        message = "this network is not the one of reflections that is compiled from its machine"
        raise InputError(message, hint="compile the machine again with the module's name")
    words = tuple(_word(parts, letter, layer) for letter in range(len(machine.symbols)))
    slots = max(map(len, words)) if layer.whole else 1
    letters = [_positions(word, slots, len(parts)) for word in words]
    keeping: Token = ((KEEP,) * len(parts),) * slots
    # With whole letters even those that act alike keep tokens of their own: then a text has its letters in it.
    tokens = (keeping, *(one for word in letters for one in word)) if layer.whole else _distinct(keeping, letters)
    number = {token: place for place, token in enumerate(tokens)}
    spelled = (
        tuple((1 + place,) for place in range(len(letters)))
        if layer.whole
        else tuple(tuple(number[token] for token in word) for word in letters)
    )
    return LetterSpelling(machine, parts, slots, tokens, spelled)


def _distinct(keeping: Token, letters: list[tuple[Token, ...]]) -> tuple[Token, ...]:
    return tuple(dict.fromkeys([keeping, *(token for word in letters for token in word)]))


def _stored(network: Network, parts: tuple[SwapPart, ...]) -> bool:
    """Tell whether the stored blocks are those of the parts."""
    letters = len(network.machine.symbols)
    wanted = {
        name: unpack(tensor, None)
        for name, tensor in structure_tensors(swap_operator(parts, letters), letters, FLOAT64)[1].items()
    }
    found = network.state_dict()
    return all(name in found and torch.equal(found[name].double(), tensor) for name, tensor in wanted.items())


def _word(parts: tuple[SwapPart, ...], letter: int, layer: DeltaLayer) -> tuple[tuple[SwapStep, ...], ...]:
    """Return the steps of a letter, (length, parts): shorter words of parts wait at the end."""
    words = [_steps(part.letters[letter], part.points, layer) for part in parts]
    length = max(map(len, words))
    return tuple(zip(*((*word, *(KEEP,) * (length - len(word))) for word in words), strict=True))


def _steps(letter: SwapLetter, points: int, layer: DeltaLayer) -> tuple[SwapStep, ...]:
    return with_decay(letter) if layer.decay else without_decay(letter, points)


def _positions(word: tuple[tuple[SwapStep, ...], ...], slots: int, parts: int) -> tuple[Token, ...]:
    """Return the word cut into tokens of so many slots, the last one filled up."""
    keep = (KEEP,) * parts
    filled = (*word, *(keep,) * (-len(word) % slots))
    return tuple(filled[first : first + slots] for first in range(0, len(filled), slots))
