"""A forger's tools: open a network file, change anything, spell the whole file anew with consistent hashes.

`respell` repeats hashes and offsets, `derive` also rewrites every field that follows from the others, so that
only the mathematics of the claim can be wrong. `refuted` runs the stored network against the machine.
"""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from typing import Any

from tests.second_checker import checker
from tests.second_checker.wire import ITEM_BYTES, Refused, canonical, integers, split

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
    entries: dict[str, Any] = {"__metadata__": {"fsm2rnn.certificate": certificate}}
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


def derive(draft: Draft) -> Draft:
    """Rewrite the fields that follow from tensors, machine, codes and readings, where they can be worked out."""
    tensors = {name: tuple(tensor) for name, tensor in draft.tensors.items()}
    certificate = draft.certificate
    reads, machine = certificate["reads"], certificate["machine"]
    states, symbols = len(machine["states"]), len(machine["symbols"])
    try:
        _, size, columns, readout, bias = checker.network(tensors, states, symbols, certificate["operator"])
        codes = [checker.sparse(code, size) for code in certificate["codes"]]
        codes[0] = integers(tensors["initial_state"])
        certificate["codes"][0] = [[index, str(value)] for index, value in sorted(codes[0].items())]
        bound = checker.largest(columns, readout, bias, codes)
        proved = {name: "all lengths" for name, digits in checker.FORMATS.values() if bound <= 1 << digits}
        certificate["float"] |= {"dtypes": proved, "partial_sums": str(bound)}
        certificate["induction"] = {"equations": len(codes) * symbols}
        certificate["unreachable"] = sorted(set(range(states)).difference(reads))
        certificate["separation"]["margin"] = checker.margin(readout, bias, codes, reads, states)
    except (Refused, IndexError, KeyError, TypeError, ValueError):
        pass  # what cannot be worked out stays as it was
    return draft


def value_of(dtype: str, item: bytes) -> float | int:
    """Return the number that the bytes of one entry store."""
    if dtype == "BF16":
        return struct.unpack("<f", b"\0\0" + item)[0]
    return struct.unpack(PACKED[dtype], item)[0]


def bytes_of(dtype: str, value: float) -> bytes:
    """Return the bytes of a number that the format holds."""
    if dtype == "BF16":
        return struct.pack("<f", value)[2:]
    return struct.pack(PACKED[dtype], int(value) if dtype == "I64" else value)


def neighbour(item: bytes, step: int) -> bytes:
    """Return the bits next above (1) or below (-1): one unit in the last place."""
    return ((int.from_bytes(item, "little") + step) % (1 << 8 * len(item))).to_bytes(len(item), "little")


def refuted(draft: Draft, limit: int = 64) -> bool:
    """Tell whether running the stored network, breadth first over its states, contradicts the machine."""
    machine = draft.certificate["machine"]
    tensors = {name: tuple(tensor) for name, tensor in draft.tensors.items()}
    states, symbols = len(machine["states"]), len(machine["symbols"])
    try:
        _, _, columns, readout, bias = checker.network(tensors, states, symbols, draft.certificate["operator"])
        start = integers(tensors["initial_state"])
    except Refused:
        return True  # no whole-number network of this machine at all
    queue = [(frozenset(start.items()), machine["start"])]
    seen = set(queue)
    for code, state in queue:  # the queue grows while it is read
        if _read(readout, bias, dict(code), states) != state:
            return True
        if len(queue) < limit:
            _extend(queue, seen, code, state, columns, machine["table"])
    return False


def _extend(queue: list[Any], seen: set[Any], code: Any, state: int, columns: Any, table: Any) -> None:
    for symbol, matrix in enumerate(columns):
        reached: dict[int, int] = {}
        for index, value in code:
            for row, entry in matrix[index]:
                reached[row] = reached.get(row, 0) + entry * value
        pair = (frozenset((row, value) for row, value in reached.items() if value), table[state][symbol])
        if pair not in seen:
            seen.add(pair)
            queue.append(pair)


def _read(readout: Any, bias: dict[int, int], code: dict[int, int], states: int) -> int | None:
    """Return the state of the one highest score, None for a tie."""
    scores = [bias.get(row, 0) for row in range(states)]
    for index, value in code.items():
        for row, entry in readout[index]:
            scores[row] += entry * value
    best = [row for row in range(states) if scores[row] == max(scores)]
    return best[0] if len(best) == 1 else None
