"""The JSON object of textbooks and course software: states, alphabet, transitions, start, accepting states.

Keys are read in any case, with or without underscores, under their usual names. Transitions are an object of objects,
{state: {letter: target}}, a list of triples [state, letter, target], or a list of objects with those three; a list of
targets, or of start states, makes the automaton non-deterministic. States and letters are strings or integers; a
letter outside a stated alphabet that writes the empty word is an epsilon move.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, NoReturn, final

from fsm2rnn.choice import nearest_hint
from fsm2rnn.machine.labels import Json
from fsm2rnn.source.draft.acceptor import AcceptorDraft, acceptor
from fsm2rnn.source.draft.doubts import weigh
from fsm2rnn.source.draft.epsilon import DRAWN, is_epsilon
from fsm2rnn.source.draft.label_lists import listed, twofold
from fsm2rnn.source.draft.reading import Labels, Reading, ReadOptions
from fsm2rnn.source.file.json_text import JsonText

_NAMES: Final = {
    "states": ("states", "q"),
    "alphabet": ("alphabet", "inputsymbols", "inputalphabet", "symbols", "letters", "inputs", "sigma"),
    "transitions": ("transitions", "delta", "transitionfunction", "transitiontable", "edges"),
    "start": ("start", "startstate", "startstates", "initial", "initialstate", "initialstates", "q0"),
    "accept": ("accept", "acceptstates", "accepting", "acceptingstates", "final", "finals", "finalstates", "f"),
    "about": ("name", "description", "title", "comment", "id"),
    "type": ("type", "kind"),
}
_FIELDS: Final = (
    ("from", "source", "src", "state", "start"),
    ("symbol", "letter", "input", "label", "read", "on", "char"),
    ("to", "target", "dst", "dest", "destination", "next", "nextstate", "end"),
)
_TYPES: Final = ("dfa", "nfa", "enfa", "fa", "fsa", "fsm", "acceptor", "finiteautomaton")
_HINT: Final = "expected {state: {letter: target}}, or a list of [state, letter, target]"


def is_textbook(document: Json) -> bool:
    """Whether a document has transitions under one of their names, and is not in the project's own format."""
    return (
        isinstance(document, dict) and "format" not in document and any(_part(key) == "transitions" for key in document)
    )


class _Transition(NamedTuple):
    """A transition as it stands, and its place in a list; `targets` is one name, a list of names, or None for none."""

    entry: int | None
    state: Json
    letter: Json
    targets: Json


@final
@dataclass
class _Machine:
    """The acceptor so far; what is declared is all there is."""

    source: JsonText
    draft: AcceptorDraft
    options: ReadOptions
    keys: dict[str, str] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)

    def fail(self, message: str, part: str, entry: int | None = None, hint: str | None = None) -> NoReturn:
        self.source.fail(message, self.keys.get(part, part), entry, hint)


def read_textbook(source: JsonText, document: Json, options: ReadOptions) -> Reading:
    """Return the acceptor of an object, determinised where it is not deterministic, and notes.

    Raises InputError, with the line, for keys that are missing, unknown or written twice, for names that are not
    declared, and for anything but strings and integers as names; LimitError past `options.max_states` subsets.
    """
    found = _Machine(source, AcceptorDraft(source.file or ""), options)
    assert isinstance(document, dict)  # noqa: S101  proved by is_textbook; this tells the type checker
    values = _values(found, document)
    for part, declare in (("states", found.draft.state), ("alphabet", found.draft.symbol)):
        if part in values:
            for entry, name in enumerate(_listed(found, values[part], part)):
                if declare(_name(found, name, part, entry)) != entry:
                    found.fail(f"{name!r:.60} is named twice", part, entry)
            found.declared.add(part)
    for transition in _transitions(found, values["transitions"]):
        _read_transition(found, transition)
    # What stands in the transitions is declared by that where there is no list of states.
    found.declared.add("states")
    found.draft.starts = [_state(found, name, "start", None) for name in _starts(found, values)]
    accepting = [_state(found, name, "accept", entry) for entry, name in enumerate(_some(values["accept"]))]
    found.draft.accepting = set(accepting)
    if "alphabet" not in found.declared and options.labels is None:
        _weigh(found)
    return acceptor(found.draft, options)


def _weigh(found: _Machine) -> None:
    """Note a letter that looks like several where no alphabet says that it is one; refuse one that lists another."""
    letters = list(found.draft.symbols)
    weigh(letters, found.draft.notes, None, listed)
    arcs = {arc[:2] for arc in found.draft.arcs}
    complete = len(arcs) == len(found.draft.arcs) == len(found.draft.states) * len(letters)
    pair = None if complete else twofold(letters)
    if pair is not None:
        message = f"{pair[0]!r:.60} and {pair[1]!r:.60} are both letters, and transitions are missing"
        hint = "--labels list reads the second as letters; a stated alphabet, or --labels whole, takes it as one"
        found.fail(message, "transitions", hint=hint)


def _plain(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "").replace(" ", "")


def _part(key: str) -> str | None:
    return next((part for part, names in _NAMES.items() if _plain(key) in names), None)


def _values(found: _Machine, document: dict[str, Json]) -> dict[str, Json]:
    """Return the value of each part; the parts that say nothing of the machine are left out."""
    values: dict[str, Json] = {}
    for key, value in document.items():
        part = _part(key)
        if part is None:
            found.source.fail(f"unknown key {key!r:.60}", key, hint=nearest_hint(key[:60], list(_NAMES)))
        if part in values and part != "about":
            found.source.fail(f"the keys {found.keys[part]!r:.60} and {key!r:.60} mean the same", key)
        values[part], found.keys[part] = value, key
    for part in ("start", "accept"):
        if part not in values:
            found.source.fail(f"no key for the {part} states", hint=f"one of {', '.join(_NAMES[part])}")
    kind = values.get("type")
    if kind is not None and (not isinstance(kind, str) or _plain(kind) not in _TYPES):
        found.fail(f"the type is {kind!r:.60}; only finite acceptors are read", "type")
    return values


def _listed(found: _Machine, value: Json, part: str) -> list[Json]:
    if not isinstance(value, list):
        found.fail(f"{found.keys[part]} must be a list, found {value!r:.60}", part)
    return value


def _some(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _starts(found: _Machine, values: dict[str, Json]) -> list[Json]:
    return [found.options.start] if found.options.start is not None else _some(values["start"])


def _name(found: _Machine, value: Json, part: str, entry: int | None) -> str:
    """Return a name as text; integers are written as numbers."""
    if not isinstance(value, str) and type(value) is not int:
        found.fail(f"a name must be a string or an integer, found {value!r:.60}", part, entry)
    text = str(value)
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        found.fail(f"a name holds half a surrogate pair: {text!a:.60}", part, entry)
    return text


def _state(found: _Machine, value: Json, part: str, entry: int | None) -> int:
    name = _name(found, value, part, entry)
    if name not in found.draft.states and "states" in found.declared:
        found.fail(f"the state {name!r:.60} is not declared", part, entry, _near(name, found.draft.states))
    return found.draft.state(name)


def _near(name: str, names: dict[str, int]) -> str:
    return nearest_hint(name[:60], list(names)[:1000])


def _transitions(found: _Machine, value: Json) -> Iterator[_Transition]:
    """Yield the transitions as they stand."""
    if isinstance(value, dict):
        for state, row in value.items():
            if not isinstance(row, dict):
                found.fail(f"the transitions of {state!r:.60} are {row!r:.60}", "transitions", hint=_HINT)
            for letter, targets in row.items():
                yield _Transition(None, state, letter, targets)
    else:
        for entry, item in enumerate(_listed(found, value, "transitions")):
            yield _triple(found, item, entry)


def _triple(found: _Machine, item: Json, entry: int) -> _Transition:
    parts = item if isinstance(item, list) else _fields(item) if isinstance(item, dict) else []
    if len(parts) != len(_FIELDS):
        found.fail(f"transition {entry} is {item!r:.60}", "transitions", entry, _HINT)
    return _Transition(entry, *parts)


def _fields(item: dict[str, Json]) -> list[Json]:
    """Return source, letter and target of an object that has each of them once and nothing else, else nothing."""
    keys = [[key for key in item if _plain(key) in names] for names in _FIELDS]
    one_each = len(item) == len(keys) and all(len(found) == 1 for found in keys)
    return [item[key] for (key,) in keys] if one_each else []


def _read_transition(found: _Machine, transition: _Transition) -> None:
    entry, state, written, targets = transition
    source = _state(found, state, "transitions", entry)
    name = _name(found, written, "transitions", entry)
    for letter in listed(name) if found.options.labels is Labels.LIST else (name,):
        symbol = None if _is_epsilon(found, letter) else _symbol(found, letter, entry)
        for target in _some(targets) if targets is not None else ():
            found.draft.arcs.append((source, symbol, _state(found, target, "transitions", entry), 0))


def _symbol(found: _Machine, name: str, entry: int | None) -> int:
    if name not in found.draft.symbols and "alphabet" in found.declared:
        hint = _near(name, found.draft.symbols)
        found.fail(f"the letter {name!r:.60} is not in the alphabet", "transitions", entry, hint)
    return found.draft.symbol(name)


def _is_epsilon(found: _Machine, name: str) -> bool:
    """Whether a letter means none; one that the alphabet declares is a letter, unless an option says otherwise."""
    chosen = found.options.epsilon
    if chosen is None and "alphabet" in found.declared and name in found.draft.symbols:
        return False
    silent = is_epsilon(name, DRAWN, chosen)
    if silent and chosen is None:
        found.draft.notes.add(f"{name!r} means no symbol")
    return silent
