"""--ask: yes is what was proved, no is a proof, and all else is unknown; every condition at once."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.compiler import ALIASES, ask, find_target
from fsm2rnn.constructions.verdict import Compiled, Unsettled
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.question import COVERED, KEYS, Truth, parse_question, replied
from tests.cli.commands import answer, refusal

STATUS = {"yes": 0, "no": 1, "unknown": 3}
REPLIES = [
    ("A5@gens", "deltaproduct", "width=4,n-h=2,steps=20,dtype=bfloat16", "yes", "at most 25 symbols"),
    ("A5@gens", "deltaproduct", "width=4,n-h=2,steps=10000,dtype=bfloat16", "unknown", "25 symbols are proved"),
    ("A5@gens", "householder", "width=2", "unknown", "width 3 is built; 2 is not excluded"),
    ("A5@gens", "householder", "n-h=1", "no", "takes 2 updates"),
    ("A5@gens", "slice", "block=2", "no", "xxyy = yyxx fails"),
    ("A5@gens", "slice", "block=3,width=2", "no", "width 3 is the least over R with one code per state"),
    ("A5@gens", "integer", "width=4,dtype=bfloat16", "yes", "after every finite word"),
    ("A5@gens", "integer", "width=4,dtype=float8_e4m3fn", "unknown", "no step is proved in float8_e4m3fn"),
    ("A5@gens", "integer", "width=3", "no", "width 4 is the least with one code per state"),
    ("Z60@gens", "r2", "width=2", "yes", "equations proved in exact arithmetic"),
    ("Z60@gens", "r2", "steps=all,dtype=float32", "unknown", "every length asked"),
    ("S3", "r2", "width=4,steps=10", "no", "one layer, no additive term"),
    ("tomita3", "minimal", "width=2", "no", "contract linear"),
    ("S3@gens", "cascade", "layers=2,dtype=bfloat16", "yes", "stack of 2 gated layers"),
    ("S3@gens", "cascade", "layers=1", "unknown", "layers 2 is built, best found; 1 is not excluded"),
    ("S3@gens", "cascade", "width=4", "unknown", "width 5 is built, best found; 4 is not excluded"),
    ("A5@gens", "cascade", "layers=9", "no", "products of each other's commutators"),
    ("A4xZ5@gens", "cp", "rank=9,steps=1000,dtype=float32", "yes", "at most 26,070 symbols"),
    (
        "A4xZ5@gens",
        "cp",
        "rank=9,steps=all,dtype=float32",
        "unknown",
        "rank 10 is built, best found; 9 is not excluded",
    ),
    ("tomita3", "cp", "rank=3", "yes", "size 3"),
    ("tomita3", "cp", "rank=2", "unknown", "rank 3 is built"),
]


@pytest.mark.parametrize(("machine", "target", "conditions", "said", "reason"), REPLIES)
def test_a_question_is_answered_with_its_reason(machine, target, conditions, said, reason, capsys):
    arguments = ("explain", machine, "-t", target, "--budget", "inf", "--ask", conditions)
    found = answer(capsys, *arguments, status=STATUS[said])
    assert found["answer"] == said
    assert reason in found["reason"]
    assert found["target"] == ALIASES.get(target, target)
    assert found["notes"] == ([f"{target} answers as {ALIASES[target]}"] if target in ALIASES else [])


def test_without_json_the_reply_is_a_line(capsys):
    assert main(["explain", "S3", "-t", "r2", "--budget", "inf", "--ask", "width=4"]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("no: ")
    assert captured.err == "note: r2 answers as rotation\n"


def test_out_of_time_is_unknown(capsys):
    found = answer(capsys, "explain", "S3", "-t", "r2", "--budget", "0", "--ask", "width=4", status=3)
    assert found["reason"] == "not decided within the budget of 0 s; --budget raises it"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("-t", "full", "--ask", "widht=4"), "unknown condition 'widht' (hint: did you mean 'width'?)"),
        (("-t", "full", "--ask", "n-h=4"), "target full has no n-h (hint: n-h is a number of target householder)"),
        (("-t", "full", "--ask", "width=4,width=5"), "condition width stands twice"),
        (("-t", "full", "--ask", "width=-4"), "condition width is '-4', a number expected (hint: for example width=4)"),
        (("-t", "full", "--ask", "width="), "condition width is '', a number expected"),
        (("-t", "full", "--ask", "steps=long"), "(hint: for example steps=10000, or all)"),
        (("-t", "full", "--ask", "dtype=bfloat61"), "unknown dtype 'bfloat61' (hint: did you mean 'bfloat16'?)"),
        (("-t", "full", "--ask", ""), "unknown condition ''"),
        (("--ask", "width=4"), "--ask is answered for one target (hint: name the target with -t"),
        (("-t", "full", "--ask", "width=4", "--why", "full"), "--ask and --why, where one is told"),
        (("-t", "delta-product", "--ask", "width=4"), "did you mean 'deltaproduct'?"),
        (("-t", "full", "--ask", "width=4", "--contract", "x"), "unknown contract 'x'"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(arguments, says, capsys):
    assert says in refusal(capsys, "explain", "parity", *arguments)


def test_steps_and_dtype_fill_in_each_other():
    full = find_target("full")
    assert parse_question("steps=5", full).to_json() == {"steps": 5, "dtype": "float32"}
    assert parse_question("dtype=bfloat16", full).to_json() == {"steps": "all", "dtype": "bfloat16"}
    assert parse_question(" width = 3 ", full).to_json() == {"width": 3}
    assert set(KEYS) == {"width", "n-h", "block", "rank", "steps", "dtype", "layers"}


@pytest.mark.parametrize("machine", ["parity", "S3", "Z5", "tomita3", "counter(3)", "flip-flop", "Q8"])
@pytest.mark.parametrize("contract", list(Contract))
def test_the_law_of_replies(machine, contract):
    """What is built is a yes; one less is never a yes, and a no only where the size is proved the least or refuted."""
    for target in fsm2rnn.TARGETS:
        found = ask(fsm2rnn.read(machine), target, contract)
        one = replied(parse_question("width=1", target), found, contract)
        match found.verdict:
            case Compiled() as verdict:
                size = verdict.sizes.width.number
                assert replied(parse_question(f"width={size}", target), found, contract).truth is Truth.YES
                less = replied(parse_question(f"width={size - 1}", target), found, contract)
                covered = contract in COVERED.get(verdict.sizes.width.proof, ())
                assert less.truth is (Truth.NO if covered else Truth.UNKNOWN)
            case Unsettled():
                assert one.truth is Truth.UNKNOWN
            case _:
                assert one.truth is Truth.NO


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_a_network_is_compiled_under_a_published_name(alias, name, tmp_path, capsys):
    out = str(tmp_path / "net.safetensors")
    found = answer(capsys, "compile", "parity", "-t", alias, "-o", out)
    assert (found["target"], found["notes"]) == (name, [f"{alias} answers as {name}"])
    assert fsm2rnn.compile("parity", alias).target == name
    assert fsm2rnn.check(out).accepted
