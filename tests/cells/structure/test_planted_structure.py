"""A new structure is one file and one registration: circulant matrices are planted into a copy of the package.

The file reads the stored tensors into exact matrices; the registration is its member of `Structure`, with the import
that it needs. Checker, cell, scan, compiled loops, verification and command line do the rest by those matrices.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import fsm2rnn

PACKAGE = Path(fsm2rnn.__file__).parent
TABLE = "proof/stored/structures.py"
FILE = "proof/stored/circulant.py"
READER = '''"""row (D, H): (A_x)_ij = row[x, (i - j) mod H]."""

from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.proof.stored.meaning import Matrices
from fsm2rnn.proof.stored.stored_tensors import one_format, require_tensors, row_vectors, shape_of


def circulant(tensors):
    require_tensors(tensors, ("row",))
    _, size = shape_of(tensors, "row", 2)
    form = one_format([tensors["row"]])
    matrices = (
        SparseMatrix(size, tuple(tuple(sorted(((i + j) % size, value) for i, value in row)) for j in range(size)))
        for row in row_vectors(tensors["row"], form)
    )
    return Matrices(tuple(matrices), form, blocks=(size,))
'''
IMPORT = "from fsm2rnn.proof.stored.circulant import circulant\n"
MEMBER = '    CIRCULANT = ("circulant", circulant)\n'
FIRST = "from fsm2rnn.proof.stored.block_names import block_name, block_names\n"
LAST = '    HOUSEHOLDER = ("householder", _householder)\n'
SCRIPT = """
import sys, torch, fsm2rnn
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.exact.sparse import unit
from fsm2rnn.operators.structure_tensors import dense_tensor
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.file.network import Orbit, ProvedNetwork
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.running.loops.compiled_loops import compiled_steps
from fsm2rnn.running.verification import verify_network

size, shifts, path = 7, (1, 3), sys.argv[1]
machine = fsm2rnn.from_table([[(q + x) % size for x in shifts] for q in range(size)])
order = [int(name[1:]) for name in machine.states]
tensors = {
    "row": dense_tensor((2, size), [(x * size + shift, 1) for x, shift in enumerate(shifts)], FLOAT32),
    "initial_state": dense_tensor((size,), [(0, 1)], FLOAT32),
    "readout.weight": dense_tensor((size, size), [(q * size + place, 1) for q, place in enumerate(order)], FLOAT32),
    "readout.bias": dense_tensor((size,), (), FLOAT32),
}
trace = Orbit(tuple(unit(place) for place in order))
network = ProvedNetwork(machine, Contract.INJECTIVE, trace, tuple(range(size)), Structure.CIRCULANT, tensors, {})
assert network.grade_name == "exact", network.grade_name
assert check_bytes(network_bytes(network)).accepted
with open(path, "wb") as file:
    file.write(network_bytes(network))
loaded = fsm2rnn.load(path)
assert fsm2rnn.check(loaded).accepted
assert loaded.meaning().matrices == network.stored.matrices
assert loaded.rnn.state_dict().keys() == {"row", "initial_state"}
word = torch.randint(2, (5, 200))
assert loaded.run(word).tolist() == [list(machine.trajectory(one)) for one in word.tolist()]
assert compiled_steps(loaded.rnn) is not None
for order in ("sequential", "scan"):
    found = verify_network(loaded, steps=2000, batch=3, order=order)
    assert found.mismatches == 0
"""


def test_a_structure_is_planted_in_one_file_with_one_registration_and_runs_end_to_end(tmp_path):
    copy = tmp_path / "fsm2rnn"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / FILE).write_text(READER, encoding="utf-8")
    table = (copy / TABLE).read_text(encoding="utf-8")
    assert table.count(LAST) == table.count(FIRST) == 1
    planted = table.replace(LAST, LAST + MEMBER).replace(FIRST, FIRST + IMPORT)
    (copy / TABLE).write_text(planted, encoding="utf-8")
    differing = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.read_bytes() != (copy / path.relative_to(PACKAGE)).read_bytes()
    ]
    assert differing == [TABLE]
    file = tmp_path / "circulant.safetensors"
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    for command in (
        ["-c", SCRIPT, str(file)],
        ["-m", "fsm2rnn", "check", str(file)],
        ["-m", "fsm2rnn", "run", str(file), "0 1 1 0"],
        ["-m", "fsm2rnn", "verify", str(file), "-n", "1000"],
    ):
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
