"""A write that fails leaves the old file and nothing else; tests/cli/test_kill.py kills writers."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

import fsm2rnn
from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.cli import main


@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_an_error_at_any_step_keeps_the_old_file(name, tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync" if name == "fsync" else "pathlib.Path.replace", full)
    with pytest.raises(fsm2rnn.InputError, match="file: cannot be written: No space left on device"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_has_ordinary_permissions_and_an_old_one_keeps_its_own(tmp_path):
    path = tmp_path / "file"
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    write_atomically(path, b"1")
    assert path.stat().st_mode == plain.stat().st_mode
    path.chmod(0o640)
    write_atomically(path, b"2")
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.read_bytes() == b"2"


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(fsm2rnn.InputError, match="cannot be written"):
        write_atomically(tmp_path, b"")
    with pytest.raises(fsm2rnn.InputError, match="cannot be written"):
        write_atomically("a\0b", b"")


def test_a_link_is_followed_and_stays(tmp_path):
    target, link, dangling = tmp_path / "target", tmp_path / "link", tmp_path / "dangling"
    target.write_bytes(b"old")
    link.symlink_to(target)
    dangling.symlink_to(tmp_path / "new")
    for place in (link, dangling):
        write_atomically(place, b"new")
        assert place.is_symlink()
        assert place.read_bytes() == b"new"
    assert target.read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dangling", "link", "new", "target"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_is_written_into(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    found = []
    reader = threading.Thread(target=lambda: found.append(fifo.read_bytes()))
    reader.start()
    write_atomically(fifo, b"data")
    reader.join()
    assert found == [b"data"]
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    assert list(tmp_path.iterdir()) == [fifo]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_device_is_written_into():
    write_atomically("/dev/null", b"data")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    with pytest.raises(fsm2rnn.InputError, match="/dev/full: cannot be written: No space left on device"):
        write_atomically("/dev/full", b"data")
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_a_dash_is_stdout(capfdbinary, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_atomically("-", b"\x00data")
    assert capfdbinary.readouterr().out == b"\x00data"
    fsm2rnn.compile("Z3", "pd").save("whole")
    assert main(["compile", "Z3", "-tpd", "-o", "-"]) == 0
    out, err = capfdbinary.readouterr()
    assert out == Path("whole").read_bytes()
    assert b"wrote - in float32" in err
    assert main(["data", "Z3", "-l2", "-n3", "-o", "-"]) == 0
    out, err = capfdbinary.readouterr()
    assert out.count(b"\n") == 4
    assert b"wrote 3 words" in err
    assert main(["compile", "Z3", "-tpd", "-o", "-", "--json"]) == 2
    assert b"would both write to stdout" in capfdbinary.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]
