"""A network as one ONNX file: ids (batch, length) -> scores (batch, length, K) and answers (batch, length).

Layers of torch.nn become ONNX's own RNN, GRU and LSTM, by torch's TorchScript exporter: the newer one fixes the
length that it sees. A linear recurrence becomes a Scan over its matrices. Either way onnxruntime runs the file at other
lengths than it was made with.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.exports.onnx_libraries import onnx_libraries
from fsm2rnn.exports.onnx_scan import ANSWERS, IDS, OPSET, SCORES, scan_model
from fsm2rnn.exports.plain import PlainLinear, PlainStock, names_of, plain_parts, require_format
from fsm2rnn.exports.replay import replay
from fsm2rnn.exports.traceable import WholeWords

FREE: Final = {0: "batch", 1: "length"}
LINEAR_DTYPES: Final = ("float32", "float64")
STOCK_DTYPES: Final = ("float32",)  # onnxruntime has no GRU in other formats
NAMES: Final = "labels"


@final
@dataclass(frozen=True)
class OnnxFile:
    """The bytes of the file, its opset, and how many symbols onnxruntime answered from it as the network does."""

    data: bytes
    opset: int
    replayed: int


def onnx_file(network: Network | Tracker) -> OnnxFile:
    """Return the file, with the names of ids and answers as JSON under `labels` in its metadata.

    InputError where onnx or onnxruntime is missing, for a network that ONNX cannot say and for a file whose length
    would be fixed; LimitError for matrices that take too much memory; NumericError where the file answers otherwise.
    """
    onnx, runtime = onnx_libraries()
    parts = plain_parts(network)
    require_format(network, LINEAR_DTYPES if isinstance(parts, PlainLinear) else STOCK_DTYPES, "an ONNX file")
    model = scan_model(onnx, parts) if isinstance(parts, PlainLinear) else _traced(onnx, parts)
    onnx.helper.set_model_props(model, {NAMES: json.dumps(names_of(network))})
    require_free_shape(model)
    onnx.checker.check_model(model)
    data = bytes(model.SerializeToString())
    return OnnxFile(data, OPSET, replay(network, _runner(runtime, data), "the ONNX file"))


def require_free_shape(model: Any) -> None:  # noqa: ANN401  protobuf's, made at run time
    """Raise InputError for an ONNX model in which the batch or the length of an input or output is a number."""
    for value in (*model.graph.input, *model.graph.output):
        for place, what in FREE.items():
            size = value.type.tensor_type.shape.dim[place]
            if not size.dim_param:
                message = f"this ONNX file fixes the {what} of {value.name} at {size.dim_value}; words of others fail"
                raise InputError(message)


def _traced(onnx: ModuleType, parts: PlainStock) -> Any:  # noqa: ANN401  as above
    """Return the model of a layer of torch.nn, followed on two words of three symbols."""
    stream = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        # That the exporter is the older one, and that it saw words of one length: other lengths are run afterwards.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            WholeWords(parts).eval(),
            (torch.zeros(2, 3, dtype=torch.int64),),
            stream,  # type: ignore[arg-type]  # with dynamo=False it takes a stream
            dynamo=False,
            opset_version=OPSET,
            input_names=[IDS],
            output_names=[SCORES, ANSWERS],
            dynamic_axes={IDS: FREE, SCORES: FREE, ANSWERS: FREE},
        )
    return onnx.load_model_from_string(stream.getvalue())


def _runner(runtime: ModuleType, data: bytes) -> Callable[[Tensor], Tensor]:
    """Return ids -> answers by onnxruntime on the CPU."""
    session = runtime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return lambda ids: torch.from_numpy(session.run([ANSWERS], {IDS: ids.numpy()})[0])
