"""Two alphabets side by side: by labels where both have the same, else by place, as the numbers of a network's ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn

from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True)
class Matching:
    """Letter x of the first machine is letter letters[x] of the other, whose output with key k is outputs[k] here."""

    letters: tuple[int, ...]
    outputs: Mapping[Label, Label]


def matching(first: StateMachine, other: StateMachine) -> Matching:
    """Return which letters and outputs of two machines are one.

    Equal sets of labels are matched by label, others by place: symbol x of one is symbol x of the other, and output k
    is output k of `output_labels`. InputError where their numbers differ.
    """
    for what, mine, theirs in (
        ("symbols", first.symbols, other.symbols),
        ("outputs", first.output_labels, other.output_labels),
    ):
        if len(mine) != len(theirs):
            message = f"one has {len(mine)} {what}, the other {len(theirs)}"
            raise InputError(message)
    letters = _places(first.symbols, other.symbols)
    outputs = _places(other.output_labels, first.output_labels)
    told = zip(other.output_labels, outputs, strict=True)
    return Matching(letters, {typed(label): first.output_labels[place] for label, place in told})


def matched_machine(machine: StateMachine, found: Matching, symbols: tuple[Label, ...]) -> StateMachine:
    """Return the other machine, or one with its labels, in the letters and outputs of the first one."""
    table = tuple(tuple(row[letter] for letter in found.letters) for row in machine.table)
    outputs = tuple(
        tuple(found.outputs[typed(output[letter])] for letter in found.letters)
        if isinstance(output, tuple) and machine.is_mealy
        else found.outputs[typed(output)]
        for output in machine.outputs
    )
    return StateMachine(machine.states, symbols, table, machine.start, outputs, machine.is_mealy)


def _places(labels: tuple[Label, ...], among: tuple[Label, ...]) -> tuple[int, ...]:
    """Return the place of each label among equal ones, or its own place where the two sets differ."""
    place = {typed(label): number for number, label in enumerate(among)}
    wanted = [typed(label) for label in labels]
    return tuple(place[key] for key in wanted) if set(wanted) == set(place) else tuple(range(len(labels)))


def ordered_readout(network: Tracker, machine: StateMachine) -> nn.Linear:
    """Return a copy of the readout, row k for output label k of the machine: the rows as they are where these agree."""
    place = {typed(label): number for number, label in enumerate(network.machine.output_labels)}
    rows = [place[typed(label)] for label in machine.output_labels]
    if len(rows) < len(place):
        message = f"the machine shows {len(rows)} of the network's {len(place)} outputs"
        raise InputError(message)
    old = network.readout
    return linear_map(old.weight.detach()[rows], None if old.bias is None else old.bias.detach()[rows])


def linear_map(weight: Tensor, bias: Tensor | None) -> nn.Linear:
    """Return the layer x -> weight x + bias."""
    made = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype, device=weight.device)
    with torch.no_grad():
        made.weight.copy_(weight)
        if bias is not None:
            made.bias.copy_(bias)
    return made
