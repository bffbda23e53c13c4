"""A_x C_i is inside some C_j with reads_j = delta(reads_i, x): regions of states instead of single states.

For matrices that act on each coordinate alone: a line is multiplied by a rational number, a plane is turned by a
rational part of a full turn or sent to zero. A region is a product of closed intervals, one per line, and of points,
one per plane: zero, or the point of the unit circle at a turn. Turns are added as fractions, so nothing is ever
rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.sparse import Scalar
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.induction import Nodes, Step, induction, prove_base, prove_contract, prove_distinct

REGIONS = Nodes("cells", "region", "regions", "a region", "inclusions", "letters")
# Two microseconds each: half a minute at the limit. Regions that are points are found without comparing.
COMPARISON_LIMIT = 1 << 24

Turn: TypeAlias = Fraction | None  # None is zero, a Fraction in [0, 1) the point at that part of a turn
Interval: TypeAlias = tuple[Scalar, Scalar]  # closed


@final
@dataclass(frozen=True)
class Letter:
    """The exact action of one symbol: a factor per line, a turn or zero per plane."""

    lines: tuple[Scalar, ...]
    planes: tuple[Turn, ...]


@final
@dataclass(frozen=True)
class Region:
    """A product of intervals and of points on circles."""

    lines: tuple[Interval, ...]
    planes: tuple[Turn, ...]

    @property
    def is_point(self) -> bool:
        """Whether the region holds one state only."""
        return all(low == high for low, high in self.lines)

    def image(self, letter: Letter) -> Region:
        """Return A_x C."""
        lines = tuple(
            (low * factor, high * factor) if factor >= 0 else (high * factor, low * factor)
            for (low, high), factor in zip(self.lines, letter.lines, strict=True)
        )
        planes = tuple(
            None if point is None or turn is None else _turned(point, turn)
            for point, turn in zip(self.planes, letter.planes, strict=True)
        )
        return Region(lines, planes)

    def holds(self, other: Region) -> bool:
        """Return whether `other` is a part of this region."""
        return self.planes == other.planes and all(
            low <= first and last <= high for (low, high), (first, last) in zip(self.lines, other.lines, strict=True)
        )


@final
@dataclass(frozen=True)
class Enclosure:
    """A proof that h <- A_x h, started in regions[0], stays in a region with the right reading after every word.

    By induction on the word, as in `Simulation`; every region listed is one that the search for images
    visits. That the readings can be told apart is the decoder's part, see `horizon`. CertificateError
    names the part that fails, LimitError says that there are too many inclusions.
    """

    machine: StateMachine
    letters: tuple[Letter, ...]  # one per symbol
    regions: tuple[Region, ...]
    reads: tuple[int, ...]  # machine state per region
    contract: Contract

    def __post_init__(self) -> None:
        """Prove the claim."""
        prove_base(REGIONS, self.machine, len(self.letters), len(self.regions), self.reads)
        self._prove_shapes()
        prove_distinct(REGIONS, self.regions)
        self._prove_contract()
        induction(REGIONS, self.machine, self.reads, self._step(RegionIndex(self.regions)))

    @property
    def size(self) -> int:
        """The width H of the real state: one number per line, two per plane."""
        return len(self.regions[0].lines) + 2 * len(self.regions[0].planes)

    @property
    def equations(self) -> int:
        """How many one-step inclusions were proved."""
        return len(self.regions) * len(self.letters)

    def _prove_shapes(self) -> None:
        shapes = {(len(letter.lines), len(letter.planes)) for letter in self.letters}
        shapes |= {(len(region.lines), len(region.planes)) for region in self.regions}
        if len(shapes) != 1 or shapes == {(0, 0)}:
            message = f"letters and regions need the same lines and planes, found {sorted(shapes)}"
            raise CertificateError("letters", message)
        if not all(_on_circle(letter.planes) for letter in self.letters):
            message = "a turn lies outside [0, 1)"
            raise CertificateError("letters", message)
        if not all(
            _on_circle(region.planes) and all(low <= high for low, high in region.lines) for region in self.regions
        ):
            message = "a turn lies outside [0, 1), or an interval is empty"
            raise CertificateError("cells", message)

    def _prove_contract(self) -> None:
        if self.contract is Contract.LINEAR:
            message = "regions prove contract injective at most"
            raise CertificateError("contract", message)
        if self.contract is not Contract.ROBUST and not all(region.is_point for region in self.regions):
            message = "a region holds more than one state; that is contract robust"
            raise CertificateError("contract", message)
        prove_contract(REGIONS, self.contract, self.reads)

    def _step(self, index: RegionIndex) -> Step:
        return lambda place: [index.find(self.regions[place].image(letter)) for letter in self.letters]


@final
class RegionIndex:
    """Finds the first of distinct regions that holds a given one: itself where it is listed, else by comparing."""

    def __init__(self, regions: Sequence[Region]) -> None:
        """Sort the regions by their points on circles."""
        self._exact = {region: position for position, region in enumerate(regions)}
        self._wide: dict[tuple[Turn, ...], list[tuple[int, Region]]] = {}
        self._compared = 0
        for position, region in enumerate(regions):
            if not region.is_point:
                self._wide.setdefault(region.planes, []).append((position, region))

    def find(self, wanted: Region) -> int | None:
        """Return the position of a region that holds `wanted`; LimitError after too many comparisons."""
        if wanted in self._exact:
            return self._exact[wanted]
        for position, region in self._wide.get(wanted.planes, ()):
            self._compared += 1
            if self._compared > COMPARISON_LIMIT:
                what = "comparisons of regions"
                raise LimitError(what, limit=COMPARISON_LIMIT)
            if region.holds(wanted):
                return position
        return None


def _turned(point: Fraction, turn: Fraction) -> Fraction:
    """Return (point + turn) mod 1, reduced once where Fraction's own operators reduce three times."""
    over = point.denominator * turn.denominator
    return Fraction((point.numerator * turn.denominator + turn.numerator * point.denominator) % over, over)


def _on_circle(planes: tuple[Turn, ...]) -> bool:
    return all(turn is None or 0 <= turn < 1 for turn in planes)
