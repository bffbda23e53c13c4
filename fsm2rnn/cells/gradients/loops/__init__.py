"""Chains and their gradients in compiled loops over the words: a state stays in the cache from one step to the next."""

from __future__ import annotations

from typing import Final

BYTES: Final = 64  # of the columns of a panel, by which rows are multiplied; here, since this much loads no numba
