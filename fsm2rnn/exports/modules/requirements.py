"""What a module asks of a network and of the environment, each refused by name."""

from __future__ import annotations

import importlib.util
from typing import Final

import torch

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.exports.plain import number_format

DTYPES: Final = ("float32", "bfloat16")
"""Formats in which the constants that open and shut gates are known to round to 0 and 1."""


def require_dtype(network: Network | Tracker, target: str) -> str:
    """Return the name of the weights' format; InputError for one that modules are not written in."""
    form = number_format(network)
    if form.name not in DTYPES:
        message = f"{target} is written in {' and '.join(DTYPES)}, and this network is in {form.name}"
        raise InputError(message, hint=f"compile with --dtype {DTYPES[0]}")
    return form.name


def require_package(module: str, extra: str, target: str) -> None:
    """Raise InputError where the package that has the module is not installed."""
    if importlib.util.find_spec(module) is None:
        message = f"{target} is written and run with the package {module}, which is not installed"
        raise InputError(message, hint=f'pip install "fsm2rnn[{extra}]"')


def require_delta_rule(target: str) -> None:
    """Raise InputError where transformers would hand its gated delta rule to kernels that have no device."""
    if importlib.util.find_spec("fla") is not None and not torch.cuda.is_available():
        message = f"{target} is run by transformers, which takes its gated delta rule from flash-linear-attention here"
        hint = "that needs a CUDA device: export in an environment without flash-linear-attention"
        raise InputError(message, hint=hint)
