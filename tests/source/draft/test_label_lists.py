"""Which labels list letters, and which letters list each other."""

from __future__ import annotations

import pytest

from fsm2rnn.source.draft.epsilon import DRAWN, TABLED, is_epsilon
from fsm2rnn.source.draft.label_lists import listed, spaced, twofold, unquoted

LISTS = {
    "a": "a",
    "insert coin": "insert coin",
    "a,b": "a;b",
    "a, b": "a;b",
    "a | b": "a;b",
    "0,1|2": "0;1;2",
    "a, b, ": "a;b",
    "f(x, y), g[1,2]": "f(x, y);g[1,2]",
    "f(x, y)": "f(x, y)",
    "(1,2),(3,4)": "(1,2);(3,4)",
    "<p,1>,<q,2>": "<p,1>;<q,2>",
    "'a,b', 'c'": "'a,b';'c'",
    "don't, won't": "don't;won't",
    "(,)": "(;)",
    "<,>": "<;>",
    "a<b, c>d": "a<b;c>d",
    ",": ",",
    "a,": "a,",
    "a,,b": "a,,b",
    "f(a, b": "f(a;b",
}


@pytest.mark.parametrize(("label", "letters"), LISTS.items())
def test_lists(label, letters):
    assert listed(label) == tuple(letters.split(";"))


def test_blanks_list_letters():
    assert spaced("a  b c") == ("a", "b", "c")
    assert spaced("") == ("",)


def test_quotes_go_where_every_letter_has_them():
    assert unquoted(["'a'", '"b"']) == {"'a'": "a", '"b"': "b"}
    for kept in (["'a'", "b"], ["'a'", '"a"'], [], ["''"], ["'"]):
        assert unquoted(kept) == {letter: letter for letter in kept}


@pytest.mark.parametrize(
    ("letters", "pair"),
    [
        ("a;b;a,b", ("a", "a,b")),
        ("a | c;c", ("c", "a | c")),
        ("c;a b;a b c", ("c", "a b c")),
        ("coin;insert coin", None),
        ("press button;press key", None),
        ("f(a,b);a;b", None),
        (",;a", None),
    ],
)
def test_twofold_letters(letters, pair):
    assert twofold(letters.split(";")) == pair


def test_epsilon_has_names_unless_they_are_chosen():
    for label in ("", "ε", "&epsilon;", "&#949;", "Epsilon", "<EPS>", r"\e", "@0@", "λ"):
        assert is_epsilon(label, DRAWN, None)
        assert not is_epsilon(label, DRAWN, frozenset())
    assert not is_epsilon("ε", TABLED, None)
    assert is_epsilon("none", TABLED, frozenset({"none"}))
    assert not is_epsilon("e", DRAWN, None)
