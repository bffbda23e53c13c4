"""SignedMinGRU and minGRU from stored recurrences: gates shut and open by their weights and biases."""

from __future__ import annotations

from typing import Final

import torch

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.exports.modules.mingru.layer_folder import (
    STEPWISE,
    WHOLE,
    LayerCode,
    layer_folder,
    other_recurrence,
    plain_linear,
)
from fsm2rnn.exports.modules.program import ModuleFolder
from fsm2rnn.exports.modules.registers.bank import register_bank
from fsm2rnn.exports.modules.requirements import require_dtype, require_package

OPEN, SHUT = 200.0, -200.0  # sigmoid is 1 and 0 in float32 and bfloat16
SIGN: Final = 32.0  # tanh(32) is 1
HALF: Final = 0.5  # what minGRU adds to a value that is not negative
_STEP: Final = """state = net["layer"](entered(ids)[:, None], state, return_next_prev_hidden=True)[1]
    hidden = state[:, 0, :{size}]"""
LOGARITHMS: Final = """

Here words are run symbol by symbol, where every step is exact. The layer run on a whole word in one call goes through
logarithms, whose rounding grows with every write: of that nothing is claimed."""


def signed_mingru(network: Network | Tracker) -> ModuleFolder:
    """Return SignedMinGRU with tanh(s) = a, sigmoid(z) = 1 and c = b; errors as for `export`."""
    target = "signed-mingru"
    require_package("mingru", "mingru", target)
    dtype, (own, tensors) = require_dtype(network, target), plain_linear(network, target, "affine-diagonal")
    factors, offsets = tensors["diagonal"], tensors["offset"]
    if not bool(torch.isin(factors, torch.tensor([-1.0, 0.0, 1.0], dtype=factors.dtype)).all()):
        raise other_recurrence(target, "factors other than -1, 0 and 1")
    letters, size = factors.shape
    still = factors.new_zeros(size)
    code = LayerCode(
        "A SignedMinGRU layer of the package mingru-scans",
        "mingru",
        "SignedMinGRU",
        f"{letters}, {size}",
        letters,
        'hidden = state = net["layer"].step(entered(ids), state)',
        WHOLE,
    )
    named = {
        "linear_z.weight": torch.zeros_like(factors.T),
        "linear_z.bias": still + OPEN,
        "linear_h.weight": offsets.T,
        "linear_h.bias": still,
        "linear_s.weight": SIGN * factors.T,
        "linear_s.bias": still,
    }
    return layer_folder(own, dtype, code, named, lambda state: state)


def mingru_pytorch(network: Network | Tracker) -> ModuleFolder:
    """Return minGRU whose gates keep or set registers, stepped; errors as for `export`."""
    target = "mingru-pytorch"
    require_package("minGRU_pytorch", "mingru", target)
    dtype, bank = require_dtype(network, target), register_bank(network, target)
    own, _ = plain_linear(network, target, "affine-diagonal")
    size, width = bank.size, max(bank.letters, bank.size)
    values, gates = (torch.full((width, width), SHUT, dtype=torch.float64) for _ in range(2))
    values[:size, : bank.letters] = torch.where(bank.writes == 1, HALF, SHUT).T
    gates[:size, : bank.letters] = torch.where(bank.sets == 1, OPEN, SHUT).T
    code = LayerCode(
        "A minGRU layer of the package minGRU-pytorch",
        "minGRU_pytorch",
        "minGRU",
        str(width),
        width,
        _STEP.format(size=size),
        STEPWISE,
        LOGARITHMS,
    )
    return layer_folder(
        own,
        dtype,
        code,
        {"to_hidden_and_gate.weight": torch.cat([values, gates])},
        lambda state: state[:, 0, :size],
    )
