"""The letters on the edges of a drawing: one label may list several, be one of two words, or mean no symbol.

Lines of a label, and commas and bars in it, list letters, as the readers of such drawings split them; blanks do where
only that makes the drawing a total machine. What is split is noted, and where a list would make a deterministic
drawing non-deterministic without any sign that it is one, the question is handed back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, NoReturn, TypeAlias, final

from fsm2rnn.errors import InputError
from fsm2rnn.source.dot.graph import Edge
from fsm2rnn.source.draft.doubts import PAIR, weigh
from fsm2rnn.source.draft.epsilon import DRAWN, is_epsilon
from fsm2rnn.source.draft.label_lists import Split, spaced, twofold, unquoted, unsplit
from fsm2rnn.source.draft.reading import Labels, Notes, ReadOptions

Piece: TypeAlias = tuple[str, str | None]
"""The text of a letter, and the output where the drawing is a Mealy machine."""

PieceReader: TypeAlias = Callable[[str, Split], list[Piece]]

EITHER_WAY: Final = "--labels list reads each as the letters it lists, --labels whole each as one letter"


class Move(NamedTuple):
    """A transition; the letter is None where it reads no symbol."""

    source: str
    letter: str | None
    target: str
    line: int
    output: str | None


@final
@dataclass(frozen=True)
class Drawn:
    """The labelled edges between `states` states, how a piece of a label is read, and how a label is split in lists."""

    file: str | None
    states: int
    edges: tuple[Edge, ...]
    read: PieceReader
    split: Split
    options: ReadOptions
    notes: Notes

    def fail(self, message: str, line: int | None = None, hint: str | None = None) -> NoReturn:
        """Raise InputError at a line."""
        raise InputError(message, file=self.file, line=line, hint=hint)

    def lines(self, edge: Edge) -> list[str]:
        """Return the lines of a label that are not blank, or the one empty line."""
        if edge.label is None:
            message = f"the edge {edge.source!r} -> {edge.target!r} has no label"
            hint = "only an edge from a start mark or into an end mark has none; an empty label means no symbol"
            self.fail(message, edge.line, hint)
        if self.options.labels is Labels.WHOLE:
            return [edge.label.strip()]
        return [line.strip() for line in edge.label.split("\n") if line.strip()] or [""]


def acceptor_piece(text: str, split: Split) -> list[Piece]:
    """Return the letters that a label lists."""
    return [(letter, None) for letter in split(text)]


def mealy_piece(text: str, split: Split) -> list[Piece]:
    """Return the letters before the slash of `in / out` with that output; `a/0, b/1` lists pairs of both.

    The first slash counts, as for AALpy: an output may hold slashes, commas and bars.
    """
    parts = split(text)
    if len(parts) > 1 and all("/" in part for part in parts):
        return [piece for part in parts for piece in mealy_piece(part, unsplit)]
    symbol, _, output = text.partition("/")
    return [(letter, output.strip()) for letter in split(symbol.strip())]


def moves_of(drawn: Drawn) -> list[Move]:
    """Return the transitions of a drawing, in the order of edges and of letters in a label.

    Raises InputError for an edge without label, and where it stays open whether labels list letters.
    """
    found = _chosen(drawn)
    if drawn.options.labels is Labels.WHOLE:
        return found
    names = unquoted(move.letter for move in found if move.letter is not None)
    if any(letter != name for letter, name in names.items()):
        drawn.notes.add("every letter stands in quotes; they are no part of the letters (--labels whole keeps them)")
    return [move if move.letter is None else move._replace(letter=names[move.letter]) for move in found]


def require_single(letters: Sequence[str], moves: Sequence[Move], drawn: Drawn) -> None:
    """Raise InputError where letters may stand for several and transitions are missing, which a sink would then hide.

    Such are a letter that lists another, and, unless labels were said to be whole, what `doubts` knows. In a drawing
    where none is missing the latter is noted.
    """
    total = conflicting(moves) is None and len({move[:2] for move in moves}) == drawn.states * len(letters)
    pair = None if total else twofold(letters)
    if pair is not None:
        message = f"{pair[0]!r:.60} and {pair[1]!r:.60} are both letters, and transitions are missing"
        drawn.fail(message, hint=EITHER_WAY)
    if drawn.options.labels is None:
        weigh(letters, drawn.notes, None if total else lambda message, what: drawn.fail(message, hint=_hint(what)))


def _hint(what: str) -> str:
    ways = {
        "a condition": "conditions are read in MONA's drawings",
        PAIR: "a Mealy machine's labels are written input/output",
    }
    way = ways.get(what, "write the letters out, as in a,b")
    return f"{way}; --labels whole takes each label as one letter"


def _chosen(drawn: Drawn) -> list[Move]:
    pieces = dict.fromkeys(line for edge in drawn.edges for line in drawn.lines(edge))
    match drawn.options.labels:
        case Labels.WHOLE:
            return _moves(drawn, unsplit)
        case Labels.LIST:
            return _moves(drawn, drawn.split if _split(drawn, pieces, drawn.split) else spaced)
        case None:
            _note_lines(drawn)
            lists = _split(drawn, pieces, drawn.split)
            return _with_lists(drawn, list(pieces), lists) if lists else _with_blanks(drawn, list(pieces))


def _split(drawn: Drawn, pieces: Iterable[str], split: Split) -> list[str]:
    """Return the pieces that a split takes apart."""
    return [piece for piece in pieces if len(drawn.read(piece, split)) > 1]


def _note_lines(drawn: Drawn) -> None:
    for edge in drawn.edges:
        if len(drawn.lines(edge)) > 1:
            drawn.notes.add(f"the label {edge.label!r:.60} of several lines lists one letter per line")
            return


def _note_list(drawn: Drawn, pieces: list[str], split: Split) -> None:
    letters = " ".join(repr(letter) for letter, _ in drawn.read(pieces[0], split))
    more = f" and {len(pieces) - 1:,} more" if len(pieces) > 1 else ""
    message = f"the label {pieces[0]!r:.60}{more} is read as a list of letters: {letters:.80}"
    drawn.notes.add(f"{message} (--labels whole keeps each label as one letter)")


def _with_lists(drawn: Drawn, pieces: list[str], lists: list[str]) -> list[Move]:
    found = _moves(drawn, drawn.split)
    inside = {letter for piece in lists for letter, _ in drawn.read(piece, drawn.split)}
    alone = {drawn.read(piece, unsplit)[0][0] for piece in pieces if piece not in set(lists)}
    conflict = conflicting(found)
    # A letter that is listed here and stands alone there shows that lists are meant, in a non-deterministic drawing.
    doubtful = conflict is not None and (conflict.output is not None or inside.isdisjoint(alone))
    if conflict is not None and doubtful and conflicting(_moves(drawn, unsplit)) is None:
        message = (
            f"read as lists, labels such as {lists[0]!r:.60} make two ways out of {conflict.source!r:.60} under "
            f"{conflict.letter!r:.60}; read as one letter each, they do not"
        )
        drawn.fail(message, conflict.line, EITHER_WAY)
    _note_list(drawn, lists, drawn.split)
    return found


def _with_blanks(drawn: Drawn, pieces: list[str]) -> list[Move]:
    found = _moves(drawn, unsplit)
    several = _split(drawn, pieces, spaced)
    if several and not _total(drawn, found):
        apart = _moves(drawn, spaced)
        if _total(drawn, apart):
            _note_list(drawn, several, spaced)
            return apart
    return found


def _total(drawn: Drawn, moves: list[Move]) -> bool:
    """Whether every state has exactly one way out under every letter."""
    letters = {move.letter for move in moves}
    complete = len({move[:2] for move in moves}) == drawn.states * len(letters)
    return complete and None not in letters and conflicting(moves) is None


def conflicting(moves: Iterable[Move]) -> Move | None:
    """Return a move beside another of the same source and letter with another target or output, or None."""
    ways: dict[tuple[str, str | None], Move] = {}
    for move in moves:
        first = ways.setdefault((move.source, move.letter), move)
        if (first.target, first.output) != (move.target, move.output):
            return move
    return None


def _moves(drawn: Drawn, split: Split) -> list[Move]:
    known: dict[str, list[tuple[str | None, str | None]]] = {}
    found = []
    for edge in drawn.edges:
        for line in drawn.lines(edge):
            if line not in known:
                known[line] = [_letter(drawn, edge, line, piece) for piece in drawn.read(line, split)]
            found += [Move(edge.source, letter, edge.target, edge.line, output) for letter, output in known[line]]
    return found


def _letter(drawn: Drawn, edge: Edge, line: str, piece: Piece) -> tuple[str | None, str | None]:
    letter, output = piece
    chosen = drawn.options.epsilon
    if not is_epsilon(letter, DRAWN, chosen):
        if not letter:
            where = " before '/'" if output is not None else ""
            drawn.fail(f"the edge label {line!r:.60} has no input{where}", edge.line)
        return letter, output
    if output is not None:
        what = f"reads no symbol ({letter!r})" if letter else "has no input before '/'"
        hint = "a Mealy machine reads a symbol at every step"
        drawn.fail(f"the edge label {line!r:.60} {what}", edge.line, hint)
    if chosen is None:
        shown = f"the label {letter!r}" if letter else "an empty label"
        drawn.notes.add(f"{shown} means no symbol (--epsilon none makes a label a letter)")
    return None, output
