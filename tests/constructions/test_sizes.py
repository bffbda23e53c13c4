"""What a target says of its size: typed, held to the operator, and written as JSON in one place."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.compiler import ask
from fsm2rnn.constructions.sizes import (
    BEST,
    ONE_CODE,
    BestFound,
    BlockFacts,
    ByDefinition,
    Codes,
    ComplexWidth,
    Counts,
    HankelRank,
    Least,
    Measure,
    NotCounted,
    OverField,
    ProductFacts,
    RankBounds,
    SeveralCodes,
    Sizes,
    counted,
    measured,
    require_measured,
    width_only,
)
from fsm2rnn.constructions.sizes_json import NUMBERS, ORDER, PROOFS, sizes_to_json
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import NumericError
from fsm2rnn.operators.block_diagonal import BlockDiagonal
from fsm2rnn.operators.factored import Factored
from fsm2rnn.operators.householder import Householder
from fsm2rnn.operators.stack_recipe import StackRecipe
from fsm2rnn.source.read import read
from fsm2rnn.targets import RUNGS

BESIDE = {Counts.LARGEST_BLOCK: BlockDiagonal, Counts.UPDATES: Householder, Counts.PRODUCTS: Factored}
numbers = st.integers(0, 99)
proofs = st.sampled_from([None, BEST, ONE_CODE, Least("under contract linear"), ByDefinition()])
texts = st.text(min_size=1, max_size=5)
facts = st.one_of(
    st.none(),
    st.sampled_from(Codes),
    st.builds(HankelRank, numbers, numbers, numbers),
    st.builds(BlockFacts, st.none() | st.booleans(), st.none() | texts),
    st.builds(ProductFacts, st.sampled_from(Codes), st.builds(RankBounds, numbers, st.none() | numbers)),
)


def measures(counts):
    return st.builds(Measure, numbers, counts, proofs)


@st.composite
def sizes(draw):
    alone = st.none() | measures(st.just(Counts.COORDINATES)).map(lambda one: (one,))
    return Sizes(
        draw(measures(st.just(Counts.COORDINATES))),
        draw(st.none() | measures(st.sampled_from(list(BESIDE)))),
        draw(st.none() | texts),
        draw(facts),
        draw(st.just(()) | measures(st.sampled_from(Counts)).map(lambda one: (one,))),
        draw(st.none() | st.builds(OverField, st.integers(1, 60), st.none() | st.fractions(0, 2))),
        draw(st.none() | st.builds(SeveralCodes, numbers, alone) | st.builds(NotCounted, texts)),
        draw(st.none() | st.builds(ComplexWidth, numbers, st.just(BEST))),
    )


def networks(name):
    answers = (ask(read(name), target) for target in RUNGS)
    return [answer.verdict for answer in answers if isinstance(answer.verdict, Compiled)]


@pytest.mark.parametrize("name", ["Z6", "flip-flop", "S3@gens", "tomita3"])
def test_the_numbers_of_every_target_are_those_of_its_operator(name):
    for verdict in networks(name):
        assert verdict.sizes.width == measured(verdict.operator, Counts.COORDINATES, verdict.sizes.width.proof)
        finer = [counts for counts, kind in BESIDE.items() if isinstance(verdict.operator, kind)]
        assert [measure.counts for measure in verdict.sizes.measures[1:]] == finer


@pytest.mark.parametrize("place", [0, 1])
def test_sizes_of_another_operator_are_refused(place):
    for verdict in (one for one in networks("Z6") if len(one.sizes.measures) > place):
        wrong = replace(verdict.sizes.measures[place], number=verdict.sizes.measures[place].number + 1)
        sizes = replace(verdict.sizes, **{("width", "finer")[place]: wrong})
        with pytest.raises(NumericError, match=f"the sizes tell {wrong.number} {wrong.counts.value}"):
            replace(verdict, sizes=sizes)


def test_a_structure_has_no_numbers_of_another_family():
    for verdict, counts in itertools.product(networks("Z6"), Counts):
        kind = (BESIDE | {Counts.LAYERS: StackRecipe}).get(counts, object)
        if isinstance(verdict.operator, kind):
            assert counted(verdict.operator, counts) >= 1
            continue
        with pytest.raises(NumericError, match=f"has no {counts.value}"):
            require_measured(verdict.operator, [Measure(1, counts)])


@pytest.mark.parametrize(
    ("width", "finer"),
    [
        *((counts, None) for counts in BESIDE),
        (Counts.COORDINATES, Counts.COORDINATES),
    ],
)
def test_a_width_counts_coordinates_and_nothing_beside_it_does(width, finer):
    with pytest.raises(NumericError, match="a width counts coordinates"):
        Sizes(Measure(2, width), None if finer is None else Measure(2, finer))


@given(sizes())
def test_every_value_has_an_entry_with_known_keys_and_all_that_is_told(told):
    entry = sizes_to_json(told)
    assert set(entry) <= set(ORDER)
    assert ("reason" in entry) == (told.reason is not None)
    assert ("exact_form" in entry) == bool(told.exact)
    assert ("over_the_field" in entry) == (told.over_field is not None)
    assert ("several_codes" in entry) == (told.several is not None)
    for measure in told.measures:
        silent = measure.proof is None or isinstance(measure.proof, ByDefinition)
        assert silent or entry[PROOFS[measure.counts]] in {str(one.proof) for one in told.measures}
    if told.finer is not None and not isinstance(told.facts, HankelRank):
        assert entry[NUMBERS[told.finer.counts]] == told.finer.number


def test_a_proof_is_told_in_words():
    assert [str(one) for one in (ONE_CODE, BEST, ByDefinition())] == [
        "least with one code per state",
        "best found",
        "one coordinate per state",
    ]
    assert (BestFound(), Least("over Q")) == (BEST, Least("over Q"))


@pytest.mark.parametrize(
    ("conductor", "distance", "field", "text"),
    [(1, None, "Q", None), (5, Fraction(2, 3), "Q(zeta_5)", "0.666666"), (4, Fraction(1), "Q(zeta_4)", "1.000000")],
)
def test_a_distance_is_rounded_down(conductor, distance, field, text):
    operator = ask(read("parity"), RUNGS[0]).verdict.operator
    told = replace(width_only(operator, BEST), over_field=OverField(conductor, distance))
    found = {"field": field, "lengths": "all lengths", "distance_at_unit_norm": text}
    assert sizes_to_json(told) == {"size_is": "best found", "over_the_field": found}


def test_the_order_of_keys_is_that_of_each_family():
    width, block = Measure(4, Counts.COORDINATES, BEST), Measure(2, Counts.LARGEST_BLOCK)
    alone = Sizes(width, block, "why", BlockFacts(semisimple=True))
    assert list(sizes_to_json(alone)) == ["block", "size_is", "semisimple", "reason"]
    functions = replace(alone, width=replace(width, proof=None), finer=replace(block, proof=BEST))
    assert list(sizes_to_json(functions)) == ["block", "block_is", "reason", "semisimple"]
    covered = replace(alone, several=SeveralCodes(8, (width, block)))
    assert list(sizes_to_json(covered)) == ["block", "semisimple", "size_is", "reason", "several_codes"]
    assert sizes_to_json(covered)["several_codes"] == {"codes": 8, "one_per_state": {"size": 4, "block": 2}}
    undecided = sizes_to_json(replace(alone, several=NotCounted("a limit")))
    assert undecided["several_codes"] == "not decided: a limit"
