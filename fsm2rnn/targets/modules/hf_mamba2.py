"""h_i <- exp(-dt_i) h_i + dt_i x_i B, one head for each coordinate: Mamba2ForCausalLM of transformers, one layer.

dt is linear in the input, 128 or -128 before the softplus, so 128 or 0 after it: a head keeps or is set as a coordinate
of a bank of registers (see `constructions.diagonal.register_bank`). The gated norm divides all heads by one number,
which depends on how many registers show a value; a head that is always on is divided by it too, so that the readout is
linear in what it reads.
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.diagonal.register_bank import RegisterModule

HF_MAMBA2: Final = RegisterModule("hf-mamba2")
