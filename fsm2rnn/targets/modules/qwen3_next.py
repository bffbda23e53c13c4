"""S <- e^g S; S <- S - b k (k.S) + b k v, b = sigmoid(.) < 1: Qwen3NextForCausalLM of transformers.

A head of one key and one value for each coordinate, k = 1: b = sigmoid(200) = 1 with e^g = exp(-200) = 0 overwrites,
b = sigmoid(-200) = 0 with g = 0 keeps, as the coordinates of a bank of registers do (see
`constructions.diagonal.register_bank`).

Since b never passes 1, I - b k k^T is a symmetric contraction with eigenvalues from 0 to 1, which shortens every vector
that it does not leave alone. On a finite orbit let a word w lead around a cycle of states: the difference of the states
before and after w goes around it too, so nothing shortens it, so it is left alone, so the cycle moves by it in every
round, so it is 0. Hence a word with a cycle refutes the layer, and, since what lies below comes to rest at the ends of
the words, any stack of such layers; what the witness says is one layer.
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.diagonal.register_bank import RegisterModule

QWEN3_NEXT: Final = RegisterModule("qwen3-next")
