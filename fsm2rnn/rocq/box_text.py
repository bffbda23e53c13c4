"""Boxes of an Elman cell as a text of the proof assistant: for any activation, and for tanh by coq-interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fsm2rnn.errors import LimitError
from fsm2rnn.exact.activations import UNIT
from fsm2rnn.rocq.box_claim import BoxClaim
from fsm2rnn.rocq.claim_text import MAX_TEXT, SHORTEST, Text, printed_axioms
from fsm2rnn.rocq.gallina import CHARACTERS, Terms, joined, list_term
from fsm2rnn.rocq.library import LIBRARY, Library
from fsm2rnn.rocq.theorems import MACHINE_INTEGERS, REALS, Theorem

PROVED_ENDS: Final = 1_024
"""Most end points at which a text proves the bounds of tanh, a fiftieth of a second each; beyond, they are assumed."""

GUARD: Final = 40  # bits beyond the grid with which tanh is computed
ENCLOSE: Final = "Ltac enclose := unfold tanh_enclosed; rewrite tanh_is; split; interval with (i_prec {})."


def box_text(claim: BoxClaim, digest: str, *, assumed: bool = False, limit: int = MAX_TEXT) -> Text:
    """Return the text of a claim; `digest` is the SHA-256 of the network file, for its first line.

    With `assumed`, and beyond PROVED_ENDS end points, it has no theorem on tanh: that tanh has the bounds at the end
    points is then an assumption. LimitError beyond `limit` characters.
    """
    walls = 2 * len(claim.boxes) * claim.cell.width * (1 + len(claim.cell.inputs))
    if (least := SHORTEST * walls) > limit:
        raise LimitError(CHARACTERS, limit=limit, needed=least, hint="--max-text raises it")
    assumed = assumed or len(claim.table) > PROVED_ENDS
    theorems = tuple(_theorems(claim, assumed=assumed))
    terms = Terms()
    body = joined(_body(claim, terms), limit)
    proofs = [f"Theorem {one.name} :\n  {one.statement}.\nProof. {one.proof} Qed." for one in theorems]
    enclosures = [] if assumed else _enclosures(claim)
    printed, allowed = printed_axioms(theorems)
    lines = [*_heading(claim, digest, assumed=assumed), *terms.definitions(), body, *enclosures, *proofs, *printed]
    return Text(joined(lines, limit), theorems, allowed, () if assumed else (Library.INTERVAL,))


def _theorems(claim: BoxClaim, *, assumed: bool) -> Iterator[Theorem]:
    letters = len(claim.cell.inputs)
    words = "every finite word" if claim.claimed[0] else "every finite word but the empty"
    says = f"after {words} over {letters} letters the machine's output has the greatest logit"
    about = f"{letters} the_machine the_label the_cell"
    begins = "true" if claim.claimed[0] else "false"
    points = f"{len(claim.table)} end points of the text"
    yield Theorem(
        "any_activation_claim",
        f"{says}, over any ordered field, for any activation that does not fall and has the bounds at the {points}"
        + (" (that tanh has them is assumed)" if assumed else ""),
        f"tells {about} {1 << claim.grid} the_table {begins}",
        f"exact (boxes_tell {about} {UNIT} {1 << claim.grid} the_table the_nodes checked).",
    )
    if not assumed:
        yield Theorem(
            "tanh_claim",
            f"{says}, with tanh over the real numbers",
            f"tells_with_tanh {about} {begins}",
            "exact (tanh_tells _ _ _ _ _ _ _ any_activation_claim enclosures).",
            REALS | MACHINE_INTEGERS,
        )


def _heading(claim: BoxClaim, digest: str, *, assumed: bool) -> Iterator[str]:
    yield f"(* The claim of the network file with SHA-256 {digest}:"
    yield f"   {len(claim.boxes)} boxes of {claim.cell.size} coordinates, {len(claim.cell.inputs)} letters. *)"
    if assumed:
        yield "(* That tanh lies within the bounds of the_table is not proved here. *)"
    yield f"From Coq Require Import List ZArith NArith{'' if assumed else ' Reals'}."
    yield "" if assumed else "From Interval Require Import Tactic."
    yield f"From {LIBRARY} Require Import Definitions Impossible Cells BoxChecker Boxes{'' if assumed else ' Tanh'}."
    yield "Import ListNotations."
    yield "Open Scope Z_scope."
    yield "(* nK is the number K; pK and mK are the integers K and -K. *)"


def _body(claim: BoxClaim, terms: Terms) -> Iterator[str]:
    machine, cell = claim.machine, claim.cell
    rows = ";\n".join(map(terms.naturals, machine.table))
    yield f"Definition the_machine : machine :=\nMachine {terms.natural(machine.start)}\n[{rows}] []."
    yield f"Definition the_label : list N := {terms.naturals(claim.label)}."
    hidden, biases = (";\n".join(map(terms.integers, rows)) for rows in (cell.hidden, claim.biases))
    logits = ";\n".join(
        f"({terms.integers(row)}, {terms.integer(bias)})"
        for row, bias in zip(cell.readout, cell.readout_bias, strict=True)
    )
    yield f"Definition the_cell : cell :=\nCell {1 << cell.scale}\n[{hidden}]\n[{biases}]\n[{logits}]."
    table = list_term(f"Enclosed ({one.point}) ({one.low}) ({one.high})" for one in claim.table)
    yield f"Definition the_table : list enclosure :=\n{table}."
    nodes = ";\n".join(_node(claim, place, terms) for place in range(len(claim.boxes)))
    yield f"Definition the_nodes : list node :=\n[{nodes}]."
    check = (
        f"check_boxes the_cell {UNIT} {1 << claim.grid} the_table {len(cell.inputs)} the_machine the_label the_nodes"
    )
    yield f"Lemma checked : {check} = true.\nProof. vm_cast_no_check (eq_refl true). Qed."


def _node(claim: BoxClaim, place: int, terms: Terms) -> str:
    box = claim.boxes[place]
    walls = list_term(
        f"({terms.integer(low)}, {terms.integer(high)})" for low, high in zip(box.low, box.high, strict=True)
    )
    moves = list_term(
        f"({terms.natural(move)}, {list_term(f'({below}%nat, {above}%nat)' for below, above in ends)})"
        for move, ends in zip(claim.moves[place], claim.ends[place], strict=True)
    )
    claimed = "true" if claim.claimed[place] else "false"
    return f"Node {walls} {terms.natural(claim.reads[place])} {claimed}\n{moves}"


def _enclosures(claim: BoxClaim) -> list[str]:
    return [
        ENCLOSE.format(claim.grid + GUARD),
        f"Lemma enclosures : Forall (tanh_enclosed {1 << claim.grid}) the_table.",
        "Proof. unfold the_table. repeat (apply Forall_cons; [enclose|]); apply Forall_nil. Qed.",
    ]
