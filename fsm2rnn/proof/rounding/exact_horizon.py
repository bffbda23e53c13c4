"""h <- fl(sum_j fl(a_ij h_j)), j rising: all words of N symbols replayed in one arithmetic, and one of N + 1 misread.

Theorem R (sequential evaluation in index order). Let a coordinate of a step be the sum of the products of its row's
entries other than zero with coordinates of the state, added up in the order of their columns, every product and every
sum rounded in the accumulating format, none fused, and let that sum be rounded once to the stored format. Then a letter
makes one float state of a float state, so the float states after n symbols are what the letters make of those after
n - 1. If all of them for n <= N are read right, and those of one word of N + 1 symbols end in one that is misread, both
whatever the scores' own rounding, then N is the exact horizon of this arithmetic: all words of at most N symbols are
read right, and not all of N + 1. If they are read right and no other float state follows, words of every length are.

Another order, fused multiply-add or numbers flushed to zero are other arithmetics, of which this says nothing unless
no row has more than two entries and their products are exact, see `float_orbit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from operator import mul
from typing import Final, NamedTuple, TypeAlias, final

from fsm2rnn.errors import CertificateError, LimitError, NumericError
from fsm2rnn.exact.rounding import FloatFormat, count_rounding
from fsm2rnn.exact.sparse import absolute
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.induction import prove_base
from fsm2rnn.proof.rounding.arithmetic import ACCUMULATING
from fsm2rnn.proof.rounding.drift import Tracking
from fsm2rnn.proof.rounding.float_orbit import STATES, prove_kind, sparse_rows
from fsm2rnn.proof.rounding.score_rounding import score_rounding
from fsm2rnn.proof.stored.meaning import Meaning

# An entry or a coordinate of a step takes two microseconds, a product of a score a quarter of one, and numbers of more
# than a kilobit as many times as long: about a minute at the limits, and half a gigabyte of float states.
STATE_LIMIT: Final = 1 << 20
STEP_LIMIT: Final = 1 << 25
SCORE_LIMIT: Final = 1 << 27
MEMORY_LIMIT: Final = 1 << 32  # bits, of which a coordinate takes 512 beside its own
LEAST: Final = 2
"""Symbols of a misread word: a shorter one leaves no step that is read right."""
ARITHMETIC: Final = "sums in index order, none fused"
_STEP: Final = (
    "applied one symbol at a time, the products of each row's entries other than zero added up in the order of their "
    "columns, every product and every sum rounded to nearest even with gradual underflow in the accumulating format "
    f"({ACCUMULATING}), none fused, and each new state rounded once to the stored format: "
)
_ALONE: Final = ", the scores' own rounding in any order included; so much for this one arithmetic and no other"
REASON: Final = (
    f"{_STEP}every word that is shorter than misread leads to a float state that is read right, and misread to one "
    f"that is not{_ALONE}"
)
CLOSED: Final = f"{_STEP}every word leads to one of finitely many float states, and each of them is read right{_ALONE}"
Floats: TypeAlias = tuple[int, ...]
"""A float state, its numbers counted in units of the least positive one of the stored format."""
Letter: TypeAlias = tuple[tuple[tuple[int, int], ...], ...]
"""The entries of each row by column, counted in units of a power of two."""


@final
class Misread(NamedTuple):
    """A shortest word, in symbol indices, whose end is read as another machine state than the right one."""

    word: tuple[int, ...]
    read: int
    right: int


@final
@dataclass(frozen=True)
class ExactHorizon:
    """All words that are shorter than the misread one are read right in one arithmetic; None: all words are.

    `lead` bounds the lead of the right score on the float states that such words reach.
    """

    form: FloatFormat
    states: int
    lead: Fraction
    misread: Misread | None

    @property
    def steps(self) -> int | None:
        """The longest words that are all read right, None for every length."""
        return None if self.misread is None else len(self.misread.word) - 1


def exact_horizon(
    machine: StateMachine, contract: Contract, stored: Meaning, word: tuple[int, ...] | None
) -> tuple[Tracking, ExactHorizon]:
    """Return the proof that no word shorter than `word`, of symbol indices, is misread, and that `word` is.

    None: no word at all is. CertificateError where that does not hold, LimitError for too many float states.
    """
    steps, scores = IndexOrder(stored), Scores(stored)
    prove_base(STATES, machine, len(steps.letters), 1, (machine.start,))
    try:
        seen = _reached(machine, steps, _affordable(steps, stored), None if word is None else len(word) - 1)
        misread = None if word is None else _misread(machine, steps, scores, word, len(seen))
    except NumericError as error:
        raise CertificateError("float", str(error)) from error
    prove_kind(contract, stored, seen.values())
    lead = min(scores.lead(state, right) for state, right in seen.items())
    if lead <= scores.rounding([*seen]):
        message = "a float state is not read as its state once the scores are rounded"
        raise CertificateError("float", message)
    replay = Tracking(machine, contract, steps.size, len(seen) * len(steps.letters))
    return replay, ExactHorizon(stored.form, len(seen), lead * scores.unit, misread)


def _misread(machine: StateMachine, steps: IndexOrder, scores: Scores, word: tuple[int, ...], seen: int) -> Misread:
    """Return how a word is misread that leads out of so many float states; CertificateError where it is not."""
    if len(word) < LEAST or not all(0 <= symbol < len(steps.letters) for symbol in word):
        message = f"a misread word has {LEAST} symbols or more, each an index below {len(steps.letters)}"
        raise CertificateError("misread", message)
    if len(word) > seen:
        message = f"a shortest way out of {seen} float states has no {len(word)} symbols"
        raise CertificateError("misread", message)
    last = steps.along(word)
    *_, right = machine.trajectory(word)
    read = scores.read(last)
    if read == right or scores.lead(last, read) <= scores.rounding([last]):
        message = f"this word of {len(word)} symbols is not misread as one state"
        raise CertificateError("misread", message)
    return Misread(word, read, right)


def affordable_replay(stored: Meaning) -> int:
    """Return how many float states are replayed at most; CertificateError where a step adds up otherwise."""
    return _affordable(IndexOrder(stored), stored)


def _affordable(steps: IndexOrder, stored: Meaning) -> int:
    work = sum(len(row) + 1 for letter in steps.letters for row in letter)
    long, scores = 1 + steps.bits // 1024, len(stored.decoder.reads) * steps.size
    room = MEMORY_LIMIT // (steps.size * (512 + steps.bits))
    return min(STATE_LIMIT, STEP_LIMIT // (work * long), SCORE_LIMIT // (scores * long), room)


def _reached(machine: StateMachine, steps: IndexOrder, limit: int, length: int | None) -> dict[Floats, int]:
    """Return the float states after words of at most `length` symbols (None: any), each with the machine's state."""
    seen = {steps.start: machine.start}
    level = [*seen.items()]
    for _ in count() if length is None else range(length):
        if not level:
            break
        following = []
        for state, right in level:
            for letter, then in zip(steps.letters, machine.table[right], strict=True):
                reached, known = steps.step(letter, state), len(seen)
                if seen.setdefault(reached, then) != then:
                    message = "one float state is reached for two states of the machine"
                    raise CertificateError("float", message)
                if len(seen) > known:
                    following.append((reached, then))
            if len(seen) > limit:
                what = "float states that are replayed"
                raise LimitError(what, limit=limit)
        level = following
    return seen


@final
class IndexOrder:
    """The steps of stored letters in whole numbers; their products count units of `fine` bits below a state's.

    CertificateError where a step is not one sum of products for each coordinate.
    """

    def __init__(self, stored: Meaning) -> None:
        """Read letters row by row, and the start."""
        rows, form, self.size = sparse_rows(stored), stored.form, stored.matrices[0].height
        entries = [entry for letter in rows for _, row in letter for _, entry in row]
        self.fine = max((entry.denominator.bit_length() - 1 for entry in entries), default=0)
        self.letters: tuple[Letter, ...] = tuple(
            tuple(tuple((place, int(entry * (1 << self.fine))) for place, entry in row) for _, row in letter)
            for letter in rows
        )
        start = dict(stored.initial_state)
        self.start = tuple(int(start.get(place, 0) / Fraction(2) ** form.lowest) for place in range(self.size))
        unit, wide = form.lowest - self.fine, form.accumulator
        self._wide, self._kept = count_rounding(unit, wide), count_rounding(unit, form)
        self.bits = form.largest.bit_length() - unit
        # Products of short numbers are numbers of the accumulator, and stay what they are, unless they overflow it.
        reach = max(map(absolute, entries), default=0) * form.largest
        whole = 2 * form.precision <= wide.precision and wide.lowest <= unit and reach <= wide.largest
        self._product = int if whole else self._wide

    def step(self, letter: Letter, state: Floats) -> Floats:
        """Return the float state that a letter makes of one; NumericError where a number overflows."""
        found = []
        for row in letter:
            total = 0
            for place, entry in row:
                product = self._product(entry * state[place])
                total = self._wide(total + product) if total else product
            found.append(self._kept(total) >> self.fine)
        return tuple(found)

    def along(self, word: Sequence[int]) -> Floats:
        """Return the float state after a word of symbol indices."""
        state = self.start
        for symbol in word:
            state = self.step(self.letters[symbol], state)
        return state


@final
class Scores:
    """The scores C h + b of float states in whole numbers of `unit`; CertificateError where they tell nothing apart."""

    def __init__(self, stored: Meaning) -> None:
        """Read the rows."""
        decoder = stored.decoder
        self._form, self._reads = stored.readout_form, decoder.reads
        columns = (*decoder.readout.columns, decoder.bias)
        fine = max((entry.denominator.bit_length() - 1 for column in columns for _, entry in column), default=0)
        least = Fraction(2) ** stored.form.lowest
        self.unit = least / (1 << fine)
        self._rows = [[0] * decoder.readout.width for _ in self._reads]
        for place, column in enumerate(decoder.readout.columns):
            for row, entry in column:
                self._rows[row][place] = int(entry * (1 << fine))
        bias = dict(decoder.bias)
        self._bias = [int(bias.get(row, 0) / self.unit) for row in range(len(self._reads))]
        if len(set(self._reads)) == 1:
            message = "one reading alone is never misread"
            raise CertificateError("decoder", message)

    def of(self, state: Floats) -> list[int]:
        """Return the scores of a float state."""
        return [sum(map(mul, row, state)) + bias for row, bias in zip(self._rows, self._bias, strict=True)]

    def read(self, state: Floats) -> int:
        """Return the machine state of the greatest score."""
        scores = self.of(state)
        return self._reads[scores.index(max(scores))]

    def lead(self, state: Floats, right: int) -> int:
        """Return by how much the best score of a machine state exceeds every other state's, below zero where not."""
        own: list[int] = []
        others: list[int] = []
        for score, read in zip(self.of(state), self._reads, strict=True):
            (own if read == right else others).append(score)
        if not own:
            message = f"no score stands for state {right}"
            raise CertificateError("decoder", message)
        return max(own) - max(others)

    def rounding(self, states: Sequence[Floats]) -> Fraction:
        """Return what rounding can change of a lead at any of these states."""
        reach = [max(map(abs, column)) for column in zip(*states, strict=True)]
        largest = max(
            sum(map(mul, map(abs, row), reach)) + abs(bias) for row, bias in zip(self._rows, self._bias, strict=True)
        )
        return score_rounding(self._form, len(reach), largest * self.unit) / self.unit
