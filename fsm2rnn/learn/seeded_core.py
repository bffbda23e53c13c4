"""The compiled core of a larger layer: what it was, what it is by now, and what can be proved of it still."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network, lift
from fsm2rnn.cells.readout import LinearReadout
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.learn.protection import Fixed, Protection
from fsm2rnn.machine.labels import typed


@final
@dataclass(frozen=True)
class SeededCore:
    """The network that a layer was seeded with: its rows in the layer, and what puts them back where something does."""

    compiled: Network
    fixed: Mapping[str, Fixed]
    protection: Protection | None

    def __call__(self, layer: BilinearRNN) -> Network:
        """Return the network whose weights are the core's as they are in the layer, protected rows put back first."""
        if self.protection is not None:
            self.protection(layer)
        small = self.compiled.rnn
        core = BilinearRNN(
            small.input_size,
            small.hidden_size,
            structure=small.structure,
            inner=small.inner,
            dtype=small.initial_state.dtype,
            device=layer.initial_state.device,
        )
        tensors = layer.state_dict()
        own = {
            name: tensors[name][tuple(slice(0, size) for size in part.shape)]
            for name, part in small.state_dict().items()
        }
        core.load_state_dict(own)
        compiled = self.compiled
        return Network(core, compiled.readout, compiled.machine, compiled.evidence, compiled.head)


def proved_steps(now: Network, compiled: Network) -> int | None:
    """Return for how many symbols a core as it is now is proved to be in the right state; None: at every length.

    Right is what the compiled network's readout says and, where nothing is proved of that, what the nearest compiled
    state says (theorem D of `proof.rounding.drift`). 0 where no step is proved.
    """
    points = compiled_points(compiled)
    nearest = LinearReadout(points, -points.square().sum(1) / 2)
    for readout in (compiled.readout, nearest):
        try:
            return lift(Network(now.rnn, readout, now.machine)).steps
        except (CertificateError, LimitError):
            continue
    return 0


@torch.no_grad()
def compiled_points(network: Network) -> Tensor:
    """Return for each state of the machine a state of the network that stands for it, (Q, H): a shortest word's."""
    machine, layer = network.machine, network.rnn
    found, waiting = {machine.start: network.initial_state}, [machine.start]
    for state in waiting:
        ids = torch.arange(len(machine.symbols), device=found[state].device)
        _, after = layer(ids.unsqueeze(1), found[state].expand(1, len(ids), -1))
        for target, point in zip(machine.table[state], after[0], strict=True):
            if target not in found:
                found[target] = point
                waiting.append(target)
    return torch.stack([found[state] for state in sorted(found)])


@torch.no_grad()
def output_readout(network: Network, hidden: int) -> nn.Linear | None:
    """Return a readout of `hidden` numbers, the core's first, whose logits are 1 for the right output and 0 for others.

    It reads none of the numbers after the core. None where the outputs are no affine function of the states.
    """
    machine, points = network.machine, compiled_points(network).double()
    place = {typed(label): number for number, label in enumerate(machine.output_labels)}
    due = torch.tensor([place[typed(label)] for label in machine.outputs], device=points.device)
    wanted = nn.functional.one_hot(due, len(place)).double()
    rows = torch.cat([points, torch.ones_like(points[:, :1])], 1)
    solved = torch.linalg.pinv(rows) @ wanted
    if not torch.allclose(rows @ solved, wanted, atol=1e-6):
        return None
    readout = nn.Linear(hidden, len(place), device=points.device, dtype=network.initial_state.dtype)
    readout.weight.zero_()
    readout.weight[:, : points.shape[1]] = solved[:-1].T
    readout.bias.copy_(solved[-1])
    return readout
