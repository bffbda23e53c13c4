# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Machines in other people's modules
#
# A permutation group as the weights of an OLMo-hybrid model, a register as those of a Mamba model, both loaded by
# transformers in a process that cannot load this package; what their configurations rule out whatever the weights; and
# a regular expression held by `generate`. Needs the extras `transformers` and `plot`.

# %%
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import tokenizers
import torch
import transformers
from matplotlib.colors import ListedColormap

import fsm2rnn

torch.set_num_threads(1)
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
folder = Path(tempfile.mkdtemp())

# %% [markdown]
# ## A group as an OLMo-hybrid model
#
# One Gated DeltaNet layer reflects the state once a token, with $\beta$ up to 2. A permutation is a word of
# reflections, so the tokenizer spells each letter as such a word. `compile` proves what the layer computes; `export`
# writes the model after it was stepped from every state that words reach.

# %%
network = fsm2rnn.compile("S3@gens", "olmo-hybrid").network()
assert fsm2rnn.check(network).accepted
written = fsm2rnn.export(network, "transformers", folder / "s3")
print(written.files)
print(f"{written.states} states of the model's own arithmetic, the right score led by {written.lead:.3g} at least")

# %%
RUN = """
import json, sys
sys.modules["fsm2rnn"] = None  # as where it is not installed
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
folder, letters = sys.argv[1], json.loads(sys.stdin.read())
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder)
length = {letter: len(tokenizer(letter)["input_ids"]) for letter in set(letters)}
ends = torch.tensor([length[letter] for letter in letters]).cumsum(0) - 1
with torch.no_grad():
    best = model(**tokenizer(" ".join(letters), return_tensors="pt")).logits[0].argmax(-1)[ends]
print(json.dumps(tokenizer.convert_ids_to_tokens(best.tolist())))
"""


def elsewhere(name: str, letters: list[str]) -> list[str]:
    """Return what a model says after each letter, in a process of its own without this package."""
    command = [sys.executable, "-W", "ignore", "-c", RUN, str(folder / name)]
    found = subprocess.run(command, input=json.dumps(letters), capture_output=True, text=True, check=True).stdout
    answers: list[str] = json.loads(found.splitlines()[-1])
    return answers


def compared(name: str, net: torch.nn.Module, letters: list[str], answers: list[str]) -> None:
    """Print how many of 1,000 random letters a model answers wrongly, beside the machine itself."""
    word = torch.randint(len(letters), (1_000,), generator=torch.Generator().manual_seed(0)).tolist()
    told = elsewhere(name, [letters[letter] for letter in word])
    wrong = sum(one != answers[state] for one, state in zip(told, net.machine.trajectory(word), strict=True))
    print(f"{name}: {wrong} of {len(word):,} letters answered wrongly")
    assert wrong == 0


names = json.loads((folder / "s3" / "letters.json").read_text())
print("letters as words of reflections:", names["letters"])
compared("s3", network, list(names["letters"]), list(names["states"]))

# %% [markdown]
# ## Three bits as a Mamba model
#
# Gates in $[0, 1]$ keep or overwrite: what one layer holds are registers. Here three bits, which six letters set.

# %%
values = [(first, second, third) for first in (0, 1) for second in (0, 1) for third in (0, 1)]
moves = [(place, value) for place in range(3) for value in (0, 1)]
bits = fsm2rnn.from_table(
    [[values.index((*one[:place], value, *one[place + 1 :])) for place, value in moves] for one in values],
    symbols=[f"{'abc'[place]}={value}" for place, value in moves],
)
bank = fsm2rnn.compile(bits, "hf-mamba").network()
fsm2rnn.export(bank, "transformers", folder / "bits")
labels = json.loads((folder / "bits" / "labels.json").read_text())
compared("bits", bank, labels["letter_tokens"], list(labels["answer_tokens"]))

# %% [markdown]
# ## What a configuration rules out
#
# Parity is not among the machines of that layer, and the reason is a word. `audit_config` reads configurations alone,
# and says it of stacks of any depth; its theorem and conditions are in `docs/configurations.md`.

# %%
print(fsm2rnn.compile("parity", "hf-mamba"))
audit = fsm2rnn.audit_config(folder / "bits" / "config.json")
print(audit)
print(audit.excludes("parity"))
assert audit.excludes("parity") is not None
assert audit.excludes(bits) is None

# %%
DELTA = {"model_type": "gated_deltanet", "num_hidden_layers": 24}
CONFIGURATIONS = {
    "Mamba2, 24 layers": {"model_type": "mamba2", "num_hidden_layers": 24},
    "Gated DeltaNet, 24 layers, as fla leaves it": DELTA,
    "Gated DeltaNet, 1 layer, b to 2": DELTA | {"num_hidden_layers": 1, "allow_neg_eigval": True},
    "Gated DeltaNet, 24 layers, b to 2": DELTA | {"allow_neg_eigval": True},
    "RecurrentGemma": {"model_type": "recurrent_gemma"},
    "Qwen3-Next": {"model_type": "qwen3_next", "num_hidden_layers": 48},
    "OLMo-hybrid": {"model_type": "olmo_hybrid"},
}
MACHINES = ["parity", "flip-flop", "Z3@gens", "S3@gens", "even-pairs", "tomita5", "dyck(1,3)"]
WORDS = ["not out", "out", "attention"]
audits = {name: fsm2rnn.audit_config(config) for name, config in CONFIGURATIONS.items()}
grid = [[1 if one.excludes(machine) else 2 * bool(one.uncovered) for machine in MACHINES] for one in audits.values()]

figure, axes = plt.subplots(figsize=(7.5, 3), layout="constrained", dpi=80)
axes.imshow(grid, cmap=ListedColormap(["#dfe7d8", "#c8553d", "#d9d9d9"]), vmin=0, vmax=2, aspect="auto")
for row, cells in enumerate(grid):
    for column, cell in enumerate(cells):
        axes.text(column, row, WORDS[cell], ha="center", va="center", fontsize=7)
axes.set_xticks(range(len(MACHINES)), MACHINES, fontsize=8)
axes.set_yticks(range(len(audits)), list(audits), fontsize=8)
axes.set_title("what no weights make of a configuration", fontsize=10)
assert grid[0] == grid[1] == [1, 0, 1, 1, 0, 1, 0]
assert grid[2] == [0, 0, 1, 1, 0, 0, 0]

# %% [markdown]
# `not out` says no more than that: whether some weights make the machine, targets say. Of full attention nothing is
# proved here.
#
# ## A regular expression held by `generate`
#
# A small byte-level tokenizer, a random GPT-2, and a mask. The machine over the tokenizer's ids is proved on every
# token from every state; the mask allows a token while the language can still be met.

# %%
byte_level = tokenizers.pre_tokenizers.ByteLevel
plain = tokenizers.Tokenizer(tokenizers.models.BPE())
plain.pre_tokenizer, plain.decoder = byte_level(add_prefix_space=False), tokenizers.decoders.ByteLevel()
trainer = tokenizers.trainers.BpeTrainer(
    vocab_size=330, special_tokens=["<pad>", "<end>"], initial_alphabet=byte_level.alphabet(), show_progress=False
)
plain.train_from_iterator(["on 2024-05-17 and 2025-11-30, or 2026-01-02"] * 3, trainer)
tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="<end>", pad_token="<pad>")  # noqa: S106
tokenizer.padding_side = "left"

torch.manual_seed(0)
model = transformers.GPT2LMHeadModel(
    transformers.GPT2Config(
        vocab_size=len(tokenizer), n_positions=64, n_embd=16, n_layer=1, n_head=2, bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )
)  # fmt: skip

DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
mask = fsm2rnn.TokenMask(f"re:{DATE}", tokenizer)
print(mask)
prompts = tokenizer(["on", "on 2024-05-17 and"] * 32, return_tensors="pt", padding=True)
rows = model.generate(
    input_ids=prompts.input_ids, attention_mask=prompts.attention_mask, logits_processor=[mask], do_sample=True,
    max_new_tokens=20,
)  # fmt: skip
texts = tokenizer.batch_decode(rows[:, prompts.input_ids.shape[1] :], skip_special_tokens=True)
print(texts[:6])
matching = sum(re.fullmatch(DATE, text) is not None for text in texts)
print(f"{matching} of {len(texts)} match")
assert matching == len(texts)
