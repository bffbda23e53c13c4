"""Symbol tables beside AT&T texts: found, believed, written where they are needed, brought up to date."""

from __future__ import annotations

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.source import write
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.file.att_symbols import read_symbols
from fsm2rnn.source.read import read, reading
from fsm2rnn.source.write import write_machine

ARCS = "0 1 {0} {0}\n1 1 {0} {0}\n0 0 {1} {1}\n1 0 {1} {1}\n1\n"


def put(tmp_path, arcs, table):
    (tmp_path / "m.att").write_text(arcs, encoding="utf-8")
    (tmp_path / "m.att.syms").write_text(table, encoding="utf-8")
    return tmp_path / "m.att"


def test_numbers_are_spelled_by_the_table(tmp_path):
    found = reading(put(tmp_path, ARCS.format(1, 2), "<eps> 0\na\t1\nb  2\r\n\n"))
    assert found.machine.symbols == ("a", "b")
    assert ["spelled by the symbol table" in note for note in found.notes] == [True]


def test_symbols_are_letters_unless_their_number_is_0(tmp_path):
    found = reading(put(tmp_path, ARCS.format(0, 1), "- 0\n0 1\n1 2\n"))
    assert (found.machine.symbols, found.notes) == (("0", "1"), ())
    silent = reading(put(tmp_path, "0 1 - -\n1 1 a a\n1\n", "- 0\na 1\n")).machine
    assert (silent.symbols, silent.accepts("")) == (("a",), True)
    assert reading(tmp_path / "m.att", ReadOptions(epsilon=frozenset({"a"}))).machine.symbols == ("-",)


@pytest.mark.parametrize("name", ["parity", "tomita2", "re:(0|1)*01"])
def test_a_table_is_written_where_0_is_a_letter(tmp_path, name):
    machine = read(name)
    write_machine(machine, tmp_path / "m.att")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.att", "m.att.syms"]
    assert reading(tmp_path / "m.att").notes == ()
    assert read(tmp_path / "m.att") == machine


def test_a_table_that_is_there_is_brought_up_to_date(tmp_path):
    write_machine(read("parity"), tmp_path / "m.att")
    other = read("re:(a|b)*ab")
    write_machine(other, tmp_path / "m.att")
    assert read(tmp_path / "m.att") == other
    write_machine(other, tmp_path / "n.att")
    assert not (tmp_path / "n.att.syms").exists()


def test_a_device_has_no_table_beside_it(tmp_path):
    link = tmp_path / "m.att"
    link.symlink_to("/dev/null")
    write_machine(read("re:a*"), link)
    with pytest.raises(InputError, match="must stand beside"):
        write_machine(read("parity"), link)


@pytest.mark.parametrize("table", ["a", "a 1 2", "a x", "a 1\na 2", "a 1\nb 1", "a -1"])
def test_a_row_that_is_none_is_an_error_in_the_table(table):
    with pytest.raises(InputError) as caught:
        read_symbols(table, "m.att.syms")
    assert (caught.value.file, caught.value.line) == ("m.att.syms", len(table.split("\n")))


def test_a_label_outside_the_table_is_an_error(tmp_path):
    with pytest.raises(InputError, match="'c' is not in the symbol table"):
        read(put(tmp_path, ARCS.format("a", "c"), "a 1\nb 2\n"))


def test_a_table_lies_beside_the_file_that_a_link_leads_to(tmp_path):
    (tmp_path / "home").mkdir()
    link = tmp_path / "m.att"
    link.symlink_to("home/target.att")
    write_machine(read("parity"), link)
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["m.att", "target.att", "target.att.syms"]
    assert reading(link).notes == reading(tmp_path / "home" / "target.att").notes == ()
    assert read(link) == read("parity")
    (tmp_path / "ring.att").symlink_to("ring.att")
    with pytest.raises(InputError, match="cannot be read"):
        reading(tmp_path / "ring.att")


def test_a_table_that_cannot_be_written_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "m.att"
    write_machine(read("re:(a|b)*ab"), path)

    def full(*_):
        message = "cannot be written: No space left on device"
        raise InputError(message)

    monkeypatch.setattr(write, "write_atomically", full)
    with pytest.raises(InputError, match="No space left"):
        write_machine(read("parity"), path)
    assert [file.name for file in tmp_path.iterdir()] == ["m.att"]
    assert read(path) == read("re:(a|b)*ab")
