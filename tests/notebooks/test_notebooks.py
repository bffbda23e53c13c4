"""Each notebook runs as a script and as a notebook, and the .ipynb beside it was made from it."""

from __future__ import annotations

import runpy
import shutil
import warnings
from pathlib import Path

import jupytext
import pytest

from tests.house.source_tree import ROOT

SOURCES = sorted((ROOT / "notebooks").glob("[0-9]*.py"))


LONG = {
    "03_train_and_seed",
    "04_prove_a_trained_network",
    "05_outside_modules",
    "06_long_words_and_precision",
    "07_groups_as_geometry",
    "08_certificates_in_rocq",
}  # `.ci/slow notebooks` runs them
NEEDS = {"05_outside_modules": "transformers"}  # extras, as the notebooks say
PROGRAMS = {"08_certificates_in_rocq": "coqc"}


def require(source: Path) -> None:
    """Skip where a notebook's extra or program is missing."""
    if source.stem in NEEDS:
        pytest.importorskip(NEEDS[source.stem], reason=f"needs the extra {NEEDS[source.stem]}")
    if source.stem in PROGRAMS and shutil.which(PROGRAMS[source.stem]) is None:
        pytest.skip(f"needs {PROGRAMS[source.stem]}")


@pytest.mark.parametrize(
    "source",
    [pytest.param(path, marks=pytest.mark.slow) if path.stem in LONG else path for path in SOURCES],
    ids=lambda path: path.stem,
)
class TestNotebook:
    def test_it_runs_as_a_script(self, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
        require(source)
        runpy.run_path(str(source))
        assert capsys.readouterr().out

    def test_the_notebook_is_made_from_it(self, source: Path) -> None:
        made, shown = jupytext.read(source), jupytext.read(source.with_suffix(".ipynb"))
        assert [(cell.cell_type, cell.source) for cell in shown.cells] == [
            (cell.cell_type, cell.source) for cell in made.cells
        ]
        codes = [cell for cell in shown.cells if cell.cell_type == "code"]
        assert any(cell.outputs for cell in codes)
        assert not [output for cell in codes for output in cell.outputs if output.output_type == "error"]

    @pytest.mark.slow  # what its cells say, the script has asserted
    def test_it_runs_as_a_notebook(self, source: Path) -> None:
        require(source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # jupyter's and zmq's own
            build = runpy.run_path(str(ROOT / "notebooks" / "build.py"))
            assert build["executed"](source).cells


def test_there_are_eight_notebooks_in_order() -> None:
    assert [int(source.stem[:2]) for source in SOURCES] == list(range(1, 9))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_each_shows_pictures(source: Path) -> None:
    cells = jupytext.read(source.with_suffix(".ipynb")).cells
    shown = [output.get("data", {}) for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    assert any({"image/png", "image/svg+xml"} & set(data) for data in shown)
