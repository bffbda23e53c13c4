"""Weights and boxes trained together until the boxes are a proof, which ordinary training alone seldom gives.

Centres c_n and radii r_n of the boxes are parameters beside the weights. Minimised is how far the conditions of
`proof.claim.boxes` are missed: with f_x(box n) = [l, u] and m the node that letter x leads to,

    sum relu(c_m - r_m + s r_m - l) + relu(u - c_m - r_m + s r_m)    an image leaves the box that it is to lie in
    sum relu(1 - lead of the right logit on box n)                   a reading is not clear
    sum 10 relu(z - 1)                                               a gate that keeps its state closes too far

where z is what enters GRU's update gate or LSTM's forget gate at a centre: without the last sum such units stay where
an image is exactly as wide as its box. No word is read and nothing is carried through time, so that a step costs one
interval image for each node and letter.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import torch
from torch import Tensor

from fsm2rnn.cells.cell_proof import proof_of
from fsm2rnn.cells.tracker import Tracker, tracker_for
from fsm2rnn.comparison.answers import Proved, Undecided
from fsm2rnn.comparison.boxes.box_graph import BoxGraph, box_graph
from fsm2rnn.comparison.boxes.box_images import CellParts, Interval, cell_parts, holds, image_bounds, leads
from fsm2rnn.comparison.boxes.found_boxes import NODES, node_medians, proved_boxes
from fsm2rnn.comparison.proved_cell import proved_cell
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine

RADIUS: Final = 0.15
ROOM: Final = 0.05  # of a radius, between an image and the walls: the slack that the proof will have
MARGIN: Final = 1.0
OPEN: Final = 1.0  # sigmoid(1) = .73: a gate below it lets its box shrink
HOLD: Final = 10.0
EVERY: Final = 20  # steps from one question to the kernel to the next: it takes as long as some steps
PATIENCE: Final = 300  # steps
FALL: Final = 0.8  # of the least hinge before, below which it is to come within the steps of patience
SLOWER: Final = 0.3  # times the rate, where it does not: what is left is often the step's own size
SLOWINGS: Final = 2
EVIDENCE: Final = {"program": "fsm2rnn", "method": "train_to_boxes"}
BoxListener: TypeAlias = Callable[[int, float], None]
"""What is told of the steps made and of the hinge that is left, every few steps."""


def train_to_boxes(
    network: Tracker,
    machine: StateMachine | None = None,
    *,
    steps: int = 2_000,
    lr: float = 3e-2,
    history: int = 1,
    seed: int = 0,
    progress: BoxListener | None = None,
) -> Proved | Undecided:
    """Train the weights in place until boxes prove them right for a machine (the network's own) at every length.

    The network is one layer of torch.nn.RNN, GRU or LSTM that has learned the machine. A node is a machine state with
    the last `history` letters (an Elman cell needs 1 for parity, GRU can do with 0); boxes begin around the medians of
    the network's states after random words of `seed`. At most `steps` steps of Adam at `lr`: where the hinge no longer
    falls they become smaller, and then end. After Proved the network carries the proof, and `save` writes it; Undecided
    says how many conditions fail, and the weights are put back.
    Raises InputError for another network, options out of range and a state that is rounded, LimitError for more than
    NODES nodes.
    """
    if steps < 1 or history < 0 or seed < 0 or not 0 < lr < float("inf"):
        message = f"steps start at 1, history and seed at 0 and lr above 0, found {steps}, {history}, {seed} and {lr}"
        raise InputError(message)
    tracker = tracker_for(network, machine)
    if tracker.state_format is not None:
        message = f"boxes hold for a state as it is, and this one is rounded to {tracker.state_format.name}"
        raise InputError(message, hint="a Tracker around the same layer without a state format has the same weights")
    cell_parts(tracker)
    graph = box_graph(tracker.machine, history)
    if len(graph.reads) > NODES:
        what = "boxes that are trained at once"
        raise LimitError(what, limit=NODES, needed=len(graph.reads), hint="history=0 takes the fewest")
    before = {name: tensor.detach().clone() for name, tensor in tracker.state_dict().items()}
    found: Proved | Undecided | None = None
    try:
        found = _trained(tracker, _Boxes(graph, node_medians(tracker, graph, seed)), lr, _Course(steps, progress))
    finally:
        if not isinstance(found, Proved):
            tracker.load_state_dict(before)
    return found


@final
class _Course:
    """How far training has come: when it ends, and who is told."""

    def __init__(self, steps: int, progress: BoxListener | None) -> None:
        self._steps, self._progress = steps, progress
        self._hinges: list[float] = []
        self._slowings = 0

    @property
    def rate(self) -> float:
        """The share of the rate that is left."""
        return SLOWER**self._slowings

    def hear(self, step: int, hinge: float) -> bool:
        """Take the hinge of a step, which is looked at now and then; return whether the step is the last."""
        over = step == self._steps or not math.isfinite(hinge)
        if step % EVERY and not over:
            return False
        self._hinges.append(hinge)
        if self._progress is not None:
            self._progress(step, hinge)
        return over or self._stalls()

    def _stalls(self) -> bool:
        """Slow down where the hinge no longer falls; return whether that was done before as often as it may be."""
        kept, hinges = PATIENCE // EVERY, self._hinges
        if len(hinges) <= kept or min(hinges[-kept:]) <= FALL * min(hinges[:-kept]):
            return False
        self._slowings, self._hinges = self._slowings + 1, []
        return self._slowings > SLOWINGS


@final
class _Boxes:
    """The boxes of a graph as parameters: centres (N, W), and logarithms of radii. The start stays a point, zero."""

    def __init__(self, graph: BoxGraph, centres: Tensor) -> None:
        self.graph = graph
        self.moves = torch.tensor(graph.moves)
        self.claimed = torch.tensor([output is not None for output in graph.outputs])
        self.outputs = torch.tensor([output or 0 for output in graph.outputs])
        self.centres = centres.clone().requires_grad_()
        self.logarithms = torch.full_like(centres, RADIUS).log().requires_grad_()
        self._free = torch.ones(len(centres), 1, dtype=centres.dtype)
        self._free[0] = 0

    def balls(self) -> Interval:
        """Return centres and radii."""
        return self.centres * self._free, self.logarithms.exp() * self._free


@final
@dataclass(frozen=True)
class _Conditions:
    """How the conditions stand: the walls, how far images reach beyond them (D, N, W), leads, what holds too much."""

    box: Interval
    radii: Tensor
    beyond: Tensor
    allowed: Tensor
    leads: Tensor
    held: Tensor

    def hinge(self) -> Tensor:
        """Return what is minimised."""
        found = torch.relu(self.beyond + ROOM * self.allowed).sum() + torch.relu(MARGIN - self.leads).sum()
        return found + HOLD * torch.relu(self.held - OPEN).sum()

    def met(self, share: float) -> bool:
        """Return whether all are met with at least that share of the room and margin that is asked for."""
        inside = bool((self.beyond + share * ROOM * self.allowed < 0).all())
        return inside and bool((self.leads > share * MARGIN).all())

    def missing(self) -> str:
        """Say how many are not met."""
        # Numbers that are none fail each comparison.
        images = int((~(self.beyond < 0)).flatten(2).any(-1).sum())
        unclear = int((~(self.leads > 0)).sum())
        every = self.beyond.shape[0] * self.beyond.shape[1]
        return f"{images} of {every} images leave their boxes, {unclear} of {len(self.leads)} readings are not clear"


def _conditions(parts: CellParts, boxes: _Boxes) -> _Conditions:
    centres, radii = boxes.balls()
    low, high = centres - radii, centres + radii
    beyond, allowed, held = [], [], []
    for letter, targets in enumerate(boxes.moves.unbind(1)):
        least, greatest = image_bounds(parts, (low, high), letter)
        beyond.append(torch.stack([low[targets] - least, greatest - high[targets]], -1))
        allowed.append(radii[targets].unsqueeze(-1))
        held.append(holds(parts, centres, letter))
    ahead = leads(parts, (low, high), boxes.outputs)[boxes.claimed]
    return _Conditions((low, high), radii, torch.stack(beyond), torch.stack(allowed), ahead, torch.stack(held))


def _trained(network: Tracker, boxes: _Boxes, lr: float, course: _Course) -> Proved | Undecided:
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    optimizer = torch.optim.Adam([boxes.centres, boxes.logarithms, *weights], lr=lr)
    step = 0
    while True:
        now = _conditions(cell_parts(network), boxes)
        hinge = now.hinge()
        last = course.hear(step, hinge.item())
        if last or step % EVERY == 0:
            # At the end a proof with less slack is better than none.
            proof = proved_boxes(network, boxes.graph, now.box, EVIDENCE) if now.met(0.0 if last else 0.5) else None
            if proof is not None:
                network.proof = proof_of(proof)
                return proved_cell(network, proof)
        if last:
            return Undecided(f"no boxes after {step:,} steps: {now.missing()}", "without any rounding")
        optimizer.param_groups[0]["lr"] = lr * course.rate
        optimizer.zero_grad()
        hinge.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        step += 1
