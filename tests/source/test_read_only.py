"""Formats without a writer, files of no known kind, and GAP's lists, on the command line."""

from __future__ import annotations

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.source.file.formats import FILE_FORMATS
from fsm2rnn.source.read import read, reading
from fsm2rnn.source.write import machine_text, write_machine

READ_ONLY = [form.suffixes[0] for form in FILE_FORMATS if form.write is None]


@pytest.mark.parametrize("suffix", READ_ONLY)
def test_what_is_only_read_is_not_written(tmp_path, suffix):
    with pytest.raises(InputError, match="is read, not written") as caught:
        write_machine(read("parity"), tmp_path / f"m{suffix}")
    assert ".json" in caught.value.hint
    assert suffix not in caught.value.hint
    assert not list(tmp_path.iterdir())
    with pytest.raises(InputError):
        machine_text(read("parity"), suffix.upper())


def test_a_file_of_no_known_kind_is_no_unknown_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("notes.txt", "machine", "parity", "S5"):
        (tmp_path / name).write_text("hello", encoding="utf-8")
    for name in ("notes.txt", "machine", "./parity"):
        with pytest.raises(InputError, match="a file of no known kind") as caught:
            read(name)
        assert ".kiss2" in caught.value.hint
    assert len(read("parity").states) == 2
    assert len(read("S5").states) == 120
    with pytest.raises(InputError, match="unknown machine absent"):
        read("absent")


LISTS = {
    "Group((1,2,3),(1,2))": "perm:(1,2,3);(1,2)",
    "Group([(1,2,3),(1,2)])": "perm:(1,2,3);(1,2)",
    " Group ( [ (1, 2, 3) , ( 1,2 ) ] ) ; ": "perm:(1,2,3);(1,2)",
    "[(1,2,3),(1,2)]": "perm:(1,2,3);(1,2)",
    "[ (1,2)(3,4), (1,3) ]": "perm:(1,2)(3,4);(1,3)",
    "Group((1,2)(3,4))": "perm:(1,2)(3,4)",
    "Group(())": "perm:()",
    "[()]": "perm:()",
}


@pytest.mark.parametrize(("text", "same"), LISTS.items())
def test_lists_of_gap_are_generators(text, same):
    assert read(text) == read(same)


ERRORS = {
    "Group((1,2,3)": (7, "expected a cycle such as (1,2,3), found '(1,2,3'"),
    "Group([(1,2,3))": (15, "expected ']' at the end"),
    "[(1,2,3)": (9, "expected ']' at the end"),
    "[(1,2,3),]": (10, "expected a cycle"),
    "Group()": (7, "expected a cycle"),
    "Group((1,2),x)": (13, "expected a cycle such as (1,2,3), found 'x'"),
    "[(1,2),(3,3)]": (11, "the point 3 stands twice"),
    "[(1,2),(2,1)]": (8, "stands twice"),
    "[(1,2": (6, "expected ']' at the end"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items())
def test_errors_in_lists_say_where(text, expected):
    with pytest.raises(InputError) as caught:
        read(text)
    assert expected[1] in caught.value.message
    assert caught.value.column == expected[0]


def test_a_name_with_two_meanings_is_noted():
    assert reading("D4@gens").notes == ("D4 is read as Dih(4), the square's group of order 8",)
    assert reading("Dih(4)").notes == ()
