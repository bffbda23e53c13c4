"""A write that fails leaves the old file and nothing else; tests/cli/test_kill.py kills writers."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn.atomic_write import write_atomically


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
