"""rotation-angles: which harmonics an R2 network learns for addition modulo m, and when they are enough.

Plane p turns by an angle t_p(k) for the integer k. It computes with a character of Z_m where t_p(k) = 2 pi c_p k / m:
the *harmonic* is t_p(1) / (2 pi / m), and an integer c_p there. Planes are ordered by the norm of their readout.

*The law of the greatest common divisor*: planes with harmonics c_1, c_2, ... tell all m sums apart if and only if
gcd(c_1, c_2, ..., m) = 1, for two sums a, b have one state when every c_p (a - b) is 0 modulo m, that is when a - b is
a multiple of m / gcd. After the angles of those planes that lie near a lattice are put onto it and all others are cut
off, the network has at most m states, so whether it is right at every length is seen by m readings (in real numbers).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import gcd, pi
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.experiments.networks import Angles, ModelKind
from fsm2rnn.experiments.plan import ExperimentPlan, Part, Tables
from fsm2rnn.experiments.presets import AngleSettings, settings_json
from fsm2rnn.experiments.published import ABOUT
from fsm2rnn.experiments.row_store import Row
from fsm2rnn.experiments.trials import Trials
from fsm2rnn.learn.tasks import modular_addition_task

SHOWN: Final = 8  # planes of each network
CHOSEN: Final = (
    "angles are the parameters, drawn uniformly; the start is (1, 0) in every plane",
    "a plane is near a lattice where no letter's angle is off by more than `near`, in units of 2 pi / m",
    "loaded planes: the fewest leading near planes whose network, put onto the lattice, is right, else all near planes",
)


def rotation_angles(settings: AngleSettings, reduced: tuple[str, ...]) -> ExperimentPlan:
    """Return a run for every seed."""
    runs = [_Run(settings, seed) for seed in settings.effort.seeds]
    made = tuple(Part(f"seed {run.seed}", run.rows, run.trials().seconds) for run in runs)
    return ExperimentPlan(made, settings_json(settings), reduced, CHOSEN, (ABOUT[4],), _told)


@final
@dataclass(frozen=True)
class Planes:
    """The planes of a network by falling norm of their readout: `order`, `norms`, harmonics, and deviations.

    `deviations` are the greatest distances of a letter's angle from the lattice of the harmonic's nearest integer, in
    units of 2 pi / m.
    """

    order: Tensor
    norms: Tensor
    harmonics: Tensor
    nearest: Tensor
    deviations: Tensor


def planes_of(network: Angles, modulus: int) -> Planes:
    """Return the planes of an R2 network for addition modulo m."""
    weight = network.readout.weight.detach().double()
    half = weight.shape[1] // 2
    norms = (weight[:, :half].square() + weight[:, half:].square()).sum(0).sqrt()
    turns = network.angles.detach().double() / (2 * pi / modulus) % modulus  # (m, P)
    nearest = _winding(turns, modulus)
    lattice = torch.arange(modulus)[:, None] * nearest % modulus
    off = (turns - lattice + modulus / 2) % modulus - modulus / 2
    order = norms.argsort(descending=True)
    harmonics = turns[1] if modulus > 1 else turns[0]
    found = (part[..., order] for part in (norms, harmonics, nearest, off.abs().amax(0)))
    return Planes(order, *found)


def _winding(turns: Tensor, modulus: int) -> Tensor:
    """Return for each plane the integer c whose lattice k -> c k is nearest: by the greatest character sum."""
    letters = torch.arange(modulus)
    lattices = torch.arange(modulus)[:, None] * letters % modulus  # (c, k)
    phases = 2 * pi / modulus * (turns[None] - lattices[:, :, None])  # (c, k, P)
    return phases.cos().sum(1).argmax(0)


def on_lattice(network: Angles, planes: Planes, kept: Sequence[int], modulus: int) -> Angles:
    """Return the network with the planes at these places of `planes` on their lattices, and no others."""
    chosen = planes.order[list(kept)]
    half = network.angles.shape[1]
    answers = network.readout.out_features
    found = Angles(modulus, 2 * len(kept), answers)
    winding = planes.nearest[list(kept)]
    with torch.no_grad():
        found.angles.copy_(2 * pi / modulus * (torch.arange(modulus)[:, None] * winding % modulus))
        found.readout.weight.copy_(network.readout.weight[:, torch.cat((chosen, half + chosen))].cpu())
    return found


def right_residues(network: Angles, modulus: int) -> int:
    """Return how many of the m states of a network on a lattice are read rightly: state s is that of the letter s."""
    with torch.no_grad():
        read = network.read(network.angles).argmax(-1)
    return int((read == torch.arange(modulus)).sum())


@final
@dataclass(frozen=True)
class _Run:
    """One network."""

    settings: AngleSettings
    seed: int

    def trials(self) -> Trials:
        """Return its training."""
        task = modular_addition_task(self.settings.modulus)
        return Trials.streaming(task, ModelKind.R2, replace(self.settings.effort, seeds=(self.seed,)))

    def rows(self) -> list[Row]:
        """Train, and tell the network and its leading planes."""
        best = max(self.trials().outcomes(), key=lambda found: found.outcome.best)
        network = best.network
        if not isinstance(network, Angles):
            message = f"an R2 network is one of angles, found {type(network).__name__}"
            raise TypeError(message)
        network = network.cpu()
        modulus = self.settings.modulus
        planes = planes_of(network, modulus)
        near = [place for place, off in enumerate(planes.deviations.tolist()) if off <= self.settings.near]
        loaded = _loaded(network, planes, near, modulus)
        harmonics = [int(planes.nearest[place]) for place in loaded]
        right = right_residues(on_lattice(network, planes, loaded, modulus), modulus) if loaded else 0
        told: Row = {
            "seed": self.seed,
            "m": modulus,
            "rate": best.rate,
            "loss": best.outcome.loss,
            "ours": best.outcome.best,
            "near planes": len(near),
            "harmonics": list(harmonics),
            "gcd with m": gcd(modulus, *harmonics),
            "right residues on the lattice": right,
        }
        return [told, *(_plane_row(self.seed, planes, place, place in loaded) for place in range(SHOWN))]


def _loaded(network: Angles, planes: Planes, near: Sequence[int], modulus: int) -> list[int]:
    """Return the fewest leading near planes that are right on their lattices, all near planes where none are."""
    for count in range(1, len(near) + 1):
        if right_residues(on_lattice(network, planes, near[:count], modulus), modulus) == modulus:
            return list(near[:count])
    return list(near)


def _plane_row(seed: int, planes: Planes, place: int, loaded: bool) -> Row:  # noqa: FBT001  a column of rows
    return {
        "seed": seed,
        "plane": place + 1,
        "readout norm": float(planes.norms[place]),
        "harmonic": float(planes.harmonics[place]),
        "nearest": int(planes.nearest[place]),
        "off the lattice": float(planes.deviations[place]),
        "loaded": loaded,
    }


def _told(rows: Sequence[Row]) -> Tables:
    return {"rows": [row for row in rows if "plane" not in row], "planes": [row for row in rows if "plane" in row]}
