"""How large a network is: how many of what, whether fewer would do, and why; one typed value for all targets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Final, TypeAlias, final

from fsm2rnn.algebra.tensor_rank.cp_bounds import Construction
from fsm2rnn.errors import NumericError
from fsm2rnn.operators.block_diagonal import BlockDiagonal
from fsm2rnn.operators.factored import Factored
from fsm2rnn.operators.householder import Householder
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.recipe import Recipe
from fsm2rnn.operators.stack_recipe import LayerKind, StackRecipe


class Counts(Enum):
    """What a number counts."""

    COORDINATES = "coordinates"  # of the whole state: the total width, all blocks together
    LARGEST_BLOCK = "coordinates of the largest block"
    UPDATES = "updates per step"  # n_h
    PRODUCTS = "products"  # the rank R of the factored form
    LAYERS = "layers"  # of a stack


@final
@dataclass(frozen=True)
class Least:
    """No network among those named has a smaller number: proved by the theorem or the search of the target."""

    among: str

    def __str__(self) -> str:
        """Say among which networks."""
        return f"least {self.among}"


@final
@dataclass(frozen=True)
class BestFound:
    """A smaller number is neither known nor excluded."""

    def __str__(self) -> str:
        """Say so."""
        return "best found"


@final
@dataclass(frozen=True)
class ByDefinition:
    """The number belongs to the family: it is chosen by nobody, and says nothing of what is least."""

    def __str__(self) -> str:
        """Say the number."""
        return "one coordinate per state"


SizeProof: TypeAlias = Least | BestFound | ByDefinition

BEST: Final = BestFound()
ONE_CODE: Final = Least("with one code per state")
FINITELY_MANY: Final = Least("with finitely many codes")
OVER_R: Final = Least("over R with one code per state")
LINEAR_HEAD: Final = Least("under contract linear")


@final
@dataclass(frozen=True)
class Measure:
    """A number and what it counts; `proof` is None where the target says nothing of other networks."""

    number: int
    counts: Counts
    proof: SizeProof | None = None


class Codes(Enum):
    """The vectors that stand for the states of a machine."""

    ONE_HOT = "one-hot"
    SIGNED_PERMUTATIONS = "signed permutations"
    LINEAR_REALISATION = "least linear realisation"
    INTEGERS = "integer representation"
    ORTHOGONAL = "least orthogonal representation"


@final
@dataclass(frozen=True)
class HankelRank:
    """The rank of the Hankel matrix of a machine's outputs, its states, and the width with an additive term."""

    rank: int
    states: int
    with_additive_term: int


@final
@dataclass(frozen=True)
class BlockFacts:
    """Whether the codes are a sum of irreducible blocks (None: not decided), and why real blocks were not looked at."""

    semisimple: bool | None
    real_undecided: str | None = None


@final
@dataclass(frozen=True)
class RankBounds:
    """Bounds from below of the rank R: by flattenings of the letter tensor, by the pencil of two letters if known."""

    flattening: int
    pencil: int | None


@final
@dataclass(frozen=True)
class ProductFacts:
    """Of a factored network: its codes, how its letters were cut, bounds of R, and how much larger its terms are.

    `condition` is the largest | |U| |diag w_x| |V|^T |_F / |A_x|_F over the letters; None where it is not told.
    `over_q` are the products of rational gates, where these are fewer than those of binary fractions.
    """

    codes: Codes
    bounds: RankBounds
    construction: Construction | None = None
    condition: float | None = None
    over_q: int | None = None


@final
@dataclass(frozen=True)
class StackFacts:
    """Of a stack: its units, those of the outputs among them, and the tuples of channels that words reach."""

    units: int
    tuples: int
    kinds: tuple[LayerKind, ...]  # of its layers, from the lowest up


FamilyFacts: TypeAlias = Codes | HankelRank | BlockFacts | ProductFacts | StackFacts


@final
@dataclass(frozen=True)
class OverField:
    """A proof over Q(zeta_n) holds every word; `distance` is that of the nearest codes of two states, at norm 1."""

    conductor: int
    distance: Fraction | None


@final
@dataclass(frozen=True)
class SeveralCodes:
    """How many codes the network has, and the measures of the one with one code per state, if there is one."""

    codes: int
    one_per_state: tuple[Measure, ...] | None


@final
@dataclass(frozen=True)
class ComplexWidth:
    """How many complex numbers do where letters permute and turn them, and what is proved of that."""

    number: int
    proof: SizeProof


@final
@dataclass(frozen=True)
class NotCounted:
    """A limit stopped the search for several codes per state."""

    why: str


@final
@dataclass(frozen=True)
class Sizes:
    """What a target says of the size of its network.

    `width` counts the coordinates of the state, `finer` what the family counts beside them: the largest block, the
    updates per step, the products. `reason` says why the number is the least. `exact` are the measures of the integer
    network that a smaller one over the reals stands for. NumericError where a measure counts something else.
    """

    width: Measure
    finer: Measure | None = None
    reason: str | None = None
    facts: FamilyFacts | None = None
    exact: tuple[Measure, ...] = ()
    over_field: OverField | None = None
    several: SeveralCodes | NotCounted | None = None
    complex_width: ComplexWidth | None = None

    def __post_init__(self) -> None:
        """Prove what width and finer count."""
        finer = None if self.finer is None else self.finer.counts
        if self.width.counts is not Counts.COORDINATES or finer is Counts.COORDINATES:
            message = f"a width counts {Counts.COORDINATES.value}, and what stands beside it something else"
            raise NumericError(message)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The width and what is counted beside it."""
        return (self.width,) if self.finer is None else (self.width, self.finer)

    def of(self, counts: Counts) -> Measure | None:
        """Return the measure that counts this, None where the target tells none."""
        return next((measure for measure in self.measures if measure.counts is counts), None)


def counted(operator: Operator | Recipe, counts: Counts) -> int:
    """Return how many there are in an operator; NumericError for a structure that has none of the kind."""
    match counts, operator:
        case Counts.COORDINATES, _:
            return operator.size
        case Counts.LARGEST_BLOCK, BlockDiagonal():
            return max(operator.sizes)
        case Counts.UPDATES, Householder():
            return operator.steps
        case Counts.PRODUCTS, Factored():
            return operator.rank
        case Counts.LAYERS, StackRecipe():
            return len(operator.layers)
        case _:
            message = f"{type(operator).__name__} has no {counts.value}"
            raise NumericError(message)


def measured(operator: Operator | Recipe, counts: Counts, proof: SizeProof | None = None) -> Measure:
    """Return the measure of an operator with what is proved of it; NumericError as for `counted`."""
    return Measure(counted(operator, counts), counts, proof)


def width_only(operator: Operator | Recipe, proof: SizeProof, reason: str | None = None) -> Sizes:
    """Return the sizes of a family of which only the width is counted."""
    return Sizes(measured(operator, Counts.COORDINATES, proof), reason=reason)


def require_measured(operator: Operator | Recipe, measures: Iterable[Measure]) -> None:
    """Prove that an operator has the numbers told; NumericError names the first one that it has not."""
    for measure in measures:
        number = counted(operator, measure.counts)
        if number != measure.number:
            message = f"the sizes tell {measure.number} {measure.counts.value}, the operator has {number}"
            raise NumericError(message)
