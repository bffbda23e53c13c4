"""Banks of registers in transformers: what is written loads and tracks elsewhere, and what would not is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

import fsm2rnn
from fsm2rnn.exports.modules.registers import mamba as mamba_module
from fsm2rnn.exports.modules.registers.bank import Bank
from fsm2rnn.exports.modules.registers.layout import WIDTH, Layout
from fsm2rnn.exports.modules.writers import WRITERS
from tests.exports.exported_networks import word_of, wrong
from tests.exports.modules.extras import compiled, needs_delta_rule
from tests.exports.modules.register_machines import HELD

NAMES = ["hf-mamba", "falcon-mamba", "hf-mamba2", "qwen3-next", "recurrent-gemma"]
IDLE = {"qwen3-next": needs_delta_rule()}


def cases(targets, *rest):
    """Return the case of each target, skipped where the target cannot run here."""
    return [pytest.param(name, *rest, marks=IDLE.get(name, ())) for name in targets]


TARGETS = cases(NAMES)
transformers = pytest.importorskip("transformers", reason="needs the extra transformers")
pytestmark = pytest.mark.filterwarnings("ignore")

TRACK = """
import json, sys
sys.modules["fsm2rnn"] = None
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
model = AutoModelForCausalLM.from_pretrained(sys.argv[1])
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
labels = json.load(open(sys.argv[1] + "/labels.json"))
word = json.loads(sys.stdin.read())
text = " ".join(labels["letter_tokens"][letter] for letter in word)
ids = tokenizer(text, return_tensors="pt")["input_ids"]
with torch.no_grad():
    found = model(ids).logits[0].argmax(-1)
print(json.dumps([labels["answer_tokens"].get(token, -1) for token in tokenizer.convert_ids_to_tokens(found)]))
"""


CASES = [
    *(("hf-mamba", name, "float32") for name in HELD),
    *cases(NAMES[1:], "one state", "float32"),
    *cases(NAMES[1:], "last letters", "float32"),
    *cases(NAMES, "bits", "bfloat16"),
]


@pytest.mark.parametrize(("target", "name", "dtype"), CASES)
def test_it_is_written_where_it_conforms(target, name, dtype, tmp_path):
    network = compiled(HELD[name], target, dtype)
    found = fsm2rnn.export(network, "transformers", tmp_path / "net")
    assert found.states >= len(set(sum(network.machine.table, ())))  # those that letters lead to
    assert found.lead > 1
    assert found.replayed in (3200, 4800)
    assert {"config.json", "model.safetensors", "tokenizer.json", "README.md", "labels.json"} <= set(found.files)
    config = json.loads((tmp_path / "net" / "config.json").read_text())
    assert config["dtype"] == dtype
    assert "auto_map" not in config


@pytest.mark.parametrize("target", TARGETS)
def test_it_tracks_10_000_letters_in_a_process_without_this_package(target, tmp_path):
    network = compiled(HELD["bits"], target)
    fsm2rnn.export(network, "transformers", tmp_path / "net")
    command = [sys.executable, "-W", "ignore", "-c", TRACK, str(tmp_path / "net")]
    word = json.dumps(word_of(len(network.machine.symbols)))
    ran = subprocess.run(command, input=word, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert wrong(network, json.loads(ran.stdout.splitlines()[-1])) == 0


@pytest.mark.parametrize("target", TARGETS)
def test_the_lines_of_the_card_run_and_say_what_they_promise(target, tmp_path):
    network = compiled(HELD["last letters"], target)
    fsm2rnn.export(network, "transformers", tmp_path / "net")
    lines = re.search(r"```python\n(.*?)```", (tmp_path / "net" / "README.md").read_text(), re.DOTALL)[1]
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", 'import sys; sys.modules["fsm2rnn"] = None\n' + lines],
        cwd=tmp_path / "net",
        capture_output=True,
        text=True,
        check=False,
    )
    machine = network.machine
    reached = machine.states[list(machine.trajectory([0, 1, 2]))[-1]]
    assert ran.stdout.split() == [lines.rsplit("# ", 1)[1].strip()] == [f"<{reached}>"], ran.stderr


@pytest.mark.parametrize("target", TARGETS)
def test_words_of_several_lengths_padded_on_the_left(target, tmp_path):
    network = compiled(HELD["resets"], target)
    fsm2rnn.export(network, "transformers", tmp_path / "net")
    model = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "net")
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "net")
    batch = tokenizer(["3 0", "2 0 0 0", "5", "0 0 0"], return_tensors="pt", padding=True)
    after = model.generate(**batch, max_new_tokens=3, do_sample=False)[:, -3:]
    assert tokenizer.batch_decode(after) == [" ".join([f"<q{state}>"] * 3) for state in (2, 1, 4, 0)]


def test_an_unknown_letter_is_no_token(tmp_path):
    fsm2rnn.export(compiled("flip-flop", "hf-mamba"), "transformers", tmp_path / "net")
    with pytest.raises(Exception, match="UNK"):
        transformers.AutoTokenizer.from_pretrained(tmp_path / "net")("hold on")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("part", ["offset", "readout.weight"])
def test_changed_weights_are_not_written(part, target, tmp_path):
    network = compiled(HELD["bits"], target)
    with torch.no_grad():
        network.state_dict(keep_vars=True)[part].zero_()
    with pytest.raises((fsm2rnn.CertificateError, fsm2rnn.NumericError)):
        fsm2rnn.export(network, "transformers", tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


def test_a_gate_that_is_not_quite_shut_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(mamba_module, "SHUT", -64.0)  # softplus(-64) = 1.6e-28 is a step, if a small one
    with pytest.raises(fsm2rnn.NumericError, match="otherwise than the stored recurrence"):
        fsm2rnn.export(compiled(HELD["bits"], "hf-mamba"), "transformers", tmp_path / "net")


def test_mamba_does_not_go_on_from_a_cache_with_several_tokens():
    """Hold the note of its card to the library: where this fails the library has mended it, and the note can go."""
    forgets = replace(WRITERS["hf-mamba"].bank, continues=True)
    with pytest.raises(fsm2rnn.NumericError, match="answers otherwise than the network"):
        forgets(compiled(HELD["bits"], "hf-mamba"))


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_no_bank_is_refused(target):
    network = fsm2rnn.compile("flip-flop", "full").network()
    with pytest.raises(fsm2rnn.InputError, match=rf"bank of registers, found full.*-t {target}"):
        WRITERS[target](network)
    with pytest.raises(fsm2rnn.InputError, match=rf"{target} is written in float32 and bfloat16.*float64"):
        WRITERS[target](compiled("flip-flop", target, "float64"))


def test_a_model_that_is_too_wide_is_refused():
    nothing = torch.zeros(WIDTH - 2, 1)
    with pytest.raises(fsm2rnn.LimitError, match="coordinates of a model"):
        Layout(Bank(nothing, nothing, torch.zeros(1, 1), torch.zeros(1), (0,)))
    assert Layout(Bank(nothing[1:], nothing[1:], torch.zeros(1, 1), torch.zeros(1), (0,))).width == WIDTH
