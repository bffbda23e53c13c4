"""A module as its user runs it: whole words at once, or symbol by symbol with the state handed on."""

from __future__ import annotations

import runpy
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from torch import Tensor

from fsm2rnn.exports.torch_code import CODE


@final
@dataclass(frozen=True)
class Program:
    """`runs`: ids (B, T) -> answers (B, T). `step`: ids (B,), state (B, ...) or None -> scores (B, K), state after it.

    `runs` are the ways in which users run whole words. The first scores are those of the answers that `labels.json`
    names, which others must stay below; None is the module's own start.
    """

    runs: tuple[Callable[[Tensor], Tensor], ...]
    step: Callable[[Tensor, Tensor | None], tuple[Tensor, Tensor]]


@final
@dataclass(frozen=True)
class ModuleFolder:
    """The files of a folder, what was run of them, and how sure their answers are.

    `replayed` counts random symbols answered as the network does, `states` all states of the module's own arithmetic
    that words reach, `lead` is the least by which the right score exceeded another one in a step from any of them, None
    where there is one answer. `ran` says what was run, where that is not the module itself on this machine.
    """

    files: Mapping[str, bytes]
    replayed: int
    states: int
    lead: float | None
    ran: str | None = None


def written_program(files: Mapping[str, bytes]) -> Program:
    """Return the program of a folder with network.py, run from a temporary folder that holds exactly these files."""
    with tempfile.TemporaryDirectory() as place:
        for name, data in files.items():
            (Path(place) / name).write_bytes(data)
        names = runpy.run_path(str(Path(place) / CODE))
    return Program((names["run"],), names["step"])
