"""The page in a real browser: every control clicked, nothing said on the console, nothing asked of a network."""

from __future__ import annotations

import time

import pytest
import torch

import fsm2rnn
from tests.pages.web.browser import BROWSER, DRIVER, browser

pytestmark = [
    pytest.mark.skipif(
        BROWSER is None or DRIVER is None, reason="needs Debian's chromium and chromium-driver, which are not installed"
    )
]

MOST = 90  # buttons of one page
COUNT = "return document.querySelectorAll(arguments[0]).length"
# Presses the first button that was not pressed on this page, and returns its name; None where there is none.
PRESS = """
const name = (one) => one.getAttribute("aria-label") || one.textContent;
const left = [...document.querySelectorAll("button")].find((one) => !arguments[0].includes(name(one)));
if (left === undefined) return null;
const found = name(left);
left.click();
return found;
"""
CHOOSE = """
const found = document.querySelectorAll("select")[arguments[0]];
const next = (Number(found.value) + 1) % found.options.length;
found.value = next;
found.dispatchEvent(new Event("change"));
return found.options.length;
"""
READ = """
const lit = document.querySelector(".state.lit");
return {
  state: lit && Number(lit.dataset.state),
  taken: [...document.querySelectorAll(".arrow.taken")].map((one) => [one.dataset.from, one.dataset.to].map(Number)),
  good: document.querySelectorAll(".readings .good").length,
  bad: document.querySelectorAll(".readings .bad").length,
  claim: document.querySelector(".claim b").textContent,
  hash: location.hash,
  count: document.querySelector(".controls .small").textContent,
};
"""
# The least contrast of the texts that are seen, by the formula of WCAG 2.1.
CONTRAST = """
const light = (text) => {
  const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map(Number).map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (node) => {
  for (let one = node; one !== null; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor;
    if (!/^rgba.*, 0\\)$/.test(colour)) return colour;
  }
  return "rgb(255, 255, 255)";
};
return [...document.querySelectorAll("main *")]
  .filter((node) => !node.closest("svg") && [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim()))
  .map((node) => {
    const [a, b] = [light(getComputedStyle(node).color), light(behind(node))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.textContent.slice(0, 40)];
  }).sort((one, other) => one[0] - other[0])[0];
"""


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as found:
        found.size(1300, 900)
        yield found


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A file of a network that nobody trained."""
    torch.manual_seed(0)
    layer, head = torch.nn.GRU(2, 3, batch_first=True), torch.nn.Linear(3, 2)
    path = tmp_path_factory.mktemp("trained") / "gru.safetensors"
    fsm2rnn.Tracker(layer, head, fsm2rnn.read("parity")).save(path)
    return path


def save(folder, *subjects):
    path = folder / "page.html"
    fsm2rnn.view(*subjects, budget=None).save(path)
    return path


def require_silence(window):
    assert window.errors() == []
    assert window.requests() == []


def click_everything(window):
    """Choose every entry of every list, and press every button of each page that comes up; return the names."""
    pressed, pages = set(), 1
    for box in range(window.run(COUNT, "select")):
        pages = max(pages, min(window.run(CHOOSE, box), 8))
    for _ in range(pages):
        if window.run(COUNT, "select"):
            window.run(CHOOSE, 0)
        for box in range(1, window.run(COUNT, "select")):
            window.run(CHOOSE, box)
        here = []
        while len(here) < MOST and (name := window.run(PRESS, here)) is not None:
            here.append(name)
        pressed.update(here)
    return pressed


def test_a_machine_is_stepped_and_the_link_keeps_the_word(window, tmp_path):
    path = save(tmp_path, "tomita3")
    machine = fsm2rnn.read("tomita3")
    window.open(path)
    window.keys("1221")
    states = [machine.start]
    for letter in (0, 1, 1, 0):
        states.append(machine.table[states[-1]][letter])
    time.sleep(0.4)  # the address is written when nothing has changed for a moment
    found = window.run(READ)
    assert (found["state"], found["taken"]) == (states[4], [states[3:5]])
    assert (found["good"], found["bad"]) == (1, 0)
    assert (found["hash"], found["count"]) == ("#word=0,1,1,0", "4 of 4")
    window.click("button[aria-label='one symbol back']")
    assert window.run(READ)["state"] == states[3]
    window.keys("\ue014")  # arrow to the right
    assert window.run(READ)["state"] == states[4]
    window.open(path, "#word=0,1,1,0")
    assert window.run(READ)["count"] == "0 of 4"
    window.click(".chip:nth-of-type(2)")
    assert window.run(READ)["state"] == states[2]
    require_silence(window)


def test_where_names_of_arrows_would_hide_each_other_those_of_the_present_state_are_seen(window, tmp_path):
    seen = (
        "return [...document.querySelectorAll('.arrow text')]"
        ".filter((one) => getComputedStyle(one).display !== 'none').map((one) => Number(one.parentNode.dataset.from))"
    )
    window.open(save(tmp_path, "S4@gens"))
    assert set(window.run(seen)) == {0}
    window.keys("1")
    assert set(window.run(seen)) == {0, window.run(READ)["state"]}  # and the arrow that was taken
    window.open(save(tmp_path, "tomita3"))
    assert len(set(window.run(seen))) > 2
    require_silence(window)


def test_the_two_words_of_a_target_that_cannot_are_played(window, tmp_path):
    window.open(save(tmp_path, "tomita3"))
    ends = []
    for place in (1, 2):
        window.click(f".ladder .impossible .play:nth-of-type({place})")
        await_text(window, "2 of 2")
        ends.append(window.run("return document.querySelector('.readings b').textContent"))
    assert ends == ["q1, output True", "q2, output False"]
    require_silence(window)


def await_text(window, text):
    for _ in range(100):
        if window.run(READ)["count"] == text:
            return
        time.sleep(0.1)
    pytest.fail(f"{text} was not reached: {window.run(READ)}")


def test_the_failing_word_of_a_network_is_played_to_its_end(window, trained, tmp_path):
    window.open(save(tmp_path, trained))
    found = window.run(READ)
    assert found["claim"].startswith("Wrong after ")
    window.click(".one .play")
    (recording,) = fsm2rnn.view(trained).data.subjects[0].recordings
    await_text(window, f"{len(recording.word)} of {len(recording.word)}")
    assert (window.run(READ)["good"], window.run(READ)["bad"]) == (0, 1)
    require_silence(window)


def test_every_control_of_a_machine_and_a_network_is_clicked(window, trained, tmp_path):
    window.open(save(tmp_path, "S4@gens", trained))
    pressed = click_everything(window)
    assert {"one symbol back", "add 20 random symbols", "clear the word", "dark or light", "copy as SVG"} < pressed
    require_silence(window)


def test_a_group_turns_under_the_hand_and_drifts_as_proved(window, tmp_path):
    window.open(save(tmp_path, "A5@gens"))
    window.run(
        "const box = document.querySelector('[aria-label=network]'); box.value = 1;"
        "box.dispatchEvent(new Event('change'));"
    )
    assert window.run(READ)["claim"] == "Proved: right for 34 symbols."
    place = (
        "const one = document.querySelector('.orbit .code'); return [one.getAttribute('cx'), one.getAttribute('cy')]"
    )
    before = window.run(place)
    window.run("document.querySelector('.orbit').focus()")
    window.keys("\ue014\ue013")
    after = window.run(place)
    assert after != before
    (orbit,) = window.find(".orbit")
    move = [
        {"type": "pointerMove", "origin": {"element-6066-11e4-a52e-4f735466cecf": orbit}, "x": 0, "y": 0},
        {"type": "pointerDown", "button": 0},
        {"type": "pointerMove", "origin": "pointer", "x": 40, "y": 25, "duration": 50},
        {"type": "pointerUp", "button": 0},
    ]
    window.send("POST", "/actions", actions=[{"type": "pointer", "id": "mouse", "actions": move}])
    assert window.run(place) != after
    window.click(".drift button")
    said = window.run("return document.querySelector('.drift [role=status]').textContent")
    assert said.endswith("proved for every word: 34 symbols.")
    assert window.run(COUNT, ".chart .horizon") == 1
    require_silence(window)


@pytest.mark.parametrize("width", [360, 1300])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_and_is_legible(window, tmp_path, width, scheme):
    window.size(width, 900)
    window.scheme(scheme)
    try:
        window.open(save(tmp_path, "tomita3", f"re:{'ab' * 40}"), "#word=0,1")
        window.keys("\ue014")
        assert window.run("return document.documentElement.scrollWidth") <= width
        least, text = window.run(CONTRAST)
        assert least >= 4.5, (least, text)
        dark = window.run("return getComputedStyle(document.body).backgroundColor") == "rgb(18, 21, 26)"
        assert dark == (scheme == "dark")
        window.click("button[aria-label='dark or light']")
        assert (window.run("return getComputedStyle(document.body).backgroundColor") == "rgb(18, 21, 26)") != dark
        least, text = window.run(CONTRAST)
        assert least >= 4.5, (least, text)
    finally:
        window.size(1300, 900)
        window.scheme("light")
    require_silence(window)


def test_wicked_labels_are_shown_as_they_are(window, tmp_path):
    wicked = "</script><img src=x onerror=alert(1)>"
    machine = fsm2rnn.from_table([[1, 0], [0, 1]], states=[wicked, "b"], symbols=[wicked, "'\"&"])
    window.open(save(tmp_path, machine))
    window.keys("12")
    assert window.run(COUNT, "img") == 0
    assert window.run("return document.querySelector('.key').getAttribute('aria-label')") == f"add {wicked}"
    assert window.run(READ)["count"] == "2 of 2"
    require_silence(window)


def test_a_page_lives_in_the_frame_of_a_notebook(window, tmp_path):
    outer = tmp_path / "notebook.html"
    outer.write_text(f"<!DOCTYPE html><title>n</title>{fsm2rnn.view('parity')._repr_html_()}", encoding="utf-8")
    window.open(outer)
    inside = "const page = document.querySelector('iframe').contentDocument;"
    window.run(f"{inside} page.querySelectorAll('.key')[1].click();")
    assert window.run(f"{inside} return page.querySelector('.readings b').textContent") == "odd, output True"
    require_silence(window)


@pytest.mark.slow
def test_every_control_of_five_machines_and_two_networks_is_clicked(window, trained, tmp_path):
    proved = tmp_path / "lstm.safetensors"
    fsm2rnn.compile("parity", "lstm").save(proved)
    machines = ["A5@gens", "S5", "dyck(2,3)", "counter(250)", fsm2rnn.from_table([[0]], outputs=[["x"]])]
    window.open(save(tmp_path, *machines, trained, proved))
    pressed = click_everything(window)
    assert {"add the chosen symbol", "play or pause", "run 20,000 random symbols"} < pressed
    require_silence(window)
