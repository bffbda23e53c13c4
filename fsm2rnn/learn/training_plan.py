"""How a network is trained: the options of `train` as one value, with what is chosen where nothing is asked."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Final, TypedDict, final

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.gated_stack import GatedStack
from fsm2rnn.cells.layer import Layer, stock_kind
from fsm2rnn.choice import choose_member
from fsm2rnn.data.drawn_words import Letters
from fsm2rnn.data.word_dataset import Lengths, Targets, WordProblem
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell_kinds import CellKind

STEPS: Final = 2_000  # twice what small groups need
EVERY: Final = 100  # steps from one check to the next: a solved network can un-solve in a few hundred
PATIENCE: Final = 3
LONG: Final = (2, 30)  # words of up to 30 letters: what is learned on shorter ones seldom holds at 500
SHORT: Final = (2, 10)
MANY_SYMBOLS: Final = 8  # from here on words of up to 30 letters alone leave a network at chance
# Of a machine with traps, uniform letters teach hardly anything but the trap; without traps both laws are one.
LAWS: Final = (Letters.UNIFORM, Letters.AVOIDING)
# Noise on the state makes a gated or tanh cell contract to few states, which can then be proved; a linear
# recurrence never contracts, and relu has no bound against which noise would be small.
NOISE: Final = {CellKind.ELMAN: 0.1, CellKind.RELU: 0.0, CellKind.GRU: 0.2, CellKind.LSTM: 0.2}
# Times 1 / sqrt(H), the size of an entry of a state of norm 1. Of a linear recurrence short words do not tell whether a
# direction that is not read yet will grow, noise does. Letters that join states ask it to forget as well, for which
# noise of nearly the state's own length is best; of permutations such noise would blur the angles.
STEADY: Final = 0.3
FORGETTING: Final = 0.9
AVERAGE: Final = 0.98  # over some fifty steps, half of those between two checks


class Optimizer(Enum):
    """Which optimiser of torch makes the steps: Adam without weight decay, or AdamW with torch's own decay, 0.01."""

    ADAM = "adam"
    ADAMW = "adamw"


class Freeze(Enum):
    """What stays as it is: NOTHING, the RECURRENCE (the layer and an embedding), or the READOUT."""

    NOTHING = "nothing"
    RECURRENCE = "recurrence"
    READOUT = "readout"


@final
@dataclass(frozen=True)
class Stage:
    """Words of `lengths` (first, last, by) from optimiser step `start` on."""

    start: int
    lengths: tuple[int, int, int]


@final
@dataclass(frozen=True)
class Plan:
    """Every option that decides what training does; a run is resumed under an equal plan alone.

    `clip` bounds the norm of the gradient, `noise` is the standard deviation of what is added to every number of the
    state after each letter (of bilinear layers before one), `average` the share that a mean of the weights keeps of
    itself at each step (0: the weights themselves are judged and kept), `every` how many steps lie between two
    checks, `patience` after how many checks in a row without a mistake training ends (None: never before `steps`).
    Logits are multiplied by `readout_scale` in the loss: where the answers are right already, a greater scale leaves
    little to gain by moving away from them.
    """

    steps: int
    stages: tuple[Stage, ...]
    seed: int
    lr: float
    clip: float
    batch: int
    noise: float
    average: float
    targets: Targets
    optimizer: Optimizer
    freeze: Freeze
    readout_scale: float
    every: int
    patience: int | None

    def __post_init__(self) -> None:
        """Refuse, with InputError, numbers that no run can have."""
        for name, least in (("steps", 1), ("batch", 1), ("every", 1), ("seed", 0)):
            if getattr(self, name) < least:
                message = f"{name} starts at {least}, found {getattr(self, name)}"
                raise InputError(message)
        for name in ("lr", "clip", "readout_scale"):
            if not 0 < getattr(self, name) < math.inf:
                message = f"{name} is a number above 0, found {getattr(self, name)}"
                raise InputError(message)
        if not 0 <= self.noise < math.inf:
            message = f"noise is a standard deviation, 0 or more, found {self.noise}"
            raise InputError(message)
        if not 0 <= self.average < 1:
            message = f"average is a share from 0 to below 1, found {self.average}"
            raise InputError(message)
        if self.patience is not None and self.patience < 1:
            message = f"patience counts checks from 1, found {self.patience}"
            raise InputError(message, hint="None trains through all steps")

    def stage(self, step: int) -> Stage:
        """Return the stage in which optimiser step `step` (from 0) lies."""
        return [stage for stage in self.stages if stage.start <= step][-1]

    def words(self, stage: Stage, machine: StateMachine) -> WordProblem:
        """Return the words of a stage, without end."""
        first, last, by = stage.lengths
        lengths = range(first, last + 1, by)
        return WordProblem(machine, lengths=lengths, count=None, seed=self.seed, targets=self.targets, letters=LAWS)

    def to_json(self) -> dict[str, Json]:
        """Return the plan as it is written beside a run that may be resumed."""
        stages: list[Json] = [[stage.start, *stage.lengths] for stage in self.stages]
        named = {name: value.value if isinstance(value, Enum) else value for name, value in asdict(self).items()}
        return named | {"stages": stages}


class PlanOptions(TypedDict, total=False):
    """The keywords of `train` that decide what is done; `plan_of` says what each is where it is left out."""

    steps: int
    lengths: Lengths | None
    seed: int
    lr: float
    clip: float
    batch: int
    noise: float | None
    average: float | None
    targets: Targets | str
    optimizer: Optimizer | str
    freeze: Freeze | str
    readout_scale: float
    every: int
    patience: int | None


def plan_of(  # noqa: PLR0913  the keywords of train
    layer: Layer,
    machine: StateMachine,
    *,
    steps: int = STEPS,
    lengths: Lengths | None = None,
    seed: int = 0,
    lr: float = 3e-3,
    clip: float = 1.0,
    batch: int = 64,
    noise: float | None = None,
    average: float | None = None,
    targets: Targets | str = Targets.LAST,
    optimizer: Optimizer | str = Optimizer.ADAM,
    freeze: Freeze | str = Freeze.NOTHING,
    readout_scale: float = 1.0,
    every: int = EVERY,
    patience: int | None = PATIENCE,
) -> Plan:
    """Return the plan of these options for a layer and a machine; InputError as `train` says."""
    return Plan(
        steps=steps,
        stages=stages_of(lengths, machine, steps),
        seed=seed,
        lr=lr,
        clip=clip,
        batch=batch,
        noise=default_noise(layer, machine) if noise is None else noise,
        average=default_average(layer) if average is None else average,
        targets=choose_member("targets", targets, Targets),
        optimizer=choose_member("optimizer", optimizer, Optimizer),
        freeze=choose_member("freeze", freeze, Freeze),
        readout_scale=readout_scale,
        every=every,
        patience=patience,
    )


def stages_of(lengths: Lengths | None, machine: StateMachine, steps: int) -> tuple[Stage, ...]:
    """Return the lengths that are asked for as one stage; else 2-30, from 8 symbols on after a half of 2-10."""
    if lengths is not None:
        found = WordProblem(machine, lengths=lengths, count=None).lengths
        return (Stage(0, (found[0], found[-1], found.step)),)
    if len(machine.symbols) < MANY_SYMBOLS or steps == 1:
        return (Stage(0, (*LONG, 1)),)
    return Stage(0, (*SHORT, 1)), Stage(steps // 2, (*LONG, 1))


def default_noise(layer: Layer, machine: StateMachine) -> float:
    """Return the state noise that a layer is trained with: 0.1 for elman, 0.2 for gru and lstm, 0 else.

    Of bilinear layers those that divide the state by its norm have 0.3 / sqrt(H) and
    0.9 / sqrt(H) where a letter is no permutation of the machine's states; the others have none.
    """
    if isinstance(layer, GatedStack):
        return 0.0
    if not isinstance(layer, BilinearRNN):
        return NOISE[stock_kind(layer)]
    if not layer.normalize:
        return 0.0
    joined = any(len(set(column)) < len(machine.table) for column in zip(*machine.table, strict=True))
    return (FORGETTING if joined else STEADY) / math.sqrt(layer.hidden_size)


def default_average(layer: Layer) -> float:
    """Return the share that the mean of the weights keeps at each step: 0.98 for bilinear layers, else 0."""
    return AVERAGE if isinstance(layer, BilinearRNN) else 0.0
