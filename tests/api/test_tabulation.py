"""table: one value of cells, three printers, each read back."""

from __future__ import annotations

import csv
import io
import re
from typing import get_args

import pytest

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.compiler import ALIASES
from fsm2rnn.constructions.cells.claim import CellClaim
from fsm2rnn.families import FAMILIES
from fsm2rnn.proof.refutation.witness import Witness
from fsm2rnn.tabulation import (
    PUBLISHED,
    TableCell,
    Tabulation,
    comma_separated,
    few_words,
    headings,
    latex,
    lines,
    markdown,
)
from fsm2rnn.targets import STACKS, TARGETS
from tests.cli.commands import answer, refusal

TARGETS_HERE = ["rotation", "pd", "positive-diagonal"]
MACHINES = ["A5@gens", "parity", "tomita3", "counter(3)", "Z5"]


@pytest.fixture(scope="module")
def small():
    return fsm2rnn.table("parity", "S3", "Z5", targets=TARGETS_HERE)


def test_every_alias_has_the_spelling_of_its_paper():
    assert set(PUBLISHED) == set(ALIASES)
    assert {spelled.lower() for spelled in PUBLISHED.values()} == set(ALIASES)


def test_cells_say_what_explain_says():
    found = fsm2rnn.table(*MACHINES)
    assert found.targets == tuple(target.name for target in (*TARGETS, *STACKS, *FAMILIES))
    for machine, cells in found.rows:
        families = [fsm2rnn.compile(machine, one) for one in (*STACKS, *FAMILIES)]
        for told, cell in zip((*fsm2rnn.explain(machine).answers, *families), cells, strict=True):
            match told.verdict:
                case fsm2rnn.Compiled() as built:
                    assert cell.width == built.operator.size
                    stock = isinstance(built.proof, CellClaim)
                    assert cell.symbols == (None if stock else built.steps().get("bfloat16", 0))
                    assert cell.why == ("proved when stored" if stock else "")
                case fsm2rnn.Impossible():
                    assert (cell.width, cell.refuted) == (None, True)
                case fsm2rnn.Unsettled():
                    assert (cell.width, cell.refuted) == (None, False)


def test_a_cell_in_words():
    found = dict(
        fsm2rnn.table("A5@gens", "tomita3", "parity", targets=["r2", "slice", "householder", "positive-diagonal"]).rows
    )
    assert str(found["A5@gens"][1]) == "3 (bf16: 34 symbols)"
    assert str(found["tomita3"][0]) == "no: 0 1 and 1 0 would end alike"
    assert str(found["tomita3"][2]) == "no: idempotents 0 0 1 and 1 0 1 have one image"
    assert str(found["parity"][3]) == "no: 1 goes around 2 states"
    assert str(TableCell(None, None, refuted=False, why="too large")) == "open: too large"


def test_long_words_are_not_spelled_out():
    machine = fsm2rnn.read("re:(connect|data)*close@abcdelnost")
    witness = fsm2rnn.explain(machine, "affine-real-diagonal").answers[0].verdict.witness
    assert few_words(witness) in {"xxyx = yx fails", "xyzxwy = yxzxwy fails"}
    assert isinstance(witness, get_args(Witness))


def test_a_machine_without_a_name_is_counted():
    found = fsm2rnn.table(fsm2rnn.read("parity"), "Z3", fsm2rnn.read("S3"), targets=["full"])
    assert [name for name, _ in found.rows] == ["machine 1", "Z3", "machine 3"]


def test_headings_have_both_names(small):
    assert headings(small) == ["machine", "rotation (R2)", "pd (PD-SSM)", "positive-diagonal"]


def test_csv_reads_back(small):
    assert [*csv.reader(io.StringIO(comma_separated(small)))] == [headings(small), *lines(small)]


def test_markdown_has_a_cell_for_each(small):
    above, rule, *rows = markdown(small).splitlines()
    assert above == f"| {' | '.join(headings(small))} |"
    assert rule == "| --- | --- | --- | --- |"
    assert len(rows) == 3
    assert str(small) == repr(small) == markdown(small)


HARD = Tabulation(
    ("rotation",),
    ((r"a|b_\{x}~^&%$#<>*`[" + "\x1b\n", (TableCell(None, None, refuted=True, why="a|b & c_d"),)),),
    fsm2rnn.Contract.INJECTIVE,
)


def test_marks_of_each_language_are_written_as_themselves():
    assert "\x1b" not in markdown(HARD) + latex(HARD) + comma_separated(HARD)
    row = markdown(HARD).splitlines()[2]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 3
    assert re.sub(r"\\(.)", r"\1", row) == f"| {' | '.join(lines(HARD)[0])} |"
    body = latex(HARD).splitlines()[4]
    assert body.endswith(r" \\")
    assert len(re.findall(r"(?<!\\)&", body)) == 1
    assert r"a\textbar{}b\_\textbackslash{}\{x\}\textasciitilde{}\textasciicircum{}\&\%\$\#" in body
    assert [*csv.reader(io.StringIO(comma_separated(HARD)))][1] == lines(HARD)[0]


def test_latex_is_a_tabular_of_booktabs(small):
    text = latex(small).splitlines()
    assert text[0] == r"\begin{tabular}{llll}"
    assert (text[1], text[3], text[-2], text[-1]) == (r"\toprule", r"\midrule", r"\bottomrule", r"\end{tabular}")
    assert all(line.count(" & ") == 3 for line in [text[2], *text[4:-2]])


def test_the_command_prints_the_same_value_in_each_form(capsys):
    found = fsm2rnn.table("parity", "S3")
    for options, printer in (
        ([], markdown),
        (["--markdown"], markdown),
        (["--latex"], latex),
        (["--csv"], comma_separated),
    ):
        assert main(["table", "parity", "S3", "--budget", "inf", *options]) == 0
        assert capsys.readouterr().out == f"{printer(found)}\n"
    told = answer(capsys, "table", "parity", "S3", "--budget", "inf")
    assert told == found.to_json() | {"notes": []}
    assert told["rows"][1]["cells"]["rotation"]["verdict"] == "impossible"
    assert told["columns"][1] == {"target": "pd", "published": ["PD-SSM"]}


def test_a_table_without_time_is_open_and_still_a_table(capsys):
    told = answer(capsys, "table", "parity", "--budget", "0")
    assert {cell["verdict"] for cell in told["rows"][0]["cells"].values()} == {"unsettled"}


def test_bad_input_is_refused(capsys):
    assert "unknown machine tomita33" in refusal(capsys, "table", "parity", "tomita33")
    assert "unknown contract" in refusal(capsys, "table", "parity", "--contract", "x")
    with pytest.raises(fsm2rnn.InputError, match="unknown target"):
        fsm2rnn.table("parity", targets=["rotatoin"])
