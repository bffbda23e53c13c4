"""seed: a layer that is larger than a compiled network and has it as its core, as a start for training."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

import torch
from torch import Tensor, nn

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.gated_stack import GatedStack
from fsm2rnn.cells.layer import layer_name
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.choice import choose_member
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.learn.protection import Fixed, Protect, Protection, penalise, protect_rows, unbounded
from fsm2rnn.learn.seeded_core import SeededCore
from fsm2rnn.proof.stored.block_names import block_names
from fsm2rnn.result import Result

FREE_BLOCK: Final = 4  # width of the blocks that are added to a block-diagonal core, the last one aside
ROUNDED: Final = 1.0001  # a norm of 1 as float32 has it; below it nothing is written, so that graphs stay valid
STRUCTURES: Final = ("full", "block-diagonal", "factored", "pd")


def seed(compiled: Result, hidden_size: int, protect: Protect | str = Protect.ROWS) -> BilinearRNN | Tracker:
    """Return a layer of `hidden_size` numbers whose first ones are a compiled network, the others drawn by torch.

    Of a full, integer, block-diagonal, factored or pd network it is a BilinearRNN whose `core()` is the network again,
    with the weights that the layer has by then; of relu, elman, gru and lstm a Tracker around torch.nn's layer, with
    the compiled readout. Free units may read the core, and the core reads no free unit.

    "rows" puts the core's rows back before every use and `state_dict`, whatever optimiser moved them: P A_x = Pi_x P
    stays exact, and `check` accepts `core()` after training; free matrices are kept at norm 1 or below. "penalty" adds
    ten times the squared change of the rows to the loss and bounds the free matrices too, "none" nothing.
    Letters must enter as ids (or one-hot), since the core is claimed for those alone, and `initial_state` is no
    parameter. Copies by deepcopy keep rows, not the penalty.

    The layer raises NumericError where it is used after free numbers have overflowed.

    Raises InputError for a structure whose rows cannot be protected, a width below the core's and unknown names,
    NotCompiled where there is no network.
    """
    how = choose_member("protection", protect, Protect)
    found = compiled.network()
    own = found.rnn.hidden_size
    if hidden_size < own:
        message = f"the compiled network has {own} hidden numbers, and {hidden_size} are asked for"
        raise InputError(message)
    if isinstance(found, Tracker):
        return _seeded_tracker(found, hidden_size, how)
    structure = found.rnn.structure
    if structure not in STRUCTURES or found.snap is not None:
        message = f"a core of structure {structure!r} has no rows of its own that can be protected"
        raise InputError(message, hint=f"compile for one of {', '.join(STRUCTURES)}, integer, or a layer of torch.nn")
    return _seeded_layer(found, hidden_size, how)


def _seeded_layer(core: Network, hidden: int, how: Protect) -> BilinearRNN:
    small = core.rnn
    extra = hidden - small.hidden_size
    layer = BilinearRNN(
        small.input_size, hidden, structure=small.structure, inner=_inner(small, extra), dtype=small.initial_state.dtype
    )
    fixed = _embedded(layer, small)
    protection = Protection(fixed, partial(_bounded, small.structure, small.hidden_size, _products(small)))
    _protect(layer, protection, how)
    layer.seeded = SeededCore(core, fixed, protection if how is Protect.ROWS else None)
    return layer


def _protect(layer: nn.Module, protection: Protection, how: Protect) -> None:
    match how:
        case Protect.ROWS:
            protection(layer)
            protect_rows(layer, protection)
        case Protect.PENALTY:
            penalise(layer, protection.fixed)
            protect_rows(layer, Protection({}, protection.bound))
        case Protect.NONE:
            pass


def _inner(small: BilinearRNN, extra: int) -> int | tuple[int, ...] | None:
    match small.structure:
        case "factored":
            return _products(small) + 2 * extra
        case "block-diagonal":
            widths = tuple(block.shape[1] for block in _blocks(small))
            rest = (extra % FREE_BLOCK,) if extra % FREE_BLOCK else ()
            return (*widths, *(FREE_BLOCK,) * (extra // FREE_BLOCK), *rest)
        case _:
            return None


def _products(small: BilinearRNN) -> int:
    """Return the number of products of a factored layer, 0 of any other."""
    return int(small.state_dict()["gates"].shape[1]) if small.structure == "factored" else 0


def _blocks(layer: BilinearRNN) -> list[Tensor]:
    tensors = dict(layer.named_parameters())
    return [tensors[name] for name in block_names(tensors)]


@torch.no_grad()
def _embedded(layer: BilinearRNN, small: BilinearRNN) -> dict[str, Fixed]:
    """Put the core into the layer's first coordinates, and return which numbers are its own."""
    own, tensors = small.hidden_size, dict(layer.named_parameters())
    fixed = {name: _fixed(tensors[name], part) for name, part in small.named_parameters()}
    if layer.structure == "full":
        fixed["weight"].mask[:own] = True
    elif layer.structure == "factored":
        fixed["output_factor"].mask[:own] = True
        fixed["input_factor"].mask[: _products(small)] = True
    elif layer.structure == "pd":
        order = torch.rand(small.input_size, layer.hidden_size - own).argsort(-1)
        index = torch.cat([small.get_buffer("index"), own + order], 1)
        layer.get_buffer("index").copy_(index)
    for name, kept in fixed.items():
        tensors[name].copy_(torch.where(kept.mask, kept.values, tensors[name]))
    start = layer.initial_state
    start.zero_()
    start[:own] = small.initial_state
    return fixed


def _fixed(large: Tensor, part: Tensor) -> Fixed:
    """Return the corner of a tensor that a part fills, with zeros around."""
    corner = tuple(slice(0, size) for size in part.shape)
    mask, values = torch.zeros_like(large, dtype=torch.bool), torch.zeros_like(large)
    mask[corner], values[corner] = True, part.detach()
    return Fixed(mask, values.detach())


def _bounded(structure: str, own: int, products: int, tensors: Mapping[str, Tensor]) -> None:
    """Divide the free part of each letter's matrix by its norm, where it is greater than 1."""
    match structure:
        case "full":
            free = tensors["weight"][own:, own:]
            _divide(free, free.permute(2, 0, 1), (1, 1, -1))
        case "factored":
            gates = tensors["gates"][:, products:]
            left, right = tensors["output_factor"][own:, products:], tensors["input_factor"][products:, own:]
            _divide(gates, torch.einsum("ir,dr,rj->dij", _wide(left), _wide(gates), _wide(right)), (-1, 1))
        case "pd":
            free = tensors["diagonal"][:, own:]
            _require_finite(free)
            if bool((free.abs() > 1).any()):
                free.clamp_(-1, 1)
        case _:
            for block in _free_blocks(tensors, own):
                _divide(block, block, (-1, 1, 1))


def _bounded_relu(own: int, tensors: Mapping[str, Tensor]) -> None:
    """Divide the free part of the recurrent matrix by its norm, where it is greater than 1."""
    free = tensors["weight_hh_l0"][own:, own:]
    _divide(free, free.unsqueeze(0), (1, 1))


def _free_blocks(tensors: Mapping[str, Tensor], own: int) -> list[Tensor]:
    found, first = [], 0
    for name in block_names(tensors):
        if first >= own:
            found.append(tensors[name])
        first += tensors[name].shape[1]
    return found


def _divide(free: Tensor, matrices: Tensor, shape: tuple[int, ...]) -> None:
    """Divide `free` by the greatest singular values of (D, n, n), where one is greater than 1 and not just rounded."""
    if not matrices.numel():
        return
    _require_finite(matrices)
    norms = torch.linalg.matrix_norm(_wide(matrices), ord=2)
    if float(norms.max()) > ROUNDED:
        # A short format rounds quotients by up to half an epsilon each: one more keeps the norm below 1 from then on.
        spare = 1 + torch.finfo(free.dtype).eps if _wide(free).dtype != free.dtype else 1
        free /= torch.where(norms > 1, norms * spare, 1).reshape(shape)


def _wide(tensor: Tensor) -> Tensor:
    """Return the tensor in float32 where its format is shorter, since norms are not taken in those."""
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))


def _require_finite(free: Tensor) -> None:
    if not bool(free.isfinite().all()):
        message = (
            "free weights of a seeded layer are not finite: training has diverged, and a lower learning rate may help"
        )
        raise NumericError(message)


@torch.no_grad()
def _seeded_tracker(core: Tracker, hidden: int, how: Protect) -> Tracker:
    """Widen every gate; the free units have torch's own draws, and the readout does not read them at first."""
    small = core.rnn
    if isinstance(small, BilinearRNN | GatedStack):
        message = f"a core is widened in a layer of torch.nn, and this one is a {layer_name(small)}"
        raise InputError(message, hint="seed from relu, elman, gru, lstm or a linear recurrence")
    more = {"nonlinearity": small.nonlinearity} if isinstance(small, nn.RNN) else {}
    layer = type(small)(small.input_size, hidden, batch_first=True, **more)
    fixed = {}
    for name, tensor in layer.named_parameters():
        fixed[name] = _widened(tensor, small.get_parameter(name), small.hidden_size, hidden)
        tensor.copy_(torch.where(fixed[name].mask, fixed[name].values, tensor))
    readout = nn.Linear(hidden, core.readout.out_features)
    readout.weight.zero_()
    readout.weight[:, : small.hidden_size] = core.readout.weight
    readout.bias.copy_(core.readout.bias)
    grows = isinstance(small, nn.RNN) and small.nonlinearity == "relu"
    bound = partial(_bounded_relu, small.hidden_size) if grows else unbounded
    _protect(layer, Protection(fixed, bound), how)
    return Tracker(layer, readout, core.machine)


def _widened(large: Tensor, part: Tensor, own: int, hidden: int) -> Fixed:
    """Return the core's rows of each gate, with zeros where they would read free units."""
    gates = len(part) // own
    mask, values = torch.zeros_like(large, dtype=torch.bool), torch.zeros_like(large)
    for gate in range(gates):
        rows = slice(gate * hidden, gate * hidden + own)
        mask[rows] = True
        values[(rows, *(slice(0, size) for size in part.shape[1:]))] = part[gate * own : (gate + 1) * own]
    return Fixed(mask, values)
