"""Regular expressions and automata-lib's objects: same language, one numbering, stated limits."""

from __future__ import annotations

import itertools
import subprocess
import sys
from types import SimpleNamespace

import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.library.automata_lib import from_dfa, from_nfa, from_regex, sorted_symbols
from tests.work import at_most

REGEXES = st.recursive(
    st.sampled_from(["a", "b", "c", ".", "()", "[ab]", "[^a]", "[a-c]"]),
    lambda part: st.one_of(
        st.tuples(part, part).map("".join),
        st.tuples(part, st.sampled_from("|&^"), part).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(part, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "{1,3}"])).map(
            lambda t: f"({t[0]}){t[1]}"
        ),
    ),
    max_leaves=6,
)
WORDS = ["".join(word) for n in range(5) for word in itertools.product("abc", repeat=n)]


@given(REGEXES)
@settings(max_examples=60, deadline=None)
def test_regular_expressions_agree_with_automata_lib(regex):
    try:
        machine = from_regex(regex, "abc")
    except LimitError:
        assert "^" in regex or "&" in regex
        return
    nfa = NFA.from_regex(regex, input_symbols=set("abc"))
    assert [machine.accepts(word) for word in WORDS] == [nfa.accepts_input(word) for word in WORDS]
    assert machine == canonical(machine)
    assert len(machine.states) == len(DFA.from_nfa(nfa).to_complete().minify().states)


@pytest.mark.parametrize(
    ("regex", "alphabet", "symbols", "states"),
    [
        ("(ab|ba)*", None, ("a", "b"), 4),
        ("a(bb)*a|b*", None, ("a", "b"), 6),
        ("((aa)|(bbb))*", None, ("a", "b"), 5),
        ("(a|b)*a(a|b){3}", None, ("a", "b"), 16),
        ("a{3}", None, ("a",), 5),
        ("b", "cba", ("c", "b", "a"), 3),
        ("", "ab", ("a", "b"), 2),
        ("()", "a", ("a",), 2),
        (r"\d", None, tuple("0123456789"), 3),
        (r"\d", "10", ("1", "0"), 3),
        ("[^a]", "ab", ("a", "b"), 3),
        ("[^a]", "b", ("b",), 3),
        ("[b-d]", None, ("b", "c", "d"), 3),
        (r"\*\\", None, ("*", "\\"), 4),
        ("é", None, ("é",), 3),
        ("(a{60}){20}", None, ("a",), 1202),
        ("(((((a+)+)+)+)+)+", None, ("a",), 2),
    ],
)
def test_alphabet_and_minimal_size(regex, alphabet, symbols, states):
    machine = from_regex(regex, alphabet)
    assert machine.symbols == symbols
    assert machine.states == tuple(f"q{index}" for index in range(states))


ERRORS = {
    ("(a", None): "not a regular expression",
    ("a)", None): "not a regular expression",
    ("*", None): "not a regular expression",
    ("a||b", None): "not a regular expression",
    ("^a", None): "not a regular expression",
    ("[]", None): "not a regular expression",
    ("a{2,1}", None): "not a regular expression",
    ("a{-1}", None): "not a regular expression",
    ("a{" + "9" * 5000 + "}", None): "not a regular expression",
    ("a{0}", None): "is the empty word",
    ("", None): "has no letters",
    ("()", None): "has no letters",
    (".", None): "has no letters",
    ("a\n", None): "character 2",
    ("ab", "a"): "uses 'b', which the alphabet 'a' lacks",
    ("[a-c]", "ab"): "uses 'c'",
    ("a", ""): "is empty",
    ("a", "aa"): "names a letter twice",
}


@pytest.mark.parametrize(("arguments", "said"), ERRORS.items(), ids=range(len(ERRORS)))
def test_errors_say_what_is_wrong(arguments, said):
    with pytest.raises(InputError) as caught:
        from_regex(*arguments)
    assert said in caught.value.message


def test_the_hint_warns_of_shuffle():
    with pytest.raises(InputError) as caught:
        from_regex("^a$")
    assert "^ is shuffle" in caught.value.hint


BOMBS = {
    "braces": "((a{60}){60}){60}",
    "one brace": "a{999999999}",
    "stars": "a" + "*" * 9_000,
    "shuffles": "a^" * 30 + "a",
    "intersections": "(a{100})" + "&(a{100})" * 5,
    "letters in a row": "a" * 20_000,
    "range": "[a-\U00020000]",
    "epsilon closures": "a*" * 4_900,
    "subsets": "(a|b)*a" + "(a|b)" * 40,
    "classes": r"\w{9000}",
}


@pytest.mark.parametrize("regex", BOMBS.values(), ids=BOMBS.keys())
def test_bombs_are_refused_soon(regex):
    with at_most(calls=50_000_000), pytest.raises(LimitError):
        from_regex(regex, max_states=10_000)
        # Twenty million for the slowest; unlimited, these would take hours or all memory.


def test_deep_brackets_are_no_recursion():
    assert len(from_regex("(" * 4_000 + "a" + ")" * 4_000).states) == 3


def _dfa(**changes):
    parts = {
        "states": {"p", "q", "lost"},
        "input_symbols": {"x", "y"},
        "transitions": {"p": {"x": "q", "y": "p"}, "q": {"x": "p", "y": "q"}, "lost": {"x": "p", "y": "p"}},
        "initial_state": "p",
        "final_states": {"q"},
    }
    return DFA(**(parts | changes))


def test_a_dfa_keeps_its_names_and_loses_unreachable_states():
    machine = from_dfa(_dfa())
    assert machine.states == ("p", "q")
    assert machine.symbols == ("x", "y")
    assert machine.table == ((1, 0), (0, 1))
    assert machine.outputs == (False, True)


def test_a_partial_dfa_needs_a_sink():
    dfa = _dfa(transitions={"p": {"x": "q"}, "q": {"x": "p"}, "lost": {}}, allow_partial=True)
    with pytest.raises(InputError):
        from_dfa(dfa)
    machine = from_dfa(dfa, complete=Completion.SINK)
    assert machine.states == ("p", "q", "sink")
    assert machine.outputs == (False, True, False)


def test_labels_of_other_types():
    symbols = {10, 9, True, "b", ("t", 1)}
    start, end = frozenset({1}), frozenset()
    dfa = DFA(
        states={start, end},
        input_symbols=symbols,
        transitions={q: dict.fromkeys(symbols, end) for q in (start, end)},
        initial_state=start,
        final_states={end},
    )
    machine = from_dfa(dfa)
    assert machine.symbols == (True, 9, 10, "b", ("t", 1))
    assert machine.states == ("q0", "q1")
    with pytest.raises(InputError):
        sorted_symbols([frozenset({"a"})])


def test_an_nfa_is_determinised_under_its_limit():
    nfa = NFA.from_regex("(a|b)*a(a|b)(a|b)")
    assert len(from_nfa(nfa, max_states=30).states) >= 8
    with pytest.raises(LimitError):
        from_nfa(nfa, max_states=5)


SCRIPT = """
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from fsm2rnn.source.library.automata_lib import from_dfa, from_nfa, from_regex
def show(m):
    print("machine", m.states, m.symbols, m.table, m.start, m.outputs)
show(from_regex("(ab|ba|c)*&(.{0,6})"))
nfa = NFA.from_regex("(ab|cd)*d(a|b)")
show(from_nfa(nfa))
show(from_dfa(DFA.from_nfa(nfa, retain_names=True).to_complete()))
states = [("s", i) for i in range(9)]
rows = {q: {x: states[(3 * i + j * j + 1) % 9] for j, x in enumerate("hgfe")} for i, q in enumerate(states)}
show(from_dfa(DFA(states=set(states), input_symbols=set("hgfe"), transitions=rows, initial_state=states[0],
                        final_states=set(states[:4]))))
"""


def test_nothing_depends_on_the_hash_seed():
    outputs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert outputs[0].count("machine ") == 4


@pytest.mark.parametrize("stray", ["row", "target", "final", "start"])
def test_a_state_that_is_not_among_an_nfa_s_states_is_named(stray):
    parts = {
        "states": {"p"},
        "input_symbols": {"a"},
        "transitions": {"p": {"a": {"p"}}},
        "initial_state": "p",
        "final_states": {"p"},
    }
    parts |= {
        "row": {"transitions": {"p": {"a": {"p"}}, "q": {}}},
        "target": {"transitions": {"p": {"a": {"q"}}}},
        "final": {"final_states": {"q"}},
        "start": {"initial_state": "q"},
    }[stray]
    with pytest.raises(InputError, match="the NFA uses the state 'q'"):
        from_nfa(SimpleNamespace(**parts))
