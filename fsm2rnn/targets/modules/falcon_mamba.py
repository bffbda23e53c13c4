"""h_i <- exp(-dt_i) h_i + dt_i B x_i with normalised B, C and dt: FalconMambaForCausalLM of transformers.

Mamba with an RMS norm on B, C and the low-rank dt: B and C have one entry, so the norm makes them 1, and dt is read
from one letter of 4^m, so that the norm makes it 2^m. Steps are open (128) or shut (0) as in `hf_mamba`, and a channel
keeps or is set as a coordinate of a bank of registers (see `constructions.diagonal.register_bank`).
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.diagonal.register_bank import StackedModule

FALCON_MAMBA: Final = StackedModule("falcon-mamba")
