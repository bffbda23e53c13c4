"""A folder that AutoModelForCausalLM.from_pretrained loads with no code of ours, and the model that it loads."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import NumericError
from fsm2rnn.exports.modules.causal.letter_tokens import LetterTokens, tokenizer
from fsm2rnn.exports.modules.transformers_library import Model, quiet, transformers_library
from fsm2rnn.exports.plain import names_of
from fsm2rnn.exports.torch_code import NAMES

CARD = "README.md"


@torch.no_grad()
def filled(model: Model, tensors: Mapping[str, Tensor], dtype: str) -> Model:
    """Return the model with these tensors, zeros elsewhere, in a format that holds every one of their numbers.

    NumericError for a number that the format rounds.
    """
    kind = getattr(torch, dtype)
    for name, tensor in tensors.items():
        if not torch.equal(tensor.to(kind).to(tensor.dtype), tensor):
            message = f"{name} has numbers that {dtype} rounds; nothing is written"
            raise NumericError(message)
    zeros = {name: torch.zeros_like(tensor) for name, tensor in model.state_dict().items()}
    model.load_state_dict(zeros | dict(tensors))
    return model.to(kind).eval()


def written_files(
    model: Model, words: LetterTokens, network: Network | Tracker, card: str, target: str
) -> dict[str, bytes]:
    """Return the files of the folder: configuration, weights, tokenizer, labels.json and the model card."""
    labels = names_of(network) | {"answer_tokens": {**words.meanings()}, "letter_tokens": [*words.letters]}
    with tempfile.TemporaryDirectory() as place, quiet(transformers_library(target)):
        model.save_pretrained(place)
        tokenizer(words, target).save_pretrained(place)
        files = {path.name: path.read_bytes() for path in sorted(Path(place).iterdir())}
    return {**files, NAMES: (json.dumps(labels, indent=1) + "\n").encode(), CARD: card.encode()}


def loaded(files: Mapping[str, bytes], target: str) -> Model:
    """Return the model that a folder of exactly these files loads as."""
    library = transformers_library(target)
    with tempfile.TemporaryDirectory() as place, quiet(library):
        for name, data in files.items():
            (Path(place) / name).write_bytes(data)
        return library.AutoModelForCausalLM.from_pretrained(place).eval()
