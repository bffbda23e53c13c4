"""What is proved beside the plain horizon: closed float states, snapping, and the shortest word that fails."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn.constructions.floats.improvement import SNAPPED, improved
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.rounding import NATIVE
from fsm2rnn.explanation import answer_to_json
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.rounding.exact_horizon import ARITHMETIC
from fsm2rnn.tracing.float_states import Open
from tests.second_checker.checker import accepts


def shown(name, target, contract="injective"):
    result = fsm2rnn.compile(name, target, contract=contract)
    return result, {form: one.to_json() for form, one in improved(result.verdict).items()}


def snapped(every):
    return {"grade": "snap", "every": every, "condition": SNAPPED}


def ends(steps):
    """Return what is said of a cycle by its one letter where it is right for exactly so many steps."""
    exact = {"steps": steps, "arithmetic": ARITHMETIC, "misread": ["1"] * (steps + 1)}
    return {"shortest_failing_length": steps + 1, "exact_horizon": exact}


def test_cycles_by_rotations():
    _, five = shown("Z5", "rotation")
    assert five["float16"] == {"grade": "orbit", "states": 5, "contract": "injective"}
    assert five["bfloat16"] == snapped(79)
    assert set(five) == {form.name for form in NATIVE}
    _, one = shown("Z5@gens", "rotation")
    assert one["bfloat16"] == {"grade": "orbit", "states": 289, "contract": "cover"}
    _, fifty = shown("Z50@gens", "rotation")
    assert fifty["bfloat16"] == snapped(13) | ends(219)
    _, many = shown("Z500@gens", "rotation")
    assert many["bfloat16"] == snapped(1) | ends(48)


def test_it_stands_in_explain_and_only_where_something_rounds():
    found = fsm2rnn.explain("Z5", "rotation").to_json()["targets"]["rotation"]
    assert found["dtypes"]["float16"] == 744
    assert found["improved"]["float16"]["states"] == 5
    for target in ("full", "pd", "integer"):
        assert "improved" not in fsm2rnn.explain("Z5", target).to_json()["targets"][target]


@pytest.mark.parametrize(
    ("name", "contract", "dtype", "grade", "steps"),
    [
        ("Z5", "injective", "float16", "orbit", None),
        ("Z5", "injective", "bfloat16", "horizon", 79),
        ("Z5", "injective", "float32", "horizon", 2594679),
        ("Z10", "injective", "float16", "orbit", None),
        ("Z8", "injective", "bfloat16", "orbit", None),
        # Several float states per machine state: the file claims contract cover, for every word.
        ("Z5@gens", "injective", "bfloat16", "orbit", None),
        ("Z5@gens", "cover", "bfloat16", "orbit", None),
        ("Z5@gens", "robust", "bfloat16", "orbit", None),
    ],
)
def test_the_best_grade_is_stored(name, contract, dtype, grade, steps):
    network = fsm2rnn.compile(name, "rotation", contract=contract).proved(dtype)
    assert (network.grade_name, network.steps) == (grade, steps)
    data = network_bytes(network)
    report = check_bytes(data)
    assert (report.accepted, report.grade) == (True, grade)
    assert accepts(data) == (True, "proved")


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize(
    ("target", "name"),
    [("rotation", "Z5"), ("rotation", "Z5@gens"), ("rotation", "Z16"), ("block-diagonal", "A5@gens"), ("pd", "S3")],
)
def test_a_result_and_its_network_claim_the_same(target, name, dtype):
    result = fsm2rnn.compile(name, target)
    stored, lifted = result.proved(dtype), fsm2rnn.lift(result.network(dtype))
    assert (lifted.grade_name, lifted.steps, lifted.contract) == (stored.grade_name, stored.steps, stored.contract)


def test_the_search_of_a_result():
    result = fsm2rnn.compile("Z10", "rotation")
    assert isinstance(result.float_search("bfloat16", max_states=100), Open)
    assert len(result.float_search("float16").states) == 10
    with pytest.raises(CertificateError):
        result.float_search("float32")
    with pytest.raises(NumericError):
        fsm2rnn.compile("Z10", "full").float_search()
    with pytest.raises(fsm2rnn.NotCompiled):
        fsm2rnn.compile("S3", "rotation").float_search()


@pytest.mark.parametrize("name", ["Z7", "A5@gens", "S4", "tomita3", "counter(3)"])
def test_no_improvement_is_below_the_plain_steps_by_much(name):
    for result in fsm2rnn.compile_all(name).values():
        if isinstance(result.verdict, Compiled):
            steps = result.verdict.steps()
            for form, one in improved(result.verdict).items():
                assert steps[form] is not None
                assert one.every is None or 0.5 * steps[form] <= one.every <= steps[form]
                assert one.failing is None or one.failing > steps[form]


def test_the_entry_of_a_target_names_format_and_grade():
    result = fsm2rnn.compile("Z10", "rotation")
    entry = answer_to_json(fsm2rnn.compiler.Answer(result.target, result.machine, result.verdict))
    assert entry["grade"] == "horizon"
    assert {one["grade"] for one in entry["improved"].values()} == {"orbit", "snap"}
