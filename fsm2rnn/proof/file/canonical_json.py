"""JSON with one spelling per value: sorted keys, no spaces, ASCII, no floats."""

from __future__ import annotations

import hashlib
import json

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import Json


def canonical_json(value: Json) -> str:
    """Return the one spelling of `value`, which holds no floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def json_value(text: str, field: str) -> Json:
    """Return the value of `text`; CertificateError when it is no JSON, or holds floats.

    The reader of a certificate spells it anew and compares, which leaves one spelling.
    """
    try:
        value: Json = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as error:
        message = f"not JSON of a certificate: {error}"
        raise CertificateError(field, message) from error
    return value


def digest(data: bytes | memoryview) -> str:
    """Return the sha256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _no_float(text: str) -> None:
    message = f"the float {text} is not allowed"
    raise ValueError(message)
