"""The reader of OpenFst text and the subset construction under it."""

from __future__ import annotations

import itertools

import pytest
from automata.fa.nfa import NFA
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.draft import determinise as determinise_module
from fsm2rnn.source.draft.determinise import NondeterministicAcceptor, determinise
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.file.att import read_att
from fsm2rnn.source.library.automata_lib import from_nfa


def _read(text, complete=Completion.ERROR, max_states=1000):
    return read_att(text, "m.att", ReadOptions(complete=complete, max_states=max_states)).machine


def test_the_first_source_starts_and_symbols_keep_their_order():
    machine = _read("7\t3\tz\tz\n7 7  a a\r\n3 3 z z 0\n\n3 7 a a\n3 0.0\n")
    assert machine.states == ("7", "3")
    assert machine.symbols == ("z", "a")
    assert machine.table == ((1, 0), (1, 0))
    assert machine.outputs == (False, True)


def test_three_fields_are_an_acceptor_arc_and_letters_may_be_any_characters():
    machine = _read("s s \xe0\n s s \xa0\n s s \u2028")
    assert machine.symbols == ("\xe0", "\xa0", "\u2028")


def test_states_are_numbered_breadth_first_with_unreachable_ones_last():
    machine = _read("0 2 a a\n1 0 a a\n2 0 a a\n1\n")
    assert machine.states == ("0", "2", "1")
    assert machine.outputs == (False, False, True)


def test_missing_arcs():
    with pytest.raises(InputError) as caught:
        _read("0 1 a a\n1 0 b b\n")
    assert "state '0' has no transition under 'b' (1 more missing)" in caught.value.message
    assert caught.value.file == "m.att"
    assert "--complete sink" in caught.value.hint
    machine = _read("0 1 a a\n1 0 b b\n1\n", Completion.SINK)
    assert machine.states == ("0", "1", "sink")
    assert machine.table == ((1, 2), (2, 0), (2, 2))
    assert machine.outputs == (False, True, False)


def test_duplicates_are_tolerated():
    assert _read("0 0 a a\n0 0 a a\n0\n0\n").table == ((0,),)


def test_a_nondeterministic_acceptor_is_determinised():
    text = "0 0 a a\n0 0 b b\n0 1 a a\n1 2 a a\n1 2 b b\n2\n"
    machine = _read(text)
    assert machine.states == (("0",), ("0", "1"), ("0", "1", "2"), ("0", "2"))
    assert all(machine.accepts(word) == (word[-2:-1] == ("a",)) for word in itertools.product("ab", repeat=5))
    with pytest.raises(LimitError) as caught:
        _read(text, max_states=3)
    assert caught.value.limit == 3


@pytest.mark.parametrize("epsilon", ["<eps>", "<epsilon>"])
def test_epsilon_moves_and_their_cycles(epsilon):
    machine = _read(f"0 1 {epsilon} {epsilon}\n1 0 {epsilon} {epsilon}\n1 2 a a\n2 0 0 0\n2\n")
    assert machine.symbols == ("a", "0")
    assert machine.accepts("a0a")
    assert not machine.accepts("a0")
    assert not machine.accepts("aa")
    assert machine.states == (("0", "1"), ("2",), ())


ERRORS = {
    "0 1 a <eps>\n": (1, "transducer: the arc reads 'a' and writes nothing"),
    "0 1 a 0.5\n1 0 a 1\n": (1, "is a weight, or an output"),
    "0\t1\t \ta\n": (1, "the field 3 is blank"),
    "0 1 a a\n\n--\n0 1 b b\n": (3, "stands between machines"),
    "0 1 @_IDENTITY_SYMBOL_@ @_IDENTITY_SYMBOL_@\n": (1, "no letter"),
    "0 1 a a\n1 0 @P.CASE.UP@ @P.CASE.UP@\n": (2, "no letter"),
    "0 1 a a\n\n0 1 a a 0.5\n": (3, "the weight '0.5' is not 0"),
    "0 1 a a\n1 nan\n": (2, "the weight 'nan' is not 0"),
    "0 1 a a\n1 x\n": (2, "the weight 'x' is not 0"),
    "0 1 a a 0 0\n": (1, "6 fields"),
    "": (None, "no states"),
    "\n \t\n": (None, "no states"),
    "0\n1\n": (None, "the alphabet is empty"),
    "0 1 <eps> <eps>\n": (None, "the alphabet is empty"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items())
def test_errors_say_where(text, expected):
    with pytest.raises(InputError) as caught:
        _read(text, Completion.SINK)
    assert caught.value.line == expected[0]
    assert expected[1] in caught.value.message


@given(st.text(alphabet="01ab \t\n<eps>", max_size=80))
def test_any_text_is_a_machine_or_an_input_error(text):
    try:
        machine = _read(text, Completion.SINK)
    except InputError:
        return
    assert machine.symbols


def _last(count):
    """Return an acceptor of the words whose count-th letter from the end is letter 0."""
    moves = [{0: [0, 1], 1: [0]}, *({0: [q + 1], 1: [q + 1]} for q in range(1, count)), {}]
    return NondeterministicAcceptor(tuple(moves), ((),) * (count + 1), 2, (0,), frozenset({count}))


def test_the_subset_construction_stops_at_its_limit():
    assert len(determinise(_last(6), max_states=64).subsets) == 64
    with pytest.raises(LimitError) as caught:
        determinise(_last(6), max_states=63)
    assert "determinised" in caught.value.what
    with pytest.raises(LimitError):
        determinise(_last(40), max_states=10_000)


def test_large_subsets_are_counted_before_they_are_kept(monkeypatch):
    monkeypatch.setattr(determinise_module, "MEMBER_LIMIT", 500)
    with pytest.raises(LimitError) as caught:
        determinise(_last(8), max_states=10_000)
    assert "members" in caught.value.what
    chain = NondeterministicAcceptor(({},) * 600, (*((q,) for q in range(1, 600)), ()), 1, (0,), frozenset())
    with pytest.raises(LimitError):
        determinise(chain, max_states=10)


_SMALL = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["", "a", "b"]), st.integers(0, 4)), max_size=14, unique=True
)


@given(_SMALL, st.sets(st.integers(0, 4)))
def test_the_subset_construction_agrees_with_automata_lib(arcs, accepting):
    transitions = {q: {} for q in range(5)}
    for source, symbol, target in arcs:
        transitions[source].setdefault(symbol, set()).add(target)
    nfa = NFA(
        states=set(range(5)),
        input_symbols={"a", "b"},
        transitions=transitions,
        initial_state=0,
        final_states=accepting,
    )
    machine = from_nfa(nfa)
    for word in itertools.chain.from_iterable(itertools.product("ab", repeat=n) for n in range(5)):
        assert machine.accepts(word) == nfa.accepts_input("".join(word))
    if arcs and any(symbol for _, symbol, _ in arcs):
        lines = [f"0 0 {epsilon} {epsilon}" for epsilon in ["<eps>"]]
        lines += [f"{p} {q} {x or '<eps>'} {x or '<eps>'}" for p, x, q in arcs] + [str(q) for q in accepting]
        read = _read("\n".join(lines))
        for word in itertools.chain.from_iterable(itertools.product(read.symbols, repeat=n) for n in range(5)):
            assert read.accepts(word) == machine.accepts(word)
