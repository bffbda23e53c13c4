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
# # Which layer can track which machine
#
# A linear recurrence $h_t = A(x_t)\, h_{t-1}$ with one layer is limited by the shape of its matrices. For each
# machine and each shape there are two honest answers: exact weights with a certificate, or words on which every such
# layer goes wrong. This notebook asks for all of them, draws the answers, and replays the words.

# %%
import matplotlib.pyplot as plt
import torch
from matplotlib.colors import ListedColormap

import fsm2rnn

plt.rcParams.update({"figure.dpi": 80, "font.size": 10, "axes.spines.top": False, "axes.spines.right": False})
RIGHT, WRONG, OPEN = "#7fb069", "#e07a5f", "#d9d9d9"

# %% [markdown]
# ## The ladder
#
# From the narrowest matrices to the widest: diagonal with entries of one sign, of both signs, rotations of planes,
# blocks, products of reflections, permutations times diagonal, and no shape at all.

# %%
MACHINES = [
    "parity",
    "flip-flop",
    "Z5",
    "Z2xZ4",
    "tomita3",
    "counter(7)",
    "modarith(5)",
    "S3@gens",
    "A5@gens",
    "S5@gens",
]
TARGETS = ["positive-diagonal", "real-diagonal", "rotation", "block-diagonal", "householder", "pd", "full"]

machines = {name: fsm2rnn.read(name) for name in MACHINES}
found = {(name, target): fsm2rnn.compile(machine, target) for name, machine in machines.items() for target in TARGETS}
for target in TARGETS:
    print(f"{target:18} S3@gens: {found['S3@gens', target].verdict}")


# %%
def answer(verdict: fsm2rnn.Verdict) -> tuple[int, str]:
    """Return the row of colours and the text of a cell."""
    match verdict:
        case fsm2rnn.Compiled():
            return 0, f"{verdict.operator.size}"
        case fsm2rnn.Impossible():
            return 1, "no"
        case fsm2rnn.Unsettled():
            return 2, "?"


cells = [[answer(found[name, target].verdict) for target in TARGETS] for name in MACHINES]
figure, axes = plt.subplots(figsize=(8, 5.2), layout="constrained")
axes.imshow([[kind for kind, _ in row] for row in cells], cmap=ListedColormap([RIGHT, WRONG, OPEN]), vmin=0, vmax=2)
axes.set_aspect("auto")
axes.set_xticks(range(len(TARGETS)), TARGETS, rotation=25, ha="left")
axes.set_yticks(range(len(MACHINES)), [f"{name}  ({len(machines[name].states)} states)" for name in MACHINES])
axes.xaxis.tick_top()
axes.tick_params(length=0)
axes.set_xticks([place - 0.5 for place in range(1, len(TARGETS))], minor=True)
axes.set_yticks([place - 0.5 for place in range(1, len(MACHINES))], minor=True)
axes.grid(which="minor", color="white", linewidth=2)
axes.tick_params(which="minor", length=0)
axes.spines[:].set_visible(False)
for row, line in enumerate(cells):
    for column, (_, text) in enumerate(line):
        axes.text(column, row, text, ha="center", va="center")
axes.set_xlabel("number: width of the exact network;  no: replayed words say why")

# %% [markdown]
# Every number is a network whose certificate the kernel accepts, and every *no* is a value that replayed its words in
# the machine when it was made. Nothing here was trained, and nothing depends on luck.

# %%
for (name, target), result in found.items():
    if isinstance(result.verdict, fsm2rnn.Compiled) and name != "S5@gens":
        assert fsm2rnn.check(result.network()).accepted, (name, target)
print(sum(isinstance(result.verdict, fsm2rnn.Compiled) for result in found.values()), "networks,")
print(sum(isinstance(result.verdict, fsm2rnn.Impossible) for result in found.values()), "refusals")

# %% [markdown]
# ## The words behind a refusal
#
# Diagonal matrices and rotations of the same planes commute, so a layer of them forgets the order of letters. $S_3$
# does not:

# %%
symmetric = machines["S3@gens"]
witness = found["S3@gens", "rotation"].verdict.witness
one, other = ([symmetric.symbols[letter] for letter in word] for word in (witness.words[0], witness.words[1]))
left, right = one + other, other + one
print(witness)
print(left, "->", symmetric.states[symmetric.run(left)[-1]])
print(right, "->", symmetric.states[symmetric.run(right)[-1]])
assert symmetric.run(left)[-1] != symmetric.run(right)[-1]

# %% [markdown]
# A hundred random layers of each shape read both words. Each dot is a layer; what it is shown by is how far apart the
# two words leave it. For the first two shapes the distance is nothing but rounding, whatever the weights: no readout
# can be right about both.

# %%
SHAPES = {"diagonal": {}, "rotation": {}, "block-diagonal": {"inner": 2}, "full": {}}
ids = torch.tensor([[symmetric.symbols.index(letter) for letter in word] for word in (left, right)])
distances = {}
with torch.no_grad():
    for shape, options in SHAPES.items():
        torch.manual_seed(0)
        layers = [fsm2rnn.BilinearRNN(2, 8, structure=shape, dtype=torch.float64, **options) for _ in range(100)]
        ends = [layer(ids)[1][0] for layer in layers]
        distances[shape] = [max(float((end[0] - end[1]).norm()), 1e-18) for end in ends]

figure, axes = plt.subplots(figsize=(7, 2.8), layout="constrained")
for row, values in enumerate(distances.values()):
    heights = row + 0.6 * (torch.rand(len(values), generator=torch.Generator().manual_seed(row)) - 0.5)
    axes.scatter(values, heights, s=14, alpha=0.6, color=WRONG if row < len(distances) // 2 else RIGHT, linewidths=0)
axes.set_xscale("log")
axes.set_yticks(range(len(SHAPES)), SHAPES)
axes.invert_yaxis()
axes.set_xlabel("distance between the two states, 100 random layers each (1e-18 stands for 0)")
ROUNDING = 1e-12
assert max(distances["diagonal"] + distances["rotation"]) < ROUNDING
assert min(distances["block-diagonal"] + distances["full"]) > ROUNDING

# %% [markdown]
# ## What a compiled network looks like
#
# The states of $Z_5$ in a plane of rotation: five points on a circle, each letter one turn. The readout cuts the
# plane into sectors. Only the margin between sectors stands against rounding, which is why its claim names a number
# of letters; the same machine in a block of integers is exact for ever.

# %%
cyclic = machines["Z5"]
network = fsm2rnn.compile(cyclic, "rotation").network()
words = torch.tensor([[letter] for letter in range(5)])
with torch.no_grad():
    codes = network.rnn(words)[0][:, -1]
    grid = torch.cartesian_prod(torch.linspace(-1.3, 1.3, 261), torch.linspace(-1.3, 1.3, 261))
    sectors = network.readout(grid).argmax(-1).reshape(261, 261).T.tolist()
figure, (plane, bars) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained", width_ratios=[1, 1.3])
plane.imshow(
    sectors, origin="lower", extent=(-1.3, 1.3, -1.3, 1.3), cmap="Pastel1", vmin=0, vmax=8, interpolation="nearest"
)
plane.add_patch(plt.Circle((0, 0), 1.0, fill=False, color="grey", linestyle=":"))
plane.scatter(*codes.T.tolist(), color="black", zorder=3)
for letter, (x, y) in enumerate(codes.tolist()):
    plane.annotate(
        cyclic.states[cyclic.run([cyclic.symbols[letter]])[-1]], (1.16 * x, 1.16 * y), ha="center", va="center"
    )
plane.set(aspect="equal", xticks=[], yticks=[], title="Z5 in one plane, and how it is read")
plane.spines[:].set_visible(False)

steps = found["Z5", "rotation"].verdict.steps()
bars.barh(list(steps), list(steps.values()), color=RIGHT)
bars.set_xscale("log")
bars.set_xlim(1, max(steps.values()) * 1e7)
bars.invert_yaxis()
bars.set_title("letters for which it is proved right")
for place, count in enumerate(steps.values()):
    bars.text(count * 1.5, place, f"{count:,}", va="center")

# %% [markdown]
# The same question for the integer block, and a run of the rotation over a hundred thousand letters, inside its
# horizon:

# %%
integer = fsm2rnn.compile(cyclic, "integer").verdict
print("integer:", integer)
assert set(integer.steps().values()) == {None}
fsm2rnn.verify_network(network, cyclic, steps=100_000).raise_if_refuted()
print("rotation: 100,000 letters, no mistake")
