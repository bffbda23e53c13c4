"""view -o FILE.svg: one picture of a machine, which the README shows."""

from __future__ import annotations

import re

import pytest

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.errors import InputError, LimitError
from tests.house.source_tree import ROOT
from tests.pages.web.drawings.test_graph import parsed, tags

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_what_its_command_draws(tmp_path):
    (command,) = re.findall(r"`fsm2rnn view (\S+) -o (docs/pictures/\S+\.svg)`", README)
    name, place = command
    assert f"]({place})" in README
    path = tmp_path / "picture.svg"
    assert main(["view", name, "-o", str(path), "--budget", "inf", "--quiet"]) == 0
    assert path.read_text(encoding="utf-8") == (ROOT / place).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["parity", "S3@gens", pytest.param("A5@gens", marks=pytest.mark.slow)])
def test_a_picture_says_of_every_linear_target_what_the_page_says(name):
    page = fsm2rnn.view(name, budget=None)
    (subject,) = page.data.subjects
    root = parsed(page.svg)
    said = " ".join("".join(node.itertext()) for node in tags(root, "text"))
    for rung in subject.ladder:
        if rung.target not in {"relu", "elman", "gru", "lstm"}:
            assert rung.target in said
            assert rung.text in said
    assert subject.claim.head in said


def test_networks_and_large_machines_and_several_have_no_one_picture(tmp_path):
    with pytest.raises(InputError, match="a picture shows one machine, this page has 2"):
        fsm2rnn.view("parity", "tomita2").save(tmp_path / "a.svg")
    with pytest.raises(InputError, match="is a network"):
        fsm2rnn.view(fsm2rnn.compile("parity", "full").network()).save(tmp_path / "a.svg")
    with pytest.raises(LimitError, match="61 needed, the limit is 60"):
        fsm2rnn.view(fsm2rnn.from_table([[min(at + 1, 60)] for at in range(61)])).save(tmp_path / "a.svg")
    assert list(tmp_path.iterdir()) == []
