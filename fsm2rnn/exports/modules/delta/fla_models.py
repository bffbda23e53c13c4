"""fla's GatedDeltaProduct, GatedDeltaNet and DeltaNet from a network of reflections: config, weights and a tokenizer.

fla runs on a device alone, so the folder needs none of it to be written: what is run here is what its layers say, in
plain torch, from the stored weights. Nothing is claimed of fla's kernels, and the card says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.packing import FORMAT_DTYPES
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.exports.modules.conformance import conforming
from fsm2rnn.exports.modules.delta.card import CardFacts, card
from fsm2rnn.exports.modules.delta.delta_weights import DeltaSizes, DeltaWeights, delta_weights
from fsm2rnn.exports.modules.delta.folder_files import as_network, model_files
from fsm2rnn.exports.modules.delta.letter_program import letter_program
from fsm2rnn.exports.modules.delta.plain_layer import plain_layer
from fsm2rnn.exports.modules.delta.projections import require_intertwined
from fsm2rnn.exports.modules.delta.spelling import DeltaLayer, spelling
from fsm2rnn.exports.modules.delta.tokenizer_files import token_names, tokenizer_files
from fsm2rnn.exports.modules.program import ModuleFolder
from fsm2rnn.exports.modules.requirements import require_dtype
from fsm2rnn.machine.labels import Json

TAPS: Final = 4  # of the convolutions, the last of which is 1 and the others 0
INNER: Final = 16  # coordinates of the multilayer perceptron, which is 0
EPSILON: Final = 1e-6
RAN: Final = "what the layers say, in plain torch; not fla's kernels"
LIMITS: Final = (
    "fla's kernels, which compute in an order and in roundings of their own, were not run: compare first.",
)


@final
@dataclass(frozen=True)
class FlaModel:
    """A model of fla: the target's name, its class and `model_type`, its layer, and the layer's own settings."""

    target: str
    name: str
    kind: str
    layer: DeltaLayer
    settings: Callable[[DeltaSizes], Mapping[str, Json]]


def _product(sizes: DeltaSizes) -> Mapping[str, Json]:
    return _net(sizes) | {"use_output_gate": True, "use_forget_gate": True, "num_householder": sizes.slots}


def _net(sizes: DeltaSizes) -> dict[str, Json]:
    return {"head_dim": sizes.key, "expand_v": 1 / sizes.key, "use_gate": True}


def _plain(sizes: DeltaSizes) -> Mapping[str, Json]:
    widths: dict[str, Json] = {
        "expand_k": sizes.heads * sizes.key / sizes.hidden,
        "expand_v": sizes.heads / sizes.hidden,
    }
    return widths | {"use_gate": False, "use_beta": True, "qk_activation": "silu", "qk_norm": "l2"}


MODELS: Final = (
    FlaModel(
        "fla-gated-deltaproduct",
        "GatedDeltaProductForCausalLM",
        "gated_deltaproduct",
        DeltaLayer(decay=True, gate=True, whole=True),
        _product,
    ),
    FlaModel(
        "fla-gated-deltanet",
        "GatedDeltaNetForCausalLM",
        "gated_deltanet",
        DeltaLayer(decay=True, gate=True, whole=False),
        _net,
    ),
    FlaModel(
        "fla-deltanet",
        "DeltaNetForCausalLM",
        "delta_net",
        DeltaLayer(decay=False, gate=False, whole=False),
        _plain,
    ),
)


def fla_folder(model: FlaModel, network: Network | Tracker) -> ModuleFolder:
    """Return the folder: config, weights, tokenizer, letters.json and a card.

    InputError for another network or format of numbers; NumericError where what the layer says, in plain torch, answers
    otherwise than the machine.
    """
    dtype = require_dtype(network, model.target)
    spelled = spelling(as_network(network, model.target), model.layer)
    weights, vocab = delta_weights(spelled, model.layer), token_names(spelled, model.layer)
    tensors = {name: part.to(FORMAT_DTYPES[dtype]) for name, part in fla_state_dict(weights).items()}
    files = model_files(fla_config(model, weights, len(vocab.names), dtype), tensors, dtype)
    files |= tokenizer_files(spelled, vocab)
    where = f"{model.name} in {dtype}, its layer in plain torch,"
    plain = plain_layer(tensors, weights.sizes)
    require_intertwined(spelled, plain.projections, where)
    found = conforming(network, letter_program(spelled, plain.whole, plain.position), files, where)
    said = CardFacts(
        model.name,
        "fla",
        dtype,
        found,
        ran=f"What its layers say was run in plain torch {torch.__version__} on a CPU",
        whole="read in the same way",
        limits=LIMITS,
        imports="import fla  # noqa: F401  it tells transformers of its classes\n",
        device='.to("cuda")',
    )
    return replace(found, files={**files, "README.md": card(spelled, vocab, said)}, ran=RAN)


def fla_config(model: FlaModel, weights: DeltaWeights, vocab: int, dtype: str) -> dict[str, Json]:
    """Return config.json: one layer that may reflect, its perceptron 0."""
    sizes = weights.sizes
    return {
        "architectures": [model.name],
        "model_type": model.kind,
        "dtype": dtype,
        "vocab_size": vocab,
        "hidden_size": sizes.hidden,
        "intermediate_size": INNER,
        "hidden_act": "swish",
        "num_hidden_layers": 1,
        "num_heads": sizes.heads,
        "attn_mode": "chunk",
        "use_short_conv": True,
        "conv_size": TAPS,
        "norm_eps": EPSILON,
        "allow_neg_eigval": True,
        "max_position_embeddings": 1 << 20,
        "pad_token_id": 0,
        "bos_token_id": None,
        "eos_token_id": None,
        "tie_word_embeddings": False,
        **model.settings(sizes),
    }


def fla_state_dict(weights: DeltaWeights) -> dict[str, Tensor]:
    """Return the tensors by the names of the classes."""
    block, mixer, hidden = "model.layers.0", "model.layers.0.attn", weights.sizes.hidden
    mixed = {"q": weights.query, "k": weights.key, "v": weights.value}
    parts = mixed | {"b": weights.beta, "a": weights.decay, "g": weights.gate, "o": weights.output}
    tensors = {f"{mixer}.{name}_proj.weight": part for name, part in parts.items() if part is not None}
    for name, part in mixed.items():
        tap = torch.zeros(len(part), 1, TAPS, dtype=torch.float64)
        tap[:, :, -1] = 1
        tensors[f"{mixer}.{name}_conv1d.weight"] = tap
    if weights.decay is not None:
        tensors |= {f"{mixer}.A_log": torch.zeros(weights.sizes.heads), f"{mixer}.dt_bias": weights.decay_bias}
    return tensors | {
        "model.embeddings.weight": weights.embedding,
        f"{block}.attn_norm.weight": torch.ones(hidden),
        f"{mixer}.o_norm.weight": torch.ones(1),
        f"{block}.mlp_norm.weight": torch.ones(hidden),
        f"{block}.mlp.gate_proj.weight": torch.zeros(INNER, hidden),
        f"{block}.mlp.up_proj.weight": torch.zeros(INNER, hidden),
        f"{block}.mlp.down_proj.weight": torch.zeros(hidden, INNER),
        "model.norm.weight": torch.ones(hidden),
        "lm_head.weight": weights.scores,
    }


FLA_WRITERS: Final[Mapping[str, Callable[[Network | Tracker], ModuleFolder]]] = {
    model.target: partial(fla_folder, model) for model in MODELS
}
"""The writer of each model, by the name of its target."""
