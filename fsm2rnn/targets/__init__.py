"""One file per rung or network family; `TARGETS` names them, in the order in which they are shown."""

from __future__ import annotations

from fsm2rnn.targets.full import FULL
from fsm2rnn.targets.pd import PD
from fsm2rnn.targets.target import Target

TARGETS: tuple[Target, ...] = (FULL, PD)
