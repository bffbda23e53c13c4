"""h' = h + sigmoid(z) (g(c) - h), g(c) = c + 1/2 from 0 on: minGRU of minGRU-pytorch, stepped, holds registers.

z = 200 and -200 make the gate 1 and 0, so a step sets a coordinate to g(1/2) = 1 or g(-200) = 0, or keeps it, exactly:
a bank of registers (`constructions.diagonal.register_bank`). That holds step by step. A whole word in one call goes
through logarithms, whose rounding grows with every write: of that form nothing is claimed.
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.diagonal.register_bank import RegisterModule

MINGRU_PYTORCH: Final = RegisterModule("mingru-pytorch", "minGRU-pytorch 0.2.1", "mingru", "torch")
