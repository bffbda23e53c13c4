"""The README and the guide are true: CI runs the commands, the Python runs, terminal output and table are real.

CONTRIBUTING.md names only files that exist.
"""

from __future__ import annotations

import re
import runpy
import shlex
import sys
from pathlib import Path

import pytest

from tests.docs import terminal
from tests.docs.terminal import agrees, sessions
from tests.house.source_tree import ROOT

SCRIPT = ROOT / ".ci" / "readme.py"
README = (ROOT / "README.md").read_text(encoding="utf-8")
READ = runpy.run_path(str(SCRIPT))
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
BLOCKS = [*READ["fenced_blocks"](README), *READ["fenced_blocks"](GUIDE)]
FIRST_SCREENS = 7_000


def of_language(language: str) -> list[str]:
    return [block.body for block in BLOCKS if block.language == language]


def run(command: list[str], folder: Path) -> str:
    found = terminal.run(command, folder)
    return found.stdout + found.stderr


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("install", "python -m pip install -c constraints.txt . && fsm2rnn demo"),
        ("test", 'python -m pip install -c constraints.txt -e ".[test]" && python -m pytest -q'),
    ],
)
def test_the_first_block_holds_the_two_commands(name: str, command: str) -> None:
    assert run([sys.executable, str(SCRIPT), name], ROOT).splitlines() == [command]


@pytest.mark.parametrize(
    "block", ["fsm2rnn demo\n", "fsm2rnn demo\npython -m pytest -q\nrm -r x\n", "fsm2rnn demo\nfsm2rnn demo\n"]
)
def test_any_other_first_block_is_refused(block: str) -> None:
    with pytest.raises(ValueError, match="first block"):
        READ["commands"](f"# A project\n\n```\n{block}```\n")


def test_the_readme_is_short() -> None:
    assert len(README) < FIRST_SCREENS


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def test_the_table_is_what_the_command_prints(tmp_path: Path) -> None:
    """The README shows some of the columns that the command below it has."""
    (command,) = re.findall(r"\(`(fsm2rnn table [^`]*)`", README)
    found = [cells(line) for line in run([*shlex.split(command), "--markdown"], tmp_path).splitlines()]
    lines = README[README.index("| machine |") :].split("\n\n")[0].splitlines()
    places = [found[0].index(name) for name in cells(lines[0])]
    assert [cells(line) for line in lines[2:]] == [[row[place] for place in places] for row in found[2:]]


def test_links_lead_to_files() -> None:
    for text, folder in ((README, ROOT), (GUIDE, ROOT / "docs")):
        named = re.findall(r"\]\((?!https?:)([^)#]+)", text)
        assert [path for path in named if not (folder / path).exists()] == []


def test_there_is_a_python_start_and_a_terminal_block() -> None:
    assert of_language("python")
    assert any(sessions(block) for block in of_language("console"))


@pytest.mark.parametrize("block", of_language("python"))
def test_the_python_runs_and_prints_what_it_shows(tmp_path: Path, block: str) -> None:
    assert ">>> " in block
    (tmp_path / "start.txt").write_text(block, encoding="utf-8")
    options = ["-o", "ELLIPSIS", "-o", "NORMALIZE_WHITESPACE"]
    assert run([sys.executable, "-m", "doctest", *options, "start.txt"], tmp_path) == ""


@pytest.mark.parametrize("block", of_language("console"))
def test_the_terminal_output_is_real(tmp_path: Path, block: str) -> None:
    """An ellipsis in the README stands for what differs between machines, such as a rate."""
    for command, expected in sessions(block):
        found = run(shlex.split(command), tmp_path)
        assert agrees(expected, found.strip("\n")), f"{command}\n{found}"


def test_contributing_names_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:fsm2rnn|tests|\.ci)/[\w./]*)`", text)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_as_many_networks_were_measured_as_the_page_says() -> None:
    text = (ROOT / "docs" / "horizon_errors.md").read_text(encoding="utf-8")
    rows = [re.split(r" *\| *", line)[1:-1] for line in text.splitlines() if re.match(r"\| [HD], ", line)]
    count = sum(int(row[1]) for row in rows)
    assert len(rows) == 8  # two theorems, four formats
    assert f"{count} networks carry a horizon" in text
    assert {(row[-2], row[-1]) for row in rows} == {("0", "0")}
    assert all(float(row[5]) < 1 for row in rows)
    assert f"measured errors of {count} networks" in re.sub(r"\s+", " ", GUIDE)


def test_the_sizes_of_real_machines_are_those_of_the_page() -> None:
    page = (ROOT / "docs" / "real_machines.md").read_text(encoding="utf-8")
    sums = next(line for line in page.splitlines() if line.startswith("| all"))
    cells = [cell.strip() for cell in sums.strip("|").split("|")]
    states, integer, blocks = int(cells[-7]), int(cells[-5]), int(cells[-3].partition("/")[0])
    said = f"{states:,} states, {integer:,} coordinates as integer networks, and {blocks:,} in the largest"
    assert said in re.sub(r"\s+", " ", GUIDE)


def test_the_figures_of_real_machines_are_those_of_their_page():
    page = (ROOT / "docs" / "real_machines.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("|")]
    row = dict(zip(rows[0], rows[-1], strict=True))
    count = {name: int(cell) if cell.isdigit() else 0 for name, cell in row.items()}
    rungs = sum(count[name] for name in row if name.endswith("diagonal") or name == "rotation")
    blocks = int(row["blocks"].split("/")[0])
    said = " ".join(GUIDE.split())
    assert row["class"] == "all"
    assert f"{rungs} are held by a diagonal or rotation rung" in said
    assert f"{row['householder']} more by products of updates, {row['pd']} by none of these" in said
    assert f"{row['gain']} have a minimal linear realisation narrower" in said
    assert f"{count['states']:,} states, {count['integer']:,} coordinates as integer networks, and {blocks:,}" in said
