"""Cubes hold at every point of their action and at no point of another one."""

from __future__ import annotations

import random

import pytest

from fsm2rnn.algebra.cascade import literal_cover
from fsm2rnn.algebra.cascade.literal_cover import KEEP, cover
from fsm2rnn.errors import LimitError


def holds(cube, point):
    return all(point[place] in allowed for place, allowed in cube.allowed.items())


def drawn_points(draw):
    sizes = [draw.randint(1, 4) for _ in range(draw.randint(1, 5))]
    points = {tuple(draw.randrange(size) for size in sizes) for _ in range(draw.randint(1, 40))}
    return sorted(points), sizes


def test_cubes_hold_at_their_points_alone():
    draw = random.Random(1)
    for _ in range(200):
        points, sizes = drawn_points(draw)
        actions = [draw.choice([KEEP, 0, 1, 2]) for _ in points]
        cubes = cover(points, actions, sizes)
        for point, action in zip(points, actions, strict=True):
            found = {cube.action for cube in cubes if holds(cube, point)}
            assert found == ({action} if action != KEEP else set())


def test_conditions_are_widest_and_the_deepest_go_first():
    # Action 1 where argument 0 is 1 or argument 1 is 1: one of them suffices at (1, 1), and the first one stays.
    points = [(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0)]
    (first, second) = cover(points, [KEEP, 0, 0, 0], [2, 2, 1])
    assert [dict(first.allowed), dict(second.allowed)] == [{1: frozenset({1})}, {0: frozenset({1})}]
    (equal,) = cover([(1, 0), (0, 0)], [0, KEEP], [2, 1])
    assert dict(equal.allowed) == {0: frozenset({1})}
    # Values that no point has are allowed: 2 is free to fall in.
    (wide,) = cover([(0, 0), (1, 0)], [0, KEEP], [3, 1])
    assert dict(wide.allowed) == {0: frozenset({0, 2})}
    assert cover([(0, 0)], [KEEP], [1, 1]) == []


def test_too_many_comparisons_are_refused(monkeypatch):
    monkeypatch.setattr(literal_cover, "COVER_LIMIT", 1)
    with pytest.raises(LimitError, match="comparisons of a cover"):
        cover([(0, 0), (1, 0)], [0, KEEP], [3, 2])
