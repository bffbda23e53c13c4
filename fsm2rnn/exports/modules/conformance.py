"""What a module answers, in its own arithmetic, beside its machine: from every state that words reach, and at random.

The walk starts from the module's own start and takes every symbol from every new state, bit for bit, until no new one
is met. Then words of every length are answered right by steps of this dtype on this device and build, whatever is
proved of the recurrence in exact arithmetic. Random words are run whole besides, as modules run them in another order
of operations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import torch
from torch import Tensor

from fsm2rnn.cells.auditable import FLOATS
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.exports.modules.program import ModuleFolder, Program
from fsm2rnn.exports.replay import replay
from fsm2rnn.proof.claim.outputs import next_outputs

STATES: Final = 1 << 16
"""Most states of the module's own arithmetic that are listed."""

Step: TypeAlias = Callable[[Tensor, Tensor | None], tuple[Tensor, Tensor]]


@final
@dataclass(frozen=True)
class Walk:
    """How many states were reached, and the least lead of the right score; None where there is one answer."""

    states: int
    lead: float | None


def conforming(network: Network | Tracker, program: Program, files: dict[str, bytes], where: str) -> ModuleFolder:
    """Return the folder whose program answers as the machine does; NumericError where it does not.

    LimitError for more than `STATES` states.
    """
    walk = closed_walk(network, program.step, where)
    replayed = sum(replay(network, run, where) for run in program.runs)
    return ModuleFolder(files, replayed, walk.states, walk.lead)


@torch.no_grad()
def closed_walk(network: Network | Tracker, step: Step, where: str) -> Walk:
    """Return the walk over all states that words reach; NumericError at the first answer that does not lead."""
    machine = network.machine
    table = torch.tensor(machine.table)
    answers = torch.tensor(next_outputs(machine)) if isinstance(network, Tracker) else table
    letters = torch.arange(len(machine.symbols))
    seen: set[tuple[int, bytes]] = set()
    leads: list[float] = []

    def follow(read: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the machine states, and the new module states, that every letter leads to."""
        ids, before = letters.repeat(len(read)), read.repeat_interleave(len(letters))
        scores, after = step(ids, None if state is None else state.repeat_interleave(len(letters), 0))
        leads.append(_lead(scores, answers[before, ids], where))
        reached = table[before, ids]
        fresh = []
        for place, key in enumerate(_keys(reached, after)):
            if key not in seen:
                seen.add(key)
                fresh.append(place)
        if len(seen) > STATES:
            what = f"states of the arithmetic of {where}"
            raise LimitError(what, limit=STATES)
        return reached[fresh], after[fresh]

    frontier = [follow(torch.tensor([machine.start]), None)]
    while frontier:
        read, state = frontier.pop()
        rows = max(1, FLOATS // (len(letters) * math.prod(state.shape[1:])))
        for first in range(0, len(read), rows):
            part = slice(first, first + rows)
            frontier.append(follow(read[part], state[part]))
    least = min(leads)
    return Walk(len(seen), None if least == torch.inf else least)


def _keys(read: Tensor, state: Tensor) -> Iterator[tuple[int, bytes]]:
    """Yield what a pair of a machine state and a module state is known by: the latter's bits."""
    rows = state.contiguous().flatten(1).view(torch.uint8).numpy()
    for place, row in zip(read.tolist(), rows, strict=True):
        yield place, row.tobytes()


def _lead(scores: Tensor, right: Tensor, where: str) -> float:
    """Return the least lead of the right score over the others, infinite where there are none."""
    own = scores.double().gather(1, right.unsqueeze(1))
    others = scores.double().scatter(1, right.unsqueeze(1), -torch.inf)
    least = float((own - others).amin())
    if not least > 0:  # nor where a score is no number
        message = f"{where} does not answer as the machine does from a state that words reach; nothing is written"
        raise NumericError(message)
    return least
