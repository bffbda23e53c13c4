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
# # Prove a trained network
#
# A GRU learns parity and makes no mistake in a hundred thousand random symbols. A search finds a word that it reads
# wrongly all the same. Trained on, together with boxes around its states, it is proved right after every word, and the
# proof is checked in a process that never loads torch.

# %%
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from safetensors.torch import load_file

import fsm2rnn

torch.set_num_threads(1)
plt.rcParams.update({"figure.dpi": 80, "font.size": 10, "axes.spines.top": False, "axes.spines.right": False})
COLOURS = ("#4f8a3c", "#3b6ea5")
RED = "#c8553d"

machine = fsm2rnn.read("parity")
ids = torch.randint(2, (200, 500), generator=torch.Generator().manual_seed(1))
words = [[machine.symbols[letter] for letter in row] for row in ids.tolist()]
right = [machine.answers(word) for word in words]

# %% [markdown]
# ## A network that passes every random test
#
# Words of 1 to 10 letters, every letter's answer asked for, a few seconds. Of some seeds the first is taken whose
# network answers all 100,000 test symbols rightly and is yet wrong somewhere: `audit` rounds the state to multiples of
# $2^{-7}$, walks all states that words lead to beside the machine's, and replays the word that fails in the network as
# it is, one symbol at a time.


# %%
def trained(seed: int) -> fsm2rnn.Tracker:
    """Train a GRU of 16 units on short words."""
    torch.manual_seed(seed)
    layer = torch.nn.GRU(len(machine.symbols), 16, batch_first=True)
    network = fsm2rnn.Tracker(layer, torch.nn.Linear(16, len(machine.output_labels)), machine)
    fsm2rnn.train(network, steps=600, lengths=(1, 10), lr=1e-2, targets="every", patience=1, measured=(), seed=seed)
    return network


@torch.no_grad()
def mistakes(network: fsm2rnn.Tracker) -> int:
    """Count wrong answers on the test words."""
    found = network(ids).argmax(-1).tolist()
    labels = machine.output_labels
    pairs = (
        (labels[answer], label)
        for row, due in zip(found, right, strict=True)
        for answer, label in zip(row, due, strict=True)
    )
    return sum(answer != label for answer, label in pairs)


for seed in range(10):
    network = trained(seed)
    wrong = mistakes(network)
    answer = fsm2rnn.audit(network, limit=200_000) if wrong == 0 else None
    print(f"seed {seed}: {wrong} mistakes in {ids.numel():,} symbols; {answer}")
    if isinstance(answer, fsm2rnn.Refuted):
        break
assert isinstance(answer, fsm2rnn.Refuted)
assert network.outputs(answer.word)[-1] != machine.answers(answer.word)[-1]

# %% [markdown]
# ## Why random words do not find it
#
# The states that random words leave, in the plane of their two principal directions, coloured by the machine's state;
# and the way of the word that fails: it leads where random words hardly ever go.


# %%
@torch.no_grad()
def states_after(network: fsm2rnn.Tracker, letters: torch.Tensor) -> torch.Tensor:
    """Return the states (B, T, H) after each letter of words (B, T)."""
    state, found = network.begin(len(letters)), []
    for column in letters.unbind(1):
        state = network.step(column, state)
        found.append(state)
    return torch.stack(found, 1)


def scatter(axes: plt.Axes, points: torch.Tensor, reads: torch.Tensor) -> None:
    """Draw points (N, 2), coloured by the machine's state."""
    for state, colour in enumerate(COLOURS):
        here = points[reads == state]
        axes.scatter(here[:, 0], here[:, 1], s=4, color=colour, alpha=0.4, linewidths=0)
        axes.plot([], [], color=colour, marker="o", markersize=4, linestyle="", label=f"state {machine.states[state]}")


reads = torch.tensor([list(machine.trajectory(row)) for row in ids[:60, :60].tolist()])
before = states_after(network, ids[:60, :60])
mean = before.flatten(0, 1).mean(0)
plane = torch.linalg.svd(before.flatten(0, 1) - mean, full_matrices=False).Vh[:2].T
failing = torch.tensor([[machine.symbols.index(symbol) for symbol in answer.word]])
path = (states_after(network, failing)[0] - mean) @ plane

figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
scatter(axes, (before.flatten(0, 1) - mean) @ plane, reads.flatten())
axes.plot(path[:, 0], path[:, 1], color="black", linewidth=0.6, marker=".", markersize=3)
axes.plot(*path[-1], color=RED, marker="x", markersize=9, markeredgewidth=2)
axes.annotate(
    f"after {len(answer.word)} symbols: wrong", path[-1], xytext=(8, 4), textcoords="offset points", color=RED
)
axes.set(title="states before", xlabel="first principal direction", ylabel="second")
figure.legend(frameon=False, loc="outside right upper")

# %% [markdown]
# ## Train on, and prove
#
# `train_until_proved` trains weights and boxes together. One box per state of the machine and last letter: the image
# of each box under each letter is to lie inside the box that it leads to, and the reading is to be right on all of a
# box. When both hold, the kernel repeats them in integers.

# %%
proved = fsm2rnn.train_until_proved(network)
print(proved)
assert isinstance(proved, fsm2rnn.Proved)
assert proved.grade == "invariant"
assert network.outputs(answer.word) == machine.answers(answer.word)

# %%
path_of_file = Path(tempfile.mkdtemp()) / "parity.safetensors"
proved.save(path_of_file)
walls = load_file(path_of_file)
low, high, boxes = walls["box.low"][1:], walls["box.high"][1:], proved.proof.nodes.reads[1:]


def apart(pair: tuple[int, ...]) -> float:
    """Return how far boxes of different machine states are apart in the plane of two units."""
    gaps = (low[:, None, list(pair)] - high[None, :, list(pair)]).amax(-1)
    gaps = torch.maximum(gaps, gaps.T)
    different = torch.tensor(boxes)[:, None] != torch.tensor(boxes)[None]
    return float(gaps[different].min())


first, second = max(itertools.combinations(range(16), 2), key=apart)
after = states_after(network, ids[:60, :60]).flatten(0, 1)[:, [first, second]]
figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
scatter(axes, after, reads.flatten())
for place, state in enumerate(boxes):
    corner, size = low[place, [first, second]], (high - low)[place, [first, second]]
    axes.add_patch(plt.Rectangle(corner.tolist(), *size.tolist(), fill=False, edgecolor=COLOURS[state], linewidth=1.5))
axes.set(title=f"states after training, in their boxes; slack {float(proved.slack):.2g}")
axes.set(xlabel=f"unit {first}", ylabel=f"unit {second}")
figure.legend(frameon=False, loc="outside right upper")

# %% [markdown]
# Every word, however long, stays in these boxes: in any arithmetic that errs by at most the slack in a step.
#
# ## Check it elsewhere
#
# The file is a network and its proof. `check` reads it with integers and the standard library alone.

# %%
program = f"""
import sys
import fsm2rnn
report = fsm2rnn.check({str(path_of_file)!r})
print(report.claim)
print("accepted" if report.accepted else "rejected", "- torch is", "loaded" if "torch" in sys.modules else "not loaded")
"""
told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
print(told)
assert "accepted - torch is not loaded" in told
assert mistakes(network) == 0
