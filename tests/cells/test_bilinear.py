"""The layers against torch's own Bilinear and against the sum they stand for."""

from __future__ import annotations

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from fsm2rnn.cells.bilinear import BilinearRNN, BilinearRNNCell
from fsm2rnn.errors import InputError
from tests.cells.structure.exact_layers import STRUCTURES, each_structure, fill, inner_sizes

# What a state_dict holds beside the initial state, for 2 symbols and 5 hidden numbers.
TENSORS = {
    ("full", None): {"weight": (5, 5, 2)},
    ("pd", None): {"index": (2, 5), "diagonal": (2, 5)},
    ("factored", None): {"output_factor": (5, 5), "gates": (2, 5), "input_factor": (5, 5)},
    ("factored", 3): {"output_factor": (5, 3), "gates": (2, 3), "input_factor": (3, 5)},
    ("diagonal", None): {"diagonal": (2, 5)},
    ("affine-diagonal", None): {"diagonal": (2, 5), "offset": (2, 5)},
    ("rotation", None): {"diagonal": (2, 1), "cosine": (2, 2), "sine": (2, 2)},
    ("rotation", 3): {"diagonal": (2, 3), "cosine": (2, 1), "sine": (2, 1)},
    ("block-diagonal", None): {"block.0": (2, 5, 5)},
    ("block-diagonal", 1): {f"block.{place}": (2, 1, 1) for place in range(5)},
    ("block-diagonal", (2, 3)): {"block.0": (2, 2, 2), "block.1": (2, 3, 3)},
    ("householder", None): {"key": (2, 1, 5), "beta": (2, 1)},
    ("householder", 3): {"key": (2, 3, 5), "beta": (2, 3)},
    ("affine-householder", None): {"key": (2, 1, 5), "beta": (2, 1), "value": (2, 1)},
    ("affine-householder", 3): {"key": (2, 3, 5), "beta": (2, 3), "value": (2, 3)},
}


def test_weight_is_interchangeable_with_torch_bilinear():
    torch.manual_seed(1)
    layer = torch.nn.Bilinear(4, 3, 4, bias=False)
    cell = BilinearRNNCell(3, 4)
    cell.load_state_dict({"weight": layer.weight, "initial_state": torch.ones(4)})
    x, h = torch.randn(6, 3), torch.randn(6, 4)
    torch.testing.assert_close(cell(x, h), layer(h, x))
    layer.load_state_dict({"weight": cell.weight})


@each_structure
def test_layouts_agree(structure):
    first = fill(BilinearRNN(3, 4, structure=structure), 2)
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


@each_structure
def test_zero_stays_zero_unless_there_is_an_offset(structure):
    layer = fill(BilinearRNN(2, 3, structure=structure), 1)
    output, last = layer(torch.randint(2, (4, 5)), torch.zeros(1, 4, 3))
    assert bool(output.any()) == bool(last.any()) == structure.startswith("affine-")


@each_structure
def test_empty_words_are_words(structure):
    layer = BilinearRNN(2, 3, structure=structure)
    empty, last = layer(torch.empty(4, 0, dtype=torch.int64))
    assert empty.shape == (4, 0, 3)
    assert torch.equal(last, layer.initial_state.expand(1, 4, -1))


@each_structure
def test_an_initial_state_of_the_callers_own_is_taken(structure):
    layer = fill(BilinearRNN(2, 3, structure=structure, dtype=torch.float64), 3).eval()
    cell = BilinearRNNCell(2, 3, structure=structure, dtype=torch.float64)
    cell.load_state_dict(layer.state_dict())
    ids, h = torch.randint(2, (4, 5)), torch.randn(4, 3, dtype=torch.float64)
    output, last = layer(ids, h.unsqueeze(0))
    assert torch.equal(output[:, 0], cell(ids[:, 0], h))
    assert torch.equal(last.squeeze(0), output[:, -1])
    alone, alone_last = layer(ids[2], h[2].unsqueeze(0))
    torch.testing.assert_close(alone, output[2])
    torch.testing.assert_close(alone_last, last[:, 2])
    torch.testing.assert_close(cell(ids[2, 0], h[2]), output[2, 0])


@each_structure
def test_gradients_of_weights_and_features_are_those_of_finite_differences(structure):
    layer = fill(BilinearRNN(2, 3, structure=structure, dtype=torch.float64), 4)
    names = [name for name, _ in layer.named_parameters()]
    weights = [parameter.detach().clone().requires_grad_() for parameter in layer.parameters()]
    ids, features = torch.randint(2, (2, 3)), torch.randn(2, 3, 2, dtype=torch.float64).requires_grad_()

    def run(letters, *values):
        given = dict(zip(names, values, strict=True))
        return tuple(torch.func.functional_call(layer, given, (x,))[0] for x in (ids, letters))

    assert torch.autograd.gradcheck(run, (features, *weights))
    loss = sum(output.square().sum() for output in run(features, *weights))
    assert all(gradient.any() for gradient in torch.autograd.grad(loss, (features, *weights)))


@pytest.mark.parametrize(("structure", "inner"), TENSORS)
def test_state_dict_is_plain_and_goes_round(structure, inner, tmp_path):
    layer = fill(BilinearRNN(2, 5, structure=structure, inner=inner), 5)
    state = layer.state_dict()
    shapes = {name: tuple(tensor.shape) for name, tensor in state.items()}
    assert shapes == TENSORS[structure, inner] | {"initial_state": (5,)}
    assert all(tensor.is_contiguous() and not tensor.is_complex() for tensor in state.values())
    torch.save(state, tmp_path / "state.pt")
    again = BilinearRNN(2, 5, structure=structure, inner=inner)
    again.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    ids = torch.randint(2, (3, 6))
    assert torch.equal(again(ids)[0], layer(ids)[0])


@pytest.mark.parametrize(("structure", "inner"), TENSORS)
def test_the_arguments_are_shown(structure, inner):
    shown = f"2, 5, structure='{structure}'" + ("" if inner is None else f", inner={inner}")
    layers = [
        (BilinearRNNCell(2, 5, structure=structure, inner=inner), shown),
        (BilinearRNN(2, 5, structure=structure, inner=inner), f"{shown}, batch_first=True"),
    ]
    for layer, arguments in layers:
        assert layer.extra_repr() == arguments
        # torch lists the blocks of a block-diagonal layer below its arguments.
        end = "(block)" if structure == "block-diagonal" else ")"
        opened, said, rest = repr(layer).partition(arguments)
        assert (opened.rstrip(), said, rest.strip()[: len(end)]) == (f"{type(layer).__name__}(", arguments, end)


@pytest.mark.parametrize(
    ("structure", "inner"),
    [(one, None) for one in STRUCTURES] + [("factored", 16), ("factored", 64), ("block-diagonal", 4)],
)
def test_fresh_weights_keep_the_mean_square_length(structure, inner):
    torch.manual_seed(0)
    layer = BilinearRNN(4, 32, structure=structure, inner=inner, dtype=torch.float64)
    with torch.no_grad():
        output, _ = layer(torch.randint(4, (2000, 2)))
    squares = output.square().sum(-1)
    # Full matrices and gates keep it in the mean over their draws, all others for every state.
    assert bool((squares[:, 1] / squares[:, 0]).mean().log().abs() < 0.7)
    if structure not in ("full", "factored"):
        torch.testing.assert_close(squares, torch.ones_like(squares), rtol=0, atol=1e-6)


def test_fresh_full_matrices_are_normal_and_fresh_blocks_orthogonal():
    torch.manual_seed(0)
    weight = BilinearRNNCell(3, 64).weight.detach()
    assert float(weight.std()) == pytest.approx(1 / 8, rel=0.05)
    block = BilinearRNNCell(3, 8, structure="block-diagonal", inner=4, dtype=torch.float64).block[1].detach()
    torch.testing.assert_close(block @ block.mT, torch.eye(4).double().expand(3, -1, -1), atol=1e-6, rtol=0)
    rotation = BilinearRNNCell(50, 8, structure="rotation").state_dict()
    angles = torch.atan2(rotation["sine"], rotation["cosine"])
    assert bool(angles.min() < -3)
    assert bool(angles.max() > 3)
    index = BilinearRNNCell(3, 8, structure="pd").index
    assert torch.equal(index.sort().values, torch.arange(8).expand(3, -1))


HOMOGENEOUS = [one for one in STRUCTURES if not one.startswith("affine-")]


@pytest.mark.parametrize("structure", HOMOGENEOUS)
def test_a_divided_state_has_the_direction_of_the_state_itself(structure):
    plain = fill(BilinearRNN(3, 4, structure=structure, dtype=torch.float64), 6)
    divided = BilinearRNN(3, 4, structure=structure, normalize=True, dtype=torch.float64)
    divided.load_state_dict(plain.state_dict())
    cell = BilinearRNNCell(3, 4, structure=structure, normalize=True, dtype=torch.float64)
    cell.load_state_dict(plain.state_dict())
    ids = torch.randint(3, (5, 6), generator=torch.Generator().manual_seed(6))
    states, (output, last) = plain(ids)[0], divided(ids)
    torch.testing.assert_close(output, torch.nn.functional.normalize(states, dim=-1))
    assert torch.equal(last.squeeze(0), output[:, -1])
    h = divided.initial_state.expand(5, -1)
    for step in range(6):
        h = cell(ids[:, step], h)
        torch.testing.assert_close(h, output[:, step])
    features = torch.nn.functional.one_hot(ids, 3).double()
    torch.testing.assert_close(divided(features)[0], output)
    scaled, _ = divided(ids, 1000 * divided.initial_state.expand(1, 5, -1))
    torch.testing.assert_close(scaled, output)
    assert not divided(ids, torch.zeros(1, 5, 4).double())[0].any()


def test_a_divided_state_stays_in_range_for_ever_and_its_start_is_learned():
    layer = BilinearRNN(2, 3, normalize=True)
    with torch.no_grad():
        layer.weight.mul_(1e10)
        output, _ = layer(torch.randint(2, (2, 500)))
    torch.testing.assert_close(output.norm(dim=-1), torch.ones(2, 500))
    layer(torch.randint(2, (2, 3)))[0][..., 0].sum().backward()
    assert bool(layer.initial_state.grad.any())
    assert "normalize=True" in repr(layer)
    assert set(layer.state_dict()) == {"weight", "initial_state"}
    assert set(dict(BilinearRNN(2, 3).named_parameters())) == {"weight"}


@pytest.mark.parametrize("structure", ["affine-diagonal", "affine-householder"])
@pytest.mark.parametrize("make", [BilinearRNN, BilinearRNNCell])
def test_offsets_and_division_are_refused_together(structure, make):
    with pytest.raises(InputError, match=f"{structure!r} adds an offset"):
        make(2, 3, structure=structure, normalize=True)


class Largest(TorchDispatchMode):
    """Remembers the most numbers in one tensor that any operation returned."""

    def __init__(self):
        super().__init__()
        self.numbers = 0

    def __torch_dispatch__(self, operation, _, args=(), kwargs=None):
        found = operation(*args, **(kwargs or {}))
        sizes = [leaf.numel() for leaf in torch.utils._pytree.tree_leaves(found) if isinstance(leaf, torch.Tensor)]
        self.numbers = max(self.numbers, *sizes, 0)
        return found


# Features of full and pd are for training, on batches that fit.
IN_PARTS = [
    *((structure, False) for structure in STRUCTURES),
    *((structure, True) for structure in STRUCTURES if structure not in ("full", "pd")),
]


@pytest.mark.parametrize(("structure", "features"), IN_PARTS)
def test_many_streams_are_stepped_in_parts(structure, features, monkeypatch):
    options = {"inner": 64} if structure == "factored" else {}
    cell = fill(BilinearRNNCell(3, 4, structure=structure, **options), 6)
    ids, h = torch.randint(3, (500,)), torch.randn(500, 4)
    x = torch.nn.functional.one_hot(ids, 3).float() if features else ids
    whole = cell(x, h)
    monkeypatch.setattr("fsm2rnn.cells.structure.recurrence.GATHERED", 640)
    with Largest() as largest:
        parts = cell(x, h)
    torch.testing.assert_close(parts, whole)
    assert largest.numbers <= 500 * 4


@each_structure
def test_fresh_layers_start_finite_in_every_dtype(structure):
    for dtype in (torch.float64, torch.float32, torch.bfloat16, torch.float16):
        for inner in inner_sizes(structure, 4):
            layer = BilinearRNN(3, 4, structure=structure, inner=inner, dtype=dtype)
            output, _ = layer(torch.randint(3, (2, 8)))
            assert output.dtype == dtype
            assert bool(torch.isfinite(output).all())
            assert bool(output.any())


@pytest.mark.parametrize("make", [BilinearRNN, BilinearRNNCell])
@pytest.mark.parametrize(
    ("symbols", "hidden", "options", "message"),
    [
        (2, 3, {"structure": "fulll"}, r"unknown structure 'fulll' .*'full'"),
        (0, 3, {}, "count from 1, found 0 and 3"),
        (2, 0, {}, "count from 1, found 2 and 0"),
        (2, 3, {"inner": 1}, "structure 'full' has no inner size, found 1"),
        (2, 3, {"structure": "pd", "inner": 0}, "structure 'pd' has no inner size"),
        (2, 3, {"structure": "diagonal", "inner": 3}, "structure 'diagonal' has no inner size"),
        (2, 3, {"structure": "affine-diagonal", "inner": 3}, "structure 'affine-diagonal' has no inner size"),
        (2, 3, {"structure": "factored", "inner": 0}, "counts from 1, found 0"),
        (2, 3, {"structure": "factored", "inner": -1}, "counts from 1, found -1"),
        (2, 3, {"inner": (1, 2)}, r"structure 'full' has no inner size, found \(1, 2\)"),
        (2, 3, {"structure": "householder", "inner": (1, 2)}, "structure 'householder' has no block widths"),
        (2, 3, {"structure": "householder", "inner": 0}, "counts from 1, found 0"),
        (2, 3, {"structure": "affine-householder", "inner": -1}, "counts from 1, found -1"),
        (2, 3, {"structure": "block-diagonal", "inner": 2}, "widths of blocks that add up to hidden_size: 2 and 3"),
        (2, 3, {"structure": "block-diagonal", "inner": 0}, "widths of blocks that add up to hidden_size: 0 and 3"),
        (2, 3, {"structure": "block-diagonal", "inner": (3, 0)}, r"widths of blocks .*: \(3, 0\) and 3"),
        (2, 3, {"structure": "block-diagonal", "inner": ()}, r"widths of blocks .*: \(\) and 3"),
        (2, 4, {"structure": "rotation", "inner": 1}, "twice the number of planes, one at least: 4 - 1"),
        (2, 3, {"structure": "rotation", "inner": 0}, "twice the number of planes, one at least: 3 - 0"),
        (2, 4, {"structure": "rotation", "inner": 6}, "twice the number of planes, one at least: 4 - 6"),
        (2, 4, {"structure": "rotation", "inner": 4}, "twice the number of planes, one at least: 4 - 4"),
        (2, 4, {"structure": "rotation", "inner": -2}, "twice the number of planes, one at least: 4 - -2"),
        (2, 1, {"structure": "rotation"}, "twice the number of planes, one at least: 1 - 1"),
    ],
)
def test_bad_arguments_are_refused(make, symbols, hidden, options, message):
    with pytest.raises(InputError, match=message):
        make(symbols, hidden, **options)
