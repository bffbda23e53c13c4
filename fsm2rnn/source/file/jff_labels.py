"""The letters of JFLAP's labels: it consumes a label symbol by symbol, and takes `[0-9]` for any symbol of the range.

In a Mealy or Moore machine a label goes with one output, so that it stays one letter whatever its length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NoReturn, final

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.draft.epsilon import GREEK
from fsm2rnn.source.draft.label_lists import listed
from fsm2rnn.source.draft.reading import Labels, Notes, ReadOptions

STEP_LIMIT: Final = 2**20
"""Most letters of all labels together, written out: one transition each."""

_RANGE: Final = re.compile(r"\[(?P<first>.)-(?P<last>.)\]", re.DOTALL)
_SURROGATES: Final = range(0xD800, 0xE000)


@final
@dataclass
class LabelReader:
    """Labels as the options say, `labels` and `epsilon`, with a note of the first of each kind that is taken apart."""

    file: str | None
    options: ReadOptions
    notes: Notes
    spent: int = 0
    known: dict[str, list[list[str]]] = field(default_factory=dict)

    def words(self, label: str, line: int) -> list[list[str]]:
        """Return the ways through a transition of an automaton: words of letters, the empty one where it reads none.

        Raises InputError for a label that holds a range or epsilon beside other symbols, LimitError past STEP_LIMIT.
        """
        if label not in self.known:
            pieces = listed(label) if self.options.labels is Labels.LIST else (label,)
            if len(pieces) > 1:
                self.notes.add(f"the label {label!r:.60} lists {len(pieces)} labels (--labels whole keeps it as one)")
            self.known[label] = [word for piece in pieces for word in self._piece(piece, line)]
        found = self.known[label]
        self.spent += sum(len(word) for word in found)
        if self.spent > STEP_LIMIT:
            what = "letters of all labels of a JFLAP file"
            raise LimitError(what, limit=STEP_LIMIT)
        return found

    def is_epsilon(self, label: str) -> bool:
        """Whether a label means no symbol: it is blank, or a Greek letter by which JFLAP shows that."""
        chosen = self.options.epsilon
        if not label.strip():
            return chosen is None or not chosen.isdisjoint({label, ""}) or self.options.labels is Labels.WHOLE
        if chosen is not None:
            return label in chosen
        if label.strip() in GREEK:
            self.notes.add(f"the label {label!r} means no symbol (--epsilon none makes a label a letter)")
            return True
        return False

    def fail(self, message: str, line: int, hint: str | None = None) -> NoReturn:
        """Raise InputError at a line."""
        raise InputError(message, file=self.file, line=line, hint=hint)

    def _piece(self, label: str, line: int) -> list[list[str]]:
        if self.is_epsilon(label):
            return [[]]
        if not label.strip():
            self.fail("a blank label, which is no letter", line, "--epsilon names another label")
        # Lines of a file that was laid out anew are no part of a label; a blank that was typed is.
        label = label.strip() if "\n" in label else label
        if self.options.labels is Labels.WHOLE or len(label) == 1:
            return [[label]]
        if "[" in label:
            return [[letter] for letter in self._range(label, line)]
        if self.options.epsilon is None and not GREEK.isdisjoint(label):
            self.fail(f"the label {label!r:.60} holds a sign of the empty word beside symbols", line)
        message = f"the label {label!r:.60} is read symbol by symbol, as JFLAP does"
        lists = "--labels list reads it as the labels it lists, " if len(listed(label)) > 1 else ""
        self.notes.add(f"{message} ({lists}--labels whole keeps each label as one letter)")
        return [list(label)]

    def _range(self, label: str, line: int) -> list[str]:
        found = _RANGE.fullmatch(label)
        if found is None or found["first"] > found["last"]:
            self.fail(f"the label {label!r:.60} is no range; JFLAP reads ranges such as [0-9], alone", line)
        first, last = ord(found["first"]), ord(found["last"])
        if last - first >= STEP_LIMIT:
            what = f"letters of the range {label}"
            raise LimitError(what, limit=STEP_LIMIT, needed=last - first + 1)
        letters = [chr(point) for point in range(first, last + 1) if point not in _SURROGATES]
        self.notes.add(f"the label {label!r} is a range of {len(letters)} letters (--labels whole keeps it as one)")
        return letters


def whole_letters(label: str, line: int, reader: LabelReader) -> Sequence[str]:
    """Return the letters of a transition with an output: those that a list names, or the whole label."""
    if reader.is_epsilon(label):
        reader.fail("a transition that reads nothing", line, "only a type fa may have epsilon moves")
    letters = listed(label) if reader.options.labels is Labels.LIST else (label,)
    if len(letters) > 1:
        reader.notes.add(f"the label {label!r:.60} lists {len(letters)} letters (--labels whole keeps it as one)")
    return letters


def require_one_way(letters: Sequence[str], reader: LabelReader) -> None:
    """Raise InputError where a label is a string of others, which JFLAP would read in two ways; else note long ones."""
    if reader.options.labels is not None:
        return
    known = set(letters)
    longest = max((len(letter) for letter in letters), default=0)
    for letter in letters:
        # Whether a proper beginning of the letter, and then the rest, is made of labels: cut[i] for the first i.
        cut = [True] + [False] * len(letter)
        for end in range(1, len(letter) + 1):
            begins = range(max(0, end - longest), end)
            cut[end] = any(cut[begin] and letter[begin:end] in known - {letter} for begin in begins)
        if cut[-1]:
            message = f"the label {letter!r:.60} is a string of other labels, and JFLAP would read it in both ways"
            raise InputError(message, file=reader.file, hint="--labels whole reads each label as one letter")
    if longest > 1:
        reader.notes.add("labels of several symbols are one letter each, since each goes with one output")
