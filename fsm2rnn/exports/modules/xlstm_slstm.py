"""xlstm's sLSTMLayer from an elman cell: z takes the cell's rows, i = 1, f = 0 and o = 1 by their biases.

A symbol enters as its column of W_ih, so that z reads x as it is. The group norm gives (h - mean) / sqrt(variance +
eps) with the mean and the variance of a code, H - 2 of whose H entries are as many times -1 as need be: one +1, the
others -1. Its weight gives the deviation back (1 is added to what is stored), and the readout's bias the mean.
"""

from __future__ import annotations

import json
from typing import Final

import torch
from torch import Tensor, nn

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.packing import pack
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.exports.modules.conformance import conforming
from fsm2rnn.exports.modules.program import ModuleFolder, written_program
from fsm2rnn.exports.modules.requirements import require_dtype, require_package
from fsm2rnn.exports.plain import PlainStock, names_of, plain_parts
from fsm2rnn.exports.torch_code import CODE, NAMES, WEIGHTS
from fsm2rnn.proof.stored.tensor_file import encode_tensor_file

TARGET: Final = "xlstm-slstm"
SHUT, OPEN = -1000.0, 200.0  # exp(-1000) is 0 and sigmoid(200) is 1 in every format
EPSILON: Final = 1e-5  # of the group norm

_CODE: Final = '''"""An sLSTM layer of the package xlstm in {dtype} that follows a state machine.

run(ids) takes ids (B, T), numbers of symbols, and returns (B, T): the number of the output after every symbol.
step(ids, state) takes ids (B,) and the state before them, None at the start, and returns scores of the {outputs}
outputs and the state after them.
labels.json has the names.
"""

import pathlib

import torch
from safetensors.torch import load_file
from xlstm.blocks.slstm.layer import sLSTMLayer, sLSTMLayerConfig

config = sLSTMLayerConfig(
    embedding_dim={size}, num_heads=1, conv1d_kernel_size=0, backend="vanilla", dtype="{dtype}"
)
net = torch.nn.ModuleDict(
    {{
        "embedding": torch.nn.Embedding({symbols}, {size}),
        "slstm": sLSTMLayer(config),
        "readout": torch.nn.Linear({size}, {outputs}),
    }}
).to(torch.{dtype})
net.load_state_dict(load_file(pathlib.Path(__file__).with_name("network.safetensors")))
net.eval()


@torch.no_grad()
def run(ids):
    return net["readout"](net["slstm"](net["embedding"](ids))).argmax(-1)


@torch.no_grad()
def step(ids, state=None):
    before = None if state is None else state.transpose(0, 1)
    entered = net["embedding"](ids[:, None])
    states, after = net["slstm"](entered, slstm_state=before, return_last_state=True)
    return net["readout"](states)[:, 0], after["slstm_state"].transpose(0, 1)
'''


def xlstm_slstm(network: Network | Tracker) -> ModuleFolder:
    """Return the folder: network.py, which imports xlstm, a state dict, and labels.json.

    InputError where xlstm is missing, or for a network that is no elman cell in a known format; NumericError where the
    layer answers otherwise than the machine.
    """
    require_package("xlstm", "xlstm", TARGET)
    dtype, parts = require_dtype(network, TARGET), plain_parts(network)
    if not isinstance(parts, PlainStock) or parts.name != "elman" or parts.embedding is not None:
        message = f"{TARGET} is written from an elman cell of one layer, found {parts.name}"
        raise InputError(message, hint=f"compile with -t {TARGET}")
    sizes = {"symbols": parts.layer.input_size, "size": parts.layer.hidden_size, "outputs": parts.readout.out_features}
    packed = {name: pack(name, tensor) for name, tensor in layer_tensors(parts).items()}
    files = {
        WEIGHTS: encode_tensor_file(packed, {"format": "pt"}),
        CODE: _CODE.format(dtype=dtype, **sizes).encode(),
        NAMES: (json.dumps(names_of(network), indent=1) + "\n").encode(),
    }
    return conforming(network, written_program(files), files, "the sLSTM layer")


@torch.no_grad()
def layer_tensors(parts: PlainStock) -> dict[str, Tensor]:
    """Return the state dict of embedding (D, H), layer and readout (K, H)."""
    entering, hidden, *biases = parts.layer.all_weights[0]
    size, readout = parts.layer.hidden_size, _readout_of_norm(parts.readout)
    still = hidden.new_zeros(size)
    # Rows and biases of the gates i, f, z, o, in this order.
    recurrent = torch.cat([hidden.new_zeros(2 * size, size), hidden, hidden.new_zeros(size, size)])
    bias = torch.cat([still, still + SHUT, sum(biases, still), still + OPEN])
    gates = {gate: hidden.new_zeros(1, size, size) for gate in ("fgate", "igate", "ogate")}
    gates["zgate"] = torch.eye(size, dtype=hidden.dtype).unsqueeze(0)
    return {
        "embedding.weight": entering.T.contiguous(),
        **{f"slstm.{gate}.weight": weight for gate, weight in gates.items()},
        "slstm.slstm_cell._recurrent_kernel_": recurrent.unsqueeze(0),
        "slstm.slstm_cell._bias_": bias,
        "slstm.group_norm.weight": hidden.new_full((size,), _deviation(size) - 1),
        **readout,
    }


def _readout_of_norm(readout: nn.Linear) -> dict[str, Tensor]:
    """Return weight and bias that make of h - mean what the readout makes of h."""
    mean = 2 / readout.in_features - 1
    bias = readout.bias.double() + mean * readout.weight.double().sum(1)
    return {"readout.weight": readout.weight.detach(), "readout.bias": bias.to(readout.weight.dtype)}


def _deviation(size: int) -> float:
    """Return sqrt(1 - mean^2 + eps) of a code."""
    return float((1 - (2 / size - 1) ** 2 + EPSILON) ** 0.5)
