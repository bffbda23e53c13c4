"""The site: it builds without a warning, every code block runs, every theorem names code and tests that exist."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import sys
from pathlib import Path

import pytest

from fsm2rnn.sweeps.spec import read_spec
from tests.docs.terminal import agrees, printed, run, sessions
from tests.house.source_tree import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
FENCE = re.compile(r"^```(?P<language>[\w{}-]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
THEOREMS = sorted((DOCS / "theorems").glob("[0-9]*.md"))
PARTS = ["Statement", "Hypotheses", "Proof", "In the code", "Replayed by"]
# Pages whose blocks need more than a shell have tests of their own, which `.ci/slow docs` runs too.
ELSEWHERE = {
    "guide.md": "tests/house/test_readme.py",
    "testing.md": "tests/testing/test_documentation.py",
    "constrained_decoding.md": "tests/decoding/test_constrained_decoding_page.py",
}
PROGRAM_NAMES = ("fsm2rnn ", "python ", "pytest ", "apt-get ")  # what a line begins with that a shell is to run
NEEDS = {"modules.md": "transformers"}
PROGRAMS = {"rocq.md": "coqc"}
INSTALLS = ("apt-get ",)  # what a page tells to install is there, or its blocks are skipped
BEFORE = {
    "page.md": "fsm2rnn compile parity -t full -o net.safetensors",
    "trained_networks.md": (
        "fsm2rnn compile parity -t elman -o net.safetensors\n"
        'python -c "import torch; from safetensors.torch import save_file; g = torch.nn.GRU(2, 4); '
        "r = torch.nn.Linear(4, 2); save_file({**{'gru.' + k: v for k, v in g.state_dict().items()}, "
        "**{'head.' + k: v for k, v in r.state_dict().items()}}, 'theirs.safetensors')\""
    ),
}
# What a command may end with: refuted and undecided are answers.
ANSWERED = (0, 1, 3)


def blocks(page: str) -> list[tuple[str, str]]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return [(match["language"], match["body"]) for match in FENCE.finditer(text)]


def commands(body: str) -> list[str]:
    """Return the lines of a block that a shell is to run: those after a prompt, or all that begin with a program."""
    lines = body.strip().splitlines()
    told = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")] or lines
    return [line for line in told if line.startswith(PROGRAM_NAMES) and not line.startswith(INSTALLS)]


def run_block(language: str, body: str, folder: Path) -> None:
    """Run one block: Python in a process, each line of a shell, a JSON document as a sweep's; compare what is shown."""
    if language == "python":
        found = run([sys.executable, "-c", body], folder)
        assert found.returncode == 0, found.stderr
        stated = re.findall(r"^print\(.*\)  # (.*)$", body, re.MULTILINE)
        assert found.stdout.splitlines() == stated or not stated, found.stdout
    elif language == "json":
        (folder / "spec.json").write_text(body, encoding="utf-8")
        assert len(read_spec(folder / "spec.json")) == 32
    elif language == "console" and any(output for _, output in sessions(body)):
        for command, expected in sessions(body):
            found = printed(command, folder)
            assert agrees(expected, found), f"{command}\n{found}"
    else:
        for line in commands(body):
            found = run(["bash", "-c", line], folder)
            assert found.returncode in ANSWERED, f"{line}\n{found.stdout}{found.stderr}"


@pytest.mark.slow  # minutes: `.ci/slow docs`
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page) and page not in ELSEWHERE])
def test_every_block_runs(page: str, tmp_path: Path) -> None:
    if page in NEEDS:
        pytest.importorskip(NEEDS[page], reason=f"needs the extra {NEEDS[page]}")
    if page in PROGRAMS and shutil.which(PROGRAMS[page]) is None:
        pytest.skip(f"needs {PROGRAMS[page]}, which is not installed")
    for line in BEFORE.get(page, "").splitlines():
        assert run(["bash", "-c", line], tmp_path).returncode == 0
    for language, body in blocks(page):
        if not language.startswith("{"):
            run_block(language, body, tmp_path)


def test_every_page_with_code_is_run_by_some_test() -> None:
    for page, test in ELSEWHERE.items():
        assert page in PAGES
        assert Path(page).name in (ROOT / test).read_text(encoding="utf-8")
    languages = {language for page in PAGES for language, _ in blocks(page) if not language.startswith("{")}
    assert languages <= {"", "sh", "console", "python", "json"}
    shells = [(page, body) for page in PAGES for language, body in blocks(page) if language in {"sh", "console"}]
    assert [page for page, body in shells if not commands(body)] == []
    assert commands("$ fsm2rnn check a\naccepted\n") == ["fsm2rnn check a"]
    assert commands("h <- a h + z\n") == []


@pytest.mark.slow  # twenty seconds: `.ci/slow docs`
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    for name in ("sphinx", "myst_parser", "furo"):
        if importlib.util.find_spec(name) is None:
            pytest.skip("needs the extra docs")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(DOCS), str(tmp_path)]
    found = run(command, ROOT)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")
    assert (tmp_path / "index.html").exists()


def test_every_page_is_in_the_site() -> None:
    """A page that no list of contents names would be a warning of the build."""
    listed = set()
    for page in PAGES:
        for language, body in blocks(page):
            if language == "{toctree}":
                names = [line for line in body.splitlines() if line and not line.startswith(":")]
                listed |= {(Path(page).parent / f"{name}.md").as_posix() for name in names}
    assert listed | {"index.md"} == set(PAGES)


@pytest.mark.parametrize("path", THEOREMS, ids=lambda path: path.stem)
def test_a_theorem_has_its_parts_and_names_code_and_tests_that_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(path.stem[:2])}. ")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == PARTS
    _, code, tests = re.split(r"^## (?:In the code|Replayed by)$", text, flags=re.MULTILINE)
    named = re.findall(r"^- `([^`]+)`$", code, re.MULTILINE)
    assert named
    assert all((ROOT / place).is_file() for place in named)
    replayed = [place.split("::") for place in re.findall(r"^- `([^`]+)`$", tests, re.MULTILINE)]
    assert replayed
    for place, name in replayed:
        tree = ast.parse((ROOT / place).read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, (place, name)


def test_theorems_are_numbered_without_a_gap() -> None:
    assert [int(path.stem[:2]) for path in THEOREMS] == list(range(1, len(THEOREMS) + 1))


def test_the_guide_s_wishes_have_scripts() -> None:
    """Each row of "I want to ..." in the README has a section in docs/how_to.md, in the same order."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = readme.split("## I want to ...")[1].split("\n## ")[0].strip().splitlines()[2:]
    sections = re.findall(r"^## (.*)$", (DOCS / "how_to.md").read_text(encoding="utf-8"), re.MULTILINE)
    wishes = [row.split("|")[1].strip() for row in rows if row.startswith("|")]
    assert len(sections) == len(wishes)
    for wish, section in zip(wishes, sections, strict=True):
        first = re.match(r"\w+", section)[0].lower()
        assert first in wish.lower(), (wish, section)


def test_every_script_of_the_how_to_has_code() -> None:
    text = (DOCS / "how_to.md").read_text(encoding="utf-8")
    assert all("```" in section for section in text.split("\n## ")[1:])
