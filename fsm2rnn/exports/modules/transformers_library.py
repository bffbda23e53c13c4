"""transformers, which is an extra and takes seconds to load."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, TypeAlias

from fsm2rnn.exports.modules.requirements import require_package

Model: TypeAlias = Any
"""A causal language model of the package, made at run time: ids (B, T) -> .logits (B, T, V)."""
Cache: TypeAlias = Any
"""What the package keeps of the tokens before."""


def transformers_library(target: str) -> ModuleType:
    """Return the package; InputError, with the target that asks for it, where it is missing."""
    require_package("transformers", "transformers", target)
    import transformers

    library: ModuleType = transformers
    return library


def tokenizers_library(target: str) -> ModuleType:
    """Return tokenizers, which transformers brings; InputError where it is missing."""
    require_package("tokenizers", "transformers", target)
    import tokenizers

    library: ModuleType = tokenizers
    return library


@contextmanager
def quiet(library: ModuleType) -> Iterator[None]:
    """Keep the package's advice and bars, which are for people who run models, off a terminal while it is used here."""
    logging = library.utils.logging
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
