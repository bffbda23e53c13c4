"""What a file can do to its reader: blow up, lie, break off, or look like something else. Each has its error."""

from __future__ import annotations

import unicodedata

import pytest

from fsm2rnn.errors import FsmError, InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft import determinise
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.file.formats import FILE_FORMATS
from fsm2rnn.source.read import reading
from fsm2rnn.source.write import machine_text, write_machine
from tests.work import at_most


def read(source, options=None):
    """Return the machine, whatever was guessed in reading it."""
    return reading(source, options or ReadOptions()).machine


SUFFIXES = [form.suffixes[0] for form in FILE_FORMATS if form.write is not None]


def _mata(*lines):
    return "\n".join(["@NFA-explicit", "%Alphabet-auto", *lines, ""])


def _att(*lines):
    return "\n".join(lines) + "\n"


def _jff(states, moves, kind="fa"):
    marks = "".join(f"<state id='{q}' name='{q}'>{mark}</state>\n" for q, mark in states.items())
    arcs = "".join(
        f"<transition><from>{source}</from><to>{target}</to><read>{symbol}</read></transition>\n"
        for source, symbol, target in moves
    )
    return f"<structure>\n<type>{kind}</type>\n{marks}{arcs}</structure>"


def _nth_last(count, form):
    """Return the acceptor of "the letter count from the end is a": count + 1 states, 2^count once deterministic."""
    moves = [(0, "a", 0), (0, "b", 0), (0, "a", 1)]
    moves += [(state, letter, state + 1) for state in range(1, count) for letter in "ab"]
    if form == ".mata":
        return _mata("%Initial 0", f"%Final {count}", *(f"{p} {x} {q}" for p, x, q in moves))
    if form == ".att":
        return _att(*(f"{p}\t{q}\t{x}\t{x}" for p, x, q in moves), str(count))
    return _jff({0: "<initial/>", **dict.fromkeys(range(1, count), ""), count: "<final/>"}, moves)


@pytest.mark.parametrize("form", [".mata", ".jff", ".att"])
def test_a_subset_blow_up_stops_at_once(tmp_path, form):
    for count in range(8, 41):
        file = tmp_path / f"m{form}"
        file.write_text(_nth_last(count, form), encoding="utf-8")
        with at_most(calls=100_000):
            if count == 8:
                assert len(read(file, ReadOptions(max_states=2**8)).states) == 2**8
            with pytest.raises(LimitError) as caught:
                read(file, ReadOptions(max_states=2**8 - 1))
            assert caught.value.limit == 2**8 - 1


def test_a_subset_blow_up_stops_at_the_default_limit(tmp_path):
    file = tmp_path / "m.mata"
    file.write_text(_nth_last(40, ".mata"), encoding="utf-8")
    with at_most(calls=40_000_000), pytest.raises(LimitError):
        read(file)


def test_joining_large_subsets_is_limited(monkeypatch):
    text = "re:(a|b)*" + "a(a|b)*" * 40
    assert len(read(text).states) == 41
    monkeypatch.setattr(determinise, "STEP_LIMIT", 5_000)
    with pytest.raises(LimitError, match="steps through the subsets"):
        read(text)


@pytest.mark.parametrize("tail", ["*" * 366, "+" * 366, "?" * 366, "{0,2}" * 17, "*{3}" * 10])
def test_repetitions_of_repetitions_are_refused_before_they_are_built(tail):
    """Every star makes one more state final and so one more transition back from each."""
    with at_most(calls=100_000), pytest.raises(LimitError, match="to build a regular expression"):
        read("re:(ab)" + tail)


DUPLICATE = {
    ".dot": 'digraph { s -> s [label=a]; s -> s [label=a]; s -> s [label="a"] }',
    ".att": _att("s s a a", "s s a a", "s", "s"),
    ".mata": _mata("%Initial s s", "%Final s s", "s a s", "s a s"),
    ".jff": _jff({0: "<initial/>"}, [(0, "a", 0), (0, "a", 0)]),
}


@pytest.mark.parametrize(("suffix", "text"), DUPLICATE.items())
def test_the_same_transition_twice_is_one(tmp_path, suffix, text):
    (tmp_path / f"m{suffix}").write_text(text, encoding="utf-8")
    assert read(tmp_path / f"m{suffix}").table == ((0,),)


CONFLICTS = {
    ".dot": ('digraph {\n s -> s [label="a/0"];\n s -> t [label="a/0"];\n t -> t [label="a/0"] }', 3),
    ".jff": (_jff({0: "<initial/>", 1: ""}, [(0, "a", 0), (0, "a", 1), (1, "a", 1)], "moore"), 6),
}


@pytest.mark.parametrize(("suffix", "case"), CONFLICTS.items())
def test_conflicting_transitions_are_an_error_with_their_line(tmp_path, suffix, case):
    file = tmp_path / f"m{suffix}"
    file.write_text(case[0], encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(file, ReadOptions(complete=Completion.SINK))
    assert (caught.value.file, caught.value.line) == (str(file), case[1])
    assert "must be deterministic" in caught.value.hint


PARTIAL = {
    ".dot": "digraph { p [shape=doublecircle]; p -> q [label=a]; q -> p [label=b] }",
    ".att": _att("p q a a", "q p b b", "p"),
    ".mata": _mata("%Initial p", "%Final p", "p a q", "q b p"),
    ".jff": _jff({"p": "<initial/><final/>", "q": ""}, [("p", "a", "q"), ("q", "b", "p")]),
    ".json": """{"format": "fsm2rnn-machine-1", "states": ["p", "q"], "symbols": ["a", "b"], "start": 0,
        "table": [[1, null], [null, 0]], "outputs": [{"bool": true}, {"bool": false}]}""",
}


@pytest.mark.parametrize(("suffix", "text"), PARTIAL.items())
def test_a_partial_machine_is_completed_only_on_request(tmp_path, suffix, text):
    file = tmp_path / f"m{suffix}"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"has no transition under 'b' \(1 more missing\)") as caught:
        read(file)
    assert "--complete sink" in caught.value.hint
    machine = read(file, ReadOptions(complete=Completion.SINK))
    assert set(machine.states) == {"p", "q", "sink"}
    assert machine.answers("abab") == [False, True, False, True]
    assert machine.answers("bab") == [False, False, False]


EMPTY = {
    ".dot": ("digraph { }", "digraph { s }"),
    ".att": ("", "s\n"),
    ".mata": (_mata(), _mata("%Initial s")),
    ".jff": (_jff({}, []), _jff({0: "<initial/>"}, [])),
    ".csv": ("", "*\n"),
    ".json": (
        '{"format": "fsm2rnn-machine-1", "states": [], "symbols": ["a"], "start": 0, "table": [], "outputs": []}',
        '{"format": "fsm2rnn-machine-1", "states": ["s"], "symbols": [], "start": 0, "table": [[]], "outputs": ["s"]}',
    ),
}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_zero_states_and_an_empty_alphabet_are_errors(tmp_path, suffix):
    for text in EMPTY[suffix]:
        (tmp_path / f"m{suffix}").write_text(text, encoding="utf-8")
        for complete in Completion:
            with pytest.raises(InputError):
                read(tmp_path / f"m{suffix}", ReadOptions(complete=complete))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_truncated_files_are_a_machine_or_an_error(tmp_path, suffix):
    file = tmp_path / f"m{suffix}"
    machine = read("Z3") if suffix == ".csv" else read("re:(aa|b)*ab@ab")
    whole = machine_text(machine, suffix).encode()
    for end in range(len(whole)):
        file.write_bytes(whole[:end])
        try:
            assert read(file).states
        except FsmError as error:
            assert str(file) in str(error)  # noqa: PT017  some beginnings are machines


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_encodings(tmp_path, suffix):
    file = tmp_path / f"m{suffix}"
    machine = read("Z3") if suffix == ".csv" else read("re:(aa|b)*ab@ab")
    text = machine_text(machine, suffix)
    for plain in (text.replace("\n", "\r\n"), "\ufeff" + text):
        file.write_bytes(plain.encode("utf-8"))
        assert read(file) == machine
    for encoding in ("utf-16", "utf-16-le", "utf-32"):
        file.write_bytes(text.encode(encoding))
        with pytest.raises(InputError) as caught:
            read(file)
        assert caught.value.file == str(file)
        assert encoding != "utf-16" or "UTF-16" in caught.value.hint


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_nul_byte_is_never_dropped(tmp_path, suffix):
    file = tmp_path / f"m{suffix}"
    machine = read("Z3") if suffix == ".csv" else read("re:(aa|b)*ab@ab")
    data = machine_text(machine, suffix).encode()
    for place in range(len(data) + 1):
        file.write_bytes(data[:place] + b"\0" + data[place:])
        try:
            found = read(file)
        except FsmError:
            continue
        # Where it is part of a comment or of a name, the machine is named or spaced differently, no more.
        assert len(found.states) >= len(machine.states)


COMPOSED, DECOMPOSED = "caf\u00e9", unicodedata.normalize("NFD", "caf\u00e9")


@pytest.mark.parametrize("suffix", [".dot", ".att", ".jff", ".mata", ".json"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (COMPOSED, DECOMPOSED),
        ("a", "\u0430"),
        ("K", "\u212a"),
        ("ab", "a\u200bb"),
        ("ab", "\u202eab"),
        ("fi", "\ufb01"),
    ],
)
def test_symbols_that_look_alike_stay_apart(tmp_path, suffix, first, second):
    machine = StateMachine((first, second), (first, second), ((0, 1), (1, 0)), 0, (False, True))
    write_machine(machine, tmp_path / f"m{suffix}")
    assert read(tmp_path / f"m{suffix}") == machine


def _header(suffix, count):
    names = " ".join(f"s{number}" for number in range(count))
    if suffix == ".mata":
        return _mata(f"%States-enum {names}", "%Initial s0", "%Final", "s0 a s0")
    if suffix == ".att":
        return _att("s0 s0 a a", *names.split())
    if suffix == ".json":
        listed = ",".join(f'"{name}"' for name in names.split())
        rows = ",".join(["[null]"] * count)
        return (
            f'{{"format": "fsm2rnn-machine-1", "states": [{listed}], "symbols": ["a"], "start": 0,'
            f' "table": [{rows}], "outputs": [{listed}]}}'
        )
    return f"*,{','.join(names.split())}\n"


@pytest.mark.parametrize("suffix", [".mata", ".att", ".json", ".csv"])
def test_a_million_declared_states_without_transitions(tmp_path, suffix):
    (tmp_path / f"m{suffix}").write_text(_header(suffix, 10**6), encoding="utf-8")
    with at_most(calls=40_000_000), pytest.raises(FsmError):
        read(tmp_path / f"m{suffix}")


@pytest.mark.parametrize(
    "text", ["random(states=1000000)", "counter(999999)", "Z1000000", "act:(1,1000000)", "maps:" + "0," * 10**6 + "0"]
)
def test_a_million_states_in_one_line_are_refused_before_they_are_built(text):
    with at_most(calls=40_000_000), pytest.raises(LimitError):
        read(text)
