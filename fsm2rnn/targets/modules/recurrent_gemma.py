"""h_i <- a_i h_i + sqrt(1 - a_i^2) x_i, a = exp(-8 r softplus(p)): RecurrentGemmaForCausalLM of transformers.

The recurrent gate r = sigmoid(.) is 1 or 0: a = exp(-256) = 0 and the factor of the input is 1, or a = 1 and that
factor is 0, so a channel is set or keeps as a coordinate of a bank of registers (see
`constructions.diagonal.register_bank`). The block has an attention layer of zeros beside the recurrent one, which the
library's cache asks for.
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.diagonal.register_bank import RegisterModule

RECURRENT_GEMMA: Final = RegisterModule("recurrent-gemma")
