"""Write anew what the reference takes from the program: python -m tests.docs.reference.write [PAGE.md ...].

Pages that are named have the output of their terminal blocks written anew too.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.docs.reference.target_pages import NAMES, page_of, with_facts
from tests.docs.terminal import rewritten


def write(pages: list[str]) -> None:
    """Write the pages of the reference, then the terminal blocks of the pages that are named."""
    for name in NAMES:
        path = page_of(name)
        path.write_text(with_facts(name, path.read_text(encoding="utf-8")), encoding="utf-8")
    for page in map(Path, pages):
        with tempfile.TemporaryDirectory() as folder:
            page.write_text(rewritten(page.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1:])
