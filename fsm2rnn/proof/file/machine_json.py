"""Machines, codes, states, regions and letters as JSON and back; values are texts, indices are numbers."""

from __future__ import annotations

from fractions import Fraction

from fsm2rnn.errors import CertificateError, InputError
from fsm2rnn.exact.sparse import Scalar, Vector, simplest, vector
from fsm2rnn.machine.labels import Json, Label, integer_from_text, label_from_json, label_to_json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.enclosure import Interval, Letter, Region, Turn


def machine_to_json(machine: StateMachine) -> dict[str, Json]:
    """Return the machine with labels in their unambiguous form; of Mealy's kind one list of outputs per state."""
    return {
        "states": [label_to_json(state) for state in machine.states],
        "symbols": [label_to_json(symbol) for symbol in machine.symbols],
        "table": [list(row) for row in machine.table],
        "start": machine.start,
        "outputs": _outputs_to_json(machine),
    }


def _outputs_to_json(machine: StateMachine) -> list[Json]:
    if machine.is_mealy:
        return [[label_to_json(output) for output in row] for row in machine.outputs]
    return [label_to_json(output) for output in machine.outputs]


def machine_from_json(value: Json) -> StateMachine:
    """Invert `machine_to_json`; CertificateError for another shape, InputError for a machine that is none."""
    match value:
        case {
            "states": [*states],
            "symbols": [*symbols],
            "table": [*table],
            "start": int(start),
            "outputs": [*outputs],
            **rest,
        } if not rest:
            return StateMachine(
                tuple(label_from_json(state) for state in states),
                tuple(label_from_json(symbol) for symbol in symbols),
                tuple(integers(row, "machine") for row in table),
                start,
                *_outputs_from_json(outputs),
            )
        case _:
            message = "expected an object of states, symbols, table, start and outputs"
            raise CertificateError("machine", message)


def _outputs_from_json(outputs: list[Json]) -> tuple[tuple[Label, ...], bool]:
    """Return the outputs, and whether they are those of a Mealy machine: no label is written as a list."""
    rows = [row for row in outputs if isinstance(row, list)]
    if rows and len(rows) == len(outputs):
        return tuple(tuple(label_from_json(output) for output in row) for row in rows), True
    return tuple(label_from_json(output) for output in outputs), False


def code_to_json(code: Vector) -> Json:
    """Return the entries that are not zero as [index, "integer"] pairs."""
    return [[index, str(value)] for index, value in code]


def code_from_json(value: Json) -> Vector:
    """Return the [index, "value"] pairs, whose order Simulation proves; CertificateError for other types."""
    entries: list[tuple[int, Scalar]] = []
    for entry in value if isinstance(value, list) else [None]:
        match entry:
            case [index, str(text)] if type(index) is int:
                entries.append((index, _integer(text)))
            case _:
                message = 'a code is not a list of [index, "integer"] pairs'
                raise CertificateError("codes", message)
    return tuple(entries)


def _integer(text: str) -> int:
    """Return an integer, the only numbers that grade exact admits."""
    try:
        return integer_from_text(text)
    except InputError as error:
        raise CertificateError("codes", error.message) from error


def integers(value: Json, field: str) -> tuple[int, ...]:
    """Return a list of JSON integers; CertificateError naming `field` for anything else."""
    numbers = value if isinstance(value, list) else [None]
    integers = tuple(number for number in numbers if type(number) is int)
    if len(integers) != len(numbers):
        message = "expected a list of integers"
        raise CertificateError(field, message)
    return integers


def state_to_json(state: Vector, size: int) -> Json:
    """Return every coordinate of a float state as a rational in lowest terms."""
    entries = dict(state)
    return [str(entries.get(place, 0)) for place in range(size)]


def state_from_json(value: Json) -> Vector:
    """Invert `state_to_json`; CertificateError for another shape."""
    entries = value if isinstance(value, list) else [None]
    return vector(enumerate(_fraction(entry, "float_states") for entry in entries))


def region_to_json(region: Region) -> Json:
    """Return intervals as ["low", "high"] pairs and points as turns, null being zero."""
    return {"lines": [[str(low), str(high)] for low, high in region.lines], "planes": _turns_to_json(region.planes)}


def region_from_json(value: Json) -> Region:
    """Invert `region_to_json`; CertificateError for another shape."""
    match value:
        case {"lines": [*lines], "planes": [*planes], **rest} if not rest:
            return Region(tuple(_interval(line) for line in lines), _turns_from_json(planes, "cells"))
        case _:
            message = "a region is not an object of lines and planes"
            raise CertificateError("cells", message)


def letter_to_json(letter: Letter) -> Json:
    """Return the factors and turns of one symbol."""
    return {"lines": [str(factor) for factor in letter.lines], "planes": _turns_to_json(letter.planes)}


def letter_from_json(value: Json) -> Letter:
    """Invert `letter_to_json`; CertificateError for another shape."""
    match value:
        case {"lines": [*lines], "planes": [*planes], **rest} if not rest:
            factors = tuple(_fraction(line, "letters") for line in lines)
            return Letter(factors, _turns_from_json(planes, "letters"))
        case _:
            message = "a letter is not an object of lines and planes"
            raise CertificateError("letters", message)


def _interval(value: Json) -> Interval:
    match value:
        case [low, high]:
            return _fraction(low, "cells"), _fraction(high, "cells")
        case _:
            message = 'an interval is not a ["low", "high"] pair'
            raise CertificateError("cells", message)


def _turns_to_json(planes: tuple[Turn, ...]) -> list[Json]:
    return [None if turn is None else str(turn) for turn in planes]


def _turns_from_json(planes: list[Json], field: str) -> tuple[Turn, ...]:
    return tuple(None if turn is None else Fraction(_fraction(turn, field)) for turn in planes)


def _fraction(text: Json, field: str) -> Scalar:
    """Return the rational that `text` writes in lowest terms, n or n/d with d > 1."""
    if not isinstance(text, str):
        message = "a number is not a text"
        raise CertificateError(field, message)
    parts = text.split("/")
    try:
        numbers = [integer_from_text(part) for part in parts]
    except InputError as error:
        raise CertificateError(field, error.message) from error
    # What is no n or n/d becomes 0, which has another spelling.
    value = Fraction(*numbers) if len(numbers) <= 2 and 0 not in numbers[1:] else Fraction(0)
    if str(value) != text:
        message = f"not a rational in lowest terms: {text!r:.60}"
        raise CertificateError(field, message)
    return simplest(value)
