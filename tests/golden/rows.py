"""What the program said of some machines, target by target, so that a change of any answer is seen as a row.

    python -m tests.golden.rows    writes rows.json again; the difference names the rows that changed

A row is the target's entry of `explain --json` and the digest of the float32 certificate, which in turn holds the
digests of machine, weights and body. It has no evidence, which says what program wrote it. What was found in
floating point (orthonormal blocks) may differ in the last bits from one processor to the next: there the digest is
None, and the numbers that float64 gives are compared within a tolerance.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from fsm2rnn.compiler import ask_all, ask_and_prove, minimal_facts
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.explanation import answer_to_json, explain
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation
from fsm2rnn.proof.file.cell_certificate import cell_certificate
from fsm2rnn.proof.file.certificate import certificate
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.source.read import read
from fsm2rnn.targets import RUNGS, STOCK_CELLS

FILE = Path(__file__).with_name("rows.json")
MACHINES = (
    *("parity", "flip-flop", "modadd(10)", "modarith(3)", "even-pairs", "cycle-navigation(5)"),
    *(f"tomita{number}" for number in range(1, 8)),
    *("dyck(1,3)", "dyck(2,2)", "counter(5)", "register(3)"),
    *("Z5", "Z6", "Z12", "V4", "V4@gens", "Z2xZ4", "S3", "S3@gens", "Q8", "Q8@gens", "Dih(4)", "Dih(5)@gens"),
    *("A4", "S4@gens", "A5@gens", "S5@gens", "act:(1,2,3,4,5);(1,2)"),
    *("random(states=6,symbols=2,seed=1)", "random-permutation(states=6,symbols=2,seed=1)"),
    *("re:(a|b)*abb", "maps:0,0,1;1,2,2", "maps:1,2,3,3;3,2,2,3"),
)
# Under these contracts the networks differ from those of one code per state.
OTHERS = (("V4@gens", Contract.COVER), ("A5@gens", Contract.COVER), ("Q8@gens", Contract.COVER))
OTHERS += (("counter(5)", Contract.ROBUST), ("flip-flop", Contract.ROBUST), ("tomita3", Contract.LINEAR))
STOCK = "in torch.nn"
STOCK_MACHINES = (
    "Z1",
    "parity",
    "flip-flop",
    "tomita3",
    "modadd(10)",
    "S3@gens",
    "A4@gens",
    "counter(5)",
    "re:(a|b)*abb",
)


def rows(name: str) -> dict:
    """Return facts, sizes and obstructions of a machine, and a row per target."""
    explanation = explain(read(name), targets=RUNGS)
    found = explanation.to_json()
    for answer in explanation.answers:
        found["targets"][answer.target]["certificate"] = digest(answer.verdict)
    return found


def rows_under(name: str, contract: Contract) -> dict:
    """Return a row per target under another contract than injective."""
    answers = ask_all(read(name), contract, RUNGS)
    return {one.target: answer_to_json(one) | {"certificate": digest(one.verdict)} for one in answers}


def stock_rows(name: str) -> dict:
    """Return a row per layer of torch.nn, proved."""
    answers = ask_and_prove(minimal_facts(read(name)), Contract.COVER, STOCK_CELLS)
    return {one.target: answer_to_json(one) | {"certificate": digest(one.verdict)} for one in answers}


def digest(verdict: object) -> str | None:
    """Return sha256 of the float32 certificate without the program's name; None where floats found the network."""
    if not isinstance(verdict, Compiled) or isinstance(verdict.proof, FieldSimulation):
        return None
    try:
        network = verdict.store(FLOAT32, {})
        text = certificate(network) if isinstance(network, ProvedNetwork) else cell_certificate(network)
    except (CertificateError, NumericError) as error:
        return f"refused: {error}"
    return hashlib.sha256(text.encode()).hexdigest()


def every_row() -> dict:
    """Return all rows, by machine and, under another contract, by machine and contract."""
    plain = {name: rows(name) for name in MACHINES}
    stock = {f"{name} {STOCK}": stock_rows(name) for name in STOCK_MACHINES}
    return plain | stock | {f"{name} {contract.value}": rows_under(name, contract) for name, contract in OTHERS}


if __name__ == "__main__":
    lines = (f"{json.dumps(name)}: {json.dumps(found, sort_keys=True)}" for name, found in every_row().items())
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
