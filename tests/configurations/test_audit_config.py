"""Configurations as plain mappings: what is read of them, what they rule out, what is refused by name."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch

import fsm2rnn
from fsm2rnn.configurations.stacks import MODELS
from fsm2rnn.errors import InputError
from tests.house.source_tree import ROOT


def audited(model, **fields):
    return fsm2rnn.audit_config({"model_type": model, **fields})


@pytest.mark.parametrize(
    ("model", "fields", "rules"),
    [
        ("delta_net", {"num_hidden_layers": 2}, [(2, 0)]),
        ("delta_net", {"num_hidden_layers": 1, "allow_neg_eigval": True}, [(1, 1)]),
        ("delta_net", {"num_hidden_layers": 2, "allow_neg_eigval": True}, []),
        ("delta_net", {"num_hidden_layers": 2, "qk_norm": "sum"}, []),
        ("gated_deltanet", {"num_hidden_layers": 21}, [(2, 0)]),
        ("gated_deltaproduct", {"num_hidden_layers": 2, "num_householder": 1}, [(2, 0)]),
        ("gated_deltaproduct", {"num_hidden_layers": 2, "num_householder": 2}, [(1, 0)]),
        ("gated_deltaproduct", {"num_hidden_layers": 2, "num_householder": 3}, []),
        ("kda", {"num_hidden_layers": 2}, [(1, 0)]),
        ("gla", {"num_hidden_layers": 2}, [(None, 0)]),
        ("hgrn", {"num_hidden_layers": 2}, [(None, 0)]),
        ("hgrn2", {"num_hidden_layers": 2}, [(None, 0)]),
        ("linear_attn", {"num_hidden_layers": 2}, [(None, 0)]),
        ("mamba", {"num_hidden_layers": 2}, [(None, 0)]),
        ("falcon_mamba", {"num_hidden_layers": 2}, [(None, 0)]),
        ("mamba2", {"num_hidden_layers": 2}, [(None, 0)]),
        ("recurrent_gemma", {}, [(None, 0)]),
        ("olmo_hybrid", {"layer_types": ["linear_attention", "full_attention"]}, []),
        ("qwen3_next", {"num_hidden_layers": 8}, []),
        ("falcon_h1", {"num_hidden_layers": 2}, []),
        ("lfm2", {"layer_types": ["conv", "full_attention"]}, []),
        ("lfm2", {"layer_types": ["conv"]}, [(None, 0)]),
        ("nemotron_h", {"layers_block_type": ["mamba", "mlp", "moe"]}, [(None, 0)]),
        ("gla", {"num_hidden_layers": 2, "attn": {"layers": [1], "num_heads": 4}}, []),
        ("gla", {"num_hidden_layers": 2, "attn": {"layers": [1], "num_heads": 4, "window_size": 8}}, [(None, 0)]),
        ("gla", {"num_hidden_layers": 2, "attn": [{"layers": [1], "window_size": 8}, {"layers": [0]}]}, []),
    ],
)
def test_what_models_rule_out(model, fields, rules) -> None:
    found = audited(model, **fields)
    assert [(rule.longest, rule.turns) for rule in found.rules_out] == rules
    assert (found.excludes("parity") is not None) == any(turns == 0 for _, turns in rules)
    assert found.excludes("flip-flop") is None
    assert all(rule.source and rule.hypotheses for rule in found.rules_out)


def test_every_model_of_the_table_is_read() -> None:
    for model in MODELS:
        found = audited(model, num_hidden_layers=4, num_householder=1, layer_types=["linear_attention"] * 4)
        assert sum(layer.count for layer in found.layers) == 4
        assert model in repr(found)


def test_layers_with_attention_are_named_and_the_others_judged_alone() -> None:
    found = audited("qwen3_next", num_hidden_layers=8)
    assert [(layer.kind, layer.count) for layer in found.layers] == [("Gated DeltaNet", 6), ("full attention", 2)]
    assert [layer.kind for layer in found.uncovered] == ["full attention"]
    assert [(rule.longest, rule.turns) for rule in found.without_uncovered] == [(2, 0)]
    assert audited("mamba", num_hidden_layers=2).without_uncovered == ()
    assert "the other layers alone: out:" in str(found)


@pytest.mark.parametrize(
    ("model", "fields", "kinds"),
    [
        ("olmo_hybrid", {"num_hidden_layers": 2}, [("Gated DeltaNet", 1), ("full attention", 1)]),
        ("olmo_hybrid", {}, [("Gated DeltaNet", 24), ("full attention", 8)]),
        ("jamba", {"num_hidden_layers": 16}, [("Mamba", 14), ("full attention", 2)]),
        ("bamba", {"num_hidden_layers": 4, "attn_layer_indices": [2]}, [("Mamba2", 3), ("full attention", 1)]),
        ("recurrent_gemma", {"num_hidden_layers": 5}, [("RG-LRU", 4), ("sliding attention", 1)]),
    ],
)
def test_the_order_of_layers_where_it_is_not_listed(model, fields, kinds) -> None:
    assert [(layer.kind, layer.count) for layer in audited(model, **fields).layers] == kinds


def test_a_default_that_rules_machines_out_is_noted() -> None:
    (note,) = audited("gated_deltanet", num_hidden_layers=1).notes
    assert note.startswith("allow_neg_eigval is not said, and its default is False")
    (note,) = audited("gated_deltanet", num_hidden_layers=1, allow_neg_eigval=False).notes
    assert note.startswith("allow_neg_eigval is False")
    assert audited("gated_deltanet", num_hidden_layers=1, allow_neg_eigval=True).notes == ()
    assert audited("olmo_hybrid").notes == ()  # its default is True
    (field,) = audited("olmo_hybrid").layers[0].fields
    assert (field.name, field.value, field.is_default) == ("linear_allow_neg_eigval", True, True)


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_cells_of_torch_rule_nothing_out(kind) -> None:
    found = fsm2rnn.audit_config(getattr(torch.nn, kind)(3, 8, num_layers=2))
    assert found.model == kind
    assert found.rules_out == ()
    assert [(layer.count, str(layer.fields[0])) for layer in found.layers] == [(2, "hidden_size=8")]


def test_objects_and_files_and_models_are_read_as_mappings_are(tmp_path) -> None:
    class Config:
        model_type, num_hidden_layers, num_householder, allow_neg_eigval = "gated_deltaproduct", 3, 2, False

    class Model:
        config = Config()

    fields = {name: value for name, value in vars(Config).items() if not name.startswith("_")}
    file = tmp_path / "config.json"
    file.write_text(json.dumps(fields), encoding="utf-8")
    answers = [fsm2rnn.audit_config(given) for given in (fields, Config(), Model(), str(file), file)]
    assert all(answer == answers[0] for answer in answers)
    assert str(answers[0]).startswith("gated_deltaproduct\n  3 x Gated DeltaProduct")


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"model_type": "llama"}, "model_type 'llama'.*known: delta_net"),
        ({"model_type": "rwkv7", "num_hidden_layers": 2}, "model_type 'rwkv7'"),
        ({"num_hidden_layers": 2}, "dict without model_type"),
        (torch.nn.Linear(2, 2), "Linear without model_type.*torch.nn.RNN"),
        (None, "NoneType"),
        ({"model_type": "mamba"}, "no field 'num_hidden_layers'"),
        ({"model_type": "mamba", "num_hidden_layers": 0}, "counts from 1"),
        ({"model_type": "mamba", "num_hidden_layers": True}, "counts from 1"),
        ({"model_type": "delta_net", "num_hidden_layers": 1, "allow_neg_eigval": "no"}, "true or false"),
        ({"model_type": "qwen3_next", "layer_types": ["linear", "full_attention"]}, "layer type 'linear'"),
        ({"model_type": "qwen3_next", "layer_types": "linear"}, "it is a list"),
        ({"model_type": "nemotron_h", "num_hidden_layers": 2}, "no field 'layer_types'"),
        ({"model_type": "recurrent_gemma", "block_types": []}, "block_types is empty"),
        ({"model_type": "gla", "num_hidden_layers": 2, "attn": {"layers": [7]}}, "layer 7 of 2"),
        ({"model_type": "gated_deltaproduct", "num_hidden_layers": 1, "num_householder": 0}, "num_householder"),
    ],
)
def test_what_is_not_known_is_refused_by_name(config, says) -> None:
    with pytest.raises(InputError, match=says):
        fsm2rnn.audit_config(config)


@pytest.mark.parametrize("text", ["{", "[1]", "\ud800"])
def test_a_file_that_is_no_configuration_is_refused(tmp_path, text) -> None:
    file = tmp_path / "config.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InputError, match=r"config\.json"):
        fsm2rnn.audit_config(file)
    with pytest.raises(InputError, match="cannot read"):
        fsm2rnn.audit_config(tmp_path / "none.json")


def test_neither_torch_nor_transformers_is_loaded() -> None:
    code = (
        "import sys, fsm2rnn; found = fsm2rnn.audit_config({'model_type': 'mamba', 'num_hidden_layers': 2});"
        "assert found.excludes('parity'); print({'torch', 'transformers', 'fla'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
