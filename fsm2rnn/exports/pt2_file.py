"""A network as one .pt2 file of torch.export, batch and length free: torch alone loads it and runs it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.exports.plain import Plain, PlainLinear, names_of, plain_parts, require_format
from fsm2rnn.exports.replay import replay
from fsm2rnn.exports.traceable import Scanned

DTYPES: Final = ("float32", "float64")  # shorter ones round in a step, which a compiler may leave out
EXTRA: Final = "labels.json"


@final
@dataclass(frozen=True)
class Pt2:
    """The bytes of the file, and how many symbols it answered as the network does when it was read back."""

    data: bytes
    replayed: int


def pt2_file(network: Network | Tracker) -> Pt2:
    """Return the file of a program ids (B, T) -> (scores, answers); `labels.json` inside it has the names.

    InputError for what the exporter does not take, by name; NumericError where the file answers otherwise.
    """
    require_format(network, DTYPES, "a .pt2 file")
    parts = plain_parts(network)
    require_one_layer(parts)
    module = Scanned(parts).eval()
    ids = torch.zeros(2, 3, dtype=torch.int64)
    free = (torch.export.Dim("batch"), torch.export.Dim("length"))
    program = torch.export.export(module, (ids,), dynamic_shapes=(free,))
    stream = io.BytesIO()
    torch.export.save(program, stream, extra_files={EXTRA: json.dumps(names_of(network))})
    loaded = torch.export.load(io.BytesIO(stream.getvalue())).module()

    def run(word: Tensor) -> Tensor:
        answers: Tensor = loaded(word)[1]
        return answers

    return Pt2(stream.getvalue(), replay(network, run, "the .pt2 file"))


def require_one_layer(parts: Plain) -> None:
    """Raise InputError for a network that is no one recurrence: several layers, no bias, a state that is put back."""
    if isinstance(parts, PlainLinear):
        if parts.snap is not None:
            message = "a network whose state is put back on its prototypes (grade snap) is exported with -f torch alone"
            raise InputError(message)
    elif parts.layer.num_layers > 1 or not parts.layer.bias:
        what = f"{parts.layer.num_layers} layers" if parts.layer.num_layers > 1 else "no biases"
        message = f"a {type(parts.layer).__name__} with {what} has no program of one step"
        raise InputError(message, hint="export with -f onnx or -f torch")
