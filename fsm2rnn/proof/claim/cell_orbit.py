"""Grid states that words reach, however a step is evaluated: once closed, they are all there ever are.

The state is rounded after each symbol to multiples of 2^-K, ties to even. A node is a grid state, read as machine state
reads_i and shown as outputs_i. From each, every letter leads to all grid states that a float32 evaluation of the step
can round to: rounding rises, so coordinate by coordinate to those between the rounded ends of an interval that holds
every computed value (`cell_arithmetic`), and to all their combinations. If all of these are listed nodes of the right
reading, and on each node the right logit leads by more than both logits can err, then by induction the computed network
is right after every word, whatever the order of its sums, even if it changes from step to step.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell import PRODUCT_LIMIT, Cell, Row
from fsm2rnn.proof.claim.cell_arithmetic import sum_error
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.induction import Nodes, branching_induction, prove_base, prove_distinct
from fsm2rnn.proof.claim.outputs import next_outputs, prove_logits
from fsm2rnn.proof.claim.packed_rows import PackedRows
from fsm2rnn.proof.claim.point_steps import ElmanSteps, GatedSteps, point_steps

STATES: Final = Nodes("nodes", "grid state", "grid states", "a grid state", "steps", "weights")
GRIDS: Final = range(1, 13)
STATE_LIMIT: Final = 100_000  # a minute of a GRU of some twenty units and two letters, ten seconds of an Elman cell
_ACTIVATION: Final = 16  # products that a tanh or a sigmoid takes: they are read off at knots
BRANCH_LIMIT: Final = 1 << 12  # combinations of one step; steps that round near no tie have one


@final
@dataclass(frozen=True)
class CellOrbit:
    """A proof that the computed cell, its state rounded to the grid, gives the machine's output after every word.

    Raises CertificateError that names the part that fails, LimitError for too many states or combinations.
    """

    machine: StateMachine
    cell: Cell
    grid: int  # K
    states: tuple[tuple[int, ...], ...]  # in units of 2^-K; of LSTM h stands before c
    reads: tuple[int, ...]
    outputs: tuple[int | None, ...]
    margin: Fraction | None = field(init=False)  # the least lead beyond what both logits err; None: one output

    def __post_init__(self) -> None:
        """Prove the claim."""
        if len(self.outputs) != len(self.states):
            message = f"{len(self.states)} grid states need as many outputs, found {len(self.outputs)}"
            raise CertificateError("nodes", message)
        if len(self.states) > STATE_LIMIT:
            what = "grid states that are proved one by one"
            raise LimitError(what, limit=STATE_LIMIT, needed=len(self.states))
        needed = self.cell.products(len(self.states), _ACTIVATION)
        if needed > PRODUCT_LIMIT:
            what = "products of weights and grid states"
            raise LimitError(what, limit=PRODUCT_LIMIT, needed=needed)
        prove_base(STATES, self.machine, len(self.cell.inputs), len(self.states), self.reads)
        self._prove_arithmetic()
        self._prove_shapes()
        nodes = list(zip(self.states, self.reads, self.outputs, strict=True))
        prove_distinct(STATES, nodes)
        index = {node: place for place, node in enumerate(nodes)}
        steps, shown = point_steps(self.cell, self.grid), next_outputs(self.machine)
        branching_induction(STATES, self.machine, self.reads, lambda place: self._step(place, index, steps, shown))
        object.__setattr__(self, "margin", self._least_lead())

    @property
    def steps(self) -> int:
        """How many steps were proved."""
        return len(self.states) * len(self.cell.inputs)

    @property
    def claims_empty_word(self) -> bool:
        """Whether the output of the empty word is claimed: a Mealy machine has none."""
        return self.outputs[0] is not None and not self.machine.is_mealy

    def _prove_arithmetic(self) -> None:
        cell = self.cell
        if self.grid not in GRIDS:
            message = f"the grid of 2^-{self.grid} is none of 2^-{GRIDS[0]} to 2^-{GRIDS[-1]}"
            raise CertificateError("nodes", message)
        if cell.kind is CellKind.RELU:
            message = "the states of relu are not bounded by 1, as the errors of sums suppose"
            raise CertificateError("cell", message)
        if cell.form != FLOAT32 or cell.readout_form != FLOAT32:
            message = "the errors of steps are those of float32 weights"
            raise CertificateError("float", message)
        rows = [*zip(cell.hidden, cell.hidden_bias, strict=True), *zip(cell.readout, cell.readout_bias, strict=True)]
        most = max(sum(map(abs, row)) + abs(bias) for row, bias in rows)
        most += max(entry for sums in cell.input_sums for entry in sums)
        # Twice that, with its error, is still far below the largest float32.
        if most >> cell.scale > FLOAT32.largest >> 2:
            message = "a sum can overflow float32"
            raise CertificateError("float", message)

    def _prove_shapes(self) -> None:
        cell, one = self.cell, 1 << self.grid
        if not all(len(state) == cell.width for state in self.states):
            message = f"a grid state has other coordinates than the {cell.width} of a state"
            raise CertificateError("nodes", message)
        # Scaling by 2^K and rounding are exact in float32 up to 2^24, and |h| <= 1 bounds the errors of sums.
        largest = 1 << FLOAT32.precision
        if not all(abs(wall) <= largest for state in self.states for wall in state) or not all(
            abs(wall) <= one for state in self.states for wall in state[: cell.size]
        ):
            message = "a coordinate of a grid state is too large"
            raise CertificateError("nodes", message)
        if any(self.states[0]):
            message = "the first grid state is not the start, zero"
            raise CertificateError("nodes", message)
        prove_logits(self.machine, len(cell.readout), self.outputs[0])

    def _step(
        self,
        place: int,
        index: dict[tuple[tuple[int, ...], int, int | None], int],
        steps: ElmanSteps | GatedSteps,
        shown: list[list[int]],
    ) -> Iterator[Iterator[int | None]]:
        read = self.reads[place]
        after = zip(self.machine.table[read], shown[read], strict=True)
        for (first, last), (to, output) in zip(steps.ends(self.states[place]), after, strict=True):
            if first == last:
                yield iter((index.get((first, to, output)),))
                continue
            ranges = branches(first, last)
            yield (index.get((state, to, output)) for state in itertools.product(*ranges))

    def _least_lead(self) -> Fraction | None:
        """Return by how much the right logit leads beyond what both err; CertificateError where it does not."""
        cell, fine = self.cell, self.grid + self.cell.scale
        rows = list(zip(cell.readout, cell.readout_bias, strict=True))
        errors = [_logit_error(row, bias, cell.scale, fine) for row, bias in rows]
        packed = PackedRows(cell.readout, [bias << self.grid for bias in cell.readout_bias], 1 << self.grid)
        least: int | None = None
        for state, read, output in zip(self.states, self.reads, self.outputs, strict=True):
            if output is None:
                continue
            logits = packed.sums(state[: cell.size])
            leads = [
                logits[output] - logit - errors[output] - error for logit, error in zip(logits, errors, strict=True)
            ]
            del leads[output]
            lead = min(leads, default=1)
            if lead <= 0:
                name, label = self.machine.states[read], self.machine.output_labels[output]
                message = f"on a grid state of {name!r} the logit of output {label!r} does not lead for certain"
                raise CertificateError("margin", message)
            least = lead if least is None else min(least, lead)
        return None if least is None or len(rows) == 1 else Fraction(least, 1 << fine)


def branches(first: Row, last: Row) -> list[range]:
    """Return the grid points of each coordinate; LimitError for too many combinations."""
    ranges = [range(low, high + 1) for low, high in zip(first, last, strict=True)]
    if math.prod(map(len, ranges)) > BRANCH_LIMIT:
        what = "grid states that one step may round to"
        raise LimitError(what, limit=BRANCH_LIMIT, needed=math.prod(map(len, ranges)))
    return ranges


def _logit_error(row: Sequence[int], bias: int, scale: int, fine: int) -> int:
    """Return by how much a float32 logit of a state with |h| <= 1 errs, rounded up, in units of 2^-fine."""
    error = sum_error(len(row) + 1, Fraction(sum(map(abs, row)) + abs(bias), 1 << scale)) * (1 << fine)
    return -(-error.numerator // error.denominator)
