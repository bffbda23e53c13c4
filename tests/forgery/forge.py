"""A forger's tools: open a network file, change anything, spell the whole file anew with consistent hashes.

`respell` repeats hashes and offsets, `derive` also rewrites every field that follows from the others, so that
only the mathematics of the claim can be wrong. `refuted` runs the stored network against the machine.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from dataclasses import dataclass
from typing import Any

from tests.second_checker import checker, exact, regions, scan
from tests.second_checker.formats import ONLY_STORED, worded
from tests.second_checker.machine import functions_of
from tests.second_checker.structures import Stored, network
from tests.second_checker.wire import ITEM_BYTES, Refused, canonical, numbers, split

PACKED = {"F64": "<d", "F32": "<f", "F16": "<e", "I64": "<q"}


@dataclass
class Draft:
    """The content of a network file, free to change: JSON certificate, name -> [dtype, shape, bytes]."""

    certificate: dict[str, Any]
    tensors: dict[str, list[Any]]

    def item(self, name: str, place: int) -> bytes:
        """Return the bytes of one entry."""
        size = ITEM_BYTES[self.tensors[name][0]]
        return self.tensors[name][2][place * size : (place + 1) * size]

    def put(self, name: str, place: int, item: bytes) -> None:
        """Replace the bytes of one entry."""
        tensor = self.tensors[name]
        tensor[2] = tensor[2][: place * len(item)] + item + tensor[2][(place + 1) * len(item) :]

    def count(self, name: str) -> int:
        """Return how many entries a tensor has."""
        dtype, _, data = self.tensors[name]
        return len(data) // ITEM_BYTES[dtype]


def open_file(data: bytes) -> Draft:
    """Return the content of a network file."""
    text, tensors = split(data)
    return Draft(json.loads(text), {name: list(tensor) for name, tensor in tensors.items()})


def respell(draft: Draft) -> bytes:
    """Return the file of a draft, fingerprints, digests and offsets made consistent."""
    body = {key: value for key, value in draft.certificate.items() if key != "sha256"}
    body["weights"] = {name: checker.digest_of(tuple(tensor)) for name, tensor in draft.tensors.items()}
    digests = {part: sha(body[part]) for part in ("machine", "weights") if part in body}
    return spell(canonical({**body, "sha256": {**digests, "body": sha(body)}}), draft.tensors)


def spell(certificate: str, tensors: dict[str, list[Any]]) -> bytes:
    """Return the canonical file of a certificate's text and tensors."""
    entries: dict[str, Any] = {"__metadata__": {"fsm2rnn.certificate": certificate, "fsm2rnn.kind": "proved"}}
    ordered = sorted(tensors.items(), key=lambda item: (-ITEM_BYTES.get(item[1][0], 0), item[0]))
    place = 0
    for name, (dtype, shape, data) in ordered:
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [place, place + len(data)]}
        place += len(data)
    return with_header(entries, b"".join(bytes(tensor[2]) for _, tensor in ordered))


def with_header(entries: Any, payload: bytes) -> bytes:
    """Return the file of a header, spelled and padded as it should be, and a payload."""
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + payload


def sha(part: Any) -> str:
    """Return the digest of a JSON value."""
    return hashlib.sha256(canonical(part).encode()).hexdigest()


def stored_in(draft: Draft) -> Stored:
    """Return what the draft's tensors store; Refused when they store nothing."""
    machine = draft.certificate["machine"]
    tensors = {name: tuple(tensor) for name, tensor in draft.tensors.items()}
    functions = len(functions_of(machine["outputs"]))
    states, symbols = len(machine["states"]), len(machine["symbols"])
    return network(tensors, states, symbols, functions, draft.certificate["operator"])


def derive(draft: Draft) -> Draft:
    """Rewrite the fields that follow from tensors, machine, trace and readings, where they can be worked out."""
    certificate = draft.certificate
    try:
        stored, reads, machine = stored_in(draft), certificate["reads"], certificate["machine"]
        certificate["induction"] = {"equations": len(reads) * len(machine["symbols"])}
        certificate["unreachable"] = sorted(set(range(len(machine["states"]))).difference(reads))
        if "codes" in certificate:
            _derive_codes(certificate, stored, reads)
        else:
            _derive_regions(certificate, stored, reads)
    except (Refused, IndexError, KeyError, TypeError, ValueError):
        pass  # what cannot be worked out stays as it was
    return draft


def _derive_codes(certificate: dict[str, Any], stored: Stored, reads: list[int]) -> None:
    codes = [exact.sparse(code, stored.size) for code in certificate["codes"]]
    exact.demand_whole(stored)
    codes[0] = stored.start
    certificate["codes"][0] = [[index, str(value)] for index, value in sorted(codes[0].items())]
    bound = exact.largest(stored, codes)
    dtypes = exact.formats(bound, stored.dtype)
    products = scan.of_integers(stored, codes, dtypes, exact.largest_of_units(stored))
    certificate["float"] |= {"dtypes": dtypes, "partial_sums": str(bound), "scan": products}
    certificate["float"]["reason"] = worded(stored.dtype, exact.REASON)
    lead = exact.margin(stored, codes, reads)
    certificate["separation"]["margin"] = None if lead is None else str(lead)


def _derive_regions(certificate: dict[str, Any], stored: Stored, reads: list[int]) -> None:
    letters, trace = regions.read_trace(certificate)
    fields = regions.measured(stored, letters, trace, reads)
    steps = fields.pop("steps")
    grade = checker.grade_of(fields) if steps == "all lengths" else "horizon"
    certificate["claim"] |= {"steps": steps, "grade": grade, "quantifier": checker.QUANTIFIERS[grade]}
    certificate |= fields


def _eight_bits(dtype: str) -> list[float]:
    """Return the number of every pattern of 8 bits, NaN where it is none."""
    found = []
    for pattern in range(256):
        try:
            value = float(numbers((dtype, [1], bytes([pattern]))).get(0, 0))
        except Refused:
            value = math.nan
        found.append(-0.0 if pattern == 0x80 else value)
    return found


EIGHT_BITS = {dtype: _eight_bits(dtype) for dtype in ONLY_STORED}


def value_of(dtype: str, item: bytes) -> float | int:
    """Return the number that the bytes of one entry store."""
    if dtype in EIGHT_BITS:
        return EIGHT_BITS[dtype][item[0]]
    if dtype == "BF16":
        return struct.unpack("<f", b"\0\0" + item)[0]
    return struct.unpack(PACKED[dtype], item)[0]


def bytes_of(dtype: str, value: float) -> bytes:
    """Return the bytes of a number that the format holds."""
    if dtype in EIGHT_BITS:
        return bytes([[*map(repr, EIGHT_BITS[dtype])].index(repr(float(value)))])
    if dtype == "BF16":
        return struct.pack("<f", value)[2:]
    return struct.pack(PACKED[dtype], int(value) if dtype == "I64" else value)


def neighbour(item: bytes, step: int) -> bytes:
    """Return the bits next above (1) or below (-1): one unit in the last place."""
    return ((int.from_bytes(item, "little") + step) % (1 << 8 * len(item))).to_bytes(len(item), "little")


def refuted(draft: Draft, limit: int = 64) -> bool:
    """Tell whether running the stored network exactly, breadth first over its states, contradicts the machine.

    A claim of so many steps speaks of words of that length at most; its error bounds hold without rounding too.
    """
    machine, claim = draft.certificate["machine"], draft.certificate["claim"]
    try:
        stored = stored_in(draft)
        if "codes" in draft.certificate:
            exact.demand_whole(stored)
    except Refused:
        return True  # no network of this machine at all
    longest = claim["steps"] if type(claim["steps"]) is int else limit
    queue = [(frozenset(stored.start.items()), machine["start"], 0)]
    seen = {queue[0][:2]}
    for code, state, length in queue:  # the queue grows while it is read
        if _read(stored, dict(code)) != state:
            return True
        for symbol, stages in enumerate(stored.stages):
            pair = (_moved(stages, dict(code)), machine["table"][state][symbol])
            if pair not in seen and len(queue) < limit and length < longest:
                seen.add(pair)
                queue.append((*pair, length + 1))
    return False


def _moved(stages: Any, state: Any) -> frozenset[Any]:
    for columns in stages:
        state = exact.times(columns, state)
    return frozenset(state.items())


def _read(stored: Stored, code: dict[int, Any]) -> int | None:
    """Return the one state that the highest scores stand for, None for a tie of two."""
    scores = [stored.bias.get(row, 0) for row in range(len(stored.of))]
    for index, value in code.items():
        for row, entry in stored.readout[index]:
            scores[row] += entry * value
    best = {state for state, score in zip(stored.of, scores, strict=True) if score == max(scores)}
    return best.pop() if len(best) == 1 else None
