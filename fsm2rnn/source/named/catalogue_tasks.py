"""State-tracking tasks by name: modular arithmetic, counters, registers, brackets, Tomita's languages.

| name | states | symbols | outputs |
|---|---|---|---|
| `parity` | even, odd | 0, 1 | True after an odd number of 1s |
| `flip-flop` | 0, 1 | hold, set0, set1 | the state |
| `tomitaN` | q0, q1, ... | 0, 1 | whether the word is in the language |
| `modadd(m)` | residues | residues | the running sum modulo m |
| `modarith(m)` | residues | +0 .. +m-1, -0 .., *0 .. | the running value, evaluated left to right |
| `even-pairs` | start, a-a, a-b, b-b, b-a: first, last letter | a, b | True where they agree, and on the empty word |
| `cycle-navigation(m)` | positions | stay, +1, -1 | the position |
| `dyck(k,d)` | stacks of open brackets, empty, reject | ( ) [ ] { } < > <5 >5 <6 >6 ... | True for balanced words |
| `counter(n)` | 0 .. n | 0 keeps, 1 adds one up to n | the count |
| `register(k)` | k bits, the newest at the right | 0, 1 | the bits |
| `random(...)` | q0, q1, ... | a .. z, a1 .. z1, ... | the state; every table is equally likely |
| `random-permutation(...)` | likewise | likewise | the state; every letter is a uniformly random permutation |
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from typing import Final

from fsm2rnn.errors import LimitError
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine

NAME_LIMIT: Final = 2**25
"""Most characters in the state names of a bracket language."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_BITS: Final = ("0", "1")
_BRACKETS: Final = (("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"))

# Rows are states, columns the letters 0 and 1; the second part lists the accepting states.
_TOMITA: Final = (
    (((1, 0), (1, 1)), (0,)),  # 1*
    (((1, 2), (1, 1), (0, 1)), (0,)),  # (10)*
    (((0, 1), (2, 0), (3, 4), (2, 1), (4, 4)), (0, 1, 3)),  # no odd run of 1s directly before an odd run of 0s
    (((1, 0), (2, 0), (3, 0), (3, 3)), (0, 1, 2)),  # no 000
    (((1, 2), (0, 3), (3, 0), (2, 1)), (0,)),  # an even number of 0s and of 1s
    (((1, 2), (2, 0), (0, 1)), (0,)),  # #0 - #1 is 0 modulo 3
    (((0, 1), (2, 1), (2, 3), (4, 3), (4, 4)), (0, 1, 2, 3)),  # 0*1*0*1*
)


def parity() -> StateMachine:
    """Whether the number of 1s is odd."""
    return StateMachine(("even", "odd"), _BITS, ((0, 1), (1, 0)), 0, (False, True))


def flip_flop() -> StateMachine:
    """One bit of memory: hold, set to 0, set to 1; it starts at 0."""
    return StateMachine.tracker(_BITS, ("hold", "set0", "set1"), ((0, 0, 1), (1, 0, 1)))


def tomita(number: int) -> StateMachine:
    """Tomita's language 1 .. 7 as its minimal complete acceptor."""
    table, accepting = _TOMITA[number - 1]
    states = _state_names(len(table))
    return canonical(StateMachine(states, _BITS, table, 0, tuple(q in accepting for q in range(len(table)))))


def modular_addition(modulus: int) -> StateMachine:
    """delta(q, x) = q + x modulo m."""
    # Slices of one tuple share its integers, which matters at thousands of residues.
    residues = tuple(range(modulus))
    digits = _digits(modulus)
    return StateMachine.tracker(digits, digits, [residues[q:] + residues[:q] for q in residues])


def modular_arithmetic(modulus: int) -> StateMachine:
    """delta(q, (o, x)) = q o x modulo m for o in +, -, *: one operator and digit per letter, left to right."""
    residues = tuple(range(modulus))
    symbols = [operator + digit for operator in "+-*" for digit in _digits(modulus)]
    values = [[*(q + x for x in residues), *(q - x for x in residues), *(q * x for x in residues)] for q in residues]
    table = [[residues[value % modulus] for value in row] for row in values]
    return canonical(StateMachine.tracker(_digits(modulus), symbols, table))


def even_pairs() -> StateMachine:
    """Whether ab and ba occur an even number of times together, that is, first and last letter agree."""
    states = ("start", "a-a", "b-b", "a-b", "b-a")
    table = ((1, 2), (1, 3), (4, 2), (1, 3), (4, 2))
    return canonical(StateMachine(states, ("a", "b"), table, 0, (True, True, True, False, False)))


def cycle_navigation(length: int) -> StateMachine:
    """delta(q, x) = q + x modulo m for the moves x = 0, +1, -1."""
    table = [[q, (q + 1) % length, (q - 1) % length] for q in range(length)]
    return canonical(StateMachine.tracker(_digits(length), ("stay", "+1", "-1"), table))


def counter(bound: int) -> StateMachine:
    """delta(q, 1) = min(q + 1, n) and delta(q, 0) = q on 0 .. n."""
    return StateMachine.tracker(_digits(bound + 1), _BITS, [[q, min(q + 1, bound)] for q in range(bound + 1)])


def register(length: int) -> StateMachine:
    """delta(q, x) = 2q + x modulo 2^k: the newest bit enters at the right, the oldest leaves at the left."""
    count = 2**length
    names = [format(q, f"0{length}b") for q in range(count)]
    return canonical(StateMachine.tracker(names, _BITS, [[2 * q % count, (2 * q + 1) % count] for q in range(count)]))


def dyck_states(types: int, depth: int) -> int:
    """Return 1 + the number of stacks, 1 + 1 + k + ... + k^d, or a number above 10^12 where it is larger."""
    if types == 1:
        return depth + 2
    count, power = 1, 1
    for _ in range(depth + 1):
        count += power
        power *= types
        if count > 10**12:
            break
    return count


def dyck(types: int, depth: int) -> StateMachine:
    """Balanced words over k types of brackets nested at most d deep; anything else is rejected for good."""
    width = max(len(opening) for opening, _ in _brackets(types))
    needed = dyck_states(types, depth) * depth * width
    if needed > NAME_LIMIT:
        what = f"characters in the state names of dyck({types},{depth})"
        raise LimitError(what, limit=NAME_LIMIT, needed=needed)
    brackets = _brackets(types)
    stacks: list[tuple[int, ...]] = [()]
    for stack in stacks:
        if len(stack) < depth:
            stacks += [(*stack, kind) for kind in range(types)]
    number = {stack: index for index, stack in enumerate(stacks)}
    reject = len(stacks)
    table = []
    for stack in stacks:
        row = []
        for kind in range(types):
            row += [
                number.get((*stack, kind), reject),
                number[stack[:-1]] if stack and stack[-1] == kind else reject,
            ]
        table.append(row)
    names = ["".join(brackets[kind][0] for kind in stack) or "empty" for stack in stacks]
    outputs = (True, *(False for _ in stacks))
    rows = tuple(tuple(row) for row in [*table, [reject] * (2 * types)])
    return canonical(StateMachine((*names, "reject"), tuple(itertools.chain(*brackets)), rows, 0, outputs))


def random_machine(states: int, symbols: int, seed: int) -> StateMachine:
    """Return a table drawn uniformly; the same for the same arguments on every version of Python."""
    draw = random.Random(seed)
    return _numbered(symbols, [[_below(draw, states) for _ in range(symbols)] for _ in range(states)])


def random_permutation(states: int, symbols: int, seed: int) -> StateMachine:
    """Return one uniformly random permutation per letter, by Fisher's and Yates' shuffle."""
    draw = random.Random(seed)
    columns = []
    for _ in range(symbols):
        images = list(range(states))
        for last in range(states - 1, 0, -1):
            other = _below(draw, last + 1)
            images[last], images[other] = images[other], images[last]
        columns.append(images)
    return _numbered(symbols, zip(*columns, strict=True))


def _below(draw: random.Random, bound: int) -> int:
    # random() alone is promised to give the same sequence in every version; bounds here stay far below 2^53.
    return int(draw.random() * bound)


def _numbered(symbols: int, table: Iterable[Iterable[int]]) -> StateMachine:
    """Return the tracker of a table, numbered breadth first and named in that order."""
    rows = [tuple(row) for row in table]
    ordered = canonical(StateMachine.tracker(range(len(rows)), _letters(symbols), rows))
    return StateMachine.tracker(_state_names(len(rows)), ordered.symbols, ordered.table)


def _letters(count: int) -> list[str]:
    alphabet = len(_LETTERS)
    return [_LETTERS[i % alphabet] + (str(i // alphabet) if i >= alphabet else "") for i in range(count)]


def _state_names(count: int) -> tuple[str, ...]:
    return tuple(f"q{index}" for index in range(count))


def _digits(count: int) -> tuple[str, ...]:
    return tuple(str(value) for value in range(count))


def _brackets(types: int) -> list[tuple[str, str]]:
    named = [(f"<{number}", f">{number}") for number in range(len(_BRACKETS) + 1, types + 1)]
    return [*_BRACKETS[:types], *named]
