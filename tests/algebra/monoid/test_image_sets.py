"""Image sets and the groups of words that return, against words tried one by one."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.algebra.letters.letter_maps import letter_maps
from fsm2rnn.algebra.monoid.image_sets import image_sets, return_words, strong_components
from fsm2rnn.algebra.monoid.transition_monoid import transition_monoid
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.source.named.permutation_groups import closure
from tests.strategies import machines


@given(machines(max_states=5))
def test_sets_are_the_images_of_the_elements(machine):
    machine = minimise(machine).target
    found = image_sets(letter_maps(machine), least=2)
    expected = {frozenset(row) for row in transition_monoid(machine).elements.tolist()}
    assert found.complete
    assert set(found.sets[1:]) == {members for members in expected if len(members) > 1} - {found.sets[0]}
    for members, row in zip(found.sets, found.successors, strict=True):
        for column, target in zip(found.letters.maps, row, strict=True):
            image = frozenset(column[list(members)].tolist())
            assert (found.sets[target] == image) if target >= 0 else len(image) < 2


@given(machines(max_states=5))
@settings(max_examples=300)
def test_return_words_generate_all_that_elements_do_on_a_set(machine):
    machine = minimise(machine).target
    elements = transition_monoid(machine).elements.tolist()
    found = image_sets(letter_maps(machine), least=1)
    groups = {group.points: group for group in return_words(found)}
    for component in strong_components(found.successors):
        points = tuple(sorted(found.sets[component[0]]))
        listed = {
            tuple(points.index(row[point]) for point in points)
            for row in elements
            if {row[point] for point in points} == set(points)
        }
        generators = groups[points].permutations.tolist() if points in groups else []
        generated = closure([tuple(range(len(points))), *map(tuple, generators)], limit=120)
        assert set(generated) == listed


@given(machines(max_states=5))
def test_words_act_as_their_rows(machine):
    machine = minimise(machine).target
    for group in return_words(image_sets(letter_maps(machine), least=1)):
        assert len(np.unique(group.permutations, axis=0)) == len(group.edges)
        for generator, row in enumerate(group.permutations.tolist()):
            states = list(group.points)
            for symbol in group.word(generator):
                states = [machine.table[state][symbol] for state in states]
            assert states == [group.points[position] for position in row] != list(group.points)


@given(
    st.integers(1, 8).flatmap(lambda n: st.lists(st.lists(st.integers(-1, n - 1), max_size=3), min_size=n, max_size=n))
)
def test_strong_components_agree_with_networkx(successors):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(successors)))
    graph.add_edges_from((node, target) for node, row in enumerate(successors) for target in row if target >= 0)
    expected = sorted(sorted(component) for component in nx.strongly_connected_components(graph))
    assert sorted(strong_components(successors)) == expected
