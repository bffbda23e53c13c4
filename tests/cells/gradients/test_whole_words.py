"""Words read at once have the states and gradients of words read step by step, or are read step by step."""

from __future__ import annotations

import copy
import subprocess
import sys

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.gradients import looped
from fsm2rnn.cells.gradients.grouped import EveryLetter, Grouped
from fsm2rnn.cells.structure import factored
from fsm2rnn.errors import InputError
from tests.cells.structure.exact_layers import STRUCTURES, each_structure, fill, inner_sizes
from tests.house.source_tree import ROOT

HOMOGENEOUS = [one for one in STRUCTURES if not one.startswith("affine-")]
CASES = [(one, False) for one in STRUCTURES] + [(one, True) for one in HOMOGENEOUS]
each_case = pytest.mark.parametrize(("structure", "divided"), CASES)


@st.composite
def sizes(draw, structure):
    """Draw up to 6 letters and 6 numbers, and an inner size, blocks of mixed widths and several updates among them."""
    letters, hidden = draw(st.integers(1, 6)), draw(st.integers(2, 6))
    inner = draw(st.sampled_from(inner_sizes(structure, hidden)))
    if structure == "block-diagonal":
        inner = draw(st.sampled_from([None, 1, (1, hidden - 1), (hidden - 1, 1)]))
    if structure.endswith("householder"):
        inner = draw(st.integers(1, 3))
    return letters, hidden, inner


def found(layer, ids, hx, *, at_once):
    """Return states, and the gradients of a loss over all states and the last."""
    layer.train(at_once)
    output, last = layer(ids, hx)
    weights = [*layer.parameters(), *([] if hx is None else [hx])]
    loss = (output * torch.linspace(-1, 1, output.numel()).view_as(output)).sum() + last.square().sum()
    return [output, *torch.autograd.grad(loss, weights, allow_unused=True)]


def agree(layer, ids, hx):
    for mine, wanted in zip(found(layer, ids, hx, at_once=True), found(layer, ids, hx, at_once=False), strict=True):
        assert (mine is None) == (wanted is None)
        if wanted is not None:
            scale = max(1.0, float(wanted.detach().abs().max()))  # some gradients are zero but for rounding
            torch.testing.assert_close(mine / scale, wanted / scale, rtol=1e-9, atol=1e-9)


def at_once(monkeypatch):
    """Count the words that are read step by step."""
    stepped = []
    own = BilinearRNN._in_turn
    monkeypatch.setattr(BilinearRNN, "_in_turn", lambda *found: stepped.append(1) or own(*found))
    return stepped


def drawn_words(structure, divided, data):
    """Return a layer of normal numbers, some of them zero, ids, and first states or None."""
    letters, hidden, inner = data.draw(sizes(structure))
    layer = BilinearRNN(letters, hidden, structure=structure, inner=inner, normalize=divided, dtype=torch.float64)
    fill(layer, data.draw(st.integers(0, 2**32 - 1)))
    batch, length = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 20))
    generator = torch.Generator().manual_seed(data.draw(st.integers(0, 2**32 - 1)))
    ids = torch.randint(layer.input_size, (batch, length), generator=generator)
    hx = torch.randn(1, batch, layer.hidden_size, generator=generator, dtype=torch.float64).requires_grad_()
    zeros = data.draw(st.sampled_from([0.0, 0.2]))
    with torch.no_grad():
        for weight in layer.parameters():
            weight[torch.rand(weight.shape, generator=generator) < zeros] = 0
    return layer, ids, data.draw(st.sampled_from([None, hx]))


@each_case
@settings(max_examples=25)
@given(data=st.data())
def test_states_and_gradients_are_those_of_the_steps(structure, divided, data):
    agree(*drawn_words(structure, divided, data))


@pytest.mark.parametrize("by_matrices", [True, False])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_factors_have_the_gradients_of_the_steps_by_matrices_and_without(by_matrices, data, monkeypatch):
    monkeypatch.setattr(factored, "goes_by_matrices", lambda *_: by_matrices)
    agree(*drawn_words("factored", data.draw(st.booleans()), data))


def test_factors_go_by_matrices_where_few_letters_have_wide_factors():
    few, sizes = 5, (64, 64, 64, 128)  # D; H, R, B and T
    assert factored.goes_by_matrices(few, *sizes)
    assert not factored.goes_by_matrices(50, *sizes)
    assert not factored.goes_by_matrices(few, 64, 32, 64, 128)
    assert not factored.goes_by_matrices(few, 64, 64, 1, 4)
    assert not factored.goes_by_matrices(few, 512, 512, 64, 128)


@each_structure
def test_gradients_in_float32_are_those_of_float64(structure):
    torch.manual_seed(0)
    layer, ids = BilinearRNN(3, 16, structure=structure), torch.randint(3, (6, 64))
    single = found(layer, ids, None, at_once=True)
    double = found(layer.double(), ids, None, at_once=True)
    for mine, wanted in zip(single, double, strict=True):
        assert float((mine - wanted).detach().abs().max()) <= 1e-5 * float(wanted.detach().abs().max())


@pytest.mark.parametrize(
    "structure", ["full", "factored", "diagonal", "affine-diagonal", "rotation", "pd", "householder"]
)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_other_devices_have_operations_of_torch_for_the_compiled_loops(structure, data, monkeypatch):
    monkeypatch.setattr(looped, "LOOPED_ON", "none")
    divided = structure in HOMOGENEOUS and data.draw(st.booleans())
    agree(*drawn_words(structure, divided, data))


@settings(max_examples=40)
@given(
    letters=st.integers(1, 5),
    blocks=st.integers(1, 3),
    width=st.integers(1, 4),
    every=st.integers(0, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_both_ways_of_blocks_are_sums_over_letters(letters, blocks, width, every, seed):
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(letters, (4, 5), generator=generator)
    weights = torch.randn(letters, blocks, width, width, generator=generator, dtype=torch.float64).requires_grad_()
    h = torch.randn(5, blocks * width, generator=generator, dtype=torch.float64).requires_grad_()
    results = []
    for way in (Grouped, EveryLetter):
        states = way.apply(every, ids, weights, h)
        states = states.transpose(0, 1) if way is Grouped else states
        results.append([states, *torch.autograd.grad(states.sin().sum(), (weights, h))])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other)
    if every == 0:
        last = h.view(5, blocks, width)
        for letter, state in zip(ids, results[0][0], strict=True):
            last = torch.einsum("bkij,bkj->bki", weights[letter], last)
            torch.testing.assert_close(state.view_as(last), last)


@each_case
def test_gradients_are_those_of_finite_differences(structure, divided):
    layer = fill(BilinearRNN(2, 4, structure=structure, normalize=divided, dtype=torch.float64), 4)
    names = [name for name, _ in layer.named_parameters()]
    weights = [parameter.detach().clone().requires_grad_() for parameter in layer.parameters()]
    h = torch.randn(1, 3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).requires_grad_()
    ids = torch.randint(2, (3, 4), generator=torch.Generator().manual_seed(2))

    def run(hx, *values):
        return torch.func.functional_call(layer, dict(zip(names, values, strict=True)), (ids, hx))[0]

    assert torch.autograd.gradcheck(run, (h, *weights), check_undefined_grad=False)


@each_structure
def test_words_in_training_are_read_at_once_and_others_step_by_step(structure, monkeypatch):
    stepped = at_once(monkeypatch)
    layer, ids = BilinearRNN(2, 4, structure=structure), torch.tensor([[0, 1, 1]])
    layer(ids)
    assert stepped == []
    layer(torch.nn.functional.one_hot(ids, 2).float())
    with torch.no_grad():
        layer(ids)
    layer.eval()(ids)
    BilinearRNN(2, 4, structure=structure, dtype=torch.bfloat16)(ids)
    layer.requires_grad_(requires_grad=False).train()(ids)
    assert len(stepped) == 5


@pytest.mark.parametrize("place", [-1, 4])
def test_a_place_that_is_none_is_refused_before_a_loop_writes_there(place):
    layer = BilinearRNN(2, 4, structure="pd")
    layer.index[1, 2] = place
    with pytest.raises(InputError, match=r"moved to a place outside 0\.\.3"):
        layer(torch.tensor([[0, 1]]))


def test_very_uneven_blocks_are_read_step_by_step(monkeypatch):
    stepped = at_once(monkeypatch)
    layer = fill(BilinearRNN(2, 28, structure="block-diagonal", inner=(*[1] * 12, 16), dtype=torch.float64), 0)
    agree(layer, torch.tensor([[0, 1, 1]]), None)
    assert len(stepped) == 2


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_gradient_of_a_gradient_is_refused_in_training_and_right_in_evaluation(structure):
    layer = fill(BilinearRNN(2, 4, structure=structure, dtype=torch.float64), 1)
    ids, weights = torch.tensor([[0, 1, 1]]), list(layer.parameters())
    with pytest.raises(InputError, match=r"gradients of gradients \(create_graph=True\) are not known"):
        torch.autograd.grad(layer(ids)[0].square().sum(), weights, create_graph=True)
    first = torch.autograd.grad(layer.eval()(ids)[0].square().sum(), weights, create_graph=True)
    torch.autograd.grad(sum(one.square().sum() for one in first), weights)


@pytest.mark.parametrize("structure", HOMOGENEOUS)
@pytest.mark.parametrize("factor", [1e-15, 1e-4, 1e9, 1e15])
def test_divided_states_stay_in_range_whatever_the_weights(structure, factor):
    torch.manual_seed(0)
    layer = BilinearRNN(2, 4, structure=structure, normalize=True)
    ids = torch.randint(2, (3, 30))
    wanted = layer(ids)[0].detach()
    scaled = {"householder": "beta", "factored": "gates"}
    if structure == "householder":  # no other matrix of it is a multiple of the first
        return
    with torch.no_grad():
        for name, weight in layer.named_parameters():
            if name != "initial_state" and name == scaled.get(structure, name):
                weight.mul_(factor)
    torch.testing.assert_close(layer(ids)[0].detach(), wanted, rtol=1e-4, atol=1e-4)
    assert all(bool(one.isfinite().all()) for one in found(layer, ids, None, at_once=True))


def test_a_zero_state_stays_zero_and_has_no_gradient():
    layer = BilinearRNN(2, 3, normalize=True)
    with torch.no_grad():
        layer.weight[..., 1] = 0
    for states, *gradients in (found(layer, torch.tensor([[0, 1, 0]]), None, at_once=one) for one in (True, False)):
        assert bool(states[0, 0].any())
        assert not states[0, 1:].any()
        assert all(bool(one.isfinite().all()) for one in gradients)


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")  # torch's own forward mode calls it
@each_structure
def test_functional_transforms_go_step_by_step(structure):
    layer = fill(BilinearRNN(2, 4, structure=structure, dtype=torch.float64), 5)
    ids, weights = torch.tensor([[0, 1, 1], [1, 0, 0]]), dict(layer.named_parameters())

    def loss(values, word):
        return torch.func.functional_call(layer, values, (word,))[0].square().sum()

    mine = torch.func.grad(loss)(weights, ids)
    wanted = torch.autograd.grad(loss(weights, ids), list(weights.values()))
    for name, gradient in zip(weights, wanted, strict=True):
        torch.testing.assert_close(mine[name], gradient)
    each = torch.func.vmap(torch.func.grad(loss), (None, 0))(weights, ids)
    torch.testing.assert_close(each[next(iter(weights))].sum(0), wanted[0])
    tangents = {name: torch.ones_like(one) for name, one in weights.items()}
    _, along = torch.func.jvp(lambda values: loss(values, ids), (weights,), (tangents,))
    torch.testing.assert_close(along, sum(gradient.sum() for gradient in wanted))
    with torch.autograd.forward_ad.dual_level():
        dual = {name: torch.autograd.forward_ad.make_dual(one, tangents[name]) for name, one in weights.items()}
        torch.testing.assert_close(torch.autograd.forward_ad.unpack_dual(loss(dual, ids)).tangent, along)


COMPILED = """
import torch
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.gradients import looped
for structure in ("full", "factored", "rotation", "pd"):
    torch.manual_seed(0)
    layer, ids, found = BilinearRNN(3, 4, structure=structure, normalize=True), torch.randint(3, (5, 6)), []
    for run in (layer, torch.compile(layer, backend="aot_eager", fullgraph=True)):
        layer.zero_grad()
        run(ids)[0].pow(3).sum().backward()
        found.append([one.grad.clone() for one in layer.parameters()])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
print("close")
"""


def test_compiled_layers_are_trained_step_by_step():
    # In a process of its own: compilers do not read what checks annotations of shapes while tests run.
    ran = subprocess.run([sys.executable, "-c", COMPILED], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (ran.returncode, ran.stdout.strip()[-5:]) == (0, "close"), ran.stderr


def test_networks_are_in_evaluation_mode_and_train_to_rounding():
    net = fsm2rnn.compile("Z5", "rotation").network()
    assert not net.training
    ids = torch.randint(len(net.machine.symbols), (3, 40), generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        wanted = net.rnn(ids)[0]
    assert torch.equal(net.rnn(ids)[0], wanted)
    torch.testing.assert_close(copy.deepcopy(net).train().rnn(ids)[0], wanted)
