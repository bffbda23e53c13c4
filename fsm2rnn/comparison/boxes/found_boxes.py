"""Boxes for the weights as they are: medians of the states that words leave, grown until no image leaves them.

Each node's box begins around the median of the states in which random words leave the network there, and grows to hold
the images of all boxes that move into it, with some room to the walls (Kleene's iteration with a margin). It closes
where the cell pulls the states of each node together, which compiled cells do and those trained for boxes; ordinary
training gives contraction on average only, and then the boxes grow until a reading is lost, which ends the search.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.cells.packing import pack
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.comparison.boxes.box_graph import BoxGraph, box_graph
from fsm2rnn.comparison.boxes.box_images import CellParts, Interval, cell_parts, image_bounds, leads
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.proof.file.cell_network import HIGH, LOW, BoxNodes, ProvedCell

WORDS: Final = 256  # and letters each: every node of a small machine is met some hundred times
LETTERS: Final = 40
ROUNDS: Final = 60  # growth by a factor of two a round would pass every state by then
RADIUS: Final = 2.0**-6
ROOM: Final = 2.0**-10  # to the walls: above the errors of float32, below what decides
HISTORIES: Final = (0, 1, 2)
NODES: Final = 2_000  # beyond it the kernel's own limit of products is near


def find_boxes(network: Tracker, evidence: Mapping[str, str]) -> ProvedCell | None:
    """Return the kernel's proof by boxes of one layer of torch.nn; None where none were found."""
    parts = cell_parts(network)
    for letters in HISTORIES:
        graph = box_graph(network.machine, letters)
        if len(graph.reads) > NODES:
            return None
        box = _grown(parts, graph, node_medians(network, graph))
        if box is not None:
            proof = proved_boxes(network, graph, box, evidence)
            if proof is not None:
                return proof
    return None


def proved_boxes(network: Tracker, graph: BoxGraph, box: Interval, evidence: Mapping[str, str]) -> ProvedCell | None:
    """Return the kernel's proof of boxes (N, W); None where it refuses them."""
    tensors = {name: pack(name, tensor) for name, tensor in network.state_dict().items()}
    # Walls on a coarse grid, moved outward: a wall may be a short number, and a point of zero stays one.
    fine = 2.0**20
    low, high = torch.floor(box[0] * fine) / fine, torch.ceil(box[1] * fine) / fine
    tensors |= {name: pack(name, end.detach().double()) for name, end in ((LOW, low), (HIGH, high))}
    nodes = BoxNodes(graph.reads, graph.outputs, graph.moves)
    kind = cell_parts(network).kind
    try:
        return ProvedCell(network.machine, kind, nodes, tensors, dict(evidence))
    except (CertificateError, LimitError):
        return None


@torch.no_grad()
def node_medians(network: Tracker, graph: BoxGraph, seed: int = 0) -> Tensor:
    """Return the median state (N, W) of each node over random words, in float64; zero for nodes that none meets."""
    draw = np.random.default_rng(seed)
    ids = torch.from_numpy(draw.integers(0, len(network.machine.symbols), (WORDS, LETTERS)))
    moves = torch.tensor(graph.moves)
    node, state = torch.zeros(WORDS, dtype=torch.int64), network.begin(WORDS)
    nodes, states = [node], [_joined(state)]
    for letters in ids.unbind(1):
        node, state = moves[node, letters], network.step(letters, state)
        nodes.append(node)
        states.append(_joined(state))
    every, found = torch.cat(nodes), torch.cat(states).double()
    medians = torch.zeros(len(graph.reads), found.shape[1], dtype=torch.float64)
    for place in range(len(graph.reads)):
        here = every == place
        if bool(here.any()):
            medians[place] = found[here].median(0).values
    return medians


def _joined(state: Tensor | tuple[Tensor, ...]) -> Tensor:
    return torch.cat(state, 1) if isinstance(state, tuple) else state


@torch.no_grad()
def _grown(parts: CellParts, graph: BoxGraph, medians: Tensor) -> Interval | None:
    """Return boxes that hold all images with room to spare; None where a reading is lost on the way."""
    low, high = medians - RADIUS, medians + RADIUS
    low[0] = high[0] = 0
    moves = torch.tensor(graph.moves)
    outputs = torch.tensor([output or 0 for output in graph.outputs])
    claimed = torch.tensor([output is not None for output in graph.outputs])
    for _ in range(ROUNDS):
        if bool((leads(parts, (low, high), outputs)[claimed] <= 0).any()):
            return None
        grown_low, grown_high = low.clone(), high.clone()
        for letter in range(moves.shape[1]):
            least, greatest = image_bounds(parts, (low, high), letter)
            target = moves[:, letter].unsqueeze(1).expand_as(least)
            grown_low.scatter_reduce_(0, target, least - ROOM, "amin")
            grown_high.scatter_reduce_(0, target, greatest + ROOM, "amax")
        if torch.equal(grown_low, low) and torch.equal(grown_high, high):
            return low, high
        # Half as far again as was missing, so that a limit is passed and not approached for ever.
        low, high = grown_low - (low - grown_low) / 2, grown_high + (grown_high - high) / 2
    return None
