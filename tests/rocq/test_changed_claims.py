"""One number of a claim is changed: the library's checker and the kernel of this package say the same of every change.

A change may leave the claim true (a weight of a score, an entry of a matrix that no code meets), so agreement is asked
for, and rejection of nearly all. FSM2RNN_CHANGES sets how many are drawn for each network.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from dataclasses import replace

import pytest

from fsm2rnn.errors import FsmError
from fsm2rnn.exact.sparse import SparseMatrix, vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder, DecoderKind
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.rocq.assistant import Ended, Limits, compiled
from fsm2rnn.rocq.claim import IntegerClaim
from fsm2rnn.rocq.claim_text import claim_text
from fsm2rnn.rocq.library import LIBRARY, built
from tests.rocq.claims import claim, needs_coqc, network

CHANGES = int(os.environ.get("FSM2RNN_CHANGES", "50"))
NETWORKS = [
    ("integer", "S3@gens", "injective"),
    ("minimal", "tomita3", "linear"),
    ("full", "flip-flop", "injective"),
    ("block-diagonal", "S3@gens", "injective"),
]


def with_entry(entries, place, value):
    """Return a vector with another value at a place."""
    return vector([*((i, a) for i, a in entries if i != place), (place, value)])


def put(items, place, value):
    """Return a tuple with another item at a place."""
    return (*items[:place], value, *items[place + 1 :])


def changed(true: IntegerClaim, draw: random.Random) -> tuple[str, IntegerClaim]:
    """Return what was changed, and the claim with that one number changed."""
    what = draw.choice(["table", "letter", "code", "reading", "score", "bias", "speaks for"])
    step = draw.choice([-2, -1, 1, 2])
    states, width = len(true.table), len(true.matrices[0])
    place, letter, at = draw.randrange(states), draw.randrange(true.letters), draw.randrange(width)
    row = draw.randrange(len(true.rows))
    number = draw.randrange(len(true.codes))
    other = draw.randrange(states)
    match what:
        case "table":
            wrong = put(true.table, place, put(true.table[place], letter, other))
            fields = {"table": wrong}
        case "letter":
            columns = true.matrices[letter]
            entry = dict(columns[at]).get(draw_row := draw.randrange(width), 0)
            wrong = put(columns, at, with_entry(columns[at], draw_row, entry + step))
            fields = {"matrices": put(true.matrices, letter, wrong)}
        case "code":
            code = true.codes[number]
            point = with_entry(code.point, at, dict(code.point).get(at, 0) + step)
            fields = {"codes": put(true.codes, number, replace(code, point=point))}
        case "reading":
            fields = {"codes": put(true.codes, number, replace(true.codes[number], reads=other))}
        case "score":
            weights = true.rows[row].weights
            new = replace(true.rows[row], weights=with_entry(weights, at, dict(weights).get(at, 0) + step))
            fields = {"rows": put(true.rows, row, new)}
        case "bias":
            new = replace(true.rows[row], bias=true.rows[row].bias + step)
            fields = {"rows": put(true.rows, row, new)}
        case _:
            fields = {"rows": put(true.rows, row, replace(true.rows[row], state=other))}
    return what, replace(true, **fields)


def holds(machine: StateMachine, one: IntegerClaim) -> bool:
    """Return what this package's kernel makes of a claim about a machine, whose table is the claim's."""
    width = len(one.matrices[0])
    rows = tuple(row.weights for row in one.rows)
    readout = SparseMatrix(width, rows).transposed()
    biases = vector(enumerate(row.bias for row in one.rows))
    head = (
        None if one.head is None or one.contract is not Contract.LINEAR else SparseMatrix(width, one.head).transposed()
    )
    try:
        if one.codes[0].point != one.first:
            return False
        table = replace(machine, table=one.table)
        matrices = tuple(SparseMatrix(width, columns) for columns in one.matrices)
        decoder = Decoder(DecoderKind.LINEAR, readout, biases, tuple(row.state for row in one.rows))
        points, reads = tuple(code.point for code in one.codes), tuple(code.reads for code in one.codes)
        Simulation(table, matrices, points, reads, decoder, one.contract, head)
    except FsmError:
        return False
    return True


def verdicts(claims, folder, limits) -> list[bool]:
    """Return what the library's checkers compute for each claim, all in one run of the proof assistant."""
    head, parts = "", []
    for number, one in enumerate(claims):
        text = claim_text(one, "0" * 64).text
        head, _, rest = text.partition("(* nK")
        body = rest.partition("*)")[2].partition("Lemma checked")[0]
        tests = ["check the_machine the_network the_codes", "check_injective the_codes"]
        if one.contract is Contract.LINEAR:
            tests.append("check_head the_machine the_head the_codes")
        computed = " && ".join(tests)
        parts.append(f"Module V{number}.{body}Eval vm_compute in ({computed})%bool.\nEnd V{number}.\n")
    source = folder / "changed.v"
    source.write_text(head + "From Coq Require Import Bool.\n" + "".join(parts))
    run = compiled(source, {LIBRARY: built()}, limits)
    assert run.ended is Ended.WELL, run.said[:500]
    return [found == "true" for found in re.findall(r"= (true|false)", run.said)]


@needs_coqc
@pytest.mark.slow
@pytest.mark.parametrize(("target", "machine", "contract"), NETWORKS)
def test_both_checkers_say_the_same_of_every_change(target, machine, contract, tmp_path):
    true = claim(target, machine, contract)
    known = network(target, machine, contract).machine
    draw = random.Random(f"{target} {machine}")
    drawn = [changed(true, draw) for _ in range(2 * CHANGES)]
    drawn = [(what, one) for what, one in drawn if one != true][:CHANGES]
    assert len(drawn) == CHANGES
    own = [holds(known, one) for _, one in drawn]
    assert holds(known, true)
    assert {what for what, _ in drawn} == {"table", "letter", "code", "reading", "score", "bias", "speaks for"}
    found = []
    for start in range(0, CHANGES, 50):
        found += verdicts([one for _, one in drawn[start : start + 50]], tmp_path, Limits(300))
    differ = [(what, a, b) for (what, _), a, b in zip(drawn, own, found, strict=True) if a != b]
    assert differ == []
    rejected = Counter(what for (what, _), accepted in zip(drawn, found, strict=True) if not accepted)
    print(f"{target} {machine}: {sum(rejected.values())} of {CHANGES} rejected, {dict(rejected)}")  # noqa: T201
    assert sum(rejected.values()) > CHANGES // 2
    assert not {"table", "code", "reading"} & {
        what for (what, _), accepted in zip(drawn, found, strict=True) if accepted
    }
