"""From the fields of a configuration to its layers in order, model by model, in one literal table."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from fsm2rnn.configurations import recurrences
from fsm2rnn.configurations.fields import Fields
from fsm2rnn.configurations.layer_facts import LayerFacts, Reach, Uncovered, Window
from fsm2rnn.errors import InputError

Recurrence: TypeAlias = Callable[[Fields], Reach]
Kinds: TypeAlias = list[str]
"""The kind of each layer: a key of _KINDS."""
Order: TypeAlias = Callable[[Fields], Kinds]

ATTENTION: Final = Uncovered("softmax attention over the whole past")
RECURRENT: Final = "linear_attention"

# Names of layer types in configurations; "hybrid" is attention beside a recurrence.
_KINDS: Final[Mapping[str, Reach | None]] = {
    RECURRENT: None,
    "mamba": None,
    "recurrent": None,
    "full_attention": ATTENTION,
    "attention": ATTENTION,
    "hybrid": ATTENTION,
    "sliding_attention": Window("attention to a window, by relative positions"),
    "conv": Window("a short convolution"),
    "moe": Window("experts, token by token"),
    "mlp": Window("a perceptron, token by token"),
}


def layers_of(model: str, fields: Fields) -> tuple[LayerFacts, ...]:
    """Return the layers of a model by its name, `model_type`; InputError for one that is not known."""
    found = MODELS.get(model)
    if found is None:
        message = f"no theorem here speaks of model_type {model!r:.60}"
        raise InputError(message, hint="known: " + ", ".join(MODELS))
    name, recurrence, order = found
    kinds = order(fields)
    fields.taken()  # the order is shown as layers
    reach = recurrence(fields) if recurrence is not None else ATTENTION
    read = fields.taken()
    layers = []
    for kind, run in itertools.groupby(kinds):
        known = _known(kind)
        count = len(list(run))
        if known is None:
            layers.append(LayerFacts(name, count, reach, read))
        else:
            layers.append(LayerFacts(kind.replace("_", " "), count, known))
    return tuple(layers)


def _known(kind: str) -> Reach | None:
    if kind not in _KINDS:
        message = f"unknown layer type {kind!r:.40}"
        raise InputError(message, hint="known: " + ", ".join(_KINDS))
    return _KINDS[kind]


def _all_recurrent(fields: Fields) -> Kinds:
    return [RECURRENT] * fields.number("num_hidden_layers")


def _fla(fields: Fields) -> Kinds:
    """Return fla's order: the recurrence, but for the layers that `attn` lists."""
    kinds = _all_recurrent(fields)
    attention = fields.value("attn", None)
    for part in [] if attention is None else attention if isinstance(attention, list | tuple) else [attention]:
        inside = Fields(part)
        windowed = inside.value("window_size", None) is not None
        for place in inside.listed("layers") or []:
            if type(place) is not int or not 0 <= place < len(kinds):
                message = f"attn lists the layer {place!r:.20} of {len(kinds)}"
                raise InputError(message)
            kinds[place] = "sliding_attention" if windowed else "full_attention"
    return kinds


def _listed(fields: Fields, absent: Callable[[Fields], Iterable[str]] | None = None) -> Kinds:
    """Return the order that layer_types or layers_block_type lists, or what is meant where neither is there."""
    for name in ("layer_types", "layers_block_type"):
        found = fields.listed(name, None)
        if found is not None:
            return [str(kind) for kind in found]
    if absent is None:
        fields.listed("layer_types")
        message = "layer_types is null"
        raise InputError(message, hint="give the type of each layer")
    return list(absent(fields))


def _olmo(fields: Fields) -> Kinds:
    def absent(fields: Fields) -> Kinds:
        count = fields.number("num_hidden_layers", 32)
        kinds = _every(4, 3, count)
        return kinds if "full_attention" in kinds else [*kinds[:-1], "full_attention"]

    return _listed(fields, absent)


def _qwen(fields: Fields) -> Kinds:
    def absent(fields: Fields) -> Kinds:
        interval = fields.number("full_attention_interval", 4)
        return _every(interval, interval - 1, fields.number("num_hidden_layers"))

    return _listed(fields, absent)


def _jamba(fields: Fields) -> Kinds:
    def absent(fields: Fields) -> Kinds:
        period, offset = fields.number("attn_layer_period", 8), fields.value("attn_layer_offset", 4)
        return _every(period, offset, fields.number("num_hidden_layers", 32))

    return _listed(fields, absent)


def _bamba(fields: Fields) -> Kinds:
    def absent(fields: Fields) -> Kinds:
        attending = fields.listed("attn_layer_indices", None) or []
        count = fields.number("num_hidden_layers", 32)
        return ["full_attention" if place in attending else RECURRENT for place in range(count)]

    return _listed(fields, absent)


def _every(period: int, offset: object, count: int) -> Kinds:
    return ["full_attention" if place % period == offset else RECURRENT for place in range(count)]


def _gemma(fields: Fields) -> Kinds:
    """Return the order of block_types, repeated; its attention is to a window."""
    blocks = fields.listed("block_types", ["recurrent", "recurrent", "attention"])
    if not blocks:
        message = "block_types is empty"
        raise InputError(message)
    named = {"attention": "sliding_attention"}
    count = fields.number("num_hidden_layers", 26)
    return [named.get(str(kind), str(kind)) for kind in itertools.islice(itertools.cycle(blocks), count)]


def _attending(fields: Fields) -> Kinds:
    return ["hybrid"] * fields.number("num_hidden_layers")


MODELS: Final[Mapping[str, tuple[str, Recurrence | None, Order]]] = {
    # flash-linear-attention
    "delta_net": ("DeltaNet", recurrences.delta_net, _fla),
    "gated_deltanet": ("Gated DeltaNet", recurrences.gated_delta_net, _fla),
    "gated_deltaproduct": ("Gated DeltaProduct", recurrences.gated_delta_product, _fla),
    "kda": ("Kimi delta attention", recurrences.kimi_delta, _fla),
    "gla": ("gated linear attention", recurrences.forget_gate, _fla),
    "hgrn": ("HGRN", recurrences.forget_gate, _fla),
    "hgrn2": ("HGRN2", recurrences.forget_gate, _fla),
    "linear_attn": ("linear attention", recurrences.accumulation, _fla),
    # transformers; Mamba and Mamba2 of both
    "mamba": ("Mamba", recurrences.selective_scan, _all_recurrent),
    "falcon_mamba": ("FalconMamba", recurrences.selective_scan, _all_recurrent),
    "mamba2": ("Mamba2", recurrences.scalar_scan, _all_recurrent),
    "olmo_hybrid": ("Gated DeltaNet", recurrences.olmo_delta, _olmo),
    "qwen3_next": ("Gated DeltaNet", recurrences.sigmoid_delta, _qwen),
    "qwen3_5_text": ("Gated DeltaNet", recurrences.sigmoid_delta, _qwen),
    "kimi_linear": ("Kimi delta attention", recurrences.sigmoid_kimi, _listed),
    "recurrent_gemma": ("RG-LRU", recurrences.linear_recurrent_unit, _gemma),
    "jamba": ("Mamba", recurrences.selective_scan, _jamba),
    "bamba": ("Mamba2", recurrences.scalar_scan, _bamba),
    "granitemoehybrid": ("Mamba2", recurrences.scalar_scan, _listed),
    "nemotron_h": ("Mamba2", recurrences.scalar_scan, _listed),
    "zamba2": ("Mamba2", recurrences.scalar_scan, _listed),
    "falcon_h1": ("Mamba2", recurrences.scalar_scan, _attending),
    "lfm2": ("convolution", None, _listed),
}
"""The models whose configurations are read, by model_type: name of the recurrence, its eigenvalues, order of layers."""
