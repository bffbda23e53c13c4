"""Angles rounded to those that a machine's group has: learned planes become its characters.

Where letters permute and commute, the machine is a regular abelian group G = Z/n_1 x ... x Z/n_k, and a plane that
letter x turns by 2 pi chi(x), chi a character of G, follows it for ever. A trained plane that carries the answer has
angles near those of one character: that with the least max_x |angle(x) / 2 pi - chi(x)| modulo 1 replaces it, and on a
line, which only has signs, that of the nearest sign. Planes and lines are kept in the order of what the readout takes
from them, |C_p| |h_0p|, as few as read every state rightly, alone or together; the others begin at zero and stay there,
so that the readout is kept as it is. What is proved is the kept planes and lines alone, begun at (1, 0) and 1: the
learned state, turned and stretched plane by plane, which commutes with every letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fsm2rnn.algebra.group.invariant_factors import AbelianGroup, abelian_group
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.comparison.repairs.edited import Edited, prototype_proof
from fsm2rnn.comparison.repairs.state_readout import StateReadout
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.readout import middle_of_point

COMPARISONS: int = 1 << 26
"""Most distances of angles: characters x planes x letters, half a gibibyte."""

Turns = npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class _Characters:
    """`of_letters` (G, D) and `of_states` (G, Q): the turns of every character, exact in `exact`, as floats."""

    exact: tuple[tuple[Fraction, ...], ...]  # (G, D)
    of_letters: Turns
    of_states: Turns


@final
@dataclass(frozen=True)
class _Chosen:
    """The number of the character that each line and each plane follows."""

    lines: list[int]
    planes: list[int]

    def only(self, kept: list[int]) -> _Chosen:
        """Return some of them: lines are numbered first, then planes."""
        count = len(self.lines)
        lines = [self.lines[place] for place in kept if place < count]
        return _Chosen(lines, [self.planes[place - count] for place in kept if place >= count])

    def mask(self, kept: list[int]) -> Tensor:
        """Return 1 for coordinates (H,) of kept lines and planes, 0 for others."""
        count = len(self.lines)
        owner = torch.tensor([*range(count), *(count + place // 2 for place in range(2 * len(self.planes)))])
        return torch.isin(owner, torch.tensor(kept)).double()


def turned_layer(network: Tracker, layer: BilinearRNN, reading: StateReadout, machine: StateMachine) -> Edited:
    """Return a layer of lattice angles, the planes that no output needs at zero.

    Raises InputError for an embedding and where the letters do not permute and commute, LimitError for more than
    COMPARISONS distances of angles.
    """
    if network.embedding is not None:
        message = "angles of letters are rounded where symbols enter one-hot, not by an embedding"
        raise InputError(message)
    weights = {name: one.detach().double().cpu() for name, one in layer.named_parameters()}
    known = _characters(machine, weights["cosine"].shape[1])
    found = _Chosen(_nearest_signs(weights.get("diagonal"), known), _nearest(weights, known))
    start = layer.initial_state.detach().double().cpu()
    kept = _fewest(reading, start, found, known)
    begun = start * found.mask(kept)
    points = _prototypes(begun, found, known)
    core = found.only(kept)
    one = torch.tensor([1.0] * len(core.lines) + [1.0, 0.0] * len(core.planes), dtype=torch.float64)
    proof = prototype_proof(_layer(layer, core, known, one), _prototypes(one, core, known), machine)
    return Edited(_layer(layer, found, known, begun), points, proof)


def _characters(machine: StateMachine, planes: int) -> _Characters:
    """Return all characters of the machine's group."""
    letters = [list(column) for column in zip(*machine.table, strict=True)]
    permute = all(len(set(column)) == len(column) for column in letters)
    after = [[[one[state] for state in other] for other in letters] for one in letters]
    commute = after == [list(row) for row in zip(*after, strict=True)]
    if not (permute and commute):
        message = "planes turn as the letters of a machine do that permute its states and commute"
        raise InputError(message, hint='structure "full" is repaired for every machine')
    needed = len(machine.states) * planes * len(letters)
    if needed > COMPARISONS:
        what = "distances between angles"
        raise LimitError(what, limit=COMPARISONS, needed=needed)
    group = abelian_group(letters, machine.start)
    exact = tuple(
        tuple(_turn(group, character, column[machine.start]) for column in letters)
        for character in product(*map(range, group.factors))
    )
    states = [
        [float(_turn(group, character, state)) for state in range(len(machine.states))]
        for character in product(*map(range, group.factors))
    ]
    return _Characters(exact, np.array(exact, dtype=np.float64), np.array(states))


def _turn(group: AbelianGroup, character: tuple[int, ...], state: int) -> Fraction:
    """Return the turn of the element that takes the start to a state, in [0, 1)."""
    terms = zip(character, group.residues[state], group.factors, strict=True)
    return sum((Fraction(factor * residue, order) for factor, residue, order in terms), Fraction(0)) % 1


def _nearest(weights: dict[str, Tensor], known: _Characters) -> list[int]:
    """Return for each plane the character whose turns are nearest."""
    turns = torch.atan2(weights["sine"], weights["cosine"]).numpy() / (2 * np.pi)  # (D, P)
    apart = np.abs((turns.T[:, None, :] - known.of_letters[None] + 0.5) % 1 - 0.5).max(2)
    return [int(place) for place in apart.argmin(1)]


def _nearest_signs(diagonal: Tensor | None, known: _Characters) -> list[int]:
    """Return for each line the character of signs that differs in the fewest, the nearest of those."""
    if diagonal is None:
        return []
    real = np.flatnonzero((known.of_letters * 2 % 1 == 0).all(1))
    signs = 1 - 4 * known.of_letters[real]  # (R, D): 1 for no turn, -1 for half a one
    apart = np.abs(diagonal.numpy().T[:, None, :] - signs[None]).max(2)
    return [int(real[place]) for place in apart.argmin(1)]


def _loads(reading: StateReadout, start: Tensor, lines: int) -> Tensor:
    """Return what the readout takes from each line and plane, (L + P,)."""
    taken = reading.readout.weight.detach().double().cpu().norm(dim=0) * start.abs()
    return torch.cat((taken[:lines], taken[lines:].reshape(-1, 2).sum(1)))


def _fewest(reading: StateReadout, start: Tensor, found: _Chosen, known: _Characters) -> list[int]:
    """Return the first choice under which every state is read rightly, all of them where none does."""
    kept: list[int] = []
    for kept in _choices(_loads(reading, start, len(found.lines))):
        points = _prototypes(start * found.mask(kept), found, known)
        if reading.least_lead(points.T.to(reading.readout.weight)) > 0:
            break
    return kept


def _choices(loads: Tensor) -> Iterator[list[int]]:
    """Yield which lines and planes are kept: the heaviest alone, the next alone, ..., the two heaviest, and so on."""
    order = loads.argsort(descending=True).tolist()
    yield from ([one] for one in order)
    yield from (sorted(order[:count]) for count in range(2, len(order) + 1))


@torch.no_grad()
def _layer(like: BilinearRNN, chosen: _Chosen, known: _Characters, start: Tensor) -> BilinearRNN:
    """Return the layer of chosen characters from a start, in the first layer's dtype and place."""
    kind, device = like.initial_state.dtype, like.initial_state.device
    lines, planes = chosen.lines, chosen.planes
    symbols, tensors = range(like.input_size), {"initial_state": start}
    if lines:
        signs = [[float(1 - 4 * known.exact[line][symbol]) for line in lines] for symbol in symbols]
        tensors["diagonal"] = torch.tensor(signs)
    if planes:
        points = [[middle_of_point(known.exact[plane][symbol]) for plane in planes] for symbol in symbols]
        tensors["cosine"] = torch.tensor([[float(cosine) for cosine, _ in row] for row in points], dtype=torch.float64)
        tensors["sine"] = torch.tensor([[float(sine) for _, sine in row] for row in points], dtype=torch.float64)
    structure = {"structure": "rotation", "inner": len(lines)} if planes else {"structure": "diagonal"}
    made = BilinearRNN(like.input_size, len(start), dtype=kind, device=device, **structure)
    made.load_state_dict({name: one.to(kind) for name, one in tensors.items()})
    return made.eval()


def _prototypes(start: Tensor, chosen: _Chosen, known: _Characters) -> Tensor:
    """Return the state (H, Q) that each state of the machine has."""
    lines = len(chosen.lines)
    angles = torch.from_numpy(2 * np.pi * known.of_states[[*chosen.lines, *chosen.planes]])  # (L + P, Q)
    cosine, sine = angles.cos(), angles.sin()
    u, v = start[lines::2].unsqueeze(1), start[lines + 1 :: 2].unsqueeze(1)
    cosines, sines = cosine[lines:], sine[lines:]
    turned = torch.stack((cosines * u - sines * v, sines * u + cosines * v), 1).flatten(0, 1)
    return torch.cat((cosine[:lines].round() * start[:lines].unsqueeze(1), turned))
