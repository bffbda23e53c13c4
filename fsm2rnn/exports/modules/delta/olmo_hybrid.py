"""OlmoHybridForCausalLM from a network of reflections: a folder that AutoModelForCausalLM.from_pretrained loads."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.exports.modules.causal.cached import LayerState, new_cache
from fsm2rnn.exports.modules.causal.folder import loaded
from fsm2rnn.exports.modules.conformance import conforming
from fsm2rnn.exports.modules.delta.card import CardFacts, card
from fsm2rnn.exports.modules.delta.delta_weights import DeltaWeights, delta_weights
from fsm2rnn.exports.modules.delta.folder_files import as_network, model_files
from fsm2rnn.exports.modules.delta.letter_program import letter_program
from fsm2rnn.exports.modules.delta.projections import Projections, require_intertwined
from fsm2rnn.exports.modules.delta.spelling import DeltaLayer, LetterSpelling, spelling
from fsm2rnn.exports.modules.delta.tokenizer_files import token_names, tokenizer_files
from fsm2rnn.exports.modules.program import ModuleFolder, Program
from fsm2rnn.exports.modules.requirements import require_delta_rule, require_dtype
from fsm2rnn.exports.modules.transformers_library import Model, quiet, transformers_library
from fsm2rnn.machine.labels import Json

TARGET: Final = "olmo-hybrid"
LAYER: Final = DeltaLayer(decay=True, gate=True, whole=False)
TAPS: Final = 4  # of the convolution, the last of which is 1 and the others 0
PIECE: Final = 1000  # tokens of one call
ATTENTION: Final = 8  # coordinates of the layer of attention, which is 0
LIMITS: Final = (
    (
        "The class asks for a layer of attention. Its weights are 0, but its cache grows by a row for each token, "
        "and the time of one call by the square of its length: run long texts in pieces with a cache."
    ),
    "Another device or another kernel of the gated delta rule computes in another order; nothing was run there.",
    "Beside flash-linear-attention transformers takes the rule from there, which fails without a CUDA device.",
)


def olmo_hybrid(network: Network | Tracker) -> ModuleFolder:
    """Return the folder: config, weights, tokenizer, letters.json and a card.

    The class is loaded from it, its projections are compared with what is proved, and it is run. InputError where
    transformers is missing, or for another network or format of numbers; NumericError where the model answers otherwise
    than the machine.
    """
    library = transformers_library(TARGET)
    require_delta_rule(TARGET)
    dtype = require_dtype(network, TARGET)
    spelled = spelling(as_network(network, TARGET), LAYER)
    weights, vocab = delta_weights(spelled, LAYER), token_names(spelled, LAYER)
    files = model_files(config(weights, len(vocab.names), dtype), state_dict(weights), dtype)
    files |= tokenizer_files(spelled, vocab)
    where = f"OlmoHybridForCausalLM in {dtype}"
    model = loaded(files, TARGET)
    with quiet(library):
        require_intertwined(spelled, projections(model, spelled), where)
        found = conforming(network, program(model, spelled), files, where)
    said = CardFacts(
        "OlmoHybridForCausalLM",
        "transformers",
        dtype,
        found,
        ran=f"Run with transformers {library.__version__} and torch {torch.__version__} on a CPU",
        whole=f"in calls of {PIECE:,} tokens with a cache",
        limits=LIMITS,
    )
    return replace(found, files={**files, "README.md": card(spelled, vocab, said)})


def config(weights: DeltaWeights, vocab: int, dtype: str) -> dict[str, Json]:
    """Return config.json: one layer of Gated DeltaNet, and the layer of attention that the class asks for."""
    sizes = weights.sizes
    return {
        "architectures": ["OlmoHybridForCausalLM"],
        "model_type": "olmo_hybrid",
        "dtype": dtype,
        "vocab_size": vocab,
        "hidden_size": sizes.hidden,
        "intermediate_size": ATTENTION,
        "num_hidden_layers": 2,
        "layer_types": ["linear_attention", "full_attention"],
        "num_attention_heads": 1,
        "num_key_value_heads": 1,
        "head_dim": ATTENTION,
        "hidden_act": "silu",
        "max_position_embeddings": 1 << 20,
        "rms_norm_eps": 1e-6,
        "linear_num_key_heads": sizes.heads,
        "linear_num_value_heads": sizes.heads,
        "linear_key_head_dim": sizes.key,
        "linear_value_head_dim": 1,
        "linear_conv_kernel_dim": TAPS,
        "linear_allow_neg_eigval": True,
        "pad_token_id": 0,
        "bos_token_id": None,
        "eos_token_id": None,
        "tie_word_embeddings": False,
    }


def state_dict(weights: DeltaWeights) -> dict[str, Tensor]:
    """Return the tensors by the names of the class; all that are not of the first layer's mixer are 0 or 1."""
    sizes = weights.sizes
    mixer = {
        "q_proj": weights.query,
        "k_proj": weights.key,
        "v_proj": weights.value,
        "a_proj": weights.decay,
        "b_proj": weights.beta,
        "g_proj": weights.gate,
        "o_proj": weights.output,
    }
    channels = 2 * sizes.heads * sizes.key + sizes.heads
    tap = torch.zeros(channels, 1, TAPS, dtype=torch.float64)
    tap[:, :, -1] = 1
    linear, attention = "model.layers.0", "model.layers.1"
    tensors = {f"{linear}.linear_attn.{name}.weight": part for name, part in mixer.items() if part is not None}
    zeros = {f"{attention}.self_attn.{part}_proj.weight": (ATTENTION, sizes.hidden) for part in "qkv"}
    zeros[f"{attention}.self_attn.o_proj.weight"] = (sizes.hidden, ATTENTION)
    for layer in (linear, attention):
        zeros |= {f"{layer}.mlp.{part}_proj.weight": (ATTENTION, sizes.hidden) for part in ("gate", "up")}
        zeros[f"{layer}.mlp.down_proj.weight"] = (sizes.hidden, ATTENTION)
    ones = {f"{attention}.self_attn.{part}_norm.weight": ATTENTION for part in "qk"}
    ones |= {f"{linear}.{part}_layernorm.weight": sizes.hidden for part in ("input", "post_attention")}
    ones |= {f"{attention}.post_{part}_layernorm.weight": sizes.hidden for part in ("attention", "feedforward")}
    ones |= {f"{linear}.linear_attn.o_norm.weight": 1, "model.norm.weight": sizes.hidden}
    return {
        "model.embed_tokens.weight": weights.embedding,
        **tensors,
        f"{linear}.linear_attn.conv1d.weight": tap,
        f"{linear}.linear_attn.A_log": torch.zeros(sizes.heads),
        f"{linear}.linear_attn.dt_bias": weights.decay_bias,
        **{name: torch.zeros(*shape) for name, shape in zeros.items()},
        **{name: torch.ones(size) for name, size in ones.items()},
        "lm_head.weight": weights.scores,
    }


@torch.no_grad()
def projections(model: Model, spelled: LetterSpelling) -> Projections:
    """Return what the first layer makes of every token but those of states, up to its convolution of one tap."""
    layer = model.model.layers[0]
    mixer, count = layer.linear_attn, len(spelled.tokens)
    entered = layer.input_layernorm(model.model.embed_tokens(torch.arange(count)))
    tap = mixer.conv1d.weight[:, 0, -1]
    mixed = torch.cat([mixer.q_proj(entered), mixer.k_proj(entered), mixer.v_proj(entered)], -1) * tap
    _, key, value = torch.split(functional.silu(mixed).float(), [mixer.key_dim, mixer.key_dim, mixer.value_dim], -1)
    key = key.reshape(count, 1, mixer.num_k_heads, mixer.head_k_dim)
    key = key * torch.rsqrt((key * key).sum(-1, keepdim=True) + 1e-6)
    beta = 2 * mixer.b_proj(entered).sigmoid()
    decay = -mixer.A_log.float().exp() * functional.softplus(mixer.a_proj(entered).float() + mixer.dt_bias)
    return Projections(decay.exp(), key, value.unsqueeze(1), beta.unsqueeze(1))


def program(model: Model, spelled: LetterSpelling) -> Program:
    """Return the model as users run it: prefill in pieces with a cache, and token by token."""
    mixer = LayerState()

    @torch.no_grad()
    def whole(tokens: Tensor) -> Tensor:
        cache = new_cache(model)
        pieces = torch.split(tokens.unsqueeze(0), PIECE, 1)
        return torch.cat([model(piece, cache=cache, use_cache=True).logits[0] for piece in pieces])

    @torch.no_grad()
    def position(tokens: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        given = mixer.begin(model, state)
        logits = model(tokens.unsqueeze(1), use_cache=True, **given).logits[:, 0]
        return logits, mixer.state(model, given["cache"])

    return letter_program(spelled, whole, position)
