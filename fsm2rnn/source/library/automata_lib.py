r"""The one entrance of automata-lib: regular expressions in its dialect, and its DFA and NFA objects.

The dialect: * + ? {m,n} [..] [^..] . (any letter of the alphabet) \d \w \s and their complements, | and &
(intersection) and ^ (shuffle; not an anchor) of one precedence, () for the empty word, \ before a
special character. Unlike automata-lib's own default, digits in braces are no letters of the alphabet.
"""

from __future__ import annotations

import itertools
import string
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from automata.base.exceptions import RegexException
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from automata.regex import parser
from automata.regex.lexer import Token
from automata.regex.postfix import tokens_to_postfix, validate_tokens

from fsm2rnn.choice import choose_member
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label, label_to_json
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.determinise import NondeterministicAcceptor, SubsetMachine, determinise
from fsm2rnn.source.draft.draft import Arc, Completion, Draft, assemble
from fsm2rnn.source.library.regex_bound import Term, TermKind, declared_alphabet, require_affordable, require_readable

# automata-lib's types say str for symbols; it takes any hashable.
State: TypeAlias = Hashable
Rows: TypeAlias = Mapping[Any, Mapping[Any, Any]]

_HINT: Final = r"the dialect is automata-lib's: ^ is shuffle and no anchor, & intersection; \ escapes"

# What the shorthand classes mean in automata-lib: ASCII only.
_CLASSES: Final = {
    "d": frozenset(string.digits),
    "s": frozenset(" \t\n\r\f\v"),
    "w": frozenset(string.ascii_letters + string.digits + "_"),
}
_SHORTHAND: Final = {rf"\{name}": letters for name, letters in _CLASSES.items()} | {
    rf"\{name.upper()}": frozenset(string.printable) - letters for name, letters in _CLASSES.items()
}


def from_regex(regex: str, alphabet: Sequence[str] | None = None, *, max_states: int = 100_000) -> StateMachine:
    """Return the minimal complete acceptor of `regex`, states q0, q1, ... breadth first.

    Symbols are those of `alphabet` in its order, else the letters of the expression, sorted. Raises
    InputError for an invalid expression or an alphabet that lacks one of its letters, LimitError where
    the non-deterministic machine or the determinised one would be too large, before it is built.
    """
    require_readable(regex)
    try:
        letters = _checked_letters(regex, alphabet)
        nfa = NFA.from_regex(regex, input_symbols=set(letters))
    except RegexException as error:
        # automata-lib shows its own token objects; its first line says enough.
        message = f"not a regular expression: {_first_line(error):.120}"
        raise InputError(message, hint=_HINT) from None
    return _minimal(_subsets(nfa, letters, max_states), letters)


def from_dfa(dfa: DFA, *, complete: Completion | str = Completion.ERROR) -> StateMachine:
    """Return an automata-lib DFA as an acceptor; states that no word reaches are dropped.

    Symbols are sorted by type, then by value; states keep their names where all have a JSON form,
    otherwise they are q0, q1, ... breadth first. Nothing depends on the order of automata-lib's sets.
    Raises InputError for a missing transition under Completion.ERROR, or symbols without a JSON form.
    """
    symbols = sorted_symbols(dfa.input_symbols)
    rows: Rows = dfa.transitions
    order = _breadth_first(rows, dfa.initial_state, symbols)
    number = {state: index for index, state in enumerate(order)}
    arcs = tuple(
        Arc(number[state], letter, number[rows[state][symbol]])
        for state in order
        for letter, symbol in enumerate(symbols)
        if symbol in rows.get(state, {})
    )
    outputs = tuple(state in dfa.final_states for state in order)
    return canonical(
        assemble(Draft(_names(order), symbols, arcs, 0, outputs), choose_member("completion", complete, Completion))
    )


def to_dfa(machine: StateMachine) -> DFA:
    """Return an acceptor as automata-lib's DFA, states and symbols named as here.

    Raises InputError for a machine with other outputs than True and False.
    """
    if not machine.is_acceptor:
        message = "a DFA needs an acceptor; this machine has other outputs than True and False"
        raise InputError(message)
    names: Any = machine.states
    symbols: Any = machine.symbols
    return DFA(
        states=set(names),
        input_symbols=set(symbols),
        transitions={
            name: {symbol: names[target] for symbol, target in zip(symbols, row, strict=True)}
            for name, row in zip(names, machine.table, strict=True)
        },
        initial_state=names[machine.start],
        final_states={name for name, output in zip(names, machine.outputs, strict=True) if output is True},
    )


def from_nfa(nfa: NFA, *, max_states: int = 100_000) -> StateMachine:
    """Return the subset construction of an automata-lib NFA, states q0, q1, ... breadth first.

    Symbols as for `from_dfa`. Raises InputError for a state that is only in the transitions, LimitError where it passes
    `max_states`.
    """
    symbols = sorted_symbols(nfa.input_symbols)
    found = _subsets(nfa, symbols, max_states)
    return StateMachine(_numbered(len(found.subsets)), symbols, found.table, 0, found.accepting)


def sorted_symbols(symbols: Iterable[Label]) -> tuple[Label, ...]:
    """Return an unordered alphabet in the order of type names, integers by value, the rest as text."""
    found = list(symbols)
    for symbol in found:
        label_to_json(symbol)  # refuses labels, such as sets, whose text depends on the hash seed
    return tuple(sorted(found, key=_symbol_key))


def _symbol_key(symbol: Label) -> tuple[str, int, str]:
    return type(symbol).__name__, symbol if isinstance(symbol, int) else 0, str(symbol)


def _first_line(error: RegexException) -> str:
    return str(error).split("\n", maxsplit=1)[0]


def _checked_letters(regex: str, alphabet: Sequence[str] | None) -> tuple[str, ...]:
    """Return the alphabet, once the expression is known to be valid and affordable."""
    tokens = parser.get_regex_lexer(frozenset(), itertools.count()).lex(regex)
    validate_tokens(tokens)
    letters = declared_alphabet(regex, [_term(token) for token in tokens], alphabet)
    postfix = tokens_to_postfix(parser.add_concat_and_empty_string_tokens(tokens, itertools.count()))
    require_affordable([_term(token) for token in postfix], len(letters))
    return letters


def _term(token: Token[Any]) -> Term:
    if isinstance(token, parser.StringToken):
        letters = frozenset(token.text)
        return Term(TermKind.LETTER, token.text, letters, letters)
    if isinstance(token, parser.CharacterClassToken):
        letters = frozenset(token.class_chars)
        return Term(TermKind.SET, token.text, letters, frozenset() if token.negated else letters)
    if isinstance(token, parser.WildcardToken):
        return Term(TermKind.SET, token.text, _SHORTHAND.get(token.text, frozenset()))
    if isinstance(token, parser.QuantifierToken):
        return Term(TermKind.REPEAT, token.text, copies=_copies(token))
    return Term(_KINDS.get(type(token), TermKind.BRACKET), token.text)


_KINDS: Final[dict[type, TermKind]] = {
    parser.UnionToken: TermKind.UNION,
    parser.ConcatToken: TermKind.CONCATENATION,
    parser.IntersectionToken: TermKind.INTERSECTION,
    parser.ShuffleToken: TermKind.SHUFFLE,
    parser.KleeneStarToken: TermKind.REPEAT,
    parser.KleenePlusToken: TermKind.REPEAT,
    parser.OptionToken: TermKind.REPEAT,
}


def _copies(token: parser.QuantifierToken) -> int:
    if token.upper_bound == 0:
        # automata-lib builds x{0} as x?, which is another language.
        message = f"the repetition {token.text} is the empty word"
        raise InputError(message, hint="write () instead")
    return max(1, token.lower_bound if token.upper_bound is None else token.upper_bound)


def _breadth_first(rows: Rows, start: State, symbols: Sequence[Label]) -> list[State]:
    order = [start]
    seen = {start}
    for state in order:
        row = rows.get(state, {})
        for target in (row[symbol] for symbol in symbols if symbol in row):
            if target not in seen:
                seen.add(target)
                order.append(target)
    return order


def _names(states: Sequence[State]) -> tuple[Label, ...]:
    try:
        for state in states:
            label_to_json(state)
    except InputError:
        return _numbered(len(states))
    return tuple(states)


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"q{index}" for index in range(count))


def _subsets(nfa: NFA, symbols: Sequence[Label], max_states: int) -> SubsetMachine:
    """Return the subset construction over `symbols`; moves under other symbols are left out."""
    number: dict[State, int] = {state: index for index, state in enumerate(nfa.states)}
    letter = {symbol: index for index, symbol in enumerate(symbols)}
    moves: list[dict[int, list[int]]] = [{} for _ in number]
    epsilon: list[list[int]] = [[] for _ in number]
    rows: Rows = nfa.transitions
    named = itertools.chain(rows, *(targets for row in rows.values() for targets in row.values()))
    stray = next((state for state in (*named, *nfa.final_states, nfa.initial_state) if state not in number), None)
    if stray is not None:
        message = f"the NFA uses the state {stray!r:.60}, which is not among its states"
        raise InputError(message)
    for state, row in rows.items():
        for symbol, targets in row.items():
            indices = [number[target] for target in targets]
            if symbol == "":
                epsilon[number[state]] = indices
            elif symbol in letter:
                moves[number[state]][letter[symbol]] = indices
    accepting = frozenset(number[state] for state in nfa.final_states)
    acceptor = NondeterministicAcceptor(
        tuple(moves), tuple(epsilon), len(letter), (number[nfa.initial_state],), accepting
    )
    return determinise(acceptor, max_states=max_states)


def _minimal(found: SubsetMachine, letters: tuple[str, ...]) -> StateMachine:
    states = range(len(found.subsets))
    dfa = DFA(
        states=set(states),
        input_symbols=set(letters),
        transitions={state: dict(zip(letters, found.table[state], strict=True)) for state in states},
        initial_state=0,
        final_states={state for state in states if found.accepting[state]},
    ).minify()
    rows: Rows = dfa.transitions
    order = _breadth_first(rows, dfa.initial_state, letters)
    number = {state: index for index, state in enumerate(order)}
    table = tuple(tuple(number[rows[state][letter]] for letter in letters) for state in order)
    return StateMachine(_numbered(len(order)), letters, table, 0, tuple(state in dfa.final_states for state in order))
