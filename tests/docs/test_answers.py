"""What the commands print under --json is what docs/reference/json.md says: every field known, none missing."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from fsm2rnn.cli import main
from fsm2rnn.commands.table import COMMANDS
from tests.docs.reference.schema import ANSWERS, faults

PREPARED = "compile tomita3 -t minimal -o net.safetensors"
QUICK = [
    ("explain", "explain S3@gens --why rotation"),
    ("explain", "explain 'counter(3)' -t affine-real-diagonal --contract robust"),
    ("ask", "explain parity -t pd --ask width=1,dtype=bfloat16"),
    ("theorems", "explain S3@gens -t rotation -f rocq -o w.v"),
    ("compile", "compile Z5 -t rotation --dtype bfloat16 -o z.safetensors"),
    ("compile", "compile parity -t relu -o relu.safetensors"),
    ("compile", "compile 're:(a|b)*abb' -t cascade -o cascade.safetensors"),
    ("compile", "compile S3@gens -t rotation -o none.safetensors"),
    ("check", "check net.safetensors"),
    ("check", "check missing.v"),
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
    ("train", "train parity -m full --hidden 4 --steps 300 -o f.safetensors"),
    ("repair", "repair f.safetensors -o r.safetensors"),
    ("sweep", "sweep spec.json --db runs.sqlite --workers 1"),
    ("doctor", "doctor"),
    ("prove", "prove net.safetensors"),
    ("demo", "demo -o demo"),
]
ELSEWHERE = {"reproduce": "tests/cli/test_reproduce.py"}


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
        if kind != "prove" or shutil.which("coqc") is not None:
            held(kind, line, capsys)


def test_every_command_is_asked() -> None:
    asked = {shlex.split(line)[0] for _, line in (*QUICK, *SLOW)} | set(ELSEWHERE)
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
