"""Every format: what is written reads back as the same machine, or the writer says that it cannot be held."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.dot import graph
from fsm2rnn.source.dot.reader import read_dot
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.file.formats import FILE_FORMATS, file_format
from fsm2rnn.source.named.catalogue import EXAMPLES, TASKS
from fsm2rnn.source.read import read
from fsm2rnn.source.write import machine_text, spelled, write_machine
from tests.strategies import group_tracker, machines, permutation_machines

SUFFIXES = [form.suffixes[0] for form in FILE_FORMATS if form.write is not None]
MOORE_SUFFIXES = [".dot", ".jff", ".json"]
ACCEPTOR_SUFFIXES = [".dot", ".att", ".jff", ".mata", ".json"]

HARD = [
    "",
    " ",
    "a b",
    "a/b",
    "/",
    "a|b",
    "{a|b}",
    "<b>",
    "a\\",
    '\\"',
    '"',
    "a:b",
    "a,b",
    "a\nb",
    "a\\nb",
    "\\\n",
    "\t",
]
HARD += [
    "#",
    "%a",
    "@x",
    "[a-z]",
    "->",
    "--",
    "//",
    "/*",
    "node",
    "__start0",
    "sink",
    "<eps>",
    "&amp;",
    "]]>",
    "\0",
    "\r",
]
HARD += [
    "é",
    "e\u0301",
    "\u202e",
    "\u2028",
    "\xa0",
    " a",
    "a ",
    "\ufeff",
    "\ufeffa",
    "\ud800",
    "\ufffe",
    "1",
    "+",
    "Infinity",
]
TEXTS = st.sampled_from(HARD) | st.text(alphabet=' "\\/|{}<>:;,&#%@()[]=-\nabé', max_size=4) | st.text(max_size=3)

# Labels that each format holds for certain.
PLAIN = st.text(alphabet="abcé0123456789_.+*|:/\\\"'{}<>&#%@()[]=,;-", min_size=1, max_size=5)
SPACED = PLAIN | st.tuples(PLAIN, PLAIN).map(" ".join)


def read_text(suffix, text, machine):
    name, form = f"m{suffix}", file_format(suffix)
    if form.beside is not None and form.beside.needed(machine):
        return form.beside.read(text, form.beside.write(machine), name, ReadOptions(max_states=100)).machine
    return file_format(suffix).read(text.removeprefix("\ufeff"), name, ReadOptions(max_states=100)).machine


def given_back(machine, suffix):
    """Whether the format holds the machine; then it must give it back."""
    try:
        text = machine_text(machine, suffix)
    except InputError as error:
        assert "cannot hold" in str(error) or "holds" in str(error) or "written" in str(error), str(error)  # noqa: PT017
        return False
    again = read_text(suffix, text.encode("utf-8").decode("utf-8"), machine)
    # Equal labels may differ in type, 1 == True; repr tells them apart.
    assert repr(canonical(again)) == repr(canonical(machine))
    return True


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(machine=machines(labels=TEXTS, outputs=st.booleans()) | machines(labels=TEXTS, outputs=TEXTS))
def test_awkward_labels_survive_or_are_refused(suffix, machine):
    given_back(machine, suffix)


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(machine=machines())
def test_labels_of_any_type_survive_or_are_refused(suffix, machine):
    given_back(machine, suffix)


def _without(strategy, *forbidden):
    return strategy.filter(lambda name: not any(part in name for part in forbidden))


# A quoted name in DOT holds no backslash at its end or before a quote.
HELD = {
    ".dot": (_without(SPACED, "\\"), SPACED),
    ".att": (PLAIN.filter(lambda name: name != "--"), PLAIN),  # two dashes part two machines
    ".jff": (SPACED | TEXTS.map(lambda text: text + "x"), SPACED | st.just(" x ")),
    ".mata": (SPACED | st.just(""), SPACED | st.just("")),
    ".json": (SPACED, SPACED),
}


@pytest.mark.parametrize("suffix", ACCEPTOR_SUFFIXES)
@given(data=st.data())
def test_acceptors_are_held(suffix, data):
    states, symbols = HELD[suffix]
    machine = data.draw(machines(labels=states, outputs=st.booleans()))
    letters = data.draw(st.lists(symbols, unique=True, min_size=len(machine.symbols), max_size=len(machine.symbols)))
    machine = StateMachine(machine.states, tuple(letters), machine.table, machine.start, machine.outputs)
    expected = all(label.isprintable() or suffix != ".jff" for label in machine.states)
    assert given_back(machine, suffix) or not expected


@pytest.mark.parametrize("suffix", MOORE_SUFFIXES)
@given(data=st.data())
def test_moore_machines_are_held(suffix, data):
    states = _without(SPACED, "\\")
    machine = data.draw(machines(labels=states, outputs=SPACED | st.sampled_from(["", " ", " a  ", "a\nb", "{", "\\"])))
    assert given_back(machine, suffix)


@pytest.mark.parametrize("suffix", MOORE_SUFFIXES)
@given(data=st.data())
def test_mealy_machines_are_held(suffix, data):
    machine = data.draw(machines(labels=_without(SPACED, "\\", "/")))
    row = st.tuples(*[SPACED] * len(machine.symbols))
    rows = data.draw(st.tuples(*[row] * len(machine.states)))
    assert given_back(replace(machine, outputs=rows, is_mealy=True), suffix)


@pytest.mark.parametrize("suffix", ACCEPTOR_SUFFIXES)
def test_a_mealy_machine_is_no_acceptor(suffix):
    mealy = StateMachine(("p",), ("a", "b"), ((0, 0),), 0, ((True, False),), is_mealy=True)
    assert given_back(mealy, suffix) == (suffix == ".json")


@given(
    permutation_machines() | st.permutations(range(4)).map(lambda p: group_tracker(sorted({tuple(p), (1, 2, 3, 0)})))
)
def test_a_table_is_written_only_of_a_monoid(machine):
    given_back(spelled(machine), ".csv")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "name", [entry.name for entry in TASKS if not any(p.default is None for p in entry.parameters)] + list(EXAMPLES)
)
def test_the_catalogue_round_trips(tmp_path, suffix, name):
    machine = read(name)
    file = tmp_path / f"m{suffix}"
    holds = suffix not in {".att", ".mata", ".csv"} or (machine.is_acceptor and suffix != ".csv")
    holds |= suffix == ".csv" and set(machine.states) == set(machine.symbols) and name != "flip-flop"
    if not holds:
        with pytest.raises(InputError) as caught:
            write_machine(machine, file)
        assert caught.value.file == str(file)
        assert ".json" in caught.value.hint
        assert not file.exists()
        return
    write_machine(machine, file)
    assert canonical(read(file)) == canonical(machine)
    table = suffix == ".att" and all(str(symbol).isdecimal() for symbol in machine.symbols)
    assert sorted(tmp_path.iterdir()) == [file] + [tmp_path / "m.att.syms"] * table


REFUSED = {
    ".att": {"": "blanks", "a b": "blanks", "a\tb": "blanks", "<eps>": "means no symbol", "\ud800": "surrogate"},
    ".mata": {"a\nb": "ends with its line", "\ud800": "surrogate"},
    ".dot": {"a\nb": "several symbols", " a": "blanks at their ends", "": "blanks at their ends"},
    ".jff": {"": "means no symbol", " ": "means no symbol", "\0": "no character '\\x00'", "\ufffe": "no character"},
}


@pytest.mark.parametrize(("suffix", "symbols"), REFUSED.items())
def test_a_symbol_that_cannot_be_held_is_named(suffix, symbols):
    for symbol, said in symbols.items():
        machine = StateMachine(("q",), (symbol,), ((0,),), 0, (True,))
        with pytest.raises(InputError) as caught:
            machine_text(machine, suffix)
        assert said in caught.value.message
        assert repr(symbol) in caught.value.message
        assert ".json" in caught.value.hint


@pytest.mark.parametrize("name", ["__start0", "a\\", '\\"', "a\\\nb"])
def test_a_state_that_dot_cannot_name_is_refused(name):
    with pytest.raises(InputError, match="cannot hold the state"):
        machine_text(StateMachine.tracker([name], ["a"], [[0]]), ".dot")


@pytest.mark.parametrize("suffix", [".att", ".mata"])
def test_a_moore_machine_is_refused_with_a_format_that_holds_it(suffix):
    with pytest.raises(InputError, match="holds acceptors only") as caught:
        machine_text(read("Z3"), suffix)
    assert ".jff" in caught.value.hint


def test_a_suffix_without_format_is_refused(tmp_path):
    for name in ("m.txt", "m"):
        with pytest.raises(InputError) as caught:
            write_machine(read("parity"), tmp_path / name)
        assert ".dot .gv .att .jff .mata .csv .json" in caught.value.hint
        assert caught.value.file == str(tmp_path / name)


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        write_machine(read("parity"), tmp_path / "none" / "m.json")


def test_a_file_too_large_for_its_reader_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(graph, "ITEM_LIMIT", 6)
    with pytest.raises(LimitError):
        write_machine(read("parity"), tmp_path / "m.dot")
    assert list(tmp_path.iterdir()) == []


def test_a_byte_order_mark_in_a_name_survives(tmp_path):
    machine = StateMachine(("\ufeffq",), ("a",), ((0,),), 0, (True,))
    write_machine(machine, tmp_path / "m.att")
    assert read(tmp_path / "m.att") == machine


def test_spelled_labels_fit_formats_of_strings():
    machine = read("re:(a|b)*a(a|b)")
    tuples = StateMachine(tuple((state, 1) for state in machine.states), (0, 1), machine.table, 0, machine.outputs)
    assert spelled(tuples).states[0] == "q0/1"
    assert spelled(tuples).outputs == machine.outputs
    assert given_back(spelled(tuples), ".mata")
    with pytest.raises(InputError, match="named twice"):
        spelled(StateMachine((0, "0"), ("a",), ((1,), (0,)), 0, (True, False)))
    with pytest.raises(InputError, match="spelled alike"):
        spelled(StateMachine(("p", "q"), ("a",), ((1,), (0,)), 0, (0, "0")))


def test_a_written_dot_file_declares_its_kind():
    machine = StateMachine(("p", "q"), ("a/b", "/"), ((1, 0), (0, 1)), 0, ("x|y", " {z} "))
    text = machine_text(machine, ".dot")
    assert "machine=moore;" in text
    assert "{ p | x\\|y }" in text
    assert read_dot(text, None, ReadOptions()).machine == machine
    with pytest.raises(InputError, match="no input before '/'"):
        read_dot(text.replace("machine=moore;", ""), None, ReadOptions())


def test_a_declared_kind_is_believed_and_others_are_ignored():
    text = 'digraph {{ machine={}; s [label="a|b", shape=doublecircle]; s -> s [label="x/y"] }}'
    outputs = {"acceptor": (True,), "moore": ("b",), "mealy": (("y",),), "drill": (("y",),), '"Moore"': (("y",),)}
    for kind, expected in outputs.items():
        assert read_dot(text.format(kind), None, ReadOptions()).machine.outputs == expected


@pytest.mark.parametrize("kind", ["dfa", "moore"])
def test_aalpy_reads_what_is_written(tmp_path, kind):
    aalpy = pytest.importorskip("aalpy.utils", reason="AALpy, an independent reader, is not installed")
    machine = read("tomita5" if kind == "dfa" else "cycle-navigation(5)")
    write_machine(machine, tmp_path / "m.dot")
    with contextlib.redirect_stdout(io.StringIO()):
        loaded = aalpy.load_automaton_from_file(tmp_path / "m.dot", kind)
    inputs = {str(symbol): symbol for symbol in loaded.get_input_alphabet()}
    loaded.reset_to_initial()
    word = [machine.symbols[number * number % len(machine.symbols)] for number in range(60)]
    assert [str(loaded.step(inputs[symbol])) for symbol in word] == [
        str(machine.outputs[state]) for state in machine.run(word)
    ]
