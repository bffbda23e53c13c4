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
# # Compile a machine, check its certificate, run its network
#
# A state machine goes in; exact weights of a recurrent network come out, with a certificate that anyone can check
# without trusting the compiler. This notebook goes through it once on a small protocol, and once on a group.

# %%
import tempfile
from pathlib import Path

import torch

import fsm2rnn

folder = Path(tempfile.mkdtemp())

# %% [markdown]
# ## A protocol
#
# Real machines are mostly not groups: letters merge states. This Mealy machine, in AALpy's DOT dialect, opens a session
# only after `connect` and `auth`.

# %%
PROTOCOL = """
digraph session {
__start0 [label="" shape="none"];
closed; hello; open;
closed -> hello [label="connect/ack"];
closed -> closed [label="auth/error"];
closed -> closed [label="data/error"];
hello -> hello [label="connect/error"];
hello -> open [label="auth/ok"];
hello -> closed [label="data/reset"];
open -> open [label="connect/error"];
open -> open [label="auth/error"];
open -> open [label="data/ack"];
__start0 -> closed;
}
"""
(folder / "session.dot").write_text(PROTOCOL, encoding="utf-8")
machine = fsm2rnn.read(folder / "session.dot")
print(machine.symbols)
print(machine.states)
machine

# %% [markdown]
# Outputs stay where they are, at the pair of a state and a letter: a readout sees both. Each target says what it makes
# of the machine.

# %%
for name, verdict in fsm2rnn.compile_all(machine).items():
    print(f"{name:25} {verdict}")

# %% [markdown]
# ## The weights
#
# The full rung is the bilinear recurrence $h_i \leftarrow \sum_{jk} W_{ijk}\, x_k\, h_j$ with no additive term
# (arXiv 2505.21749, Proposition 1). One slice $W_{::k}$ per symbol holds a 1 wherever the symbol leads:

# %%
network = fsm2rnn.compile(machine, "full").network()
print({name: tuple(tensor.shape) for name, tensor in network.state_dict().items()})
connect = machine.symbols.index("connect")
print(network.rnn.weight[..., connect].int())

# %% [markdown]
# It is a torch module. Its states follow the machine's, and its outputs are the machine's answers.

# %%
word = ["auth", "connect", "auth", "data", "data"]
print(network.outputs(word))
assert network.outputs(word) == ["error", "ack", "ok", "ack", "ack"]

# %% [markdown]
# ## The certificate
#
# `save` proves the weights as they are stored and writes one safetensors file. `check` reads that file and proves the
# claim again, with integers and fractions alone.

# %%
path = folder / "session.safetensors"
network.save(path)
report = fsm2rnn.check(path)
print(report.claim)
print(report.equations, "equations, grade", report.grade)
assert report.accepted

# %% [markdown]
# One changed byte is enough to be rejected.

# %%
data = bytearray(path.read_bytes())
data[-1] ^= 1
(folder / "changed.safetensors").write_bytes(data)
rejected = fsm2rnn.check(folder / "changed.safetensors")
print(rejected.field, "-", rejected.reason)
assert not rejected.accepted

# %% [markdown]
# ## A long word
#
# The word problem of $S_5$ with all 120 elements as symbols, ten million of them. The stored weights are proved one-hot
# first, and the network is then run as the index that it is: `evaluated` says so.

# %%
symmetric = fsm2rnn.read("S5")
result = fsm2rnn.verify_network(fsm2rnn.compile(symmetric, "pd").network(), symmetric, steps=10_000_000)
print(result.steps, "symbols,", result.mismatches, "mismatches, evaluated as", result.evaluated)
result.raise_if_refuted()

# %% [markdown]
# The same network in bfloat16, step by step in its own arithmetic, over eight words at once:

# %%
network = fsm2rnn.compile(symmetric, "full").network("bfloat16")
ids = torch.randint(120, (8, 200), generator=torch.Generator().manual_seed(0))
states = network.run(ids)
expected = [list(symmetric.trajectory(stream)) for stream in ids.tolist()]
assert states.tolist() == expected
print(states.shape, "states, all right")

# %% [markdown]
# ## What goes wrong is named
#
# Send one symbol astray in one state, and verification says where it first matters.

# %%
broken = fsm2rnn.compile("Z5", "pd").network()
broken.rnn.index[2, 3] = 1
found = fsm2rnn.verify_network(broken, steps=1000)
print(found.mismatches, "mismatches; the first:", found.first_mismatch)
assert found.mismatches
assert not fsm2rnn.check(broken).accepted
