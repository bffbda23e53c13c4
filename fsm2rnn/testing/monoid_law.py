"""Equal words act equally: where u = v in the machine's monoid, the network's states after u and after v are close."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final, final

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.cells.auditable import Auditable, State
from fsm2rnn.cells.network import Network
from fsm2rnn.comparison.side_by_side.answering import state_parts
from fsm2rnn.comparison.side_by_side.equal_words import WORDS, Word, equal_words
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import label_text
from fsm2rnn.machine.state_machine import StateMachine

THRESHOLD: Final = 1.0
"""Between the distances measured on networks trained for the machine (at most 0.60) and for others (1.37 at least)."""
QUANTILE: Final = 0.9
"""A few words that go wrong leave a network what it is; a tenth of them is what the measurement above left out."""
PREFIXES: Final = 16
PREFIX_LENGTHS: Final = (2, 10)  # the first state of a trained network is often unlike all that words lead to


@final
@dataclass(frozen=True)
class _Worst:
    """Two words that act alike on the machine, and how far apart the network's states are after them."""

    distance: float
    words: tuple[Word, Word]
    prefix: Word


def assert_equal_words_act_equally(
    net: Auditable,
    machine: StateMachine | None = None,
    *,
    threshold: float = THRESHOLD,
    relations: int = 100,
    seed: int = 0,
) -> None:
    """For words u, v that act alike on every state, n(h u) and n(h v) are close, n(h) = h / |h|, h after random words.

    The distances of at most `relations` shortest pairs u, v, after 16 beginnings of 2 to 10 symbols each, have a 0.9
    quantile of at most `threshold`; 0 is no distance, 2 the opposite. No basis, rank or label is needed, and the law
    holds in any orthogonal change of basis. It is a statistic: a network with several states for one of the machine's
    breaks it and may be right, and one that forgets all it reads keeps it: a failure says that the network is not built
    like the machine, `assert_simulates` that it is not the machine. Raises AssertionError with the two words furthest
    apart, InputError for other symbols and for less than one pair, LimitError where no short words act alike.
    """
    asked = net.machine if machine is None else machine
    if net.machine.symbols != asked.symbols:
        message = "the machine's symbols are those of the network, in that order"
        raise InputError(message)
    if relations < 1:
        message = f"relations is 1 or more, found {relations}"
        raise InputError(message)
    pairs = list(itertools.islice(equal_words(asked), relations))
    if not pairs:
        what = "shortest words, among which no two act alike"
        raise LimitError(what, limit=WORDS)
    prefixes = _prefixes(len(asked.symbols), seed)
    starts = _after(net, prefixes)
    distances = torch.stack([_apart(net, starts, pair) for pair in pairs])
    quantile = float(distances.flatten().quantile(QUANTILE, interpolation="higher"))
    if not quantile <= threshold:  # a state that is no number fails too
        raise AssertionError(_told(asked, _worst(distances, pairs, prefixes), quantile, threshold))


def _prefixes(symbols: int, seed: int) -> list[Word]:
    drawn = np.random.default_rng(seed)
    lengths = np.linspace(*PREFIX_LENGTHS, PREFIXES).astype(int)
    return [tuple(drawn.integers(0, symbols, length).tolist()) for length in lengths]


@torch.no_grad()
def _after(net: Auditable, prefixes: list[Word]) -> State:
    """Return the states after the beginnings, one row each."""
    ended = [_read(net, net.begin(1), prefix) for prefix in prefixes]
    if isinstance(ended[0], tuple):
        return tuple(torch.cat(part) for part in zip(*map(state_parts, ended), strict=True))
    return torch.cat([part for state in ended for part in state_parts(state)])


@torch.no_grad()
def _apart(net: Auditable, starts: State, pair: tuple[Word, Word]) -> Tensor:
    left, right = (_direction(net, _read(net, starts, word)) for word in pair)
    found: Tensor = torch.linalg.vector_norm(left - right, dim=1)
    return found


def _read(net: Auditable, state: State, word: Word) -> State:
    device = state_parts(state)[0].device
    for letter in word:
        ids = torch.full((len(state_parts(state)[0]),), letter, device=device)
        state = net.step(ids, state)
    return state


def _direction(net: Auditable, state: State) -> Tensor:
    """Return h / |h|, and zero of zero; the logits that a compiled Mealy network keeps beside h are no part of it."""
    parts = state_parts(state)[:1] if isinstance(net, Network) else state_parts(state)
    whole = torch.cat(parts, 1).double()
    return torch.nn.functional.normalize(whole, dim=1)


def _worst(distances: Tensor, pairs: list[tuple[Word, Word]], prefixes: list[Word]) -> _Worst:
    number, place = divmod(int(distances.nan_to_num(torch.inf).argmax()), len(prefixes))
    return _Worst(float(distances[number, place]), pairs[number], prefixes[place])


def _told(machine: StateMachine, worst: _Worst, quantile: float, threshold: float) -> str:
    def text(word: Word) -> str:
        return " ".join(label_text(machine.symbols[letter]) for letter in word) or "the empty word"

    left, right = map(text, worst.words)
    return (
        f"words that act alike on the machine leave states {quantile:.3f} apart ({QUANTILE:.0%} are closer), more than "
        f"{threshold}; furthest apart, {worst.distance:.3f}, after {text(worst.prefix)}: {left} and {right}"
    )
