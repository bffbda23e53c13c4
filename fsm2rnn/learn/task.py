"""A task: a machine with the conventions under which networks are trained and judged on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, final

from fsm2rnn.data.drawn_words import Letters, Purpose
from fsm2rnn.data.word_dataset import Targets, WordProblem
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.reachable import reachable_states
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.named.catalogue_tasks import random_machine

SEEDS_LIMIT: Final = 10_000  # with 2 letters 2 tables in 5 qualify at 5 states, 1 in 90 at 25


@final
@dataclass(frozen=True)
class Task:
    """A machine, the lengths of the words for training and for testing, and which answers count.

    `chance` is the accuracy that scaled accuracy takes as 0; None where the source scales nothing. `source` is where
    the task comes from; `chosen` lists the conventions that the source leaves open or that could not be seen, which
    are therefore ours: a figure obtained under them is no figure of the source.
    """

    name: str
    machine: StateMachine
    lengths: range
    test_lengths: range
    chance: Fraction | None
    source: str
    chosen: tuple[str, ...]
    targets: Targets = Targets.LAST
    letters: Letters = Letters.UNIFORM

    def words(self, *, count: int | None = 10_000, seed: int = 0) -> WordProblem:
        """Return words to train on."""
        return self._problem(self.lengths, count, seed, Purpose.TRAINING)

    def test_words(self, *, count: int | None = 512, seed: int = 0) -> WordProblem:
        """Return words of the lengths to test on, none of which begins as a word to train on does."""
        return self._problem(self.test_lengths, count, seed, Purpose.EVALUATION)

    def _problem(self, lengths: range, count: int | None, seed: int, purpose: Purpose) -> WordProblem:
        return WordProblem(
            self.machine,
            lengths=lengths,
            count=count,
            seed=seed,
            targets=self.targets,
            letters=self.letters,
            purpose=purpose,
        )


def with_gaps(machine: StateMachine, gaps: int = 1) -> StateMachine:
    """Return the machine with letters `gap`, `gap2`, ... that change nothing: distractors between the others.

    Under uniform letters the share of gaps is gaps / (D + gaps). A network must let them pass at whatever distance.
    Raises InputError for less than one gap, a letter that is there already, and a Mealy machine, whose outputs belong
    to letters, so that a gap would have none.
    """
    if gaps < 1:
        message = f"at least one letter is to be a gap, found {gaps}"
        raise InputError(message)
    if machine.is_mealy:
        message = "a gap answers with the output of the state, which a Mealy machine has not"
        raise InputError(message, hint="use a machine whose outputs belong to states")
    symbols = (*machine.symbols, "gap", *(f"gap{number}" for number in range(2, gaps + 1)))
    table = tuple((*row, *[state] * gaps) for state, row in enumerate(machine.table))
    return replace(machine, symbols=symbols, table=table)


def gapped(task: Task, gaps: int = 1) -> Task:
    """Return the task with `gaps` letters that change nothing among its letters.

    In the manner of SelectivBench (arXiv 2601.12598), whose sequences hold irregular gaps that do not follow the rules
    of their grammar; its own grammars and gaps are others. Errors as for `with_gaps`.
    """
    chosen = (*task.chosen, "gaps are letters that keep the state, as likely as any other letter")
    name = f"{task.name} with {gaps} gap letter" + ("s" if gaps > 1 else "")
    return replace(task, name=name, machine=with_gaps(task.machine, gaps), chosen=chosen)


def connected_random(states: int, symbols: int, seed: int = 1) -> StateMachine:
    """Return `random(states, symbols, s)` for the first s >= seed that reaches all states and is not commutative.

    Not commutative: two of its letters, read in either order, lead from some state to different ones. Raises
    InputError for less than two states or letters, where there is none, LimitError after SEEDS_LIMIT seeds.
    """
    if states < 2 or symbols < 2:
        message = f"a machine that is not commutative has two states and letters, found {states} and {symbols}"
        raise InputError(message)
    for number in range(seed, seed + SEEDS_LIMIT):
        machine = random_machine(states, symbols, number)
        if len(reachable_states(machine)) == states and not _commutes(machine):
            return machine
    what = f"seeds until random({states},{symbols}) reaches all its states"
    raise LimitError(what, limit=SEEDS_LIMIT, hint="more letters reach more states")


def _commutes(machine: StateMachine) -> bool:
    table = machine.table
    return all(
        table[row[one]][other] == table[row[other]][one]
        for row in table
        for one in range(len(row))
        for other in range(one)
    )
