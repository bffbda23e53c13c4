"""accepts(data): does this network file prove its claim? Inequalities in integers, identities modulo primes.

Once all numbers are bounded by 2^53, both sides of an identity differ by less than 2^54, so that congruence
modulo the first prime, 2^61 - 1, already is equality; two more primes guard against a slip in one of them.
"""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise
from typing import Any

from tests.second_checker.wire import Refused, canonical, demand, indices, integers, parse, plain_int, split

PRIMES = (2**61 - 1, 2**89 - 1, 10**18 + 9)
FORMATS = {"F64": ("float64", 53), "F32": ("float32", 24), "BF16": ("bfloat16", 8), "F16": ("float16", 11)}
FORMAT = "fsm2rnn-certificate-1"
QUANTIFIER = "for every finite word over the symbols, the decoded state of the network is the state of the machine"
REASON = (
    "every weight, code and bias is an integer of magnitude at most partial_sums, and over all codes so is every "
    "partial sum of A h and of the readout; every such integer is a number of these formats, so, applied one symbol at "
    "a time to operands that are not cut to a shorter format first, no operation rounds, in any order of summation, "
    "with or without fused multiply-add, at any length"
)
TOP = "claim codes evidence field float format induction machine operator reads separation sha256 unreachable weights"
WHOLE = re.compile(r"0|-?[1-9][0-9]*")
DEEPEST_LABEL = 32

Tensors = dict[str, tuple[str, list[int], bytes]]
Sparse = dict[int, int]


def accepts(data: bytes) -> tuple[bool, str]:
    """Return whether the file proves its claim, and why not."""
    try:
        examine(data)
    except Refused as refusal:
        return False, str(refusal)
    except RecursionError:
        return False, "json: nested too deep"
    return True, "proved"


def examine(data: bytes) -> None:
    """Refuse a file whose certificate, tensors and equations do not all hold."""
    text, tensors = split(data)
    certificate = parse(text)
    demand(isinstance(certificate, dict) and sorted(certificate) == TOP.split(), "certificate: keys")
    demand(canonical(certificate) == text, "certificate: not spelled canonically")
    hashes(certificate)
    same("weights", certificate["weights"], {name: digest_of(tensor) for name, tensor in tensors.items()})
    table, start = machine(certificate["machine"])
    symbols = len(table[0])
    dtype, size, columns, readout, bias = network(tensors, len(table), symbols, certificate["operator"])
    codes = [sparse(code, size) for code in listed("codes", certificate["codes"])]
    reads = listed("reads", certificate["reads"])
    demand(all(plain_int(state) and 0 <= state < len(table) for state in reads), "reads: not machine states")
    demand(len(reads) == len(codes), "reads: one per code")
    demand(codes[0] == integers(tensors["initial_state"]), "codes: the first is not the stored initial state")
    demand(reads[0] == start, "reads: the first is not the start")
    claims(certificate, len(table), symbols, reads)
    bound = largest(columns, readout, bias, codes)
    floats(certificate["float"], bound, dtype)
    induction(columns, codes, reads, table)
    same(
        "separation",
        certificate["separation"],
        {"decoder": "linear-argmax", "margin": margin(readout, bias, codes, reads, len(table))},
    )


def same(field: str, found: Any, expected: Any) -> None:
    """Refuse unless two JSON values have one spelling (so that 1 is not true)."""
    demand(canonical(found) == canonical(expected), field + ": not what the file implies")


def listed(field: str, value: Any) -> list[Any]:
    """Return a non-empty list."""
    demand(isinstance(value, list) and value, field + ": not a non-empty list")
    return value


def sha(text: str) -> str:
    """Return the digest of a canonical spelling."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def digest_of(tensor: tuple[str, list[int], bytes]) -> dict[str, Any]:
    """Return what the certificate must say of a tensor."""
    return {"dtype": tensor[0], "shape": tensor[1], "sha256": hashlib.sha256(tensor[2]).hexdigest()}


def hashes(certificate: dict[str, Any]) -> None:
    """Refuse when a digest is not that of what it speaks of."""
    body = {key: value for key, value in certificate.items() if key != "sha256"}
    parts = {"body": body, "machine": certificate["machine"], "weights": certificate["weights"]}
    same("sha256", certificate["sha256"], {name: sha(canonical(part)) for name, part in parts.items()})


def claims(certificate: dict[str, Any], states: int, symbols: int, reads: list[int]) -> None:
    """Refuse when a field that the rest of the file determines says something else."""
    claim = certificate["claim"]
    demand(isinstance(claim, dict) and claim.get("contract") in ("injective", "cover"), "claim: contract")
    contract = claim["contract"]
    fixed = {"contract": contract, "grade": "exact", "quantifier": QUANTIFIER, "steps": "all lengths"}
    same("claim", claim, fixed)
    demand(contract == "cover" or len(set(reads)) == len(reads), "reads: two codes of one state")
    same("format", certificate["format"], FORMAT)
    same("field", certificate["field"], "Z")
    same("unreachable", certificate["unreachable"], sorted(set(range(states)).difference(reads)))
    same("induction", certificate["induction"], {"equations": len(reads) * symbols})
    evidence = certificate["evidence"]
    demand(isinstance(evidence, dict) and all(type(text) is str for text in evidence.values()), "evidence")


def machine(field: Any) -> tuple[list[list[int]], int]:
    """Return table and start of a well-formed machine."""
    keys = ["outputs", "start", "states", "symbols", "table"]
    demand(isinstance(field, dict) and sorted(field) == keys, "machine: keys")
    states = [label(value, 0) for value in listed("machine.states", field["states"])]
    symbols = [label(value, 0) for value in listed("machine.symbols", field["symbols"])]
    outputs = [label(value, 0) for value in listed("machine.outputs", field["outputs"])]
    demand(len(set(states)) == len(states), "machine.states: a repeat")
    demand(len(set(symbols)) == len(symbols), "machine.symbols: a repeat")
    demand(len(outputs) == len(states), "machine.outputs: one per state")
    table = listed("machine.table", field["table"])
    demand(len(table) == len(states), "machine.table: one row per state")
    for row in table:
        demand(isinstance(row, list) and len(row) == len(symbols), "machine.table: one entry per symbol")
        demand(all(plain_int(state) and 0 <= state < len(states) for state in row), "machine.table: entries")
    demand(plain_int(field["start"]) and 0 <= field["start"] < len(states), "machine.start")
    return table, field["start"]


def label(value: Any, depth: int) -> Any:
    """Return the Python value that a label stands for; equal values are repeats."""
    demand(depth <= DEEPEST_LABEL, "label: nested too deep")
    if value is None or type(value) is str:
        return value
    demand(isinstance(value, dict) and len(value) == 1, "label: not a label")
    ((kind, content),) = value.items()
    if kind == "bool" and type(content) is bool:
        return content
    if kind == "int" and type(content) is str:
        return number(content)
    demand(kind == "tuple" and isinstance(content, list), "label: not a label")
    return tuple(label(part, depth + 1) for part in content)


def number(text: str) -> int:
    """Return a canonically written integer of at most 640 digits."""
    demand(WHOLE.fullmatch(text) and len(text.lstrip("-")) <= 640, "number: not a canonical integer")
    return int(text)


def sparse(code: Any, size: int) -> Sparse:
    """Return an integer vector from its [index, text] pairs."""
    demand(isinstance(code, list), "codes: not a list")
    for pair in code:
        demand(isinstance(pair, list) and len(pair) == 2 and type(pair[1]) is str, "codes: not a pair")
        demand(plain_int(pair[0]) and 0 <= pair[0] < size, "codes: an index out of range")
    order = [index for index, _ in code]
    demand(all(low < high for low, high in pairwise(order)), "codes: indices must rise")
    vector = {index: number(text) for index, text in code}
    demand(all(vector.values()), "codes: a zero is spelled out")
    return vector


def network(
    tensors: Tensors, states: int, symbols: int, operator: Any
) -> tuple[str, int, list[list[list[tuple[int, int]]]], list[list[tuple[int, int]]], Sparse]:
    """Return dtype, H, columns[x][j] and readout[j] as (row, value) lists, and the bias."""
    demand("initial_state" in tensors, "weights: no initial state")
    dtype, shape, _ = tensors["initial_state"]
    demand(dtype in FORMATS and len(shape) == 1, "weights: initial state")
    size = shape[0]
    shapes = {name: tensor[1] for name, tensor in tensors.items()}
    dtypes = {name: tensor[0] for name, tensor in tensors.items()}
    structure = operator.get("structure") if isinstance(operator, dict) else None
    same("operator", operator, {"dtype": FORMATS[dtype][0], "size": size, "structure": structure})
    if structure == "dense":
        wanted = {"weight": [size, size, symbols], "readout.weight": [states, size], "readout.bias": [states]}
        floating = set(wanted)
    else:
        demand(structure == "column-one-hot", "operator: structure")
        wanted = {"index": [symbols, size], "diagonal": [symbols, size], "readout.index": [size]}
        floating = {"diagonal"}
    demand(shapes == wanted | {"initial_state": shape}, "weights: names or shapes")
    demand(all(dtypes[name] == dtype for name in floating), "weights: floats of two formats")
    build = dense if structure == "dense" else one_hot
    return (dtype, size, *build(tensors, size, states, symbols))


def dense(tensors: Tensors, size: int, _states: int, symbols: int) -> Any:
    """Return the columns of A_x[i, j] = weight[i, j, x], of the readout, and the bias."""
    columns = [[[] for _ in range(size)] for _ in range(symbols)]
    for place, value in integers(tensors["weight"]).items():
        pair, symbol = divmod(place, symbols)
        row, column = divmod(pair, size)
        columns[symbol][column].append((row, value))
    readout = [[] for _ in range(size)]
    for place, value in integers(tensors["readout.weight"]).items():
        row, column = divmod(place, size)
        readout[column].append((row, value))
    return columns, readout, integers(tensors["readout.bias"])


def one_hot(tensors: Tensors, size: int, states: int, symbols: int) -> Any:
    """Return the columns of A_x e_j = diagonal[x, j] e_index[x, j], and of the readout e_j -> e_readout.index[j]."""
    rows = indices(tensors["index"], size)
    values = integers(tensors["diagonal"])
    columns = [
        [[(rows[place], values[place])] if place in values else [] for place in range(first, first + size)]
        for first in range(0, size * symbols, size)
    ]
    return columns, [[(state, 1)] for state in indices(tensors["readout.index"], states)], {}


def largest(columns: Any, readout: Any, bias: Sparse, codes: list[Sparse]) -> int:
    """Return the bound on every entry and on every sum of magnitudes that a step or a readout forms."""
    entries = [abs(value) for family in (*columns, readout) for column in family for _, value in column]
    entries += [abs(value) for code in codes for value in code.values()]
    weight = {state: abs(value) for state, value in bias.items()}
    for code in codes:
        for family, offset in [(readout, weight), *((matrix, {}) for matrix in columns)]:
            sums = dict(offset)
            for index, value in code.items():
                for row, entry in family[index]:
                    sums[row] = sums.get(row, 0) + abs(entry * value)
            entries += sums.values()
    return max(entries, default=0)


def floats(field: Any, bound: int, dtype: str) -> None:
    """Refuse unless the formats listed are those whose integers reach the bound, the stored one among them."""
    proved = {name: "all lengths" for name, precision in FORMATS.values() if bound <= 1 << precision}
    demand(FORMATS[dtype][0] in proved, "float: the stored format does not hold every partial sum")
    same("float", field, {"dtypes": proved, "partial_sums": str(bound), "reason": REASON})


def image(matrix: Any, code: Sparse, prime: int) -> frozenset[tuple[int, int]]:
    """Return the entries of A code modulo a prime that are not zero."""
    total: Sparse = {}
    for index, value in code.items():
        for row, entry in matrix[index]:
            total[row] = (total.get(row, 0) + entry * value) % prime
    return frozenset((row, value) for row, value in total.items() if value)


def induction(columns: Any, codes: list[Sparse], reads: list[int], table: list[list[int]]) -> None:
    """Refuse unless A_x code_i is a code that reads as delta(reads_i, x), for all i and x, modulo every prime."""
    for prime in PRIMES:
        residues = [frozenset((index, value % prime) for index, value in code.items()) for code in codes]
        number_of = {code: position for position, code in enumerate(residues)}
        demand(len(number_of) == len(codes), "codes: a repeat")
        steps = []
        for code, state in zip(codes, reads, strict=True):
            reached = [number_of.get(image(matrix, code, prime)) for matrix in columns]
            demand(None not in reached, "induction: a step leaves the codes")
            demand([reads[code] for code in reached] == table[state], "induction: a step reads as the wrong state")
            steps.append(set(reached))
        known, fresh = {0}, {0}
        while fresh:
            fresh = set().union(*(steps[code] for code in fresh)) - known
            known |= fresh
        demand(len(known) == len(codes), "codes: no word leads to one of them")


def margin(readout: Any, bias: Sparse, codes: list[Sparse], reads: list[int], states: int) -> str | None:
    """Return the least lead of the right score over the next, as text; None when there is no other state."""
    leads = []
    by_bias = sorted(range(states), key=lambda state: -bias.get(state, 0))
    for code, state in zip(codes, reads, strict=True):
        scores = {state: bias.get(state, 0)}
        for index, value in code.items():
            for row, entry in readout[index]:
                scores[row] = scores.get(row, bias.get(row, 0)) + entry * value
        # A state that no entry touches scores its bias; only the greatest of those can come second.
        rest = next((bias.get(other, 0) for other in by_bias if other not in scores), None)
        right = scores.pop(state)
        others = [*scores.values()] if rest is None else [*scores.values(), rest]
        leads += [right - max(others)] if others else []
    demand(all(lead > 0 for lead in leads), "separation: a code scores no higher for its own state")
    return str(min(leads)) if leads else None
