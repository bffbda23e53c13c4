"""Every experiment has its rows, keeps them as they are made, and goes on where it was stopped."""

from __future__ import annotations

import itertools
import json

import pytest
import torch

from fsm2rnn.commands.table import EXPERIMENTS as NAMED
from fsm2rnn.errors import InputError
from fsm2rnn.experiments.presets import Preset
from fsm2rnn.experiments.reproduce import EXPERIMENTS, reproduce
from tests.experiments.settings import TINY

COLUMNS = {
    "paper-table": {"task", "m", "model", "published", "ours", "compiled", "size", "proof", "words"},
    "data-efficiency": {"task", "m", "model", "training words", "ours", "loss", "steps"},
    "additive-terms": {"task", "setting", "additive", "rate", "seed", "best", "last"},
    "rotation-angles": {"seed", "m", "harmonics", "gcd with m", "right residues on the lattice"},
    "frozen-parity": {"hidden", "success", "law", "trials"},
    "state-tracking": {"group", "letters", "target", "measured", "compiled", "proof", "words"},
    "retention": {"machine", "trained on", "noise", "protection", "before", "after", "core exact"},
}
OTHERS = {
    "additive-terms": {"frozen", "effects"},
    "rotation-angles": {"planes"},
    "frozen-parity": {"without"},
    "state-tracking": {"published"},
}


@pytest.fixture(autouse=True)
def _tiny(monkeypatch):
    for name, plan in TINY.items():
        monkeypatch.setitem(EXPERIMENTS, name, lambda _, plan=plan: plan)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", TINY)
def test_an_experiment_has_its_rows_and_is_not_made_twice(name, tmp_path):
    made = []
    found = reproduce(name, folder=tmp_path, listener=made.append)
    assert [one.done for one in made] == list(range(len(TINY[name].runs)))
    answer = found.to_json()
    assert (answer["experiment"], answer["preset"]) == (name, "small")
    assert all(row.keys() >= COLUMNS[name] for row in answer["rows"] if row.get("ours", 0) is not None)
    assert answer["rows"]
    assert all(answer[table] for table in OTHERS.get(name, ()))
    assert json.loads(json.dumps(answer)) == answer
    again = []
    assert reproduce(name, folder=tmp_path, listener=again.append).to_json() == answer
    assert again == []


@pytest.mark.parametrize("name", TINY)
def test_a_stopped_experiment_goes_on_to_the_same_rows(name, tmp_path):
    whole = reproduce(name).to_json()
    stop_at = len(TINY[name].runs) // 2

    def stop(where):
        if where.done == stop_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reproduce(name, folder=tmp_path, listener=stop)
    (path,) = tmp_path.iterdir()
    assert len(path.read_text().splitlines()) == 1 + stop_at
    made = []
    assert reproduce(name, folder=tmp_path, listener=made.append).to_json() == whole
    assert [one.done for one in made] == list(range(stop_at, len(TINY[name].runs)))


@pytest.mark.parametrize("name", TINY)
def test_the_whole_protocol_says_how_long_it_takes_before_it_begins(name):
    heard = []
    reproduce(name, "paper", listener=heard.append)
    first = next(place for place, one in enumerate(heard) if one.left is not None)
    left = [one.left for one in heard[first:]]
    assert first == len(TINY[name].runs) == len(left)
    assert all(later <= earlier for earlier, later in itertools.pairwise(left))


def test_the_command_names_every_experiment():
    assert NAMED.replace(" or ", ", ").split(", ") == list(EXPERIMENTS)


def test_what_is_unknown_is_refused():
    with pytest.raises(InputError, match="retention"):
        reproduce("retentoin")
    with pytest.raises(InputError, match="paper"):
        reproduce("retention", "papr")


def test_presets_say_what_they_reduce_and_choose(monkeypatch):
    monkeypatch.undo()
    for make in EXPERIMENTS.values():
        small, paper = make(Preset.SMALL), make(Preset.PAPER)
        assert small.reduced
        assert small.chosen == paper.chosen != ()
        assert not paper.reduced
        assert len({run.key for run in paper.runs}) == len(paper.runs)
