"""Breadth-first numbering: the canonical order of states, and the part of a machine that words can reach."""

from __future__ import annotations

from fsm2rnn.machine.state_machine import StateMachine


def reachable_states(machine: StateMachine) -> list[int]:
    """Return {delta*(q0, w)} breadth first from the start, letters in declared order."""
    order = [machine.start]
    seen = {machine.start}
    for state in order:
        for target in machine.table[state]:
            if target not in seen:
                seen.add(target)
                order.append(target)
    return order


def reachable(machine: StateMachine) -> StateMachine:
    """Return the part that words reach, numbered breadth first; the start becomes 0."""
    order = reachable_states(machine)
    return machine if order == list(range(len(machine.states))) else restrict(machine, order)


def canonical(machine: StateMachine) -> StateMachine:
    """Return the same machine numbered breadth first; unreachable states follow in their old order."""
    order = reachable_states(machine)
    seen = set(order)
    return restrict(machine, order + [state for state in range(len(machine.states)) if state not in seen])


def restrict(machine: StateMachine, order: list[int]) -> StateMachine:
    """Return the machine on the states of `order`, which must be closed under delta, in that order."""
    position = {state: new for new, state in enumerate(order)}
    return StateMachine(
        tuple(machine.states[state] for state in order),
        machine.symbols,
        tuple(tuple(position[target] for target in machine.table[state]) for state in order),
        position[machine.start],
        tuple(machine.outputs[state] for state in order),
        machine.is_mealy,
    )
