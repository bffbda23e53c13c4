"""Stored bits and torch tensors: the same bytes, no rounding in either direction."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.proof.stored.tensor_file import INDEX, StoredTensor

FORMAT_DTYPES: Final[dict[str, torch.dtype]] = {form.name: getattr(torch, form.name) for form in FORMATS}
TORCH_DTYPES: Final = {INDEX: torch.int64} | {form.stored: FORMAT_DTYPES[form.name] for form in FORMATS}
STORED_DTYPES: Final = {dtype: name for name, dtype in TORCH_DTYPES.items()}


def unpack(tensor: StoredTensor, device: torch.device | str | None) -> Tensor:
    """Return the stored bits as a tensor of their own memory."""
    flat = torch.frombuffer(bytearray(tensor.data), dtype=TORCH_DTYPES[tensor.dtype])
    return flat.reshape(tensor.shape).to(device)


def pack(name: str, tensor: Tensor) -> StoredTensor:
    """Return a tensor's bits as they are stored; CertificateError for a dtype that files do not hold."""
    if tensor.dtype not in STORED_DTYPES:
        message = f"{name} has dtype {tensor.dtype}, which a network file does not store"
        raise CertificateError("weights", message)
    raw = tensor.detach().cpu().contiguous().flatten().view(torch.uint8)
    return StoredTensor(STORED_DTYPES[tensor.dtype], tuple(tensor.shape), raw.numpy().tobytes())
