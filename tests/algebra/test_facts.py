"""Facts are searched for once, a refusal is remembered, and nothing outlives the value that holds them."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from dataclasses import replace

import pytest
from hypothesis import given, settings

import fsm2rnn
from fsm2rnn.algebra import facts as module
from fsm2rnn.algebra import group_facts
from fsm2rnn.algebra.fact import fact
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.group import group_action as actions
from fsm2rnn.compiler import ask_about, ask_all, find_target, minimal_facts
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.source.read import read
from tests.strategies import machines


class Counted:
    """An object with one fact that is found and one that is refused, and how often each was searched for."""

    def __init__(self):
        self.searches = []

    @fact
    def found(self):
        """Found."""
        self.searches.append("found")
        return 7

    @fact
    def refused(self):
        """Refused."""
        self.searches.append("refused")
        what = "anything"
        raise LimitError(what, limit=3)


def test_a_fact_is_searched_for_once_and_a_refusal_too():
    counted = Counted()
    assert [counted.found, counted.found] == [7, 7]
    messages = []
    for _ in range(3):
        with pytest.raises(LimitError) as raised:
            _ = counted.refused
        messages.append(str(raised.value))
    assert messages == ["anything: more needed, the limit is 3"] * 3
    assert counted.searches == ["found", "refused"]
    assert Counted.found.__doc__ == "Found."
    other = Counted()
    assert other.found == 7
    assert other.searches == ["found"]


def test_what_is_no_refusal_is_searched_for_again():
    class Broken:
        tries = 0

        @fact
        def found(self):
            """Fail."""
            self.tries += 1
            raise ZeroDivisionError

    broken = Broken()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            _ = broken.found
    assert broken.tries == 2


def test_a_group_beyond_the_limit_is_listed_by_no_target_twice(monkeypatch):
    searches = []
    true = module.group_action
    monkeypatch.setattr(actions, "ORDER_LIMIT", 59)
    monkeypatch.setattr(module, "group_action", lambda machine: searches.append(machine) or true(machine))
    facts = minimal_facts(read("act:(1,2,3);(1,2,3,4,5)"))
    ask_about(facts, Contract.COVER)
    assert len(searches) == 1
    with pytest.raises(LimitError, match="transition group: 60 needed, the limit is 59"):
        _ = facts.group


SEARCHES = ("group_action", "integer_representation", "function_spaces", "hankel_span", "matrix_algebra")


@pytest.mark.parametrize("name", ["act:(1,2,3);(1,2,3,4,5)", "Q8@gens", "tomita3", "flip-flop", "Z6"])
@pytest.mark.parametrize("contract", [Contract.INJECTIVE, Contract.COVER])
def test_no_fact_is_searched_for_twice_whatever_the_targets_ask(monkeypatch, name, contract):
    asked = []

    def counted(search, true):
        def counting(first, *rest):
            asked.append((search, id(first), str([one for one in rest if not callable(one)])))
            return true(first, *rest)

        return counting

    facts = minimal_facts(read(name))
    for search in SEARCHES:
        monkeypatch.setattr(module, search, counted(search, getattr(module, search)))
    monkeypatch.setattr(group_facts, "furthest", counted("furthest", group_facts.furthest))
    ask_about(facts, contract)
    ask_about(facts, contract)
    first = {id(facts.machine)} | ({id(facts.group.characters)} if facts.transitive else set())
    own = [one for one in asked if one[1] in first]
    assert own
    assert len(own) == len(set(own))


@settings(max_examples=30)
@given(machines(max_states=5))
def test_shared_facts_answer_as_fresh_ones_do(machine):
    facts = minimal_facts(machine)
    together = ask_about(facts)
    fresh = [(replace(machine), find_target(answer.target)) for answer in together]  # which know nothing yet
    alone = [ask_all(other, targets=[target])[0] for other, target in reversed(fresh)][::-1]
    assert [str(answer.verdict) for answer in together] == [str(answer.verdict) for answer in alone]


def test_a_machine_that_is_compiled_again_is_not_searched_again(monkeypatch):
    searches = []
    true = module.group_action
    monkeypatch.setattr(module, "group_action", lambda machine: searches.append(machine) or true(machine))
    machine = read("Q8@gens")
    targets = ("integer", "block-diagonal", "integer")
    together = [fsm2rnn.compile(machine, target=name).verdict for name in targets]
    assert len(searches) == 1
    alone = [fsm2rnn.compile(replace(machine), target=name).verdict for name in targets]
    assert len(searches) == 4
    assert [str(verdict) for verdict in together] == [str(verdict) for verdict in alone]


def test_a_pickled_machine_leaves_behind_what_was_found():
    machine = read("Q8@gens")
    before = len(pickle.dumps(machine))
    facts = minimal_facts(machine)
    ask_about(facts)
    assert minimal_facts(machine) is facts
    assert len(pickle.dumps(machine)) < 3 * before
    for other in (pickle.loads(pickle.dumps(machine)), copy.deepcopy(machine)):  # noqa: S301  its own bytes
        assert other == machine
        assert minimal_facts(other).machine == facts.machine
        assert "group" not in vars(minimal_facts(other))


def test_facts_of_the_letters_that_permute():
    facts = Facts(read("maps:1,2,0;1,0,2;2,2,2"))
    assert not facts.transitive
    assert facts.permuting.transitive
    assert facts.permuting.machine.symbols == facts.machine.symbols[:2]
    assert len(facts.permutations.action.group) == 6
    assert facts.permuting.permuting is facts.permuting
    with pytest.raises(InputError, match="permute"):
        _ = facts.group
    with pytest.raises(InputError, match="no letter permutes"):
        _ = Facts(read("maps:0,0;1,1")).permutations


def test_facts_go_when_their_holder_goes():
    facts = minimal_facts(read("act:(1,2);(2,3)"))
    ask_about(facts, Contract.COVER)
    kept = [weakref.ref(one) for one in (facts, facts.group, facts.group.characters, facts.covers.regular)]
    del facts
    gc.collect()
    assert [one() for one in kept] == [None] * 4
