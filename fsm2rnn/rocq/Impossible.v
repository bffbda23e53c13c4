(** What no network of a family can follow.

    Each family keeps a law: words of a certain shape act equally on all its states.  A machine whose outputs differ on
    such words is followed by no network of the family, of any width.  The networks here are maps on states of any kind,
    one for every letter, with a decoder; a family is given by what its maps have in common.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Bool Permutation RelationClasses Ring.
From Fsm2rnn Require Import Definitions.
Import ListNotations.

(** ** Networks, and words on which a machine gives two outputs *)

(** The output of a machine after a word: [label] has one number for every state. *)

Definition shown (M : machine) (label : list N) (w : word) : N := nth (N.to_nat (reached M w)) label 0%N.

(** Where a word leads from a state. *)

Definition leads_to (M : machine) (q : N) (w : word) : N := fold_left (after M) w q.

Section Networks.
  Variables (X : Type) (step : N -> X -> X).

  Definition acts (w : word) (h : X) : X := fold_left (fun h x => step x h) w h.

  Lemma acts_append u v h : acts (u ++ v) h = acts v (acts u h).
  Proof. apply fold_left_app. Qed.

  (** A network over k letters gives the outputs of a machine: its decoder tells them after every word. *)

  Definition gives (k : nat) (M : machine) (label : list N) (start : X) (decoder : X -> N) : Prop :=
    forall w, over k w -> decoder (acts w start) = shown M label w.
End Networks.

(** Words after which a machine gives two outputs, replayed by computation. *)

Definition in_range (k : nat) (w : word) : bool := forallb (fun x => Nat.ltb (N.to_nat x) k) w.

Definition told_apart (k : nat) (M : machine) (label : list N) (u v : word) : bool :=
  if in_range k u then if in_range k v then negb (N.eqb (shown M label u) (shown M label v)) else false else false.

Lemma in_range_over k w : in_range k w = true -> over k w.
Proof.
  unfold in_range, over. rewrite forallb_forall, Forall_forall. intros all x listed. apply Nat.ltb_lt. auto.
Qed.

Lemma told_apart_sound k M label u v : told_apart k M label u v = true ->
  over k u /\ over k v /\ shown M label u <> shown M label v.
Proof.
  unfold told_apart. destruct (in_range k u) eqn:over_u; [|discriminate].
  destruct (in_range k v) eqn:over_v; [|discriminate]. rewrite negb_true_iff, N.eqb_neq.
  auto using in_range_over.
Qed.

(** Words that lead to one reading refute. *)

Lemma one_reading_refutes X step k M label start (decoder : X -> N) u v : told_apart k M label u v = true ->
  decoder (acts X step u start) = decoder (acts X step v start) -> ~ gives X step k M label start decoder.
Proof.
  intros apart same network. apply told_apart_sound in apart as (over_u & over_v & differ).
  apply differ. rewrite <- (network u over_u), <- (network v over_v). exact same.
Qed.

(** ** Order: maps that commute *)

Section Commuting.
  Variables (X : Type) (same : X -> X -> Prop) (step : N -> X -> X).
  Context (equivalence : Equivalence same).
  Hypothesis step_same : forall x h g, same h g -> same (step x h) (step x g).
  Hypothesis commute : forall x y h, same (step x (step y h)) (step y (step x h)).

  Lemma acts_same w : forall h g, same h g -> same (acts X step w h) (acts X step w g).
  Proof. induction w as [|x w IH]; intros h g equal; cbn; [exact equal|]. apply IH, step_same, equal. Qed.

  (** Words of equal letters act equally. *)

  Theorem only_counts u v : Permutation u v -> forall h, same (acts X step u h) (acts X step v h).
  Proof.
    induction 1 as [|x u v _ IH|x y u|u v w _ first _ second]; intros h; cbn.
    - reflexivity.
    - apply IH.
    - apply acts_same, commute.
    - transitivity (acts X step v h); [apply first|apply second].
  Qed.

  Theorem order_matters k M label prefix u v suffix :
    told_apart k M label (prefix ++ u ++ v ++ suffix) (prefix ++ v ++ u ++ suffix) = true ->
    forall start decoder, (forall h g, same h g -> decoder h = decoder g) ->
    ~ gives X step k M label start decoder.
  Proof.
    intros apart start decoder reads. eapply one_reading_refutes; [exact apart|]. apply reads, only_counts.
    apply Permutation_app_head. rewrite !app_assoc. apply Permutation_app_tail, Permutation_app_comm.
  Qed.
End Commuting.

(** Diagonal entries, and blocks that turn and scale one plane each: any number of both, over any commutative ring. *)

Section Blocks.
  Variables (R : Type) (zero one : R) (plus times minus : R -> R -> R) (opposite : R -> R).
  Hypothesis commutative : ring_theory zero one plus times minus opposite eq.
  Add Ring entries : commutative.

  Variables (I J : Type) (factor : N -> I -> R) (along across : N -> J -> R).

  Definition block_state : Type := (I -> R) * (J -> R * R).

  Definition block_same (h g : block_state) : Prop := (forall i, fst h i = fst g i) /\ (forall j, snd h j = snd g j).

  (** The block [along -across; across along] on each pair, and a factor on each single coordinate. *)

  Definition block_step (x : N) (h : block_state) : block_state :=
    (fun i => times (factor x i) (fst h i),
     fun j => (minus (times (along x j) (fst (snd h j))) (times (across x j) (snd (snd h j))),
               plus (times (across x j) (fst (snd h j))) (times (along x j) (snd (snd h j))))).

  Theorem order_matters_to_blocks k M label prefix u v suffix :
    told_apart k M label (prefix ++ u ++ v ++ suffix) (prefix ++ v ++ u ++ suffix) = true ->
    forall start decoder, (forall h g, block_same h g -> decoder h = decoder g) ->
    ~ gives block_state block_step k M label start decoder.
  Proof.
    intros apart start decoder reads.
    apply (order_matters block_state block_same block_step) with (prefix := prefix) (u := u) (v := v) (suffix := suffix);
      [| | |exact apart|exact reads].
    - split; [split; reflexivity|intros h g [A B]; split; intros; symmetry; auto|].
      intros h g l [A B] [C D]. split; intros; etransitivity; eauto.
    - intros x h g [A B]. split; intros; cbn; [rewrite A|rewrite B]; reflexivity.
    - intros x y h. split; intros; cbn; [ring|]. f_equal; ring.
  Qed.
End Blocks.
