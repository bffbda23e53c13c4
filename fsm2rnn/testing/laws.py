"""Laws of networks that answer for machines: a failure is an AssertionError with a word, replayed."""

from __future__ import annotations

from typing import Final

from fsm2rnn.cells.auditable import Auditable
from fsm2rnn.comparison.side_by_side.answering import Answering, TableSteps, all_outputs
from fsm2rnn.comparison.side_by_side.differing_words import Effort, Ids, Pair
from fsm2rnn.machine.labels import Label, label_text
from fsm2rnn.machine.state_machine import StateMachine

PAIRS: Final = 2000
"""Pairs of states seen breadth first: all words up to length 9 over two symbols at least, in milliseconds."""
BATCH: Final = 64
LENGTH: Final = 200
UNCERTAIN: Final = "nothing for certain"
"""No logit is strictly the greatest, or one is no number."""
_SHOWN: Final = 20  # symbols of a failing word that are replayed in the message


def assert_simulates(
    net: Auditable,
    machine: StateMachine | None = None,
    *,
    pairs: int = PAIRS,
    batch: int = BATCH,
    length: int = LENGTH,
    seed: int = 0,
) -> None:
    """After every word that is tried, the greatest logit of the network is that of the machine's output.

    Tried are all words breadth first, until `pairs` pairs of states were seen, so that a failing word is a shortest
    one; then `batch` random words of `length` symbols, half of them rich in some symbols, whose failures are cut down.
    Where every pair was seen, no word is left to try. The machine is the network's own by default; symbols and outputs
    are those of one label. This is a test, which may pass by luck: `audit` proves. The message holds the word and the
    answers after its last symbols. Raises AssertionError, and InputError for other symbols.
    """
    asked = net.machine if machine is None else machine
    effort = Effort(pairs, batch, length, seed)
    _assert_alike((net, TableSteps(asked)), ("the network", "the machine"), effort)


def assert_same_machine(
    net_a: Auditable,
    net_b: Auditable,
    *,
    pairs: int = PAIRS,
    batch: int = BATCH,
    length: int = LENGTH,
    seed: int = 0,
) -> None:
    """After every word that is tried, two networks give one output: trained and compiled ones, in any coordinates.

    Tried are all words breadth first, until `pairs` pairs of states were seen, then `batch` random words of `length`
    symbols; symbols and outputs are those of one label. An answer without a strictly greatest logit differs from all.
    Raises AssertionError with a word and both answers after its last symbols, InputError for other symbols.
    """
    _assert_alike((net_a, net_b), ("the first network", "the second"), Effort(pairs, batch, length, seed))


def _assert_alike(both: tuple[Auditable, Auditable], names: tuple[str, str], effort: Effort) -> None:
    left, right = both
    symbols, outputs = right.machine.symbols, all_outputs(left.machine, right.machine)
    pair = Pair(Answering(left, symbols, outputs), Answering(right, symbols, outputs), symbols)
    found = pair.differing(effort)
    if found is not None:
        word, is_shortest = found
        kind = "no shorter word fails" if is_shortest else "cut down from a random word; others may be shorter"
        message = f"{_replay(pair, word, outputs, names)}\n({kind})"
        raise AssertionError(message)


def _replay(pair: Pair, word: Ids, outputs: tuple[Label, ...], names: tuple[str, str]) -> str:
    """Say the word and both answers after its last symbols, read one at a time; alone they may agree after all."""
    answers = [tuple(_text(outputs, number) for number in both) for both in pair.replayed(word)]
    symbols = [label_text(pair.symbols[letter]) for letter in word]
    left, right = answers[-1]
    count = "1 symbol" if len(word) == 1 else f"{len(word)} symbols"
    first = f"after {count} {names[0]} answers {left}, {names[1]} {right}: {' '.join(symbols)}"
    if left == right and left != UNCERTAIN:
        first += "\nread alone they agree here: a step depends on the other words of its batch"
    last = [(symbol, *both) for symbol, both in zip(symbols, answers, strict=True)][-_SHOWN:]
    rows = [("symbol", *names), *last]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([first, *(f"  {line}" for line in table)])


def _text(outputs: tuple[Label, ...], number: int) -> str:
    return repr(outputs[number]) if number >= 0 else UNCERTAIN
