"""DeltaMinGRU from stored updates h <- h + b (v - <k, h>) k: a head for each coordinate, which its query reads.

All heads do the same. Where a key has two entries +-1 the state is kept twice: the unit key of (k, k) is (k, k) / 2,
exact, and b <k, k> is the module's own beta. A key of one entry is then two updates, one in each copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import LimitError
from fsm2rnn.exports.modules.mingru.layer_folder import (
    STEPWISE,
    WHOLE,
    LayerCode,
    layer_folder,
    other_recurrence,
    plain_linear,
)
from fsm2rnn.exports.modules.program import ModuleFolder
from fsm2rnn.exports.modules.requirements import require_dtype, require_package

TARGET: Final = "delta-mingru"
GATES: Final = {0.0: -200.0, 1.0: 0.0, 2.0: 200.0}  # 2 sigmoid(.) is the key, in float32 and bfloat16
SWAP: Final = 2  # <k, k> of a key of two entries
NUMBERS: Final = 1 << 24
"""Most numbers of the keys of a layer: 64 MiB in float32."""
NO_CHUNKS: Final = """

In bfloat16 torch solves no triangular systems on the CPU, so words are run symbol by symbol."""


@final
@dataclass(frozen=True)
class _Updates:
    """keys (R, D, c H), values (R, D) and gates (R, D): the module's own updates of every letter, in order."""

    keys: Tensor
    values: Tensor
    gates: Tensor


def delta_mingru(network: Network | Tracker) -> ModuleFolder:
    """Return DeltaMinGRU with these updates; errors as for `export`, LimitError for too many numbers."""
    require_package("mingru", "mingru", TARGET)
    dtype = require_dtype(network, TARGET)
    own, tensors = plain_linear(network, TARGET, "householder", "affine-householder")
    size, letters = tensors["key"].shape[2], len(tensors["key"])
    updates = _unit_updates(tensors)
    steps, _, width = updates.keys.shape
    code = LayerCode(
        "A DeltaMinGRU layer of the package mingru-scans",
        "mingru",
        "DeltaMinGRU",
        f"{letters}, {size}, n_heads={size}, nh={steps}, d_k={width}, d_v=1",
        letters,
        'hidden, state = net["layer"].step(entered(ids), state)',
        WHOLE if dtype == "float32" else STEPWISE,
        "" if dtype == "float32" else NO_CHUNKS,
    )
    copies = width // size
    return layer_folder(own, dtype, code, _tensors(updates, size), lambda state: _shown(state, size, copies))


def _unit_updates(tensors: dict[str, Tensor]) -> _Updates:
    """Return the updates with unit keys, in one copy of the state or two; InputError where keys are of other norms."""
    keys, betas = tensors["key"].double(), tensors["beta"].double()
    values = tensors["value"].double() if "value" in tensors else torch.zeros_like(betas)
    norms = (keys * keys).sum(-1)
    gates = betas * norms
    whole = bool(torch.isin(keys, torch.tensor([-1.0, 0.0, 1.0], dtype=keys.dtype)).all())
    if not whole or not all(norm <= SWAP for norm in norms.flatten()) or not _known(gates):
        raise other_recurrence(TARGET, "keys other than one or two entries +-1, or betas that no gate reaches")
    copies = 2 if bool((norms == SWAP).any()) else 1
    rows = [
        [one for update in zip(*row, strict=True) for one in _in_copies(*update, copies)]
        for row in zip(keys, values, norms, gates, strict=True)
    ]
    steps, width = max(1, *map(len, rows)), copies * keys.shape[2]
    needed = steps * len(rows) * width * keys.shape[2]
    if needed > NUMBERS:
        what = "numbers of the keys of a layer, in all heads"
        raise LimitError(what, limit=NUMBERS, needed=needed)
    made = _Updates(keys.new_zeros(steps, len(rows), width), *(keys.new_zeros(steps, len(rows)) for _ in range(2)))
    for letter, row in enumerate(rows):
        for place, (key, value, gate) in enumerate(row):
            made.keys[place, letter], made.values[place, letter], made.gates[place, letter] = key, value, gate
    return made


def _known(gates: Tensor) -> bool:
    return bool(torch.isin(gates, torch.tensor(list(GATES), dtype=gates.dtype)).all())


def _in_copies(
    key: Tensor, value: Tensor, norm: Tensor, gate: Tensor, copies: int
) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Return the updates of one: none for a gate that is shut, one with half the doubled key, or one in each copy."""
    if not gate:
        return []
    if norm == SWAP:
        return [(key.repeat(2) / 2, value, gate)]
    width, size = copies * len(key), len(key)
    placed = []
    for copy in range(copies):
        one = key.new_zeros(width)
        one[copy * size : (copy + 1) * size] = key
        placed.append((one, value, gate))
    return placed


def _tensors(updates: _Updates, size: int) -> dict[str, Tensor]:
    """Return the state dict of a layer of `size` heads."""
    steps, letters, width = updates.keys.shape
    logits = torch.full_like(updates.gates, GATES[0.0])
    for gate, logit in GATES.items():
        logits[updates.gates == gate] = logit
    query = updates.keys.new_zeros(size, width)
    query[:, :size] = torch.eye(size, dtype=query.dtype)
    named = {
        "linear_q.weight": query.new_zeros(size * width, letters),
        "linear_q.bias": query.flatten(),
        "out_proj.weight": torch.eye(size, dtype=query.dtype),
        "out_proj.bias": query.new_zeros(size),
    }
    for step in range(steps):
        rows = {
            "k": updates.keys[step].repeat(1, size),
            "v": updates.values[step].unsqueeze(1).repeat(1, size),
            "beta": logits[step].unsqueeze(1).repeat(1, size),
        }
        for name, row in rows.items():
            named[f"linear_{name}.{step}.weight"] = row.T
            named[f"linear_{name}.{step}.bias"] = row.new_zeros(row.shape[1])
    return named


def _shown(state: Tensor, size: int, copies: int) -> Tensor:
    """Return the stored coordinates (B, H) of a state (B, heads x copies x H), not numbers where copies differ."""
    parts = state.reshape(len(state), size * copies, size)
    alike = (parts == parts[:, :1]).all(1)
    return torch.where(alike, parts[:, 0], torch.nan)
