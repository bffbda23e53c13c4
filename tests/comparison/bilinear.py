"""Bilinear networks that answer for machines for a while: permuted prototypes, noise, and coordinates of any kind."""

from __future__ import annotations

import torch
from torch import Tensor

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.machine.state_machine import StateMachine

WIDTH = 12


def noisy_permutations(
    machine: StateMachine, noise: float, turn: Tensor | None = None, seed: int = 0, width: int = WIDTH
) -> Tracker:
    """Return A_x = T (V Pi_x V^+ + noise) T', h_0 = T V e_0, read by C T', with V random; T is the identity if None."""
    generator = torch.Generator().manual_seed(seed)
    states, labels = len(machine.states), list(machine.output_labels)
    basis = torch.linalg.qr(torch.randn(width, width, generator=generator))[0]
    prototypes = basis[:, :states] + 0.2 * torch.randn(width, states, generator=generator)
    inverse = torch.linalg.pinv(prototypes)
    shown = torch.zeros(len(labels), states)
    for state, output in enumerate(machine.outputs):
        shown[labels.index(output), state] = 1
    around = torch.eye(width) if turn is None else turn
    layer, readout = BilinearRNN(len(machine.symbols), width), torch.nn.Linear(width, len(labels), bias=False)
    with torch.no_grad():
        for letter in range(len(machine.symbols)):
            move = torch.zeros(states, states)
            move[[row[letter] for row in machine.table], range(states)] = 1
            matrix = prototypes @ move @ inverse + noise * torch.randn(width, width, generator=generator)
            layer.weight[:, :, letter] = around @ matrix @ around.T
        layer.initial_state.copy_(around @ prototypes[:, machine.start])
        readout.weight.copy_(shown @ inverse @ around.T)
    return Tracker(layer, readout, machine).eval()
