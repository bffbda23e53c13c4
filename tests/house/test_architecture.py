"""docs/architecture.md tells the truth about the folders and layers."""

from __future__ import annotations

import re
import tomllib

from tests.house.source_tree import ROOT, sources

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def drawn_layers(page: str) -> list[str]:
    """Return the lines of the block under the mark <!-- layers -->."""
    return re.search(r"<!-- layers -->\n```\n(.*?)```", page, re.DOTALL)[1].split("\n")[:-1]


def unnamed_rooms(page: str, rooms: set[str]) -> list[str]:
    """Return the folders that the page does not set in bold."""
    return sorted(room for room in rooms if f"**{room}**" not in page)


def test_the_layers_drawn_are_those_that_hold() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"]: contract for contract in config["tool"]["importlinter"]["contracts"]}
    assert drawn_layers(PAGE) == [layer.strip("()") for layer in contracts["layers"]["layers"]]


def test_every_room_is_described() -> None:
    folders = {source.path.rsplit("/", 1)[0].removeprefix("fsm2rnn/") for source in sources("fsm2rnn")} - {"fsm2rnn"}
    rooms = {folder if folder.startswith("proof/") else folder.rsplit("/", 1)[-1] for folder in folders} - {"proof"}
    assert unnamed_rooms(PAGE, rooms) == []
    assert unnamed_rooms(PAGE, {*rooms, "attic"}) == ["attic"]
