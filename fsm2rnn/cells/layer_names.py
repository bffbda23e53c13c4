"""Names of tensors: a module's own `rnn.weight` is `weight` in its state_dict and in files; both are loaded."""

from __future__ import annotations

from torch import Tensor, nn

from fsm2rnn.cells.bilinear import OLD_PREFIX

OTHER_PARTS = ("readout.", "head.", "snap.", "embedding.")  # of a network beside the layer


def file_names(_: nn.Module, tensors: dict[str, Tensor], prefix: str, __: object) -> None:
    """Name the layer's tensors as a network file does."""
    for name in [name for name in tensors if name.startswith(prefix)]:
        # Each is put in anew, so that the order stays.
        own, tensor = name.removeprefix(prefix), tensors.pop(name)
        tensors[prefix + own.removeprefix(OLD_PREFIX)] = tensor


def module_names(_: nn.Module, tensors: dict[str, Tensor], prefix: str, *__: object) -> None:
    """Name them as the module does, given the names of either."""
    for name in [name for name in tensors if name.startswith(prefix)]:
        own = name.removeprefix(prefix)
        if not own.startswith((OLD_PREFIX, *OTHER_PARTS)):
            tensors[prefix + OLD_PREFIX + own] = tensors.pop(name)
