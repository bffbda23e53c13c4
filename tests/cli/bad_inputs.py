"""Inputs that are wrong, each in its way: texts, files, headers, options."""

from __future__ import annotations

import json
import os

import fsm2rnn

HUGE = str(10**26)
NUMBERS = ["-1", "0", HUGE, "9" * 5000, "nan", "1.5", "", "x", "0x10", "\u0663\u00b2"]

MACHINES = [
    *("", " ", "S", "S5x", "Z", "Z0", "Z-1", "Z" + "9" * 40, "S99", "A0", "Q7", "Dih(0)", "Dih(", "V5", "Z2x", "xZ2"),
    *("PSL(2,4", "PSL(2,0)", "PSL(2,1000003)", "tomita0", "tomita8", "modadd(0)", "modadd(x)", "counter(-1)"),
    *("dyck(0,3)", "dyck(2)", "dyck(9,99)", "register(40)", "random(states=0)", "random(states=-1,symbols=2)"),
    *("random(states=1e9)", "random(seed)", "S5@", "S5@gen", "@gens", "re:(", "re:a{0}", "re:a**@b"),
    *("re:(a|b)*@", "re:" + "(" * 5000, "re:a{99999}", "perm:", "perm:(1", "perm:(1,1)", "perm:(0,1)", "perm:x"),
    *("perm:(1,2);", "act:", "act:(1,2", "act:(1,999999999)", "maps:", "maps:0,9", "maps:a", "maps:0;0,1", "maps:;"),
    *("no/such/file.dot", "/dev/zero", "/dev/null", "/dev/zero.dot", "m.xyz", "./m", "a\0b", "\udc80", "\x1b[31mred"),
    *(".dot", ".json", "C" * 10_000),
]
FILE_TEXTS = {
    "empty.dot": "",
    "half.dot": "digraph {",
    "wild.dot": "\x1b]0;title\x07",
    "list.json": "[]",
    "deep.json": "[" * 100_000,
    "big.json": '{"states": ' + "9" * 5000 + "}",
    "nan.json": "NaN",
    "empty.csv": "",
    "ragged.csv": "*,a\na\n",
    "empty.att": "",
    "bad.att": "0 1 a b\n",
    "bad.jff": "<structure><type>fa</type>",
    "bomb.jff": '<!DOCTYPE s [<!ENTITY a "b">]><structure/>',
    "bad.mata": "@NFA-explicit\n%Final",
    "surrogate.json": '{"format": "fsm2rnn-machine-1", "states": ["\\ud800"]}',
}


def tensor_file(header, body=b""):
    """Return a file of that header, whatever it says."""
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(data).to_bytes(8, "little") + data + body


def entry(**changes):
    return {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} | changes


HEADERS = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[" * 100_000,
    b"null",
    b"[]",
    b'"x"',
    b'{"a": NaN}',
    b'{"__metadata__": {}, "__metadata__": {}}',
    {},
    {"__metadata__": None},
    {"__metadata__": {"fsm2rnn.certificate": 5}},
    {"__metadata__": {"fsm2rnn.certificate": ""}},
    {"__metadata__": {"fsm2rnn.certificate": "[" * 100_000}},
    {"__metadata__": {"fsm2rnn.certificate": "{}", "other": ""}},
    {"__metadata__": {"fsm2rnn.certificate": '{"format": "fsm2rnn-certificate-99"}'}},
    {"__metadata__": {"\x1b[2J": "\n" * 5}},
    {"__metadata__": {}, "weight": entry(shape=[-1])},
    {"__metadata__": {}, "weight": entry(shape=[2**62, 2**62])},
    {"__metadata__": {}, "weight": entry(shape=[0, 2**60], data_offsets=[0, 0])},
    {"__metadata__": {}, "weight": entry(shape=[1.0])},
    {"__metadata__": {}, "weight": entry(shape=[True])},
    {"__metadata__": {}, "weight": entry(shape=[1] * 10_000)},
    {"__metadata__": {}, "weight": entry(dtype="\x1b[31mF32")},
    {"__metadata__": {}, "weight": entry(dtype=5)},
    {"__metadata__": {}, "weight": entry(data_offsets=[4, 0])},
    {"__metadata__": {}, "weight": entry(data_offsets=[0, 10**30])},
    {"__metadata__": {}, "weight": entry(data_offsets=[-4, 0])},
    {"__metadata__": {}, "weight": []},
    {"__metadata__": {}, "\x1b[2J\n": entry()},
    {"__metadata__": {}, "": entry()},
]


def fill(folder):
    """Write a network file, files that are none, a FIFO and a large file of nothing."""
    fsm2rnn.compile("Z3", "pd").save(folder / "net")
    whole = (folder / "net").read_bytes()
    for number, header in enumerate(HEADERS):
        (folder / f"header{number}").write_bytes(tensor_file(header, b"\0" * 4))
    for number, cut in enumerate((0, 7, 8, 9, 100, len(whole) - 1)):
        (folder / f"cut{number}").write_bytes(whole[:cut])
    (folder / "long").write_bytes(whole + b"\0")
    (folder / "length").write_bytes((2**63).to_bytes(8, "little") + whole[8:])
    (folder / "changed").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    for name, text in FILE_TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "bytes.dot").write_bytes(b"\xff\xfe\0\0")
    with (folder / "sparse").open("wb") as stream:
        stream.truncate(9 * 2**30)
    (folder / "words").write_text("1 2\n", encoding="utf-8")
    (folder / "none").write_text("\n \n", encoding="utf-8")
    (folder / "unknown").write_text("1 7\n", encoding="utf-8")
    (folder / "binary").write_bytes(b"\xff\0")
    (folder / "folder.dot").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "fifo")


NONE = ("", "x", "\x1b[31m", "\udc80", "full ", "FULL", "float8", "Best", "meta", "cuda:99", "int8", "cpu:x", "meta:0")
SEEDS = {"0", HUGE}  # any number from 0 on


def bad_numbers(place):
    """Yield calls with one number that is wrong."""
    net = str(place / "net")
    for number in NUMBERS:
        yield "verify", net, f"-n{number}"
        yield "verify", net, f"--batch={number}"
        yield "data", "Z3", "-o", str(place / "out"), f"-l{number}", "-n2"
        yield "data", "Z3", "-o", str(place / "out"), "-l2", f"-n{number}"
        if number not in SEEDS:
            yield "verify", net, f"--seed={number}"
            yield "data", "Z3", "-o", str(place / "out"), "-l2", "-n2", f"--seed={number}"
    for number in ("x", "nan", "", "1.5"):
        yield "explain", "re:(ab)*", f"--max-states={number}"


def bad_names(place):
    """Yield calls with one name that is wrong."""
    net, out = str(place / "net"), str(place / "out")
    for name in NONE:
        for option in ("--complete=", "--labels=", "-t", "--contract="):
            yield "explain", "Z3", f"{option}{name}"
        for option in ("--dtype=", "--grade=", "--contract="):
            yield "compile", "Z3", "-tpd", "-o", out, f"{option}{name}"
        for option in ("--device=", "--dtype=", "--order="):
            yield "verify", net, f"{option}{name}"
