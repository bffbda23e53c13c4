"""What the commands print under --json is what docs/reference/json.md says: every field known, none missing."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from fsm2rnn.cli import main
from fsm2rnn.commands.table import COMMANDS
from fsm2rnn.experiments.presets import Preset
from fsm2rnn.experiments.reproduce import Reproduced, plan_of_experiment
from fsm2rnn.proof.refutation.witness import KINDS
from fsm2rnn.rocq.prove import Accepted, Rejected, Replay, Stopped, replay_json
from tests.docs.reference.schema import ANSWERS, faults
from tests.house.source_tree import ROOT

PREPARED = "compile tomita3 -t minimal -o net.safetensors"
QUICK = [
    ("explain", "explain S3@gens --why rotation"),
    ("explain", "explain 'counter(3)' -t affine-real-diagonal --contract robust"),
    ("ask", "explain parity -t pd --ask width=1,dtype=bfloat16"),
    ("theorems", "explain S3@gens -t rotation -f rocq -o w.v"),
    ("compile", "compile Z5 -t rotation --dtype bfloat16 -o z.safetensors"),
    ("compile", "compile parity -t relu -o relu.safetensors"),
    ("compile", "compile A4xZ5@gens -t factored --grade smallest -o nine.safetensors"),
    ("explain", "explain A4xZ5@gens -t factored"),
    ("explain", "explain 'Dih(7)@gens' -t pd"),
    ("compile", "compile 're:(a|b)*abb' -t cascade -o cascade.safetensors"),
    ("compile", "compile S3@gens -t rotation -o none.safetensors"),
    ("check", "check net.safetensors"),
    ("check", "check missing.v"),
    ("compile", "compile Z50@gens -t rotation --dtype bfloat16 --grade exact-horizon -o e.safetensors"),
    ("check", "check e.safetensors"),
    ("convert", "convert tomita3 t.dot"),
    ("diff", "diff parity tomita1"),
    ("diff", "diff parity parity"),
    ("table", "table parity S3@gens"),
    ("formats", "formats"),
]
SLOW = [
    ("explain", "explain tomita3 --budget inf"),
    ("explain", "explain A5@gens --budget inf"),
    ("verify", "verify net.safetensors -n 1000"),
    ("run", "run net.safetensors 0,1"),
    ("extract", "extract net.safetensors -o m.json"),
    ("compare", "compare net.safetensors parity"),
    ("audit", "audit net.safetensors"),
    ("export", "export net.safetensors -f torch -o folder"),
    ("view", "view parity -o page.html"),
    ("gallery", "formats --gallery gallery.html"),
    ("data", "data parity -l 8 -n 3 -o words.csv"),
    ("data", "data S3@gens -l 8 -n 3 --vectors -o vectors.safetensors"),
    ("train", "train parity -m elman --hidden 4 --steps 5 -o t.safetensors"),
    ("audit", "audit t.safetensors --limit 500"),
    ("train", "train parity -m full --hidden 4 --steps 5 --until-proved -o u.safetensors"),
    ("train", "train parity -m elman --hidden 4 --steps 5 --seeds 2 -o s.safetensors"),
    ("train", "train parity -m full --hidden 4 --steps 300 -o f.safetensors"),
    ("repair", "repair f.safetensors -o r.safetensors"),
    ("sweep", "sweep spec.json --db runs.sqlite --workers 1"),
    ("doctor", "doctor"),
    ("demo", "demo -o demo"),
]
ELSEWHERE = {"prove", "reproduce"}  # minutes, and the first needs coqc: their documents are made here instead


def held(kind: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shlex.split(line), "--json"]) in (0, 1, 3)
    answer = json.loads(capsys.readouterr().out)
    assert list(faults(answer, ANSWERS[kind])) == []


def test_quick_answers_are_what_the_schema_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("missing.v").write_text("no network", encoding="utf-8")
    main([*shlex.split(PREPARED), "--quiet"])
    for kind, line in QUICK:
        held(kind, line, capsys)


@pytest.mark.slow  # two minutes: `.ci/slow docs`
def test_all_answers_are_what_the_schema_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = {"machines": ["parity"], "models": ["elman"], "seeds": [0], "steps": 5}
    Path("spec.json").write_text(json.dumps(spec), encoding="utf-8")
    main([*shlex.split(PREPARED), "--quiet"])
    for kind, line in SLOW:
        held(kind, line, capsys)


@pytest.mark.parametrize(
    "replay", [Accepted((), ("Classical",), 1.5), Rejected("code is refused", 2.0), Stopped("out of time", 300.0)]
)
def test_what_prove_prints_is_what_the_schema_says(replay: Replay) -> None:
    assert list(faults(replay_json(replay), ANSWERS["prove"])) == []


def test_what_reproduce_prints_is_what_the_schema_says() -> None:
    plan = plan_of_experiment("frozen-parity", Preset.SMALL)
    found = Reproduced("frozen-parity", Preset.SMALL, plan, {"rows": ({"hidden": 1},), "without": ()})
    assert list(faults(json.loads(json.dumps(found.to_json())), ANSWERS["reproduce"])) == []


def test_every_kind_of_witness_is_in_the_schema() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "fsm2rnn" / "proof" / "refutation").glob("*.py")]
    written = {kind for text in texts for kind in re.findall(r'"kind": "([\w-]+)"', text)} | set(KINDS.values())
    assert sorted(ANSWERS["witness"]["properties"]["kind"]["enum"]) == sorted(written)


def test_every_command_is_asked() -> None:
    asked = {shlex.split(line)[0] for _, line in (*QUICK, *SLOW)} | ELSEWHERE
    assert asked == {command.name for command in COMMANDS}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"accepted": True, "claim": "c", "grade": "exact"}, "no equations"),
        ({"accepted": True, "claim": "c", "grade": "exact", "equations": 1, "more": 1}, "more is not in the schema"),
        ({"accepted": 1, "claim": "c", "grade": "exact", "equations": 1}, "is no boolean"),
        ({"accepted": True, "claim": "c", "grade": "exact", "equations": True}, "is no integer"),
    ],
)
def test_the_reader_bites(answer: dict[str, object], says: str) -> None:
    assert any(says in fault for fault in faults(answer, ANSWERS["check"]))
