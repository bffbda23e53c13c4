"""The gallery has every task of the catalogue and every group that is suggested."""

from __future__ import annotations

import html
import re

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.pages.web.drawings.gallery import GROUPS, SHOWN, TEXTS
from fsm2rnn.source.named.catalogue import TASKS


def test_each_task_is_shown():
    assert {name.partition("(")[0] for name in SHOWN} == {entry.name for entry in TASKS}


def test_the_command_writes_a_page_that_loads_nothing(tmp_path, capsys):
    path = tmp_path / "gallery.html"
    assert main(["formats", "--gallery", str(path), "--json"]) == 0
    assert f'"file": "{path}"' in capsys.readouterr().out
    page = path.read_text(encoding="utf-8")
    names = [html.unescape(name) for name in re.findall(r"</svg><code>(.*?)</code>", page)]
    assert names == [*SHOWN, *GROUPS, *TEXTS]
    assert page.count("<svg ") == len(names)
    assert not re.search(r"<script|<img|<link|https?://(?!www\.w3\.org/2000/svg)", page)
    for name in names:
        machine = fsm2rnn.read(name)
        assert f"{len(machine.states):,} states, {len(machine.symbols):,} symbol" in page
