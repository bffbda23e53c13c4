"""The one reader of MACHINE texts: which text is what, and what goes wrong with files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import FsmError, InputError, LimitError
from fsm2rnn.source.draft.draft import Arc, Completion, Draft, assemble, fresh, require_table
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.file import file_text as file_text_module
from fsm2rnn.source.read import read, reading

DOT = "digraph { __start -> s; s [shape=doublecircle]; s -> t [label=a]; t -> s [label=a] }"


@pytest.mark.parametrize("suffix", [".dot", ".gv", ".DOT"])
def test_files_are_read_by_suffix(tmp_path, suffix):
    file = tmp_path / f"m{suffix}"
    file.write_bytes(b"\xef\xbb\xbf" + DOT.encode())
    assert read(file) == read(str(file))
    assert read(file).states == ("s", "t")


def test_options_reach_the_readers(tmp_path):
    file = tmp_path / "m.att"
    file.write_text("0 1 a a\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match="no transition"):
        read(file)
    assert read(file, ReadOptions(complete=Completion.SINK)).states == ("0", "1", "sink")
    file.write_text("0 1 a a\n0 0 a a\n0 0 b b\n1 2 a a\n1 2 b b\n", encoding="utf-8")
    with pytest.raises(LimitError):
        read(file, ReadOptions(max_states=3))
    with pytest.raises(LimitError):
        read("re:(a|b)*a(a|b)(a|b)", ReadOptions(max_states=7))
    with pytest.raises(LimitError):
        read("counter(9)", ReadOptions(max_states=9))


@pytest.mark.parametrize(
    ("text", "symbols", "accepted", "rejected"),
    [
        ("re:(ab)*", "ab", "abab", "aba"),
        ("re:a*@cab", "cab", "aa", "c"),
        ("re:@ab", "ab", "", "a"),
        (r"re:a\@b", "@ab", "a@b", "ab"),
        (r"re:a\@b@ba@", None, None, None),
        (r"re:\\@\a", "\\a", "\\", "a"),
    ],
)
def test_regular_expressions_and_their_alphabets(text, symbols, accepted, rejected):
    if symbols is None:
        with pytest.raises(InputError):
            read(text)
        return
    machine = read(text)
    assert "".join(machine.symbols) == symbols
    assert machine.accepts(accepted)
    assert not machine.accepts(rejected)


def test_what_goes_wrong_with_files(tmp_path):
    (tmp_path / "folder.dot").mkdir()
    (tmp_path / "latin.dot").write_bytes(b"digraph {\n  \xc3\xa9 \xe9 }")
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    said = {
        "missing.dot": "No such file",
        "folder.dot": "not a regular file",
        "latin.dot": "not UTF-8: the byte 0xe9",
        "notes.txt": "the suffix '.txt' names no machine format",
        "nothing": "needs a suffix",
        "null\0.dot": "not a path",
    }
    for name, expected in said.items():
        with pytest.raises(InputError) as caught:
            read(str(tmp_path / name))
        assert expected in caught.value.message
        assert caught.value.file is not None
    with pytest.raises(InputError) as caught:
        read(tmp_path / "latin.dot")
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_large_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(file_text_module, "BYTE_LIMIT", len(DOT) - 1)
    (tmp_path / "m.dot").write_text(DOT, encoding="utf-8")
    with pytest.raises(LimitError):
        read(tmp_path / "m.dot")
    monkeypatch.setattr(file_text_module, "BYTE_LIMIT", len(DOT))
    assert read(tmp_path / "m.dot").states == ("s", "t")


def test_errors_from_the_machine_name_the_file(tmp_path):
    file = tmp_path / "m.json"
    file.write_text(
        '{"format": "fsm2rnn-machine-1", "states": ["s", "s"], "symbols": ["a"], "table": [[0], [1]],'
        ' "start": 0, "outputs": ["s", "s"]}',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read(file)
    assert caught.value.file == str(file)
    assert "named twice" in str(caught.value)


@given(st.text(max_size=30) | st.text(alphabet="re:SZAx()@gens,0123456789=*|&^+{}[]ab", max_size=25))
def test_any_text_is_a_machine_or_an_fsm_error(text):
    try:
        machine = read(text, ReadOptions(max_states=500))
    except FsmError:
        return
    assert machine.states


def test_drafts_without_parts_are_refused():
    arc = Arc(0, 0, 0)
    with pytest.raises(InputError, match="no start state"):
        assemble(Draft(("s",), ("a",), (arc,), None, ("s",)), Completion.SINK)
    with pytest.raises(InputError, match="no states"):
        assemble(Draft((), ("a",), (), 0, ()), Completion.SINK)
    conflict = Draft(("s",), ("a",), (Arc(0, 0, 0, 1, 1), Arc(0, 0, 0, 2, output=True)), 0, None)
    with pytest.raises(InputError, match="on line 1"):
        assemble(conflict, Completion.SINK)


def test_large_tables_are_refused_before_they_are_built():
    states = tuple(range(100_000))
    with pytest.raises(LimitError):
        assemble(Draft(states, states, (), 0, states), Completion.SINK)
    require_table(2**15, 2**10)
    with pytest.raises(LimitError):
        require_table(2**15, 2**10 + 1)


def test_fresh_names():
    assert fresh("sink", ["a"]) == "sink"
    assert fresh("sink", ["sink", "sink2"]) == "sink1"
    assert fresh("sink", ["sink", "sink1"]) == "sink2"


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("re:a@a,b", ("',' is a letter of the alphabet 'a,b': it separates nothing",)),
        ("re:a@a b", ("' ' is a letter of the alphabet 'a b': it separates nothing",)),
        ("re:a b", ("a blank in a regular expression is a letter",)),
        ("re:a@ab", ()),
        ("re:,*@,", ()),
    ],
)
def test_a_sign_that_separates_elsewhere_is_told(text, notes):
    assert reading(text).notes == notes
