"""Layers given as torch modules: torch.nn's recurrent ones, and flash-linear-attention's, by class and attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fsm2rnn.configurations import recurrences
from fsm2rnn.configurations.fields import Fields
from fsm2rnn.configurations.layer_facts import LayerFacts, Reach, Uncovered
from fsm2rnn.configurations.stacks import Recurrence

STOCK: Final = Uncovered("a nonlinear cell: with units enough it is every machine (targets elman, relu, gru, lstm)")


def _delta_product(fields: Fields) -> Reach:
    return recurrences.gated_delta_product(fields, doubled=True, factors=2)


LAYERS: Final[Mapping[str, tuple[str, Recurrence]]] = {
    "DeltaNet": ("DeltaNet", recurrences.delta_net),
    "GatedDeltaNet": ("Gated DeltaNet", recurrences.gated_delta_net),
    "GatedDeltaProduct": ("Gated DeltaProduct", _delta_product),
    "KimiDeltaAttention": ("Kimi delta attention", recurrences.kimi_delta),
    "GatedLinearAttention": ("gated linear attention", recurrences.forget_gate),
    "HGRNAttention": ("HGRN", recurrences.forget_gate),
    "HGRN2Attention": ("HGRN2", recurrences.forget_gate),
    "LinearAttention": ("linear attention", recurrences.accumulation),
}
"""flash-linear-attention's layers, by the name of their class in fla.layers."""


def module_layers(module: object) -> tuple[LayerFacts, ...] | None:
    """Return the layers of a module that is one itself, None for any other object."""
    for known in type(module).__mro__:
        package = known.__module__.split(".")[0]
        if known.__module__ == "torch.nn.modules.rnn" and known.__name__ in {"RNN", "GRU", "LSTM"}:
            fields = Fields(module)
            fields.number("hidden_size")
            count = fields.number("num_layers")
            return (LayerFacts(f"torch.nn.{known.__name__}", count, STOCK, fields.taken()),)
        if package == "fla" and known.__name__ in LAYERS:
            name, recurrence = LAYERS[known.__name__]
            fields = Fields(module)
            reach = recurrence(fields)
            return (LayerFacts(name, 1, reach, fields.taken()),)
    return None
