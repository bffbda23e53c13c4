"""state-tracking: word problems of A5, S5, S3 and Z60, compiled, beside the figures of models that were trained.

A compiled network is proved by its certificate and then run in float32 on random words, where the share of right states
after every letter is measured; a trained one has the figure that its paper tells.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import torch

from fsm2rnn.api import compile  # noqa: A004  the contract's name
from fsm2rnn.cells.network import Network
from fsm2rnn.data.word_dataset import WordProblem
from fsm2rnn.errors import LimitError
from fsm2rnn.experiments.compiled import target_cell
from fsm2rnn.experiments.plan import ExperimentPlan, Part, Tables
from fsm2rnn.experiments.presets import TrackingSettings, settings_json
from fsm2rnn.experiments.published import DELTA_PRODUCT, ILLUSION, NEGATIVE, PD_SSM, TRAINED
from fsm2rnn.experiments.row_store import Row
from fsm2rnn.machine.reachable import reachable_states
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.reading import MAX_STATES
from fsm2rnn.source.named.catalogue import named_machine

CHOSEN: Final = (
    "up to 2 letters are the catalogue's generators; more are random ones (seed 0), as the source's are unpublished",
    "a network that is compiled has no training; its row says what the same kind of layer could have learned",
)
FEW: Final = 16  # words that are timed to say how long all take
DRAWS: Final = 1_000  # sets of letters until one generates the group: two elements of A5 do 19 times in 30


def state_tracking(settings: TrackingSettings, reduced: tuple[str, ...]) -> ExperimentPlan:
    """Return a run for every set of letters and target."""
    cells = [(group, letters, target) for group, letters in settings.sets for target in settings.targets]
    runs = tuple(
        Part(
            f"{group}, {letters or 'all'} letters, {target}",
            partial(_rows, settings, group, letters, target),
            partial(_seconds, settings, group, letters, target),
        )
        for group, letters, target in cells
    )
    sources = (PD_SSM, DELTA_PRODUCT, NEGATIVE, ILLUSION)
    return ExperimentPlan(runs, settings_json(settings), reduced, CHOSEN, sources, partial(_told, settings))


def lettered(group: str, letters: int) -> StateMachine:
    """Return a group acting on itself with so many letters that generate it: 0 for all elements.

    Up to two are the catalogue's generators, more a random set. Raises LimitError where no set of DRAWS generates it.
    """
    if letters == 0:
        return named_machine(group, max_states=MAX_STATES)
    least = named_machine(f"{group}@gens", max_states=MAX_STATES)
    if len(least.symbols) == letters:
        return least
    whole = named_machine(group, max_states=MAX_STATES)
    source = random.Random(0)
    for _ in range(DRAWS):
        chosen = sorted(source.sample(range(1, len(whole.symbols)), letters))
        symbols = tuple(whole.symbols[place] for place in chosen)
        found = replace(
            whole, symbols=symbols, table=tuple(tuple(row[place] for place in chosen) for row in whole.table)
        )
        if len(reachable_states(found)) == len(whole.states):
            return found
    what = f"draws until {letters} letters generate {group}"
    raise LimitError(what, limit=DRAWS)


def _rows(settings: TrackingSettings, group: str, letters: int, target: str) -> list[Row]:
    machine = lettered(group, letters)
    cell = target_cell(target, machine)
    measured = None if cell.size is None else _measured(settings, machine, target)
    return [{"group": group, "letters": len(machine.symbols), "target": target, "measured": measured, **cell.to_json()}]


def _seconds(settings: TrackingSettings, group: str, letters: int, target: str) -> float:
    """Return how long a row takes: compiled once more, and run on a few of its words."""
    few = replace(settings, words=min(FEW, settings.words))
    began = time.monotonic()
    (row,) = _rows(few, group, letters, target)
    made = time.monotonic()
    if row["size"] is None:
        return made - began
    _measured(few, lettered(group, letters), target)
    return (made - began) + (time.monotonic() - made) * (settings.words / few.words - 1)


def _measured(settings: TrackingSettings, machine: StateMachine, target: str) -> float:
    """Return the share of right states after every letter of random words, in float32."""
    found = compile(machine, target)
    network = found.network()
    words = WordProblem(found.machine, lengths=settings.length, count=settings.words, seed=0)
    ids, answers = next(words.batches(settings.words))
    if not isinstance(network, Network):
        return float((network(ids).argmax(-1) == answers).double().mean())
    labels = torch.tensor([found.machine.output_labels.index(output) for output in found.machine.outputs])
    return float((labels[network.run(ids)] == answers).double().mean())


def _told(settings: TrackingSettings, rows: Sequence[Row]) -> Tables:
    """Add the published figures, of these groups alone."""
    groups = {group for group, _ in settings.sets}
    published: list[Row] = [
        {"group": one.group, "letters": one.letters, **one.to_json()} for one in TRAINED if one.group in groups
    ]
    return {"rows": rows, "published": published}
