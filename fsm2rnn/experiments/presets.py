"""The settings of each experiment: `small` for two cores and minutes, `paper` the whole protocol as far as it is known.

What the papers leave open is chosen here and told with every answer; see `chosen` of each plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import Any, ClassVar, Final, Protocol, final

import torch

from fsm2rnn.experiments.networks import ModelKind
from fsm2rnn.machine.labels import Json

SINGLE: Final = tuple(kind for kind in ModelKind if kind is not ModelKind.ADDITIVE)


class Preset(Enum):
    """How much is done."""

    SMALL = "small"
    PAPER = "paper"


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


def settings_json(settings: _Dataclass) -> dict[str, Json]:
    """Return the fields of a settings value, models by their names."""
    return {name: _json(value) for name, value in asdict(settings).items()}


def _json(value: object) -> Json:
    match value:
        case ModelKind():
            return value.value
        case tuple():
            return [_json(one) for one in value]
        case dict():
            return {str(name): _json(one) for name, one in value.items()}
        case None | bool() | int() | float() | str():
            return value
        case _:
            message = f"a setting is a number, a text or a model, found {value!r}"
            raise TypeError(message)


def paper_device() -> str:
    """Return where whole protocols run: on a CUDA device where there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


@final
@dataclass(frozen=True)
class TrainingEffort:
    """How models are trained: the best of rates and seeds is told, measured on `words` words of `length` letters."""

    hidden: int
    steps: int
    rates: tuple[float, ...]
    seeds: tuple[int, ...]
    words: int
    every: int
    stops: bool
    length: int = 500
    device: str = "cpu"


SMALL_EFFORT: Final = TrainingEffort(32, 1_000, (1e-2, 3e-3), (0,), 128, 200, stops=True)
PAPER_EFFORT: Final = TrainingEffort(256, 100_000, (1e-3, 1e-4, 1e-5), (10,), 2_000, 1_000, stops=False)
SMALLER: Final = (
    "32 hidden numbers instead of 256, at most 1,000 steps instead of 100,000",
    "training ends at the first check (every 200 steps) without a mistake on 128 validation words",
)


@final
@dataclass(frozen=True)
class TableSettings:
    """The moduli or numbers of states of each task, and the models."""

    effort: TrainingEffort
    addition: tuple[int, ...]
    random: tuple[int, ...]
    arithmetic: tuple[int, ...]
    models: tuple[ModelKind, ...] = SINGLE


@final
@dataclass(frozen=True)
class DataSettings:
    """Training sets of `counts` words of 10 letters of addition modulo `modulus`."""

    effort: TrainingEffort
    modulus: int
    counts: tuple[int, ...]
    models: tuple[ModelKind, ...]


@final
@dataclass(frozen=True)
class AdditiveSettings:
    """Tasks of `size` states, `seeds` for each of two learning rates, and `trials` frozen random networks."""

    effort: TrainingEffort
    size: int
    trials: int
    lengths: tuple[int, ...]


@final
@dataclass(frozen=True)
class AngleSettings:
    """R2 trained on addition modulo `modulus`; planes whose angles lie within `near` of a lattice count as near."""

    effort: TrainingEffort
    modulus: int
    near: float


@final
@dataclass(frozen=True)
class FrozenSettings:
    """`trials` random networks for each number of hidden units, tested on `words` words of up to `longest` letters."""

    hidden: tuple[int, ...]
    trials: int
    words: int
    longest: int
    example: int = 10
    seed: int = 0


@final
@dataclass(frozen=True)
class TrackingSettings:
    """Groups with numbers of letters (0: all elements), and words on which compiled networks are run."""

    sets: tuple[tuple[str, int], ...]
    targets: tuple[str, ...]
    words: int
    length: int


@final
@dataclass(frozen=True)
class RetentionSettings:
    """Training from compiled weights with noise of these deviations, `free` numbers beside those compiled."""

    effort: TrainingEffort
    machines: tuple[str, ...]
    noises: tuple[float, ...]


LETTERS: Final = (
    *(("S3", 2), ("S3", 0), ("Z60", 1), ("Z60", 0), ("A5", 2), ("A5", 6), ("A5", 8), ("A5", 12), ("A5", 0)),
    *(("S5", 2), ("S5", 4), ("S5", 8), ("S5", 32), ("S5", 0)),
)
TRACKERS: Final = ("pd", "block-diagonal", "householder", "rotation", "real-diagonal", "positive-diagonal")
LEARNERS: Final = (ModelKind.FULL, ModelKind.BLOCK_2, ModelKind.LSTM, ModelKind.ELMAN)

TABLE: Final[Mapping[Preset, TableSettings]] = {
    Preset.SMALL: TableSettings(SMALL_EFFORT, (2, 3, 5, 10), (2, 5), (2, 3)),
    Preset.PAPER: TableSettings(PAPER_EFFORT, (2, 3, 5, 10, 25, 50), (2, 3, 5, 10, 25, 50), (2, 3, 5, 10, 25, 50)),
}
DATA: Final[Mapping[Preset, DataSettings]] = {
    Preset.SMALL: DataSettings(replace(SMALL_EFFORT, rates=(3e-3,), seeds=(0, 1)), 3, (32, 128, 512, 2_048), LEARNERS),
    Preset.PAPER: DataSettings(PAPER_EFFORT, 5, (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000), LEARNERS),
}
ADDITIVE: Final[Mapping[Preset, AdditiveSettings]] = {
    Preset.SMALL: AdditiveSettings(
        replace(SMALL_EFFORT, rates=(3e-3, 1e-2), seeds=(0, 1), stops=False), 5, 200, (10, 20, 50, 100, 200, 500)
    ),
    Preset.PAPER: AdditiveSettings(
        replace(PAPER_EFFORT, rates=(3e-3, 1e-2), seeds=(10, 20, 30, 40, 50)), 5, 2_000, (10, 20, 50, 100, 200, 500)
    ),
}
ANGLES: Final[Mapping[Preset, AngleSettings]] = {
    Preset.SMALL: AngleSettings(TrainingEffort(64, 3_000, (1e-2,), (0, 1, 2, 3), 128, 500, stops=False), 10, 0.45),
    Preset.PAPER: AngleSettings(replace(PAPER_EFFORT, seeds=(10, 20, 30, 40, 50)), 10, 0.45),
}
FROZEN: Final[Mapping[Preset, FrozenSettings]] = {
    Preset.SMALL: FrozenSettings((1, 2, 4, 8, 10), 4_000, 64, 500),
    Preset.PAPER: FrozenSettings((1, 2, 4, 8, 10, 16), 20_000, 64, 500),
}
TRACKING: Final[Mapping[Preset, TrackingSettings]] = {
    Preset.SMALL: TrackingSettings(LETTERS, TRACKERS, 64, 256),
    Preset.PAPER: TrackingSettings(LETTERS, TRACKERS, 2_000, 256),
}
RETENTION: Final[Mapping[Preset, RetentionSettings]] = {
    Preset.SMALL: RetentionSettings(
        TrainingEffort(16, 600, (1e-3,), (0,), 128, 600, stops=False),
        ("modadd(5)", "random", "S3@gens"),
        (0.0, 0.01, 0.1),
    ),
    Preset.PAPER: RetentionSettings(
        TrainingEffort(16, 3_000, (1e-3,), (0, 1, 2, 3), 512, 3_000, stops=False),
        ("modadd(5)", "random", "S3@gens"),
        (0.0, 0.01, 0.03, 0.1, 0.3),
    ),
}
REDUCED: Final[Mapping[str, tuple[str, ...]]] = {
    "paper-table": (
        *SMALLER,
        "learning rates 1e-2 and 3e-3 instead of 1e-3, 1e-4 and 1e-5",
        "m = 2, 3, 5, 10 for addition, 2, 5 for the random machine, 2, 3 for arithmetic",
    ),
    "data-efficiency": (
        *SMALLER,
        "addition modulo 3, learning rate 3e-3 from two seeds, sets of 32 to 2,048 words",
    ),
    "additive-terms": (
        "32 hidden numbers instead of 256, 1,000 steps instead of 100,000, two seeds, 200 frozen networks",
        "128 test words",
    ),
    "rotation-angles": ("64 hidden numbers instead of 256, 3,000 steps instead of 100,000, one rate, 4 seeds",),
    "retention": ("600 steps instead of 3,000, one seed instead of 4, noise 0, 0.01 and 0.1, 128 test words",),
    "frozen-parity": ("4,000 trials for each number of units instead of 20,000",),
    "state-tracking": ("64 words of 256 letters instead of 2,000",),
}
"""What the small preset of each experiment leaves out."""
