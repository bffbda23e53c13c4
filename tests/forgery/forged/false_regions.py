"""False fields of certificates by regions: changes that no honest hash can save."""

from __future__ import annotations

from tests.forgery.forged.false_fields import FALSE, FIELDS, LABELS, PARTS, Change, at, spoiled

BOUNDS = {"float": ("dtypes", "eta", "mu", "reason", "scan")}
FALSE_REGIONS: dict[str, Change] = spoiled([*FIELDS, "letters", "cells"], PARTS | BOUNDS)
# What does not speak of codes and of partial sums is as false here.
SHARED = (
    "an extra field", "an extra field in the claim", "an extra field in the machine", "an extra field in the operator",
    "an extra field in float", "contract", "grade", "steps", "quantifier", "margin", "margin as a number", "no formats",
    "a format of no proof", "equations", "equations as text", "equations true", "unreachable", "evidence of a number",
    "evidence of null", "evidence of a list", "one reading less", "one reading more", "a reading of -1",
    "a reading of 99", "a reading of true", "a reading of text", "a table entry of -1", "a table entry of 99",
    "a table entry of false", "a table row of text", "a long table row", "a short table row", "a table row more",
    "an output more", "start false", "a state twice", "an unknown structure", "the other structure", "another dtype",
    "another dtype of the readout",
)  # fmt: skip
FALSE_REGIONS |= {title: FALSE[title] for title in SHARED}
FALSE_REGIONS |= {
    f"a label of {where} is {name}": at("machine", where, 0)(label)
    for where in ("states", "symbols", "outputs")
    for name, label in LABELS.items()
}
NUMBERS = (
    "2/2", "2/4", "1/1", "1/0", "1/-2", "-1/-2", "0/5", "-0", "01", "+1", " 1", "1 ", "1/", "/2", "1/2/3", "1/02",
    "0.5", "x", "", "1/x", "\u0661", "1e3", "1" * 641, "1/" + "3" * 641,
)  # fmt: skip
PLACES = {
    "a turn of a letter": ("letters", 0, "planes", 0),
    "a factor of a letter": ("letters", 0, "lines", 0),
    "a turn of a region": ("cells", 0, "planes", 0),
    "a low end of a region": ("cells", 0, "lines", 0, 0),
    "a high end of a region": ("cells", 0, "lines", 0, 1),
}


def there(path: tuple, value: object) -> Change:
    """Return the change at a path, which a certificate may not have: planes or lines may be missing."""

    def change(certificate: dict) -> None:
        holder = certificate
        for step in path[:-1]:
            if isinstance(step, int) and step >= len(holder):
                return
            holder = holder[step]
        if isinstance(path[-1], str) or path[-1] < len(holder):
            holder[path[-1]] = value

    return change


for _name, _path in PLACES.items():
    _values = (*NUMBERS, None, True, 0, 0.5, [], {}, ["0", "1"])
    FALSE_REGIONS |= {f"{_name} is {value!r:.20}": there(_path, value) for value in _values}
for _name, _path in [(name, path) for name, path in PLACES.items() if "turn" in name]:
    FALSE_REGIONS |= {f"{_name} is {value}": there(_path, value) for value in ("1", "6/5", "-1/5", "7")}
for _field in ("letters", "cells"):
    FALSE_REGIONS |= {
        f"{_field}: a part is {value!r}": at(_field, 0)(value)
        for value in (None, [], "x", 1, {}, {"lines": []}, {"planes": []}, {"lines": [], "planes": []})
    }
    FALSE_REGIONS |= {
        f"{_field}: {part} is {value!r}": at(_field, 0, part)(value)
        for part in ("lines", "planes")
        for value in (None, "x", 1, {}, ["x"], [["0", "1", "1"]], [["0"]], ["0", "0", "0", "0"])
    }
    FALSE_REGIONS[f"{_field}: an extra part"] = at(_field, 0, "extra")([])
    FALSE_REGIONS[f"{_field}: one less"] = lambda certificate, field=_field: certificate[field].pop()
    FALSE_REGIONS[f"{_field}: one twice"] = lambda certificate, field=_field: certificate[field].append(
        certificate[field][0]
    )
    FALSE_REGIONS[f"{_field}: none"] = lambda certificate, field=_field: certificate[field].clear()
FALSE_REGIONS |= {
    "a region twice with its reading": lambda certificate: (
        certificate["cells"].append(certificate["cells"][0]),
        certificate["reads"].append(certificate["reads"][0]),
    ),
    "one region less with its reading": lambda certificate: (certificate["cells"].pop(), certificate["reads"].pop()),
    "no region and no reading": lambda certificate: (certificate["cells"].clear(), certificate["reads"].clear()),
    "codes in place of regions": lambda certificate: certificate.update(codes=certificate.pop("cells")),
    "codes beside the regions": at("codes")([[[0, "1"]]]),
    "no regions": lambda certificate: certificate.pop("cells"),
    "no letters": lambda certificate: certificate.pop("letters"),
    "contract linear": at("claim", "contract")("linear"),
    "partial sums": at("float", "partial_sums")("1"),
    "every format": at("float", "dtypes")(dict.fromkeys(("float64", "float32"), "all lengths")),
}
