"""Answers as a person reads them, in lines of text."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping

from fsm2rnn.constructions.sizes import BestFound, ByDefinition, Least, SizeProof
from fsm2rnn.escapes import escaped
from fsm2rnn.explanation import Explanation, Obstruction
from fsm2rnn.machine.labels import Json
from fsm2rnn.pages.rows import targets_view, wrapped
from fsm2rnn.sizes import Size

WIDTH = 100  # of tables that go into files and pipes


def width() -> int:
    """Return the columns of a line: COLUMNS where it is set, else those of the terminal, else `WIDTH`."""
    return shutil.get_terminal_size((WIDTH, 24)).columns


def show(*parts: str) -> None:
    """Print each part on stdout at once, its last line ended."""
    sys.stdout.write("".join(f"{part}\n" for part in parts))
    sys.stdout.flush()


def show_facts(name: str, facts: Mapping[str, Json]) -> None:
    """Print the facts."""
    show(fitted(facts_text(name, facts)))


def show_rest(explanation: Explanation) -> None:
    """Print sizes, what else is refuted, and what was not decided, below the rows."""
    texts = [
        sizes_text(explanation.sizes),
        obstructions_text(explanation.obstructions),
        undecided_text(explanation.undecided),
    ]
    show(*(fitted(text) for text in texts if text))


def show_explanation(name: str, explanation: Explanation) -> None:
    """Print facts, one row per target, sizes, and what else is refuted."""
    show_facts(name, explanation.facts)
    show(targets_view(explanation.answers, width()))
    show_rest(explanation)


def fitted(text: str) -> str:
    """Return the lines of a text broken between words where somebody sees them in so many columns, else as they are."""
    if not (sys.stdout.isatty() or "COLUMNS" in os.environ):
        return text
    return "\n".join(wrapped(line, width()) for line in text.split("\n"))


def facts_text(name: str, facts: Mapping[str, Json]) -> str:
    """Return the facts in one line, and under it those that a limit stopped; a machine that is no group has no name."""
    # A group without a name is called by its order, which is not said twice.
    said = {
        key: value for key, value in facts.items() if facts.get("group") != f"order {value}" or key != "group_order"
    }
    known = [f"{_words(key)} {_words(str(value))}" for key, value in said.items() if value is not None]
    stopped = [_words(key) for key, value in facts.items() if value is None and key not in {"group", "group_order"}]
    text = f"{escaped(name)}: {', '.join(known)}"
    return f"{text}\nnot decided within limits and budget: {', '.join(stopped)}" if stopped else text


def sizes_text(sizes: Iterable[Size]) -> str:
    """Return the sizes in one line, nothing where there are none."""
    parts = [f"{size.name} {_mark(size.proof)}{size.size:,}" for size in sizes]
    return f"sizes (= proved least, <= best found): {', '.join(parts)}" if parts else ""


def _mark(proof: SizeProof) -> str:
    match proof:
        case Least():
            return "= "
        case BestFound():
            return "<= "
        case ByDefinition():
            return ""


def obstructions_text(obstructions: Iterable[Obstruction]) -> str:
    """Return one line per further family that is refuted."""
    return "\n".join(escaped(f"no {found.refutes}: {found.witness}") for found in obstructions)


def _words(name: str) -> str:
    return {"True": "yes", "False": "no"}.get(name, name.replace("_", " "))


def undecided_text(undecided: Iterable[str]) -> str:
    """Return in one line what a budget ended beside the targets."""
    names = ", ".join(undecided)
    return f"not decided within the budget; --budget raises it: {names}" if names else ""
