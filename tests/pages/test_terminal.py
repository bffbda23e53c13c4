"""What a person sees: nothing is cut at any width, colour on a terminal alone, and stages from the first second on."""

from __future__ import annotations

import io
import itertools
import re
import time

import pytest

import fsm2rnn
from fsm2rnn.answers import Listener
from fsm2rnn.cli import main
from fsm2rnn.pages import progress, terminal
from fsm2rnn.pages.progress import Stages, stages
from fsm2rnn.pages.rows import TargetRows
from fsm2rnn.targets import TARGETS

MACHINES = ["re:(connect|data)*close@abcdelnost", "S4@gens", "counter(3)", "tomita3"]


def words(text):
    """Return the words of a text in order, wherever its lines are broken; a table's cells lie side by side."""
    return sorted(text.split())


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("columns", [40, 60, 80, 100, 132, 400])
def test_no_width_cuts_a_name_or_a_word(machine, columns, monkeypatch, capsys):
    explanation = fsm2rnn.explain(machine)
    monkeypatch.setenv("COLUMNS", "1000")
    terminal.show_explanation(machine, explanation)
    whole = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal.show_explanation(machine, explanation)
    shown = capsys.readouterr().out
    assert words(shown) == words(whole)
    assert "\u2026" not in shown
    for target in TARGETS:
        assert re.search(rf"^{target.name}\b", shown, re.MULTILINE)
    longest = max(map(len, whole.split()))
    if columns >= 80:
        assert max(map(len, shown.splitlines())) <= max(columns, longest + 4)


def test_a_pipe_has_a_hundred_columns_and_whole_lines(monkeypatch, capsys):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert main(["explain", "tomita3", "--budget", "inf"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("tomita3: states ")
    assert lines[0].count(", ") > 5
    assert terminal.width() == 100


@pytest.mark.parametrize("columns", ["0", "-5", "x", "", "1", "7"])
def test_columns_of_no_use_do_no_harm(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["explain", "parity", "--budget", "inf"]) == 0
    assert "affine-positive-diagonal" in capsys.readouterr().out


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize("plain", [False, True])
def test_colour_on_a_terminal_without_no_colour(plain, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    if plain:
        monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    monkeypatch.setattr("sys.stdout", out)
    assert main(["explain", "S4@gens", "--budget", "inf"]) == 0
    assert ("\x1b[31m" in out.getvalue()) != plain


def test_the_list_and_the_table_say_the_same():
    answers = fsm2rnn.explain("S4@gens").answers
    texts = [terminal.targets_view(answers, columns) for columns in (99, 300)]
    assert words(texts[0]) == words(texts[1])
    assert len(texts[0].splitlines()) > len(texts[1].splitlines())


@pytest.mark.parametrize(
    ("machine", "kinds"), [("re:(a|b)*abb", "3 of gates"), ("act:(1,2,3,4,5);(1,2)", "1 of blocks")]
)
def test_a_stack_says_what_its_layers_are_from_the_lowest_up(machine, kinds):
    answers = fsm2rnn.explain(machine, "block-cascade").answers
    assert f"every length, every format; layers: {kinds}" in terminal.targets_view(answers, 200)


def test_stages_are_said_on_a_terminal_and_erased(monkeypatch):
    err = Terminal()
    monkeypatch.setattr("sys.stderr", err)
    monkeypatch.setattr(progress, "FIRST", 0.0)
    monkeypatch.setattr(progress, "PAUSE", 0.001)
    with stages("S5: facts", wanted=True) as tell:
        while "S5: facts ... 0 s" not in err.getvalue():
            time.sleep(0.001)
        tell("S5: \x1b[31mrotation")
        while "S5: \\x1b[31mrotation" not in err.getvalue():
            time.sleep(0.001)
    assert err.getvalue().endswith("\r\x1b[2K")


def test_nothing_is_said_in_the_first_second_nor_off_a_terminal(monkeypatch):
    err = Terminal()
    monkeypatch.setattr("sys.stderr", err)
    monkeypatch.setattr(progress, "FIRST", 10.0**9)
    monkeypatch.setattr(progress, "PAUSE", 0.001)
    with stages("S5: facts", wanted=True):
        time.sleep(0.01)
    with stages("S5: facts", wanted=False):
        time.sleep(0.01)
    assert err.getvalue() == ""
    monkeypatch.setattr("sys.stderr", io.StringIO())
    monkeypatch.setattr(progress, "FIRST", 0.0)
    with stages("S5: facts", wanted=True):
        time.sleep(0.01)
    listener = Listener(asked=(names := []).append)
    assert fsm2rnn.explain("parity", listener=listener).answers
    assert sorted(names) == sorted([*(target.name for target in TARGETS), "sizes"])


def test_rows_are_printed_as_they_are_decided_and_the_stage_is_off_the_screen_then(monkeypatch, capsys):
    """Nothing stands on stderr's line while a row is printed, and each row is out before the next target is asked."""
    monkeypatch.setenv("COLUMNS", "120")
    seen = []

    def asked(target):
        seen.append((target, capsys.readouterr().out))

    monkeypatch.setattr(Stages, "__call__", lambda _, stage: asked(stage.removeprefix("parity: ")))
    assert main(["explain", "parity", "--budget", "inf"]) == 0
    assert [target for target, _ in seen][-1] == "sizes"
    assert seen[0][1].startswith("parity: states 2")
    for (target, _), (_, printed) in itertools.pairwise(seen):
        assert printed.startswith(f"{target} ")
    assert capsys.readouterr().out.startswith("sizes (")


def test_a_pause_erases_the_stage(monkeypatch):
    err = Terminal()
    monkeypatch.setattr("sys.stderr", err)
    monkeypatch.setattr(progress, "FIRST", 0.0)
    told = Stages("S5: facts")
    told.write()
    with told.pause():
        assert err.getvalue().endswith("S5: facts ... 0 s\r\x1b[2K")
    with told.pause():
        assert err.getvalue().count("\x1b[2K") == 2


@pytest.mark.parametrize("columns", [60, 100, 140])
def test_rows_of_known_and_of_unknown_answers_say_the_same(columns):
    answers = fsm2rnn.explain("S4@gens").answers
    rows = TargetRows.of([target.name for target in TARGETS], columns)
    printed = "\n".join(str(text) for text in [rows.heading(), *map(rows.row, answers)])
    assert words(printed) == words(str(terminal.targets_view(answers, columns)))
    assert max(map(len, printed.splitlines())) <= columns
