"""OlmoHybridForCausalLM answers as the machine does, as users of transformers run it, in a process without fsm2rnn."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch

import fsm2rnn
from fsm2rnn.exports.modules.delta import olmo_hybrid
from tests.exports.exported_networks import word_of
from tests.exports.modules.extras import DTYPES, compiled, needs, needs_delta_rule

TARGET = "olmo-hybrid"
pytestmark = [needs("transformers", "transformers"), needs_delta_rule(), pytest.mark.filterwarnings("ignore")]
FILES = (
    "README.md config.json generation_config.json letters.json model.safetensors tokenizer.json tokenizer_config.json"
)
SWAPS_AND_RESETS = "maps:1,2,0;1,0,2;2,2,2"
A_BIT_WRITTEN_AND_ONE_TURNED = "maps:0,1,2,3;0,1,0,1;2,3,2,3;1,0,3,2"

# As the card says it: letters as text, the tokenizer, the model with its cache, and what is decoded. "pieces" reads the
# answer at the last token of each letter, "steps" gives it one token at a time, "generate" asks after each prefix.
RUN = """
import json, sys
sys.modules["fsm2rnn"] = None
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache
folder, way = sys.argv[1:]
letters = json.loads(sys.stdin.read())
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder).eval()
tokens = tokenizer(" ".join(letters), return_tensors="pt")["input_ids"]
length = {letter: len(tokenizer(letter)["input_ids"]) for letter in set(letters)}
ends = torch.tensor([length[letter] for letter in letters]).cumsum(0) - 1
with torch.no_grad():
    if way == "generate":
        texts = [" ".join(letters[:count]) for count in range(1, len(letters) + 1)]
        found = model.generate(**tokenizer(texts, padding=True, return_tensors="pt"), max_new_tokens=1)[:, -1]
    else:
        cache = DynamicCache(config=model.config)
        pieces = tokens.split(1000 if way == "pieces" else 1, 1)
        logits = [model(piece, cache=cache, use_cache=True).logits[0] for piece in pieces]
        found = torch.cat(logits).argmax(-1)[ends]
print(json.dumps([int(ends[-1]) + 1, tokenizer.convert_ids_to_tokens(found.tolist())]))
"""


def wrong_of(network, folder, word, way) -> tuple[int, int]:
    """Return how many letters a folder answers wrongly, of how many tokens."""
    names = json.loads((folder / "letters.json").read_text())
    letters = list(names["letters"])
    command = [sys.executable, "-W", "ignore", "-c", RUN, str(folder), way]
    said = json.dumps([letters[letter] for letter in word])
    ran = subprocess.run(command, input=said, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    tokens, answers = json.loads(ran.stdout.splitlines()[-1])
    states = list(names["states"])
    wanted = [states[state] for state in network.machine.trajectory(word)]
    return sum(one != other for one, other in zip(answers, wanted, strict=True)), tokens


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "machine",
    ["parity", "S3@gens", *(pytest.param(name, marks=pytest.mark.slow) for name in ("flip-flop", "A5@gens"))],
)
def test_ten_thousand_letters_without_this_package(machine, dtype, tmp_path):
    network = compiled(machine, TARGET, dtype)
    found = fsm2rnn.export(network, "transformers", tmp_path / "net")
    assert (found.files, found.replayed) == (tuple(FILES.split()), 1600)
    assert found.states == len(network.machine.states)
    assert found.lead > 1
    word = word_of(len(network.machine.symbols))
    assert len(word) == 10_000
    wrong, tokens = wrong_of(network, tmp_path / "net", word, "pieces")
    assert (wrong, tokens >= 10_000) == (0, True)


@pytest.mark.parametrize("way", ["steps", "generate"])
@pytest.mark.parametrize("machine", [SWAPS_AND_RESETS, A_BIT_WRITTEN_AND_ONE_TURNED])
def test_token_by_token_and_generated(machine, way, tmp_path):
    network = compiled(machine, TARGET)
    fsm2rnn.export(network, "transformers", tmp_path / "net")
    word = word_of(len(network.machine.symbols))[: 500 if way == "steps" else 60]
    assert wrong_of(network, tmp_path / "net", word, way)[0] == 0


def test_the_card_tells_what_generate_answers(tmp_path):
    network = compiled(SWAPS_AND_RESETS, TARGET)
    fsm2rnn.export(network, "transformers", tmp_path / "net")
    text = (tmp_path / "net" / "README.md").read_text()
    code = text.split("```python\n")[1].split("```")[0].replace("FOLDER", str(tmp_path / "net"))
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == code.split("# ")[-1].strip()


def test_answers_may_be_read_again(tmp_path):
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415  an extra

    fsm2rnn.export(compiled("S3@gens", TARGET), "transformers", tmp_path / "net")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "net")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "net")
    plain = "(1,2) (1,2,3) (1,2)"
    answered = "(1,2) =(1,2) (1,2,3) <keep> =() (1,2)"
    said = [model.generate(**tokenizer(text, return_tensors="pt"))[0, -1] for text in (plain, answered)]
    assert said[0] == said[1]
    with pytest.raises(Exception, match="UNK"):
        tokenizer("(1,3)")


def test_changed_weights_are_not_written(tmp_path):
    network = compiled("S3@gens", TARGET)
    with torch.no_grad():
        network.get_parameter("rnn.block.0").zero_()
    with pytest.raises(fsm2rnn.InputError, match="not the one of reflections"):
        fsm2rnn.export(network, "transformers", tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["lm_head", "k_proj", "a_proj"])
def test_other_weights_are_not_written(name, tmp_path, monkeypatch):
    written = olmo_hybrid.state_dict

    def changed(weights):
        return {key: part * (name not in key) for key, part in written(weights).items()}

    monkeypatch.setattr(olmo_hybrid, "state_dict", changed)
    with pytest.raises(fsm2rnn.NumericError, match="nothing is written"):
        fsm2rnn.export(compiled(SWAPS_AND_RESETS, TARGET), "transformers", tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


def test_other_formats_of_numbers_are_refused(tmp_path):
    with pytest.raises(fsm2rnn.InputError, match=r"olmo-hybrid is written in float32 and bfloat16.*float64"):
        fsm2rnn.export(compiled("parity", TARGET, "float64"), "transformers", tmp_path / "net")
