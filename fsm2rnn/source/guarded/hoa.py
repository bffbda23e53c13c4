"""HOA, Hanoi's format of omega-automata, read over finite words where that is asked for.

Such an automaton accepts infinite words. Over finite ones, a word is accepted when a run over it from a start ends in
a state with a mark of the acceptance condition, which must be Inf(0) or a disjunction of such. Letters are the
valuations of the atomic propositions as bit strings, proposition 0 first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.acceptor import AcceptorDraft, acceptor
from fsm2rnn.source.draft.reading import Reading, ReadOptions
from fsm2rnn.source.guarded.hoa_tokens import Conditions, Tokens, automata
from fsm2rnn.source.guarded.parts import chosen_part
from fsm2rnn.source.guarded.valuations import letters, require_expansion

_REPEATED: Final = re.compile(r"\(*Inf\([0-9]+\)\)*(?:\|\(*Inf\([0-9]+\)\)*)*")
_IGNORED: Final = ("acc-name", "tool", "name", "properties")


@final
@dataclass
class _Automaton:
    """The automaton so far; `states` is how many are declared, `pairs` the arcs written out."""

    tokens: Tokens
    draft: AcceptorDraft
    labels: Conditions
    states: int | None = None
    declared: bool = False
    condition: str | None = None
    pairs: int = 0


def read_hoa(text: str, file: str, options: ReadOptions) -> Reading:
    """Return the acceptor of finite words, determinised where it is not deterministic, and notes.

    Raises InputError unless `options.finite` says so, with the line for alternation, marks on edges, other acceptance
    conditions and anything but the format; LimitError past the limits of valuations and of determinising.
    """
    if options.finite is None:
        message = "HOA describes automata on infinite words, which have no state machine on finite ones"
        hint = "--finite reads it as another automaton, on finite words: one is accepted when it ends in a marked state"
        raise InputError(message, file=file, hint=hint)
    parts = automata(text, file)
    if not parts:
        message = "no automaton"
        raise InputError(message, file=file, line=1)
    found = _Automaton(parts[chosen_part(len(parts), "automata", file, options)], AcceptorDraft(file), Conditions(0))
    _read_header(found)
    _read_body(found)
    draft = found.draft
    if options.start is not None:
        if options.start not in draft.states:
            message = f"the start {options.start!r:.60} is no state"
            raise InputError(message, file=file)
        draft.starts = [draft.states[options.start]]
    if not draft.accepting:
        message = "no state has a mark, so no finite word is accepted"
        raise InputError(message, file=file)
    draft.notes.add("the automaton is read on finite words: a word is accepted when it ends in a marked state")
    return acceptor(draft, options)


def _read_header(found: _Automaton) -> None:
    tokens = found.tokens
    first = tokens.take("header", "HOA: v1")
    version = tokens.take("word", "v1")
    if (first.text, version.text.partition(".")[0]) != ("HOA:", "v1"):
        tokens.fail(f"expected HOA: v1, found {first.text:.60} {version.text:.60}", first)
    while tokens.peek().kind == "header":
        token = tokens.take("header", "a header")
        name = token.text.removesuffix(":")
        if name in _HEADERS:
            _HEADERS[name](found)
        elif name in _IGNORED or name[0].islower():
            _skip_values(tokens)
        else:
            tokens.fail(f"unknown header {name:.60}, which changes what is meant", token)
    mark = tokens.take("mark", "--BODY--")
    if mark.text != "--BODY--":
        tokens.fail(f"expected --BODY--, found {mark.text}", mark)
    if not found.declared:
        tokens.fail("no atomic propositions (AP:), so there are no letters", mark)
    if found.condition is None or not _REPEATED.fullmatch(found.condition):
        condition = "none" if found.condition is None else found.condition
        tokens.fail(f"the acceptance condition is {condition:.60}; only Inf(0) and disjunctions of such are read", mark)


def _skip_values(tokens: Tokens) -> str:
    """Return what stands before the next header or mark."""
    values = []
    while tokens.peek().kind not in {"header", "mark", "end"}:
        values.append(tokens.peek().text)
        tokens.place += 1
    return "".join(values)


def _read_states(found: _Automaton) -> None:
    found.states = found.tokens.number("the number of states")


def _read_start(found: _Automaton) -> None:
    found.draft.starts.append(_state(found, "a start state"))


def _state(found: _Automaton, what: str) -> int:
    """Return the number of one state in the draft; a conjunction is refused."""
    token = found.tokens.peek()
    number = found.tokens.number(what)
    if found.tokens.skip("&"):
        found.tokens.fail("a conjunction of states; alternating automata are not read", token)
    if found.states is not None and number >= found.states:
        found.tokens.fail(f"the state {number} is outside 0..{found.states - 1}", token)
    return found.draft.state(str(number))


def _read_propositions(found: _Automaton) -> None:
    token = found.tokens.peek()
    count = found.tokens.number("the number of atomic propositions")
    names = 0
    while found.tokens.peek().kind == "string":
        found.tokens.take("string", "a name")
        names += 1
    if found.declared or names != count or not count:
        message = f"{count} atomic propositions with {names} names; expected one declaration of at least one"
        found.tokens.fail(message, token)
    found.declared = True
    for letter in letters(count):
        found.draft.symbol(letter)
    found.labels = Conditions(count)


def _read_alias(found: _Automaton) -> None:
    name = found.tokens.take("alias", "an alias @name")
    if name.text in found.labels.aliases:
        found.tokens.fail(f"the alias {name.text:.60} is defined twice", name)
    found.labels.aliases[name.text] = found.labels.read(found.tokens)


def _read_acceptance(found: _Automaton) -> None:
    found.tokens.number("the number of acceptance sets")
    found.condition = _skip_values(found.tokens)


_HEADERS: Final = {
    "States": _read_states,
    "Start": _read_start,
    "AP": _read_propositions,
    "Alias": _read_alias,
    "Acceptance": _read_acceptance,
}


def _read_body(found: _Automaton) -> None:
    tokens = found.tokens
    seen: set[int] = set()
    while tokens.peek().kind == "header":
        token = tokens.take("header", "State:")
        if token.text != "State:":
            tokens.fail(f"expected State:, found {token.text:.60}", token)
        shared = _label(found)
        state = _state(found, "a state")
        if state in seen:
            tokens.fail("the state stands twice", token)
        seen.add(state)
        if tokens.peek().kind == "string":
            tokens.take("string", "a name")
        if _marked(found):
            found.draft.accepting.add(state)
        _read_edges(found, state, shared)
    mark = tokens.take("mark", "State: or --END--")
    if mark.text != "--END--":
        tokens.fail(f"expected --END--, found {mark.text}", mark)


def _label(found: _Automaton) -> int | None:
    """Return the condition in square brackets, if there is one."""
    if not found.tokens.skip("["):
        return None
    valuations = found.labels.read(found.tokens)
    if not found.tokens.skip("]"):
        found.tokens.fail(f"expected ']', found {found.tokens.peek().text!r:.60}", found.tokens.peek())
    return valuations


def _marked(found: _Automaton) -> bool:
    """Whether marks in braces follow; an empty pair of braces is none."""
    if not found.tokens.skip("{"):
        return False
    marks = 0
    while not found.tokens.skip("}"):
        found.tokens.number("a mark or '}'")
        marks += 1
    return marks > 0


def _read_edges(found: _Automaton, state: int, shared: int | None) -> None:
    tokens = found.tokens
    implicit = 0
    while tokens.peek().kind == "number" or (tokens.peek().kind, tokens.peek().text) == ("operator", "["):
        token = tokens.peek()
        label = _label(found)
        target = _state(found, "a state")
        if _marked(found):
            tokens.fail("a mark on an edge; only marks on states say which finite words are accepted", token)
        if label is not None and shared is not None:
            tokens.fail("a label on an edge of a state that has one", token)
        valuations = shared if label is None else label
        if valuations is None:
            _add(found, state, [_reversed(found, implicit, token.line)], target, token.line)
            implicit += 1
        else:
            _add(found, state, found.labels.members(valuations), target, token.line)
    if implicit and implicit != 1 << found.labels.propositions:
        tokens.fail(f"{implicit} edges without labels; expected one for each valuation", tokens.peek())


def _reversed(found: _Automaton, number: int, line: int) -> int:
    """Return the letter of the edge of that number among those without labels: proposition 0 is its lowest bit."""
    count = found.labels.propositions
    if number >= 1 << count:
        message = f"more than {1 << count} edges without labels; expected one for each valuation"
        raise InputError(message, file=found.tokens.file, line=line)
    return int(format(number, f"0{count}b")[::-1], 2)


def _add(found: _Automaton, state: int, valuations: list[int], target: int, line: int) -> None:
    found.pairs += len(valuations)
    require_expansion(found.pairs)
    found.draft.arcs += [(state, letter, target, line) for letter in valuations]
