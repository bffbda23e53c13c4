"""Published recurrences over named machines: verdicts, networks that are run, witnesses that are replayed, theorems."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest
import torch
from hypothesis import given

import fsm2rnn
from fsm2rnn.cells.published.table import published_cell
from fsm2rnn.compiler import ALIASES, ask, find_target, minimal_facts
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.families import FAMILIES
from fsm2rnn.operators.diagonal import AffineDiagonal
from fsm2rnn.operators.householder import Householder
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.fixed_transition_witness import EqualLengths
from fsm2rnn.proof.refutation.key_witness import OneKey
from fsm2rnn.proof.refutation.witness import Transient
from fsm2rnn.targets import TARGETS
from fsm2rnn.targets.modules import MODULES
from tests.cli.commands import answer, refusal
from tests.families.pages import PAGE, page
from tests.laws.replay import shows
from tests.strategies import machines

NAMES = [family.name for family in FAMILIES]
LAST = "maps:0,0,0;1,1,1;2,2,2"
LENGTH_AND_LAST = "maps:2,2,0,0;3,3,1,1"  # 2 (length mod 2) + (last letter)
CLOCK = "perm:(1,2,3,4)"
FEW = ["maps:0", "parity", "flip-flop", "counter(3)"]
MANY = [
    *FEW,
    *("S3@gens", LAST, CLOCK, LENGTH_AND_LAST),
    *("Z5@gens", "V4", "tomita2", "tomita3", "tomita4", "tomita6", "A5@gens", "Q8", "dyck(1,2)"),
    *("maps:0,1;0,0;1,1;1,0", "register(2)", "modadd(4)", "re:(a|b)*abb", "even-pairs", "counter(1)", "Dih(4)"),
]
POSITIVE = ["mamba", "gla", "hgrn2", "griffin", "mingru", "minlstm"]
DELTA = ["deltanet", "gated-deltanet", "rwkv7"]
COMPLEX = ["mamba3", "gateloop", "hgrn", "lru", "s4d"]
EVERY = ["sd-ssm", "regular-lrnn", "al-rnn", "state-regularised", "universal-transformer", "slstm", "srwm", "pararnn"]


def verdict(machine, name, contract=Contract.INJECTIVE):
    return ask(fsm2rnn.read(machine), find_target(name), contract).verdict


def test_every_name_of_the_interface_answers_and_names_its_source():
    asked = (
        "mamba mamba-negative mamba3 gla hgrn hgrn2 griffin mingru minlstm lru s4d gateloop linear-attention retnet "
        "rwkv4 rwkv7 deltanet gated-deltanet sd-ssm regular-lrnn fixed-point al-rnn state-regularised srwm "
        "universal-transformer shortcut pararnn slstm"
    )
    assert sorted(NAMES) == sorted(asked.split())
    assert not {one.name for one in (*TARGETS, *MODULES)} & {*NAMES} | ALIASES.keys() & {*NAMES}
    for family in FAMILIES:
        assert family.title
        assert family.recurrence
        assert family.holds
        assert family.otherwise
        assert re.search(r"arXiv \d{4}\.\d{5}$", family.paper)
        assert family.note is not None


def require_true(machine, name, steps):
    """Check and run what is compiled, replay what is impossible; return the verdict's class."""
    found = fsm2rnn.compile(machine, name)
    match found.verdict:
        case Compiled():
            network = found.network()
            assert fsm2rnn.check(network).accepted
            ids = torch.randint(len(found.machine.symbols), (1, steps), generator=torch.Generator().manual_seed(7))
            word = [found.machine.symbols[one] for one in ids[0].tolist()]
            assert [*network.outputs(word)] == [found.machine.outputs[state] for state in found.machine.run(word)]
        case Impossible(witness):
            assert replace(witness) == witness
            assert shows(witness.machine, witness)
            assert found.verdict.hypotheses[0].startswith("one layer")
            assert "no additive term" not in found.verdict.hypotheses
        case Unsettled(tried):
            assert tried
    return type(found.verdict)


@pytest.mark.parametrize("name", NAMES)
def test_a_few_machines(name):
    said = [require_true(machine, name, 50) for machine in FEW]
    if name in EVERY:
        assert set(said) == {Compiled}


@pytest.mark.slow
@pytest.mark.parametrize("machine", MANY)
def test_all_families_over_named_machines(machine):
    for name in NAMES:
        require_true(machine, name, 1000)


def kinds(machine, names, contract=Contract.INJECTIVE):
    return {type(verdict(machine, name, contract)) for name in names}


def test_what_the_literature_says():
    assert kinds("parity", [*POSITIVE, "linear-attention"]) == {Impossible}
    assert kinds("parity", ["mamba-negative", "mamba3", "gateloop", "deltanet", "gated-deltanet"]) == {Compiled}
    assert kinds("flip-flop", [*POSITIVE, "mamba-negative", "mamba3", "gateloop", "hgrn", "deltanet"]) == {Compiled}
    assert kinds("flip-flop", ["linear-attention", "lru", "s4d"]) == {Impossible}
    assert kinds("parity", ["hgrn", "lru", "s4d", "retnet", "rwkv4", "fixed-point"]) == {Impossible}
    assert kinds("S3@gens", [*POSITIVE, "mamba-negative", "linear-attention"]) == {Impossible}
    assert Compiled not in kinds("S3@gens", COMPLEX)
    assert kinds("Z3", ["mamba-negative"]) == {Impossible}
    assert kinds("Z3@gens", ["mamba3", "gateloop", "lru", "s4d"]) == {Compiled}
    assert Compiled not in kinds("S5@gens", ["deltanet", "gated-deltanet", *POSITIVE, *COMPLEX])
    assert kinds("A5@gens", EVERY) == {Compiled}


@pytest.mark.parametrize("name", DELTA)
def test_a_letter_of_one_update_goes_around_two_states_at_most(name):
    for machine in ("S3@gens", "Z3@gens", "S5@gens", "A5@gens"):
        for contract in (Contract.INJECTIVE, Contract.COVER, Contract.ROBUST):
            found = verdict(machine, name, contract)
            assert isinstance(found, Impossible)
            assert (len(found.witness.word), found.witness.stride) == (1, 2)
            assert found.witness.length > 2
    assert not isinstance(verdict("act:(1,2);(2,3)", name), Impossible)


def test_two_idempotents_of_one_image_refute_the_delta_rule_with_its_written_values():
    for name in ("deltanet", "gated-deltanet"):
        found = verdict("even-pairs", name)
        assert isinstance(found, Impossible)
        assert found.witness.one_image
        assert "no additive term" not in found.hypotheses
    assert isinstance(verdict("even-pairs", "rwkv7").witness, OneKey)  # its products lengthen distances
    assert isinstance(verdict("even-pairs", "rwkv7", Contract.COVER), Unsettled)


def test_what_is_read_by_a_quotient_or_by_its_direction():
    assert kinds("flip-flop", ["rwkv4", "rwkv7", "fixed-point", "pararnn"]) == {Compiled}
    assert kinds("parity", ["rwkv7", "pararnn"]) == {Compiled}
    assert kinds("parity", ["rwkv4", "retnet"], Contract.ROBUST) == {Impossible}
    assert kinds("parity", ["fixed-point"], Contract.COVER) == {Unsettled}  # a cycle of six that maps onto two
    assert kinds(CLOCK, ["retnet"]) == {Compiled}
    assert kinds("Z5@gens", ["retnet", "fixed-point", "shortcut"]) == {Compiled}
    assert kinds("Z5", ["retnet"]) == {Impossible}  # letters that do not act alike
    assert kinds("Z5", ["fixed-point"]) == {Unsettled}  # turns of two fifths


def test_machines_of_idempotent_letters_run_in_blocks_that_are_kept_or_overwritten():
    for machine in ("re:a*b*c*", "even-pairs", "tomita7"):
        found = fsm2rnn.compile(machine, "fixed-point")
        network = found.network()
        assert fsm2rnn.check(network).accepted
        ids = torch.randint(len(found.machine.symbols), (1, 300), generator=torch.Generator().manual_seed(7))
        read = published_cell(network, "fixed-point")(ids)[0]
        assert torch.equal(network.decode(read), network.run(ids))
    assert kinds("re:a*b*c*", ["fixed-point"], Contract.LINEAR) == {Unsettled}
    assert kinds("counter(3)", ["fixed-point"]) == {Impossible}


def test_blocks_are_refused_beyond_their_numbers(monkeypatch):
    monkeypatch.setattr("fsm2rnn.families.delta.kept_blocks.NUMBERS", 161)
    assert "numbers of 9 x 9 x 2 in blocks" in str(verdict("even-pairs", "fixed-point"))


def test_heads_of_one_number_hold_what_real_gates_hold():
    for machine in ("V4", LENGTH_AND_LAST):
        assert kinds(machine, DELTA) == {Compiled}
        for name in DELTA:
            network = fsm2rnn.compile(machine, name).network()
            ids = torch.randint(4 if machine == "V4" else 2, (1, 300), generator=torch.Generator().manual_seed(7))
            cell = published_cell(network, name)
            assert torch.equal(cell.read(cell(ids)[0]), network.rnn(ids)[0])
    for name in DELTA:
        assert isinstance(verdict("register(2)", name).witness, Transient)  # of any heads


def test_one_angle_for_all_letters_holds_clocks_beside_what_is_set():
    assert kinds(CLOCK, ["hgrn"]) == kinds(LENGTH_AND_LAST, ["hgrn"]) == kinds("Z60@gens", ["hgrn"]) == {Compiled}
    assert kinds("Z5", ["hgrn"]) == {Impossible}


def test_directions_of_heads_with_many_turns_are_not_refuted():
    """With enough turns the largest of the coordinates of what was written is the last letter: no law may speak."""
    for machine in ("flip-flop", LAST, "register(3)", "tomita1", "counter(1)", "re:(a|b)*abb"):
        assert kinds(machine, ["retnet"], Contract.ROBUST) == {Unsettled}
    for machine in ("tomita4", "even-pairs", "S5@gens"):
        assert kinds(machine, ["retnet"], Contract.ROBUST) == {Impossible}


def test_a_transition_that_reads_no_letter_holds_last_letters_and_clocks():
    assert kinds(LAST, ["lru", "s4d"]) == {Compiled}
    assert kinds(CLOCK, ["lru", "s4d"]) == {Compiled}
    assert kinds(LENGTH_AND_LAST, ["lru", "s4d"]) == {Compiled}
    for contract in Contract:
        assert isinstance(verdict("parity", "lru", contract).witness, EqualLengths)
    assert isinstance(verdict("counter(3)", "hgrn").witness, Transient)
    assert isinstance(verdict("register(2)", "lru", Contract.ROBUST), Unsettled)  # suffixes of two, which decay


def test_two_letters_at_a_time_obey_the_laws_of_one_after_letters_of_their_own():
    """Mamba-3's trapezoid reads the letter before; the first letter of a word may act by what was before it."""
    assert kinds("register(2)", ["mamba3", "gateloop"]) == {Impossible}
    assert kinds("re:a*b*c*", ["mamba3", "gateloop"]) == {Impossible}
    assert kinds("even-pairs", ["gateloop"]) == {Impossible}
    assert kinds("even-pairs", ["mamba3"]) == {Unsettled}
    assert kinds("S3@gens", ["mamba3"]) == {Impossible}
    assert kinds(LENGTH_AND_LAST, ["mamba3"]) == {Compiled}


@pytest.mark.parametrize("machine", [one for one in MANY if "5@" not in one])
def test_networks_obey_their_restriction(machine):
    facts = minimal_facts(fsm2rnn.read(machine))
    for name in [*POSITIVE, "rwkv4", "mamba-negative", "linear-attention", *DELTA]:
        for contract in (Contract.INJECTIVE, Contract.COVER, Contract.ROBUST):
            found = find_target(name).compile(facts, contract)
            if isinstance(found, Compiled):
                require_obeyed(name, found.operator)
                assert "least" not in " ".join(str(one.proof) for one in found.sizes.measures)


def require_obeyed(name, operator):
    match operator:
        case AffineDiagonal(factors):
            numbers = {one for row in factors for one in row}
            assert numbers <= ({-1, 0, 1} if name in {"mamba-negative", *DELTA} else {0, 1})
            assert name != "linear-attention" or numbers == {1}
            for row, moved in zip(factors, operator.offsets, strict=True):
                assert all(b == 0 for a, b in zip(row, moved, strict=True) if a == 1)
        case Householder(updates=updates):
            assert name in DELTA
            assert operator.steps == 1
            for row in updates:
                for one in row:
                    assert 0 <= one.beta * sum(Fraction(entry) ** 2 for _, entry in one.key) <= 2
        case _:
            pytest.fail(f"{name} has no {type(operator).__name__}")


@given(machines(max_states=5, max_symbols=2))
def test_no_network_is_built_of_a_machine_that_a_family_s_own_law_refutes(machine):
    facts = minimal_facts(machine)
    for family in (one for one in FAMILIES if one.laws):
        found = [one for law in family.laws if (one := law(facts)) is not None]
        for contract in (Contract.INJECTIVE, Contract.COVER):
            refuted = any(contract in one.contracts for one in found)
            assert not (refuted and isinstance(family.compile(facts, contract), Compiled))


def test_commands_name_the_family_and_what_it_answers_as(capsys, tmp_path):
    path = str(tmp_path / "net.safetensors")
    found = answer(capsys, "compile", "flip-flop", "-t", "mamba", "-o", path)
    assert found["target"] == "mamba"
    assert found["notes"][0].startswith("mamba answers as affine-positive-diagonal: gates in [0, 1]")
    assert fsm2rnn.load(path).evidence["target"] == "mamba"
    assert answer(capsys, "check", path)["accepted"]
    said = answer(capsys, "explain", "parity", "-t", "mamba")["targets"]["mamba"]
    assert (said["verdict"], said["hypotheses"]) == ("impossible", ["one layer", "finite orbit", "exact arithmetic"])
    assert [row["name"] for row in answer(capsys, "formats")["families"]] == NAMES
    assert not {*NAMES} & {*fsm2rnn.explain("parity").to_json()["targets"]}
    assert "did you mean 'mingru'" in refusal(capsys, "explain", "parity", "-t", "minggru")


def test_the_page_is_what_the_families_say():
    assert PAGE.read_text(encoding="utf-8") == page()
