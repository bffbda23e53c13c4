"""What a Tracker asks of its parts beside the layer: sizes that the machine gives, and one dtype."""

from __future__ import annotations

from typing import Final

from torch import nn

from fsm2rnn.cells.packing import FORMAT_DTYPES
from fsm2rnn.errors import InputError
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.machine.state_machine import StateMachine

COMPUTING: Final = frozenset(str(FORMAT_DTYPES[form.name]) for form in FORMATS if form.native)


def require_readout(module: nn.Module, hidden: int, machine: StateMachine) -> nn.Linear:
    """Return the module as the readout of H numbers; InputError where it is none for the machine."""
    if not isinstance(module, nn.Linear):
        message = f"the readout is a torch.nn.Linear, found {type(module).__name__}"
        raise InputError(message)
    labels = len(machine.output_labels)
    found, wanted = (module.in_features, module.out_features), (hidden, labels)
    if found != wanted:
        message = (
            f"the readout is Linear{found}; {hidden} hidden numbers and {labels} output labels need Linear{wanted}"
        )
        hint = "one row for each of machine.output_labels" if found[1] != labels else None
        raise InputError(message, hint=hint)
    return module


def require_embedding(module: nn.Module | None, inputs: int, machine: StateMachine) -> nn.Embedding | None:
    """Return the module as the embedding; InputError where it is none, or where symbols do not fit one-hot."""
    symbols = len(machine.symbols)
    if module is None:
        if inputs != symbols:
            message = f"the layer has input_size {inputs}; {symbols} symbols enter one-hot as {symbols} numbers"
            raise InputError(message, hint="or hand over an embedding= with a row for each symbol")
        return None
    if not isinstance(module, nn.Embedding):
        message = f"the embedding is a torch.nn.Embedding, found {type(module).__name__}"
        raise InputError(message)
    found, wanted = (module.num_embeddings, module.embedding_dim), (symbols, inputs)
    if found != wanted:
        message = f"the embedding is Embedding{found}; {symbols} symbols and {inputs} inputs need Embedding{wanted}"
        raise InputError(message)
    if module.max_norm is not None:
        message = f"the embedding has max_norm={module.max_norm}, which changes its weights while it runs"
        raise InputError(message, hint="normalise its rows once, and build it without max_norm")
    return module


def require_one_dtype(module: nn.Module) -> None:
    """Raise InputError where floats of several dtypes would meet, or of one in which torch does not compute."""
    floats = [*module.named_parameters(), *module.named_buffers()]
    found = {str(tensor.dtype): name for name, tensor in floats if tensor.is_floating_point()}
    if len(found) > 1:
        message = "one dtype expected, found " + " and ".join(f"{dtype} ({name})" for dtype, name in found.items())
        raise InputError(message)
    if not COMPUTING.issuperset(found):
        message = f"torch does not compute in {', '.join(found)}"
        raise InputError(message, hint=f"take one of {', '.join(sorted(COMPUTING))}")
