"""Rows are found again, a half line is cut off, and files of anything else are left as they are."""

from __future__ import annotations

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.experiments.row_store import RowStore

ABOUT = {"experiment": "one", "settings": {"steps": 3}}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "rows.jsonl"


def test_rows_are_found_again(path):
    store = RowStore(path, ABOUT)
    store.append("a", [{"x": 1.5}])
    store.append("b", [])
    again = RowStore(path, ABOUT)
    assert (again.get("a"), again.get("b"), again.get("c")) == ([{"x": 1.5}], [], None)


def test_a_line_without_an_end_is_made_again(path):
    RowStore(path, ABOUT).append("a", [{"x": 1}])
    whole = path.read_bytes()
    for half in (b'{"key": "b", "rows": [{"x"', b"{"):
        path.write_bytes(whole + half)
        store = RowStore(path, ABOUT)
        assert (store.get("a"), store.get("b")) == ([{"x": 1}], None)
        assert path.read_bytes() == whole


def test_a_half_first_line_is_written_again(path):
    RowStore(path, ABOUT)
    whole = path.read_bytes()
    path.write_bytes(whole[:20])
    RowStore(path, ABOUT)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("text", ["other people's text", "a line\n", '{"format": 3}\n', "\xe9\n"])
def test_a_file_of_something_else_is_refused_and_left(path, text):
    path.parent.mkdir()
    path.write_text(text, encoding="latin-1")
    before = path.read_bytes()
    with pytest.raises(InputError, match="holds no rows"):
        RowStore(path, ABOUT)
    assert path.read_bytes() == before


def test_other_settings_are_refused(path):
    RowStore(path, ABOUT)
    with pytest.raises(InputError, match="other settings"):
        RowStore(path, {**ABOUT, "settings": {"steps": 4}})


LINES = ["[]", "{}", '{"key": 1, "rows": []}', '{"key": "a", "rows": [], "digest": ""}', "no json", "[" * 100_000]


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_a_line_that_is_no_run_is_refused(path, line):
    RowStore(path, ABOUT)
    with path.open("a") as stream:
        stream.write(line + "\n")
    with pytest.raises(InputError, match=r"rows\.jsonl:2"):
        RowStore(path, ABOUT)


@pytest.mark.parametrize(("old", "new"), [("1.5", "2.5"), ('"x"', '"y"'), ('"a"', '"b"'), ("[{", "[{}, {")])
def test_a_line_that_was_changed_is_refused_and_left(path, old, new):
    RowStore(path, ABOUT).append("a", [{"x": 1.5}])
    text = path.read_text()
    path.write_text(text.replace(old, new))
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"rows\.jsonl:2.*no run as it was written"):
        RowStore(path, ABOUT)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be read"):
        RowStore(tmp_path / "file" / "rows.jsonl", ABOUT)
