"""Every word leads a gated stack into a listed set of states that shows the machine's output.

A node is a set of states of zeros and ones: some channels are 1, some 0, some are free. Mostly none is free, and the
node is one state. Where the machine is absorbed all but the channels that say so are free, so that nothing has to be
known of what the other registers hold then; such a node is closed under every letter, and shows its output, for every
content of the free channels. If the initial state lies in node 0, and every letter sends all of a node into one listed
node that is read as the machine moves and shows what it then shows, then by `induction` the greatest logit after every
word is the machine's output.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.induction import Nodes, induction, prove_base, prove_distinct
from fsm2rnn.proof.claim.outputs import next_outputs, prove_logits
from fsm2rnn.proof.claim.stack_units import StackUnits

TUPLES: Final = Nodes("nodes", "tuple", "tuples", "a tuple", "inclusions", "weights")
UNIT_LIMIT: Final = 1 << 29
"""Most units looked at, over nodes and symbols: about a minute."""


@final
@dataclass(frozen=True)
class StackSimulation:
    """A proof that the stack's greatest logit is the machine's output after every word, without end.

    `on[i]` and `free[i]` are the channels of node i that are 1, and those that may be anything. CertificateError names
    the part that fails, LimitError too many units.
    """

    machine: StateMachine
    units: StackUnits
    on: tuple[int, ...]
    free: tuple[int, ...]
    reads: tuple[int, ...]  # machine state per node
    outputs: tuple[int | None, ...]  # per node an index among the machine's output labels
    margin: Fraction | None = field(init=False)  # None: there is one output only

    def __post_init__(self) -> None:
        """Prove the claim."""
        prove_base(TUPLES, self.machine, len(self.units.letters), len(self.on), self.reads)
        self._prove_shapes()
        prove_logits(self.machine, len(self.units.logits), self.outputs[0])
        places = self._places()
        shown = next_outputs(self.machine)
        induction(TUPLES, self.machine, self.reads, lambda node: self._step(node, places, shown))
        leads = (lead for node in range(len(self.on)) for lead in self._leads(node))
        least = min(leads, default=None)
        object.__setattr__(self, "margin", None if least is None else Fraction(least))

    @property
    def steps(self) -> int:
        """How many one-step inclusions were proved."""
        return len(self.on) * len(self.units.letters)

    @property
    def claims_empty_word(self) -> bool:
        """Whether the output of the empty word is claimed: a Mealy machine has none."""
        return self.outputs[0] is not None and not self.machine.is_mealy

    @property
    def sums(self) -> int:
        """Bound of every partial sum before a rectifier, in any state, and of every one of a logit on the nodes.

        And of every weight of a logit: one of a unit that is never shown still has to be stored, since 0 times the
        infinity that it became is no number.
        """
        found = max(self.units.widest, *(abs(weight) for row in self.units.logits for _, weight in row), 0)
        for on, free in zip(self.on, self.free, strict=True):
            shown = self.units.shown(on, free)
            for row, bias in zip(self.units.logits, self.units.logit_bias, strict=True):
                found = max(found, abs(bias) + sum(abs(weight) * shown[place][1] for place, weight in row))
        return found

    def _prove_shapes(self) -> None:
        count, everything = len(self.on), (1 << self.units.channels) - 1
        if len(self.free) != count or len(self.outputs) != count:
            message = f"{count} tuples need as many free channels and outputs"
            raise CertificateError("nodes", message)
        if any((one | free) & ~everything or one & free for one, free in zip(self.on, self.free, strict=True)):
            message = f"channels of a tuple are numbered below {self.units.channels}, and none is both 1 and free"
            raise CertificateError("nodes", message)
        start = self.units.start
        if not self._holds(0, start, everything & ~start):
            message = "the initial state lies outside the first tuple"
            raise CertificateError("nodes", message)
        prove_distinct(TUPLES, list(zip(self.on, self.free, self.reads, self.outputs, strict=True)))
        needed = self.steps * (len(self.units.bias) + len(self.units.shown_bias))
        if needed > UNIT_LIMIT:
            what = "units looked at in a proof of a gated stack"
            raise LimitError(what, limit=UNIT_LIMIT, needed=needed)

    def _places(self) -> dict[tuple[int, int | None], tuple[dict[int, int], list[int]]]:
        """Return by reading and output the nodes of one state, by that state, and the nodes with free channels."""
        found: dict[tuple[int, int | None], tuple[dict[int, int], list[int]]] = {}
        for node, key in enumerate(zip(self.reads, self.outputs, strict=True)):
            points, wide = found.setdefault(key, ({}, []))
            if self.free[node]:
                wide.append(node)
            else:
                points[self.on[node]] = node
        return found

    def _step(
        self,
        node: int,
        places: dict[tuple[int, int | None], tuple[dict[int, int], list[int]]],
        shown: list[list[int]],
    ) -> Iterator[int | None]:
        """Yield where the letters move all of a node: one listed node of the next state and output, None for no one."""
        read, everything = self.reads[node], (1 << self.units.channels) - 1
        images = self.units.images(self.on[node], self.free[node])
        wanted = zip(self.machine.table[read], shown[read], strict=True)
        for (ones, zeros), key in zip(images, wanted, strict=True):
            points, wide = places.get(key, ({}, []))
            if ones | zeros == everything and ones in points:
                yield points[ones]
            else:
                yield next((place for place in wide if self._holds(place, ones, zeros)), None)

    def _holds(self, node: int, ones: int, zeros: int) -> bool:
        """Return whether states that are 1 on `ones` and 0 on `zeros` lie in a node."""
        off = ((1 << self.units.channels) - 1) & ~self.on[node] & ~self.free[node]
        return not self.on[node] & ~ones and not off & ~zeros

    def _leads(self, node: int) -> Iterator[int]:
        """Yield by how much the right logit exceeds each other one, at least, on a node whose output is claimed."""
        output = self.outputs[node]
        if output is None:
            return
        shown, units = self.units.shown(self.on[node], self.free[node]), self.units
        right = dict(units.logits[output])
        for other, (row, bias) in enumerate(zip(units.logits, units.logit_bias, strict=True)):
            if other == output:
                continue
            ahead = {place: -weight for place, weight in row}
            for place, weight in right.items():
                ahead[place] = ahead.get(place, 0) + weight
            least = sum(weight * shown[place][weight < 0] for place, weight in ahead.items())
            least += units.logit_bias[output] - bias
            if least <= 0:
                state, label = self.machine.states[self.reads[node]], self.machine.output_labels[output]
                message = f"on a tuple of {state!r} the logit of output {label!r} does not lead everywhere"
                raise CertificateError("margin", message)
            yield least
