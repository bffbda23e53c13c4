"""A layer between one-hot symbols and a readout, as a folder: state dict, network.py and labels.json."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.packing import pack
from fsm2rnn.cells.readout import LinearReadout
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.exports.modules.conformance import conforming
from fsm2rnn.exports.modules.program import ModuleFolder, Program, written_program
from fsm2rnn.exports.plain import PlainLinear, names_of, plain_parts
from fsm2rnn.exports.torch_code import CODE, NAMES, WEIGHTS
from fsm2rnn.proof.stored.tensor_file import encode_tensor_file

_CODE: Final = '''"""{what} in {dtype} that follows a state machine.

run(ids) takes ids (B, T), numbers of symbols, and returns (B, T): the number of the state after every symbol.
step(ids, state) takes ids (B,) and the layer's state before them, None at the start, and returns scores of the {states}
states and the layer's state after them. labels.json has the names.{note}
"""

import pathlib

import torch
from {package} import {kind}
from safetensors.torch import load_file

net = torch.nn.ModuleDict({{"layer": {kind}({options}), "readout": torch.nn.Linear({size}, {rows})}}).to(torch.{dtype})
net.load_state_dict(load_file(pathlib.Path(__file__).with_name("network.safetensors")))
net.eval()
means = torch.tensor({means})  # the state that each row of the readout speaks for


def entered(ids):
    return torch.nn.functional.one_hot(ids, {entering}).to(torch.{dtype})


@torch.no_grad()
def run(ids):
{run}


@torch.no_grad()
def step(ids, state=None):
    {step}
    scores = net["readout"](hidden)
    none = scores.new_full((len(ids), {states}), -torch.inf)
    return none.scatter_reduce(1, means.expand_as(scores), scores, "amax"), state
'''
WHOLE: Final = '    return means[net["readout"](net["layer"](entered(ids))).argmax(-1)]'
STEPWISE: Final = """    found, state = [ids[:, :0]], None
    for symbols in ids.unbind(1):
        scores, state = step(symbols, state)
        found.append(scores.argmax(-1, keepdim=True))
    return torch.cat(found, 1)"""


@final
@dataclass(frozen=True)
class LayerCode:
    """What network.py is made of: the class, its options, how many entries enter it, a step, and how words are run.

    `step` is the line that gives `hidden` (B, H), which the readout reads, and `state` of `ids` and `state`.
    """

    what: str
    package: str
    kind: str
    options: str
    entering: int
    step: str
    run: str
    note: str = ""


@torch.no_grad()
def layer_folder(
    network: Network,
    dtype: str,
    code: LayerCode,
    tensors: Mapping[str, Tensor],
    shown: Callable[[Tensor], Tensor],
) -> ModuleFolder:
    """Return the folder of a layer with these tensors, whose states show those of the stored recurrence by `shown`.

    NumericError where a state differs by a bit, or an answer from the machine's.
    """
    readout = network.readout
    if not isinstance(readout, LinearReadout):
        message = f"{code.kind} is read by a linear readout, found {type(readout).__name__}"
        raise InputError(message)
    rows, size = readout.weight.shape
    means = list(range(rows)) if readout.index is None else readout.index.tolist()
    text = _CODE.format(
        **vars(code), dtype=dtype, states=len(network.machine.states), size=size, rows=rows, means=means
    )
    named = {f"layer.{name}": tensor for name, tensor in tensors.items()}
    named |= {"readout.weight": readout.weight, "readout.bias": readout.bias}
    kind = getattr(torch, dtype)
    packed = {name: pack(name, tensor.detach().to(kind).contiguous()) for name, tensor in named.items()}
    files = {
        WEIGHTS: encode_tensor_file(packed, {"format": "pt"}),
        CODE: text.encode(),
        NAMES: (json.dumps(names_of(network), indent=1) + "\n").encode(),
    }
    program = written_program(files)
    require_states(network, program, shown, code.kind)
    return conforming(network, program, files, code.kind)


@torch.no_grad()
def require_states(network: Network, program: Program, shown: Callable[[Tensor], Tensor], where: str) -> None:
    """Prove of random words that the layer's state shows the stored recurrence's, bit for bit; NumericError if not."""
    draws = torch.Generator().manual_seed(0)
    words = torch.randint(len(network.machine.symbols), (8, 100), generator=draws)
    state, held = None, None
    for symbols in words.unbind(1):
        _, state = program.step(symbols, state)
        states, held = network.rnn(symbols.unsqueeze(1), held)
        if not torch.equal(shown(state), states[:, 0].to(state.dtype)):
            message = f"{where} moves its state otherwise than the stored recurrence; nothing is written"
            raise NumericError(message)


def plain_linear(network: Network | Tracker, target: str, *names: str) -> tuple[Network, dict[str, Tensor]]:
    """Return a network that is one of these linear recurrences from zero, with its tensors; InputError otherwise."""
    parts = plain_parts(network)
    if not isinstance(network, Network) or not isinstance(parts, PlainLinear) or parts.name not in names:
        raise other_recurrence(target, parts.name)
    if parts.snap is not None or bool(parts.layer.initial_state.any()):
        raise other_recurrence(target, "a state that does not start from zero, or is put back")
    return network, dict(parts.layer.state_dict())


def other_recurrence(target: str, found: str) -> InputError:
    """Return the error of a network that was not compiled for the module."""
    return InputError(f"{target} is not written from such a recurrence: {found}", hint=f"compile with -t {target}")
