"""Write each notebook's .ipynb from its .py, executed: python notebooks/build.py [PART OF A NAME].

Notebook 05 needs the extra transformers, notebook 08 coqc with Flocq and coq-interval.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent


def executed(source: Path) -> nbformat.NotebookNode:
    """Return the notebook of a percent-format file with its outputs; CellExecutionError where a cell fails."""
    notebook = jupytext.read(source)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"  # random otherwise, which would change the file at every build
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":  # warnings tell of the machine that it ran on
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    notebook.metadata.pop("language_info", None)
    return notebook


if __name__ == "__main__":
    part = "".join(sys.argv[1:])
    for path in sorted(source for source in HERE.glob("[0-9]*.py") if part in source.stem):
        nbformat.write(executed(path), path.with_suffix(".ipynb"))
