"""Mutated files of every format: a machine or an FsmError, none over a number of calls or 512 MiB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.read import reading
from fsm2rnn.source.write import write_machine
from tests.source.fuzz_child import NEEDED


def read(source, options=None):
    """Return the machine, whatever was guessed in reading it."""
    return reading(source, options or ReadOptions()).machine


ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("fuzz_child.py")

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is limited where /proc says it")

ACCEPTORS = ("tomita3", "tomita5", "even-pairs", "re:(ab|c)*d?", "dyck(1,3)")
MOORE = ("S3", "modarith(3)", "cycle-navigation(5)", "random(states=12,symbols=3)")
WRITTEN = {
    "dot": ACCEPTORS + MOORE,
    "att": ACCEPTORS,
    "json": ACCEPTORS + MOORE,
    "jff": ACCEPTORS + MOORE,
    "mata": ACCEPTORS,
    "csv": ("Z5", "S3", "Q8", "Z2xZ4", "V4"),
}
BY_HAND = {
    "dot": [
        '/* Mealy */ digraph { a -> b [label="x / 0"]; b -> a [label="x/1\\ny/2"]; a->a [label=<y<br/>/3>] }',
        'digraph "g" { node [shape=circle]; i [shape=point]; i -> a; a [shape="doublecircle"]; a -> a [label="a\nb"] }',
    ],
    "att": ["0 1 <eps> <eps>\n0 0 a a\n0 1 a a\n1 2 b b 0.0\n2 0.0\n3 Infinity\n"],
    "json": [
        """{"states":["p", 1],"alphabet":["a", "b"],"transitions":{"p":{"a":1,"b":["p", 1]},"1":{"": "p"}},
        "start_state":"p","accept_states":[1]}""",
        """{"Transitions": [["p", "a", "q"], ["q", "a", "p"]], "initial": "p", "final": "q", "type": "DFA"}""",
        """{"delta": [{"from": "p", "on": "a", "to": "p"}], "q0": "p", "F": []}""",
        """{"format": "fsm2rnn-machine-1", "states": ["p", {"int": "5"}], "symbols": [{"tuple": ["a", null]}],
        "start": 0, "table": [[1], [null]], "outputs": [[{"bool": true}], [null]]}""",
    ],
    "jff": [
        """<structure><type>fa</type><automaton><state id='0'><initial/></state><state id='1'><final/></state>
        <transition><from>0</from><to>1</to><read/></transition>
        <transition><from>1</from><to>1</to><read>a</read></transition></automaton></structure>""",
        """<structure><type>mealy</type><state id='0' name='q'><initial/></state><transition><from>0</from><to>0</to>
        <read>a</read><transout>&lt;1&gt;</transout></transition></structure>""",
    ],
    "mata": [
        '@NFA-explicit\n%Alphabet-enum a b\n%Epsilon e\n%Initial 0 | 1\n%Final 2 # x\n0 a 1\n0 a 2\n1 e 2\n2 "b" \\\n 0'
    ],
    "kiss2": [
        ".i 2\n.o 1\n.p 3\n.s 2\n.r a\n0- a b 1 # x\n1- a a 0\n-- b a -\n.e\n",
        ".model m\n.inputs x\\\n y\n.start_kiss\n.i 1\n.o 2\n- s s 01\n.end_kiss\n.latch_order v\n.end\n",
    ],
    "aut": ['des (0,4,3)\n(0,"in",1)\n(0,i,2)\n(1,"say \\"x\\"",2)\n(1,out,0)\n', "des (1,1,2)\n(1,f(a,b),0)\n"],
    "hoa": [
        """HOA: v1 States: 2 Start: 0 AP: 2 "a" "b" Acceptance: 1 Inf(0) Alias: @x 0 & !1 --BODY--
        State: 0 [@x | (t & !(0|1))] 1 [!0] 0 State: 1 {0} /* c */ [t] 1 --END--""",
        """HOA: v1 Start: 0 AP: 1 "a" Acceptance: 1 Inf(0) --BODY--
        State: 0 "n" {0} 0 1 State: [0] 1 0 --END--""",
        """HOA: v1 /* Much of this one says nothing of the automaton, so that a change may leave it as it was. */
        name: "words with an a in them" tool: "by hand" "1.0" properties: explicit-labels state-acc deterministic
        acc-name: Buchi /* again and again */ Start: 0 AP: 1 "the only proposition there is" Acceptance: 1 Inf(0)
        --BODY-- State: 0 "before it" [0] 1 [!0] 0 State: 1 "after it" {0} [t] 1 --END--""",
    ],
    "csv": [
        ",a,accept,b\np,q,1,\nq,p,no,q\n",
        "state,x,output\np,q,left\nq,p,right\n",
        "0,1,2\n1,2,0\n2,0,1\n",
        '*,e,"a, b"\ne,e,"a, b"\n"a, b","a, b","a, b"\n',
    ],
    "re": [
        "(ab)*",
        "a*@abc",
        "(a|b)*a(a|b){3}",
        "[a-z]+&(ab)*",
        "ab^cd",
        r"\d?\.@0123.",
        "a{2,5}|b{0,}",
        "(a&b)|()@ab",
    ],
}


@pytest.fixture
def seeds(tmp_path):
    for form, names in WRITTEN.items():
        for number, name in enumerate(names):
            write_machine(read(name), tmp_path / f"{number}.{form}")
    for form, texts in BY_HAND.items():
        for number, text in enumerate(texts):
            (tmp_path / f"hand{number}.{form}").write_text(text, encoding="utf-8")
    return tmp_path


def _run(form, count, seed, folder):
    command = [sys.executable, str(CHILD), form, str(count), str(seed), str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    found = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=1200)
    assert found.returncode == 0, found.stderr[-2_000:]
    result = json.loads(found.stdout)
    assert result["findings"] == []
    assert result["machine"] + result["error"] == count
    return result


def test_every_seed_is_a_machine(seeds):
    # A table of symbols is read with the file that it lies beside.
    for path in (path for path in seeds.glob("*.*") if path.suffix != ".syms"):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".re":
            assert read(f"re:{text}").states
        elif path.name not in {"hand0.csv", "hand1.hoa", "hand3.json"}:  # partial machines
            assert read(path, ReadOptions(**NEEDED.get(path.suffix, {}))).states


@pytest.mark.parametrize("form", BY_HAND)
def test_mutated_files_are_machines_or_errors(seeds, form):
    result = _run(form, 500, 1, seeds)
    # Some mutations must leave a machine, or the mutations are too wild to test much.
    assert result["machine"] >= 10


@pytest.mark.slow
@pytest.mark.parametrize("form", BY_HAND)
def test_ten_thousand_mutated_files_are_machines_or_errors(seeds, form, capsys):
    result = _run(form, 10_000, 2, seeds)
    with capsys.disabled():
        worst, peak = result["worst"], result["peak_kib"] // 1024
        counts = f"{result['machine']} machines, {result['error']} errors"
        print(f"\n{form}: {counts}, worst {worst:,} calls, peak {peak} MiB")  # noqa: T201
