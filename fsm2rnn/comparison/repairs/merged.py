"""A'_x = W Pi_x W^+, h_0' = W e_start: a machine's own moves in the coordinates in which a network learned it.

V (H, Q) holds the means of the network's states by machine state, U (H, Q) is orthonormal, orthogonal to V and to the
rows of the readout, and W = V + s U. So W has full column rank whatever V is, the readout reads W e_q as it reads
V e_q, and by induction the state after a word w is W e_q with q = delta(q_0, w), in exact arithmetic. In floats that
lasts for a horizon, or for ever where the state is put back on its prototype W e_q (theorem S).
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.comparison.extraction.votes import LENGTH, followed_words
from fsm2rnn.comparison.laws import states_along
from fsm2rnn.comparison.repairs.edited import Edited, prototype_proof
from fsm2rnn.comparison.repairs.state_readout import StateReadout
from fsm2rnn.errors import InputError, LimitError, NumericError
from fsm2rnn.machine.state_machine import StateMachine

SHARES: Final = (0.5, 2.0, 8.0)
"""s in units of the states' length, tried in turn: the larger, the nearer A' is to an isometry, and to a proof."""

RANK: Final = 1e-9  # of the greatest singular value: below it a direction is rounding
APART: Final = 0.02  # of the greatest singular value: prototypes nearer to each other magnify errors fiftyfold


def merged_layer(network: Tracker, layer: BilinearRNN, reading: StateReadout, machine: StateMachine) -> Edited:
    """Return a full layer moved letter by letter, of several s the first that is proved to last, else the first.

    Raises InputError for an embedding whose rows depend on each other, LimitError where short words do not reach every
    state, or where the width has no room for the prototypes.
    """
    _require_separate_letters(network)
    means = _means(network, machine)
    free = _free_directions(means, reading.readout, len(machine.states))
    length = float(means.norm(dim=0).mean())
    tried: list[Edited] = []
    for share in SHARES:
        tried.append(_merged(network, layer, means + share * length * free, machine))
        if tried[-1].lasting:
            return tried[-1]
    return tried[0]


def _require_separate_letters(network: Tracker) -> None:
    if network.embedding is not None:
        rows = network.embedding.weight.detach().double()
        if int(torch.linalg.matrix_rank(rows)) < len(rows):
            message = "the embedding's rows depend on each other, so that letters cannot be set one by one"
            raise InputError(message)


@torch.no_grad()
def _means(network: Tracker, machine: StateMachine) -> Tensor:
    """Return the mean direction of the states by machine state, of their median length, (H, Q) in float64."""
    read = followed_words(network)
    rows = read.states[0] if isinstance(read.states, tuple) else read.states
    rows = rows.double().cpu()
    norms = rows.norm(dim=1, keepdim=True)
    if not bool(norms.isfinite().all()):
        message = "the state is no longer finite"
        raise NumericError(message)
    along = states_along(machine, read.ids)
    at, later = along.flatten(), torch.ones_like(along, dtype=torch.bool)
    later[:, 0] = False  # where the state after a word stands, not before it
    later = later.flatten()
    directions, found = rows / norms.clamp_min(1e-30), []
    for state in range(len(machine.states)):
        chosen = (at == state) & later
        if not bool(chosen.any()):
            chosen = at == state  # a start to which no word comes back
        if not bool(chosen.any()):
            what = f"letters of random words that reach state {machine.states[state]!r}"
            raise LimitError(what, limit=LENGTH)
        found.append(directions[chosen].mean(0))
    return torch.stack(found, 1) * float(norms.median())


def _free_directions(means: Tensor, readout: nn.Linear, states: int) -> Tensor:
    """Return U (H, Q) with orthonormal columns, orthogonal to the means and to the readout's rows.

    Where fewer than Q directions are free, the columns are Q unit vectors spread over those that are, and the means
    must keep the prototypes apart themselves: LimitError where they do not.
    """
    used = torch.cat([means, readout.weight.detach().double().cpu().T], 1)
    left, sizes, _ = torch.linalg.svd(used, full_matrices=True)
    rank = int((sizes > RANK * sizes[0]).sum())
    free: Tensor = left[:, rank:]
    if free.shape[1] >= states:
        return free[:, :states]
    spread = torch.eye(states, dtype=torch.float64)[: free.shape[1]]
    found: Tensor = free @ spread
    apart = torch.linalg.svdvals(means + float(means.norm(dim=0).mean()) * SHARES[0] * found)
    if states > len(means) or apart[-1] < APART * apart[0]:
        what = "hidden numbers: states, and the directions that their means and the readout take"
        raise LimitError(what, limit=len(means), needed=rank + states, hint="compile gives a network of its own width")
    return found


def _merged(network: Tracker, layer: BilinearRNN, prototypes: Tensor, machine: StateMachine) -> Edited:
    """Return the layer with A'_x, and the proof of such a layer without normalisation."""
    inverse = torch.linalg.pinv(prototypes)
    columns = [list(column) for column in zip(*machine.table, strict=True)]
    permuting = all(len(set(column)) == len(column) for column in columns)
    # Where every letter permutes, what no prototype spans stays as it is: the nearer to an isometry, the longer proved.
    rest = torch.eye(len(prototypes), dtype=torch.float64) - prototypes @ inverse
    moved = torch.stack([prototypes[:, column] @ inverse + rest * permuting for column in columns])
    weight = layer.get_parameter("weight").detach().double().cpu()
    if network.embedding is not None:
        rows = network.embedding.weight.detach().double().cpu()
        now = torch.einsum("dk,hik->dhi", rows, weight)
        changed: Tensor = weight + torch.einsum("kd,dhi->hik", torch.linalg.pinv(rows), moved - now)
    else:
        changed = moved.permute(1, 2, 0)
    start = prototypes[:, machine.start]
    made = _full(layer, changed, start, normalize=layer.normalize)
    plain = _full(layer, moved.permute(1, 2, 0), start, normalize=False)
    return Edited(made, prototypes, prototype_proof(plain, prototypes, machine))


def _full(layer: BilinearRNN, weight: Tensor, start: Tensor, *, normalize: bool) -> BilinearRNN:
    kind, device = layer.initial_state.dtype, layer.initial_state.device
    hidden, _, inputs = weight.shape
    made = BilinearRNN(inputs, hidden, normalize=normalize, dtype=kind, device=device)
    made.load_state_dict({"weight": weight.to(kind).contiguous(), "initial_state": start.to(kind)})
    return made.eval()
