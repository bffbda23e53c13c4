(** Ordered fields, and sums of squares over them: all that Euclidean geometry needs of the real numbers.  Axioms: none. *)

From Coq Require Import List ZArith Lia Ring Field_theory.
From Fsm2rnn Require Import Hankel.

Section Ordered.
  Variables (F : Type) (zero one : F) (plus times minus : F -> F -> F) (opposite : F -> F).
  Variables (divide : F -> F -> F) (inverse : F -> F) (positive : F -> Prop).

  (** A field in which every number is zero, or positive, or the opposite of a positive one. *)

  Definition ordered_field : Prop :=
    field_theory zero one plus times minus opposite divide inverse eq /\
    (forall a, a = zero \/ positive a \/ positive (opposite a)) /\ ~ positive zero /\
    (forall a b, positive a -> positive b -> positive (plus a b)) /\
    (forall a b, positive a -> positive b -> positive (times a b)).

  Hypothesis ordered : ordered_field.

  Lemma is_field : field_theory zero one plus times minus opposite divide inverse eq.
  Proof. exact (proj1 ordered). Qed.

  Add Ring numbers : (F_R is_field).

  Lemma sign a : a = zero \/ positive a \/ positive (opposite a).
  Proof. exact (proj1 (proj2 ordered) a). Qed.

  Lemma zero_not_positive : ~ positive zero.
  Proof. exact (proj1 (proj2 (proj2 ordered))). Qed.

  Lemma positive_plus a b : positive a -> positive b -> positive (plus a b).
  Proof. exact (proj1 (proj2 (proj2 (proj2 ordered))) a b). Qed.

  Lemma positive_times a b : positive a -> positive b -> positive (times a b).
  Proof. exact (proj2 (proj2 (proj2 (proj2 ordered))) a b). Qed.

  Definition not_negative (a : F) : Prop := a = zero \/ positive a.

  Definition at_most (a b : F) : Prop := not_negative (minus b a).

  Lemma not_negative_plus a b : not_negative a -> not_negative b -> not_negative (plus a b).
  Proof.
    intros [->|above] [->|above_].
    - left. ring.
    - right. replace (plus zero b) with b by ring. exact above_.
    - right. replace (plus a zero) with a by ring. exact above.
    - right. apply positive_plus; assumption.
  Qed.

  Lemma square_not_negative a : not_negative (times a a).
  Proof.
    destruct (sign a) as [->|[above|below]]; [left; ring|right; apply positive_times; assumption|right].
    replace (times a a) with (times (opposite a) (opposite a)) by ring. apply positive_times; assumption.
  Qed.

  Lemma both_signs a : not_negative a -> not_negative (opposite a) -> a = zero.
  Proof.
    intros [is|above]; [intros _; exact is|]. intros [is|below].
    - replace a with (opposite (opposite a)) by ring. rewrite is. ring.
    - destruct zero_not_positive. replace zero with (plus a (opposite a)) by ring. apply positive_plus; assumption.
  Qed.

  Lemma at_most_trans a b c : at_most a b -> at_most b c -> at_most a c.
  Proof.
    intros one_ two. unfold at_most. replace (minus c a) with (plus (minus b a) (minus c b)) by ring.
    apply not_negative_plus; assumption.
  Qed.

  Lemma at_most_refl a : at_most a a.
  Proof. left. ring. Qed.

  Lemma at_most_both a b : at_most a b -> at_most b a -> a = b.
  Proof.
    intros one_ two. assert (nothing : minus b a = zero).
    { apply both_signs; [exact one_|]. replace (opposite (minus b a)) with (minus a b) by ring. exact two. }
    replace b with (plus (minus b a) a) by ring. rewrite nothing. ring.
  Qed.

  (** Sums of numbers that are not negative vanish only if all do. *)

  Lemma vanishing_plus a b : not_negative a -> not_negative b -> plus a b = zero -> a = zero /\ b = zero.
  Proof.
    intros above above_ nothing. assert (first : a = zero).
    { apply both_signs; [exact above|]. replace (opposite a) with (minus b (plus a b)) by ring. rewrite nothing.
      replace (minus b zero) with b by ring. exact above_. }
    split; [exact first|]. rewrite first in nothing. rewrite <- nothing. ring.
  Qed.

  Lemma sum_not_negative n f : (forall j, (j < n)%nat -> not_negative (f j)) -> not_negative (sum F zero plus n f).
  Proof.
    induction n as [|n IH]; intros above; cbn; [left; reflexivity|].
    apply not_negative_plus; [apply IH; auto|apply above; lia].
  Qed.

  Lemma vanishing_sum n f : (forall j, (j < n)%nat -> not_negative (f j)) -> sum F zero plus n f = zero ->
    forall j, (j < n)%nat -> f j = zero.
  Proof.
    induction n as [|n IH]; intros above nothing j below; [lia|]. cbn in nothing.
    apply vanishing_plus in nothing as [before here]; [|apply sum_not_negative; auto|apply above; lia].
    destruct (Nat.eq_dec j n) as [->|]; [exact here|]. apply IH; [auto|exact before|lia].
  Qed.

  Lemma no_divisors a b : times a b = zero -> a = zero \/ b = zero.
  Proof.
    intros nothing. assert (cases : a = zero \/ a <> zero).
    { destruct (sign a) as [is|[above|below]]; [left; exact is|right|right]; intros ->; apply zero_not_positive;
        [exact above|]. replace zero with (opposite zero) by ring. exact below. }
    destruct cases as [is|some]; [left; exact is|right].
    transitivity (times (times (inverse a) a) b); [rewrite (Finv_l is_field) by exact some; ring|].
    transitivity (times (inverse a) (times a b)); [ring|]. rewrite nothing. ring.
  Qed.

  Lemma cancel a b c : a <> zero -> times a b = times a c -> b = c.
  Proof.
    intros some equal. assert (nothing : times a (minus b c) = zero).
    { transitivity (minus (times a b) (times a c)); [ring|]. rewrite equal. ring. }
    apply no_divisors in nothing as [|nothing]; [contradiction|].
    transitivity (plus (minus b c) c); [ring|]. rewrite nothing. ring.
  Qed.

  Lemma square_vanishes a : times a a = zero -> a = zero.
  Proof. intros nothing. apply no_divisors in nothing as [|]; assumption. Qed.

  Lemma halved a : plus a a = zero -> a = zero.
  Proof.
    intros twice. destruct (sign a) as [is|[above|below]]; [exact is| |]; destruct zero_not_positive.
    - rewrite <- twice. apply positive_plus; assumption.
    - replace zero with (plus (opposite a) (opposite a)); [apply positive_plus; assumption|].
      transitivity (opposite (plus a a)); [ring|]. rewrite twice. ring.
  Qed.
End Ordered.

Arguments is_field {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments sign {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments zero_not_positive {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments positive_plus {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments positive_times {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments not_negative_plus {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments square_not_negative {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments both_signs {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments at_most_trans {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments at_most_refl {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments at_most_both {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments vanishing_plus {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments sum_not_negative {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments vanishing_sum {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments no_divisors {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments cancel {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments square_vanishes {F zero one plus times minus opposite divide inverse positive} ordered.
Arguments halved {F zero one plus times minus opposite divide inverse positive} ordered.
