"""S <- e^g S; S <- S - b k (k.S) + b k v, b = sigmoid(.) < 1: Qwen3NextForCausalLM of transformers.

A head of one key and one value for each coordinate, k = 1: b = sigmoid(200) = 1 with e^g = exp(-200) = 0 overwrites,
b = sigmoid(-200) = 0 with g = 0 keeps, as the coordinates of a bank of registers do (see
`constructions.diagonal.register_bank`). Since b never passes 1 no factor is negative, and parity is out of reach at any
depth.
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.diagonal.register_bank import RegisterModule

QWEN3_NEXT: Final = RegisterModule("qwen3-next")
