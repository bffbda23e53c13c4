"""AALpy's Dfa, MooreMachine and MealyMachine as machines; aalpy is not imported, its objects say what they are."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Protocol

from fsm2rnn.choice import choose_member
from fsm2rnn.errors import InputError
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.draft import Arc, Completion, Draft, assemble


class AalpyState(Protocol):
    """What is read of every state; a Dfa's adds `is_accepting`, a Moore state `output`, a Mealy state `output_fun`."""

    state_id: Hashable

    @property
    def transitions(self) -> Mapping[Any, Any]:
        """Return the next state of each input."""


class AalpyModel(Protocol):
    """What is read of a deterministic automaton of AALpy."""

    @property
    def states(self) -> Sequence[Any]:
        """Return the states."""

    @property
    def initial_state(self) -> Any:  # noqa: ANN401  a state of any of three classes
        """Return the start."""


def from_aalpy(model: AalpyModel, *, complete: Completion | str = Completion.ERROR) -> StateMachine:
    """Return the machine of an AALpy model, states named by `state_id`, symbols by first appearance.

    A Dfa gives an acceptor, a Mealy machine its Moore form. Raises InputError for a missing transition
    under Completion.ERROR, and for a model that is none of the three.
    """
    kind = _kind(model)
    states = list(model.states)
    number = {id(state): index for index, state in enumerate(states)}
    symbols: dict[Hashable, int] = {}
    arcs = []
    for source, state in enumerate(states):
        for symbol, target in state.transitions.items():
            if id(target) not in number:
                message = f"state {state.state_id!r} goes under {symbol!r} to a state outside the model"
                raise InputError(message)
            output = state.output_fun.get(symbol) if kind == "output_fun" else None
            arcs.append(Arc(source, symbols.setdefault(symbol, len(symbols)), number[id(target)], None, output))
    outputs = None if kind == "output_fun" else tuple(getattr(state, kind) for state in states)
    start = number.get(id(model.initial_state))
    names = tuple(state.state_id for state in states)
    return canonical(
        assemble(
            Draft(names, tuple(symbols), tuple(arcs), start, outputs), choose_member("completion", complete, Completion)
        )
    )


def _kind(model: AalpyModel) -> str:
    """Return the attribute that holds the outputs of the model's states."""
    if getattr(model, "states", None) and all(isinstance(getattr(q, "transitions", None), dict) for q in model.states):
        for name in ("output_fun", "is_accepting", "output"):
            if all(hasattr(state, name) for state in model.states) and not _branches(model):
                return name
    message = f"a {type(model).__name__} is no Dfa, MooreMachine or MealyMachine of AALpy"
    raise InputError(message)


def _branches(model: AalpyModel) -> bool:
    """Return whether a transition leads to several states, as in AALpy's stochastic and non-deterministic models."""
    return any(isinstance(target, list) for state in model.states for target in state.transitions.values())
