"""plot: what is drawn is what the networks do, and what cannot be drawn is one clear error."""

from __future__ import annotations

import builtins
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

import fsm2rnn
from fsm2rnn.errors import InputError
from fsm2rnn.learn.retention import CoreKept, Retention
from fsm2rnn.learn.trainer import Training
from fsm2rnn.learn.training_log import COLUMNS, TrainingLog
from fsm2rnn.learn.training_run import Check
from fsm2rnn.pages.plots import drift
from fsm2rnn.pages.plots.drift import drift_of
from fsm2rnn.pages.plots.training import curves_of
from fsm2rnn.pages.web.linear import codes_of

pytest.importorskip("matplotlib", reason="needs the extra plot")


def texts(figure):
    """Return all words of a figure."""
    return {text.get_text() for axes in figure.axes for text in [*axes.texts, *axes.get_yticklabels(), axes.title]}


def drawn(figure, tmp_path):
    """Return the size of the figure's file, which makes matplotlib lay it out and draw it."""
    figure.savefig(tmp_path / "figure.png")
    return (tmp_path / "figure.png").stat().st_size


def small_tracker():
    torch.manual_seed(0)
    machine = fsm2rnn.read("parity")
    return fsm2rnn.Tracker(torch.nn.GRU(2, 4, batch_first=True), torch.nn.Linear(4, 2), machine)


def test_the_ladder_says_what_the_table_says(tmp_path):
    targets = ["full", "block-diagonal", "rotation"]
    table = fsm2rnn.table("parity", "S3@gens", targets=targets)
    figure = fsm2rnn.plot(table)
    assert {"parity", "S3@gens", "no", "2"} <= texts(figure)
    assert drawn(figure, tmp_path) > 5000
    one = fsm2rnn.plot(fsm2rnn.table("S3@gens", targets=targets))
    assert {str(cell) for cell in table.rows[1][1]} <= {text.replace("\n", " ") for text in texts(one)}


def test_weights_are_the_exact_matrices(tmp_path):
    result = fsm2rnn.compile("tomita3", "minimal")
    figure = fsm2rnn.plot(result)
    shown = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    network = result.network(dtype="float64")
    eye = torch.eye(3, dtype=torch.float64)
    for symbol, array in enumerate(shown):
        images = [network.rnn(torch.tensor([[symbol]]), row.unsqueeze(0))[1].reshape(-1) for row in eye]
        assert np.array_equal(array, torch.stack(images, 1).detach().numpy())
    assert drawn(figure, tmp_path) > 5000
    assert figure._repr_png_().startswith(b"\x89PNG")
    path = tmp_path / "net.safetensors"
    network.save(path)
    assert len([axes for axes in fsm2rnn.plot(path).axes if axes.images]) == 2


@pytest.mark.parametrize(
    ("machine", "target", "dtype"),
    [("Z5", "rotation", "bfloat16"), ("S3@gens", "householder", "float32"), ("tomita3", "minimal", "float32")],
)
def test_drift_is_the_distance_of_the_own_arithmetic_from_the_codes(machine, target, dtype, tmp_path):
    network = fsm2rnn.compile(machine, target).network(dtype)
    proof = fsm2rnn.lift(network)
    found = drift_of(network, proof, 2000, 0)
    assert len(found.errors) == 2000
    assert found.proved == proof.steps
    if proof.steps is None:
        assert found.first_wrong is None
        assert not found.errors.any()
    else:
        assert found.first_wrong is None or found.first_wrong > proof.steps
        assert found.errors[-1] > found.errors[0] > 0
    assert drawn(fsm2rnn.plot(network, kind="drift", steps=500), tmp_path) > 5000


@pytest.mark.slow  # fifty turns beside the reference walk
def test_a_wrong_reading_is_where_verify_finds_it():
    machine = fsm2rnn.read("Z50")
    network = fsm2rnn.compile(machine, "rotation").network("bfloat16")
    found = drift_of(network, fsm2rnn.lift(network), 3000, 0)
    report = fsm2rnn.verify(network, machine, steps=3000, seed=0)
    assert found.first_wrong == report.first_mismatch.position + 1


def test_a_snapped_network_stays_near():
    network = fsm2rnn.compile("Z5", "rotation").network("bfloat16", grade="snap")
    found = drift_of(network, fsm2rnn.lift(network), 400, 0)
    assert found.first_wrong is None
    assert found.errors.max() < 0.5
    rises = np.diff(found.errors[: network.snap.symbols])
    assert (rises > 0).any()  # between two times that it is put back it drifts
    back = found.errors[network.snap.symbols :: network.snap.symbols]
    assert back.max() < found.errors.max() / 2


def test_training_curves_of_a_run_and_of_its_log(tmp_path):
    checks = (
        Check(20, 0.7, 0.5, Retention(0.25, CoreKept(0.0, None))),
        Check(40, 0.1, 1.0, Retention(0.75, CoreKept(0.125, 17))),
    )
    TrainingLog(tmp_path).write(checks)
    training = Training(0.1, {500: 1.0}, 1.0, 40, 40, checks)
    curves = curves_of(training)
    assert curves == curves_of(tmp_path) == curves_of(tmp_path / "train.csv")
    assert [curve.core_steps for curve in curves] == [math.inf, 17]
    figure = fsm2rnn.plot(training)
    assert len(figure.axes) == 3  # accuracy, loss on its right, the core
    assert "core proved: 17 symbols" in texts(figure)
    assert drawn(figure, tmp_path) > 5000


@pytest.mark.slow  # compiles the loops of training
def test_a_seeded_layer_trains_with_curves(tmp_path):
    layer = fsm2rnn.seed(fsm2rnn.compile("parity", "full"), hidden_size=6)
    tracker = fsm2rnn.Tracker(layer, torch.nn.Linear(6, 2), fsm2rnn.read("parity"))
    training = fsm2rnn.train(tracker, steps=40, every=20, seed=0, log=tmp_path / "log", measured=(50,))
    curves = curves_of(training)
    assert [curve.step for curve in curves] == [20, 40]
    assert all(curve.residual is not None for curve in curves)
    assert curves_of(tmp_path / "log") == curves == curves_of(tmp_path / "log" / "train.csv")
    assert drawn(fsm2rnn.plot(training), tmp_path) > 5000
    assert len(fsm2rnn.plot(tmp_path / "log").axes) == 3  # accuracy, loss on its right, the core


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("step,loss\n", "no log of a training"),
        (",".join(COLUMNS) + "\n1,2\n", "numbers expected"),
        (",".join(COLUMNS) + "\n", "a training without a check"),
    ],
)
def test_another_file_is_no_log(text, says, tmp_path):
    (tmp_path / "train.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        fsm2rnn.plot(tmp_path / "train.csv")
    with pytest.raises(InputError, match="no log can be read"):
        curves_of(tmp_path / "none.csv")


def test_states_of_a_trained_and_a_compiled_network_side_by_side(tmp_path):
    tracker = small_tracker()
    figure = fsm2rnn.plot(tracker, fsm2rnn.compile("parity", "full"), kind="states")
    assert [axes.get_title() for axes in figure.axes] == ["gru, 4 hidden numbers", "dense, 2 hidden numbers"]
    assert len(figure.axes[0].collections) == 2  # one for each state
    assert drawn(figure, tmp_path) > 5000
    assert len(fsm2rnn.plot(tracker).axes) == 1


@pytest.mark.parametrize(
    ("subjects", "kind", "says"),
    [
        ((), None, "a picture of nothing"),
        (("parity",), "weights", "no picture of weights"),
        (("parity",), "states", "no picture of states"),
        (("parity",), "wieghts", "did you mean"),
        ((small_tracker,), "drift", "no picture of weights"),
        ((small_tracker,), "ladder", "no picture of ladder"),
        ((small_tracker,), "training", "no picture of training"),
    ],
)
def test_what_has_no_such_picture_is_one_error(subjects, kind, says):
    with pytest.raises(InputError, match=says):
        fsm2rnn.plot(*(one() if callable(one) else one for one in subjects), kind=kind)


def test_states_inside_their_intervals_have_no_error():
    result = fsm2rnn.compile("counter(3)", "positive-diagonal", contract="robust")
    network, proof = result.network(), result.proved()
    codes = codes_of(proof)
    assert codes.ends
    assert codes.ends != codes.points
    found = drift_of(network, proof, 500, 0)
    assert not found.errors.any()
    short = replace(codes, points=codes.ends)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drift, "codes_of", lambda _: short)
        assert drift_of(network, proof, 500, 0).errors.any()


def test_without_matplotlib_one_hint(monkeypatch):
    known = builtins.__import__

    def without(name, *rest, **named):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return known(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r'pip install "fsm2rnn\[plot\]"'):
        fsm2rnn.plot(fsm2rnn.compile("parity", "full"))
