"""accepts(data): does this network file prove its claim? Fields, digests and claims; the mathematics is beside it."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.second_checker import cells, drift, exact, float_orbit, grid_cells, regions, replay, stacks
from tests.second_checker.machine import listed, read_machine
from tests.second_checker.structures import network
from tests.second_checker.wire import Refused, canonical, demand, parse, plain_int, split

FORMAT = "fsm2rnn-certificate-3"
DECODED = ", the decoded state of the network is the state of the machine"
QUANTIFIERS = {
    "exact": "for every finite word over the symbols" + DECODED,
    "orbit": "for every finite word over the symbols" + DECODED,
    "snap": "for every finite word over the symbols" + DECODED,
    "horizon": "for every word of at most that many symbols" + DECODED,
    "exact-horizon": "for every word of at most that many symbols, and not for misread" + DECODED,
}
COMMON = "claim evidence field float format induction machine operator reads separation sha256 unreachable weights"
# The key that tells a trace, all keys of the trace, and what proves it.
TRACES = {
    "codes": (["codes"], exact.prove),
    "prototypes": (["prototypes"], drift.prove),
    "float_states": (["float_states"], float_orbit.prove),
    "misread": (["misread"], replay.prove),
    "letters": (["letters", "cells"], regions.prove),
}


def accepts(data: bytes) -> tuple[bool, str]:
    """Return whether the file proves its claim, and why not."""
    try:
        examine(data)
    except Refused as refusal:
        return False, str(refusal)
    except RecursionError:
        return False, "json: nested too deep"
    return True, "proved"


def examine(data: bytes) -> None:
    """Refuse a file whose certificate, tensors and steps do not all hold."""
    text, tensors = split(data)
    certificate = parse(text)
    demand(isinstance(certificate, dict), "certificate: not an object")
    if certificate.get("format") == cells.FORMAT:
        examine_cell(certificate, text, tensors)
        return
    if certificate.get("format") == stacks.FORMAT:
        examine_stack(certificate, text, tensors)
        return
    trace, prove = next((TRACES[key] for key in TRACES if key in certificate), TRACES["letters"])
    demand(sorted(certificate) == sorted([*COMMON.split(), *trace]), "certificate: keys")
    demand(canonical(certificate) == text, "certificate: not spelled canonically")
    hashes(certificate)
    same("weights", certificate["weights"], {name: digest_of(tensor) for name, tensor in tensors.items()})
    machine = read_machine(certificate["machine"])
    states, symbols = len(machine.table), len(machine.table[0])
    stored = network(tensors, states, symbols, len(machine.functions), certificate["operator"])
    reads = listed("reads", certificate["reads"])
    demand(all(plain_int(state) and 0 <= state < states for state in reads), "reads: not machine states")
    demand(reads[0] == machine.start, "reads: the first is not the start")
    demand(isinstance(certificate["claim"], dict), "claim: not an object")
    demand(isinstance(certificate["claim"].get("contract"), str), "claim: contract")
    claims(certificate, prove(certificate, stored, machine, reads), states, symbols)


def examine_cell(certificate: dict[str, Any], text: str, tensors: dict[str, Any]) -> None:
    """Refuse a nonlinear cell whose certificate, tensors and boxes do not all hold."""
    demand(set(cells.KEYS.split()) <= set(certificate), "certificate: keys")
    demand(canonical(certificate) == text, "certificate: not spelled canonically")
    hashes(certificate)
    proved = cell_fields(certificate, tensors)
    proved["claim"]["grade"] = proved.pop("grade")
    proved["weights"] = {name: digest_of(tensor) for name, tensor in tensors.items()}
    demand(set(certificate) == {*proved, "evidence", "sha256"}, "certificate: keys")
    for field, value in proved.items():
        same(field, certificate[field], value)
    evidence(certificate["evidence"])


def examine_stack(certificate: dict[str, Any], text: str, tensors: dict[str, Any]) -> None:
    """Refuse a gated stack whose certificate, tensors and nodes do not all hold."""
    demand(sorted(certificate) == stacks.KEYS.split(), "certificate: keys")
    demand(canonical(certificate) == text, "certificate: not spelled canonically")
    hashes(certificate)
    proved = stacks.prove(certificate, tensors)
    proved["weights"] = {name: digest_of(tensor) for name, tensor in tensors.items()}
    for field, value in proved.items():
        same(field, certificate[field], value)
    evidence(certificate["evidence"])


def cell_fields(certificate: dict[str, Any], tensors: dict[str, Any]) -> dict[str, Any]:
    """Refuse unless the boxes or the grid states carry the claim; return the fields that they determine."""
    nodes = certificate["nodes"]
    prove = grid_cells.prove if isinstance(nodes, dict) and "grid" in nodes else cells.prove
    return prove(certificate, tensors)


def evidence(found: Any) -> None:
    """Refuse evidence that is no object of strings."""
    demand(isinstance(found, dict) and all(type(text) is str for text in found.values()), "evidence")


def same(field: str, found: Any, expected: Any) -> None:
    """Refuse unless two JSON values have one spelling (so that 1 is not true)."""
    demand(canonical(found) == canonical(expected), field + ": not what the file implies")


def sha(text: str) -> str:
    """Return the digest of a canonical spelling."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def digest_of(tensor: tuple[str, list[int], bytes]) -> dict[str, Any]:
    """Return what the certificate must say of a tensor."""
    return {"dtype": tensor[0], "shape": tensor[1], "sha256": hashlib.sha256(tensor[2]).hexdigest()}


def hashes(certificate: dict[str, Any]) -> None:
    """Refuse when a digest is not that of what it speaks of."""
    body = {key: value for key, value in certificate.items() if key != "sha256"}
    parts = {"body": body, "machine": certificate["machine"], "weights": certificate["weights"]}
    same("sha256", certificate["sha256"], {name: sha(canonical(part)) for name, part in parts.items()})


def grade_of(proved: dict[str, Any]) -> str:
    """Return the grade of fields that speak of every length."""
    if "snap" in proved["float"]:
        return "snap"
    return "orbit" if {"float_states", "misread"} & set(proved) else "exact"


def claims(certificate: dict[str, Any], proved: dict[str, Any], states: int, symbols: int) -> None:
    """Refuse when a field that the rest of the file determines says something else."""
    steps = proved.pop("steps")
    grade = grade_of(proved) if steps == "all lengths" else "exact-horizon" if "misread" in proved else "horizon"
    contract = certificate["claim"]["contract"]
    demand(grade != "snap" or contract == "injective", "snap: states of several codes have no one prototype")
    expected = (
        {"induction": {"equations": len(certificate["reads"]) * symbols}}
        | proved
        | {
            "claim": {"contract": contract, "grade": grade, "quantifier": QUANTIFIERS[grade], "steps": steps},
            "format": FORMAT,
            "unreachable": sorted(set(range(states)).difference(certificate["reads"])),
        }
    )
    for field, value in expected.items():
        same(field, certificate[field], value)
    evidence(certificate["evidence"])
