"""Bytes of a network file -> its certificate text and its tensors as exact numbers, or Refused."""

from __future__ import annotations

import json
import math
import struct
from fractions import Fraction
from typing import Any

# dtype -> (struct letter of one item's bits, bits of the exponent, bits stored of the significand)
FLOAT_LAYOUT = {"F64": ("Q", 11, 52), "F32": ("I", 8, 23), "BF16": ("H", 8, 7), "F16": ("H", 5, 10)}
FLOAT_LAYOUT |= {"F8_E4M3": ("B", 4, 3), "F8_E5M2": ("B", 5, 2)}
WITHOUT_INFINITY = ("F8_E4M3",)  # where the top exponent is one of numbers, but for a fraction of ones, which is a NaN
ITEM_BYTES = {"F64": 8, "I64": 8, "F32": 4, "BF16": 2, "F16": 2, "F8_E4M3": 1, "F8_E5M2": 1}
CERTIFICATE_KEY = "fsm2rnn.certificate"
KIND_KEY = "fsm2rnn.kind"


class Refused(Exception):  # noqa: N818  a verdict, not a failure of this program
    """The file does not prove its claim; the message says where."""


def demand(condition: object, reason: str) -> None:
    """Refuse unless the condition holds."""
    if not condition:
        raise Refused(reason)


def plain_int(value: Any) -> bool:
    """Tell whether a JSON value is an integer and not a truth value, which Python counts as one."""
    return type(value) is int


def canonical(value: Any) -> str:
    """Spell a JSON value in the one canonical way."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def parse(text: str) -> Any:
    """Read JSON without floats, infinities and NaN."""

    def refuse(literal: str) -> Any:
        raise Refused("json: the number " + literal[:20])

    try:
        return json.loads(text, parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise Refused("json: " + type(error).__name__) from error


def split(data: bytes) -> tuple[str, dict[str, tuple[str, list[int], bytes]]]:
    """Return the certificate text and name -> (dtype, shape, bytes), with every byte of the file accounted for."""
    demand(len(data) >= 8, "file: shorter than its first field")
    length = int.from_bytes(data[:8], "little")
    demand(length % 8 == 0 and length <= len(data) - 8, "header: length")
    raw = data[8 : 8 + length]
    demand(raw.isascii(), "header: not ASCII")
    entries = parse(raw.decode("ascii"))
    demand(isinstance(entries, dict) and len(entries) > 1, "header: not an object with tensors")
    metadata = entries.get("__metadata__")
    keys = list(metadata) if isinstance(metadata, dict) else []
    demand(keys in ([CERTIFICATE_KEY], [CERTIFICATE_KEY, KIND_KEY]), "header: metadata")
    demand(metadata.get(KIND_KEY, "proved") == "proved", "header: kind")
    certificate = metadata[CERTIFICATE_KEY]
    demand(isinstance(certificate, str), "header: certificate is no text")
    tensors = {name: entry for name, entry in entries.items() if name != "__metadata__"}
    payload = data[8 + length :]
    found = {name: cut(entry, payload) for name, entry in tensors.items()}
    # Rebuilding the header from what was understood leaves no byte of it free.
    place, rebuilt = 0, {"__metadata__": metadata}
    for name in sorted(found, key=lambda name: (-ITEM_BYTES[found[name][0]], name)):
        dtype, shape, content = found[name]
        rebuilt[name] = {"dtype": dtype, "shape": shape, "data_offsets": [place, place + len(content)]}
        place += len(content)
    spelled = json.dumps(rebuilt, separators=(",", ":")).encode()
    demand(raw == spelled + b" " * (-len(spelled) % 8), "header: not spelled canonically")
    demand(place == len(payload), "file: bytes that no tensor covers")
    return certificate, found


def cut(entry: Any, payload: bytes) -> tuple[str, list[int], bytes]:
    """Return dtype, shape and bytes of one header entry."""
    demand(isinstance(entry, dict) and set(entry) == {"dtype", "shape", "data_offsets"}, "header: entry keys")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    demand(isinstance(dtype, str) and dtype in ITEM_BYTES, "header: dtype")
    demand(isinstance(shape, list) and all(plain_int(axis) and axis > 0 for axis in shape), "header: shape")
    demand(isinstance(offsets, list) and len(offsets) == 2 and all(map(plain_int, offsets)), "header: offsets")
    start, end = offsets
    demand(0 <= start <= end <= len(payload), "header: offsets outside the file")
    demand(end - start == math.prod(shape) * ITEM_BYTES[dtype], "header: size of a tensor")
    return dtype, shape, payload[start:end]


def indices(tensor: tuple[str, list[int], bytes], below: int) -> tuple[int, ...]:
    """Return the entries of an index tensor, each in 0 .. below - 1."""
    dtype, _, content = tensor
    demand(dtype == "I64", "weights: an index tensor is no I64")
    values = struct.unpack(f"<{len(content) // 8}q", content)
    demand(min(values) >= 0 and max(values) < below, "weights: an index out of range")
    return values


def numbers(tensor: tuple[str, list[int], bytes]) -> dict[int, int | Fraction]:
    """Return position -> value for the entries that are not zero; a whole number is an int."""
    dtype, _, content = tensor
    demand(dtype in FLOAT_LAYOUT, "weights: a float tensor is no float")
    letter, exponent_bits, stored = FLOAT_LAYOUT[dtype]
    below = (1 << stored) - 1 if dtype in WITHOUT_INFINITY else 0
    patterns = struct.unpack(f"<{len(content) // ITEM_BYTES[dtype]}{letter}", content)
    # Shorter exponents have their subnormal numbers among the normal ones of what computes.
    fine = {pattern & ~(1 << (exponent_bits + stored)) for pattern in patterns} if exponent_bits > 7 else set()
    demand(not any(0 < pattern < 1 << stored for pattern in fine), "weights: a subnormal number")
    value_of = {pattern: number_of_bits(pattern, exponent_bits, stored, below) for pattern in set(patterns)}
    zeros = {pattern for pattern, value in value_of.items() if value == 0}
    return {place: value_of[pattern] for place, pattern in enumerate(patterns) if pattern not in zeros}


def number_of_bits(pattern: int, exponent_bits: int, stored: int, below: int = 0) -> int | Fraction:
    """Return the number that the bits of a float stand for; at the top exponent only fractions `below` have one."""
    top = (1 << exponent_bits) - 1
    negative, rest = divmod(pattern, 1 << (exponent_bits + stored))
    exponent, fraction = divmod(rest, 1 << stored)
    demand(exponent != top or fraction < below, "weights: an infinity or a NaN")
    significand = fraction if exponent == 0 else fraction + (1 << stored)
    # value = significand * 2^shift, the bias being top // 2
    shift = max(exponent, 1) - top // 2 - stored
    if shift >= 0:
        size: int | Fraction = significand << shift
    else:
        whole, remainder = divmod(significand, 1 << -shift)
        size = Fraction(significand, 1 << -shift) if remainder else whole
    return -size if negative else size
