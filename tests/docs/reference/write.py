"""Write anew what the reference takes from the program: python -m tests.docs.reference.write [PAGE.md ...].

Pages that are named have the output of their terminal blocks written anew too.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.docs.reference import catalogue, command_line, json_page, python_names
from tests.docs.reference.target_pages import NAMES, page_of, with_facts
from tests.docs.terminal import rewritten
from tests.house.source_tree import ROOT

WRITTEN: Final[dict[Path, Callable[[], str]]] = {
    one.PAGE: one.page for one in (catalogue, command_line, json_page, python_names)
}
"""The pages that are written from the program as a whole."""


def sheet_of(name: str) -> Path:
    """Return the file of a sheet of pictures."""
    return ROOT / "docs" / "pictures" / f"catalogue_{name}.svg"


def write(pages: list[str]) -> None:
    """Write the pages and pictures of the reference, then the terminal blocks of the pages that are named."""
    for path, page in WRITTEN.items():
        path.write_text(page(), encoding="utf-8")
    for name, machines in catalogue.SHEETS.items():
        sheet_of(name).write_text(catalogue.sheet(machines), encoding="utf-8")
    for name in NAMES:
        path = page_of(name)
        path.write_text(with_facts(name, path.read_text(encoding="utf-8")), encoding="utf-8")
    for page in map(Path, pages):
        with tempfile.TemporaryDirectory() as folder:
            page.write_text(rewritten(page.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1:])
