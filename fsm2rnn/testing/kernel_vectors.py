"""Kernel vectors in memory: words, the parameters of every step, and the exact states, which never round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from torch import Tensor

from fsm2rnn.api import read
from fsm2rnn.cells.packing import unpack
from fsm2rnn.choice import choose
from fsm2rnn.data.recurrence_forms import KINDS
from fsm2rnn.data.vectors import vector_tensors
from fsm2rnn.errors import InputError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.result import find_format
from fsm2rnn.running.words.random_words import RandomWords


@final
@dataclass(frozen=True, eq=False)
class KernelVectors:
    """B words of T symbols and one form of a linear recurrence that follows them without rounding.

    `parameters` are those of every step, (B, T, ...): "a" and "b" of h_t = a_t h_{t-1} + b_t (diagonal), "k" and "beta"
    of reflections (householder), "A" of h_t = A_t h_{t-1} (block). From `h0` (H,) a right kernel gives `h` (B, T, H)
    bit for bit, in any chunks and any order of sums. `symbols` and `states` (B, T), int64.
    """

    machine: str
    form: str
    symbols: Tensor
    states: Tensor
    parameters: dict[str, Tensor]
    h0: Tensor
    h: Tensor


def draw_vectors(
    machine: str, form: str, *, steps: int = 256, batch: int = 4, seed: int = 0, dtype: str = "float32"
) -> KernelVectors:
    """Return the vectors of a machine in the form "diagonal", "householder" or "block", on random words.

    Raises InputError where the machine has no such form that is exact in `dtype`, saying why, and LimitError for too
    many numbers.
    """
    choose("form", form, KINDS)
    words = RandomWords(steps, batch, seed)
    stored, about = vector_tensors(minimise(read(machine)).target, words=words, form=find_format(dtype))
    if f"{form}.h" not in stored:
        message = f"{machine} has no vectors of the form {form} in {dtype}: {about[form]}"
        raise InputError(message)
    tensors = {name: unpack(tensor, None) for name, tensor in stored.items()}
    own = {name.removeprefix(f"{form}."): tensor for name, tensor in tensors.items() if name.startswith(f"{form}.")}
    h0, h = own.pop("h0"), own.pop("h")
    return KernelVectors(machine, form, tensors["symbols"], tensors["states"], own, h0, h)
