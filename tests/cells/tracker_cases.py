"""Trackers of every kind of layer, and each cell's equations written out."""

from __future__ import annotations

import torch
from hypothesis import strategies as st
from torch import nn

from fsm2rnn import BilinearRNN, Tracker
from tests.strategies import machines

KINDS = ("elman", "relu", "gru", "lstm", "bilinear")
STATES = ("grid1", "grid7", "grid12", "bfloat16", "float16", "float8_e4m3fn", "float8_e5m2")


def layer(kind, inputs, hidden, layers=1, *, bias=True):
    """Return a layer of that kind in float64 with weights from torch's generator."""
    more = {"num_layers": layers, "bias": bias, "batch_first": True, "dtype": torch.float64}
    match kind:
        case "elman":
            return nn.RNN(inputs, hidden, **more)
        case "relu":
            return nn.RNN(inputs, hidden, nonlinearity="relu", **more)
        case "gru":
            return nn.GRU(inputs, hidden, **more)
        case "lstm":
            return nn.LSTM(inputs, hidden, **more)
        case "bilinear":
            return BilinearRNN(inputs, hidden, dtype=torch.float64)


def tracker(  # noqa: PLR0913  what a case may differ in
    kind, machine, hidden=5, *, seed=0, layers=1, bias=True, embedding=None, state=None, dtype=torch.float64
):
    """Return a tracker with weights drawn from a seed; `embedding` is its width."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        rnn = layer(kind, embedding or len(machine.symbols), hidden, layers, bias=bias)
        readout = nn.Linear(hidden, len(machine.output_labels), bias=bias, dtype=torch.float64)
        table = nn.Embedding(len(machine.symbols), embedding, dtype=torch.float64) if embedding else None
    parts = [part if part is None else part.to(dtype) for part in (rnn, readout, table)]
    return Tracker(parts[0], parts[1], machine, embedding=parts[2], state=state)


def drawn_tracker(data, kind, states=(None,), dtypes=(torch.float64,)):
    """Return a tracker of a drawn machine, sizes, state format and dtype; built outside a strategy, as torch draws."""
    return tracker(
        kind,
        data.draw(machines()),
        data.draw(st.integers(1, 5)),
        seed=data.draw(st.integers(0, 99)),
        layers=data.draw(st.integers(1, 2)),
        bias=data.draw(st.booleans()),
        embedding=data.draw(st.sampled_from([None, 3])),
        state=data.draw(st.sampled_from(states)),
        dtype=data.draw(st.sampled_from(dtypes)),
    )


@st.composite
def ids_of(draw, machine, least=0, most=6):
    """Return ids (B, T)."""
    batch, steps = draw(st.integers(1, 3)), draw(st.integers(least, most))
    letter = st.integers(0, len(machine.symbols) - 1)
    rows = [[draw(letter) for _ in range(steps)] for _ in range(batch)]
    return torch.tensor(rows, dtype=torch.int64).reshape(batch, steps)


def equations(kind, weights, level, x, h, c):
    """Return (h, c) after features x (D,) as the cell's equations give them, product by product."""
    bias = [weights.get(f"{name}_l{level}", torch.zeros(1, dtype=x.dtype)) for name in ("bias_ih", "bias_hh")]
    left = (weights[f"weight_ih_l{level}"] * x).sum(1) + bias[0]
    right = (weights[f"weight_hh_l{level}"] * h).sum(1) + bias[1]
    sigmoid = lambda value: 1 / (1 + (-value).exp())  # noqa: E731  as in a textbook
    match kind:
        case "elman":
            return torch.tanh(left + right), c
        case "relu":
            return (left + right).clamp(min=0), c
        case "gru":
            (r_x, z_x, n_x), (r_h, z_h, n_h) = left.chunk(3), right.chunk(3)
            z = sigmoid(z_x + z_h)
            return (1 - z) * torch.tanh(n_x + sigmoid(r_x + r_h) * n_h) + z * h, c
        case "lstm":
            i, f, g, o = (left + right).chunk(4)
            c = sigmoid(f) * c + sigmoid(i) * torch.tanh(g)
            return sigmoid(o) * torch.tanh(c), c


def logits_by_equations(found, kind, word):
    """Return the logits (T, K) of a tracker along ids, without its layer and its readout."""
    weights = found.state_dict()
    symbols, hidden = len(found.machine.symbols), found.rnn.hidden_size
    features = weights.get("embedding.weight", torch.eye(symbols, dtype=torch.float64))
    zeros = torch.zeros(hidden, dtype=torch.float64)
    levels = 1 if kind == "bilinear" else found.rnn.num_layers
    state = [(weights["initial_state"] if kind == "bilinear" else zeros, zeros)] * levels
    logits = []
    for letter in word:
        x = features[letter]
        for level in range(levels):
            if kind == "bilinear":
                after = torch.einsum("ijk,j,k->i", weights["weight"], state[level][0], x)
                state[level] = (after, zeros)
            else:
                state[level] = equations(kind, weights, level, x, *state[level])
            x = state[level][0]
        logits.append((weights["readout.weight"] * x).sum(1) + weights.get("readout.bias", 0))
    return torch.stack(logits) if logits else torch.empty(0, found.readout.out_features, dtype=torch.float64)
