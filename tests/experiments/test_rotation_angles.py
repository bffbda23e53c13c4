"""Harmonics are read off the angles, and planes tell all sums apart exactly where their gcd with m is 1."""

from __future__ import annotations

from math import gcd, pi

import torch
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.experiments.networks import Angles
from fsm2rnn.experiments.rotation_angles import on_lattice, planes_of, right_residues


def characters(modulus, harmonics, noise=0.0, seed=0):
    """Return the network with these characters, each read as it is: logit s is the sum of cos(2 pi c (a - s) / m)."""
    generator = torch.Generator().manual_seed(seed)
    network = Angles(modulus, 2 * len(harmonics), modulus)
    turns = 2 * pi / modulus * torch.arange(modulus)[:, None] * torch.tensor(harmonics)
    with torch.no_grad():
        moved = noise * 2 * pi / modulus * (2 * torch.rand(turns.shape, generator=generator) - 1)
        network.angles.copy_(turns + moved)
        network.readout.weight.copy_(torch.cat((turns.cos(), turns.sin()), 1))
    return network


@st.composite
def families(draw):
    modulus = draw(st.integers(2, 12))
    return modulus, draw(st.lists(st.integers(0, modulus - 1), min_size=1, max_size=4))


@given(families())
def test_sums_are_told_apart_exactly_where_the_gcd_is_one(family):
    modulus, harmonics = family
    network = characters(modulus, harmonics)
    common = gcd(modulus, *harmonics)
    with torch.no_grad():
        logits = network.read(network.angles)
    # Sums that differ by a multiple of m / gcd have one state, so each is as great as the right one.
    ties = (logits >= logits.max(-1, keepdim=True).values - 1e-4).sum(-1)
    assert (ties == common).all()
    if common == 1:
        assert right_residues(network, modulus) == modulus
    else:
        assert len({tuple(row) for row in logits.mul(100).round().int().tolist()}) == modulus // common


@given(families(), st.integers(0, 100))
def test_harmonics_are_found_under_noise_and_put_back(family, seed):
    modulus, harmonics = family
    planes = planes_of(characters(modulus, harmonics, noise=0.2, seed=seed), modulus)
    assert planes.nearest[planes.order.argsort()].tolist() == harmonics
    assert float(planes.deviations.max()) <= 0.21
    network = on_lattice(characters(modulus, harmonics, noise=0.2, seed=seed), planes, range(len(harmonics)), modulus)
    put_back = planes_of(network, modulus)
    assert float(put_back.deviations.max()) < 1e-4
    assert sorted(put_back.nearest.tolist()) == sorted(harmonics)
