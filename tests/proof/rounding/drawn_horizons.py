"""Some five hundred networks whose stored weights carry a horizon: compiled, perturbed, and in other orthonormal bases.

What is changed is proved anew, exactly as it is then stored, by `regions.network.lift`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

import fsm2rnn
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.cells.network import lift, lower
from fsm2rnn.constructions.dense.orthogonal_network import nearest
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import FLOAT64, NATIVE, FloatFormat
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.storage import store_prototypes
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.network import FloatOrbit, Prototypes, ProvedNetwork
from fsm2rnn.proof.rounding.horizon import Horizon
from fsm2rnn.tracing.orbit import regions
from tests.algebra.diagonal.commutative_machines import commutative_machine
from tests.proof.rounding.drift_networks import MAKE, cover_drift

CYCLIC = ("Z3", "Z5", "Z6", "Z7", "Z9", "Z10", "Z13", "Z25", "Z50", "Z5xZ7", "Z3xZ6", "V4xZ5")
GENERATED = ("Z5@gens", "Z11@gens", "Z36@gens", "Z97@gens", "Z360@gens", "Z5xZ5@gens", "Z9xZ15@gens", "V4xZ7@gens")
# Groups with a real representation that rounds, and smaller blocks or fewer reflections than over the integers.
GROUPS = (
    "Z5", "Z12", "Z25@gens", "Z5xZ7@gens", "Dih(5)", "Dih(5)@gens", "Dih(7)", "Dih(8)@gens", "Dih(12)", "A5", "A5@gens",
    "A4xZ5@gens", "S3xZ5@gens", "S3xZ5", "S4xZ5@gens", "A5xZ2@gens", "A5xZ3@gens", "Dih(5)xZ3", "Dih(5)xDih(7)@gens",
    "S3xDih(5)@gens", "Q8xZ5@gens", "V4xZ5@gens",
)  # fmt: skip
# Groups that integers hold as well: in a random basis their matrices round like any others.
TURNED = (
    "Z5@gens", "Z7", "S3", "S4", "S4@gens", "A4", "A4@gens", "Q8", "Q8@gens", "Dih(6)@gens", "A5@gens", "A5", "S5@gens",
    "S3xS3@gens", "A4xZ5@gens", "S4xZ3@gens", "Dih(5)xZ3@gens", "PSL(2,7)@gens", "A6@gens",
)  # fmt: skip
# Groups whose letters turn planes of one basis, fewer products than integers or one-hot codes take.
FACTORED = (
    "Z5@gens", "Z12", "Z25@gens", "Z50@gens", "Z3xZ7@gens", "S4@gens", "A5@gens", "S5@gens", "Q8@gens", "PSL(2,7)@gens",
    "A6@gens", "Dih(5)@gens",
)  # fmt: skip
STRUCTURES = ("blocks", "dense", "householder")
BASES = 2
ABELIAN, DECAYING = 12, 6
UNITS = (1, 4, 32)  # of a format's roundoff, by which perturbed weights are off


@dataclass(frozen=True)
class Drawn:
    """A network to be made: what it is, and how."""

    name: str
    form: FloatFormat
    make: Callable[[], ProvedNetwork | None]  # None where no step is proved, or nothing rounds


def networks() -> Iterator[Drawn]:
    """Yield all networks, in one order, each with seeds of its own."""
    for form in NATIVE:
        for name in (*CYCLIC, *GENERATED):
            yield Drawn(f"rotation {name}", form, lambda name=name, form=form: compiled(name, "rotation", form))
        for seed in range(ABELIAN + DECAYING):
            yield Drawn(f"rotation abelian {seed}", form, lambda seed=seed, form=form: _abelian_network(seed, form))
        for target in ("block-diagonal", "householder", "factored"):
            for name in GROUPS if target != "factored" else FACTORED:
                made = f"{target} {name}"
                yield Drawn(made, form, lambda name=name, target=target, form=form: compiled(name, target, form))
        yield Drawn("cover", form, lambda form=form: cover_drift(form))
        yield from _perturbed_networks(form)
        for place, name in enumerate(TURNED):
            for basis in range(BASES):
                structure = STRUCTURES[(place + basis) % len(STRUCTURES)]
                args = name, structure, 100 * place + basis, form
                yield Drawn(f"{structure} {name} basis {basis}", form, lambda args=args: turned(*args))


def _perturbed_networks(form: FloatFormat) -> Iterator[Drawn]:
    chosen = [
        *((name, "rotation") for name in ("Z5", "Z7", "Z25@gens", "Z5xZ5@gens", "V4xZ5")),
        *((name, target) for name in GROUPS[4:16:3] for target in ("block-diagonal", "householder")),
    ]
    for place, (name, target) in enumerate(chosen):
        for how in (scattered, lengthened, displaced):
            if how is displaced and target == "rotation":
                continue  # theorem H starts planes at (1, 0)
            units = UNITS[place % len(UNITS)]
            args = name, target, form, how, units, place
            yield Drawn(f"{target} {name} {how.__name__} by {units}", form, lambda args=args: perturbed(*args))


@cache
def verdict(name: str, target: str) -> object:
    """Return one target's verdict."""
    return fsm2rnn.compile(name, target).verdict


def compiled(name: str, target: str, form: FloatFormat) -> ProvedNetwork | None:
    """Return the compiled network of a catalogue machine."""
    return _stored(verdict(name, target), form)


def _stored(found: object, form: FloatFormat) -> ProvedNetwork | None:
    if not isinstance(found, Compiled) or found.steps().get(form.name) is None:
        return None
    return found.store(form, {})


def _abelian_network(seed: int, form: FloatFormat) -> ProvedNetwork | None:
    return _stored(_abelian(seed), form)


@cache
def _abelian(seed: int) -> object:
    machine = abelian(seed) if seed < ABELIAN else decaying(seed)
    return fsm2rnn.compile(machine, "rotation").verdict


def abelian(seed: int) -> StateMachine:
    """Return random elements of a random product of cyclic groups, added up."""
    draw = random.Random(seed)
    orders = [draw.choice((2, 3, 4, 5, 6, 7, 9, 11)) for _ in range(draw.randint(1, 3))]
    letters = [tuple(map(draw.randrange, orders)) for _ in range(draw.randint(2, 6))]
    states, number, table = [(0,) * len(orders)], {(0,) * len(orders): 0}, []
    for state in states:
        row = [tuple((a + b) % n for a, b, n in zip(state, letter, orders, strict=True)) for letter in letters]
        for reached in row:
            if number.setdefault(reached, len(states)) == len(states):
                states.append(reached)
        table.append([number[reached] for reached in row])
    return StateMachine.tracker(range(len(states)), range(len(letters)), table, 0)


def decaying(seed: int) -> StateMachine:
    """Return commuting letters of which some are lost for ever once they were read: signs, turns and zeros."""
    draw = random.Random(seed)
    orders = [(draw.randint(0, 1), draw.choice((2, 3, 5, 7))) for _ in range(3)]
    return reachable(commutative_machine(orders))


# Changed weights


def perturbed(name: str, target: str, form: FloatFormat, how: Callable, units: int, seed: int) -> ProvedNetwork | None:
    """Return a compiled network with its weights, or its start, changed and proved anew."""
    plain = compiled(name, target, form)
    if plain is None:
        return None
    generator = np.random.default_rng(seed)
    return proved_anew(plain, lambda weights: how(weights, units * 2.0**-form.precision, generator))


def scattered(weights: dict, size: float, generator: np.random.Generator) -> None:
    """Multiply every weight by 1 + size times a normal number."""
    for name in _float_weights(weights):
        weights[name] = _times(weights[name], 1 + size * generator.normal(size=tuple(weights[name].shape)))


def lengthened(weights: dict, size: float, _: np.random.Generator) -> None:
    """Multiply all letters by 1 + size (updates: their betas), so that errors add up in one direction."""
    for name in _float_weights(weights):
        if name != "key":
            weights[name] = _times(weights[name], np.full(tuple(weights[name].shape), 1 + size))


def displaced(weights: dict, size: float, generator: np.random.Generator) -> None:
    """Start elsewhere than at the first prototype."""
    start = weights["initial_state"]
    moved = start.double() + torch.tensor(4 * size * generator.normal(size=tuple(start.shape)))
    weights["initial_state"] = moved.to(start.dtype)


def _float_weights(weights: dict) -> list[str]:
    return [
        name
        for name in weights
        if not name.startswith(("readout.", "head.", "snap.")) and name not in ("initial_state", "diagonal")
    ]


def _times(tensor: torch.Tensor, factors: np.ndarray) -> torch.Tensor:
    return (tensor.double() * torch.tensor(factors)).to(tensor.dtype)


def proved_anew(network: ProvedNetwork, change: Callable[[dict], None]) -> ProvedNetwork | None:
    """Return the network with its tensors changed; None where no step is proved of what they are then."""
    module = lower(network)
    weights = module.state_dict()
    change(weights)
    module.load_state_dict(weights, assign=True)
    try:
        return with_horizon(lift(module))
    except CertificateError as error:
        if error.field not in ("float", "decoder", "codes"):
            raise
        return None


def with_horizon(network: ProvedNetwork) -> ProvedNetwork | None:
    """Return the same tensors with the proof of a horizon where they had that of closed float states."""
    if isinstance(network.trace, FloatOrbit):
        stored, machine = network.stored, network.machine
        if stored.blocks is None:
            trace, reads = regions(stored, machine, limit=len(machine.states) + 1)
        else:
            trace, reads = Prototypes(), stored.decoder.reads
        contract = Contract.INJECTIVE
        network = ProvedNetwork(machine, contract, trace, reads, network.structure, network.tensors, {})
    return network if isinstance(network.grade, Horizon) and network.steps else None


# Other bases


def turned(name: str, structure: str, seed: int, form: FloatFormat) -> ProvedNetwork | None:
    """Return a least orthogonal representation in a random orthonormal basis, rounded to the format."""
    plain = _represented(name, structure)
    generator = np.random.default_rng(seed)
    parts = [np.linalg.qr(generator.normal(size=(size, size)))[0] for size in plain.stored.blocks]
    bases = [torch.tensor(part) for part in parts]
    return proved_anew(plain, lambda weights: _turn(weights, bases, getattr(torch, form.name)))


def _turn(weights: dict, bases: list[torch.Tensor], dtype: torch.dtype) -> None:
    whole = torch.block_diag(*bases)
    rows = weights["readout.weight"] @ whole.T
    for name, tensor in weights.items():
        if name.startswith("block."):
            base = bases[int(name.rpartition(".")[2])]
            weights[name] = (base @ tensor @ base.T).to(dtype)
    if "weight" in weights:
        weights["weight"] = torch.einsum("ai,ijd,bj->abd", whole, weights["weight"], whole).to(dtype)
    if "key" in weights:
        weights |= {"key": (weights["key"] @ whole.T).to(dtype), "beta": weights["beta"].to(dtype)}
    weights |= {
        "initial_state": rows[0].to(dtype),
        "readout.weight": rows,
        "readout.bias": -rows.square().sum(1) / 2,
    }


@cache
def _represented(name: str, structure: str) -> ProvedNetwork:
    machine = fsm2rnn.read(name)
    found = Facts(machine).group.furthest
    letters = [[block[letter] for block in found.blocks] for letter in range(len(machine.symbols))]
    operator = MAKE[structure](letters)
    return store_prototypes(operator, machine, Contract.INJECTIVE, nearest(machine, found.codes), FLOAT64, {})
