(** A checker of boxes that no word leaves, over the integers.  Axioms: none. *)

From Coq Require Import List ZArith NArith Bool.
From Fsm2rnn Require Import Definitions Impossible Cells.
Import ListNotations.
Open Scope Z_scope.

(** ** The check *)

(** A box by its walls, integers over [walls_unit]; the state of the machine that it is read as; whether the greatest logit
    is claimed on it; and for each letter the box that it moves to, with two enclosures for each coordinate: at an end
    point below all sums, and at one above. *)

Record node := Node {
  walls : list (Z * Z);
  stands_for : N;
  claimed : bool;
  moves : list (N * list (nat * nat))
}.

Section Check.
  Variables (c : cell) (walls_unit unit_ : Z) (table : list enclosure).

  Fixpoint least_sum (row : list Z) (box : list (Z * Z)) : Z :=
    match row, box with
    | a :: row, (low, high) :: box => a * (if 0 <=? a then low else high) + least_sum row box
    | _, _ => 0
    end.

  Fixpoint greatest_sum (row : list Z) (box : list (Z * Z)) : Z :=
    match row, box with
    | a :: row, (low, high) :: box => a * (if 0 <=? a then high else low) + greatest_sum row box
    | _, _ => 0
    end.

  Definition entry_at (n : nat) : enclosure := nth n table (Enclosed 0 0 0).

  (** One coordinate of an image lies between the walls of the target. *)

  Definition inside_walls (row : list Z) (bias : Z) (box : list (Z * Z)) (target : Z * Z) (ends : nat * nat) : bool :=
    if Nat.ltb (fst ends) (length table) then if Nat.ltb (snd ends) (length table) then
      match entry_at (fst ends), entry_at (snd ends) with
      | Enclosed p low _, Enclosed q _ high =>
        if p * (scale c * walls_unit) <=? (least_sum row box + bias * walls_unit) * unit_ then
        if (greatest_sum row box + bias * walls_unit) * unit_ <=? q * (scale c * walls_unit) then
        if fst target * unit_ <=? low * walls_unit then high * walls_unit <=? snd target * unit_
        else false else false else false
      end
    else false else false.

  Definition moved_inside (box target : node) (x : nat) (ends : list (nat * nat)) : bool :=
    forallb (fun i =>
      inside_walls (nth i (recurrent c) []) (nth i (nth x (biases c) []) 0) (walls box) (nth i (walls target) (0, 0))
        (nth i ends (0%nat, 0%nat))) (seq 0 (length (recurrent c))).

  (** The logit of an output is ahead of every other one on all of a box. *)

  Fixpoint difference (r s : list Z) : list Z :=
    match r, s with a :: r, b :: s => (a - b) :: difference r s | _, _ => [] end.

  Definition ahead (box : list (Z * Z)) (o : nat) : bool :=
    let right := nth o (logits c) ([], 0) in
    if Nat.ltb o (length (logits c)) then forallb (fun k => if Nat.eqb k o then true else
      let wrong := nth k (logits c) ([], 0) in
      if Nat.eqb (length (fst right)) (length (fst wrong)) then
        0 <? least_sum (difference (fst right) (fst wrong)) box + (snd right - snd wrong) * walls_unit
      else false) (seq 0 (length (logits c))) else false.

  Definition right_size (box : node) : bool := Nat.eqb (length (walls box)) (length (recurrent c)).

  Definition check_boxes (k : nat) (M : machine) (label : list N) (nodes : list node) : bool :=
    let size := length (recurrent c) in
    let none := Node [] 0 false [] in
    if 0 <? scale c then if 0 <? walls_unit then if 0 <? unit_ then
    if forallb (fun row => Nat.eqb (length row) size) (recurrent c) then
    if forallb (fun row => Nat.eqb (length (fst row)) size) (logits c) then
    if forallb right_size nodes then
    match nodes with
    | [] => false
    | start :: _ =>
      if N.eqb (stands_for start) (initial_state M) then
      if forallb (fun wall => if fst wall <=? 0 then 0 <=? snd wall else false) (walls start) then
      if forallb (fun box => if claimed box then ahead (walls box) (N.to_nat (nth (N.to_nat (stands_for box)) label 0%N)) else true) nodes then
        forallb (fun box => forallb (fun x =>
          let move := nth x (moves box) (0%N, []) in
          let target := nth (N.to_nat (fst move)) nodes none in
          if Nat.ltb (N.to_nat (fst move)) (length nodes) then if claimed target then
          if N.eqb (stands_for target) (after M (stands_for box) (N.of_nat x)) then moved_inside box target x (snd move)
          else false else false else false) (seq 0 k)) nodes
      else false else false else false
    end else false else false else false else false else false else false.
End Check.
