"""What a checkpoint must say to be the record of a run: counts that fit each other, places that exist."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.errors import InputError
from fsm2rnn.running.run import AROUND, Run
from fsm2rnn.running.tally import Place, Tally
from fsm2rnn.running.walk.walk import Indices
from fsm2rnn.running.words.random_words import RandomWords


def recorded_blocks(body: Mapping[str, Any], numbers: range) -> int:
    """Return how many blocks are done, counted over the whole word; InputError unless the last one is of `numbers`."""
    done: Any = body.get("done")
    _require(_is_count(done) and numbers.start < done <= numbers.stop, f"{done!r:.20} blocks of {numbers.stop} done")
    return int(done)


def recorded_tally(body: Mapping[str, Any], run: Run, words: RandomWords, numbers: range) -> tuple[int, Tally]:
    """Return the position and what was found of a run over the blocks `numbers`.

    Raises InputError unless exactly the symbols of the blocks that are done were counted, and the first mismatch is a
    place among them.
    """
    end = words.places(recorded_blocks(body, numbers) - 1).stop
    counted = (end - words.places(numbers.start).start) * words.batch
    found = [body.get(name) for name in ("position", "counted")]
    fits = found == [end, counted] and all(map(_is_count, found))
    _require(fits, f"position and symbols are {found!r:.60}, expected {[end, counted]}")
    mismatches: Any = body.get("mismatches")
    first: Any = body.get("first")
    seconds: Any = body.get("seconds")
    # The state before the first symbol is compared too.
    fits = _is_count(mismatches) and mismatches <= counted + words.batch and (mismatches == 0) == (first is None)
    _require(fits, f"{mismatches!r:.20} mismatches, the first {first!r:.60}")
    _require(type(seconds) in (int, float) and 0 <= seconds < math.inf, f"seconds are {seconds!r:.20}")
    return end, Tally(mismatches, None if first is None else _place(first, run, words, end), counted, float(seconds))


def recorded_states(states: Tensor, run: Run, words: RandomWords) -> Indices:
    """Return the machine's states (B,); InputError for others than it has."""
    shaped = states.dtype is torch.int64 and tuple(states.shape) == (words.batch,)
    _require(shaped and _below(states, len(run.machine.states)), "the machine is in states that it does not have")
    found: Indices = states.numpy().astype(np.uint32)
    return found


def recorded_position(position: Tensor, run: Run, words: RandomWords, end: int) -> Tensor:
    """Return where the network is after `end` symbols; InputError for what is no index, state or product of it."""
    batch, state, table = words.batch, run.network.initial_state, run.form.table
    shape = tuple(position.shape)
    if run.form.scanned:
        # The position itself, then one product for each digit of it.
        wanted = (1 + end.bit_count(), batch, run.runner.position().shape[-1])
        fits = shape == wanted and position.dtype is torch.float64 and bool((position[0] == end).all())
    elif position.is_floating_point():
        floats = run.form.gather is None  # a run by codes goes on in floats once it has left them
        fits = floats and shape == (batch, len(state)) and position.dtype is state.dtype
    else:
        fits = shape == (batch,) and table is not None and _below(position, table.shape[1])
    _require(fits, "the network is where it cannot be")
    return position


def recorded_folds(folds: list[Tensor], tables: tuple[Indices, ...]) -> list[Indices]:
    """Return the maps (Q,) of the states, one per table (D, Q); InputError for what is none."""
    for fold, table in zip(folds, tables, strict=True):
        shaped = fold.dtype is torch.int64 and tuple(fold.shape) == (table.shape[1],)
        _require(shaped and _below(fold, table.shape[1]), "its maps are not of this run's states")
    return [fold.numpy().astype(np.uint32) for fold in folds]


def _place(first: Any, run: Run, words: RandomWords, end: int) -> Place:  # noqa: ANN401  as JSON gave it
    """Return the first mismatch; InputError unless it lies before `end`, in symbols and states that exist."""
    what = f"the first mismatch is {first!r:.60}"
    _require(isinstance(first, dict) and set(first) == {field.name for field in fields(Place)}, what)
    symbols = first["symbols"]
    numbers = [value for name, value in first.items() if name != "symbols"]
    _require(isinstance(symbols, list) and all(map(_is_count, [*numbers, *symbols])), what)
    place = Place(**{**first, "symbols": tuple(symbols)})
    letters, states, found = len(run.network.machine.symbols), len(run.machine.states), len(run.network.machine.states)
    shown = place.offset < max(1, len(symbols)) <= 2 * AROUND + 1 and max(symbols, default=0) < letters
    known = place.expected < states and place.found <= found
    _require(shown and known and place.stream < words.batch and place.position < end, what)
    return place


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _below(values: Tensor, limit: int) -> bool:
    return not len(values) or (int(values.min()) >= 0 and int(values.max()) < limit)


def _require(holds: bool, what: str) -> None:  # noqa: FBT001  the condition itself
    if not holds:
        message = f"not the record of this run: {what}"
        raise InputError(message, hint="remove the file to start anew")
