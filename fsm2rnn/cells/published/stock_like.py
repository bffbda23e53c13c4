"""Cells that are torch.nn's RNN under other names: AL-RNN, the state-regularised RNN, sLSTM.

They take the weights of a compiled relu or tanh RNN, W = weight_hh, U = weight_ih, b = bias_ih + bias_hh.
"""

from __future__ import annotations

from typing import Final, final

import torch
from torch import Tensor, nn

from fsm2rnn.cells.published.published_cell import Convention, Gates, PublishedCell
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError

COLD: Final = 2.0**-5  # at which exp(-4 / t) is 0 in 32 and 16 bits
COLDER: Final = 2.0**-8  # and in 64
SHUT: Final = -1000.0  # a forget gate: exp of it is 0 in every format
OPEN: Final = 200.0  # an output gate: sigmoid of it is 1 in every format


@final
class AlRnn(PublishedCell):
    """z (M,) <- A z + W phi(z) + C x + b: `linear` (M,) = A, `weight` (M, M) = W, `input` (D, M), `bias` (M,).

    phi is max(0, .) on the last `units` of M coordinates, all of them here, and nothing on the first ones. What a
    reader sees is phi(z).
    """

    def letters(self) -> Gates:
        """Return what each letter adds."""
        return (self.raw["input"] + self.raw["bias"],)

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the next state before its phi."""
        moved: Tensor = self.raw["linear"] * state + torch.relu(state) @ self.raw["weight"].T + gates[0]
        return moved

    def read(self, state: Tensor) -> Tensor:
        """Return phi(z)."""
        return torch.relu(state)


@final
class StateRegularised(PublishedCell):
    """u = tanh(W h + U x + b), h <- sum of softmax(u . c / t) c.

    `weight` (H, H), `input` (D, H), `bias` (H,), `centroid` (K, H) and the temperature `cold`.
    """

    def letters(self) -> Gates:
        """Return what each letter adds."""
        return (self.raw["input"] + self.raw["bias"],)

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the mixture of centroids near the next state."""
        inner = torch.tanh(state @ self.raw["weight"].T + gates[0])
        scores = inner @ self.raw["centroid"].T / self.raw["cold"]
        mixed: Tensor = torch.softmax(scores, -1) @ self.raw["centroid"]
        return mixed


@final
class Slstm(PublishedCell):
    """States (4, H): c, n, h, m; `weight` (H, H), `input` (D, H), `bias`, and gates by biases `enter`, `forget`, `out`.

    As written c <- f c + i tanh(z), n <- f n + i with i and f exponentials; as released both are divided by exp(m),
    m the larger of log f + m and log i, which changes no quotient c / n.
    """

    def letters(self) -> Gates:
        """Return what each letter adds."""
        return (self.raw["input"] + self.raw["bias"],)

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the four numbers of each unit after a letter."""
        c, n, h, m = state.unbind(-2)
        new = torch.tanh(h @ self.raw["weight"].T + gates[0])
        largest = torch.zeros_like(m)
        if self.convention is Convention.RELEASED:
            largest = torch.maximum(self.raw["forget"] + m, self.raw["enter"].expand_as(m))
        kept, entering = torch.exp(self.raw["forget"] + m - largest), torch.exp(self.raw["enter"] - largest)
        c, n = kept * c + entering * new, kept * n + entering
        return torch.stack((c, n, torch.sigmoid(self.raw["out"]) * c / n, largest), -2)

    def read(self, state: Tensor) -> Tensor:
        """Return h."""
        return state[..., 2, :]


def al_rnn(tracker: Tracker) -> AlRnn:
    """Return the cell with A = 0 and every unit behind max(0, .)."""
    raw = stock_weights(tracker)
    zero = torch.zeros_like(raw["bias"])
    return AlRnn(raw | {"linear": zero}, zero, zero)


def state_regularised(tracker: Tracker) -> StateRegularised:
    """Return the cell whose centroids are the sign codes of the recipe, one unit up and all others down."""
    raw = stock_weights(tracker)
    zero = torch.zeros_like(raw["bias"])
    cold = COLDER if zero.dtype is torch.float64 else COLD
    codes = 2 * torch.eye(len(zero), dtype=zero.dtype) - 1
    return StateRegularised(raw | {"centroid": codes, "cold": torch.full_like(zero[0], cold)}, zero, zero)


def slstm(tracker: Tracker, convention: Convention = Convention.WRITTEN) -> Slstm:
    """Return the cell with i = 1, f = 0 and o = 1."""
    raw = stock_weights(tracker)
    zero = torch.zeros_like(raw["bias"])
    gates = {"enter": zero, "forget": torch.full_like(zero, SHUT), "out": torch.full_like(zero, OPEN)}
    return Slstm(raw | gates, zero.expand(4, -1).clone(), zero, convention)


def stock_weights(tracker: Tracker) -> dict[str, Tensor]:
    """Return W, U and b of a torch.nn.RNN that reads one-hot letters; InputError for another layer."""
    layer = tracker.rnn
    if not isinstance(layer, nn.RNN):
        message = f"this recurrence takes the weights of torch.nn.RNN, found {type(layer).__name__}"
        raise InputError(message)
    found = {name: tensor.detach().clone() for name, tensor in layer.named_parameters()}
    bias = found["bias_ih_l0"] + found["bias_hh_l0"]
    return {"weight": found["weight_hh_l0"], "input": found["weight_ih_l0"].T.contiguous(), "bias": bias}
