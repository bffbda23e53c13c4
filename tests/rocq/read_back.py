"""A text of a claim read back into dense integer arrays, by patterns that know nothing of what wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

NUMBER = re.compile(r"\b([npm])(\d+)\b")


@dataclass
class ReadBack:
    """What a text says: a table, a matrix per letter, the first state, the scores, the head, and the codes."""

    table: list[list[int]]
    start: int
    matrices: list[np.ndarray]
    first: np.ndarray
    weights: np.ndarray
    biases: list[int]
    speak_for: list[int]
    head: list[np.ndarray]
    points: list[np.ndarray]


def read_back(text: str, width: int) -> ReadBack:
    """Return what the definitions of a text say, of a network of so many coordinates."""
    numbers = dict(re.findall(r"Definition ([npm]\d+) : [NZ] := (-?\d+)\.", text))
    assert all(int(value) == signed(name) for name, value in numbers.items())
    parts = dict(re.findall(r"Definition (\w+) : [\w ()]+ :=\n(.*?)\.\n", text, re.DOTALL))
    machine = re.match(r"Machine (n\d+) the_transitions", parts["the_machine"])
    network = re.match(r"Network (\[.*?\]) (\[.*?\])\n(.*)", parts["the_network"], re.DOTALL)
    rows = re.findall(r"Row (\[.*?\]) ([pm]\d+) (n\d+)", network[3])
    names = re.findall(r"matrix_\d+", network[1])
    codes = parts["the_codes"]
    listed = re.match(r"one_each 0 \((.*)\) the_transitions", codes, re.DOTALL)
    points = listed[1] if listed else "[" + ";".join(re.findall(r"Code (\[.*?\])", codes)) + "]"
    table = re.findall(r"\[([^\[\]]*)\]", parts["the_transitions"])
    return ReadBack(
        [[signed(name) for name in re.findall(r"n\d+", row)] for row in table],
        signed(machine[1]),
        [np.stack(vectors(parts[name], width), axis=1) for name in names],
        one(network[2], width),
        np.stack([one(row[0], width) for row in rows]),
        [signed(row[1]) for row in rows],
        [signed(row[2]) for row in rows],
        vectors(parts["the_head"], width),
        vectors(points, width),
    )


def signed(name: str) -> int:
    """Return the number that a name stands for."""
    kind, digits = NUMBER.fullmatch(name).groups()
    return -int(digits) if kind == "m" else int(digits)


def vectors(text: str, width: int) -> list[np.ndarray]:
    """Return a list of stored vectors, or of unit vectors."""
    if text.startswith("units"):
        return [unit(signed(name), width) for name in re.findall(r"n\d+", text)]
    return [one(part, width) for part in re.findall(r"\[[^\[\]]*\]", text[1:-1])]


def one(text: str, width: int) -> np.ndarray:
    """Return one stored vector."""
    found = np.zeros(width, dtype=np.int64)
    for place, value in re.findall(r"At (n\d+) ([pm]\d+)", text):
        found[signed(place)] += signed(value)
    return found


def unit(place: int, width: int) -> np.ndarray:
    """Return a unit vector."""
    return np.eye(width, dtype=np.int64)[place]
