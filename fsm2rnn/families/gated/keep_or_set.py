"""h <- a h + b with gates a in [0, 1] that read the letter: what six families share that make a differently."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import Restriction
from fsm2rnn.families.restrictions import gates, laws_and_cycles
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL

HOLDS: Final = (
    "gates in [0, 1] and a written value: on finitely many values a letter keeps a coordinate (gate 1) or "
    "sets it (gate 0)"
)
OTHERWISE: Final = "gates strictly between 0 and 1, several layers and convolutions are not built"
NETWORKS: Final = (Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1), laws_and_cycles),)
