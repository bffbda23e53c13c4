"""WordProblem: random words of a machine with its answers, as a torch dataset."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import SupportsIndex, TypeAlias, final

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, IterableDataset, get_worker_info

from fsm2rnn.choice import choose_member
from fsm2rnn.data.answers import Indices
from fsm2rnn.data.drawn_words import Letters, Purpose, drawing
from fsm2rnn.data.grouping import blocks_of, equal_lengths
from fsm2rnn.data.word_problem import LENGTH_LIMIT
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine

Item: TypeAlias = tuple[Tensor, Tensor]
Lengths: TypeAlias = int | tuple[int, int] | range

SYMBOLS_AT_ONCE = 1 << 27  # a gibibyte of ids in one batch
BLOCK = 1 << 12  # items whose lengths are drawn at once


class Targets(Enum):
    """What an item is to say: the answer after EVERY letter, target (T,), or after the LAST alone, target ()."""

    EVERY = "every"
    LAST = "last"


class WordProblem(Dataset[Item]):
    """Items (ids, target), int64: ids (T,) letters of a random word, target the machine's answers to it.

    A target k means `machine.output_labels[k]`: the output of the state after the letter, of a Mealy machine the
    output of the letter in the state before it. `targets` "every" gives one per letter, (T,), "last" the last, ().

    `lengths` is one length, a pair (least, most) or a range such as range(3, 40, 2); each length is as likely as any
    other. `letters` names the law of a word's letters, or several laws for items in turn: "uniform", "biased" (each
    word its own probabilities) and "avoiding" (no traps; see `Letters`). Words of the `purpose` "evaluation" have
    nothing in common with those for "training", even of equal seeds.

    Item i depends on (seed, i) and these options alone, on every computer; the first items of a longer dataset are
    those of a shorter one. With `count=None` items come without end, as an `IterableDataset`: of W workers of a
    DataLoader worker w gives items w, w + W, ..., so that with `batch_size=None` (or 1) the loader gives items 0, 1,
    2, ... whatever the number of workers; larger batches of a loader hold the items of one worker each. `batches(n)`
    needs no loader: it groups words of one length.

    Raises InputError for lengths or counts below 1, a negative seed and unknown names, LimitError for lengths above
    LENGTH_LIMIT.
    """

    def __new__(  # noqa: PYI034  a stream is of another class, by which torch tells it
        cls, machine: StateMachine | None = None, *, count: int | None = 10_000, **_options: object
    ) -> WordProblem:
        """Return a dataset with a length, or a stream where there is no count."""
        del machine  # taken by __init__; copies of a dataset are made without it
        return object.__new__(_WordStream if count is None else cls)

    def __init__(
        self,
        machine: StateMachine,
        *,
        lengths: Lengths = (2, 30),
        count: int | None = 10_000,
        seed: int = 0,
        targets: Targets | str = Targets.EVERY,
        letters: Letters | str | Sequence[Letters | str] = Letters.UNIFORM,
        purpose: Purpose | str = Purpose.TRAINING,
    ) -> None:
        """Prepare the machine's arrays; no word is drawn yet."""
        if not isinstance(machine, StateMachine):
            message = f"words are drawn for a StateMachine, found {type(machine).__name__}"
            raise InputError(message, hint="fsm2rnn.read gives the machine of a name, a file or a text")
        _require_counts(count, seed)
        self.machine = machine
        self.lengths = _lengths(lengths)
        self.count = count
        self.seed = seed
        self.targets = choose_member("targets", targets, Targets)
        self.letters = _laws(letters)
        self.purpose = choose_member("purpose", purpose, Purpose)
        self._drawing = drawing(machine, self.letters, seed, self.purpose)

    def __len__(self) -> int:
        """Return the number of items; a stream has none."""
        if self.count is None:
            message = "a stream of words has no length"
            raise TypeError(message)
        return self.count

    def __getitem__(self, index: SupportsIndex) -> Item:
        """Return item i, from the end where i is negative; IndexError outside."""
        item = operator.index(index)
        if self.count is not None and -self.count <= item < 0:
            item += self.count
        if item < 0 or (self.count is not None and item >= self.count):
            message = f"item {operator.index(index)} of {self.count}"
            raise IndexError(message)
        items = np.array([item])
        ids, target = self._drawn(int(self._drawing.lengths(items, self.lengths)[0]), items)
        return ids[0], target[0]

    def batches(self, size: int, *, skip: int = 0) -> Iterator[Item]:
        """Yield (ids (n, T), target (n, T) or (n,)): every item once, `size` words of one length at a time.

        Words are grouped in the order of the items, and a batch comes when its last item does, so the batches of a
        longer dataset or a stream begin with the full batches of a shorter one; what is left at the end follows in
        smaller batches, shortest words first. The first `skip` batches are passed over without being drawn.

        Raises InputError for a size below 1 or a negative skip, LimitError for more than SYMBOLS_AT_ONCE symbols in
        one batch.
        """
        if size < 1 or skip < 0:
            message = f"a batch holds at least one word and skips none or more, found {size} and {skip}"
            raise InputError(message)
        # A biased word takes a number per letter of the alphabet, however short it is.
        needed = size * max(self.lengths[-1], len(self.machine.symbols))
        if needed > SYMBOLS_AT_ONCE:
            what = "symbols in one batch"
            raise LimitError(what, limit=SYMBOLS_AT_ONCE, needed=needed)
        blocks = (self._drawing.lengths(np.array(block), self.lengths) for block in blocks_of(self.count, BLOCK))
        groups = itertools.islice(equal_lengths(blocks, size), skip, None)
        return (self._drawn(length, items) for length, items in groups)

    def __repr__(self) -> str:
        """Return what the dataset was made with."""
        machine = f"{len(self.machine.states)} states and {len(self.machine.symbols)} symbols"
        lengths = f"{self.lengths[0]}..{self.lengths[-1]}" + (
            f" by {self.lengths.step}" if self.lengths.step > 1 else ""
        )
        laws = ", ".join(law.value for law in self.letters)
        return (
            f"WordProblem({machine}, lengths={lengths}, count={self.count}, seed={self.seed}, "
            f"targets={self.targets.value}, letters={laws}, purpose={self.purpose.value})"
        )

    def _drawn(self, length: int, items: Indices) -> Item:
        ids, found = self._drawing.words(items, length)
        target = torch.from_numpy(found)
        return torch.from_numpy(ids), target if self.targets is Targets.EVERY else target[:, -1].clone()


@final
class _WordStream(WordProblem, IterableDataset[Item]):
    """The endless kind, which torch tells from the other by its class; every item is found by its number here too."""

    def __iter__(self) -> Iterator[Item]:
        """Yield items 0, 1, 2, ..., or the share of this worker."""
        worker = get_worker_info()
        first, step = (0, 1) if worker is None else (worker.id, worker.num_workers)
        return (self[item] for item in itertools.count(first, step))


def _require_counts(count: int | None, seed: int) -> None:
    if count is not None and count < 1:
        message = f"count starts at 1, found {count}"
        raise InputError(message, hint="count=None gives items without end")
    if seed < 0:
        message = f"the seed starts at 0, found {seed}"
        raise InputError(message)


def _lengths(asked: Lengths) -> range:
    """Return the lengths as an ascending range."""
    if isinstance(asked, range):
        lengths = asked
    else:
        least, most = (asked, asked) if isinstance(asked, int) else asked
        lengths = range(least, most + 1)
    if not lengths or lengths.start < 1 or lengths.step < 1:
        message = f"lengths are one length, a pair (least, most) or a range, all from 1 on, found {asked}"
        raise InputError(message)
    if lengths[-1] > LENGTH_LIMIT:
        what = "symbols in one word"
        raise LimitError(what, limit=LENGTH_LIMIT, needed=lengths[-1])
    return lengths


def _laws(asked: Letters | str | Sequence[Letters | str]) -> tuple[Letters, ...]:
    several = (asked,) if isinstance(asked, Letters | str) else asked
    laws = tuple(choose_member("law of letters", law, Letters) for law in several)
    if not laws:
        message = "no law of letters is given"
        raise InputError(message, hint="such as letters='uniform'")
    return laws
