"""Codes per state and updates per symbol, in integers, and the network of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from fsm2rnn.constructions.integer_network import integer_network
from fsm2rnn.constructions.sizes import Counts, SizeProof, Sizes, measured
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import LimitError
from fsm2rnn.exact.sparse import Vector
from fsm2rnn.exact.updates import Update
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.householder import Householder
from fsm2rnn.proof.claim.contract import Contract

NUMBER_LIMIT = 1 << 21
"""Most numbers in the keys of all updates: 16 MiB in float64."""


@final
@dataclass(frozen=True, eq=False)
class UpdateForm:
    """How many updates each symbol takes, and codes per state, of a network on `width` coordinates.

    The updates themselves are made on demand: LimitError beyond NUMBER_LIMIT numbers in their keys.
    """

    width: int
    counts: tuple[int, ...]  # per symbol
    codes: tuple[Vector, ...]
    make: Callable[[], tuple[tuple[Update, ...], ...]]

    @property
    def steps(self) -> int:
        """The most updates of any symbol, one at least."""
        return max(1, *self.counts)

    def updates(self) -> tuple[tuple[Update, ...], ...]:
        """Return the updates of every symbol."""
        numbers = self.width * self.steps * len(self.counts)
        if numbers > NUMBER_LIMIT:
            what = "numbers in the keys of updates"
            raise LimitError(what, limit=NUMBER_LIMIT, needed=numbers)
        return self.make()


def updates_network(
    machine: StateMachine,
    form: UpdateForm,
    contract: Contract,
    proof: SizeProof,
) -> Compiled:
    """Return the network of a form, proved over the integers; LimitError where it has too many numbers.

    `proof` says whether there are no fewer updates per step.
    """
    operator = Householder(form.width, form.updates())
    sizes = Sizes(measured(operator, Counts.COORDINATES), measured(operator, Counts.UPDATES, proof))
    return integer_network(machine, operator, form.codes, contract, sizes)
