"""False fields: changes of a certificate that no honest hash can save."""

from __future__ import annotations

from collections.abc import Callable

Change = Callable[[dict], object]


def at(*path: object) -> Callable[[object], Change]:
    """Return a maker of changes that set the field at a path."""

    def make(value: object) -> Change:
        def change(certificate: dict) -> None:
            holder = certificate
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = value

        return change

    return make


def without(*path: str) -> Change:
    """Return the change that drops the field at a path."""

    def change(certificate: dict) -> None:
        holder = certificate
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]

    return change


def spoiled(top: list[str], parts: dict[str, tuple[str, ...]]) -> dict[str, Change]:
    """Return every field dropped, and every field set to values of every type."""
    false = {f"no {name}": without(name) for name in top}
    false |= {f"no {part}.{name}": without(part, name) for part, names in parts.items() for name in names}
    values = (None, True, 7, "x", [], [[]], {"x": 1})
    false |= {f"{name} is {value!r}": at(name)(value) for name in top for value in values}
    return false | {
        f"{part}.{name} is {value!r}": at(part, name)(value)
        for part, names in parts.items()
        for name in names
        for value in (True, -1, 99, "x", [], [[]], {})
    }


FIELDS = "claim evidence field float format induction machine operator reads separation unreachable".split()  # noqa: SIM905
PARTS = {
    "claim": ("contract", "grade", "quantifier", "steps"),
    "machine": ("states", "symbols", "table", "start", "outputs"),
    "operator": ("structure", "size", "dtype", "readout"),
    "induction": ("equations",),
    "separation": ("decoder", "margin"),
}
FALSE = spoiled([*FIELDS, "codes"], PARTS | {"float": ("dtypes", "partial_sums", "reason", "scan")})
FALSE |= {
    "an extra field": at("extra")("x"),
    "an extra field in the claim": at("claim", "extra")("x"),
    "an extra field in the machine": at("machine", "extra")([]),
    "an extra field in the operator": at("operator", "extra")(1),
    "an extra field in float": at("float", "extra")(1),
    "contract": at("claim", "contract")("sturdy"),
    "contract robust": at("claim", "contract")("robust"),
    "grade": at("claim", "grade")("orbit"),
    "steps": at("claim", "steps")("1000000"),
    "quantifier": at("claim", "quantifier")("for some word"),
    "margin": at("separation", "margin")("2"),
    "margin as a number": at("separation", "margin")(1),
    "bound": at("float", "partial_sums")("2"),
    "bound as a number": at("float", "partial_sums")(1),
    "no formats": at("float", "dtypes")({}),
    "a format of no proof": at("float", "dtypes", "float8")("all lengths"),
    "fewer formats": without("float", "dtypes", "float64"),
    "a horizon": at("float", "dtypes", "float64")("1000 steps"),
    "equations": lambda certificate: certificate["induction"].update(
        equations=certificate["induction"]["equations"] + 1
    ),
    "equations as text": at("induction", "equations")("4"),
    "equations true": at("induction", "equations")(True),  # noqa: FBT003
    "unreachable": at("unreachable")([0]),
    "evidence of a number": at("evidence")({"seed": 1}),
    "evidence of null": at("evidence")({"seed": None}),
    "evidence of a list": at("evidence")({"seed": ["x"]}),
    "a code value": at("codes", 0)([[0, "2"]]),
    "a code fraction": at("codes", 0)([[0, "1/2"]]),
    "a code fraction not reduced": at("codes", 0)([[0, "2/2"]]),
    "a code over one": at("codes", 0)([[0, "1/1"]]),
    "a code over zero": at("codes", 0)([[0, "1/0"]]),
    "a code over a negative number": at("codes", 0)([[0, "1/-2"]]),
    "a code fraction of text": at("codes", 0)([[0, "x/2"]]),
    "a code of zero": at("codes", 0)([[0, "0"]]),
    "a code of minus zero": at("codes", 0)([[0, "-0"]]),
    "a code of leading zeros": at("codes", 0)([[0, "01"]]),
    "a code with a plus": at("codes", 0)([[0, "+1"]]),
    "a code with a space": at("codes", 0)([[0, " 1"]]),
    "a code of arabic digits": at("codes", 0)([[0, "\u0661"]]),
    "a code of no digits": at("codes", 0)([[0, ""]]),
    "a code of a minus": at("codes", 0)([[0, "-"]]),
    "a code of 4301 digits": at("codes", 0)([[0, "1" * 4301]]),
    "a code of 4300 digits": at("codes", 0)([[0, "1" * 4300]]),
    "a code of a number": at("codes", 0)([[0, 1]]),
    "a code of an index true": at("codes", 0)([[True, "1"]]),
    "a code of an index text": at("codes", 0)([["0", "1"]]),
    "a code of one part": at("codes", 0)([[0]]),
    "a code of three parts": at("codes", 0)([[0, "1", "1"]]),
    "a code before the first entry": at("codes", 0)([[-1, "1"]]),
    "a later code before the first entry": lambda certificate: certificate["codes"].__setitem__(-1, [[-1, "1"]]),
    "a code beyond the last entry": at("codes", 0)([[9, "1"]]),
    "a code with falling indices": at("codes", 0)([[1, "1"], [0, "1"]]),
    "a code with one index twice": at("codes", 0)([[0, "1"], [0, "1"]]),
    "a code of text": at("codes", 0)("e0"),
    "a code of null": at("codes", 0)(None),
    "a code twice": lambda certificate: certificate["codes"].append(certificate["codes"][0]),
    "a code twice with its reading": lambda certificate: (
        certificate["codes"].append(certificate["codes"][0]),
        certificate["reads"].append(certificate["reads"][0]),
    ),
    "a code nobody reaches": lambda certificate: (
        certificate["codes"].append([[0, "5"]]),
        certificate["reads"].append(certificate["reads"][0]),
    ),
    "no code": lambda certificate: (certificate["codes"].clear(), certificate["reads"].clear()),
    "one code less": lambda certificate: certificate["codes"].pop(),
    "one reading less": lambda certificate: certificate["reads"].pop(),
    "one reading more": lambda certificate: certificate["reads"].append(0),
    "a reading of -1": at("reads", 0)(-1),
    "a reading of 99": at("reads", 0)(99),
    "a reading of true": at("reads", 0)(False),  # noqa: FBT003
    "a reading of text": at("reads", 0)("0"),
    "a table entry of -1": at("machine", "table", 0, 0)(-1),
    "a table entry of 99": at("machine", "table", 0, 0)(99),
    "a table entry of false": at("machine", "table", 0, 0)(False),  # noqa: FBT003
    "a table row of text": at("machine", "table", 0)("01"),
    "a long table row": lambda certificate: certificate["machine"]["table"][0].append(0),
    "a short table row": lambda certificate: certificate["machine"]["table"][0].pop(),
    "a table row more": lambda certificate: certificate["machine"]["table"].append(certificate["machine"]["table"][0]),
    "an output more": lambda certificate: certificate["machine"]["outputs"].append("x"),
    "start false": at("machine", "start")(False),  # noqa: FBT003
    "a state twice": lambda certificate: certificate["machine"]["states"].__setitem__(
        slice(None),
        [{"int": "1"}, {"bool": True}, "x", "y", "z", "u", "v"][: len(certificate["machine"]["states"])]
        if len(certificate["machine"]["states"]) > 1
        else [],
    ),
    "an unknown structure": at("operator", "structure")("banded"),
    "the other structure": lambda certificate: certificate["operator"].update(
        structure="dense" if certificate["operator"]["structure"] == "column-one-hot" else "column-one-hot"
    ),
    "cells beside the codes": at("cells")([]),
    "letters beside the codes": at("letters")([]),
    "another dtype of the readout": lambda certificate: certificate["operator"].update(
        readout="float64" if certificate["operator"]["readout"] == "float16" else "float16"
    ),
    "another dtype": lambda certificate: certificate["operator"].update(
        dtype="float64" if certificate["operator"]["dtype"] == "float16" else "float16"
    ),
}
LABELS = {
    "an object": {},
    "two keys": {"int": "1", "bool": True},
    "a number": 1,
    "true": True,
    "a list": [],
    "an int of a number": {"int": 1},
    "an int not canonical": {"int": "01"},
    "an int of minus zero": {"int": "-0"},
    "a bool of text": {"bool": "true"},
    "a bool of a number": {"bool": 1},
    "a tuple of text": {"tuple": "ab"},
    "a tuple of numbers": {"tuple": [1]},
    "a float": {"float": "1.0"},
}
for _where in ("states", "symbols", "outputs"):
    FALSE |= {f"a label of {_where} is {name}": at("machine", _where, 0)(label) for name, label in LABELS.items()}
