"""Arithmetic modulo m one token a letter, and the language of flip-flops: tasks with grammar, by name.

| name | states | symbols | outputs |
|---|---|---|---|
| `modarith-precedence(m)` | sum and open product, with * while one goes on; invalid | 0 .. m-1 + - * | see below |
| `modarith-tokens(m)` | the value, with its operator while one waits | 0 .. m-1 + - * | see below |
| `flip-flop-language` | the bit, w, r or i before a bit, invalid | w r i 0 1 | what must come next |

An expression is a digit, then any number of operators with a digit each. The output is its value modulo m, written
as a digit, and "open" before the first digit and after an operator. Other words are "invalid" for good with
precedence; from left to right they mean what they would to a pocket calculator.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Final

from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine

_OPEN: Final = "open"
_INVALID: Final = "invalid"
_OPERATORS: Final[tuple[tuple[str, Callable[[int, int], int]], ...]] = (
    ("+", operator.add),
    ("-", operator.sub),
    ("*", operator.mul),
)


def precedence_arithmetic(modulus: int) -> StateMachine:
    """Expressions of digits and + - * modulo m, products first; 2m^2 + 1 states.

    State (a, t) after a digit has the value a + t, t the last term; (a, t)* waits for a digit d, which makes it
    (a, t d). Since + leads to (a + t, 1)* and - to (a + t, -1)*, the empty word is (0, 1)*.
    """
    pairs = [(total, term) for total in range(modulus) for term in range(modulus)]
    count, sink = len(pairs), 2 * len(pairs)
    names = [f"{total}+{term}" for total, term in pairs]
    closed, waiting = [], []
    for total, term in pairs:
        value = (total + term) % modulus
        follow = [(value, 1 % modulus), (value, -1 % modulus), (total, term)]
        closed.append([*[sink] * modulus, *(count + left * modulus + right for left, right in follow)])
        waiting.append([*(total * modulus + term * digit % modulus for digit in range(modulus)), *[sink] * 3])
    rows = tuple(tuple(row) for row in [*closed, *waiting, [sink] * (modulus + 3)])
    outputs = (*(str((total + term) % modulus) for total, term in pairs), *[_OPEN] * count, _INVALID)
    states = (*names, *(f"{name}*" for name in names), _INVALID)
    return canonical(StateMachine(states, _tokens(modulus), rows, count + 1 % modulus, outputs))


def token_arithmetic(modulus: int) -> StateMachine:
    """Expressions of digits and + - * modulo m, strictly from left to right; 4m states.

    State v after a digit is the value; (v, o) waits for a digit d, which makes it v o d. The empty word is (0, +).
    A digit after a digit begins anew, an operator after an operator takes its place: of words that are no expression
    the sources say nothing, and with this reading the minimal machines have the sizes that are known of the task.
    """
    digits = range(modulus)
    operators = [[(1 + place) * modulus + value for place in range(len(_OPERATORS))] for value in digits]
    names = [str(value) for value in digits]
    table = [[*digits, *operators[value]] for value in digits]
    for sign, apply in _OPERATORS:
        names += [f"{value}{sign}" for value in digits]
        table += [[*(apply(value, digit) % modulus for digit in digits), *operators[value]] for value in digits]
    outputs = (*(str(value) for value in digits), *[_OPEN] * (3 * modulus))
    rows = tuple(tuple(row) for row in table)
    return canonical(StateMachine(tuple(names), _tokens(modulus), rows, modulus, outputs))


def _tokens(modulus: int) -> tuple[str, ...]:
    return (*(str(digit) for digit in range(modulus)), *(sign for sign, _ in _OPERATORS))


def flip_flop_language() -> StateMachine:
    """The language of w, i and r with a bit after each: write, ignore, and read what was last written.

    The output says what must come next: "instruction" (w, i or r; first of all w), "bit" (any) after w and i, and
    after r the one bit that was last written, "0" or "1"; "invalid" for good after anything else.
    """
    names = ("start", "w", "0", "1", "0i", "1i", "0r", "1r", _INVALID)
    place = {name: number for number, name in enumerate(names)}
    arcs = {
        ("start", "w"): "w",
        ("w", "0"): "0",
        ("w", "1"): "1",
        ("0r", "0"): "0",
        ("1r", "1"): "1",
        **{(bit, "w"): "w" for bit in "01"},
        **{(bit, letter): bit + letter for bit in "01" for letter in "ri"},
        **{(f"{bit}i", any_bit): bit for bit in "01" for any_bit in "01"},
    }
    symbols = ("w", "r", "i", "0", "1")
    table = tuple(tuple(place[arcs.get((name, letter), _INVALID)] for letter in symbols) for name in names)
    follow = ("instruction", "bit", "instruction", "instruction", "bit", "bit", "0", "1", _INVALID)
    return canonical(StateMachine(names, symbols, table, 0, follow))
