"""BilinearRNNCell and BilinearRNN: h_t = A(x_t) h_{t-1} with A(x) = sum_k x_k A_k, in torch's RNN manners.

Source: Ebrahimi and Memisevic, arXiv 2505.21749.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, final

import torch
from torch import Tensor, nn

from fsm2rnn.cells.arithmetic import divided_by_norm, held, kept
from fsm2rnn.cells.gradients.looped import looped_over_words, runs_in_loops
from fsm2rnn.cells.gradients.scales import whole_words
from fsm2rnn.cells.structure.recurrence import CellSizes, Recurrence, Weights
from fsm2rnn.cells.structure.table import find_recurrence
from fsm2rnn.cells.transforms import has_tangents, knows_values, letter_ids, matched, own_formats, require_no_trace
from fsm2rnn.errors import InputError

OLD_PREFIX = "rnn."  # before the names of a layer inside a network, in older state dicts
AT_ONCE: Final = (torch.float32, torch.float64)  # of shorter formats every state is rounded, step by step


class _Bilinear(nn.Module):
    """The weights that cell and layer share: one structure's tensors and `initial_state`."""

    initial_state: Tensor

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        structure: str | Recurrence = "full",
        inner: int | tuple[int, ...] | None = None,
        normalize: bool = False,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        sizes = CellSizes(input_size, hidden_size, inner)
        self.recurrence = structure if isinstance(structure, Recurrence) else find_recurrence(structure)
        self.recurrence.require_sizes(sizes)
        if normalize and self.recurrence.affine:
            message = f"structure {self.recurrence.name!r} adds an offset, which means another thing to a divided state"
            raise InputError(message, hint="leave normalize out, or take a structure without an offset")
        self.normalize = normalize
        self.input_size, self.hidden_size, self.inner = input_size, hidden_size, inner
        self.structure = self.recurrence.name
        for name, shape in self.recurrence.float_shapes(sizes).items():
            self._add(name, nn.Parameter(torch.empty(shape, device=device, dtype=dtype)))
        for name, shape in self.recurrence.index_shapes(sizes).items():
            self.register_buffer(name, torch.empty(shape, device=device, dtype=torch.int64))
        start = torch.empty(hidden_size, device=device, dtype=dtype)
        if normalize:
            self.register_parameter("initial_state", nn.Parameter(start))
        else:
            self.register_buffer("initial_state", start)
        self.register_load_state_dict_pre_hook(_plain_names)  # type: ignore[no-untyped-call]
        self.reset_parameters()

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Draw weights anew as the class says, and start in equal entries of norm 1."""
        weights = {**dict(self.named_parameters()), **dict(self.named_buffers())}
        self.recurrence.initialise({name: one for name, one in weights.items() if name != "initial_state"})
        self.initial_state.fill_(self.hidden_size**-0.5)

    def extra_repr(self) -> str:
        """Return the arguments."""
        inner = "" if self.inner is None else f", inner={self.inner}"
        divided = ", normalize=True" if self.normalize else ""
        return f"{self.input_size}, {self.hidden_size}, structure={self.structure!r}{inner}{divided}"

    def _add(self, name: str, parameter: nn.Parameter) -> None:
        """Register a parameter under its name in state_dict: LIST.0, LIST.1, ... are those of a list."""
        several, dot, _ = name.partition(".")
        if not dot:
            self.register_parameter(name, parameter)
            return
        if several not in self._modules:
            self.register_module(several, nn.ParameterList())
        listed = self.get_submodule(several)
        if isinstance(listed, nn.ParameterList):
            listed.append(parameter)

    def _weights(self) -> Weights:
        weights: dict[str, Tensor] = {**dict(self.named_parameters()), **dict(self.named_buffers())}
        kind = self.initial_state.dtype
        if held(kind) != kind:
            weights = {name: one.to(held(kind)) if one.dtype == kind else one for name, one in weights.items()}
        return self.recurrence.prepare(weights)

    def _read(self, found: Tensor, axes: int) -> tuple[Tensor, bool]:
        """Return ids or features with a batch axis before or between `axes` others, and whether it was added.

        InputError for what is no such tensor, an id outside the alphabet, and under torch.jit.trace.
        """
        require_no_trace()
        if not isinstance(found, Tensor):
            message = f"a tensor of ids or features expected, found {type(found).__name__}"
            raise InputError(message, hint="network.run(word) takes words")
        features = found.is_floating_point()
        x = matched(found, held(self.initial_state.dtype), "features") if features else found
        x = x if features else letter_ids(x, self.input_size)
        least = axes + int(features)
        if x.dim() not in (least, least + 1) or (features and x.shape[-1] != self.input_size):
            expected = f"features with {self.input_size} numbers" if features else "ids"
            message = f"{expected} in {least} or, with a batch axis, {least + 1} axes expected, found {tuple(x.shape)}"
            raise InputError(message)
        return (x.unsqueeze(0), True) if x.dim() == least else (x, False)

    def _step(self, weights: Weights, x: Tensor, h: Tensor) -> Tensor:
        step = self.recurrence.step_features if x.is_floating_point() else self.recurrence.step_ids
        after = step(weights, x, h)
        return kept(divided_by_norm(after) if self.normalize else after, self.initial_state.dtype)

    def _start(self, hx: Tensor | None, batch: int) -> Tensor:
        """Return the first states (B, H); InputError for another shape or dtype."""
        kind = held(self.initial_state.dtype)
        if hx is None:
            return self.initial_state.to(kind).expand(batch, -1)
        if hx.shape[-1:] != (self.hidden_size,) or hx.numel() != batch * self.hidden_size:
            message = f"hx of {batch} states of {self.hidden_size} numbers expected, found {tuple(hx.shape)}"
            raise InputError(message)
        return matched(hx.reshape(batch, self.hidden_size), kind, "hx")


def _plain_names(_: nn.Module, tensors: dict[str, Tensor], prefix: str, *__: object) -> None:
    """Rename the tensors of older state dicts, where `rnn.` stood before every name."""
    for name in [name for name in tensors if name.startswith(prefix + OLD_PREFIX)]:
        tensors[prefix + name.removeprefix(prefix + OLD_PREFIX)] = tensors.pop(name)


@final
class BilinearRNNCell(_Bilinear):
    """One step h' = A(x) h, or h' = A(x) h / |A(x) h| with normalize=True.

    `structure`: "full" stores `weight` (H, H, D) in torch.nn.Bilinear's layout; "pd" `index` and `diagonal`
    (D, H); "factored" `output_factor` (H, R), `gates` (D, R), `input_factor` (R, H) with R = `inner`, H by
    default; "diagonal" `diagonal` (D, H); "affine-diagonal" also `offset` (D, H); "rotation" `cosine` and `sine`
    (D, P) and, for L = `inner` numbers before the planes, `diagonal` (D, L), H = L + 2 P; "block-diagonal" `block.0`,
    `block.1`, ... (D, n, n) with the widths `inner`, or one width; "householder" `key` (D, R, H) and `beta` (D, R) with
    R = `inner` updates per symbol, 1 by default; "affine-householder" also `value` (D, R). A `Recurrence` in place of a
    name is taken as it is.

    Division by the norm leaves every direction as it is, since the recurrence is homogeneous: a readout without bias
    says the same of the weights with it and without it, and h neither grows nor fades while they learn. Then
    `initial_state` is a parameter, else a buffer. InputError where the structure adds an offset.

    New weights keep the mean square length of a state: "full" has normal entries of variance 1/H, "factored"
    orthonormal factors and normal gates, "block-diagonal" orthogonal blocks, "diagonal" signs, "rotation" uniform
    angles, "pd" permutations and signs, "householder" reflections in random directions; offsets and values are zero.

    Input is ids (B,) or features (B, D), or one of them without the batch axis; hx is (B, H), None meaning
    `initial_state`; the result is (B, H).
    """

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:  # noqa: A002  torch's own name
        """Return h'."""
        x, single = self._read(input, 0)
        with own_formats(x.device):
            after = self._step(self._weights(), x, self._start(hx, len(x)))
        return after.squeeze(0) if single else after


@final
class BilinearRNN(_Bilinear):
    """The recurrence over a whole word.

    Input is ids (B, T) or features (B, T, D) (time first with batch_first=False), or one stream without
    the batch axis. Returns (output, h_n) of shapes (B, T, H) and (1, B, H), as torch.nn.GRU does; hx is
    (1, B, H), None meaning `initial_state`.

    In training mode, where gradients are asked for, words of ids in float32 and float64 are read at once, with
    gradients written out: the states are those of the steps to rounding, and InputError is raised where a gradient is
    to be differentiated again. On the CPU most structures have loops for it, which numba compiles for the first words
    of a machine, in some seconds. Step by step, in one order of operations, and as certificates have it, are read:
    words in evaluation mode and under no_grad, features, shorter formats, compiled and mapped layers, forward mode.
    """

    def __init__(  # noqa: PLR0913  torch's own arguments of a layer, and three of a bilinear one
        self,
        input_size: int,
        hidden_size: int,
        *,
        structure: str | Recurrence = "full",
        inner: int | tuple[int, ...] | None = None,
        normalize: bool = False,
        batch_first: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        """Take the sizes D and H; see the class, and BilinearRNNCell for `structure`, `inner` and `normalize`."""
        super().__init__(
            input_size, hidden_size, structure=structure, inner=inner, normalize=normalize, device=device, dtype=dtype
        )
        self.batch_first = batch_first
        self.seeded: Callable[[BilinearRNN], Any] | None = None

    def core(self) -> Any:  # noqa: ANN401  a Network, which is made of layers and so is not known here
        """Return the Network that `fsm2rnn.seed` put into this layer, with the weights that its rows have by now.

        InputError for a layer that was not seeded.
        """
        if self.seeded is None:
            message = "this layer has no compiled core"
            raise InputError(message, hint="fsm2rnn.seed makes layers that have one")
        return self.seeded(self)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:  # noqa: A002  torch's own name
        """Return every state and the last one."""
        x, single = self._read(input, 1)
        x = x if single or self.batch_first else x.transpose(0, 1)
        with own_formats(x.device):
            h, weights = self._start(hx, len(x)), self._weights()
            found = self._at_once(weights, x, h)
            output = self._in_turn(weights, x, h) if found is None else found
            h = output[:, -1] if output.shape[1] else h
        if single:
            return output.squeeze(0), h
        return (output if self.batch_first else output.transpose(0, 1)), h.unsqueeze(0)

    def _in_turn(self, weights: Weights, x: Tensor, h: Tensor) -> Tensor:
        """Return every state (B, T, H), step by step: the arithmetic of which certificates speak."""
        states = []
        for step in x.unbind(1):
            h = self._step(weights, step, h)
            states.append(h)
        return torch.stack(states, 1) if states else h.new_empty(len(x), 0, self.hidden_size)

    def _at_once(self, weights: Weights, x: Tensor, h: Tensor) -> Tensor | None:
        """Return every state (B, T, H) of words that are trained on, None where they are to be read step by step."""
        tensors = (x, h, *weights.values())
        training = self.training and torch.is_grad_enabled() and any(one.requires_grad for one in tensors)
        if not training or not x.numel() or x.is_floating_point() or h.dtype not in AT_ONCE:
            return None
        if self.initial_state.dtype != h.dtype or not knows_values(*tensors) or has_tangents(*tensors):
            return None
        looped = self.recurrence.loops(weights) if runs_in_loops(h) else None
        if looped is not None:
            return looped_over_words(*looped, x, h, divided=self.normalize)
        states = whole_words(partial(self.recurrence.over_words, weights, x, h), divided=self.normalize)
        return None if states is None else states.transpose(0, 1)

    def extra_repr(self) -> str:
        """Return the arguments."""
        return f"{super().extra_repr()}, batch_first={self.batch_first}"
