"""The layers against torch's own Bilinear and against the sum they stand for."""

from __future__ import annotations

import pytest
import torch

from fsm2rnn.cells.bilinear import BilinearRNN, BilinearRNNCell
from fsm2rnn.errors import InputError

STRUCTURES = ("full", "pd")


def dense_weight(layer):
    """Return W (H, H, D) of either structure, entry by entry."""
    if layer.structure == "full":
        return layer.weight.detach()
    weight = torch.zeros(layer.hidden_size, layer.hidden_size, layer.input_size, dtype=layer.diagonal.dtype)
    for symbol in range(layer.input_size):
        for column in range(layer.hidden_size):
            weight[layer.index[symbol, column], column, symbol] = layer.diagonal[symbol, column]
    return weight


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_step_is_the_bilinear_sum(structure):
    torch.manual_seed(0)
    cell = BilinearRNNCell(3, 4, structure=structure, dtype=torch.float64)
    with torch.no_grad():
        next(cell.parameters()).normal_()
    x, h = torch.randn(5, 3, dtype=torch.float64), torch.randn(5, 4, dtype=torch.float64)
    expected = torch.einsum("ijk,bk,bj->bi", dense_weight(cell), x, h)
    torch.testing.assert_close(cell(x, h), expected)
    ids = torch.tensor([0, 2, 1, 0, 2])
    one_hot = torch.nn.functional.one_hot(ids, 3).double()
    torch.testing.assert_close(cell(ids, h), torch.einsum("ijk,bk,bj->bi", dense_weight(cell), one_hot, h))


def test_weight_is_interchangeable_with_torch_bilinear():
    torch.manual_seed(1)
    layer = torch.nn.Bilinear(4, 3, 4, bias=False)
    cell = BilinearRNNCell(3, 4)
    cell.load_state_dict({"weight": layer.weight, "initial_state": torch.ones(4)})
    x, h = torch.randn(6, 3), torch.randn(6, 4)
    torch.testing.assert_close(cell(x, h), layer(h, x))
    layer.load_state_dict({"weight": cell.weight})


@pytest.mark.parametrize("structure", STRUCTURES)
def test_layouts_agree(structure):
    torch.manual_seed(2)
    first = BilinearRNN(3, 4, structure=structure)
    second = BilinearRNN(3, 4, structure=structure, batch_first=False)
    cell = BilinearRNNCell(3, 4, structure=structure)
    second.load_state_dict(first.state_dict())
    cell.load_state_dict(first.state_dict())
    ids = torch.randint(3, (2, 7))
    output, last = first(ids)
    assert output.shape == (2, 7, 4)
    assert last.shape == (1, 2, 4)
    swapped, _ = second(ids.T)
    assert torch.equal(swapped.transpose(0, 1), output)
    alone, alone_last = first(ids[1])
    torch.testing.assert_close(alone, output[1])
    assert alone_last.shape == (1, 4)
    features = torch.nn.functional.one_hot(ids, 3).float()
    torch.testing.assert_close(first(features)[0], output)
    h = first.initial_state.expand(2, -1)
    for step in range(7):
        h = cell(ids[:, step], h)
        torch.testing.assert_close(h, output[:, step])
    torch.testing.assert_close(cell(ids[0, 0]), output[0, 0])
    continued, _ = first(ids[:, 3:], first(ids[:, :3])[1])
    torch.testing.assert_close(continued, output[:, 3:])


@pytest.mark.parametrize("structure", STRUCTURES)
def test_zero_stays_zero_and_empty_words_are_words(structure):
    layer = BilinearRNN(2, 3, structure=structure)
    output, last = layer(torch.randint(2, (4, 5)), torch.zeros(1, 4, 3))
    assert not output.any()
    assert not last.any()
    empty, last = layer(torch.empty(4, 0, dtype=torch.int64))
    assert empty.shape == (4, 0, 3)
    assert torch.equal(last, layer.initial_state.expand(1, 4, -1))


@pytest.mark.parametrize("structure", STRUCTURES)
def test_gradients_reach_the_weights(structure):
    layer = BilinearRNN(2, 3, structure=structure, dtype=torch.float64)
    layer(torch.randint(2, (4, 5)))[0].sum().backward()
    assert all(parameter.grad is not None for parameter in layer.parameters())


@pytest.mark.parametrize("structure", STRUCTURES)
def test_state_dict_is_plain(structure):
    layer = BilinearRNN(2, 3, structure=structure)
    state = layer.state_dict()
    assert set(state) == {"full": {"weight", "initial_state"}, "pd": {"index", "diagonal", "initial_state"}}[structure]
    assert all(tensor.is_contiguous() and not tensor.is_complex() for tensor in state.values())
    assert f"structure='{structure}'" in repr(layer)


def test_fresh_full_matrices_are_orthogonal():
    weight = BilinearRNNCell(3, 5, dtype=torch.float64).weight.detach()
    for symbol in range(3):
        torch.testing.assert_close(
            weight[..., symbol] @ weight[..., symbol].T, torch.eye(5).double(), atol=1e-6, rtol=0
        )


def test_many_streams_are_gathered_in_parts(monkeypatch):
    layer = BilinearRNN(3, 4)
    ids = torch.randint(3, (10, 5))
    whole, _ = layer(ids)
    monkeypatch.setattr("fsm2rnn.cells.recurrence.GATHERED", 48)
    parts, _ = layer(ids)
    torch.testing.assert_close(parts, whole)


def test_bad_arguments_are_refused():
    with pytest.raises(InputError, match=r"unknown structure 'fulll' .*'full'"):
        BilinearRNN(2, 3, structure="fulll")
    with pytest.raises(InputError, match="count from 1"):
        BilinearRNN(0, 3)
