"""repair: exact numbers in the place of learned ones, in the coordinates in which a network learned a machine."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from fsm2rnn import api
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.comparison.matching import matched_machine, matching, ordered_readout
from fsm2rnn.comparison.repaired import Adapter, Repaired
from fsm2rnn.comparison.repairs.edited import Edited
from fsm2rnn.comparison.repairs.lattice import turned_layer
from fsm2rnn.comparison.repairs.merged import merged_layer
from fsm2rnn.comparison.repairs.state_readout import StateReadout
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.machine.mealy import moore_form
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine

_REPAIRS = {"full": merged_layer, "rotation": turned_layer}


def repair(network: Tracker, machine: StateMachine | None = None) -> Repaired:
    """Return an exact network in the coordinates of a bilinear one that learned a machine (its own by default).

    Of structure "full", matrices are set letter by letter on the means of the states over random words of 12 letters,
    symbols entering one-hot or by an embedding with independent rows. Of structure "rotation", where the letters
    permute and commute, angles are rounded to those of the machine's group, and planes that nothing needs are emptied.
    Raises InputError for other layers and for a machine that does not fit, LimitError where such words do not reach
    every state, or where H < Q + the rank of the means and the readout.
    """
    layer = repaired_structure(network)
    told = network.machine if machine is None else machine
    outward = minimise(matched_machine(told, matching(network.machine, told), network.machine.symbols)).target
    inner = minimise(moore_form(outward).machine).target if outward.is_mealy else outward
    reading = StateReadout.of(ordered_readout(network, outward), outward, inner)
    edited = _REPAIRS[layer.structure](network, layer, reading, inner)
    return _repaired(network, outward, inner, reading, edited)


def repaired_structure(network: Tracker) -> BilinearRNN:
    """Return the layer of a network, InputError where its kind or structure is none that is repaired."""
    layer = network.rnn
    if not isinstance(layer, BilinearRNN):
        message = f"a bilinear layer is repaired by its weights, found {type(layer).__name__}"
        raise InputError(message, hint="train_to_boxes(network) repairs layers of torch.nn by training")
    if layer.structure not in _REPAIRS:
        message = f"weights of structure {' or '.join(_REPAIRS)} are repaired, found {layer.structure!r}"
        raise InputError(message)
    if network.state_format is not None:
        message = f"a state that is rounded to {network.state_format.name} leaves its prototypes"
        raise InputError(message, hint="audit proves rounded networks")
    return layer


@torch.no_grad()
def _repaired(
    network: Tracker, outward: StateMachine, inner: StateMachine, reading: StateReadout, edited: Edited
) -> Repaired:
    layer, prototypes = edited.layer, edited.prototypes
    points = prototypes / prototypes.norm(dim=0) if layer.normalize else prototypes
    shown = points.T.to(reading.readout.weight)
    margin, kept = reading.least_lead(shown), True
    if not math.isfinite(margin):
        message = "a weight or a logit is no finite number"
        raise NumericError(message)
    if margin <= 0:
        reading, kept = reading.fitted(shown), False
        margin = reading.least_lead(shown)
    merged = Tracker(layer, reading.readout, outward, embedding=network.embedding).eval()
    adapter = _adapter(inner, outward, shown, reading.readout)
    return Repaired(merged, adapter, outward, _moved(network.rnn, layer), margin, kept, edited.proof)


def _moved(old: nn.Module, new: nn.Module) -> float:
    """Return |W' - W| / |W| over all weights of the recurrence."""
    before, after = (torch.cat([one.detach().double().flatten() for one in _recurrent(layer)]) for layer in (old, new))
    return float((after - before).norm() / before.norm())


def _recurrent(layer: nn.Module) -> list[Tensor]:
    return [one for name, one in layer.named_parameters() if name != "initial_state"]


def _adapter(inner: StateMachine, outward: StateMachine, shown: Tensor, readout: nn.Linear) -> Adapter:
    core = api.compile(inner, "full").network(device=shown.device)
    if not isinstance(core, Network):
        message = "the core of a linear target is a Network"
        raise TypeError(message)
    place = {name: number for number, name in enumerate(inner.states)}
    order = [place[name] for name in core.machine.states]
    return Adapter(core.to(shown.dtype), shown[order], readout, outward)
