"""Laws of network families: equations between words that hold in every network of the family, and why."""

from __future__ import annotations

from enum import Enum
from typing import Final

LETTERS: Final = "xyzw"


class Law(Enum):
    """left = right for all words in place of the letters, in every network of a family.

    ORDER: diagonal matrices, and blocks that turn one plane each, commute. No bound on the orbit is needed.

    The next six hold coordinate by coordinate for h_j <- a h_j + b, with or without an additive term b, where the
    orbit is finite: a letter with a != 0 permutes the finite set of values that the coordinate takes, so it keeps
    their mean and turns it by a about this mean, |a| = 1; and one with a = 0 is constant on it. With a > 0 it is the
    identity; with a < 0 the turn r by a half, and rr is the identity.
    RIGHT_REGULAR (a >= 0): if x is a constant both sides are that constant, if it is the identity both are y.
    With no y it says xx = x.
    SQUARES_BEFORE (a real): if x is a constant both sides are that constant, otherwise xx is the identity.
    ORDER_BEFORE (a real or complex): if y, or else x, is a constant both sides end alike from its last occurrence on,
    and otherwise x and y are turns about one mean, and commute.
    IDEMPOTENT_BEFORE (a real or complex; xx acts as x on all states of the machine): for some m >= 1 x^m is a constant
    or the identity on each coordinate, and x^m is x to the machine. Where it is a constant, x^m y x^m and y x^m end
    alike, otherwise both are y.
    EQUAL_BEFORE (a = f t, f >= 0 of the letter, t one complex number for all letters; x and y equally long): every
    letter is a constant or the one turn by t / |t|, so words that are no constants act by their length. If x, or else
    y, is a constant both sides end alike from its last occurrence on, and otherwise x and y act alike.
    LAST_AND_LENGTH (one a for all letters; x and y equally long, z not empty): for a = 0 the last letter alone
    matters, otherwise the length alone.

    STILL: h <- h + b, bounded. Reading x once more adds b_x, so b_x = 0: nothing moves.

    SQUARES: real 2 x 2 blocks, finite orbit, and a machine whose letters permute its states. On the span of the
    orbit the matrices of words are a finite monoid S that maps onto the machine's group. With E an idempotent of
    its least ideal, E S E is a group that maps onto it too, and acts on the image of E block by block through finite
    groups of real matrices of size at most 2: conjugates of subgroups of O(2), where every square is a rotation,
    and rotations commute. So squares commute in E S E, hence in the machine's group.
    """

    ORDER = ("xy", "yx")
    RIGHT_REGULAR = ("xyx", "yx")
    SQUARES_BEFORE = ("xxyx", "yx")
    ORDER_BEFORE = ("xyzxwy", "yxzxwy")
    IDEMPOTENT_BEFORE = ("xyxx", "yxx")
    EQUAL_BEFORE = ("xzywx", "yzywx")
    LAST_AND_LENGTH = ("xz", "yz")
    STILL = ("x", "")
    SQUARES = ("xxyy", "yyxx")

    @property
    def letters(self) -> str:
        """The letters that words stand for, in the order of `LETTERS`."""
        return "".join(letter for letter in LETTERS if letter in "".join(self.value))


KINDS: Final = {
    Law.ORDER: "order-matters",
    Law.RIGHT_REGULAR: "first-occurrence-matters",
    Law.SQUARES_BEFORE: "earlier-square-matters",
    Law.ORDER_BEFORE: "earlier-order-matters",
    Law.IDEMPOTENT_BEFORE: "earlier-idempotent-matters",
    Law.EQUAL_BEFORE: "earlier-of-one-length-matters",
    Law.LAST_AND_LENGTH: "more-than-last-and-length-matters",
    Law.STILL: "something-moves",
    Law.SQUARES: "squares-do-not-commute",
}
EQUALLY_LONG: Final = frozenset({Law.EQUAL_BEFORE, Law.LAST_AND_LENGTH})
"""Laws whose x and y are of one length."""
ONE_LAYER: Final = ("one layer",)
HOMOGENEOUS: Final = ("one layer", "no additive term")
FINITE: Final = "finite orbit"
HYPOTHESES: Final = {
    Law.ORDER: HOMOGENEOUS,
    Law.RIGHT_REGULAR: ONE_LAYER,
    Law.SQUARES_BEFORE: ONE_LAYER,
    Law.ORDER_BEFORE: ONE_LAYER,
    Law.IDEMPOTENT_BEFORE: ONE_LAYER,
    Law.EQUAL_BEFORE: (*ONE_LAYER, "angles that read no letter"),
    Law.LAST_AND_LENGTH: (*ONE_LAYER, "one diagonal transition for all letters"),
    Law.STILL: (*ONE_LAYER, "a transition that forgets nothing", "a decoder that reads the state itself"),
    Law.SQUARES: (*HOMOGENEOUS, "2 x 2 blocks", FINITE),
}
"""What the networks are like of which a law speaks, beside the contract's own condition."""
