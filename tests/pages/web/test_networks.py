"""Network files on a page: the certificate's claim, or an audit's answer, and a word along which a network is shown."""

from __future__ import annotations

import pytest
import torch

import fsm2rnn
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.pages.web import linear, network_subject
from fsm2rnn.pages.web.network_subject import record
from fsm2rnn.pages.web.page_data import Tone
from fsm2rnn.pages.web.projection import projected


def page(*subjects):
    return fsm2rnn.view(*subjects, budget=None)


def tracker(kind=torch.nn.GRU, *, seed=0):
    """Return a network that nobody trained."""
    torch.manual_seed(seed)
    return fsm2rnn.Tracker(kind(2, 3, batch_first=True), torch.nn.Linear(3, 2), fsm2rnn.read("parity"))


def test_a_proved_file_says_what_its_certificate_claims(tmp_path):
    path = tmp_path / "net.safetensors"
    report = fsm2rnn.compile("A5@gens", "block-diagonal").save(path, "bfloat16")
    (subject,) = page(path).data.subjects
    assert subject.name == "net.safetensors"
    assert subject.claim.tone is Tone.BOUNDED
    assert subject.claim.head == "Proved: right for 34 symbols."
    assert subject.notes[0][1:-1] == report.claim[1:]
    assert (subject.networks[0].steps, subject.ladder) == (34, ())


def test_what_holds_of_one_order_of_sums_says_so():
    for machine, dtype, head in (
        ("Z50@gens", "bfloat16", "right for 219 symbols."),
        ("Z5@gens", "float32", "right at every length."),
    ):
        network = fsm2rnn.compile(machine, "rotation").proved(dtype, grade="exact-horizon")
        said = linear.claim(network)
        assert said.head == f"Proved: {head}"
        assert f"as stored in {dtype}, sums in index order, none fused, every word" in said.rest
        assert ("One of one symbol more is misread" in said.rest) == (network.steps is not None)


def test_codes_are_left_out_where_they_would_fill_the_page(monkeypatch):
    proved = fsm2rnn.compile("counter(20)", "pd").proved()
    assert len(linear.linear("all", proved).points) == 21
    monkeypatch.setattr(linear, "CODED", 21 * 21 - 1)
    few = linear.linear("none", proved)
    assert (few.points, few.point_reads, few.steps) == ((), (), None)
    monkeypatch.setattr(linear, "ENTRIES", 50)
    with pytest.raises(LimitError, match="numbers of a network on a page: 63 needed, the limit is 50"):
        linear.linear("too large", proved)


def test_a_file_that_does_not_hold_has_no_page(tmp_path):
    path = tmp_path / "net.safetensors"
    fsm2rnn.compile("tomita3", "minimal").save(path)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(CertificateError):
        page(path)


def test_a_refuted_network_brings_the_word_on_which_it_fails(tmp_path):
    network = tracker()
    path = tmp_path / "trained.safetensors"
    network.save(path)
    for one in (network, path):
        (subject,) = page(one).data.subjects
        assert subject.claim.tone is Tone.REFUTED
        (recording,) = subject.recordings
        assert recording.right[-1] is False
        assert len(recording.states) == len(recording.word) + 1
        assert subject.claim.head.startswith(f"Wrong after {len(recording.word)} symbol")


def test_a_proved_cell_is_shown_along_a_word_that_it_follows(tmp_path):
    path = tmp_path / "cell.safetensors"
    fsm2rnn.compile("parity", "elman").save(path)
    (subject,) = page(path).data.subjects
    assert subject.claim.tone is Tone.PROVED
    (recording,) = subject.recordings
    assert (len(recording.word), all(recording.right)) == (network_subject.LETTERS, True)


@pytest.mark.parametrize("kind", [torch.nn.RNN, torch.nn.GRU, torch.nn.LSTM])
def test_a_recording_is_what_the_network_says(kind):
    network = tracker(kind, seed=3)
    word = (0, 1, 1, 0, 1)
    found = record(network, word)
    best = network(torch.tensor(word)).argmax(dim=-1).tolist()
    assert found.said == tuple(str(network.machine.output_labels[one]) for one in best)
    assert len(found.states[0]) == (6 if kind is torch.nn.LSTM else 3)


def test_states_are_projected_on_the_plane_in_which_they_spread():
    corners = [(0, 0, 5), (3, 0, 5), (3, 1, 5), (0, 1, 5)]
    found = projected(corners, [0, 1, 1, 0], corners[:2])
    assert found.share == 1
    assert found.path == found.places[:2]
    assert sorted(found.places) == [(0, 333), (0, 667), (1000, 333), (1000, 667)]
    assert projected([(1.0,), (2.0,)], [0, 1], [(1.5,)]).path == ((500, 500),)
    assert projected([(1.0, 1.0)] * 3, [0] * 3, [(1.0, 1.0)]).share == 1
    assert projected([(float("inf"), 0.0)], [0], [(0.0, 0.0)]) is None


def test_a_network_has_the_places_of_its_states():
    (subject,) = page(tracker()).data.subjects
    assert len(subject.cloud.places) == len(subject.cloud.reads) == 1 + network_subject.WORDS * network_subject.SYMBOLS
    assert len(subject.cloud.path) == len(subject.recordings[0].word) + 1
    assert 0 < subject.cloud.share <= 1


def test_a_recording_has_a_limit(monkeypatch):
    monkeypatch.setattr(network_subject, "RECORDED", 10)
    with pytest.raises(LimitError, match="numbers of states along the word of a page: 18 needed, the limit is 10"):
        record(tracker(), (0, 1, 1, 0, 1))


def test_weights_that_were_changed_claim_nothing_of_before():
    network = fsm2rnn.compile("parity", "minimal").network()
    (subject,) = page(network).data.subjects
    assert subject.claim.tone is Tone.PROVED
    with torch.no_grad():
        network.rnn.weight.zero_()
    (subject,) = page(network).data.subjects
    assert subject.claim.tone is Tone.REFUTED
    assert subject.networks == ()
