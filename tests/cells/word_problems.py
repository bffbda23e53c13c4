"""Random words with the machine state after the last symbol, and layers trained on them."""

from __future__ import annotations

import torch

import fsm2rnn


def word_problem(machine, length, batch, generator):
    """Return ids (B, T) and the machine states (B,) after the words."""
    table = torch.tensor(machine.table)
    ids = torch.randint(len(machine.symbols), (batch, length), generator=generator)
    states = torch.full((batch,), machine.start)
    for symbols in ids.unbind(1):
        states = table[states, symbols]
    return ids, states


def trained(layer, name, *, steps, lengths=(2, 10), batch=64, rate=3e-3, seed=0):
    """Return a readout without bias, trained with the layer on the last states of words, and the last loss."""
    machine, generator = fsm2rnn.read(name), torch.Generator().manual_seed(seed)
    readout = torch.nn.Linear(layer.hidden_size, len(machine.states), bias=False)
    weights = [*layer.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(weights, lr=rate)
    loss = torch.tensor(torch.inf)
    for _ in range(steps):
        length = int(torch.randint(lengths[0], lengths[1] + 1, (), generator=generator))
        ids, states = word_problem(machine, length, batch, generator)
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(readout(layer(ids)[1][0]), states)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
    return readout, float(loss.detach())


@torch.no_grad()
def accuracy(layer, readout, name, length, *, batch=256, seed=1):
    """Return how many of fresh words of one length are read right at their last symbol."""
    ids, states = word_problem(fsm2rnn.read(name), length, batch, torch.Generator().manual_seed(seed))
    return float((readout(layer(ids)[1][0]).argmax(-1) == states).float().mean())
