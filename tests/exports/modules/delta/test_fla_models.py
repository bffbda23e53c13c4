"""fla's models of the delta rule are written without fla, and not where what their layers say is not the machine."""

from __future__ import annotations

import json

import pytest

import fsm2rnn
from fsm2rnn.exports.modules.delta import fla_models
from tests.exports.modules.extras import DTYPES, compiled

TARGETS = ["fla-gated-deltaproduct", "fla-gated-deltanet", "fla-deltanet"]
FILES = (
    "README.md config.json generation_config.json letters.json model.safetensors tokenizer.json tokenizer_config.json"
)
SWAPS_AND_RESETS = "maps:1,2,0;1,0,2;2,2,2"


@pytest.mark.parametrize(("target", "dtype"), [*zip(TARGETS, [*DTYPES, *DTYPES], strict=False)])
def test_what_the_layers_say_in_plain_torch(target, dtype, tmp_path):
    network = compiled(SWAPS_AND_RESETS, target, dtype)
    found = fsm2rnn.export(network, "fla", tmp_path / "net")
    assert found.files == tuple(FILES.split())
    assert (found.replayed, found.states) == (1600, 3)
    assert found.lead > 1
    assert "not fla's kernels" in found.ran
    assert json.loads((tmp_path / "net" / "config.json").read_text())["allow_neg_eigval"] is True
    assert "were not run" in (tmp_path / "net" / "README.md").read_text()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", ["lm_head", "o_proj"])
def test_other_weights_are_not_written(target, name, tmp_path, monkeypatch):
    written = fla_models.fla_state_dict

    def changed(weights):
        return {key: part * (name not in key) for key, part in written(weights).items()}

    monkeypatch.setattr(fla_models, "fla_state_dict", changed)
    with pytest.raises(fsm2rnn.NumericError, match="nothing is written"):
        fsm2rnn.export(compiled("S3@gens", target), "fla", tmp_path / "net")
    assert list(tmp_path.iterdir()) == []
