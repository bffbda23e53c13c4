"""f_x(B_i) is inside B_j, j = moves[i][x]: boxes of states of a nonlinear cell that no word leaves.

A node i is a box B_i of states, read as machine state reads_i and shown as output outputs_i. If the cell starts in B_0,
every letter sends all of a box into the box that it moves to, and there the logit of the right output leads, then by
`induction` the greatest logit after every word is the machine's output. Whether also after the empty word is said by
the first node: an output that it does not claim is None, since training seldom asks for it, and that of a Mealy
machine before its first step is none.

The slack is the least distance, over boxes, letters and coordinates, between an image in exact arithmetic and the walls
of the box that holds it. Let every computed step from every point of a box err by at most the slack in every
coordinate, whatever its reasons (rounded or flushed numbers, another order of sums, other tanh), let the start as it is
stored lie in its box, and let every logit at every point of a box err by less than half the margin: then the induction
holds for what is computed, and the claim with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final, final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.activations import BITS
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell import PRODUCT_LIMIT, Cell
from fsm2rnn.proof.claim.cell_images import Box, images, linear_range, spans
from fsm2rnn.proof.claim.induction import Nodes, induction, prove_base
from fsm2rnn.proof.claim.outputs import next_outputs, prove_logits

NODES: Final = Nodes("nodes", "box", "boxes", "a box", "inclusions", "weights")
# A gate between 0 and 2^-BITS times a wall of 2^100 would have to be taken for anything up to 16.
WALL_LIMIT: Final = 1 << (BITS + 24)
# What a tanh or a sigmoid takes, in products of some 100 bits; and how many bits times bits double a product's time.
_ACTIVATION: Final = 256
_LONG: Final = 1 << 16


@final
@dataclass(frozen=True)
class Boxes:
    """A proof that the cell's greatest logit is the machine's output after every word, without end.

    Raises CertificateError that names the part that fails, LimitError for too many inclusions or products.
    """

    machine: StateMachine
    cell: Cell
    boxes: tuple[Box, ...]
    reads: tuple[int, ...]  # machine state per box
    outputs: tuple[int | None, ...]  # per box an index among the machine's output labels
    moves: tuple[tuple[int, ...], ...]  # per box one box per symbol
    slack: Fraction = field(init=False)
    margin: Fraction | None = field(init=False)  # None: there is one output only

    def __post_init__(self) -> None:
        """Prove the claim."""
        prove_base(NODES, self.machine, len(self.cell.inputs), len(self.boxes), self.reads)
        self._prove_shapes()
        self._prove_outputs()
        rooms: list[int] = []
        induction(NODES, self.machine, self.reads, lambda place: self._step(place, rooms))
        object.__setattr__(self, "slack", Fraction(min(rooms), 1 << BITS))
        leads = (lead for place in range(len(self.boxes)) for lead in self._leads(place))
        object.__setattr__(self, "margin", min(leads, default=None))

    @property
    def steps(self) -> int:
        """How many one-step inclusions were proved."""
        return len(self.boxes) * len(self.cell.inputs)

    @property
    def claims_empty_word(self) -> bool:
        """Whether the output of the empty word is claimed: a Mealy machine has none."""
        return self.outputs[0] is not None and not self.machine.is_mealy

    def _prove_shapes(self) -> None:
        width, count = self.cell.width, len(self.boxes)
        if len(self.outputs) != count or len(self.moves) != count:
            message = f"{count} boxes need as many outputs and rows of moves"
            raise CertificateError("nodes", message)
        if not all(0 <= move < count for row in self.moves for move in row):
            message = f"a move is no box index below {count}"
            raise CertificateError("nodes", message)
        if not all(len(box.low) == width and len(box.high) == width for box in self.boxes):
            message = f"a box has other coordinates than the {width} of a state"
            raise CertificateError("boxes", message)
        if not all(low <= high for box in self.boxes for low, high in zip(box.low, box.high, strict=True)):
            message = "a lower wall lies above the upper one"
            raise CertificateError("boxes", message)
        if not all(low <= 0 <= high for low, high in zip(self.boxes[0].low, self.boxes[0].high, strict=True)):
            message = "the start, zero, lies outside the first box"
            raise CertificateError("boxes", message)
        self._prove_walls()

    def _prove_walls(self) -> None:
        cell, walls = self.cell, [wall for box in self.boxes for wall in (*box.low, *box.high)]
        if cell.kind.gates > 1 and max(map(abs, walls)) > WALL_LIMIT:
            message = f"a wall lies beyond {WALL_LIMIT >> BITS}, which gates known to 2^-{BITS} are not multiplied by"
            raise CertificateError("boxes", message)
        weight = max(abs(entry) for row in (*cell.hidden, *cell.readout) for entry in row).bit_length()
        needed = cell.products(len(self.boxes), _ACTIVATION) * (1 + weight * max(map(abs, walls)).bit_length() // _LONG)
        if needed > PRODUCT_LIMIT:
            what = "products of weights and walls"
            raise LimitError(what, limit=PRODUCT_LIMIT, needed=needed)

    def _prove_outputs(self) -> None:
        prove_logits(self.machine, len(self.cell.readout), self.outputs[0])
        shown = next_outputs(self.machine)
        for read, row in zip(self.reads, self.moves, strict=True):
            if shown[read] != [self.outputs[move] for move in row]:
                message = f"a box of state {self.machine.states[read]!r} moves to other outputs than the machine's"
                raise CertificateError("nodes", message)

    def _step(self, place: int, rooms: list[int]) -> Iterator[int]:
        """Yield where the letters move a box, each image proved inside; its distance to the walls goes to `rooms`."""
        for symbol, (image, move) in enumerate(
            zip(images(self.cell, self.boxes[place]), self.moves[place], strict=True)
        ):
            target = self.boxes[move]
            room = min(map(int.__sub__, image.low, target.low))
            room = min(room, *map(int.__sub__, target.high, image.high))
            if room < 0:
                state = self.machine.states[self.reads[place]]
                message = (
                    f"symbol {self.machine.symbols[symbol]!r} sends a box of {state!r} out of the next one, "
                    f"by {Decimal(-room) / (1 << BITS):.2g} at the farthest"
                )
                raise CertificateError("boxes", message)
            rooms.append(room)
            yield move

    def _leads(self, place: int) -> Iterator[Fraction]:
        """Yield by how much the right logit exceeds each other one, at least, on a box whose output is claimed."""
        output = self.outputs[place]
        if output is None:
            return
        cell = self.cell
        middles, widths = spans(self.boxes[place], cell.size)
        for other, (row, bias) in enumerate(zip(cell.readout, cell.readout_bias, strict=True)):
            if other != output:
                ahead = [right - wrong for right, wrong in zip(cell.readout[output], row, strict=True)]
                least = linear_range(ahead, middles, widths)[0] + ((cell.readout_bias[output] - bias) << (BITS + 1))
                if least <= 0:
                    state, label = self.machine.states[self.reads[place]], self.machine.output_labels[output]
                    message = f"on a box of {state!r} the logit of output {label!r} does not lead everywhere"
                    raise CertificateError("margin", message)
                yield Fraction(least, 1 << (BITS + 1 + cell.scale))
