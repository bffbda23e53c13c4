"""Law of meaning: stored weights run in exact arithmetic = plain table = automata-lib's own run."""

from __future__ import annotations

from automata.fa.dfa import DFA
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.compiler import ask
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.machine.labels import typed
from tests.laws.held_machines import CONTRACTS, drawn_for, each_target
from tests.strategies import acceptors, commuting_machines, words

LONGEST = 40


def drawn_network(data, machine, target, contract):
    """Return the minimal machine and the network stored in one of the formats that are proved, or nothing."""
    answer = ask(machine, target, contract)
    if not isinstance(answer.verdict, Compiled):
        return answer.machine, None
    proved = [form for form in FORMATS if form.name in answer.verdict.steps()]
    return answer.machine, answer.verdict.store(data.draw(st.sampled_from(proved)), {})


def readings(network, indices):
    """Return the machine state read from the stored network before and after each symbol, by exact arithmetic.

    The word is cut where the network's proved steps end.
    """
    stored = network.stored
    state, read = stored.initial_state, []
    for index in [None, *indices[: network.steps]]:
        state = state if index is None else stored.matrices[index].apply(state)
        scores = dict(stored.decoder.scores(state))
        best = {}
        for row, of in enumerate(stored.decoder.reads):
            best[of] = max(best.get(of, scores.get(row, 0)), scores.get(row, 0))
        ranking = sorted(best, key=lambda of: -best[of])
        assert len(ranking) == 1 or best[ranking[0]] > best[ranking[1]]
        read.append(ranking[0])
    return read


@each_target
@given(data=st.data(), contract=CONTRACTS)
def test_the_stored_network_run_exactly_is_the_machine(target, contract, data):
    machine = data.draw(drawn_for(target))
    minimal, network = drawn_network(data, machine, target, contract)
    if network is None:
        return
    word = data.draw(words(machine, max_size=LONGEST))
    read = readings(network, machine.indices(word))
    assert read == [minimal.start, *minimal.run(word)][: len(read)]
    outputs = [typed(machine.outputs[state]) for state in [machine.start, *machine.run(word)]]
    assert [typed(minimal.outputs[state]) for state in read] == outputs[: len(read)]


@each_target
@given(data=st.data(), machine=st.one_of(acceptors(), commuting_machines().filter(lambda found: found.is_acceptor)))
def test_the_stored_network_accepts_what_automata_lib_accepts(target, machine, data):
    letters = [chr(ord("a") + place) for place in range(len(machine.symbols))]
    automaton = DFA(
        states=set(range(len(machine.states))),
        input_symbols=set(letters),
        transitions={state: dict(zip(letters, row, strict=True)) for state, row in enumerate(machine.table)},
        initial_state=machine.start,
        final_states={state for state, output in enumerate(machine.outputs) if output},
    )
    word = data.draw(words(machine, max_size=LONGEST))
    text = "".join(letters[place] for place in machine.indices(word))
    assert machine.accepts(word) == automaton.accepts_input(text)
    minimal, network = drawn_network(data, machine, target, data.draw(CONTRACTS))
    if network is None:
        return
    read = readings(network, machine.indices(word))
    steps = automaton.read_input_stepwise(text[: network.steps], ignore_rejection=True)
    assert [minimal.outputs[state] for state in read] == [state in automaton.final_states for state in steps]
