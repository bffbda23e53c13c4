"""GAP as a program beside the tests and benchmarks: statements in, lines of JSON out.

It is the command line in the variable GAP, or the program `gap`, or that of the package passagemath-gap.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any, Final

ABSENT: Final = "GAP is not installed: neither `gap` nor the variable GAP nor passagemath-gap"
# GAP's own printer breaks lines, and some abbreviate lists as ranges: entries are printed one by one.
PRINTER: Final = """
SetPrintFormattingStatus("*stdout*", false);;
shown := function(value)
  local place;
  if IsString(value) and not IsEmpty(value) then
    Print("\\"", value, "\\"");
  elif IsList(value) then
    Print("[");
    for place in [1 .. Length(value)] do
      if place > 1 then Print(","); fi;
      shown(value[place]);
    od;
    Print("]");
  else
    Print(value);
  fi;
end;;
line := function(value)
  shown(value);
  Print("\\n");
end;;
"""


def command() -> list[str] | None:
    """Return the command line of GAP, None where it is not installed."""
    if "GAP" in os.environ:
        return shlex.split(os.environ["GAP"])
    if program := shutil.which("gap"):
        return [program]
    return [sys.executable, "-m", "sage.interfaces.gap"] if importlib.util.find_spec("passagemath_gap") else None


def answers(statements: str) -> Iterator[Any]:
    """Yield what `line(...);` prints in the statements, as it comes; RuntimeError with GAP's own words otherwise."""
    found = command()
    if found is None:
        raise RuntimeError(ABSENT)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as asked:
        asked.write(f"{PRINTER}{statements}\nquit;\n")
        asked.seek(0)
        with subprocess.Popen(
            [*found, "-q", "-b", "--quitonbreak"], stdin=asked, stdout=subprocess.PIPE, text=True
        ) as run:
            for text in run.stdout or ():
                if text.startswith("#I "):  # a remark
                    continue
                if not text.startswith("["):
                    message = f"GAP says: {text.strip():.200}"
                    raise RuntimeError(message)
                yield json.loads(text)
            if run.wait():
                message = f"GAP ended with status {run.returncode}: what it says is above"
                raise RuntimeError(message)


if __name__ == "__main__":
    raise SystemExit(None if command() else f"skipped: {ABSENT}")
