r"""For |w| <= n and k large, the output after u w^k v has a period in k that divides 2^r: what a stack cannot break.

Model: a symbol is a token. A layer holds S_t = A_t S_{t-1} + B_t in exact arithmetic, where A_t and B_t depend on its
last few inputs. What it hands on depends on these and on the entries of S_t, each rounded by a monotone function to
finitely many values. No layer knows absolute positions.

Proof, layer by layer. Let the inputs, token by token, have period P from some token on. Over a period the state obeys
S <- M S + c, with M the product of P matrices. If all eigenvalues of M are real and >= 0, an entry of the state after k
periods is a sum of polynomials in k times x^k with x >= 0, and so is the difference of two that follow each other. Such
a sum has one sign from some k on, so the entry is monotone from there, and what it is rounded to constant: the outputs
have period P. If eigenvalues are real of either sign, those of M^2 are >= 0, and the outputs have period 2P. A function
of the last few inputs keeps P. The symbols of v after w^k meet equal inputs for all large k of one class modulo the
period, and each A_t maps such sums to such sums, so the argument goes on through v.

So a machine is out in which q w^p = q for a state q that some prefix reaches, with q and q w^(2^r) told apart by a
suffix.

Sources: n = 1 and r = 0 is theorem 1 of arXiv 2411.12537 (parity); r = 1, one layer, is the case of its theorem 2 for
one letter; n = 2 is the same argument for products of two matrices. For diagonal matrices >= 0 every n is allowed, and
out are the machines that are not aperiodic, as in arXiv 2405.17394.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.letters.words_between import distinguishing_suffix, word_to_state
from fsm2rnn.configurations.layer_facts import Eigenvalues, LayerFacts, Transition, Uncovered, Window
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation.replay import Word, state_after
from fsm2rnn.proof.refutation.witness import Cycle

SEARCH_LIMIT: Final = 20_000_000
"""Most steps of words times states in a search for a cycle."""
LONGEST: Final = 2
"""Longest words that are searched one by one; any product of two matrices keeps a sign at most."""

MOST_TURNS: Final = 1
"""Doublings of the period that the kernel's witness speaks of; no stack known here has more with longer words."""

HYPOTHESES: Final = (
    "a symbol is a token",
    "states exact, entries rounded to finitely many values where they are read",
    "no absolute positions",
)


@final
@dataclass(frozen=True)
class RepeatedWords:
    """The words w of at most `longest` symbols (None: all) whose repetitions the stack follows with period 2^turns."""

    longest: int | None
    turns: int
    source: str
    hypotheses: tuple[str, ...] = HYPOTHESES

    @property
    def machines(self) -> str:
        """The machines that are ruled out."""
        word = "some word" if self.longest is None else "some letter"
        if self.longest is not None and self.longest > 1:
            word = f"some word of at most {self.longest} letters"
        if self.turns == 0:
            return f"{word} permutes states in a cycle" + (" (not aperiodic)" if self.longest is None else "")
        return f"{word} permutes states in a cycle whose length does not divide {2**self.turns}"

    @property
    def theorem(self) -> str:
        """What the stack does."""
        word = "any word w" if self.longest is None else f"words w of at most {self.longest} letters"
        word = "letters w" if self.longest == 1 else word
        period = "settles" if self.turns == 0 else f"has a period that divides {2**self.turns}"
        return f"for {word} the output after u w^k v {period} as k grows"

    def __str__(self) -> str:
        """Say what is out and why."""
        return f"out: machines in which {self.machines}; {self.theorem} ({self.source})"


def rules_of(layers: Sequence[LayerFacts]) -> tuple[RepeatedWords, ...]:
    """Return what a stack keeps, for each period the longest words."""
    found: dict[int, int | None] = {}
    for longest in (1, LONGEST, None):
        turns = _turns(layers, longest)
        if turns is not None:
            found[turns] = longest
    return tuple(RepeatedWords(longest, turns, _source(layers, longest)) for turns, longest in found.items())


def _source(layers: Sequence[LayerFacts], longest: int | None) -> str:
    if any(isinstance(layer.reach, Transition) and layer.reach.eigenvalues is Eigenvalues.REAL for layer in layers):
        return "arXiv 2411.12537, theorem 2"
    if longest is None:
        return "arXiv 2405.17394"
    one = "arXiv 2411.12537, theorem 1"
    return one if longest == 1 else f"docs/configurations.md, after {one}"


def _turns(layers: Sequence[LayerFacts], longest: int | None) -> int | None:
    """Return r for words of a length through all layers, None where the argument stops."""
    turns = 0
    for layer in layers:
        match layer.reach:
            case Uncovered():
                return None
            case Window():
                continue
            case Transition(_, Eigenvalues.ANYWHERE):
                return None
            case Transition(_, eigenvalues, tokens):
                for _ in range(layer.count):
                    if tokens is not None and (longest is None or longest * 2**turns > tokens):
                        return None
                    turns += eigenvalues is Eigenvalues.REAL
    return turns if turns <= MOST_TURNS else None


def find_cycle(facts: Facts, rule: RepeatedWords) -> Cycle | None:
    """Return a cycle that the rule refutes in a minimal machine, None where none was found.

    Where every word counts and a limit stopped the search for one, words of two letters are still tried. LimitError
    where those are too many.
    """
    machine = facts.machine
    if rule.longest is None and rule.turns == 0:
        known = facts.aperiodicity
        if known.cycle is not None:
            cycle = known.cycle
            state = state_after(machine, machine.start, cycle.prefix)
            return _cycle(machine, state, cycle.word, 0)
        if known.aperiodic:
            return None
    for word in _short_words(machine, rule.longest or LONGEST):
        for state, length in _cycles(machine, word):
            if 2**rule.turns % length:
                return _cycle(machine, state, word, rule.turns)
    return None


def _short_words(machine: StateMachine, longest: int) -> Iterator[Word]:
    letters = range(len(machine.symbols))
    needed = len(letters) ** longest * len(machine.states) * longest
    if needed > SEARCH_LIMIT:
        what = f"steps of words of {longest} letters from all states"
        raise LimitError(what, limit=SEARCH_LIMIT, needed=needed)
    for size in range(1, longest + 1):
        yield from itertools.product(letters, repeat=size)


def _cycles(machine: StateMachine, word: Word) -> Iterator[tuple[int, int]]:
    """Yield one state of each cycle of a word, with the cycle's length."""
    seen = [False] * len(machine.states)
    for first in range(len(machine.states)):
        path: dict[int, int] = {}
        state = first
        while not seen[state]:
            seen[state] = True
            path[state] = len(path)
            state = state_after(machine, state, word)
        if state in path:
            yield state, len(path) - path[state]


def _cycle(machine: StateMachine, state: int, word: Word, turns: int) -> Cycle:
    stride = 2**turns
    suffix = distinguishing_suffix(machine, state, state_after(machine, state, word * stride))
    return Cycle(machine, word_to_state(machine, state), word, stride, suffix)
