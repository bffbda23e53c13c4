(** What is claimed of a nonlinear cell with an activation: definitions only, over any field.

    All numbers of a cell are integers over one power of two. *)

From Coq Require Import List ZArith NArith.
From Fsm2rnn Require Import Definitions Impossible.
Import ListNotations.

(** [recurrent] has one row for each coordinate; [biases] one row for each letter, with one number for each coordinate: what
    the letter and the biases add; [logits] the rows of the readout with their biases.  Every number is to be divided by
    [scale]. *)

Record cell := Cell {
  scale : Z;
  recurrent : list (list Z);
  biases : list (list Z);
  logits : list (list Z * Z)
}.

Section Cells.
  Variables (F : Type) (zero : F) (plus times minus divide : F -> F -> F) (positive : F -> Prop) (phi : Z -> F).

  (** The inner product of a row and the first coordinates of a vector, from the coordinate j on. *)

  Fixpoint weighted (row : list Z) (j : nat) (h : nat -> F) : F :=
    match row with [] => zero | a :: rest => plus (times (phi a) (h j)) (weighted rest (S j) h) end.

  (** h' = activation (W h + b), coordinate by coordinate, from h = 0. *)

  Variables (activation : F -> F) (c : cell).

  Definition sum_at (h : nat -> F) (x : N) (i : nat) : F :=
    divide (plus (weighted (nth i (recurrent c) []) 0 h) (phi (nth i (nth (N.to_nat x) (biases c) []) 0%Z))) (phi (scale c)).

  Definition cell_step (h : nat -> F) (x : N) : nat -> F := fun i => activation (sum_at h x i).

  Definition cell_run (w : word) : nat -> F := fold_left cell_step w (fun _ => zero).

  (** A logit, times the scale. *)

  Definition logit (k : nat) (h : nat -> F) : F :=
    let row := nth k (logits c) ([], 0%Z) in plus (weighted (fst row) 0 h) (phi (snd row)).

  (** The logit of an output is strictly ahead of all others. *)

  Definition leads (h : nat -> F) (o : N) : Prop := forall k, (k < length (logits c))%nat -> k <> N.to_nat o ->
    positive (minus (logit (N.to_nat o) h) (logit k h)).
End Cells.

(** An end point p with bounds of the activation there: low <= activation(p) <= high, each an integer over one number. *)

Inductive enclosure := Enclosed (p low high : Z).

Section Enclosures.
  Variables (F : Type) (zero : F) (minus divide : F -> F -> F) (positive : F -> Prop) (phi : Z -> F) (activation : F -> F).

  Definition not_above (a b : F) : Prop := minus b a = zero \/ positive (minus b a).

  Definition encloses (unit_ : Z) (e : enclosure) : Prop :=
    match e with Enclosed p low high => let at_p := activation (divide (phi p) (phi unit_)) in
      not_above (divide (phi low) (phi unit_)) at_p /\ not_above at_p (divide (phi high) (phi unit_)) end.
End Enclosures.
