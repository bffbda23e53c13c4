(** Boxes over the classical real numbers with tanh.  Axioms: those of the reals. *)

From Coq Require Import List ZArith NArith Reals Lra.
From Fsm2rnn Require Import Definitions Impossible OrderedField Cells Boxes.
Import ListNotations.
Open Scope R_scope.

Definition positive_real (a : R) : Prop := 0 < a.

Lemma reals_ordered : ordered_field R 0 1 Rplus Rmult Rminus Ropp Rdiv Rinv positive_real.
Proof.
  unfold ordered_field, positive_real. split; [exact Rfield|]. split; [|split; [lra|split]].
  - intros a. lra.
  - intros a b. lra.
  - intros a b. apply Rmult_lt_0_compat.
Qed.

Lemma tanh_is x : tanh x = 1 - 2 / (exp (2 * x) + 1).
Proof.
  unfold tanh, sinh, cosh. replace (2 * x) with (x + x) by ring. rewrite exp_plus, exp_Ropp.
  pose proof (exp_pos x) as above. field. repeat split; apply Rgt_not_eq; nra.
Qed.

Lemma tanh_rises a b : at_most R 0 Rminus positive_real a b -> at_most R 0 Rminus positive_real (tanh a) (tanh b).
Proof.
  unfold at_most, not_negative, positive_real. intros less. rewrite !tanh_is.
  assert (powers : exp (2 * a) <= exp (2 * b)).
  { destruct less as [is|more]; [right; f_equal; lra|left; apply exp_increasing; lra]. }
  pose proof (exp_pos (2 * a)) as above. pose proof (exp_pos (2 * b)) as above_.
  assert (inverses : / (exp (2 * b) + 1) <= / (exp (2 * a) + 1)) by (apply Rinv_le_contravar; lra).
  unfold Rdiv. lra.
Qed.

(** What a text proves by coq-interval, of each end point of its table. *)

Definition tanh_enclosed (unit_ : Z) (e : enclosure) : Prop :=
  match e with Enclosed p low high => IZR low / IZR unit_ <= tanh (IZR p / IZR unit_) <= IZR high / IZR unit_ end.

Lemma enclosed_tanh unit_ e : tanh_enclosed unit_ e -> encloses R 0 Rminus Rdiv positive_real IZR tanh unit_ e.
Proof. destruct e as [p low high]. unfold encloses, not_above, positive_real. cbn. lra. Qed.

(** The greatest logit of the cell, with tanh over the reals, is the machine's output. *)

Definition tells_with_tanh (k : nat) (M : machine) (label : list N) (c : cell) (empty : bool) : Prop :=
  forall w, over k w -> (w <> [] \/ empty = true) ->
    leads R 0 Rplus Rmult Rminus positive_real IZR c (cell_run R 0 Rplus Rmult Rdiv IZR tanh c w) (shown M label w).

Theorem tanh_tells k M label c unit_ table empty : tells k M label c unit_ table empty ->
  Forall (tanh_enclosed unit_) table -> tells_with_tanh k M label c empty.
Proof.
  intros claim enclosed. unfold tells_with_tanh.
  apply (claim R 0 1 Rplus Rmult Rminus Ropp Rdiv Rinv positive_real reals_ordered IZR plus_IZR mult_IZR).
  - intros a above. apply IZR_lt, above.
  - exact tanh_rises.
  - rewrite Forall_forall in enclosed. intros e listed. apply enclosed_tanh, enclosed, listed.
Qed.
