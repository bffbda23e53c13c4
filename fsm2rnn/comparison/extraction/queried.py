"""The machine that a network's answers ask for: active learning by queries, and random words beside each guess.

A guess is a Mealy machine whose states are told apart by words that the learner chose (M. J. Kearns and U. V. Vazirani,
1994, as AALpy has it). It is tried on the same random words that votes are taken from; a word that it gets wrong makes
the next guess larger. Where no word is left, it gives every answer of the network on them. That needs few outputs, and
no majority: one wrong answer of the network makes a state.
"""

from __future__ import annotations

from typing import Any, Final, final

import numpy as np
import torch

from fsm2rnn.cells.auditable import Auditable
from fsm2rnn.comparison.extraction.read_machine import FoundPlaces, machine_read
from fsm2rnn.comparison.extraction.votes import FollowedWords, Numbers, own_answers
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine

STEPS: Final = 1_000_000
"""Most symbols read in queries: a minute or so, a symbol at a time."""


def queried_machine(network: Auditable, read: FollowedWords, limit: int) -> StateMachine:
    """Return a minimal machine that gives all of the network's answers along the words that were read.

    LimitError where it would have more than `limit` states or take more than STEPS symbols of queries, InputError where
    AALpy is not installed.
    """
    try:
        from aalpy.learning_algs import run_KV
    except ImportError as error:
        message = f"queries are chosen by AALpy: {error}"
        raise InputError(message, hint='pip install "fsm2rnn[learn]"') from error
    letters = list(range(len(network.machine.symbols)))
    asked = _Asked(network)
    tried = _Tried(read.ids.numpy(), own_answers(network, read), limit)
    guess = run_KV(letters, asked, tried, "mealy", cache_and_non_det_check=False, print_level=0)
    table, shown = _arrays(guess, letters)
    return machine_read(_places(table, shown, asked.first), network.machine)


@final
class _Asked:
    """What is learned: a word's answers, each word read once."""

    def __init__(self, network: Auditable) -> None:
        self._network = network
        self._known: dict[tuple[int, ...], list[int]] = {}
        self.first = int(network.read(network.begin(1)).argmax())
        self.num_queries = self.num_steps = self.num_cached_queries = 0  # AALpy's names

    @torch.no_grad()
    def query(self, word: tuple[int, ...]) -> list[int]:
        """Return the number of the answer after each letter."""
        self.num_queries += 1
        if word in self._known:
            self.num_cached_queries += 1
            return self._known[word]
        self.num_steps += len(word)
        if self.num_steps > STEPS:
            what = "symbols of queries"
            raise LimitError(what, limit=STEPS)
        state, answers = self._network.begin(1), []
        for letter in word:
            state = self._network.step(torch.tensor([letter]), state)
            answers.append(int(self._network.read(state).argmax()))
        self._known[word] = answers
        return answers


@final
class _Tried:
    """Guesses are tried on random words (N, T) with the network's answers (N, T)."""

    def __init__(self, ids: Numbers, answers: Numbers, limit: int) -> None:
        self._ids, self._answers, self._limit = ids, answers, limit
        self.num_queries = self.num_steps = 0  # AALpy's names

    def find_cex(self, guess: Any) -> tuple[int, ...] | None:  # noqa: ANN401  AALpy's MealyMachine
        """Return a shortest beginning of a word that the guess gets wrong, None where there is none."""
        if len(guess.states) > self._limit:
            what = "states that answers of the network ask for"
            raise LimitError(what, limit=self._limit, hint="votes leave out answers that most others contradict")
        table, shown = _arrays(guess, range(int(self._ids.max()) + 1))
        state = np.zeros(len(self._ids), dtype=np.int64)
        for step, letters in enumerate(self._ids.T):
            wrong = np.flatnonzero(shown[state, letters] != self._answers[:, step])
            if len(wrong):
                return tuple(self._ids[wrong[0], : step + 1].tolist())
            state = table[state, letters]
        return None


def _arrays(guess: Any, letters: Any) -> tuple[Numbers, Numbers]:  # noqa: ANN401  AALpy's MealyMachine
    """Return successors and answers (S, D) of AALpy's machine, its start first."""
    states = [guess.initial_state, *(state for state in guess.states if state is not guess.initial_state)]
    number = {id(state): place for place, state in enumerate(states)}
    table = [[number[id(state.transitions[letter])] for letter in letters] for state in states]
    return np.array(table), np.array([[state.output_fun[letter] for letter in letters] for state in states])


def _places(table: Numbers, shown: Numbers, first: int) -> FoundPlaces:
    """Return places (state, answer on the way there)."""
    number: dict[tuple[int, int], int] = {}
    waiting: list[tuple[int, int]] = []

    def place(state: int, letter: int) -> int:
        key = int(table[state, letter]), int(shown[state, letter])
        if key not in number:
            number[key] = len(number)
            waiting.append(key)
        return number[key]

    letters = range(table.shape[1])
    begun = [place(0, letter) for letter in letters]
    rows = [[place(state, letter) for letter in letters] for state, _ in waiting]
    return FoundPlaces(rows, [answer for _, answer in waiting], begun, first)
