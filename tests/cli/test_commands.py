"""Every command: what it prints, its JSON, its exit status; in this process, through `main`."""

from __future__ import annotations

import io

import pytest

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.targets import TARGETS
from tests.cli.commands import answer, refusal


@pytest.fixture
def z5(tmp_path):
    """Return the path of a Z5 network file."""
    path = tmp_path / "z5.safetensors"
    assert main(["compile", "Z5", "-t", "pd", "-o", str(path), "--quiet"]) == 0
    return path


# What the document says of the machine as it was read, beside the facts.
READ = {"name", "version", "state_names", "symbol_names", "table", "start", "outputs"}


def test_explain(capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)  # what runs in this process may have set it
    found = answer(capsys, "explain", "S5@gens", "--budget", "inf")
    assert {name: fact for name, fact in found["machine"].items() if name not in READ} == {
        "states": 120,
        "minimal_states": 120,
        "symbols": 2,
        "letter_maps": 2,
        "permutation": True,
        "commutative": False,
        "aperiodic": False,
        "solvable": False,
        "group": "S5",
        "group_order": 120,
        "hankel_rank": 120,
    }
    assert list(found["targets"]) == [target.name for target in TARGETS]
    assert found["targets"]["full"] == {
        "verdict": "compiled",
        "size": 120,
        "parameters": 28_800,
        "contract": "injective",
        "grade": "exact",
        "dtypes": dict.fromkeys(["float64", "float32", "bfloat16", "float16"], "all lengths"),
        "scan_order": dict.fromkeys(["float64", "float32", "bfloat16", "float16"], "all lengths"),
        "margin": "1",
    }
    assert list(answer(capsys, "explain", "Z5", "-t", "pd")["targets"]) == ["pd"]
    assert main(["explain", "Z5", "--budget", "inf"]) == 0
    text = capsys.readouterr().out
    assert "commutative yes" in text
    assert "aperiodic no, solvable yes, group Z5, group order 5, hankel rank 5" in text.replace("\n", "")
    assert "bfloat16 79" in text


def test_explain_reports_a_limit_as_unsettled(capsys):
    found = answer(capsys, "explain", "Z500", "-t", "full", "--budget", "inf")["targets"]
    assert found["full"]["verdict"] == "unsettled"
    assert "target pd" in found["full"]["tried"]
    assert answer(capsys, "explain", "Z500", "-t", "pd", "--budget", "inf")["targets"]["pd"]["verdict"] == "compiled"


def test_a_dense_tensor_beyond_the_limit_is_refused(capsys, tmp_path):
    message = refusal(capsys, "compile", "Z500", "-t", "full", "-o", str(tmp_path / "net"))
    assert "500,000,000 needed, the limit is 268,435,456" in message
    assert "target pd" in message
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])
@pytest.mark.parametrize("target", ["full", "pd", "auto"])
def test_compile_check_verify_run(capsys, tmp_path, target, dtype):
    path = str(tmp_path / "net.safetensors")
    compiled = answer(capsys, "compile", "A4", "-t", target, "-o", path, "--dtype", dtype)
    assert compiled["verdict"] == "compiled"
    assert compiled["target"] == ("pd" if target == "auto" else target)
    checked = answer(capsys, "check", path)
    assert (checked["accepted"], checked["grade"], checked["equations"]) == (True, "exact", 144)
    verified = answer(capsys, "verify", path, "-n", "1000", "--batch", "3", "--seed", "4", "--order", "scan")
    assert verified.pop("symbols_per_second") > 0
    assert verified == {
        "steps": 1000,
        "batch": 3,
        "mismatches": 0,
        "first_mismatch": None,
        "order": "scan",
        "dtype": dtype,
        "device": "cpu",
        "evaluated": "gather",
        "proved_steps": "all lengths",
    }
    assert answer(capsys, "verify", path, "-n", "10", "--dtype", "float64")["dtype"] == "float64"
    ran = answer(capsys, "run", path, "(1,2,3), (1,2)(3,4)")
    assert ran["symbols"] == ["(1,2,3)", "(1,2)(3,4)"]
    machine = fsm2rnn.read("A4")
    assert ran["states"] == machine.run(ran["symbols"])
    assert ran["outputs"] == [machine.outputs[state] for state in ran["states"]]


def test_contracts(capsys, tmp_path):
    path = str(tmp_path / "net.safetensors")
    assert answer(capsys, "compile", "Z5", "-t", "pd", "-o", path, "--contract", "cover")["contract"] == "cover"
    assert "contract cover" in answer(capsys, "check", path)["claim"]
    assert answer(capsys, "compile", "Z5", "-t", "pd", "-o", path, "--contract", "robust")["contract"] == "cover"
    assert answer(capsys, "compile", "Z5", "-t", "pd", "-o", path, "--contract", "linear")["contract"] == "linear"
    assert answer(capsys, "check", path)["accepted"]
    found = answer(capsys, "compile", "counter(3)", "-t", "rotation", "-o", path, "--contract", "robust")
    assert (found["contract"], found["grade"], found["size"]) == ("robust", "exact", 1)
    assert "contract robust" in answer(capsys, "check", path)["claim"]
    assert "unknown contract 'robost' (hint: did you mean 'robust'?)" in refusal(
        capsys, "compile", "Z5", "-t", "pd", "-o", path, "--contract", "robost"
    )


def test_an_impossible_target_is_status_one_with_its_witness(capsys, tmp_path):
    path = str(tmp_path / "net.safetensors")
    found = answer(capsys, "compile", "S5@gens", "-t", "rotation", "-o", path, status=1)
    assert found["verdict"] == "impossible"
    assert found["hypotheses"] == ["one layer", "no additive term", "finite orbit", "exact arithmetic"]
    witness = found["witness"]
    assert (witness["kind"], witness["prefix"]) == ("order-matters", [])
    machine = fsm2rnn.read("S5@gens")
    ends = [machine.run(witness[one] + witness[other])[-1] for one, other in (("left", "right"), ("right", "left"))]
    assert [machine.states[end] for end in ends] == witness["reaches"]
    assert ends[0] != ends[1]
    assert not list(tmp_path.iterdir())


def test_a_target_that_is_unsettled_is_status_three(capsys, tmp_path):
    path = str(tmp_path / "net.safetensors")
    found = answer(capsys, "compile", "Z5", "-t", "rotation", "-o", path, "--contract", "linear", status=3)
    assert found["verdict"] == "unsettled"


def test_a_horizon_in_the_command_line(capsys, tmp_path):
    path = str(tmp_path / "net.safetensors")
    found = answer(capsys, "compile", "Z5", "-t", "rotation", "-o", path, "--dtype", "bfloat16")
    assert (found["grade"], found["dtypes"]["bfloat16"]) == ("horizon", 79)
    assert answer(capsys, "check", path)["grade"] == "horizon"
    assert answer(capsys, "verify", path, "-n", "79", "--batch", "500")["mismatches"] == 0
    entry = answer(capsys, "explain", "counter(3)", "--budget", "inf")["targets"]["positive-diagonal"]
    assert entry["verdict"] == "impossible"
    assert entry["witness"]["kind"] == "never-returns"
    assert entry["robust"]["verdict"] == "compiled"


@pytest.mark.parametrize("order", ["sequential", "scan"])
def test_past_a_horizon_mismatches_are_counted(capsys, tmp_path, order):
    path = str(tmp_path / "net.safetensors")
    answer(capsys, "compile", "Z5", "-t", "rotation", "-o", path, "--dtype", "bfloat16")
    found = answer(capsys, "verify", path, "-n", "100000", "--order", order, status=1)
    proved = 79  # in either order, by theorems of their own
    assert found["proved_steps"] == proved
    assert found["mismatches"] > 10_000
    assert found["first_mismatch"]["position"] >= proved
    assert main(["verify", path, "-n", "100000", "--order", order]) == 1
    assert capsys.readouterr().out.endswith(f"\nproved: {proved} symbols\n")
    assert answer(capsys, "verify", path, "-n", "9", "--dtype", "float64")["proved_steps"] is None


def test_check_rejects_and_names_the_field(capsys, z5):
    data = bytearray(z5.read_bytes())
    data[-1] ^= 1
    z5.write_bytes(data)
    rejected = answer(capsys, "check", str(z5), status=1)
    assert rejected["accepted"] is False
    assert rejected["field"]
    assert main(["check", str(z5)]) == 1
    assert capsys.readouterr().out.startswith("rejected: ")
    for command in (["verify", str(z5)], ["run", str(z5), "1"]):
        assert refusal(capsys, *command)


def test_verify_words(capsys, z5, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("1 2 3\n4,4\n", encoding="utf-8")
    found = answer(capsys, "verify", str(z5), "--words", str(words))
    assert (found["steps"], found["mismatches"]) == (5, 0)
    for option in (["-n", "5"], ["--checkpoint", "record"]):
        assert "exclude each other" in refusal(capsys, "verify", str(z5), "--words", str(words), *option)
    words.write_text("1 9\n", encoding="utf-8")
    assert "words.txt:1: symbol '9' at position 1" in refusal(capsys, "verify", str(z5), "--words", str(words))


def test_verify_goes_on_from_its_record(capsys, z5, tmp_path):
    arguments = ["verify", str(z5), "-n", "3000", "--checkpoint", str(tmp_path / "record")]
    first = answer(capsys, *arguments)
    assert first == answer(capsys, *arguments)
    assert "belongs to another run" in refusal(capsys, *arguments, "--seed", "1")


def test_kernel_vectors(capsys, tmp_path):
    arguments = ["data", "parity", "-l", "20", "-n", "2", "-o", str(tmp_path / "v.safetensors"), "--vectors"]
    found = answer(capsys, *arguments, "--dtype", "bfloat16")
    assert found["kinds"]["diagonal"] == {"size": 1, "bound": 1, "parts": 1}
    assert found["dtype"] == "bfloat16"
    assert "unknown dtype" in refusal(capsys, *arguments, "--dtype", "int8")


def test_run_prints_outputs_and_reads_stdin(capsys, z5, monkeypatch):
    assert main(["run", str(z5), "1 2 4"]) == 0
    assert capsys.readouterr().out == "1 3 2\n"
    monkeypatch.setattr("sys.stdin", io.StringIO("1 1\n1\n"))
    assert main(["run", str(z5), "-"]) == 0
    assert capsys.readouterr().out == "1 2 3\n"
    assert main(["run", str(z5), ""]) == 0
    assert capsys.readouterr().out == "\n"


def test_convert(capsys, tmp_path):
    dot, json_file, att = (str(tmp_path / name) for name in ("m.dot", "m.json", "m.att"))
    assert answer(capsys, "convert", "re:(a|b)*abb", att)["relabelled"] is False
    assert fsm2rnn.read(att) == fsm2rnn.read("re:(a|b)*abb")
    assert answer(capsys, "convert", att, dot)["states"] == 4
    assert main(["convert", "flip-flop", dot]) == 0
    assert capsys.readouterr().out == f"wrote 2 states, 3 symbols to {dot}\n"
    assert fsm2rnn.read(dot) == fsm2rnn.read("flip-flop")
    fsm2rnn.write_machine(fsm2rnn.from_table([[1], [0]], states=[0, 1], symbols=[7]), json_file)
    found = answer(capsys, "convert", json_file, dot)
    assert found["relabelled"] is True
    assert fsm2rnn.read(dot).symbols == ("7",)
    assert "holds acceptors only" in refusal(capsys, "convert", "flip-flop", att)
    assert "names no machine format" in refusal(capsys, "convert", "S3", str(tmp_path / "m.xyz"))


def test_formats(capsys):
    found = answer(capsys, "formats")
    suffixes = {suffix for row in found["files"] for suffix in row["suffixes"]}
    assert suffixes >= {".dot", ".gv", ".att", ".jff", ".json", ".csv", ".mata"}
    assert main(["formats"]) == 0
    text = capsys.readouterr().out
    for name in ("tomita3", "perm:", "Dih(n)", "z -> -1/z"):
        assert name in text


def test_doctor(capsys):
    found = answer(capsys, "doctor")
    assert found["fsm2rnn"] == fsm2rnn.__version__
    assert found["requires"]["torch"]
    assert found["devices"][0] == "cpu"
    assert "extra test: " in (main(["doctor"]), capsys.readouterr().out)[1]


def test_a_text_error_names_its_column(capsys):
    assert "column 10: the point 2 stands twice" in refusal(capsys, "explain", "act:(1,2,2)")


def test_quiet_prints_nothing(capsys, z5):
    for command in (["explain", "Z5"], ["check", str(z5)], ["verify", str(z5), "-n", "10"], ["run", str(z5), "1"]):
        assert main([*command, "--quiet"]) == 0
        assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["explain", "S55555"], "--max-states"),
        (["explain", "tomita8"], "did you mean 'tomita1', 'tomita2'"),
        (["explain", "no/such.dot"], "no/such.dot: cannot be read: No such file"),
        (["explain", "Z5", "-t", "ful"], "unknown target 'ful' (hint: did you mean 'full'?)"),
        (["explain", "Z5", "--complete", "snik"], "unknown completion 'snik' (hint: did you mean 'sink'?)"),
        (["compile", "Z5", "-t", "pd", "-o", "no/such/net"], "no/such/net: cannot be written: No such file"),
        (["compile", "Z5", "-t", "pd", "-o", "x", "--dtype", "float8"], "unknown dtype 'float8'"),
        (["check", "no-such-net"], "no-such-net: cannot be read: No such file"),
        (["verify", "no-such-net"], "no-such-net: cannot be read: No such file"),
    ],
)
def test_bad_input_is_one_clear_message(capsys, arguments, message):
    assert message in refusal(capsys, *arguments)


def test_bad_options_of_verify(capsys, z5):
    assert "count from 1" in refusal(capsys, "verify", str(z5), "-n", "0")
    assert "unknown order 'tree'" in refusal(capsys, "verify", str(z5), "--order", "tree")
    assert "device 'tpu9' cannot be used" in refusal(capsys, "verify", str(z5), "--device", "tpu9")


@pytest.mark.parametrize("arguments", [[], ["explian", "S5"], ["explain"], ["verify", "x", "-n", "many"]])
def test_usage_errors_are_status_two(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: fsm2rnn" in capsys.readouterr().err


def test_compile_says_what_the_file_claims_where_its_format_rounds(capsys, tmp_path):
    path = str(tmp_path / "net.safetensors")
    assert main(["compile", "Z5", "-t", "rotation", "-o", path, "--dtype", "float8_e4m3fn"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "after every word of at most 5 symbols" in said
    assert main(["compile", "Z5", "-t", "pd", "-o", path]) == 0
    assert "after every" not in capsys.readouterr().out
