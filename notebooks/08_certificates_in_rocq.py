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
# # Certificates in Rocq
#
# A network file's claim as a theorem that the kernel of the proof assistant Rocq (Coq) accepts: of a linear network,
# and of a nonlinear cell; and theorems on what no network can do. Needs the extra `plot` and `coqc`
# (`apt-get install coq libcoq-flocq libcoq-interval`). The first proof builds the library, once.

# %%
import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

import fsm2rnn

folder = Path(tempfile.mkdtemp())

# %% [markdown]
# ## A network
#
# The least network of Tomita's third language. `prove` checks the file, writes a text from its tensors, and has the
# kernel compute the check; the theorem that the check is sound was proved once. It rests on no axiom.

# %%
fsm2rnn.compile("tomita3", "minimal", contract="linear").save(folder / "tomita3.safetensors")
accepted = fsm2rnn.prove(folder / "tomita3.safetensors")
assert isinstance(accepted, fsm2rnn.Accepted), accepted
assert accepted.axioms == ()
for theorem in accepted.theorems:
    print(f"{theorem.name}: {theorem.says}")

# %% [markdown]
# The text itself: numbers and fixed names, and statements that can be read.

# %%
fsm2rnn.export(folder / "tomita3.safetensors", "rocq", folder / "tomita3.v")
text = (folder / "tomita3.v").read_text()
print(len(text), "characters")
print(text[text.index("Theorem read_right_claim") : text.index("Theorem decoded_claim")])

# %% [markdown]
# ## What no network can do
#
# The words on which `explain` rests its refusals, as theorems for the kernel to replay: the group of even permutations
# of five points is held by no 2 x 2 blocks, by no stack of layers that commute, and by no four coordinates whose
# outputs are linear. `coqc -q -Q LIBRARY Fsm2rnn A5.v` compiles the text; `fsm2rnn doctor` prints the library's folder.

# %%
WRITE = ["explain", "act:(1,2,3,4,5);(1,2,3)", "-f", "rocq", "-o", str(folder / "A5.v")]
written = subprocess.run([sys.executable, "-m", "fsm2rnn", *WRITE], capture_output=True, text=True, check=True)
print(written.stdout.replace(str(folder), "..."))
assert "nonsolvable_claim" in written.stdout

# %% [markdown]
# ## A nonlinear cell
#
# An Elman cell never leaves its boxes. The first theorem holds for any activation that does not fall and has certain
# bounds at certain points; the second is about tanh, whose bounds coq-interval proves.

# %%
fsm2rnn.compile("tomita3", "elman").save(folder / "elman.safetensors")
cell = fsm2rnn.prove(folder / "elman.safetensors")
assert isinstance(cell, fsm2rnn.Accepted), cell
for theorem in cell.theorems:
    print(f"{theorem.name}: {theorem.says}")
print(len(cell.axioms), "axioms, those of the real numbers and of integers of 63 bits")

# %% [markdown]
# All that the proof knows of tanh: bounds at these points, and that it does not fall.

# %%
fsm2rnn.export(folder / "elman.safetensors", "rocq", folder / "elman.v")
text = (folder / "elman.v").read_text()
(unit,) = {int(number) for number in re.findall(r"tanh_enclosed (\d+)\)", text)}
table = [
    tuple(int(number) / unit for number in found)
    for found in re.findall(r"Enclosed \((-?\d+)\) \((-?\d+)\) \((-?\d+)\)", text)
]
assert all(low <= math.tanh(point) <= high for point, low, high in table)
figure, axes = plt.subplots(figsize=(6, 3))
xs = [place / 50 for place in range(-500, 501)]
axes.plot(xs, list(map(math.tanh, xs)), color="0.7")
for point, low, high in table:
    axes.plot([point, point], [low, high], color="C0", linewidth=3)
axes.set_xlim(-10, 10)
axes.set_title(f"bounds of tanh at {len(table)} points, in units of 1/{unit}")
plt.show()

# %% [markdown]
# ## A changed number
#
# A file with one changed byte does not pass its own check, and no text is written from it. A text of another's is never
# compiled: `prove` takes network files alone.

# %%
data = bytearray((folder / "tomita3.safetensors").read_bytes())
data[-1] ^= 1
(folder / "changed.safetensors").write_bytes(data)
rejected = fsm2rnn.prove(folder / "changed.safetensors")
assert isinstance(rejected, fsm2rnn.Rejected)
print(rejected.reason)
