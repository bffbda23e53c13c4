"""The network's own step, many states at once: rows are the bits of float32 numbers."""

from __future__ import annotations

from typing import final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fsm2rnn.cells.auditable import Auditable, State
from fsm2rnn.comparison.search.seen_states import Places, Rows
from fsm2rnn.errors import InputError


@final
class ModuleSteps:
    """States as the network computes them, batch by batch, in float32."""

    def __init__(self, network: Auditable) -> None:
        """Take the sizes of a state's parts from the first one."""
        self._network = network
        first = network.begin(1)
        parts = first if isinstance(first, tuple) else (first,)
        if any(part.dtype != torch.float32 for part in parts):
            message = f"states of float32 are searched, found {parts[0].dtype}"
            raise InputError(message, hint="network.float()")
        self._whole = not isinstance(first, tuple)
        self._widths = [part.shape[1] for part in parts]
        self._device = parts[0].device

    def first(self) -> Rows:
        """Return the bits of the state before any symbol."""
        return self._rows(self._network.begin(1))

    @torch.no_grad()
    def after(self, rows: Rows, letter: int) -> tuple[Places, Rows]:
        """Return the one state that each leads to."""
        ids = torch.full((len(rows),), letter, dtype=torch.int64, device=self._device)
        return np.arange(len(rows)), self._rows(self._network.step(ids, self._state(rows)))

    @torch.no_grad()
    def shown(self, rows: Rows) -> npt.NDArray[np.int64]:
        """Return the output whose logit is strictly the greatest; -1 where none is, or where one is no number."""
        logits = self._network.read(self._state(rows))
        return strictly_greatest(logits)

    def _state(self, rows: Rows) -> State:
        numbers = torch.from_numpy(np.ascontiguousarray(rows).view(np.float32)).to(self._device)
        parts = numbers.split(self._widths, 1)  # type: ignore[no-untyped-call]
        return parts[0] if self._whole else tuple(parts)

    def _rows(self, state: State) -> Rows:
        parts = state if isinstance(state, tuple) else (state,)
        # Adding zero makes one spelling of zero's two.
        numbers = (torch.cat(parts, 1) + 0.0).to(torch.float32).detach().contiguous().cpu().numpy()
        found: Rows = numbers.view(np.int32)
        return found


def strictly_greatest(logits: Tensor) -> npt.NDArray[np.int64]:
    """Return the number of the strictly greatest logit of each row (B, K), -1 where there is none.

    A logit of -inf is that of an output which cannot occur; NaN and +inf are no numbers to be compared by.
    """
    best = logits.max(-1)
    ties = (logits == best.values.unsqueeze(-1)).sum(-1) > 1
    lost = ties | logits.isnan().any(-1) | ~best.values.isfinite()
    found: npt.NDArray[np.int64] = torch.where(lost, -1, best.indices).cpu().numpy()
    return found
