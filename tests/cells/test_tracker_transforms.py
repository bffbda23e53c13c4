"""Traced, exported, functional and compiled trackers give the numbers of the module, or say why not."""

from __future__ import annotations

import warnings

import pytest
import torch

import fsm2rnn
from fsm2rnn import InputError
from tests.cells.tracker_cases import KINDS, tracker

S3 = fsm2rnn.read("S3@gens")
IDS = torch.tensor([[0, 1, 1, 0], [1, 1, 0, 1], [0, 0, 1, 1]])
STOCK = [kind for kind in KINDS if kind != "bilinear"]


def quiet(made):
    """Return what a call of torch's gives, without the warnings of its own deprecations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return made()


@pytest.mark.parametrize("kind", STOCK)
def test_a_trace_holds_for_every_batch_and_length(kind):
    found = tracker(kind, S3, layers=2, embedding=3).eval()
    traced = quiet(lambda: torch.jit.trace(found, (IDS,)))
    other = torch.randint(2, (5, 11), generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(quiet(lambda: traced(other)), found(other))


@pytest.mark.parametrize(("kind", "state"), [*((kind, "grid7") for kind in KINDS), ("bilinear", None)])
def test_a_trace_of_a_loop_is_refused(kind, state):
    found = tracker(kind, S3, state=state)
    with pytest.raises(InputError, match=r"torch\.jit\.trace"):
        quiet(lambda: torch.jit.trace(found, (IDS,)))


@pytest.mark.parametrize("state", [None, "grid7"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_exported_tracker_gives_the_same_numbers_and_no_negative_id(kind, state):
    found = tracker(kind, S3, state=state).eval()
    exported = quiet(lambda: torch.export.export(found, (IDS,)).module())
    torch.testing.assert_close(exported(IDS), found(IDS))
    with pytest.raises((RuntimeError, IndexError)):
        exported(-IDS - 1)
    weights = dict(found.named_parameters()) | dict(found.named_buffers())
    assert torch.equal(torch.func.functional_call(found, weights, (IDS,)), found(IDS))


@pytest.mark.parametrize("state", [None, "grid7"])
def test_vmap(state):
    found = tracker("bilinear", S3, state=state)
    torch.testing.assert_close(torch.vmap(found)(IDS), found(IDS))
    with pytest.raises(RuntimeError, match="Batching rule not implemented"):
        torch.vmap(tracker("gru", S3, state=state))(IDS)
