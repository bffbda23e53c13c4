"""h_i <- exp(-dt_i) h_i + dt_i B x_i, dt = softplus(.): MambaForCausalLM of transformers, one layer of registers.

A letter opens the step of a channel or shuts it: softplus(-128) = 0 keeps the state bit for bit, and with dt = 128 the
factor exp(-128) is 0 in float32 and shorter formats, so what was there is gone and what is written is all. Channels
write and keep as the coordinates of a bank of registers do (see `constructions.diagonal.register_bank`), which is what
is stored and proved.
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.diagonal.register_bank import StackedModule

HF_MAMBA: Final = StackedModule("hf-mamba")
