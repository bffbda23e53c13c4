"""The groups of order below 64 but 32, each once: what GAP calls them, and generators.

small_groups.tsv was made once with GAP 4.12.1 and its library SmallGrp 1.5.1: for every order n in [1..63] but 32 and
every k in [1..NumberSmallGroups(n)], with G = SmallGroup(n, k), a line of n, k, StructureDescription(G) and the
SmallGeneratingSet of the image of SmallerDegreePermutationRepresentation of a permutation group isomorphic to G,
separated by tabs. The generators are spelled as cycles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("small_groups.tsv")


@dataclass(frozen=True)
class SmallGroup:
    """A group of the library: its order, its number among those of that order, its name, and permutations."""

    order: int
    number: int
    description: str
    generators: str

    def __str__(self) -> str:
        """Return the library's name."""
        return f"SmallGroup({self.order},{self.number})"


def small_groups() -> Iterator[SmallGroup]:
    """Yield the lines of the table."""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        order, number, description, generators = line.split("\t")
        yield SmallGroup(int(order), int(number), description, generators)
