"""What a network can be exported as."""

from __future__ import annotations

from enum import Enum
from typing import final


@final
class Format(Enum):
    """A format of export, by the name that -f takes."""

    TORCH = "torch"
    ONNX = "onnx"
    PT2 = "pt2"
    TRANSFORMERS = "transformers"
    FLA = "fla"
    ROCQ = "rocq"
