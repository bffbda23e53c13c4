"""Languages that automata-lib's dialect and Python's re write alike, and tokens to spell them with."""

from __future__ import annotations

import itertools
import re

from hypothesis import strategies as st

from fsm2rnn.decoding.text_language import TextLanguage
from fsm2rnn.decoding.token_table import token_machine
from fsm2rnn.decoding.vocabulary import plain_vocabulary
from fsm2rnn.source.library.automata_lib import from_regex

# A regular expression, its alphabet, tokens.
CASES = [
    ("0(a5)?", "0a5", ["0", "a", "5"]),
    ("0(a5)?", "0a5", ["0", "a", "5", "a5", "0a"]),
    ("0(a5a)*", "0a5", ["0", "a", "5", "5a"]),
    ("(-)?(0|[1-9][0-9]*)([.][0-9]+)?", "0123456789.-", ["-", "0", "1", "12", ".", ".5", "5.", "-0", "x"]),
    ("(ab|ba)*", "ab", ["a", "b", "ab", "aba", ""]),
    ("a*b", "ab", ["aa", "ab", "c", "bb"]),
    ("(é|ß)+x?", "éßx", ["é", "ß", b"\xc3", b"\xa9", b"\x9f", "éß", b"\xa9\xc3", "x"]),
    ("(日|本)*語", "日本語", ["日", "本語", b"\xe6\x97", b"\xa5", b"\xe6", b"\x9c\xac", "語", b"\xe8\xaa", b"\x9e"]),
]


def spelled(tokens, word):
    """Return the bytes of some tokens, joined."""
    return b"".join(token if isinstance(token, bytes) else token.encode() for token in (tokens[id_] for id_ in word))


def matches(pattern, text):
    """Return what Python's re says of a text, which is not UTF-8 where it matches nothing."""
    try:
        return re.fullmatch(pattern, text.decode()) is not None
    except UnicodeDecodeError:
        return False


def found_machine(pattern, alphabet, tokens, ends=()):
    """Return the machine over tokens; the last token ends a text unless others are named."""
    vocabulary = plain_vocabulary([*tokens, "</s>"], ends or (len(tokens),), None)
    return token_machine(TextLanguage(from_regex(pattern, alphabet)), vocabulary)


def words_up_to(count, length):
    """Return all words of ids below a count, shortest first."""
    return itertools.chain.from_iterable(itertools.product(range(count), repeat=size) for size in range(length + 1))


LETTERS = st.sampled_from(["a", "b", "é"])
PATTERNS = st.recursive(
    LETTERS,
    lambda part: st.one_of(
        st.tuples(part, part).map("".join),
        st.tuples(part, part).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        part.map(lambda inner: f"({inner})*"),
        part.map(lambda inner: f"({inner})?"),
    ),
    max_leaves=6,
)
TOKENS = st.lists(
    st.one_of(
        st.text(alphabet="abéx", max_size=3),
        st.binary(max_size=2),
        st.sampled_from([b"\xc3", b"\xa9", b"a\xc3", b"\xa9b"]),
    ),
    min_size=1,
    max_size=5,
)
