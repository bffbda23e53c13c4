"""Labels: the names of states, symbols and outputs, and their unambiguous JSON form.

A string stands for itself; every other label is a one-key object, so that the symbol "0" and the
symbol 0 never meet: 0 -> {"int": "0"}, True -> {"bool": true}, None -> null, tuples -> {"tuple": [...]}.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeAlias

from fsm2rnn.errors import InputError

Label: TypeAlias = Hashable
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_DEPTH = 32  # tuples in tuples: a product of products nests once each, and Python's own stack holds far more
MAX_DIGITS = 640  # the fewest at which Python may be told to refuse an integer's text


def label_text(label: Label) -> str:
    """Return the label as a person reads it: ("s0", "beep") is s0/beep, None is a dash."""
    if isinstance(label, tuple):
        return "/".join(label_text(part) for part in label)
    return "-" if label is None else str(label)


def label_plain(label: Label) -> bool | int | str | None:
    """Return the label as a program's reader of JSON wants it: True, 1, None and texts as they are, others as text."""
    return label if isinstance(label, bool | int | str | None) else label_text(label)


def typed(label: Label) -> Label:
    """Return a key that tells 1 from True, which Python's == does not."""
    if isinstance(label, tuple):
        return tuple(typed(part) for part in label)
    return (type(label), label)


def label_to_json(label: Label, depth: int = 0) -> Json:
    """Return the JSON form of `label`; InputError for a type that has none."""
    if depth > MAX_DEPTH:
        message = f"labels nested deeper than {MAX_DEPTH} cannot be written"
        raise InputError(message)
    if label is None or type(label) is str:
        return label
    if type(label) is bool:
        return {"bool": label}
    if type(label) is int and abs(label) < 10**MAX_DIGITS:
        return {"int": str(label)}
    if type(label) is tuple:
        return {"tuple": [label_to_json(part, depth + 1) for part in label]}
    message = f"a label of type {type(label).__name__} cannot be written"
    hint = f"use strings, integers of at most {MAX_DIGITS} digits, booleans, None or tuples of them"
    raise InputError(message, hint=hint)


def label_from_json(value: Json, depth: int = 0) -> Label:
    """Invert `label_to_json`; InputError for anything that it does not write."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict) and len(value) == 1 and depth <= MAX_DEPTH:
        ((kind, content),) = value.items()
        if kind == "bool" and isinstance(content, bool):
            return content
        if kind == "int" and isinstance(content, str):
            return integer_from_text(content)
        if kind == "tuple" and isinstance(content, list):
            return tuple(label_from_json(part, depth + 1) for part in content)
    found = f"a JSON {type(value).__name__}" if isinstance(value, list | dict) else f"{value!r:.60}"
    message = f"not a label: {found}"
    raise InputError(message)


def integer_from_text(text: str) -> int:
    """Return the integer that `text` writes in the one canonical way; InputError otherwise."""
    digits = text.removeprefix("-")
    # The pattern 0|-?[1-9][0-9]* leaves one spelling per integer.
    plain = digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS
    if not plain or (digits[0] == "0" and text != "0"):
        message = f"not a canonical integer: {text!r:.60}"
        raise InputError(message)
    return int(text)
