"""The tables of formats and names: complete, readable as JSON, and every example in them works."""

from __future__ import annotations

import json

from fsm2rnn.source.file.formats import FILE_FORMATS, formats_json, formats_text
from fsm2rnn.source.named.text_formats import TEXT_FORMATS
from fsm2rnn.source.read import read


def test_the_tables_are_json_and_full():
    tables = json.loads(json.dumps(formats_json()))
    assert list(tables) == ["files", "texts", "tasks", "groups", "group_examples"]
    for rows in tables.values():
        assert rows
        assert all(all(row.values()) for row in rows)
        assert len({tuple(row) for row in rows}) == 1
    assert sum(len(row["suffixes"]) for row in tables["files"]) == 12


def test_every_example_is_a_machine():
    tables = formats_json()
    for row in tables["texts"]:
        for example in row["examples"]:
            assert example.startswith(row["prefix"])
            assert read(example).states
    for row in tables["group_examples"]:
        assert list(read(f"{row['name']}@gens").symbols) == row["generators"]


def test_suffixes_and_prefixes_are_distinct():
    suffixes = [suffix for form in FILE_FORMATS for suffix in form.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert len({form.prefix for form in TEXT_FORMATS}) == len(TEXT_FORMATS)


def test_the_text_fits_a_wide_terminal():
    text = formats_text()
    assert max(map(len, text.splitlines())) <= 160
    for row in formats_json()["tasks"]:
        assert f"  {row['name']} " in text
    assert "  writes: acceptor" in text
