"""lambda along a word as indices among a machine's output labels: what the logits of a cell's readout stand for."""

from __future__ import annotations

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.state_machine import StateMachine


def output_places(machine: StateMachine) -> dict[Label, int]:
    """Return the index of each output label, by its typed key."""
    return {typed(label): place for place, label in enumerate(machine.output_labels)}


def next_outputs(machine: StateMachine) -> list[list[int]]:
    """Return the index of the output after each letter in each state, (Q, D): of the state reached, or of the move."""
    places = output_places(machine)
    rows = machine.outputs if machine.is_mealy else [[machine.outputs[to] for to in row] for row in machine.table]
    return [[places[typed(label)] for label in row] for row in rows]


def prove_logits(machine: StateMachine, logits: int, first: int | None) -> None:
    """Prove that there is one logit per output, and that the first node claims that of the start, or nothing.

    A Mealy machine shows nothing before the first symbol: there the first node shows any of its outputs, as a node that
    words lead to does, or nothing.
    """
    places = output_places(machine)
    if logits != len(places):
        message = f"{len(places)} outputs need as many logits, found {logits}"
        raise CertificateError("weights", message)
    started = range(logits) if machine.is_mealy else [places[typed(machine.outputs[machine.start])]]
    if first not in {None, *started}:
        message = "the first node claims another output than that of the start"
        raise CertificateError("nodes", message)
