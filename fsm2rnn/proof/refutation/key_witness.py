"""What a letter merges differs along one key: against one change of rank one a letter, with one code per state."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias, final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.machine.labels import Json, label_text
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.contracts import ONE_CODE_PER_STATE
from fsm2rnn.proof.refutation.replay import named, word_in_labels

Pair: TypeAlias = tuple[int, int]  # two states, the lesser index first
Column: TypeAlias = tuple[int, ...]  # of the machine's table: where a letter takes each state

STATES: Final = 128  # of which 8,128 pairs are followed, in seconds


@final
@dataclass(frozen=True)
class OneKey:
    """`letter` merges the states of one pair and not those of the other, though both would differ along one key.

    Refutes S <- S T_x + B_x, S a matrix or one row, with one code per state, where T_x = 0 or a row k with k T_x = 0 is
    a multiple of one row, the key of x. So it is where T_x is an invertible diagonal, or a number times 1, less a
    product of a column and a row. Several heads have a key each, and escape.

    Proof. Say that pairs of states have one key if the differences of their codes, which are not 0, are a k and a' k
    with columns a, a' and the same row k up to a factor. A letter x that is not constant on the states has T_x != 0, so
    all pairs that it merges have its key. If {p, q} and {q, r} have one key, {p, r} has it too. If two pairs have one
    key k and x merges neither, k T_x != 0, and their images have one key, k T_x; if k T_x = 0, x merges both. What
    follows from these rules is listed; a letter that is not constant and merges one of two pairs of one key is a
    contradiction. CertificateError where the table shows none, LimitError for a machine of more than STATES states.
    """

    machine: StateMachine
    letter: int
    merged: Pair
    apart: Pair
    hypotheses: ClassVar[tuple[str, ...]] = (
        "one layer",
        "one head",
        "one change of rank one a letter",
        "one code per state",
    )
    contracts: ClassVar[frozenset[Contract]] = ONE_CODE_PER_STATE

    def __post_init__(self) -> None:
        """List the pairs of one key, and look at the letter on these two."""
        if len(minimise(self.machine).target.states) != len(self.machine.states):
            message = "the machine is not minimal"
            raise CertificateError("witness", message)
        if not 0 <= self.letter < len(self.machine.symbols):
            message = f"a symbol lies outside 0..{len(self.machine.symbols) - 1}"
            raise CertificateError("witness", message)
        if not any({self.merged, self.apart} <= {*pairs} for pairs in pairs_of_one_key(self.machine)):
            message = "the pairs need not have one key"
            raise CertificateError("witness", message)
        first, second = ([self.machine.table[state][self.letter] for state in pair] for pair in self.pairs)
        if first[0] != first[1] or second[0] == second[1]:
            message = "the letter does not merge the first pair alone"
            raise CertificateError("witness", message)

    @property
    def pairs(self) -> tuple[Pair, Pair]:
        """The pair that is merged, and the one that is not."""
        return self.merged, self.apart

    def __str__(self) -> str:
        """Say the letter and the pairs."""
        letter = label_text(self.machine.symbols[self.letter])
        merged, apart = (" and ".join(label_text(self.machine.states[state]) for state in pair) for pair in self.pairs)
        return f"in one head, {letter} merges {merged} but not {apart}, whose codes would differ along one key"

    def to_json(self) -> dict[str, Json]:
        """Return the witness in the machine's labels."""
        return {
            "kind": "one-key",
            "letter": word_in_labels(self.machine, (self.letter,)),
            "merged": [named(self.machine, state) for state in self.merged],
            "apart": [named(self.machine, state) for state in self.apart],
        }


def pairs_of_one_key(machine: StateMachine) -> tuple[tuple[Pair, ...], ...]:
    """Return the pairs of states whose codes would differ along one key, sets of two pairs at least.

    LimitError for a machine of more than STATES states.
    """
    if len(machine.states) > STATES:
        what = "states whose pairs are followed"
        raise LimitError(what, limit=STATES, needed=len(machine.states))
    columns = [column for column in dict.fromkeys(zip(*machine.table, strict=True)) if len(set(column)) > 1]
    parent: dict[Pair, Pair] = {}
    for column in columns:
        _join(parent, (pair for pair in itertools.combinations(range(len(column)), 2) if _merges(column, pair)))
    while True:
        found = _sets(parent)
        grown = [_join(parent, same) for pairs in found for same in _following(pairs, columns)]
        if not any(grown):
            return found


def _following(pairs: Sequence[Pair], columns: Iterable[Column]) -> Iterable[list[Pair]]:
    """Return sets of pairs of one key each that follow from one such set."""
    tied = [*pairs, *_ties(pairs)]
    unmerged = (column for column in columns if not any(_merges(column, pair) for pair in tied))
    images = ([_pair(column[left], column[right]) for left, right in tied] for column in unmerged)
    return itertools.chain([tied], images)


def _ties(pairs: Iterable[Pair]) -> Iterable[Pair]:
    """Return all pairs of states that are tied to each other by the pairs."""
    tied: dict[int, set[int]] = {}
    for left, right in pairs:
        both = tied.get(left, {left}) | tied.get(right, {right})
        tied |= dict.fromkeys(both, both)
    classes = {min(states): states for states in tied.values()}
    return itertools.chain.from_iterable(itertools.combinations(sorted(states), 2) for states in classes.values())


def _join(parent: dict[Pair, Pair], pairs: Iterable[Pair]) -> bool:
    """Say of all pairs that they have one key; return whether that was new of any."""
    roots = sorted({_root(parent, pair) for pair in pairs})
    parent |= dict.fromkeys(roots, *roots[:1])
    return len(roots) > 1


def _root(parent: dict[Pair, Pair], pair: Pair) -> Pair:
    while parent.setdefault(pair, pair) != pair:
        parent[pair] = pair = parent[parent[pair]]
    return pair


def _sets(parent: dict[Pair, Pair]) -> tuple[tuple[Pair, ...], ...]:
    found: dict[Pair, list[Pair]] = defaultdict(list)
    for pair in list(parent):
        found[_root(parent, pair)].append(pair)
    return tuple(tuple(pairs) for pairs in found.values() if len(pairs) > 1)


def _merges(column: Column, pair: Pair) -> bool:
    return column[pair[0]] == column[pair[1]]


def _pair(left: int, right: int) -> Pair:
    return (left, right) if left < right else (right, left)
