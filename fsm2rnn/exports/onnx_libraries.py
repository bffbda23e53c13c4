"""onnx and onnxruntime, which the extra `onnx` brings: found when an export asks for them, else one clear hint."""

from __future__ import annotations

from types import ModuleType

from fsm2rnn.errors import InputError


def onnx_libraries() -> tuple[ModuleType, ModuleType]:
    """Return onnx and onnxruntime; InputError where either is missing."""
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        message = f"an ONNX file is written with onnx and run with onnxruntime: {error}"
        raise InputError(message, hint='pip install "fsm2rnn[onnx]"') from error
    return onnx, onnxruntime
