"""Configurations that transformers and flash-linear-attention make themselves are read as their own layer lists say."""

from __future__ import annotations

import json

import pytest

import fsm2rnn

RECURRENT = {"linear_attention", "hybrid"}


@pytest.fixture(scope="module")
def transformers():
    return pytest.importorskip("transformers", reason="needs transformers")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("MambaConfig", {"num_hidden_layers": 3}),
        ("FalconMambaConfig", {"num_hidden_layers": 3}),
        ("Mamba2Config", {"num_hidden_layers": 3, "hidden_size": 64, "num_heads": 4, "head_dim": 32}),
        ("OlmoHybridConfig", {"num_hidden_layers": 6}),
        ("OlmoHybridConfig", {"num_hidden_layers": 2, "linear_allow_neg_eigval": False}),
        ("Qwen3NextConfig", {"num_hidden_layers": 9}),
        ("Qwen3_5TextConfig", {"num_hidden_layers": 8}),
        ("KimiLinearConfig", {"num_hidden_layers": 8}),
        ("RecurrentGemmaConfig", {"num_hidden_layers": 7}),
        ("JambaConfig", {"num_hidden_layers": 16}),
        ("BambaConfig", {"num_hidden_layers": 5, "attn_layer_indices": [1, 4]}),
        ("GraniteMoeHybridConfig", {"num_hidden_layers": 3}),
        ("FalconH1Config", {"num_hidden_layers": 3}),
        ("Lfm2Config", {"num_hidden_layers": 4, "full_attn_idxs": [2]}),
    ],
)
def test_a_configuration_of_transformers(transformers, name, fields) -> None:
    config = getattr(transformers, name)(**fields)
    found = fsm2rnn.audit_config(config)
    stored = json.loads(config.to_json_string(use_diff=False))
    assert fsm2rnn.audit_config(stored).layers == found.layers
    listed = getattr(config, "layer_types", None) or ["linear_attention"] * config.num_hidden_layers
    assert sum(layer.count for layer in found.layers) == len(listed)
    attending = [layer.count for layer in found.uncovered if layer.kind in {"full attention", "attention"}]
    assert sum(attending) == sum(kind == "full_attention" for kind in listed)
    assert sum(layer.kind == "hybrid" for layer in found.layers) == ("hybrid" in listed)


def test_a_model_is_read_by_its_configuration(transformers) -> None:
    config = transformers.MambaConfig(num_hidden_layers=1, hidden_size=8, vocab_size=4, state_size=2)
    found = fsm2rnn.audit_config(transformers.MambaForCausalLM(config))
    assert found == fsm2rnn.audit_config(config)
    assert found.excludes("parity")


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("DeltaNetConfig", [(2, 0)]),
        ("GatedDeltaNetConfig", [(2, 0)]),
        ("GatedDeltaProductConfig", [(2, 0)]),
        ("KDAConfig", [(1, 0)]),
        ("GLAConfig", [(None, 0)]),
        ("HGRNConfig", [(None, 0)]),
        ("HGRN2Config", [(None, 0)]),
        ("LinearAttentionConfig", [(None, 0)]),
    ],
)
def test_a_configuration_of_fla(name, rules) -> None:
    models = pytest.importorskip("fla.models", reason="needs flash-linear-attention")
    config = getattr(models, name)(num_hidden_layers=2)
    found = fsm2rnn.audit_config(config)
    assert fsm2rnn.audit_config(config.to_dict()).layers == found.layers
    assert [(rule.longest, rule.turns) for rule in found.rules_out] == rules
    attending = getattr(models, name)(num_hidden_layers=2, attn={"layers": [1], "num_heads": 2})
    assert [layer.kind for layer in fsm2rnn.audit_config(attending).uncovered] == ["full attention"]


@pytest.mark.parametrize(
    ("name", "options", "rules"),
    [
        ("DeltaNet", {}, [(2, 0)]),
        ("DeltaNet", {"allow_neg_eigval": True}, [(1, 1)]),
        ("GatedDeltaNet", {}, [(2, 0)]),
        ("GatedDeltaProduct", {}, []),  # the layer's own default is True, with two factors
        ("GatedDeltaProduct", {"allow_neg_eigval": False}, [(1, 0)]),
        ("KimiDeltaAttention", {}, [(1, 0)]),
        ("GatedLinearAttention", {}, [(None, 0)]),
        ("HGRNAttention", {}, [(None, 0)]),
        ("LinearAttention", {}, [(None, 0)]),
    ],
)
def test_a_layer_of_fla(name, options, rules) -> None:
    layers = pytest.importorskip("fla.layers", reason="needs flash-linear-attention")
    found = fsm2rnn.audit_config(getattr(layers, name)(hidden_size=64, **options))
    assert [(rule.longest, rule.turns) for rule in found.rules_out] == rules
