"""Theorems H and D against what floats do: measured errors of some six hundred networks beside the bound, step by step.

python -m tests.proof.rounding.horizon_errors [--markdown FILE] prints the table, or writes it; 1 where an error exceeds
its bound.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from fsm2rnn.cells.network import lower
from fsm2rnn.exact.rounding import FLOAT32, FLOAT64, NATIVE
from fsm2rnn.proof.file.network import Regions
from tests.laws.real_machines import aligned
from tests.proof.rounding.drawn_horizons import Drawn, displaced, networks
from tests.proof.rounding.float_steps import ROUNDED, FloatSteps
from tests.proof.rounding.worst_words import CHECKED, Errors, along, chased, drawn

RUN_BY_TORCH = 200
EVERY = 61  # one in so many networks is run beyond


@dataclass(frozen=True)
class Effort:
    """How much is run on a network."""

    longest: int  # steps of most words, or as many as are proved
    words: int
    wide: int  # states that a chase keeps
    narrow: int  # the same of one that goes on
    chased: int  # steps of a wide chase, over all its states
    far: int  # horizons of no more steps are run to their end
    beyond: int  # steps of a longer run where the horizon is further
    far_words: int


FULL = Effort(longest=2000, words=96, wide=300, narrow=8, chased=1_500_000, far=70_000, beyond=70_000, far_words=16)


@dataclass(frozen=True)
class Row:
    """What was measured on one network."""

    name: str
    theorem: str
    form: str
    proved: int  # steps
    longest: int  # word that was run
    steps: int  # of all words together
    ratio: float  # the greatest error over its bound
    at: int  # the step of that
    last: float  # the same after the longest word
    misread: int
    same: int  # states of the region that numpy gives too, to the bit, from the same state before
    of: int

    @property
    def holds(self) -> bool:
        """Whether no error exceeds its bound by more than float64 rounds, and no state is misread."""
        return self.ratio <= 1 + ROUNDED and not self.misread


def row(item: Drawn, effort: Effort = FULL) -> Row | None:
    """Return what is measured on a network; None where it has no horizon."""
    network = item.make()
    if network is None:
        return None
    floats = FloatSteps.of(network)
    runs = list(_runs(floats, effort, np.random.default_rng(zlib.crc32(f"{item.name} {item.form.name}".encode()))))
    checked, same, of = by_region(floats, [run.word for run in runs])
    ratios = [run.worst / floats.proved(len(run.worst)) for run in (*runs, checked)]
    longest = max(map(len, ratios))
    worst = max(ratios, key=np.max)
    return Row(
        item.name,
        "H" if isinstance(network.trace, Regions) else "D",
        item.form.name,
        network.steps,
        longest,
        sum(run.steps for run in (*runs, checked)),
        float(worst.max()),
        int(worst.argmax()) + 1,
        max(float(some[-1]) for some in ratios if len(some) == longest),
        sum(run.misread for run in (*runs, checked)),
        same,
        of,
    )


def _runs(floats: FloatSteps, effort: Effort, generator: np.random.Generator) -> Iterator[Errors]:
    length = min(floats.network.steps, effort.longest)
    yield along(floats, drawn(floats, effort.words, length, generator), floats.ways)
    wide = min(length, max(1, effort.chased // (effort.wide * floats.arithmetic.letters * len(floats.ways))))
    yield chased(floats, effort.wide, wide)
    if wide < length:
        yield chased(floats, effort.narrow, length)
    far = floats.network.steps if floats.network.steps <= effort.far else effort.beyond
    if far > length:
        yield along(floats, drawn(floats, effort.far_words, far, generator), floats.ways[:1])


@torch.no_grad()
def by_region(floats: FloatSteps, found: Iterable[np.ndarray]) -> tuple[Errors, int, int]:
    """Return the errors of the torch cell along words, how many of its states numpy gives too, and of how many.

    AssertionError where region and numpy differ by more than both may be off.
    """
    length = min(RUN_BY_TORCH, max(map(len, found)))
    words = np.array([np.resize(word, length) for word in found])
    module = lower(floats.network)
    ids = torch.tensor(words)
    moved = module.rnn(ids)[0]
    reads = module.readout(moved).argmax(-1).numpy()
    states, points = moved.double().numpy(), np.zeros((len(words), length), int)
    point = np.zeros(len(words), int)
    for step in range(length):
        points[:, step] = point = floats.exact.following[point, words[:, step]]
    start, _ = floats.first(len(words))
    before = np.concatenate([start[:, None], states[:, :-1].astype(start.dtype)], axis=1)
    beside = floats.step(before, words)
    for part in floats.exact.parts:
        apart, size = (np.linalg.norm(one[..., part], axis=-1) for one in (beside - states, before))
        assert (apart <= 2 * float(floats.network.grade.eta) * (size + floats.exact.norm)).all()
    equal = (beside == states).all(axis=-1)
    errors = floats.errors(states, points).max(axis=0)
    misread = int((reads != floats.exact.reads[points]).sum())
    return Errors(errors, words.size, misread, words[0]), int(equal.sum()), equal.size


def rows(items: Iterable[Drawn]) -> Iterator[Row]:
    """Yield the rows of networks that have a horizon."""
    near = replace(FULL, beyond=0)
    for place, item in enumerate(items):
        beyond = item.form in (FLOAT32, FLOAT64) and place % EVERY == 0
        found = row(item, FULL if beyond else near)
        if found is not None:
            yield found


def table(found: list[Row]) -> list[list[str]]:
    """Return the heading and a line per theorem and format."""
    heading = [
        "theorem, format", "networks", "proved steps", "longest word", "steps checked", "greatest ratio", "median",
        "at the horizon", "same bits", "above the bound", "misread",
    ]  # fmt: skip
    groups = [
        (f"{theorem}, {form.name}", [one for one in found if (one.theorem, one.form) == (theorem, form.name)])
        for theorem in "HD"
        for form in NATIVE
    ]
    return [heading, *([name, *_summary(group)] for name, group in groups if group)]


def _summary(group: list[Row]) -> list[str]:
    proved = [one.proved for one in group]
    ended = [one.last for one in group if one.longest == one.proved]
    return [
        str(len(group)),
        f"{_count(min(proved))} to {_count(max(proved))}",
        f"{max(one.longest for one in group):,}",
        f"{sum(one.steps for one in group):,}",
        f"{max(one.ratio for one in group):.4f}",
        f"{np.median([one.ratio for one in group]):.2f}",
        f"{max(ended):.4f}" if ended else "-",
        f"{100 * sum(one.same for one in group) / sum(one.of for one in group):.1f} %",
        str(sum(one.ratio > 1 + ROUNDED for one in group)),
        str(sum(one.misread for one in group)),
    ]


def _count(steps: int) -> str:
    return f"{steps:,}" if steps < 10**7 else f"{steps:.1e}"


def page(found: list[Row]) -> str:
    """Return the page."""
    worst = max(found, key=lambda one: one.ratio)
    plain = max((one for one in found if displaced.__name__ not in one.name), key=lambda one: one.ratio)
    return f"""# Horizons: measured errors

    python -m tests.proof.rounding.horizon_errors --markdown docs/horizon_errors.md

Theorem H (rotations, `fsm2rnn/proof/rounding/horizon.py`) bounds the error of every plane after t steps by (1 + eta)^t
- 1, theorem D (blocks, whole matrices, factors and products of updates, `fsm2rnn/proof/rounding/drift.py`) that of
every block by (1 + eta)^t (V + e_0) - V. Here errors are measured in the arithmetic of which the certificates speak, by
numpy code of its own (`tests/proof/rounding/float_steps.py`), and held against these bounds at every step of every
word.

{len(found)} networks carry a horizon: rotations of cyclic groups, of products and of random abelian machines, with
signs and lost letters; blocks, updates and factors of groups and binary products, generators or all elements as
symbols; the same with perturbed weights, with all letters made longer, and started beside the first prototype; and
least orthogonal representations in random orthonormal bases. What was changed was rounded to the format and proved anew
as it was then stored, by `regions.network.lift`. The words of each are

- {FULL.words} random ones, among them constant words, one for each letter, up to half of all;
- those that chase the error: of all letters tried on {FULL.wide} float states, the {FULL.wide} with the greatest errors
  are kept; sums run from the first product to the last, from the last to the first, and fused, where these differ;
- the same with {FULL.narrow} states for as long as the random words, {FULL.longest:,} steps or the horizon;
- {FULL.far_words} words up to the horizon where that is no further than {FULL.far:,} steps, and for some other networks
  words of {FULL.beyond:,} steps;
- and the worst words found, run by the torch cell for up to {RUN_BY_TORCH} steps.

Exact states are rows of the stored readout, or points of the circle to 106 bits. Errors and bounds are computed in
float64; a ratio is off by less than {ROUNDED:.0e} of itself.

{aligned(table(found))}

A ratio is a measured error over the bound at its step; of each network the worst step counts. At the horizon: the
greatest ratio after the last proved step, where that was reached. Same bits: states of the torch cell that the numpy
code gives too, from the same state before, summed from the first product to the last. Misread: of readings looked at
once in {CHECKED} steps and at the end. The greatest of all ratios is that of {worst.name} in {worst.form} at step
{worst.at:,}; where a network starts beside its prototype, e_0 is most of the first bounds, and without such networks it
is {plain.ratio:.4f}, that of {plain.name} in {plain.form} at step {plain.at:,}.
"""


def main(arguments: list[str]) -> int:
    """Print the page or write it; 1 when a row does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.rounding.horizon_errors")
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    found = list(rows(networks()))
    if options.markdown is None:
        print(page(found))
    else:
        options.markdown.write_text(page(found), encoding="utf-8")
    wrong = [one for one in found if not one.holds]
    for one in wrong:
        print(one, file=sys.stderr)
    return 1 if wrong or not found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
