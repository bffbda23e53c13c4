"""Published figures agree with the law of the parity floor, and each says where it stands."""

from __future__ import annotations

import pytest

from fsm2rnn.experiments.networks import ModelKind
from fsm2rnn.experiments.published import ABOUT, MAIN_TABLE, TABLE, TRAINED, parity_floor, table_figure
from tests.house.source_tree import ROOT

DIAGONAL = next(line for line in TABLE if (line.task, line.model) == ("modular addition", "block 1"))


@pytest.mark.parametrize("modulus", DIAGONAL.by_size)
def test_a_real_diagonal_model_tells_the_parity_and_no_more(modulus):
    assert DIAGONAL.by_size[modulus] == pytest.approx(parity_floor(modulus), abs=0.0125)  # two places, and noise


def test_the_floor_is_what_a_detector_of_parity_scores():
    for modulus in range(2, 51):
        sums = range(modulus)
        # Of the sums with the right parity it names one; for odd m there is no parity, and it knows nothing.
        share = sum(1 / len([other for other in sums if other % 2 == one % 2]) for one in sums) / modulus
        scaled = (share - 1 / modulus) / (1 - 1 / modulus)
        assert parity_floor(modulus) == pytest.approx(scaled if modulus % 2 == 0 else 0)


def test_every_figure_has_its_source():
    for source in (MAIN_TABLE, *ABOUT, *(one.source for one in TRAINED)):
        assert source.startswith("arXiv ")


def test_models_are_those_of_the_experiments():
    known = {kind.value for kind in ModelKind} | {"mamba", "transformer"}
    assert {line.model for line in TABLE} <= known
    assert all(0 <= value <= 1 for line in TABLE for value in line.by_size.values())


def test_a_figure_that_was_not_seen_is_none():
    assert table_figure("modular addition", "r2", 10) == 0.66
    assert table_figure("modular addition", "factored", 10) is None
    assert table_figure("modular arithmetic", "full", 10) is None


def test_the_page_of_results_tells_the_published_figures():
    """Every first number of a cell of docs/reproduced.md is the figure that was published, and none is left out."""
    told, task, sizes = {}, None, []
    for line in (ROOT / "docs" / "reproduced.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("**"):
            task = line.strip("*")
        first, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if first == "model" and cells[0].startswith("m = "):
            sizes = [int(cell.removeprefix("m = ")) for cell in cells]
        elif task and all(cell == "" or cell.count(" / ") == 2 for cell in cells) and any(cells):
            figures = ((size, cell.split(" / ")[0]) for size, cell in zip(sizes, cells, strict=True) if cell)
            told |= {(task, first, size): float(figure) for size, figure in figures if figure != "-"}
        elif line.startswith("##"):
            task = None
    assert told == {(line.task, line.model, size): value for line in TABLE for size, value in line.by_size.items()}
