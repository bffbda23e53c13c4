"""Tensors on the CPU as arrays, which compiled loops take, and states as numpy lays them out."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor


def array_of(tensor: Tensor) -> npt.NDArray[Any]:
    """Return the numbers of a tensor, in one piece."""
    return np.ascontiguousarray(tensor.numpy(force=True))


def empty_states(like: Tensor, *shape: int) -> Tensor:
    """Return a tensor of any numbers, in the format of another.

    By numpy, which asks for large pages: of torch the system often takes the memory of some MiB back as soon as it is
    free, and fetching it again, page by page, takes longer than a chain over all of it.
    """
    return torch.from_numpy(np.empty(shape, like.numpy(force=True).dtype))
