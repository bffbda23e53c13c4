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
# # Train a network, and start from compiled weights
#
# A small layer learns $S_3$ from random words; then the same layer starts with an exact network inside. What training
# does to that network depends on one choice: whether its rows are put back after every step.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import torch

import fsm2rnn
from fsm2rnn.experiments.presets import RETENTION, Preset
from fsm2rnn.experiments.retention import retention

torch.set_num_threads(1)
plt.rcParams.update({"figure.dpi": 80, "font.size": 10, "axes.spines.top": False, "axes.spines.right": False})
GREEN, RED, GREY = "#4f8a3c", "#c8553d", "#8d99ae"

machine = fsm2rnn.read("S3@gens")
print(machine.symbols, len(machine.states), "states")

# %% [markdown]
# ## From random weights
#
# The layer is bilinear, one 16 x 16 matrix per letter, its state divided by its norm at each step. It is trained on
# words of 2 to 30 letters, and judged on words of 500 after every 25 steps.

# %%
torch.manual_seed(0)
layer = fsm2rnn.BilinearRNN(len(machine.symbols), 16, normalize=True)
network = fsm2rnn.Tracker(layer, torch.nn.Linear(16, len(machine.output_labels), bias=False), machine)
training = fsm2rnn.train(network, machine, steps=300, every=25, patience=None, seed=0, measured=(30, 500, 5_000))
print(training)

# %%
figure, (losses, shares) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
steps = [check.step for check in training.checks]
losses.plot(steps, [check.loss for check in training.checks], color=GREY, marker="o", markersize=3)
losses.set(yscale="log", xlabel="optimiser steps", title="loss on words of 2 to 30 letters")
shares.plot(steps, [check.accuracy for check in training.checks], color=GREEN, marker="o", markersize=3)
shares.axhline(1 / 6, color=GREY, linestyle=":")
shares.annotate("chance", (steps[-1], 1 / 6), ha="right", va="bottom", color=GREY)
shares.set(ylim=(0, 1.05), xlabel="optimiser steps", title="right answers on words of 500 letters")

# %% [markdown]
# A network that answers every test word is not yet proved. `compare` says what can be said: each class of states
# moves as the machine's state does, no word that was tried tells the two apart, and how long that lasts is not known.

# %%
print(fsm2rnn.compare(network, machine))

# %% [markdown]
# ## From compiled weights
#
# `seed` puts the compiled network into the first rows of a larger layer and draws the rest. The core reads no free
# unit, so it goes on as if it were alone. With `protect="rows"` its rows are put back before every use, whatever the
# optimiser did to them; with `protect="none"` Adam may move them, and the state is divided by its norm, lest it
# overflow.

# %%
compiled = fsm2rnn.compile(machine, "full")
exact = compiled.network().rnn.weight


def seeded(protect: str) -> tuple[fsm2rnn.Tracker, list[tuple[int, float, float]]]:
    """Train a seeded layer in short stretches; return it with (steps, accuracy at 500, change of the core)."""
    torch.manual_seed(0)
    layer = fsm2rnn.seed(compiled, 16, protect=protect)
    layer.normalize = protect == "none"
    network = fsm2rnn.Tracker(layer, torch.nn.Linear(16, len(machine.output_labels)), compiled.machine)
    found = []
    for stretch in range(12):
        told = fsm2rnn.train(
            network, machine, steps=25, lengths=(2, 10), every=25, patience=None, seed=stretch, measured=(500,)
        )
        change = (layer.core().rnn.weight - exact).norm() / exact.norm()
        found.append((25 * (stretch + 1), told.accuracy[500], float(change.detach())))
    return network, found


runs = {protect: seeded(protect) for protect in ("rows", "none")}
for protect, (_, found) in runs.items():
    print(protect, "accuracy at 500:", [round(share, 2) for _, share, _ in found])

# %%
figure, (shares, changes) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
for (protect, (_, found)), colour in zip(runs.items(), (GREEN, RED), strict=True):
    steps, right, change = zip(*found, strict=True)
    for axes, values in ((shares, right), (changes, change)):
        axes.plot(steps, values, color=colour, marker="o", markersize=3)
        axes.annotate(
            protect, (steps[-1], values[-1]), xytext=(5, 0), textcoords="offset points", color=colour, va="center"
        )
shares.set(ylim=(0, 1.05), xlabel="optimiser steps", title="right answers on words of 500 letters")
changes.set(xlabel="optimiser steps", title="change of the core, relative to its norm")

# %% [markdown]
# The protected core is still the compiled network, and the checker proves it from the weights as they are now. The
# other one is right only as long as nobody looks further than it was trained.

# %%
for protect, (network, found) in runs.items():
    report = fsm2rnn.check(network.rnn.core())
    print(f'protect="{protect}": core changed by {found[-1][2]:.1%}; {report}')
protected = fsm2rnn.check(runs["rows"][0].rnn.core())
assert protected.accepted
assert protected.grade == "exact"
assert round(runs["rows"][1][-1][1], 2) == 1
assert runs["rows"][1][-1][2] == 0

# %% [markdown]
# ## Retention under noise
#
# The experiment `retention` of `fsm2rnn reproduce` does this for several machines, with noise on the compiled weights
# and for two kinds of training words. Here is one line of it: $Z_5$ with noise of standard deviation 0.01 on every
# weight, trained for 200 steps.

# %%
small = RETENTION[Preset.SMALL]
effort = replace(small.effort, steps=200, words=64)
plan = retention(replace(small, effort=effort, machines=("modadd(5)",), noises=(0.0, 0.01)), ())
rows = [row for run in plan.runs if "2-10" in run.key for row in run.make()]
labels = [f"{row['protection']}, noise {row['noise']}" for row in rows]
figure, axes = plt.subplots(figsize=(7, 2.6), layout="constrained")
places = range(len(rows))
axes.barh([place - 0.2 for place in places], [row["before"] for row in rows], 0.36, color=GREY, label="before training")
axes.barh([place + 0.2 for place in places], [row["after"] for row in rows], 0.36, color=GREEN, label="after 200 steps")
axes.set_yticks(places, labels)
axes.invert_yaxis()
axes.axvline(0, color="black", linewidth=0.8)
axes.set_xlabel("scaled accuracy at length 500 (0: chance)")
figure.legend(frameon=False, loc="outside right upper")
print([(row["protection"], row["noise"], row["core exact"]) for row in rows])
