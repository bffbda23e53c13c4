"""Which group a name means: every spelling, read factor by factor, and what is to be said of it.

Some spellings mean two groups in the literature; a note says which is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.errors import InputError
from fsm2rnn.source.named import catalogue_groups as groups
from fsm2rnn.source.named import further_groups as further

GENERATORS: Final = "@gens"

_GENERATED: Final = "write its generators as permutations, such as perm:(1,2,3,4);(1,3)"


@final
@dataclass(frozen=True)
class Spelling:
    """A way to write groups: a pattern with one group per number, and the group of those numbers and a limit."""

    pattern: re.Pattern[str]
    build: Callable[..., groups.Group]


def _spelling(text: str, build: Callable[..., groups.Group]) -> Spelling:
    """Return the spelling of a pattern in which # is a number and brackets may hold blanks."""
    inside = text.replace("(", r"\(\s*").replace(",", r"\s*,\s*").replace(")", r"\s*\)")
    return Spelling(re.compile(inside.replace("#", "([0-9]{1,18})")), build)


SPELLINGS: Final[tuple[Spelling, ...]] = (
    _spelling("[ZC]_?#", groups.cyclic),
    _spelling("S_?#", groups.symmetric),
    _spelling("Sym(#)", groups.symmetric),
    _spelling("A_?#", groups.alternating),
    _spelling("Alt(#)", groups.alternating),
    _spelling("Dih(#)", groups.dihedral),
    _spelling("SymmetricGroup(#)", groups.symmetric),
    _spelling("AlternatingGroup(#)", groups.alternating),
    _spelling("CyclicGroup(#)", groups.cyclic),
    _spelling("DihedralGroup(#)", further.dihedral_of_order),
    _spelling("QuaternionGroup(8)", groups.quaternion),
    _spelling("QuaternionGroup(#)", further.quaternion_of_order),
    _spelling("MathieuGroup(#)", further.mathieu),
    _spelling("D_?#", groups.dihedral),
    _spelling("V_?4", groups.klein),
    _spelling("Q_?8", groups.quaternion),
    _spelling("Q_?#", further.quaternion_of_order),
    _spelling("Dic(#)", further.dicyclic),
    _spelling("C3:C4", lambda limit: further.dicyclic(3, limit)),
    _spelling("[QS]D_?#", further.quasidihedral),
    _spelling("F_?#", further.frobenius),
    _spelling("M_?#", further.mathieu),
    _spelling("PSL(#,#)", groups.projective),
    _spelling("SL(#,#)", further.special_linear),
    _spelling("GL(#,#)", further.general_linear),
)
_SHAPED: Final = re.compile(
    r"\s*(?:[ZCSADQVFM]_?[0-9]|[QS]D_?[0-9]|(?:Sym|Alt|Dih|Dic|PSL|SL|GL|[A-Z][a-z]+Group|SmallGroup)\s*\(|.*@gens\s*$)",
    re.DOTALL,
)
_OF_ORDER: Final = re.compile(r"DihedralGroup\(\s*([0-9]{1,18})\s*\)")
_DIHEDRAL: Final = re.compile(r"D_?([0-9]{1,18})")
_LIBRARY: Final = re.compile(r"\s*SmallGroup\s*\(.*", re.DOTALL)


def group_shaped(text: str) -> bool:
    """Whether a text begins as a group's name does, or takes @gens."""
    return _SHAPED.match(text) is not None


def is_factor(text: str) -> bool:
    """Whether a text names one group that is no product."""
    return any(spelling.pattern.fullmatch(text) for spelling in SPELLINGS)


def factor(text: str, limit: int) -> groups.Group | None:
    """Return the group that a factor names, of order `limit` at most, or None where it names none.

    Raises InputError for a number that is no group's and LimitError before a larger group is built.
    """
    if _LIBRARY.fullmatch(text):
        message = f"{text:.60}: the library of small groups is not read"
        raise InputError(message, hint=_GENERATED)
    for spelling in SPELLINGS:
        found = spelling.pattern.fullmatch(text)
        if found is not None:
            return spelling.build(*map(int, found.groups()), limit)
    return None


def name_notes(text: str) -> tuple[str, ...]:
    """Return what is to be said of the names in a text that the literature reads in two ways."""
    return tuple(_notes(text)) if group_shaped(text) else ()


def _notes(text: str) -> Iterator[str]:
    for part in dict.fromkeys(piece.strip() for piece in text.strip().removesuffix(GENERATORS).split("x")):
        found = _DIHEDRAL.fullmatch(part)
        if found is not None:
            corners = int(found[1])
            shape = "the square's group" if corners == 4 else f"the group of the {corners}-gon"
            yield f"{part} is read as Dih({corners}), {shape} of order {2 * corners}"
        found = _OF_ORDER.fullmatch(part)
        if found is not None:
            yield f"{part} is read as GAP's, Dih({int(found[1]) // 2}) of order {found[1]}"
