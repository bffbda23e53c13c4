"""repair: A'_x = W Pi_x W^+, h_0' = W e_start: a machine's own moves in the coordinates in which a network learned it.

V (H, Q) holds the means of the network's states by machine state, U (H, Q) is orthonormal, orthogonal to V and to the
rows of the readout, and W = V + s U. So W has full column rank whatever V is, the readout reads W e_q as it reads
V e_q, and by induction the state after a word w is W e_q with q = delta(q_0, w), in exact arithmetic. In floats that
lasts for a horizon, or for ever where the state is put back on its prototype W e_q (theorem S).
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from fsm2rnn import api
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network, lift
from fsm2rnn.cells.readout import LinearReadout
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.comparison.extraction.votes import LENGTH, followed_words
from fsm2rnn.comparison.laws import states_along
from fsm2rnn.comparison.matching import matched_machine, matching
from fsm2rnn.comparison.repaired import Adapter, Repaired
from fsm2rnn.errors import CertificateError, InputError, LimitError, NumericError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.mealy import moore_form
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.snapped import snapped
from fsm2rnn.proof.file.network import ProvedNetwork

SHARES: Final = (0.5, 2.0, 8.0)
"""s in units of the states' length, tried in turn: the larger, the nearer A' is to an isometry, and to a proof."""

RANK: Final = 1e-9  # of the greatest singular value: below it a direction is rounding
APART: Final = 0.02  # of the greatest singular value: prototypes nearer to each other magnify errors fiftyfold


def repair(network: Tracker, machine: StateMachine | None = None) -> Repaired:
    """Return an exact network in the coordinates of a bilinear one that learned a machine (its own by default).

    The layer is a BilinearRNN of structure "full"; symbols enter one-hot, or by an embedding with independent rows.
    Means are taken over random words of 12 letters. Raises InputError for other layers and for a machine that does not
    fit, LimitError where such words do not reach every state, or where H < Q + the rank of the means and the readout.
    """
    layer = _layer(network)
    told = network.machine if machine is None else machine
    outward = minimise(matched_machine(told, matching(network.machine, told), network.machine.symbols)).target
    inner = minimise(moore_form(outward).machine).target if outward.is_mealy else outward
    means = _means(network, inner)
    readout = _in_order(network, outward)
    free = _free_directions(means, readout, len(inner.states))
    length = float(means.norm(dim=0).mean())
    found, proof = None, None
    for share in SHARES:
        prototypes = means + share * length * free
        layer_now, tried = _merged(network, layer, prototypes, inner)
        if found is None or (tried is not None and tried.steps is None):
            found, proof = (layer_now, prototypes), tried
        if proof is not None and proof.steps is None:
            break
    assert found is not None  # noqa: S101  there is at least one share
    return _repaired(network, outward, inner, readout, found, proof)


def _layer(network: Tracker) -> BilinearRNN:
    layer = network.rnn
    if not isinstance(layer, BilinearRNN):
        message = f"a bilinear layer is repaired by its weights, found {type(layer).__name__}"
        raise InputError(message, hint="train_to_boxes(network) repairs layers of torch.nn by training")
    if layer.structure != "full":
        message = f'weights of structure "full" are set letter by letter, found {layer.structure!r}'
        raise InputError(message)
    if network.state_format is not None:
        message = f"a state that is rounded to {network.state_format.name} leaves its prototypes"
        raise InputError(message, hint="audit proves rounded networks")
    if network.embedding is not None:
        rows = network.embedding.weight.detach().double()
        if int(torch.linalg.matrix_rank(rows)) < len(rows):
            message = "the embedding's rows depend on each other, so that letters cannot be set one by one"
            raise InputError(message)
    return layer


def _weight(layer: nn.Module) -> Tensor:
    """Return the weight (H, H, D) of a full bilinear layer, without its history."""
    return layer.get_parameter("weight").detach()


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


def _in_order(network: Tracker, machine: StateMachine) -> nn.Linear:
    """Return a copy of the readout, row k for output label k of the machine: the rows as they are where these agree."""
    place = {typed(label): number for number, label in enumerate(network.machine.output_labels)}
    rows = [place[typed(label)] for label in machine.output_labels]
    if len(rows) < len(place):
        message = f"the machine shows {len(rows)} of the network's {len(place)} outputs"
        raise InputError(message)
    old = network.readout
    return _linear(old.weight.detach()[rows], None if old.bias is None else old.bias.detach()[rows])


def _linear(weight: Tensor, bias: Tensor | None) -> nn.Linear:
    made = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype, device=weight.device)
    with torch.no_grad():
        made.weight.copy_(weight)
        if bias is not None:
            made.bias.copy_(bias)
    return made


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


def _merged(
    network: Tracker, layer: BilinearRNN, prototypes: Tensor, machine: StateMachine
) -> tuple[BilinearRNN, ProvedNetwork | None]:
    """Return the layer with A'_x, and the proof of such a layer without normalisation; None where there is none."""
    inverse = torch.linalg.pinv(prototypes)
    columns = [list(column) for column in zip(*machine.table, strict=True)]
    permuting = all(len(set(column)) == len(column) for column in columns)
    # Where every letter permutes, what no prototype spans stays as it is: the nearer to an isometry, the longer proved.
    rest = torch.eye(len(prototypes), dtype=torch.float64) - prototypes @ inverse
    moved = torch.stack([prototypes[:, column] @ inverse + rest * permuting for column in columns])
    weight = _weight(layer).double().cpu()
    if network.embedding is not None:
        rows = network.embedding.weight.detach().double().cpu()
        now = torch.einsum("dk,hik->dhi", rows, weight)
        changed: Tensor = weight + torch.einsum("kd,dhi->hik", torch.linalg.pinv(rows), moved - now)
    else:
        changed = moved.permute(1, 2, 0)
    start = prototypes[:, machine.start]
    made = _full(layer, changed, start, normalize=layer.normalize)
    plain = _full(layer, moved.permute(1, 2, 0), start, normalize=False)
    points = prototypes.T.to(plain.initial_state.dtype).contiguous()
    own = Network(plain, LinearReadout(points, -points.square().sum(1) / 2), machine, {"method": "repair"})
    return made, _proof(own)


def _full(layer: BilinearRNN, weight: Tensor, start: Tensor, *, normalize: bool) -> BilinearRNN:
    kind, device = layer.initial_state.dtype, layer.initial_state.device
    hidden, _, inputs = weight.shape
    made = BilinearRNN(inputs, hidden, normalize=normalize, dtype=kind, device=device)
    made.load_state_dict({"weight": weight.to(kind).contiguous(), "initial_state": start.to(kind)})
    return made.eval()


def _proof(network: Network) -> ProvedNetwork | None:
    try:
        proof = lift(network)
    except (CertificateError, LimitError):
        return None
    if proof.steps is None:
        return proof
    try:
        return snapped(proof)
    except CertificateError:
        return proof


@torch.no_grad()
def _repaired(
    network: Tracker,
    outward: StateMachine,
    inner: StateMachine,
    readout: nn.Linear,
    made: tuple[BilinearRNN, Tensor],
    proof: ProvedNetwork | None,
) -> Repaired:
    layer, prototypes = made
    points = prototypes / prototypes.norm(dim=0) if layer.normalize else prototypes
    shown = points.T.to(readout.weight)
    place = {typed(label): number for number, label in enumerate(outward.output_labels)}
    due = [place.get(typed(label), -1) for label in inner.outputs]  # -1: before a Mealy machine's first symbol
    margin, kept = _margin(readout, shown, due), True
    if margin <= 0:
        wanted = torch.zeros(len(place), len(due), dtype=torch.float64)
        for state, number in enumerate(due):
            if number >= 0:
                wanted[number, state] = 1
        readout, kept = _linear((wanted @ torch.linalg.pinv(points)).to(readout.weight), None), False
        margin = _margin(readout, shown, due)
    merged = Tracker(layer, readout, outward, embedding=network.embedding).eval()
    old = _weight(network.rnn)
    edit = float((_weight(layer) - old).norm() / old.norm())
    return Repaired(merged, _adapter(inner, outward, shown, readout), outward, edit, margin, kept, proof)


def _margin(readout: nn.Linear, points: Tensor, due: list[int]) -> float:
    """Return the least lead of the right logit over the points; 1 where there is one output alone."""
    logits, asked = readout(points), [state for state, number in enumerate(due) if number >= 0]
    if logits.shape[1] == 1:
        return 1.0
    right = torch.tensor([due[state] for state in asked], device=logits.device).unsqueeze(1)
    mine = logits[asked].gather(1, right)
    others = logits[asked].scatter(1, right, -torch.inf).amax(1, keepdim=True)
    return float((mine - others).min())


def _adapter(inner: StateMachine, outward: StateMachine, shown: Tensor, readout: nn.Linear) -> Adapter:
    core = api.compile(inner, "full").network(device=shown.device)
    if not isinstance(core, Network):
        message = "the core of a linear target is a Network"
        raise TypeError(message)
    place = {name: number for number, name in enumerate(inner.states)}
    order = [place[name] for name in core.machine.states]
    return Adapter(core.to(shown.dtype), shown[order], readout, outward)
