"""A linear recurrence as an ONNX graph: a Scan whose step gathers A_x and multiplies.

The matrices are those that the kernel reads from the stored tensors, entry by entry numbers of the format. So an exact
network is exact here too; rounding, where there is any, happens in another order than in the network's own step.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

import torch
from numpy.typing import NDArray
from torch import Tensor

from fsm2rnn.cells.readout import IndexReadout, LinearReadout
from fsm2rnn.cells.structure.exact_matrices import MATRICES, by_matrices
from fsm2rnn.cells.structure.recurrence import Recurrence, Weights
from fsm2rnn.errors import InputError, LimitError, NumericError
from fsm2rnn.exports.plain import PlainLinear

OPSET: Final = 18
IDS, SCORES, ANSWERS = "ids", "scores", "answers"
NUMBERS: Final = 1 << 26  # of all matrices: in float64 half a gigabyte, a quarter of what one ONNX file can hold


def scan_model(onnx: ModuleType, parts: PlainLinear) -> Any:  # noqa: ANN401  protobuf's, made at run time
    """Return the model ids (batch, length) -> scores (batch, length, K) and answers (batch, length), int64.

    The K scores are those of the readout's rows. InputError where the state is put back on prototypes, and where
    factors give a matrix with an entry that is no number of the format; LimitError for matrices of more than `NUMBERS`
    numbers.
    """
    if parts.snap is not None:
        message = "a network whose state is put back on its prototypes (grade snap) is exported with -f torch alone"
        raise InputError(message)
    constants = _constants(parts)
    helper, kinds = onnx.helper, onnx.TensorProto
    kind, read_in = (helper.np_dtype_to_tensor_dtype(constants[name].dtype) for name in ("start", "readout"))
    rows = constants["readout"].shape[1]
    last = ["row"] if "index" in constants else [ANSWERS]
    nodes = [
        helper.make_node("Transpose", [IDS], ["by_time"], perm=[1, 0]),
        helper.make_node("Shape", [IDS], ["batch_size"], start=0, end=1),
        helper.make_node("Concat", ["batch_size", "width"], ["begin_shape"], axis=0),
        helper.make_node("Expand", ["start", "begin_shape"], ["begin"]),
        helper.make_node("Scan", ["begin", "by_time"], ["end", "states"], num_scan_inputs=1, body=_step(onnx, kind)),
        helper.make_node("Transpose", ["states"], ["by_word"], perm=[1, 0, 2]),
        helper.make_node("Cast", ["by_word"], ["as_read"], to=read_in),
        helper.make_node("MatMul", ["as_read", "readout"], ["unbiased"]),
        helper.make_node("Add", ["unbiased", "bias"], [SCORES]),
        helper.make_node("ArgMax", [SCORES], last, axis=-1, keepdims=0),
        *([helper.make_node("Gather", ["index", "row"], [ANSWERS])] if "index" in constants else []),
    ]
    graph = helper.make_graph(
        nodes,
        "linear recurrence",
        [helper.make_tensor_value_info(IDS, kinds.INT64, ["batch", "length"])],
        [
            helper.make_tensor_value_info(SCORES, read_in, ["batch", "length", rows]),
            helper.make_tensor_value_info(ANSWERS, kinds.INT64, ["batch", "length"]),
        ],
        [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=helper.find_min_ir_version_for(opsets))


def _step(onnx: ModuleType, kind: int) -> Any:  # noqa: ANN401  as above
    """Return the body h, x -> A_x h, A_x h: what is carried on, and what is kept of every symbol."""
    helper = onnx.helper
    nodes = [
        helper.make_node("Gather", ["matrices", "x"], ["matrix"]),
        helper.make_node("Unsqueeze", ["h", "last"], ["column"]),
        helper.make_node("MatMul", ["matrix", "column"], ["moved"]),
        helper.make_node("Squeeze", ["moved", "last"], ["after"]),
        helper.make_node("Identity", ["after"], ["kept"]),
    ]
    state = [helper.make_tensor_value_info(name, kind, ["batch", None]) for name in ("h", "after", "kept")]
    letter = helper.make_tensor_value_info("x", onnx.TensorProto.INT64, ["batch"])
    return helper.make_graph(nodes, "step", [state[0], letter], state[1:])


@torch.no_grad()
def _constants(parts: PlainLinear) -> dict[str, NDArray[Any]]:
    """Return the matrices (D, W, W), the first state (1, W), readout (W, K) and bias (K,), and what shapes need.

    W = H, or H + 1 where a state ends in a constant 1.
    """
    layer, start = parts.layer, parts.layer.initial_state
    needed = layer.input_size * (len(start) + 1) ** 2
    if needed > NUMBERS:
        what = "numbers of the matrices of an ONNX file"
        raise LimitError(what, limit=NUMBERS, needed=needed)
    own = {name: one for name, one in layer.state_dict().items() if name != "initial_state"}
    matrices = _matrices(parts.name, by_matrices(layer.recurrence.structure, own), own)
    more = matrices.shape[-1] - len(start)
    readout, bias, index = _read(parts, start)
    found = {
        "matrices": matrices,
        "start": torch.nn.functional.pad(start, (0, more), value=1.0).unsqueeze(0),
        "readout": torch.nn.functional.pad(readout, (0, more)).T.contiguous(),
        "bias": bias,
        "width": torch.tensor([len(start) + more]),
        "last": torch.tensor([-1]),
    }
    return {name: one.detach().cpu().numpy() for name, one in (found | index).items()}


def _matrices(name: str, recurrence: Recurrence, own: Weights) -> Tensor:
    try:
        return recurrence.prepare(own)[MATRICES]
    except NumericError as error:
        message = f"structure {name!r} multiplies factors, and here {error}; an ONNX file would hold other matrices"
        hint = "export with -f torch or -f pt2, which multiply the factors as they are"
        raise InputError(message, hint=hint) from error


def _read(parts: PlainLinear, start: Tensor) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """Return the readout's rows (K, H), its bias, and the states of rows where they are not their numbers."""
    readout = parts.readout
    if isinstance(readout, IndexReadout):
        rows = start.new_zeros(readout.states, len(start))
        rows[readout.index, torch.arange(len(start))] = 1
        return rows, start.new_zeros(readout.states), {}
    bias = readout.weight.new_zeros(len(readout.weight)) if readout.bias is None else readout.bias
    index = readout.index if isinstance(readout, LinearReadout) else None
    return readout.weight, bias, {} if index is None else {"index": index}
