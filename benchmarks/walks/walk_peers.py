"""The same walk in other programs; each call returns something that tells the last state or all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from automata.fa.dfa import DFA

from fsm2rnn.machine.state_machine import StateMachine

try:
    from aalpy.automata import MooreMachine, MooreState
except ImportError:  # the bench extra is not installed
    MooreMachine = None


def letters(ids: Sequence[int]) -> str:
    """Return the word as text, one character below 256 per symbol, as automata-lib reads it fastest."""
    return "".join(chr(33 + symbol) for symbol in ids)


def automata_dfa(machine: StateMachine) -> DFA:
    """Return automata-lib's DFA that accepts in the even states."""
    count = len(machine.states)
    return DFA(
        states=set(range(count)),
        input_symbols={chr(33 + symbol) for symbol in range(len(machine.symbols))},
        transitions={
            state: {chr(33 + symbol): reached for symbol, reached in enumerate(row)}
            for state, row in enumerate(machine.table)
        },
        initial_state=machine.start,
        final_states=set(range(0, count, 2)),
    )


def automata_accepts(machine: StateMachine, ids: Sequence[int]) -> Callable[[], bool]:
    """Return the call of accepts_input."""
    dfa, text = automata_dfa(machine), letters(ids)
    return lambda: dfa.accepts_input(text)


def automata_stepwise(machine: StateMachine, ids: Sequence[int]) -> Callable[[], list[int]]:
    """Return the call that lists read_input_stepwise, the start included."""
    dfa, text = automata_dfa(machine), letters(ids)
    return lambda: list(dfa.read_input_stepwise(text, ignore_rejection=True))


def aalpy_outputs(machine: StateMachine, ids: Sequence[int]) -> Callable[[], list[int]] | None:
    """Return the call of execute_sequence on a Moore machine that outputs its states; None without AALpy."""
    if MooreMachine is None:
        return None
    states = [MooreState(state, state) for state in range(len(machine.states))]
    for state, row in zip(states, machine.table, strict=True):
        state.transitions.update({symbol: states[reached] for symbol, reached in enumerate(row)})
    moore, word = MooreMachine(states[machine.start], states), list(ids)
    return lambda: moore.execute_sequence(moore.initial_state, word)


def dict_walk(machine: StateMachine, ids: Sequence[int]) -> Callable[[], int]:
    """Return a plain walk over a dict of dicts."""
    table = {state: dict(enumerate(row)) for state, row in enumerate(machine.table)}
    word = list(ids)

    def walk() -> int:
        state = machine.start
        for symbol in word:
            state = table[state][symbol]
        return state

    return walk


def torch_loop(machine: StateMachine, ids: Sequence[int]) -> Callable[[], int]:
    """Return the loop h <- W[x] @ h over one-hot states in float32."""
    count = len(machine.states)
    weight = torch.zeros(len(machine.symbols), count, count)
    table = torch.from_numpy(np.array(machine.table)).T
    weight.scatter_(1, table.unsqueeze(1), 1.0)
    start = torch.zeros(count)
    start[machine.start] = 1.0
    word = list(ids)

    @torch.no_grad()
    def walk() -> int:
        state = start
        for symbol in word:
            state = weight[symbol] @ state
        return int(state.argmax())

    return walk
