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
# # Groups as geometry
#
# A group machine has one code for each element, and a letter moves all of them at once: a symmetry of the cloud of
# codes. So a network for a group *is* a figure with that symmetry, and how wide the network must be is a question
# about figures.

# %%
import itertools

import matplotlib.pyplot as plt
import numpy as np
import torch

import fsm2rnn

plt.rcParams.update({"figure.dpi": 80, "font.size": 10, "axes.spines.top": False, "axes.spines.right": False})

PLANE, SAME = 2, 1e-9  # dimensions; a distance that is none


def codes(network: fsm2rnn.Network) -> np.ndarray:
    """Return the state (Q, H) that the network has in each of the machine's states."""
    machine = network.machine
    found = {machine.start: network.initial_state}
    for state in (waiting := [machine.start]):
        for letter, target in enumerate(machine.table[state]):
            if target not in found:
                _, last = network.rnn(torch.tensor([[letter]]), found[state].unsqueeze(0))
                found[target] = last.reshape(-1)
                waiting.append(target)
    return torch.stack([found[state] for state in range(len(machine.states))]).detach().double().numpy()


# %% [markdown]
# ## Three figures
#
# A cycle of twelve is a regular polygon. $S_4$, the rotations of a cube, has 24 codes in three numbers: the corners
# of a truncated octahedron, three neighbours each. $A_5$, the rotations of an icosahedron, has 60: corners of a snub
# dodecahedron, five neighbours each.

# %%
NAMES = {"Z12": "rotation", "S4@gens": "block-diagonal", "A5@gens": "block-diagonal"}
networks = {name: fsm2rnn.compile(name, target).network("float64") for name, target in NAMES.items()}
clouds = {name: codes(network) for name, network in networks.items()}
for name, cloud in clouds.items():
    print(f"{name:8} {len(cloud)} codes of {cloud.shape[1]} numbers")


# %%
def orthonormal(cloud: np.ndarray) -> np.ndarray:
    """Return the codes in coordinates in which the letters are rotations: the cloud's spread is made round."""
    values, axes = np.linalg.eigh(cloud.T @ cloud / len(cloud))
    round_cloud = cloud @ axes / np.sqrt(values)
    return round_cloud / np.linalg.norm(round_cloud[0])


def nearest(cloud: np.ndarray) -> list[tuple[int, int]]:
    """Return the pairs of codes that are about as near as any are."""
    apart = np.linalg.norm(cloud[:, None] - cloud[None], axis=2)
    least = apart[apart > SAME].min()
    return [(i, j) for i, j in itertools.combinations(range(len(cloud)), 2) if apart[i, j] < 1.02 * least]


neighbours = {name: np.bincount(np.ravel(nearest(orthonormal(cloud)))) for name, cloud in clouds.items()}
assert {name: set(counts) for name, counts in neighbours.items()} == {"Z12": {2}, "S4@gens": {3}, "A5@gens": {5}}

figure = plt.figure(figsize=(10, 3.6), layout="constrained")
for place, (name, cloud) in enumerate(clouds.items(), 1):
    points = orthonormal(cloud)
    assert np.allclose(np.linalg.norm(points, axis=1), 1)
    if points.shape[1] == PLANE:
        axes = figure.add_subplot(1, 3, place, aspect="equal")
        around = points[np.argsort(np.arctan2(*points.T))]
        axes.plot(*np.concatenate([around, around[:1]]).T, "o-", ms=5)
    else:
        axes = figure.add_subplot(1, 3, place, projection="3d")
        for i, j in nearest(points):
            axes.plot(*points[[i, j]].T, color="#8a94a6", linewidth=0.9)
        axes.scatter(*points.T, s=22, c=points[:, 2], cmap="viridis", depthshade=True)
        axes.set_box_aspect((1, 1, 1))
    axes.set_axis_off()
    axes.set_title(f"{name}: {len(points)} codes")

# %% [markdown]
# ## A word is a walk
#
# Each letter of $A_5$ is one rotation of the whole figure; along a word the state walks from corner to corner, and the
# last corner is the product of the letters.

# %%
alternating = networks["A5@gens"]
machine = alternating.machine
word = [machine.symbols[letter] for letter in (0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1)]
walk = [machine.start, *machine.run(word)]
assert alternating.outputs(word) == machine.answers(word)
points = orthonormal(clouds["A5@gens"])
figure = plt.figure(figsize=(4.6, 4.2), layout="constrained")
axes = figure.add_subplot(projection="3d")
for i, j in nearest(points):
    axes.plot(*points[[i, j]].T, color="#d5dae0", linewidth=0.8)
axes.plot(*points[walk].T, color="#c25a00", marker="o", ms=4, linewidth=2)
axes.scatter(*points[walk[:1]].T, color="#1c2128", s=50)
axes.set_box_aspect((1, 1, 1))
axes.set_axis_off()
print(" ".join(word), "->", machine.states[walk[-1]])

# %% [markdown]
# ## How many numbers
#
# The width is the least dimension in which the group has a figure with as many corners as it has elements. Commuting
# turns share planes; $Q_8$ needs four real numbers; $S_5$ has 120 corners in four.

# %%
GROUPS = ("Z12@gens", "V4@gens", "S3@gens", "Q8@gens", "S4@gens", "A5@gens", "S5@gens")
widths = {}
for name in GROUPS:
    verdict = fsm2rnn.compile(name, "block-diagonal").verdict
    widths[name] = verdict.operator.size
    print(f"{name:9} {len(fsm2rnn.read(name).states):4} elements, {widths[name]} numbers")
assert (widths["A5@gens"], widths["S4@gens"], widths["S5@gens"], widths["Q8@gens"]) == (3, 3, 4, 4)

# %% [markdown]
# Two numbers are too few for $A_5$, whatever the weights: in the plane squares of symmetries commute, and here are two
# words whose squares do not.

# %%
(plane,) = [found for found in fsm2rnn.explain("A5@gens", "full").obstructions if found.refutes == "2 x 2 blocks"]
print(plane.witness)

# %% [markdown]
# ## Distance is precision
#
# A network that rounds is right as long as its state is nearer to the right corner than to any other. The more corners
# on the sphere, the nearer they are, and the sooner rounding wins; unless the float states close on themselves, as
# quarter turns and a few others do.

# %%
rows = []
for size in (4, 6, 8, 12, 16, 24, 32):
    turning = fsm2rnn.compile(f"Z{size}", "rotation")
    cloud = codes(turning.network("float64"))
    apart = np.linalg.norm(cloud[:, None] - cloud[None], axis=2)
    rows.append((size, apart[apart > SAME].min(), turning.proved("bfloat16").steps))
figure, axes = plt.subplots(figsize=(5.6, 3.2), layout="constrained")
known = [(distance, steps, size) for size, distance, steps in rows if steps is not None]
axes.plot([one[0] for one in known], [one[1] for one in known], marker="o", color="#1f6fb5")
for distance, steps, size in known:
    axes.annotate(f"Z{size}", (distance, steps), (4, -10), textcoords="offset points", fontsize=9)
axes.set_xlabel("distance of the nearest corners")
axes.set_ylabel("letters proved in bfloat16")
print([(size, "every length" if steps is None else steps) for size, _, steps in rows])
assert rows[0][2] is None  # quarter turns never round
