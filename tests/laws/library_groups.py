"""Groups of order below 128 as GAP's library SmallGrp has them, each asked of every target and compared with GAP.

    python -m tests.laws.library_groups --out FILE

asks all of them but of orders 64 and 96 every ninth and every eighth, within the budget that explain has, and appends
a row for each that FILE does not have yet: order, number, GAP's name, ours, compiled, impossible and unsettled
verdicts, seconds, what disagrees, generators. The status is 1 where something disagrees or a target is unsettled.

Letters are the generators, so states are elements and a network with one code per state is a faithful representation.
Irreducible ones with their kernels, and cosets of subgroups with theirs, are GAP's; the least sum of them in which
only 1 is left of all kernels is found here by shortest paths over normal subgroups. What is proved least must be that
sum, and nothing may be below it.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.gap_program import answers
from fsm2rnn.algebra.group.group_table import classes
from fsm2rnn.budget import UNLIMITED, Budget
from fsm2rnn.constructions.sizes import Counts, Least
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.errors import InputError
from fsm2rnn.explanation import Explanation, explain
from fsm2rnn.sizes import Size
from fsm2rnn.source.read import read
from tests.laws.generated_groups import MOST, Generators, permutations_of, table_of, text_of

PROGRAM: Final = Path(__file__).with_name("library_groups.g")
STEPS: Final = {64: 9, 96: 8}
"""Of orders with more than 200 groups, which are asked: numbers 1, 1 + step, ..."""
SECONDS: Final = 10.0
"""The budget of explain, here in time of the processor: on a busy machine the clock runs on without it."""
SIGNS: Final = 2
TRIVIAL: Final = 1
"""The kernel that holds the first class alone, which is that of 1."""


@dataclass(frozen=True)
class Part:
    """A representation: what it costs, the classes of its kernel as bits, and n - dim Fix(x) of each generator x."""

    cost: int
    kernel: int
    moved: tuple[int, ...] = ()


@dataclass(frozen=True)
class LibraryGroup:
    """What GAP knows of SmallGroup(order, number)."""

    order: int
    number: int
    description: str
    generators: Generators
    classes: int
    solvable: bool
    abelian: bool
    exponent: int
    complex: tuple[Part, ...]
    real: tuple[Part, ...]
    rational: tuple[Part, ...]  # none where GAP lacks wedderga, which knows Schur indices
    signed: tuple[Part, ...]
    phased: tuple[Part, ...]

    @classmethod
    def of(cls, told: list[Any]) -> LibraryGroup:
        """Return what a line of library_groups.g says."""
        order, number, description, generators, *facts, characters, cosets = told
        images = tuple(tuple(point - 1 for point in row) for row in generators)
        found: dict[str, list[Part]] = {"complex": [], "real": [], "rational": []}
        for degree, sign, conjugates, schur, kernel, moved in characters:
            found["complex"].append(Part(degree, _bits(kernel), tuple(moved)))
            copies = 1 if sign == 1 else 2
            found["real"].append(Part(copies * degree, _bits(kernel), tuple(copies * one for one in moved)))
            found["rational"].append(Part(degree * conjugates * schur, _bits(kernel)))
        if any(part.cost == 0 for part in found["rational"]):
            found["rational"] = []
        fields = {name: tuple(parts) for name, parts in found.items()}
        turned = [(turns, Part(degree, _bits(kernel))) for degree, turns, kernel in cosets]
        fields["signed"] = tuple(part for turns, part in turned if turns <= SIGNS)
        fields["phased"] = tuple(part for _, part in turned)
        return cls(order, number, description, images, *facts, **fields)


def _bits(places: Iterable[int]) -> int:
    return sum(1 << place - 1 for place in places)


def least_cost(parts: Iterable[Part]) -> int | None:
    """Return the least sum of costs of parts whose kernels have only 1 in common; None where all have more."""
    cheapest: dict[int, int] = {}
    for part in parts:
        cheapest[part.kernel] = min(part.cost, cheapest.get(part.kernel, part.cost))
    seen, queue = set[int](), [(0, -1)]
    while queue:
        cost, kernel = heapq.heappop(queue)
        if kernel == TRIVIAL:
            return cost
        if kernel not in seen:
            seen.add(kernel)
            for other, more in cheapest.items():
                if kernel & other != kernel:
                    heapq.heappush(queue, (cost + more, kernel & other))
    return None


def narrowest(parts: Iterable[Part]) -> int:
    """Return the least b so that the parts of cost b at most are faithful together."""
    common = -1
    for cost, alike in itertools.groupby(sorted(parts, key=lambda part: part.cost), key=lambda part: part.cost):
        for part in alike:
            common &= part.kernel
        if common == TRIVIAL:
            return cost
    message = "all representations together are faithful"
    raise AssertionError(message)


def fewest_updates(parts: Iterable[Part], summands: int) -> int:
    """Return the least n, 1 at least, so that `summands` parts at most are faithful and move each generator by n."""
    kinds = {(part.kernel, part.moved) for part in parts}
    for most in itertools.count(1):
        kept = {kind for kind in kinds if max(kind[1]) <= most}
        found = {(-1, (0,) * len(next(iter(kinds))[1]))}
        for _ in range(summands):
            found = {
                (kernel & more, sums)
                for kernel, moved in found
                for more, others in kept
                if kernel & more != kernel and max(sums := tuple(map(sum, zip(moved, others, strict=True)))) <= most
            }
            if any(kernel == TRIVIAL for kernel, _ in found):
                return most
    raise AssertionError


def library(numbers: Iterable[tuple[int, int]]) -> Iterator[LibraryGroup]:
    """Yield the groups with these orders and numbers."""
    pairs = list(numbers)
    asked_for = "".join(f"line(described({order}, {number}));\n" for order, number in pairs)
    for (order, number), told in zip(pairs, answers(PROGRAM.read_text(encoding="utf-8") + asked_for), strict=True):
        group = LibraryGroup.of(told)
        assert (group.order, group.number) == (order, number)
        yield group


def numbered(least: int, most: int) -> list[tuple[int, int]]:
    """Return the orders and numbers of the groups that are asked."""
    orders = [(order, STEPS.get(order, 1)) for order in range(max(2, least), most + 1)]
    counts = answers(f'LoadPackage("smallgrp");;\nline(List({[order for order, _ in orders]}, NumberSmallGroups));')
    return [
        (order, number)
        for (order, step), count in zip(orders, next(counts), strict=True)
        for number in range(1, count + 1, step)
    ]


def disagreements(group: LibraryGroup, told: Explanation) -> list[str]:
    """Return what the program says otherwise than GAP."""
    verdicts = {answer.target: answer.verdict for answer in told.answers}
    turns = table_of(text_of(group.generators))
    equal = {
        "order": (told.facts["group_order"], group.order),
        "states": (told.facts["minimal_states"], group.order),
        "rank": (told.facts["hankel_rank"], group.order),
        "permutation": (told.facts["permutation"], True),
        "commutative": (told.facts["commutative"], group.abelian),
        "solvable": (told.facts["solvable"], group.solvable),
        "classes": (len(classes(turns)), group.classes),
        "rotation": (isinstance(verdicts["rotation"], Compiled), group.abelian),
        "real-diagonal": (isinstance(verdicts["real-diagonal"], Compiled), group.exponent == 2),
        "positive-diagonal": (isinstance(verdicts["positive-diagonal"], Compiled), False),
    }
    wrong = [f"{name}: {ours}, GAP {theirs}" for name, (ours, theirs) in equal.items() if ours != theirs]
    least = {
        "real": group.real,
        "complex": group.complex,
        "integer": group.rational,
        "signed permutations": group.signed,
    }
    for size in told.sizes:
        if size.name == "n_h":
            wrong += _updates(group, size)
        elif (parts := least.get(size.name)) and (bound := least_cost(parts)) is not None:
            wrong += compared(size.name, size.size, bound, proved=size.least)
    return wrong + _blocks(group, verdicts) + _phases(group, verdicts)


def compared(name: str, size: int, bound: int, *, proved: bool) -> list[str]:
    """Return what is wrong with a size beside the least one."""
    return [f"{name}: {size}, proved {proved}, GAP {bound}"] if size < bound or (proved and size > bound) else []


def _updates(group: LibraryGroup, size: Size) -> list[str]:
    few = re.search(r"(\d+) irreducible summands", str(size.proof))
    bound = fewest_updates(group.real, int(few[1]) if few else len(group.real))
    return compared("n_h", size.size, bound, proved=size.least)


def _blocks(group: LibraryGroup, verdicts: Mapping[str, object]) -> list[str]:
    verdict = verdicts["block-diagonal"]
    if not isinstance(verdict, Compiled):
        return ["block-diagonal: no network"]
    block, whole = verdict.sizes.of(Counts.LARGEST_BLOCK), verdict.sizes.of(Counts.COORDINATES)
    assert block is not None
    assert whole is not None
    wrong = compared("largest block", block.number, narrowest(group.real), proved=True)
    among = str(whole.proof)
    parts = group.rational if "over Z" in among else group.real
    if few := re.search(r"in blocks of (\d+) at most", among):
        parts = tuple(part for part in parts if part.cost <= int(few[1]))
        wrong += compared("blocks", int(few[1]), narrowest(group.real), proved=True)
    if not parts or (bound := least_cost(parts)) is None:
        return wrong
    return wrong + compared("coordinates of blocks", whole.number, bound, proved=isinstance(whole.proof, Least))


def _phases(group: LibraryGroup, verdicts: Mapping[str, object]) -> list[str]:
    verdict = verdicts["pd"]
    width = verdict.sizes.complex_width if isinstance(verdict, Compiled) else None
    bound = least_cost(group.phased)
    if width is None or bound is None:
        return []
    return compared("phases", width.number, bound, proved=isinstance(width.proof, Least))


def asked(group: LibraryGroup, budget: Budget = UNLIMITED) -> list[str]:
    """Return the row of a group."""
    started = time.process_time()
    text = text_of(group.generators)
    told = explain(read(text), budget=budget)
    seconds = time.process_time() - started
    verdicts = [answer.verdict for answer in told.answers]
    counts = [sum(isinstance(one, kind) for one in verdicts) for kind in (Compiled, Impossible, Unsettled)]
    wrong = "; ".join(disagreements(group, told))
    fields = (group.order, group.number, group.description, told.facts["group"], *counts, f"{seconds:.1f}", wrong, text)
    return list(map(str, fields))


def misnamed(rows: Iterable[list[str]]) -> list[str]:
    """Return names that the catalogue reads as another group, and those of two groups that GAP calls differently."""
    rows = list(rows)
    wrong, asked_back = [], []
    for name, alike in itertools.groupby(sorted(rows, key=lambda row: row[3]), key=lambda row: row[3]):
        members = list(alike)
        if not name.startswith("order") and len({row[2] for row in members}) > 1:
            wrong.append(f"{name} is " + ", ".join(f"{row[2]} [{row[0]}, {row[1]}]" for row in members))
        try:
            generators = permutations_of(f"{name}@gens")
        except InputError:
            continue
        asked_back += [(name, row, [[point + 1 for point in one] for one in generators]) for row in members]
    lines = "".join(f"line(IdGroup(Group(List({images}, PermList))));\n" for _, _, images in asked_back)
    for (name, row, _), found in zip(asked_back, answers(f'LoadPackage("smallgrp");;\n{lines}'), strict=True):
        if [str(one) for one in found] != row[:2]:
            wrong.append(f"{name} is {found}, not [{row[0]}, {row[1]}]")
    return wrong


def main() -> None:
    """Ask of each group what the file does not have, and print what disagrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--least", type=int, default=2)
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    chosen.out.touch()
    rows = [line.split("\t") for line in chosen.out.read_text(encoding="utf-8").splitlines()]
    done = {(int(row[0]), int(row[1])) for row in rows}
    for group in library(pair for pair in numbered(chosen.least, chosen.most) if pair not in done):
        rows.append(asked(group, Budget.of(SECONDS, time.process_time)))
        with chosen.out.open("a", encoding="utf-8") as file:
            file.write("\t".join(rows[-1]) + "\n")
    wrong = [f"SmallGroup({row[0]},{row[1]}): {row[8] or 'unsettled'}" for row in rows if row[8] or row[6] != "0"]
    wrong += misnamed(rows)
    print(*wrong, f"{len(rows)} groups, {len(wrong)} disagreements", sep="\n")
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
