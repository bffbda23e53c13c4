"""A budget ends a search between two steps of Python, and leaves whole values; no test looks at a clock."""

from __future__ import annotations

import inspect
import math
import signal
import sys
import threading
from dataclasses import dataclass

import pytest

import fsm2rnn
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.answers import Listener
from fsm2rnn.budget import UNLIMITED, Budget, BudgetError
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.constructions.verdict import Impossible, Unsettled
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.explanation import answer_to_json, explain
from fsm2rnn.targets import TARGETS
from tests.cli.commands import answer

END = 1000.0
WHY = "not decided within the budget of 10 s; --budget raises it"
TIMERS = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer that ends a search")


class Clock:
    """Time that stands still until it is set."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def ring(self, now=END):
        """Let it be so late, and the timer ring."""
        self.now = now
        signal.raise_signal(signal.SIGALRM)


@pytest.fixture
def clock():
    return Clock()


@pytest.mark.parametrize("seconds", [-1, -0.001, math.nan])
def test_a_budget_is_not_below_zero(seconds):
    with pytest.raises(InputError, match=r"a budget of .*0 or more, or inf"):
        Budget.of(seconds)


@pytest.mark.parametrize("seconds", [None, math.inf])
def test_no_end(seconds):
    assert Budget.of(seconds).left == math.inf
    assert Budget.of(seconds).part(0.5).spend(lambda: 3) == 3


def test_a_part_ends_earlier_and_names_the_whole(clock):
    budget = Budget.of(10, clock)
    clock.now = 4.0
    part = budget.part(0.5)
    assert (budget.left, part.left) == (6.0, 3.0)
    assert part.reason == WHY.replace("the budget", "its part of the budget")
    clock.now = 7.5
    assert budget.spend(lambda: 1) == 1
    with pytest.raises(BudgetError, match="within its part of the budget of 10 s"):
        part.spend(lambda: pytest.fail("asked after the end"))
    clock.now = 11.0
    assert budget.part(0.5).left == 0


def test_with_no_time_nothing_is_decided_and_all_of_it_says_so(capsys):
    found = answer(capsys, "explain", "S5@gens", "--budget", "0")
    zero = WHY.replace("10", "0")
    assert found["targets"] == {target.name: {"verdict": "unsettled", "tried": zero} for target in TARGETS}
    assert found["machine"]["states"] == 120
    assert found["machine"]["solvable"] is None
    assert f"solvable: {zero}" in found["notes"]
    assert (found["sizes"], found["obstructions"]) == ({}, [])


def test_python_has_no_budget_unless_it_is_given():
    assert not any(isinstance(one.verdict, Unsettled) for one in fsm2rnn.explain("parity").answers)
    assert all(isinstance(one.verdict, Unsettled) for one in fsm2rnn.explain("parity", budget=0).answers)


@dataclass
class Slow:
    """A target whose search takes all the time there is."""

    clock: Clock
    until: float = END
    name: str = "slow"

    def compile(self, *_):
        try:
            self.clock.ring(self.until if self.clock.now < self.until else END)
        except LimitError:  # pragma: no cover
            pytest.fail("the end of the time is no limit that a search may go around")
        pytest.fail("the search was not ended")


@TIMERS
def test_a_search_is_ended_and_those_after_it_are_not_begun(clock):
    before = signal.getsignal(signal.SIGALRM)
    rotation = next(target for target in TARGETS if target.name == "rotation")
    found = explain(fsm2rnn.read("S3"), targets=[rotation, Slow(clock), rotation], budget=Budget.of(10, clock))
    assert isinstance(found.answers[1].verdict, Unsettled)
    assert str(found.answers[1].verdict) == f"unsettled: {WHY}"
    found = explain(fsm2rnn.read("S3"), targets=[rotation], budget=Budget.of(10, Clock()))
    assert isinstance(found.answers[0].verdict, Impossible)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@dataclass
class Second:
    """A target whose part is too short for it, and that has an answer when it is asked again."""

    clock: Clock
    until: float
    name: str = "second"

    def compile(self, *_):
        if not self.clock.now:
            self.clock.ring(self.until)
            pytest.fail("the search was not ended")
        return Unsettled(f"asked at {self.clock.now}")


@TIMERS
@pytest.mark.parametrize("kind", [Slow, Second])
def test_a_slow_target_leaves_the_others_their_time(clock, kind):
    """Of four targets the first has half of the time; when that is up, the others have theirs, and it what is left."""
    rotation, full, minimal = (
        target for name in ("rotation", "full", "minimal") for target in TARGETS if target.name == name
    )
    slow, asked, answered = kind(clock, until=5.5), [], []
    found = explain(
        fsm2rnn.read("S3"),
        targets=[slow, rotation, full, minimal],
        budget=Budget.of(10, clock),
        listener=Listener(asked=asked.append, answered=lambda one: answered.append(one.target)),
    )
    assert str(found.answers[0].verdict) == f"unsettled: {WHY if kind is Slow else 'asked at 5.5'}"
    assert not any(isinstance(one.verdict, Unsettled) for one in found.answers[1:])
    assert asked == [slow.name, "rotation", "full", "minimal", slow.name, "sizes"]
    assert answered == ["rotation", "full", "minimal", slow.name]


@TIMERS
def test_one_whose_part_was_too_short_keeps_its_reason_where_nothing_is_left(clock):
    rotation = next(target for target in TARGETS if target.name == "rotation")
    slow, last = Slow(clock, until=7, name="early"), Slow(clock)
    found = explain(fsm2rnn.read("S3"), targets=[slow, rotation, last], budget=Budget.of(10, clock))
    part = WHY.replace("the budget", "its part of the budget")
    assert [str(found.answers[place].verdict) for place in (0, 2)] == [f"unsettled: {part}", f"unsettled: {WHY}"]


@TIMERS
def test_a_better_grade_that_is_not_decided_says_so(clock, monkeypatch):
    verdict = fsm2rnn.explain("Z5", "rotation").answers[0]
    monkeypatch.setattr("fsm2rnn.explanation.improved", lambda _: clock.ring())
    entry = answer_to_json(verdict, Budget.of(10, clock))
    assert (entry["verdict"], entry["improved"]) == ("compiled", WHY)


@TIMERS
@pytest.mark.parametrize("module", ["importlib._bootstrap", "numba.core.compiler"])
def test_what_must_not_be_left_half_done_is_finished(clock, module):
    done = []
    names = {"__name__": module, "ring": clock.ring, "done": done}
    exec("def load():\n    ring()\n    done.append(1)", names)  # noqa: S102  a function of a module of that name

    def search():
        names["load"]()
        clock.ring()
        done.append(2)

    with pytest.raises(BudgetError):
        Budget.of(10, clock).spend(search)
    assert done == [1]


@TIMERS
def test_a_timer_of_the_process_goes_on():
    heard = []
    handler = signal.signal(signal.SIGALRM, lambda *_: heard.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 1000.0)
        assert Budget.of(10).spend(lambda: 3) == 3
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 1000.0
        signal.raise_signal(signal.SIGALRM)
        assert heard == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def test_in_another_thread_a_search_that_has_begun_is_finished(clock):
    found = []

    def search():
        clock.now = 1000.0
        return 3

    thread = threading.Thread(target=lambda: found.append(Budget.of(10, clock).spend(search)))
    thread.start()
    thread.join()
    assert found == [3]


def interrupted(facts: Facts, targets, calls):
    """Ask every target, the time being up at so many calls of functions; return whether that came.

    A generator that is thrown away is called once more, where Python drops what is raised: there the timer waits.
    """
    clock, left = Clock(), [calls]

    def count(frame, event, _value):
        left[0] -= event == "call"
        if left[0] <= 0 and event == "call" and not frame.f_code.co_flags & inspect.CO_GENERATOR:
            clock.ring()

    def search():
        sys.setprofile(count)
        return [target.compile(facts, fsm2rnn.Contract.INJECTIVE) for target in targets]

    try:
        Budget.of(10, clock).spend(search)
    except BudgetError:
        return True
    finally:
        sys.setprofile(None)
    return False


@TIMERS
@pytest.mark.parametrize("machine", ["S3@gens", "counter(3)", "tomita3"])
def test_wherever_a_search_is_ended_the_facts_it_leaves_are_whole(machine):
    """After an end at any place, the same facts give every target's answer as if nothing had been asked before."""
    targets = [target for target in TARGETS if target.name != "factored"]
    fresh = [
        str(target.compile(minimal_facts(fsm2rnn.read(machine)), fsm2rnn.Contract.INJECTIVE)) for target in targets
    ]
    ends = 0
    for calls in (1, 3, 10, 31, 100, 316, 1_000, 3_162, 10_000):
        facts = minimal_facts(fsm2rnn.read(machine))
        ends += interrupted(facts, targets, calls)
        assert [str(target.compile(facts, fsm2rnn.Contract.INJECTIVE)) for target in targets] == fresh
    assert ends >= 6
    assert UNLIMITED.left == math.inf
