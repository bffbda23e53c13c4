"""A page is typed data in one file: it holds what the values say, loads nothing, and no label gets out of its place."""

from __future__ import annotations

import html
import html.parser
import json
import re

import pytest

import fsm2rnn
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.families import FAMILIES
from fsm2rnn.pages.web.drawing import drawn_machine, require_page_room
from fsm2rnn.pages.web.html_file import SCRIPTS, asset, embedded, html_text
from fsm2rnn.pages.web.layout import SIDE, layout
from fsm2rnn.pages.web.page_data import FORMAT, Claim, PageData, Subject, Tone

WICKED = "</script><img src=x onerror=alert(1)> \"'&<!-- \u2028\u202e"


class Parts(html.parser.HTMLParser):
    """The tags of a page with their attributes, and the text of its data block."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.data, self.inside = [], "", False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag == "script" and dict(attrs).get("id") == "data"

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "script"

    def handle_data(self, data):
        self.data += data if self.inside else ""


def page(*subjects):
    """Return the page without a clock: what is asked here takes a fraction of a second."""
    return fsm2rnn.view(*subjects, budget=None)


@pytest.fixture(scope="module")
def tomita():
    return page("tomita3")


def wicked_machine():
    return fsm2rnn.from_table(
        [[1, 0], [0, 1]], states=[WICKED, "b"], symbols=["<b>", WICKED + "2"], outputs=[WICKED, "y"]
    )


def test_the_data_block_is_the_typed_data(tomita):
    found = json.loads(Parts(tomita.html).data)
    assert found == tomita.data.to_json() == json.loads(json.dumps(found))
    assert found["format"] == FORMAT
    (subject,) = found["subjects"]
    machine = fsm2rnn.read("tomita3")
    assert subject["machine"]["table"] == [list(row) for row in machine.table]
    assert subject["machine"]["accepting"] == list(machine.outputs)
    assert len(subject["machine"]["places"]) == len(machine.states)
    assert subject["claim"]["tone"] == "proved"
    assert subject["networks"][0]["steps"] is None


def test_equal_input_gives_equal_bytes(tomita):
    assert page("tomita3").html == tomita.html


def test_a_page_loads_nothing(tomita):
    text = tomita.html
    assert not re.search(r"https?://|//[\w.]+\.\w+/|@import|url\(|fetch\(|XMLHttpRequest|import\(", text)
    loads = [(tag, attrs) for tag, attrs in Parts(text).tags if {"src", "href", "action", "data"} & set(attrs)]
    assert loads == [("link", {"rel": "icon", "href": "data:,"})]
    (policy,) = [attrs["content"] for tag, attrs in Parts(text).tags if attrs.get("http-equiv")]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


def test_labels_do_not_leave_their_place():
    found = page(wicked_machine())
    parts = Parts(found.html)
    plain = Parts(page("parity").html)
    assert [tag for tag, _ in parts.tags] == [tag for tag, _ in plain.tags]
    assert json.loads(parts.data) == found.data.to_json()
    (subject,) = found.data.subjects
    assert subject.machine.symbols[0] == "<b>"
    assert subject.machine.states[0].endswith(r"\u2028\u202e")
    assert WICKED not in found.html


def test_names_and_marks_of_the_page_itself_stay_texts():
    (subject,) = page("parity").data.subjects
    claim = Claim(Tone.OPEN, "@script@", "</script>")
    data = PageData((Subject("@style@ </title><b>", "@data@", claim, subject.machine),))
    text = html_text(data)
    assert text.count("<script") == 2
    assert "<title>@style@ &lt;/title&gt;&lt;b&gt; - fsm2rnn</title>" in text
    assert json.loads(embedded(data)) == data.to_json()


def test_a_notebook_shows_the_page_in_a_frame(tomita):
    frame = tomita._repr_html_()
    ((tag, attrs),) = Parts(frame).tags
    assert (tag, attrs["srcdoc"]) == ("iframe", tomita.html)
    assert repr(tomita) == "Page(tomita3)"


def test_what_a_target_cannot_is_shown_by_two_words_that_the_machine_tells_apart(tomita):
    (subject,) = tomita.data.subjects
    machine = fsm2rnn.read("tomita3")
    refuted = {rung.target: rung for rung in subject.ladder if rung.verdict == "impossible"}
    assert set(refuted) > {"rotation", "real-diagonal", "affine-positive-diagonal", "householder"}
    for rung in refuted.values():
        left, right = ([machine.symbols[letter] for letter in word] for word in rung.words)
        assert machine.accepts(left) != machine.accepts(right), rung
        assert rung.supposed == fsm2rnn.explain("tomita3", rung.target).answers[0].verdict.hypotheses
    assert refuted["rotation"].published == ("R2",)
    assert refuted["rotation"].text == "cannot, since order would not matter: 0 1 gives True, 1 0 gives False"
    assert [rung.target for rung in subject.ladder[:2]] == ["positive-diagonal", "real-diagonal"]


def test_the_ladder_ends_with_stacks(tomita):
    (subject,) = tomita.data.subjects
    assert [stack.target for stack in subject.ladder[-2:]] == ["cascade", "block-cascade"]
    for stack in subject.ladder[-2:]:
        assert stack.verdict == "compiled"
        assert re.fullmatch(r"\d+ hidden numbers?, \d+ layers?; proved once it is compiled and stored", stack.text)


def test_published_layers_have_rows_of_their_own(tomita):
    (subject,) = tomita.data.subjects
    layers = {layer.target: layer for layer in subject.layers}
    assert len(layers) == len(FAMILIES)
    assert (layers["mamba"].published, layers["mamba"].verdict) == (("Mamba",), "impossible")
    assert len(layers["mamba"].words) == 2
    kinds = [layer.verdict for layer in subject.layers]
    assert kinds == sorted(kinds, key=("impossible", "unsettled", "compiled").index)


def test_a_group_has_an_exact_network_and_one_that_rounds():
    (subject,) = page("A5@gens").data.subjects
    exact, rounded = subject.networks
    assert (exact.steps, exact.claim.tone, exact.own) == (None, Tone.PROVED, True)
    assert all(float(value).is_integer() for matrix in exact.matrices for _, _, value in matrix)
    assert (rounded.form, rounded.accumulator, len(rounded.initial)) == ("bfloat16", "float32", 3)
    assert rounded.claim.head == f"Proved: right for {rounded.steps} symbols."
    assert len(rounded.points) == 60
    assert sorted(rounded.point_reads) == list(range(60))


def test_the_states_that_answer_alike_are_one():
    twice = fsm2rnn.from_table([[1], [0], [1]], start=2, outputs=[True, False, True])
    (subject,) = page(twice).data.subjects
    assert len(subject.machine.states) == 2
    assert subject.notes == ("of 3 states as read, those that answer alike are drawn as one",)


def test_a_mealy_machine_has_outputs_on_its_arrows():
    mealy = fsm2rnn.from_table([[1, 0], [0, 1]], outputs=[["x", "y"], ["y", "x"]])
    (subject,) = page(mealy).data.subjects
    assert subject.machine.mealy
    assert subject.machine.outputs == (("x", "y"), ("y", "x"))


def test_large_machines_are_drawn_around_a_state_and_larger_ones_refused():
    assert drawn_machine(fsm2rnn.read("counter(199)")).places is not None
    assert drawn_machine(fsm2rnn.read("counter(200)")).places is None
    with pytest.raises(LimitError, match="states of a machine on a page: 10,002 needed, the limit is 10,000"):
        page("counter(10001)")
    with pytest.raises(LimitError, match="transitions of a machine on a page: 202,500 needed, the limit is 200,000"):
        require_page_room(fsm2rnn.read("Z450"))


def test_what_is_no_subject_is_refused():
    with pytest.raises(InputError, match="a page of nothing"):
        page()
    with pytest.raises(LimitError, match="machines and networks of one page: 21 needed"):
        page(*["parity"] * 21)


def test_a_line_is_laid_out_as_a_line_from_left_to_right():
    table = [[min(state + 1, 9)] for state in range(10)]
    places = layout(table)
    xs = [x for x, _ in places]
    assert xs == sorted(xs)
    assert (xs[0], xs[-1]) == (0, SIDE)
    assert max(y for _, y in places) - min(y for _, y in places) < SIDE / 8


def test_every_graph_has_places_inside_its_square():
    for table in ([[0]], [[1], [0]], [[0], [1]], [[(i + j) % 7 for j in range(7)] for i in range(7)]):
        places = layout(table)
        assert len(set(places)) == len(table)
        assert all(0 <= x <= SIDE and 0 <= y <= SIDE for x, y in places)


def test_scripts_are_short_files():
    assert {name: len(asset(name).splitlines()) for name in SCRIPTS if len(asset(name).splitlines()) >= 400} == {}


def test_the_title_is_escaped_once(tomita):
    assert html.escape("tomita3 - fsm2rnn") in tomita.html


def test_a_machine_of_a_file_is_called_by_the_name_of_the_file(tmp_path):
    path = tmp_path / "parity.json"
    fsm2rnn.write(fsm2rnn.read("parity"), path)
    names = [subject.name for subject in fsm2rnn.view(path, str(path), "parity", "re:(a/b)*", budget=0).data.subjects]
    assert names == ["parity.json", "parity.json", "parity", "re:(a/b)*"]
