"""JSON with one spelling per value: sorted keys, no spaces, ASCII, no floats; reading accepts that spelling alone."""

from __future__ import annotations

import hashlib
import json

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import Json


def canonical_json(value: Json) -> str:
    """Return the one spelling of `value`, which holds no floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def read_canonical(text: str, field: str) -> Json:
    """Return the value spelled by `text`; CertificateError unless `text` is its one spelling.

    Duplicate keys, spaces, NaN and other spellings of a number all fail the comparison.
    """
    try:
        value: Json = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
        again = canonical_json(value)
    except (ValueError, RecursionError) as error:
        message = f"not canonical JSON: {error}"
        raise CertificateError(field, message) from error
    if again != text:
        message = "not the canonical spelling of its own content"
        raise CertificateError(field, message)
    return value


def digest(data: bytes | memoryview) -> str:
    """Return the sha256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _no_float(text: str) -> None:
    message = f"the float {text} is not allowed"
    raise ValueError(message)
