"""Programs of linear states: a network out and back, equal in symbols; other programs are refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

import fsm2rnn
from fsm2rnn.cells.exchange.linear_programs import (
    Concat,
    Input,
    LinearMap,
    LinState,
    Multiplicative,
    Rectifier,
    Slice,
    network_program,
    recurrence,
    run_program,
)
from fsm2rnn.compiler import ask, find_target
from fsm2rnn.errors import InputError
from fsm2rnn.proof.claim.contract import Contract

LAST = "maps:0,0,0;1,1,1;2,2,2"
LENGTH_AND_LAST = "maps:2,2,0,0;3,3,1,1"


def compiled(machine, name="lru"):
    return ask(fsm2rnn.read(machine), find_target(name), Contract.INJECTIVE).verdict


def symbols_of(letters, steps):
    """Return words of symbols whose numbers sum to 1, as those of one-hot letters do."""
    word = []
    for step in range(steps):
        free = list(sympy.symbols(f"x{step}_:{letters - 1}"))
        word.append([*free, 1 - sum(free)])
    return word


def bilinear(matrices, first, word):
    """Return the states of h <- sum of x_k M_k (h, 1), in symbols."""
    state, found = [*first, 1], []
    dense = [[[dict(column).get(row, 0) for column in one.columns] for row in range(one.height)] for one in matrices]
    for letter in word:
        state = [
            sum(
                x * sum(entry * s for entry, s in zip(one[row], state, strict=True))
                for x, one in zip(letter, dense, strict=True)
            )
            for row in range(len(state))
        ]
        found.append(state[:-1])
    return found


@pytest.mark.parametrize("machine", [LAST, LENGTH_AND_LAST, "maps:0"])
def test_a_network_out_and_back_is_equal_in_symbols(machine):
    verdict = compiled(machine)
    program = network_program(verdict)
    letters = len(verdict.proof.machine.symbols)
    back = recurrence(program)
    assert back == tuple(verdict.operator.matrix(letter) for letter in range(letters))
    word = symbols_of(letters, 3)
    for one, other in zip(run_program(program, word), bilinear(back, program.first, word), strict=True):
        assert all(sympy.expand(a - b) == 0 for a, b in zip(one, other, strict=True))


def test_the_states_of_a_program_are_the_codes_of_the_network():
    verdict = compiled(LENGTH_AND_LAST)
    machine, word = verdict.proof.machine, [0, 1, 1, 0, 1, 0, 0]
    found = run_program(network_program(verdict), [[int(place == letter) for place in range(2)] for letter in word])
    state = machine.start
    codes = {read: code for code, read in zip(verdict.proof.codes, verdict.proof.reads, strict=True)}
    for letter, numbers in zip(word, found, strict=True):
        state = machine.table[state][letter]
        assert [dict(codes[state]).get(place, 0) for place in range(len(numbers))] == numbers


def test_every_primitive_that_reads_the_letter_alone_comes_back():
    letter = Input(2)
    half = LinearMap(((Fraction(1, 2), Fraction(-1)),), (Fraction(1),), letter)
    entering = Concat((Rectifier(half), Slice(1, 2, letter), Multiplicative(half, Slice(0, 1, letter))))
    unit = tuple(tuple(Fraction(int(row == column)) for column in range(3)) for row in range(3))
    program = LinState(unit, unit, (Fraction(0),) * 3, entering)
    offsets = [[dict(one.columns[3]).get(row, 0) for row in range(3)] for one in recurrence(program)]
    assert offsets == [[Fraction(3, 2), 0, Fraction(3, 2)], [0, 1, 0]]


def test_programs_of_other_kinds_are_refused():
    with pytest.raises(InputError, match="transitions"):
        network_program(compiled("flip-flop", "mamba"))
    with pytest.raises(InputError, match="exact network"):
        network_program(compiled("S3@gens", "sd-ssm"))
    one = ((Fraction(1),),)
    inner = LinState(one, one, (Fraction(0),), Input(1))
    with pytest.raises(InputError, match="several layers"):
        recurrence(LinState(one, one, (Fraction(0),), inner))
    with pytest.raises(InputError, match="one alphabet"):
        recurrence(LinState(one, ((Fraction(1),) * 3,), (Fraction(0),), Concat((Input(1), Input(2)))))
