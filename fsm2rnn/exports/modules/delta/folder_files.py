"""The folder of a causal language model: its configuration, how it generates, and its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.packing import FORMAT_DTYPES, pack
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Json
from fsm2rnn.proof.stored.tensor_file import encode_tensor_file

WEIGHTS: Final = "model.safetensors"
GENERATION: Final[dict[str, Json]] = {
    "do_sample": False,
    "max_new_tokens": 1,
    "pad_token_id": 0,
    "bos_token_id": None,
    "eos_token_id": None,
}


def as_network(network: Network | Tracker, target: str) -> Network:
    """Return the network; InputError for a cell, which is none of reflections."""
    if isinstance(network, Network):
        return network
    message = f"{target} is written from a linear recurrence, found a nonlinear cell"
    raise InputError(message, hint=f"compile with -t {target}")


def model_files(config: Mapping[str, Json], tensors: Mapping[str, Tensor], dtype: str) -> dict[str, bytes]:
    """Return config.json, generation_config.json and the weights, in a format that holds all of their numbers."""
    stored = {name: pack(name, tensor.to(FORMAT_DTYPES[dtype])) for name, tensor in tensors.items()}
    return {
        "config.json": _json(config),
        "generation_config.json": _json(GENERATION),
        WEIGHTS: encode_tensor_file(stored, {"format": "pt"}),
    }


def _json(content: Mapping[str, Json]) -> bytes:
    return (json.dumps(dict(content), indent=1) + "\n").encode()
