"""Published figures, each with where it stands; a figure that is remembered and was not read has no place here.

Accuracies on the tasks of the founding paper are scaled, (a - 1/m) / (1 - 1/m): 0 is chance, 1 is perfect. A model that
can tell the parity of the sum alone has a = 2/m for even m, which scales to 1/(m - 1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.learn.tasks import FOUNDING
from fsm2rnn.machine.labels import Json

MAIN_TABLE: Final = f"{FOUNDING}, main results, words of 500 letters (the number of the table was not seen)"
ABOUT: Final = (
    f"{FOUNDING}, text: the full bilinear model reaches 1.00 on all three tasks",
    f"{FOUNDING}, text: the factored model drops to 0.95 at m = 50 (of which task was not seen)",
    f"{FOUNDING}, Figure 2: bilinear models need less data than the LSTM (axis values were not seen)",
    f"{FOUNDING}, Figure 3: input-dependent additive terms lower accuracy at length 500 (values were not seen)",
    f"{FOUNDING}, Figure 4: harmonics of learned angles lie near integers (values were not seen)",
)


@final
@dataclass(frozen=True)
class Figures:
    """One line of the founding paper's table: a model's scaled accuracy at length 500, by the modulus or states m."""

    task: str
    model: str
    by_size: dict[int, float]


TABLE: Final = (
    Figures("modular addition", "full", {2: 1.00, 3: 1.00, 5: 1.00, 10: 1.00, 25: 1.00, 50: 1.00}),
    Figures("modular addition", "block 1", {2: 1.00, 3: 0.00, 5: 0.00, 10: 0.10, 25: 0.00, 50: 0.02}),
    Figures("modular addition", "block 2", {2: 1.00, 3: 1.00, 5: 1.00, 10: 1.00, 25: 1.00, 50: 1.00}),
    Figures("modular addition", "r2", {2: 1.00, 3: 0.00, 5: 1.00, 10: 0.66, 25: 0.37, 50: 0.00}),
    Figures("modular addition", "lstm", {2: 1.00, 3: 1.00, 5: 0.98, 10: 1.00, 25: 0.00, 50: 0.02}),
    Figures("modular addition", "mamba", {2: 0.00, 3: 0.01, 5: 0.01, 10: 0.00, 25: 0.00, 50: 0.00}),
    Figures("modular addition", "transformer", {2: 0.03, 3: 0.01, 5: 0.00, 10: 0.00, 25: 0.00, 50: 0.00}),
    Figures("random state machine", "full", {2: 1.00, 5: 1.00, 10: 1.00, 25: 1.00}),
    Figures("random state machine", "factored", {2: 1.00, 5: 1.00, 10: 1.00, 25: 0.50}),
    Figures("random state machine", "block 2", {2: 1.00, 5: 0.00, 10: 0.00, 25: 0.00}),
    Figures("random state machine", "lstm", {2: 1.00, 5: 1.00, 10: 0.00, 25: 0.00}),
    Figures("random state machine", "mamba", {2: 0.00, 5: 0.00, 10: 0.00, 25: 0.00}),
)
LAYERS: Final = {"mamba": "1, 2 and 4 layers, of the random state machine 4", "transformer": "1, 2 and 4 layers"}


def table_figure(task: str, model: str, size: int) -> float | None:
    """Return the published scaled accuracy of a model, None where it was not seen."""
    return next((line.by_size.get(size) for line in TABLE if (line.task, line.model) == (task, model)), None)


def parity_floor(modulus: int) -> float:
    """Return the scaled accuracy on addition modulo m of whatever knows the parity of the sum: 1/(m-1), 0 for odd m."""
    return 0.0 if modulus % 2 else 1 / (modulus - 1)


@final
@dataclass(frozen=True)
class Trained:
    """What a trained model came to on the word problem of a group with so many letters, in the source's own words."""

    group: str
    letters: int | None
    model: str
    figure: str
    source: str

    def to_json(self) -> dict[str, Json]:
        """Return model, figure and source."""
        return {"model": self.model, "figure": self.figure, "source": self.source}


PD_SSM: Final = (
    "arXiv 2509.22284, Table 3: accuracy in percent, trained on up to 40 letters, tested on 40-256, best of 3 seeds"
)
DELTA_PRODUCT: Final = "arXiv 2502.10297: one layer, trained on 128 letters, tested on 512"
NEGATIVE: Final = "arXiv 2411.12537: trained on 32 letters"
ILLUSION: Final = "arXiv 2404.08819, abstract"
_FOUR: Final = "Gated DeltaProduct, n_h = 4, one layer"
_SETS: Final = (("A5", 2, 97.9), ("A5", 6, 92.5), ("A5", 8, 91.8), ("A5", 12, 60.5), ("S5", 4, 88.7), ("S5", 8, 57.4))
_TWO_LAYERS: Final = (("A5", 12, 68.4), ("S5", 4, 84.7), ("S5", 8, 62.2))


def _trained() -> Iterator[Trained]:
    yield Trained("A5", 2, "complex diagonal, two layers", "15.5", PD_SSM)
    for group, letters, percent in (*_SETS, ("S5", 32, 1.23)):
        yield Trained(group, letters, _FOUR, f"{percent}", PD_SSM)
    for group, letters, percent in _TWO_LAYERS:
        yield Trained(group, letters, "Gated DeltaProduct, n_h = 4, two layers", f"{percent}", PD_SSM)
    for group, letters, _ in _SETS:
        yield Trained(group, letters, "PD-SSM, one layer", "100", PD_SSM)
    yield Trained("S5", 32, "PD-SSM, one layer", "1.07", PD_SSM)
    for group, products in (("S3", 2), ("A5", 2), ("S5", 4)):
        yield Trained(group, None, "DeltaProduct", f"succeeds from n_h = {products} on", DELTA_PRODUCT)
    yield Trained("S5", None, "DeltaNet, ten layers", "fails", DELTA_PRODUCT)
    yield Trained("S5", None, "all models, all elements as letters", "no whole word of 30 letters right", NEGATIVE)
    yield Trained("A5", None, "RNN, input-dependent S4", "one layer is enough at every length", ILLUSION)
    yield Trained("A5", None, "transformer, S4, Mamba", "layers must grow with the length", ILLUSION)


TRAINED: Final = tuple(_trained())
