"""One long word over several processes: each folds its part of the word, a scan of the folds says where each starts.

Fold: the map q -> delta*(q, part), for the machine's states and for the network's own indices (coordinates of its
index form, or codes of its exact floats). The exclusive scan of these maps gives every part its start; each rank then
runs and compares its part as one process would, on the same blocks of the same word, so that counts add up and the
first mismatch is that of the first rank that has one. At the end every rank must stand where the next one started.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any, final

import numpy as np
import torch

from fsm2rnn.cells.network import Network
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.running.checkpoint import Checkpoint, run_digest
from fsm2rnn.running.result import Verification
from fsm2rnn.running.run import LONG, Order, Run, parse_order
from fsm2rnn.running.shards.process_group import Ranks
from fsm2rnn.running.tally import Tally
from fsm2rnn.running.verification import Progress
from fsm2rnn.running.walk.fold import fold_of
from fsm2rnn.running.walk.walk import Indices
from fsm2rnn.running.words.random_words import RandomWords


def verify_shards(
    network: Network,
    words: RandomWords,
    ranks: Ranks,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    order: Order | str = Order.SEQUENTIAL,
    progress: Progress | None = None,
) -> Verification | None:
    """Return on rank 0 what one process would return, `symbols_per_second` of all ranks together; None elsewhere.

    InputError for more than one stream, and for a network whose state at a cut no table gives: a horizon bounds how
    far its floats drift, it does not name them. RankLostError when a rank is lost; NumericError when a device does
    not compute the codes that the weights are proved to have.
    """
    if words.batch != 1:
        message = f"processes share one word, found {words.batch} streams"
        raise InputError(message, hint="run each process by itself with another seed")
    run = Run(network, network.machine, parse_order(order), max(words.steps, LONG))
    words = replace(words, at_once=run.at_once)
    part = _Part(run, words, ranks, None if checkpoint is None else Checkpoint(checkpoint, run_digest(run, words)))
    starts = part.starts()
    part.read(starts[ranks.rank], progress)
    return part.combined(starts)


@final
class _Part:
    """The blocks of one rank: folded, then run and compared."""

    def __init__(self, run: Run, words: RandomWords, ranks: Ranks, checkpoint: Checkpoint | None) -> None:
        if run.form.table is None:
            message = (
                "the state at a cut of the word is known only where the stored weights are one-hot or proved never to "
                "round, and these are neither"
            )
            raise InputError(message, hint="run it in one process")
        self._run, self._words, self._ranks = run, words, ranks
        self._tables = (run.reference.table, run.form.table)
        cuts = [words.count * rank // ranks.world for rank in range(ranks.world + 1)]
        self._numbers = range(cuts[ranks.rank], cuts[ranks.rank + 1])
        self._symbols = len(run.network.machine.symbols)
        self._fold_record = checkpoint and checkpoint.beside(f"fold{ranks.rank}of{ranks.world}")
        self._run_record = checkpoint and checkpoint.beside(f"rank{ranks.rank}of{ranks.world}")

    def starts(self) -> list[tuple[int, int]]:
        """Return for every rank the machine's state and the network's index at its start, by scanning all folds."""
        sent = json.dumps([fold.tolist() for fold in self._folded()]).encode()
        here = (self._run.reference.start, self._run.form.start)
        found = [here]
        for machine, network in map(json.loads, self._ranks.exchange(sent)[:-1]):
            here = (machine[here[0]], network[here[1]])
            found.append(here)
        return found

    def read(self, start: tuple[int, int], progress: Progress | None) -> None:
        """Run and compare the part, going on where a record says."""
        run, first = self._run, self._numbers.start
        run.restart(1)
        if self._ranks.rank:
            run.tally = Tally()
        state, index = start
        run.resume(first * self._words.block, np.array([state], dtype=np.uint32), torch.tensor([index]))
        done = self._run_record.restore(run, self._words, self._numbers) if self._run_record else first
        for number in range(done, self._numbers.stop):
            run.read_random(self._words, number)
            if self._run_record:
                self._run_record.record(run, number + 1, last=number + 1 == self._numbers.stop)
            if progress is not None:
                progress(len(self._words.places(number)) * self._ranks.world)

    def combined(self, starts: list[tuple[int, int]]) -> Verification | None:
        """Return the result of all ranks on rank 0."""
        position = self._run.runner.position()
        end = None if position.is_floating_point() else (int(self._run.states[0]), int(position[0]))
        sent = json.dumps({**self._run.tally.to_json(), "end": end}).encode()
        answers = [json.loads(data) for data in self._ranks.exchange(sent)]
        for rank, (answer, expected) in enumerate(zip(answers[:-1], starts[1:], strict=True)):
            if answer["end"] != list(expected):
                message = f"rank {rank} does not end where rank {rank + 1} starts: its device left the proved codes"
                raise NumericError(message)
        if self._ranks.rank:
            return None
        return self._run.verification(self._words.steps, 1, _sum(answers))

    def _folded(self) -> list[Indices]:
        """Return the maps of this rank's part; nobody starts behind the last rank, which folds nothing."""
        folds = [fold_of(table) for table in self._tables]
        done, maps = (
            self._fold_record.restore_fold(self._tables, self._numbers)
            if self._fold_record
            else (self._numbers.start, [])
        )
        for fold, images in zip(folds, maps, strict=False):
            fold.resume(images)
        first = self._numbers.stop if self._ranks.rank == self._ranks.world - 1 else done
        for number in range(first, self._numbers.stop):
            block = self._words.drawn(self._symbols, number)
            for fold in folds:
                fold.read(block)
            if self._fold_record:
                last = number + 1 == self._numbers.stop
                self._fold_record.record_fold([fold.map() for fold in folds], number + 1, last=last)
        return [fold.map() for fold in folds]


def _sum(answers: list[dict[str, Any]]) -> Tally:
    """Return the counts of all ranks, the first place of the first rank that has one, and the longest time."""
    tallies = [Tally.from_json(answer) for answer in answers]
    return Tally(
        sum(tally.mismatches for tally in tallies),
        next((tally.first for tally in tallies if tally.first is not None), None),
        sum(tally.counted for tally in tallies),
        max(tally.seconds for tally in tallies),
    )
