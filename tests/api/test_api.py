"""The Python interface: names, options, and what they refuse."""

from __future__ import annotations

import pytest
from automata.fa.dfa import DFA

import fsm2rnn
from fsm2rnn.constructions.verdict import Unsettled
from fsm2rnn.targets import TARGETS


def test_every_public_name_has_its_home():
    for name in fsm2rnn.__all__:
        assert getattr(fsm2rnn, name) is not None
    assert set(fsm2rnn.__all__) <= set(dir(fsm2rnn))
    with pytest.raises(AttributeError, match="no attribute 'explian'"):
        _ = fsm2rnn.explian


def test_compile_all_answers_for_every_target():
    verdicts = fsm2rnn.compile_all("S3")
    assert list(verdicts) == [target.name for target in TARGETS]
    line = "compiled: size {}, {}, exact at every length in float64, float32, bfloat16, float16"
    shown = {name: str(verdict) for name, verdict in verdicts.items()}
    assert shown["full"] == line.format(6, "injective")
    assert shown["minimal"] == line.format(6, "linear")
    assert shown["pd"] == shown["householder"] == line.format(3, "injective")
    assert shown["factored"] == shown["integer"] == shown["block-diagonal"] == line.format(2, "injective")
    assert shown["rotation"] == (
        "impossible (one layer, no additive term, finite orbit, exact arithmetic): "
        "(2,3) (1,2) gives (1,2,3), (1,2) (2,3) gives (1,3,2)"
    )


def test_a_horizon_is_said_in_steps():
    shown = str(fsm2rnn.compile("Z5", "rotation"))
    assert shown.startswith("compiled: size 2, injective, ")
    assert "79 steps in bfloat16" in shown
    network = fsm2rnn.compile("Z5", "rotation").network("bfloat16")
    report = fsm2rnn.check(network)
    assert (report.accepted, report.grade) == (True, "horizon")
    assert "every word of at most 79 symbols" in report.claim


def test_what_is_impossible_gives_no_network():
    with pytest.raises(fsm2rnn.NotCompiled, match="target rotation gives no network: impossible"):
        fsm2rnn.compile("S3", "rotation").network()


def test_an_explanation_reads_as_lines():
    lines = str(fsm2rnn.explain("parity")).splitlines()
    assert lines[0].startswith("states 2, minimal_states 2, symbols 2, letter_maps 2, permutation True, commutative")
    assert [line.split(":")[0] for line in lines[1:]] == [target.name for target in TARGETS]
    assert str(fsm2rnn.explain("parity", "pd")).count("\n") == 1


def test_auto_takes_the_fewest_numbers():
    assert fsm2rnn.compile("S3").target == "integer"  # six matrices of two rows; block-diagonal has as many
    assert fsm2rnn.compile("A4").target == "pd"  # one sign and one index for each of three coordinates
    assert fsm2rnn.compile(fsm2rnn.from_table([[0]])).target == "full"
    assert fsm2rnn.compile("parity").target == "integer"  # one number per letter; the diagonal ones have as many
    assert fsm2rnn.compile("Z5").target == "pd"  # a rotation stores fewer, but is not exact


def test_not_compiled_says_why():
    result = fsm2rnn.compile_all("Z500")["full"]
    assert isinstance(result.verdict, Unsettled)
    with pytest.raises(fsm2rnn.NotCompiled, match="target full gives no network: unsettled: bytes") as caught:
        result.network()
    assert caught.value.verdict is result.verdict
    assert isinstance(caught.value, fsm2rnn.FsmError)


def test_from_table_names_what_is_not_named():
    machine = fsm2rnn.from_table([[2, 0], [1, 1], [0, 2]])
    assert machine.states == ("q0", "q2", "q1")
    assert machine.symbols == ("0", "1")
    assert machine.outputs == machine.states
    with pytest.raises(fsm2rnn.InputError, match="at least one state"):
        fsm2rnn.from_table([])
    with pytest.raises(fsm2rnn.InputError, match=r"outside 0\.\.0"):
        fsm2rnn.from_table([[1]])


def test_from_dfa_and_from_regex_agree():
    dfa = DFA(
        states={"p", "q"},
        input_symbols={"a", "b"},
        transitions={"p": {"a": "q", "b": "p"}, "q": {"a": "q", "b": "p"}},
        initial_state="p",
        final_states={"q"},
    )
    left, right = fsm2rnn.from_dfa(dfa), fsm2rnn.from_regex("(a|b)*a")
    for word in ("", "a", "ab", "aba", "bb"):
        assert left.accepts(word) == right.accepts(word) == dfa.accepts_input(word)


def test_minimised_machine_keeps_outputs():
    machine = fsm2rnn.from_table([[1], [2], [3], [0]], symbols="a", outputs=[True, False, True, False])
    result = fsm2rnn.compile(machine, "full")
    assert len(result.machine.states) == 2
    assert result.network().outputs("aaa") == [False, True, False]


def test_what_is_asked_at_the_prompt_is_said_in_a_line():
    result = fsm2rnn.compile("S5@gens", "pd")
    network = result.network()
    report, run = fsm2rnn.check(network), fsm2rnn.verify(network, steps=1000)
    assert repr(result) == f"Result(pd, {result.verdict})"
    assert repr(report).startswith("Report(exact: after every finite word over 2 symbols the network of size 5 ")
    assert repr(fsm2rnn.Report(accepted=False, field="hash", reason="no")) == "Report(hash fails: no)"
    assert repr(run).startswith("Verification(1 x 1,000 symbols, float32 on cpu as gather, ")
    assert repr(run).endswith(" symbols/s: 0 mismatches)")
    assert max(len(repr(said)) for said in (result, report, run)) < 250


def test_check_takes_files_and_networks(tmp_path):
    path = tmp_path / "net"
    report = fsm2rnn.compile("A4", "pd").save(path)
    assert report == fsm2rnn.check(path) == fsm2rnn.check(str(path)) == fsm2rnn.check(fsm2rnn.load(path))
    report.raise_if_rejected()
    path.write_bytes(b"")
    rejected = fsm2rnn.check(path)
    assert (rejected.accepted, rejected.field) == (False, "header")
    with pytest.raises(fsm2rnn.CertificateError, match="header"):
        rejected.raise_if_rejected()
    with pytest.raises(fsm2rnn.CertificateError):
        fsm2rnn.load(path)


def test_a_table_with_rows_of_outputs_is_a_mealy_machine():
    machine = fsm2rnn.from_table([[1, 0], [0, 1]], outputs=[["a", "b"], ["b", "b"]])
    assert machine.is_mealy
    assert machine.outputs[0][1] == "b"
    assert machine.answers("001") == ["a", "b", "b"]
    assert machine.output_labels == ("a", "b")
    network = fsm2rnn.compile(machine, "full").network()
    assert network.outputs("001") == ["a", "b", "b"]


@pytest.mark.parametrize("ask", [fsm2rnn.compile, fsm2rnn.explain, fsm2rnn.compile_all])
@pytest.mark.parametrize("machine", [5, None, ["S3"], b"S3"])
def test_what_is_no_machine_is_refused_by_its_type(ask, machine):
    with pytest.raises(fsm2rnn.InputError, match=f"a {type(machine).__name__} is no machine"):
        ask(machine)


def test_a_machine_may_be_named_by_a_path(tmp_path):
    path = tmp_path / "m.dot"
    fsm2rnn.write(fsm2rnn.read("parity"), path)
    assert fsm2rnn.compile(path, "pd").machine == fsm2rnn.compile(str(path), "pd").machine
