"""fla's own classes on what is written: with its naive operations, and on a device as they are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import fsm2rnn
from tests.exports.exported_networks import word_of
from tests.exports.modules.extras import DTYPES, compiled, needs

pytestmark = [needs("fla", "fla"), pytest.mark.filterwarnings("ignore"), pytest.mark.slow]
TARGETS = ["fla-gated-deltaproduct", "fla-gated-deltanet", "fla-deltanet"]
SWAPS_AND_RESETS = "maps:1,2,0;1,0,2;2,2,2"
NAIVE = (Path(__file__).parent / "naive_fla.py").read_text()
PLACES = [("cpu", NAIVE), pytest.param(("cuda", ""), marks=pytest.mark.gpu)]

RUN = """
import json, sys, warnings
warnings.simplefilter("ignore")
sys.modules["fsm2rnn"] = None
import torch, fla
from transformers import AutoModelForCausalLM, AutoTokenizer
folder, way, device, naive = sys.argv[1:]
exec(naive)
letters = json.loads(sys.stdin.read())
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, **({"fuse_norm": False} if naive else {})).eval().to(device)
with torch.no_grad():
    if way == "generate":
        texts = [" ".join(letters[:count]) for count in range(1, len(letters) + 1)]
        asked = [tokenizer(text, return_tensors="pt").to(device) for text in texts]
        found = torch.stack([model.generate(**one, max_new_tokens=1)[0, -1] for one in asked])
    else:
        tokens = tokenizer(" ".join(letters), return_tensors="pt")["input_ids"].to(device)
        length = {letter: len(tokenizer(letter)["input_ids"]) for letter in set(letters)}
        ends = torch.tensor([length[letter] for letter in letters]).cumsum(0) - 1
        found = model(tokens, use_cache=False).logits[0].argmax(-1).cpu()[ends]
print(json.dumps(tokenizer.convert_ids_to_tokens(found.tolist())))
"""


def wrong_of(network, folder, word, way, place) -> int:
    """Return how many letters fla's model answers wrongly, in a process without this package."""
    names = json.loads((folder / "letters.json").read_text())
    letters, states = list(names["letters"]), list(names["states"])
    command = [sys.executable, "-W", "ignore", "-c", RUN, str(folder), way, *place]
    said = json.dumps([letters[letter] for letter in word])
    ran = subprocess.run(command, input=said, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    wanted = [states[state] for state in network.machine.trajectory(word)]
    answers = json.loads(ran.stdout.splitlines()[-1])
    return sum(one != other for one, other in zip(answers, wanted, strict=True))


@pytest.mark.parametrize("place", PLACES, ids=["naive operations", "kernels"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("machine", ["parity", "flip-flop", "S3@gens", "A5@gens"])
@pytest.mark.parametrize("target", TARGETS)
def test_ten_thousand_letters(machine, dtype, target, place, tmp_path):
    network = compiled(machine, target, dtype)
    fsm2rnn.export(network, "fla", tmp_path / "net")
    word = word_of(len(network.machine.symbols))
    assert len(word) == 10_000
    assert wrong_of(network, tmp_path / "net", word, "whole", place) == 0


@pytest.mark.parametrize("place", PLACES, ids=["naive operations", "kernels"])
@pytest.mark.parametrize("target", TARGETS)
def test_generated(target, place, tmp_path):
    network = compiled(SWAPS_AND_RESETS, target)
    fsm2rnn.export(network, "fla", tmp_path / "net")
    word = word_of(len(network.machine.symbols))[:40]
    assert wrong_of(network, tmp_path / "net", word, "generate", place) == 0
