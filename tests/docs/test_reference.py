"""The reference is what the program says: a page for each target, and pages that are written from the program."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fsm2rnn
from fsm2rnn.proof.file.checker import CERTIFICATE, network_bytes
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.proof.stored.tensor_file import decode_tensor_file
from tests.docs.reference import catalogue, python_names
from tests.docs.reference.target_pages import FOLDER, NAMES, page_of, with_facts
from tests.docs.reference.write import WRITTEN, sheet_of
from tests.house.source_tree import ROOT

ANEW = "python -m tests.docs.reference.write"
FILES = [
    ("full", "parity", "float32", "best"),
    ("pd", "parity", "float32", "best"),
    ("factored", "counter(3)", "float32", "best"),
    ("real-diagonal", "parity", "float32", "best"),
    ("affine-positive-diagonal", "flip-flop", "float32", "best"),
    ("rotation", "Z5", "bfloat16", "snap"),
    ("rotation", "Z10", "float16", "best"),
    ("rotation", "Z50@gens", "bfloat16", "exact-horizon"),
    ("block-diagonal", "counter(3)", "float32", "best"),
    ("householder", "Z5@gens", "bfloat16", "best"),
    ("minimal", "tomita3", "float32", "best"),
    ("relu", "parity", "float32", "best"),
    ("gru", "parity", "float32", "best"),
    ("cascade", "S3@gens", "float32", "best"),
]


def test_every_target_has_a_page_and_every_page_a_target() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted([*NAMES, "index"])


@pytest.mark.parametrize("name", NAMES)
def test_a_target_s_page_says_what_the_program_says(name: str) -> None:
    text = page_of(name).read_text(encoding="utf-8")
    assert text.startswith(f"# `{name}`: ")
    assert with_facts(name, text) == text, ANEW
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Holds", "Cannot", "Example"]
    theorems = re.findall(r"\[theorem (\d+)\]\(\.\./\.\./theorems/((\d+)-[\w-]+\.md)\)", text)
    assert theorems
    for number, page, place in theorems:
        assert int(number) == int(place)
        assert (ROOT / "docs" / "theorems" / page).is_file()
    assert re.search(r"^\$ fsm2rnn compile \S+ -t ", text.replace('"', ""), re.MULTILINE)
    assert "\n$ fsm2rnn check " in text


def test_a_page_that_drifts_is_noticed() -> None:
    text = page_of("pd").read_text(encoding="utf-8")
    assert with_facts("pd", text.replace("| parity | 1 |", "| parity | 2 |")) == text


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_a_written_page_is_what_the_program_says(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == WRITTEN[path](), ANEW


def test_every_public_name_is_on_the_page() -> None:
    named = [name for names in python_names.GROUPS.values() for name in names]
    assert sorted(named) == sorted(set(fsm2rnn.__all__) - {"__version__"})


def shape(picture: str) -> str:
    """Return a picture without its numbers: layouts differ between computers in the last digit."""
    return re.sub(r"-?\d+(\.\d+)?", "0", picture)


@pytest.mark.slow  # seconds: `.ci/slow docs`
@pytest.mark.parametrize("name", catalogue.SHEETS)
def test_a_sheet_shows_the_machines(name: str) -> None:
    drawn = catalogue.sheet(catalogue.SHEETS[name])
    assert shape(sheet_of(name).read_text(encoding="utf-8")) == shape(drawn), ANEW


def keys(value: Any, depth: int) -> Iterator[str]:
    """Yield the keys of an object and of the objects in it, to a depth."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield key
            if depth and key not in {"weights", "dtypes", "evidence"}:
                yield from keys(inside, depth - 1)


@pytest.mark.parametrize(("target", "machine", "dtype", "grade"), FILES)
def test_the_page_of_the_file_names_all_that_files_hold(target: str, machine: str, dtype: str, grade: str) -> None:
    page = (ROOT / "docs" / "reference" / "file_format.md").read_text(encoding="utf-8")
    tensors, metadata = decode_tensor_file(network_bytes(fsm2rnn.compile(machine, target).proved(dtype, grade=grade)))
    names = {re.sub(r"^layers\.\d+", "layers.l", name) for name in tensors} | set(metadata)
    certificate = json.loads(metadata[CERTIFICATE])
    inside = {"reads", "outputs", "moves", "on", "free", "every", "away"}  # of nodes and of a snap
    assert [name for name in sorted(names | set(keys(certificate, 1)) - inside) if f"`{name}`" not in page] == []
    assert certificate["format"] in page


def test_the_page_of_the_file_names_all_structures() -> None:
    page = (ROOT / "docs" / "reference" / "file_format.md").read_text(encoding="utf-8")
    assert [one.stored for one in Structure if f"| `{one.stored}` | " not in page] == []
    stored = {fsm2rnn.compile(machine, target).proved(dtype).structure for target, machine, dtype, _ in FILES[:11]}
    assert stored == set(Structure)
