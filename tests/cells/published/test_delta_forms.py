"""The delta rule letter by letter, in chunks and by a scan: equal in integers, near in floats."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.published.deltanet import chunked, recurrent, scanned

small = st.integers(-2, 2)


@st.composite
def rules(draw):
    """Return integer keys (T, K), betas (T,), values (T, V) and a state (K, V)."""
    steps, width, values = draw(st.integers(1, 9)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    sizes = [(steps, width), (steps,), (steps, values), (width, values)]
    numbers = draw(st.lists(small, min_size=60, max_size=60))
    found = []
    for size in sizes:
        count = torch.Size(size).numel()
        found.append(torch.tensor(numbers[:count], dtype=torch.int64).view(size))
        numbers = numbers[count:]
    return found


@given(rules(), st.integers(1, 10))
def test_all_forms_are_equal_in_integers(rule, size):
    due = recurrent(*rule)
    assert torch.equal(chunked(*rule, size), due)
    assert torch.equal(scanned(*rule), due)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_all_forms_are_near_in_floats(dtype):
    generator = torch.Generator().manual_seed(3)
    key = torch.nn.functional.normalize(torch.randn(64, 4, generator=generator, dtype=dtype), dim=-1)
    beta = 2 * torch.rand(64, generator=generator, dtype=dtype)
    value, state = (torch.randn(*size, generator=generator, dtype=dtype) for size in ((64, 3), (4, 3)))
    due = recurrent(key, beta, value, state)
    for found in (chunked(key, beta, value, state, 16), scanned(key, beta, value, state)):
        assert not torch.equal(found, due)  # it is another order of sums
        assert float((found - due).abs().max()) < 64 * float(due.abs().max()) * torch.finfo(dtype).eps


def test_a_compiled_network_in_all_forms():
    network = fsm2rnn.compile("maps:1,0,2;0,2,1", "deltanet").network()
    ids = torch.randint(2, (200,), generator=torch.Generator().manual_seed(5))
    layer = network.rnn
    key, beta = layer.key.detach()[ids, 0].long(), layer.beta.detach()[ids, 0].long()
    rule = key, beta, torch.zeros(200, 1, dtype=torch.int64), network.initial_state.long().unsqueeze(1)
    due = layer(ids.unsqueeze(0))[0][0].long()
    for found in (recurrent(*rule), chunked(*rule, 64), scanned(*rule)):
        assert torch.equal(found[..., 0], due)
