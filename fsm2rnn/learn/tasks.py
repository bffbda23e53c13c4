"""The tasks of the literature as machines with their conventions.

| function | machine | trained on, tested on | chance |
|---|---|---|---|
| `modular_addition_task(m)` | `modadd(m)` | 2..10, 500 | 1/m |
| `random_state_machine(m)` | `random(m,m,s)` | 2..10, 500 | 1/m |
| `modular_arithmetic_task(m)` | `modarith(m)` or `modarith-precedence(m)` | 2..10, 500 (3..9 odd, 499) | 1/m |
| `parity_task()` | `parity` | 2..10, 500 | 1/2 |
| `parity_check()` | `parity` | 1..40, 41..500 | 1/2 |
| `even_pairs_task()` | `even-pairs` | 1..40, 41..500 | 1/2 |
| `simple_arithmetic(5)` | `modarith-precedence(5)` | 1..39 odd, 41..499 odd | 1/5 |
| `cycle_navigation_task(5)` | `cycle-navigation(5)` | 1..40, 41..500 | 1/5 |
| `word_problem(G)` | the group's own name: A5, S5, Z60, S5@gens | 3..40, 40..256 | 1/(order of G) |
| `flip_flop_task()` | `flip-flop-language` | 512, 512 | - |

The first four are those of the founding paper as far as it is known; what is not is named in `chosen` of each task.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import Final

from fsm2rnn.data.drawn_words import Letters
from fsm2rnn.data.word_dataset import Targets
from fsm2rnn.errors import InputError
from fsm2rnn.learn.task import Task, connected_random
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.reading import MAX_STATES
from fsm2rnn.source.named.catalogue import named_machine
from fsm2rnn.source.named.group_names import group_shaped

FOUNDING: Final = "arXiv 2505.21749 (NeurIPS 2025)"
HIERARCHY: Final = "Deletang et al., Neural Networks and the Chomsky Hierarchy (ICLR 2023)"
WORD_PROBLEMS: Final = (
    "the word problems of arXiv 2404.08819, with the lengths of the structured state-space literature"
)
FLIP_FLOPS: Final = "Liu et al., Exposing Attention Glitches with Flip-Flop Language Modeling (NeurIPS 2023)"

_UNMARKED: Final = "no symbol marks the begin or the end of a word"
_LAST: Final = "the answer to the last letter alone counts"


class Arithmetic(Enum):
    """Modular arithmetic as it may have been meant: m states and fused letters, or 2 m^2 + 1 states and tokens."""

    LEFT_TO_RIGHT = "left-to-right"
    PRECEDENCE = "precedence"


def modular_addition_task(modulus: int) -> Task:
    """The sum of the letters modulo m, each a residue; a real diagonal network can tell its parity alone."""
    return _founding("modular addition", _named(f"modadd({modulus})"), modulus, (_UNMARKED,))


def random_state_machine(states: int, seed: int = 1) -> Task:
    """The state of a fixed random machine that does not commute, with as many letters as states.

    Reconstructed: the number of letters, tables drawn uniformly (not permutations), one machine per seed, and the
    choice of the first seed from `seed` on whose states are all reached.
    """
    chosen = (
        _UNMARKED,
        "as many letters as states",
        "every table is equally likely; letters need not permute the states",
        "one machine for all runs: the first seed with which all states are reached and letters do not commute",
        "chance is 1/m, though states are not visited equally often",
    )
    return _founding("random state machine", connected_random(states, states, seed), states, chosen)


def modular_arithmetic_task(modulus: int, reading: Arithmetic = Arithmetic.LEFT_TO_RIGHT) -> Task:
    """The value modulo m of an expression of digits and + - *.

    Reconstructed: the operators and how they bind. LEFT_TO_RIGHT has one letter per operator and digit and evaluates
    strictly from left to right; PRECEDENCE has one letter per token, binds products first, and words of odd length,
    which are expressions.
    """
    match reading:
        case Arithmetic.LEFT_TO_RIGHT:
            machine, name = _named(f"modarith({modulus})"), "modular arithmetic"
            fused = (_UNMARKED, "operators + - *", "one letter per operator and digit", "evaluated left to right")
            return _founding(name, machine, modulus, fused)
        case Arithmetic.PRECEDENCE:
            machine, name = _named(f"modarith-precedence({modulus})"), "modular arithmetic, products first"
            chosen = (_UNMARKED, "operators + - *", "one letter per token", "products bind first", "odd lengths alone")
            lengths, tests = range(3, 10, 2), range(499, 500)
            chance = Fraction(1, modulus)
            return Task(name, machine, lengths, tests, chance, FOUNDING, chosen, letters=Letters.AVOIDING)


def parity_task() -> Task:
    """Whether the number of 1s is odd: modular addition for m = 2, with True and False for its answers."""
    return _founding("parity", _named("parity"), 2, (_UNMARKED,))


def parity_check() -> Task:
    """Whether the number of 1s is odd."""
    return _regular("parity check", _named("parity"), 2)


def even_pairs_task() -> Task:
    """Whether ab and ba together occur an even number of times, which is to say that first and last letter agree."""
    return _regular("even pairs", _named("even-pairs"), 2)


def cycle_navigation_task(length: int = 5) -> Task:
    """Where a walk on a cycle ends: letters stay, +1 and -1 (in the source the ids 1, 2 and 0)."""
    return _regular("cycle navigation", _named(f"cycle-navigation({length})"), length)


def simple_arithmetic(modulus: int = 5) -> Task:
    """The value modulo m of digits and + - * without brackets, products first; words are expressions of odd length.

    Letters that avoid the sink are those of the source: uniform digits, and between them uniform operators. Its spare
    letter for blanks is left out.
    """
    machine = _named(f"modarith-precedence({modulus})")
    chosen = (_LENGTHS, "no letter for blanks")
    lengths, tests = range(1, 40, 2), range(41, 500, 2)
    return Task(
        *("modular arithmetic (simple)", machine, lengths, tests, Fraction(1, modulus), HIERARCHY, chosen),
        letters=Letters.AVOIDING,
    )


def word_problem(group: str) -> Task:
    """The product of all letters so far in a group by its name: all elements as letters, or with @gens generators.

    Reconstructed: the generators of NAME@gens are those of `fsm2rnn.read`; published tables use others, some of them
    random and unreleased. Raises InputError for another name.
    """
    if not group_shaped(group):
        message = f"{group:.60} is not the name of a group"
        raise InputError(message, hint="such as A5, S5, Z60 or S5@gens")
    machine = _named(group)
    chosen = (_UNMARKED, "uniform letters", "the letters of NAME@gens are the catalogue's generators")
    lengths, tests, chance = range(3, 41), range(40, 257), Fraction(1, len(machine.states))
    return Task(f"word problem of {group}", machine, lengths, tests, chance, WORD_PROBLEMS, chosen, Targets.EVERY)


def flip_flop_task() -> Task:
    """What must come next in words of w, i and r with a bit after each; only the bits after r are hard.

    Letters that avoid the sink give every instruction a third of the places but the first, which is w: the language
    FFL(1/3), where the source takes a share of 0.8 for i. Its figures are errors on the bits after r, so no accuracy
    is scaled.
    """
    chosen = ("each instruction is as likely as any other", "all answers count, not those after r alone")
    return Task(
        *(
            "flip-flop language",
            _named("flip-flop-language"),
            range(512, 513),
            range(512, 513),
            None,
            FLIP_FLOPS,
            chosen,
        ),
        targets=Targets.EVERY,
        letters=Letters.AVOIDING,
    )


_LENGTHS: Final = "lengths are drawn uniformly"


def _named(text: str) -> StateMachine:
    return named_machine(text, max_states=MAX_STATES)


def _founding(name: str, machine: StateMachine, answers: int, chosen: tuple[str, ...]) -> Task:
    chosen = (*chosen, _LAST)
    return Task(name, machine, range(2, 11), range(500, 501), Fraction(1, answers), FOUNDING, chosen)


def _regular(name: str, machine: StateMachine, answers: int) -> Task:
    return Task(name, machine, range(1, 41), range(41, 501), Fraction(1, answers), HIERARCHY, (_LENGTHS,))
