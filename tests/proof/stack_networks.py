"""Gated stacks that carry machines, as they are compiled; and one made by hand, small enough to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.cascades.made_machines import with_reset
from fsm2rnn.api import compile as compiled
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.stack_network import ProvedStack, StackNodes
from fsm2rnn.proof.stored.tensor_file import StoredTensor
from fsm2rnn.source.read import read

# Which of a and b came last, until c: then "yes" for ever after b, "never" after a, and "no" before.
ABSORBED = StateMachine(
    ("none", "a", "b", "yes", "never"),
    ("a", "b", "c"),
    ((1, 2, 0), (1, 2, 4), (1, 2, 3), (3, 3, 3), (4, 4, 4)),
    0,
    ("no", "no", "no", "yes", "never"),
)


ICOSAHEDRAL = with_reset("A5@gens")
"""The 60 states of A5 under two generators and a reset: one layer of three blocks."""
SYMMETRIC = "maps:1,2,3,4,0;1,0,2,3,4;0,0,0,0,0"
"""Five points under S5 and a reset: one block."""


def proved_stack(machine: StateMachine | str, dtype: str = "float32") -> ProvedStack:
    """Return the compiled stack of a machine, with blocks where it needs them."""
    asked = read(machine) if isinstance(machine, str) else machine
    found = compiled(asked, "block-cascade").proved(dtype)
    assert isinstance(found, ProvedStack)
    return found


def tensor(rows: Sequence[object]) -> StoredTensor:
    """Return numbers as they are stored in float32."""
    values = np.array(rows, dtype="<f4")
    return StoredTensor("F32", values.shape, values.tobytes())


def flip_flop_tensors() -> dict[str, StoredTensor]:
    """Return the one bit that s sets, r resets and k keeps: two units, one channel, shown as on."""
    return {
        "layers.0.units.weight": tensor([[1, 0, 0], [0, 1, 0]]),
        "layers.0.units.bias": tensor([0, 0]),
        "layers.0.erase.weight": tensor([[1, 1]]),
        "layers.0.write.weight": tensor([[1, 0]]),
        "initial_state": tensor([0]),
        "shown.weight": tensor([[1]]),
        "shown.bias": tensor([0]),
        "readout.weight": tensor([[0], [2]]),
        "readout.bias": tensor([1, 0]),
    }


FLIP_FLOP = StateMachine(("off", "on"), ("s", "r", "k"), ((1, 0, 0), (1, 0, 1)), 0, ("off", "on"))
FLIP_FLOP_NODES = StackNodes(((), (0,)), ((), ()), (0, 1), (0, 1))


def flip_flop(changes: Mapping[str, StoredTensor] | None = None, nodes: StackNodes = FLIP_FLOP_NODES) -> ProvedStack:
    """Return the hand-made flip-flop, some tensors replaced."""
    return ProvedStack(FLIP_FLOP, nodes, flip_flop_tensors() | dict(changes or {}), {})
