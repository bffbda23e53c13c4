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
# # Long words and precision
#
# A network that is right on words of 500 letters may be wrong on longer ones: every step rounds. Three things can be
# said of a compiled network. It never rounds, and is right at every length. It rounds, and a number of letters is
# proved. Or it rounds, and is put back on its prototypes often enough to be right for ever. This notebook shows each,
# and where what is proved ends in what is measured.

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

import fsm2rnn

plt.rcParams.update({"figure.dpi": 80, "font.size": 10, "axes.spines.top": False, "axes.spines.right": False})
folder = Path(tempfile.mkdtemp())

# %% [markdown]
# ## Integers: every length
#
# The symmetric group $S_5$ in four integers. Every product and every partial sum is an integer that the format holds,
# so nothing is ever rounded; the file says so for bfloat16 too, and the run beside the machine's own table agrees.

# %%
integers = fsm2rnn.compile("S5@gens", "block-diagonal")
report = integers.save(folder / "s5.safetensors", "bfloat16")
print(report.grade, "|", report.claim)
assert report.grade == "exact"
exact = fsm2rnn.load(folder / "s5.safetensors")
run = fsm2rnn.verify(exact, fsm2rnn.read("S5@gens"), steps=200_000, seed=0)
print(f"{run.steps:,} symbols: {run.mismatches} mismatches")
assert run.mismatches == 0

# %%
fsm2rnn.plot(exact, kind="drift", steps=20_000)

# %% [markdown]
# ## Turns: a horizon
#
# A cycle of five is a turn by 72 degrees, and cosines are no numbers of any format. What is proved is a number of
# letters: up to it *no* word is read wrongly. Random words fail much later; the shortest word that fails is found by a
# search through all float states that words reach.

# %%
cycle = fsm2rnn.compile("Z5", "rotation")
network = cycle.network("bfloat16")
proved = fsm2rnn.lift(network).steps
search = cycle.float_search("bfloat16")
print("proved:", proved, "letters;", "shortest word that fails:", len(search.word), "letters")
assert proved < len(search.word)
machine = fsm2rnn.read("Z5")
random_run = fsm2rnn.verify(network, machine, steps=100_000, seed=0)
print(
    f"random word of 100,000: {random_run.mismatches:,} letters read wrongly, the first at "
    f"{random_run.first_mismatch.position + 1:,}"
)
assert random_run.first_mismatch.position + 1 > proved

# %%
fsm2rnn.plot(network, kind="drift", steps=20_000)

# %% [markdown]
# The longer the cycle, the nearer its points and the shorter the horizon; every bit more of precision doubles it. And
# sometimes the float states that words reach are few: they close on themselves, the file lists them, and every length
# is proved after all (grade orbit), as for some cycles in float16.

# %%
SIZES, FORMATS = (3, 5, 10, 20, 40), ("bfloat16", "float16", "float32")
lengths = {dtype: [fsm2rnn.compile(f"Z{size}", "rotation").proved(dtype).steps for size in SIZES] for dtype in FORMATS}
figure, axes = plt.subplots(figsize=(6, 3.4), layout="constrained")
for dtype, steps in lengths.items():
    known = [(size, count) for size, count in zip(SIZES, steps, strict=True) if count is not None]
    axes.plot(*zip(*known, strict=True), marker="o", label=dtype)
axes.set_yscale("log")
axes.set_xscale("log")
axes.set_xticks(SIZES, SIZES)
axes.minorticks_off()
axes.set_xlabel("points on the circle")
axes.set_ylabel("letters that are proved")
axes.legend(frameon=False)
for dtype, steps in lengths.items():
    print(f"{dtype:9}", ["every length" if count is None else f"{count:,}" for count in steps])
assert lengths["bfloat16"] == sorted(lengths["bfloat16"], reverse=True)

# %% [markdown]
# ## Snap: for ever again
#
# One step that is not linear: now and then the state is replaced by the prototype of what it is read as. The checker
# proves that it happens in time, and the claim is of every length again.

# %%
snapped = cycle.network("bfloat16", grade="snap")
print(fsm2rnn.check(snapped).claim)
long_run = fsm2rnn.verify(snapped, machine, steps=100_000, seed=0)
print(f"{long_run.steps:,} symbols: {long_run.mismatches} mismatches")
assert long_run.mismatches == 0
fsm2rnn.plot(snapped, kind="drift", steps=5_000)

# %% [markdown]
# ## The order of sums
#
# All of this is about sequential evaluation. A scan multiplies letters as matrices first, and rounds elsewhere; the
# certificate says for any bracketing what is proved of it.

# %%
explanation = fsm2rnn.explain("Z5", "rotation").to_json()["targets"]["rotation"]
print("sequential:", explanation["dtypes"])
print("scan:      ", explanation["scan_order"])
assert explanation["dtypes"]["bfloat16"] == proved
