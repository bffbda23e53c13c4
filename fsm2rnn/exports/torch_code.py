"""A network as a folder: a plain state dict, a few lines of torch that run it, and the names of what they answer.

The lines do what the cell does, in its order of operations and in its arithmetic: where a step adds up in float32 and
rounds once, so do they.
"""

from __future__ import annotations

import json
from typing import Final

from torch import Tensor, nn

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.packing import pack
from fsm2rnn.cells.readout import IndexReadout, LinearReadout
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exports.plain import Plain, PlainLinear, PlainStock, names_of, number_format, plain_parts
from fsm2rnn.proof.stored.tensor_file import encode_tensor_file

WEIGHTS, CODE, NAMES = "network.safetensors", "network.py", "labels.json"

_MOVED = '(w["{0}"][x] @ h.unsqueeze(-1)).squeeze(-1)'
_UPDATE: Final = (
    "for r in range({updates}):",
    '    k = w["key"][x, r]',
    '    h = h + (w["beta"][x, r] * ({value} - (k * h).sum(-1))).unsqueeze(-1) * k',
)
_TURN: Final = (
    'c, s = w["cosine"][x], w["sine"][x]',
    "u, v = h[:, {lines}::2], h[:, {lines} + 1 :: 2]",
    "turned = torch.stack((c * u - s * v, s * u + c * v), -1).flatten(1)",
)
_HEADER: Final = '''"""{what} in {dtype}, in plain torch.

run(ids) takes ids (B, T), numbers of symbols, and returns (B, T): the number of the {answer} after every symbol.
labels.json has the names.
"""

import pathlib

import torch
from safetensors.torch import load_file

'''


def torch_files(network: Network | Tracker) -> dict[str, bytes]:
    """Return the files of the folder by name; InputError for a network that plain operations do not say."""
    parts, form = plain_parts(network), number_format(network)
    answer = "state" if isinstance(network, Network) else "output"
    what = (
        f"A torch.nn layer ({parts.name})" if isinstance(parts, PlainStock) else f"A linear recurrence ({parts.name})"
    )
    header = _HEADER.format(what=what, dtype=form.name, answer=answer)
    body = _linear(parts, form) if isinstance(parts, PlainLinear) else _stock(parts, form)
    packed = {name: pack(name, tensor) for name, tensor in plain_tensors(parts).items()}
    return {
        WEIGHTS: encode_tensor_file(packed, {"format": "pt"}),
        CODE: (header + "\n".join(body) + "\n").encode(),
        NAMES: (json.dumps(names_of(network), indent=1) + "\n").encode(),
    }


def plain_tensors(parts: Plain) -> dict[str, Tensor]:
    """Return the state dict: of torch.nn's layers as a ModuleDict of rnn, readout and embedding has it."""
    modules: dict[str, nn.Module | None] = {"readout.": parts.readout}
    if isinstance(parts, PlainStock):
        modules |= {"rnn.": parts.layer, "embedding.": parts.embedding}
    else:
        modules |= {"": parts.layer, "snap.": parts.snap}
    present = {prefix: module for prefix, module in modules.items() if module is not None}
    return {prefix + name: one for prefix, module in present.items() for name, one in module.state_dict().items()}


def _stock(parts: PlainStock, form: FloatFormat) -> list[str]:
    layer, readout = parts.layer, parts.readout
    kind = type(layer).__name__
    more = f", num_layers={layer.num_layers}" if layer.num_layers > 1 else ""
    more += "" if layer.bias else ", bias=False"
    more += ', nonlinearity="relu"' if parts.name == "relu" else ""
    made = {
        "rnn": f"torch.nn.{kind}({layer.input_size}, {layer.hidden_size}{more}, batch_first=True)",
        "readout": f"torch.nn.Linear({readout.in_features}, {readout.out_features}, bias={readout.bias is not None})",
    }
    enter = f"torch.nn.functional.one_hot(ids, {layer.input_size}).to(torch.{form.name})"
    if parts.embedding is not None:
        made["embedding"] = f"torch.nn.Embedding({parts.embedding.num_embeddings}, {layer.input_size})"
        enter = 'net["embedding"](ids)'
    return [
        "net = torch.nn.ModuleDict(",
        "    {",
        *(f'        "{name}": {made_by},' for name, made_by in made.items()),
        "    }",
        f").to(torch.{form.name})",
        f'net.load_state_dict(load_file(pathlib.Path(__file__).with_name("{WEIGHTS}")))',
        "net.eval()",
        *_run_lines([f"x = {enter}", 'return net["readout"](net["rnn"](x)[0]).argmax(-1)']),
    ]


def _linear(parts: PlainLinear, form: FloatFormat) -> list[str]:
    step = step_lines(parts)
    load = [f'stored = load_file(pathlib.Path(__file__).with_name("{WEIGHTS}"))']
    if form.accumulator != form:
        wide = f"torch.{form.accumulator.name}"
        load.append(f"w = {{n: t.to({wide}) if t.is_floating_point() else t for n, t in stored.items()}}")
        step = [f"h = h.to({wide})", *step, f"h = h.to(torch.{form.name})  # added up in {wide}, rounded once"]
    back = [] if parts.snap is None else _snap_lines(parts.snap.symbols)
    loop = [*step, f"scores = {_scores(parts)}", "found.append(scores.argmax(-1, keepdim=True))", *back]
    begin = 'h, found = stored["initial_state"].expand(len(ids), -1), [ids[:, :0]]'
    head = "for x in ids.unbind(1):" if parts.snap is None else "for t, x in enumerate(ids.unbind(1), 1):"
    body = _run_lines([begin, head, *(f"    {line}" for line in loop), "return torch.cat(found, 1)"])
    if form.accumulator != form:
        return [*load, *body]
    return [line.replace("stored", "w") for line in (*load, *body)]


def _run_lines(body: list[str]) -> list[str]:
    return ["", "", "@torch.no_grad()", "def run(ids):", *(f"    {line}" for line in body)]


def _snap_lines(every: int) -> list[str]:
    return [
        f"if t % {every} == 0:  # put back on the prototype of what is read",
        '    h = stored["snap.prototype"][scores.argmax(-1)]',
    ]


def _scores(parts: PlainLinear) -> str:
    readout = parts.readout
    if isinstance(readout, IndexReadout):
        return f'h.new_zeros(len(h), {readout.states}).index_add(-1, stored["readout.index"], h)'
    kind = readout.weight.dtype
    state = "h" if kind == parts.layer.initial_state.dtype else f"h.to({kind})"
    bias = "" if readout.bias is None else ', stored["readout.bias"]'
    rows = f'torch.nn.functional.linear({state}, stored["readout.weight"]{bias})'
    if not isinstance(readout, LinearReadout) or readout.index is None:
        return rows
    none = f"torch.full((len(h), {readout.states}), -torch.inf, dtype={kind})"
    return f'{none}.scatter_reduce(-1, stored["readout.index"].expand(len(h), -1), {rows}, "amax")'


def step_lines(parts: PlainLinear) -> list[str]:
    """Return the lines that make h_t of h_{t-1} (B, H) and x (B,), with the tensors `w`; InputError for no lines."""
    layer = parts.layer
    tensors = {name: tuple(one.shape) for name, one in layer.state_dict().items()}
    lines = len(layer.initial_state) - 2 * tensors.get("cosine", (0, 0))[1]
    widths = [shape[1] for name, shape in sorted(tensors.items(), key=_place) if name.startswith("block.")]
    updates = tensors.get("beta", (0, 0))[1]
    turn = [line.format(lines=lines) for line in _TURN]
    joined = f'h = torch.cat((w["diagonal"][x] * h[:, :{lines}], turned), 1)' if lines else "h = turned"
    blocks = '(w[f"block.{n}"][x] @ part.unsqueeze(-1)).squeeze(-1) for n, part in enumerate(parts)'
    known: dict[str, list[str]] = {
        "full": ['h = (w["weight"].permute(2, 0, 1)[x] @ h.unsqueeze(-1)).squeeze(-1)'],
        "pd": ['h = torch.zeros_like(h).scatter_add(-1, w["index"][x], w["diagonal"][x] * h)'],
        "factored": ['h = (h @ w["input_factor"].T * w["gates"][x]) @ w["output_factor"].T'],
        "diagonal": ['h = w["diagonal"][x] * h'],
        "affine-diagonal": ['h = w["diagonal"][x] * h + w["offset"][x]'],
        "rotation": [*turn, joined],
        "block-diagonal": [f"parts = h.split({widths}, -1)", f"h = torch.cat([{blocks}], -1)"],
        "householder": [line.format(updates=updates, value="0") for line in _UPDATE],
        "affine-householder": [line.format(updates=updates, value='w["value"][x, r]') for line in _UPDATE],
    }
    if parts.name not in known:
        message = f"structure {parts.name!r} has no lines of plain torch"
        raise InputError(message)
    return known[parts.name]


def _place(named: tuple[str, object]) -> tuple[str, int]:
    """Sort block.2 before block.10."""
    name, _, place = named[0].partition(".")
    return name, int(place) if place.isdigit() else 0
