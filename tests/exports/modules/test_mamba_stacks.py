"""Stacks of gates as Mamba of several layers: what is written loads and tracks elsewhere, what would not is refused."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch

import fsm2rnn
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.constructions.diagonal.register_bank import StackedModule
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.exports.modules.registers.layout import WIDTH
from fsm2rnn.exports.modules.stacks import mamba_stack
from fsm2rnn.exports.modules.stacks.mamba_stack import mamba_layers
from fsm2rnn.exports.modules.stacks.places import StackPlaces
from fsm2rnn.exports.modules.writers import WRITERS
from fsm2rnn.operators.stack_recipe import StackRecipe
from fsm2rnn.proof.claim.contract import Contract
from tests.exports.exported_networks import word_of
from tests.exports.modules.extras import compiled
from tests.exports.modules.register_machines import CYCLES, HELD, STACKS
from tests.proof.stack_networks import ABSORBED

TARGETS = ["hf-mamba", "falcon-mamba"]
TOMITA2 = fsm2rnn.read("tomita2")
pytestmark = pytest.mark.filterwarnings("ignore")

TRACK = """
import json, sys
sys.modules["fsm2rnn"] = None
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
model = AutoModelForCausalLM.from_pretrained(sys.argv[1])
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
labels = json.load(open(sys.argv[1] + "/labels.json"))
text = " ".join(labels["letter_tokens"][letter] for letter in json.loads(sys.stdin.read()))
with torch.no_grad():
    found = model(tokenizer(text, return_tensors="pt")["input_ids"]).logits[0].argmax(-1)
print(json.dumps([labels["answer_tokens"].get(token, -1) for token in tokenizer.convert_ids_to_tokens(found)]))
"""


def verdict_of(machine, contract=Contract.COVER):
    return StackedModule("stacked").compile(minimal_facts(fsm2rnn.read(machine)), contract)


def test_a_machine_is_a_bank_or_a_stack_or_has_a_cycle():
    for name in STACKS:
        found = verdict_of(name)
        assert isinstance(found, Compiled)
        assert isinstance(found.operator, StackRecipe)
        assert not any(layer.turns for layer in found.operator.layers)
    assert not isinstance(verdict_of("flip-flop").operator, StackRecipe)
    assert {type(verdict_of(name)) for name in CYCLES} == {Impossible}
    assert isinstance(verdict_of("counter(3)", Contract.LINEAR), Unsettled)


def test_as_many_coordinates_are_on_whatever_the_token_and_they_are_a_power_of_four():
    stack = compiled(ABSORBED, "hf-mamba").rnn
    places = mamba_layers(stack).places
    rows = places.embedding(3) / 4096
    assert set(rows.sum(1).tolist()) == {places.on}
    assert (places.on, places.width) in {(4**m, 4**k) for m in range(6) for k in range(6)}
    assert places.hot == 2 ** round(torch.tensor(places.hot).log2().item())


def test_a_stack_that_is_too_wide_or_that_turns_is_refused():
    with pytest.raises(fsm2rnn.LimitError, match="two for each unit and four for each channel"):
        StackPlaces(letters=2, units=WIDTH, start=(0,), shown=1)
    with pytest.raises(fsm2rnn.InputError, match="layers that turn"):
        mamba_layers(fsm2rnn.compile("parity", "cascade").network().rnn)


def transformers():
    return pytest.importorskip("transformers", reason="needs the extra transformers")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "machine", "dtype"),
    [
        ("hf-mamba", TOMITA2, "float32"),
        ("falcon-mamba", TOMITA2, "bfloat16"),
        *((target, fsm2rnn.read(name), "float32") for target in TARGETS for name in STACKS),
        ("hf-mamba", ABSORBED, "bfloat16"),
        ("falcon-mamba", ABSORBED, "float32"),
    ],
)
def test_it_is_written_where_it_conforms(target, machine, dtype, tmp_path):
    transformers()
    network = compiled(machine, target, dtype)
    found = fsm2rnn.export(network, "transformers", tmp_path / "net")
    assert found.states >= len(set(sum(network.machine.table, ())))
    assert found.lead > 1
    assert found.replayed == 3200
    config = json.loads((tmp_path / "net" / "config.json").read_text())
    assert config["num_hidden_layers"] == 3 * len(network.rnn.layers)
    assert "auto_map" not in config
    card = (tmp_path / "net" / "README.md").read_text()
    assert f"by a stack of {len(network.rnn.layers)} gated layers" in card


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_it_tracks_letters_in_a_process_without_this_package(target, tmp_path):
    transformers()
    network = compiled(fsm2rnn.read("re:(a|b)*abb"), target)
    fsm2rnn.export(network, "transformers", tmp_path / "net")
    word = word_of(2)
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TRACK, str(tmp_path / "net")],
        input=json.dumps(word),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1]) == network.output_ids(torch.tensor(word)).tolist()


@pytest.mark.parametrize(("name", "value"), [("STEEP", 1.0), ("SHUT", 0.0)])
def test_thresholds_that_are_not_met_are_not_written(name, value, tmp_path, monkeypatch):
    transformers()
    monkeypatch.setattr(mamba_stack, name, value)
    with pytest.raises(fsm2rnn.NumericError):
        fsm2rnn.export(compiled(TOMITA2, "hf-mamba"), "transformers", tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


def test_a_stack_is_written_for_no_other_module():
    transformers()
    with pytest.raises(fsm2rnn.InputError, match="a stack of gated layers has no export as one plain layer"):
        WRITERS["hf-mamba2"](compiled(TOMITA2, "hf-mamba"))
    assert not isinstance(compiled(HELD["bits"], "hf-mamba"), fsm2rnn.Tracker)
