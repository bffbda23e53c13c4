"""The table of horizons is measured as it says, and its page follows from the weights that it prints."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fsm2rnn
from benchmarks.floats import horizons
from benchmarks.floats.float_breadth import column_order_search
from benchmarks.floats.float_loops import SHORTENED, chased_misread, first_misread, numbers_of, shortened, walk
from benchmarks.floats.horizon_networks import NAMES, digest, printed, subject
from benchmarks.floats.stored_floats import StoredFloats, rounded_to
from fsm2rnn.constructions.floats.improvement import float_search
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32
from fsm2rnn.exact.sparse import SparseMatrix, vector
from fsm2rnn.operators.block_diagonal import BlockDiagonal
from fsm2rnn.operators.prototypes import Prototype, PrototypeReadout
from fsm2rnn.operators.storage import store_prototypes
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.tracing.float_states import Closed, Fails, Open
from tests.house.source_tree import ROOT
from tests.proof.rounding.float_steps import FloatSteps
from tests.proof.rounding.test_horizon import TABLE

PAGE = (ROOT / "docs" / "horizons.md").read_text(encoding="utf-8")
ROWS = {
    (cells[0], cells[1]): cells[2:] for line in PAGE.splitlines() if len(cells := re.split(r" *\| *", line)[1:-1]) > 2
}
FORMS = {"bfloat16": BFLOAT16, "float16": FLOAT16, "float32": FLOAT32}
by_name = {"ids": lambda value: getattr(value, "name", value)}


def stored(name, form):
    network = subject(name).verdict.store(form, {})
    return network, StoredFloats.of(network.stored, network.machine), 0.9 * float(network.grade.mu)


# What is measured


@pytest.mark.parametrize(
    ("name", "form", "ends"),
    [
        ("Z5xZ7@gens", BFLOAT16, Fails),
        ("Z97@gens", BFLOAT16, Fails),
        pytest.param("Z50", BFLOAT16, Fails, marks=pytest.mark.slow),
        ("Z5", FLOAT16, Closed),
        ("Z10", FLOAT16, Closed),
        ("Z25", FLOAT16, Open),
        ("Z3", BFLOAT16, Open),
    ],
    **by_name,
)
def test_the_search_in_column_order_finds_what_the_package_finds(name, form, ends):
    verdict, limit = fsm2rnn.compile(name, "rotation").verdict, 1 << (14 if ends is Open else 18)
    floats = StoredFloats.of(verdict.meaning(form), verdict.proof.machine)
    ended, length, states = column_order_search(floats, limit)
    found = float_search(verdict, form, limit=limit)
    assert isinstance(found, ends)
    match found:
        case Fails(word):
            assert (ended, length) == ("fails", len(word))
        case Closed(closed, _):
            assert (ended, states) == ("closed", len(closed))
        case Open(shorter):
            assert ended == "open"
            assert length - shorter in (0, 1)  # the package stops inside a level


@pytest.mark.parametrize("form", [BFLOAT16, FLOAT16, FLOAT32], **by_name)
@pytest.mark.parametrize("name", ["Z25", "A5@gens", "S5@gens"])
def test_loops_and_arrays_and_the_other_numpy_code_step_alike(name, form):
    network, floats, _ = stored(name, form)
    other = FloatSteps.of(network)
    generator = np.random.default_rng(4)
    word = generator.integers(len(floats.letters), size=300, dtype=np.uint16)
    state, place = floats.start.copy(), np.array([floats.first])
    beside, (third, point) = floats.start[None], other.first(1)
    for symbol in word:
        assert walk(numbers_of(floats, np.inf), np.array([symbol]), state, place) == -1
        beside = floats.step(int(symbol), beside)
        third, point = other.step(third, np.array([symbol])), other.exact.following[point, symbol]
        assert (state == beside[0]).all()
        assert (state == third[0]).all()
        assert other.exact.reads[point] == place


@pytest.mark.parametrize("form", [BFLOAT16, FLOAT16], **by_name)
@given(st.lists(st.floats(width=32, allow_nan=False, min_value=-4, max_value=4), min_size=1, max_size=20))
def test_the_loops_round_as_numpy_does(form, values):
    wide = np.array(values, np.float32)
    assert [float(shortened(value, SHORTENED[form])) for value in wide] == rounded_to(wide, form).tolist()


@pytest.mark.parametrize("name", ["Z50", "A5@gens"])
def test_random_words_fail_where_a_plain_loop_fails(name):
    _, floats, near = stored(name, BFLOAT16)
    found = first_misread(floats, near, 1, 20_000)
    word = np.random.default_rng(1).integers(len(floats.letters), size=20_000, dtype=np.uint16)
    state, place = floats.start[None], floats.first
    for step, symbol in enumerate(word.tolist(), start=1):
        state, place = floats.step(symbol, state), floats.table[place, symbol]
        if floats.read(state)[0] != place:
            assert found == step
            break
    assert first_misread(floats, near, 1, found - 1) is None


def test_a_chase_finds_no_shorter_word_than_there_is():
    for name, shortest in (("Z50", 26), ("Z25", 51)):
        _, floats, near = stored(name, BFLOAT16)
        assert chased_misread(floats, near, 64, 500) >= shortest
        assert chased_misread(floats, near, 64, shortest - 1) is None
    wrong = replace(floats, reads=floats.reads[::-1].copy())
    assert chased_misread(wrong, 0.0, 64, 500) == column_order_search(wrong)[1] == 1


# The page


def test_the_page_has_all_rows():
    assert list(ROWS)[2:] == [(name, form) for name in NAMES for form in FORMS]
    assert "python -m benchmarks.floats.horizons --markdown docs/horizons.md" in PAGE


def test_no_word_on_the_page_fails_within_its_horizon():
    for row in list(ROWS.values())[2:]:
        steps = number(row[0])
        words = [row[3], row[4], *row[6].split(", ")] if not row[3].startswith(">") else [row[4]]
        lengths = [number(text) for text in words if re.fullmatch(r"[\d,]+", text)]
        assert all(length > steps for length in lengths)


@pytest.mark.parametrize(("order", "steps", "failure"), TABLE)
def test_the_page_has_the_figures_of_the_readme(order, steps, failure):
    row = ROWS[f"Z{order}", "bfloat16"]
    assert (number(row[0]), number(row[3])) == (steps, failure)
    assert row[5] == f"{failure / steps:.1f}"


@pytest.mark.parametrize("form", FORMS.values(), **by_name)
@pytest.mark.parametrize("name", NAMES[:4])
def test_rotations_are_stored_as_the_page_says(name, form):
    network = subject(name).verdict.store(form, {})
    assert f"{name} in {form.name}, tensors {digest(network)}" in PAGE
    assert number(ROWS[name, form.name][0]) == network.steps


@pytest.mark.parametrize("name", ["A5@gens", "S5@gens"])
def test_figures_of_blocks_follow_from_the_matrices_on_the_page(name):
    row = ROWS[name, "bfloat16"]
    network = from_page(name, BFLOAT16)
    floats = StoredFloats.of(network.stored, network.machine)
    near = 0.9 * float(network.grade.mu)
    assert network.steps == number(row[0])
    # The chase breaks ties by the last bits of prototypes, which are not printed.
    chased = chased_misread(floats, near, horizons.WIDE, horizons.FAR * network.steps)
    assert abs(chased - number(row[4])) < number(row[4]) / 20
    assert column_order_search(floats, 1 << 14)[0] == "open"
    assert f"{first_misread(floats, near, 0, 100_000) or 'none':,}" == row[6].split(", ")[0]
    assert list(printed(network)) == lines_of(name, BFLOAT16)


def from_page(name, form):
    """Return the network of the letters and start on the page, its prototypes the orbit of what float32 stores."""
    letters, start = printed_numbers(name, form)
    finer, point = printed_numbers(name, FLOAT32)
    machine = fsm2rnn.read(name)
    points, order = {machine.start: point}, [machine.start]
    for state in order:
        for symbol, reached in enumerate(machine.table[state]):
            if reached not in points:
                points[reached] = finer[symbol] @ points[state]
                order.append(reached)
    points[machine.start] = start
    listed = tuple(Prototype(vector(enumerate(map(Fraction, points[state]))), state) for state in order)
    blocks = tuple((SparseMatrix.from_rows([list(map(Fraction, row)) for row in letter]),) for letter in letters)
    readout = PrototypeReadout(listed, len(start))
    return store_prototypes(BlockDiagonal(blocks), machine, Contract.INJECTIVE, readout, form, {})


def printed_numbers(name, form):
    found = [
        [[float.fromhex(text) for text in row.split()] for row in re.findall(r"\[(.*?)\]", line)]
        for line in lines_of(name, form)
    ]
    return np.array(found[:-1]), np.array(found[-1][0])


def lines_of(name, form):
    lines = [line.strip() for line in PAGE.splitlines()]
    first = next(place for place, line in enumerate(lines) if line.startswith(f"{name} in {form.name}, tensors "))
    return lines[first + 1 : first + 4]


def number(text):
    return int(text.replace(",", ""))


# The command


def test_the_command_writes_a_page(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(horizons, "FORMS", (BFLOAT16,))
    file = tmp_path / "page.md"
    assert horizons.main(["--only", "Z50", "--longest", "2000", "--markdown", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if re.match(r"\| +Z50 ", line))
    assert re.split(r" *\| *", line)[1:-1] == [
        "Z50", "bfloat16", "10", "H", "horizon", "26", "26", "2.6", "1,302, none, none",
    ]  # fmt: skip
    assert "Z50 in bfloat16 ..." in capsys.readouterr().err


def test_a_word_that_fails_within_the_horizon_is_reported(monkeypatch, capsys):
    monkeypatch.setattr(horizons, "FORMS", (BFLOAT16,))
    monkeypatch.setattr(horizons, "first_misread", lambda *_: 8)
    assert horizons.main(["--only", "Z50"]) == 1
    assert "8, 8, 8" in capsys.readouterr().out


def test_an_unknown_machine_is_refused(capsys):
    with pytest.raises(SystemExit):
        horizons.main(["--only", "Z50,Z6"])
    assert "unknown machine 'Z6', known: Z5" in capsys.readouterr().err
