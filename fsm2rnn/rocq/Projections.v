(** Affine maps of n coordinates over an ordered field that lengthen no distance: one that fixes the image of a point
    projects it at a right angle.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Ring Field_theory.
From Fsm2rnn Require Import Hankel OrderedField.

Section Euclidean.
  Variables (F : Type) (zero one : F) (plus times minus : F -> F -> F) (opposite : F -> F).
  Variables (divide : F -> F -> F) (inverse : F -> F) (positive : F -> Prop).
  Hypothesis ordered : ordered_field F zero one plus times minus opposite divide inverse positive.
  Add Ring numbers : (F_R (is_field ordered)).

  Notation at_most := (at_most F zero minus positive).

  Definition point := nat -> F.

  Variable n : nat.

  Definition same (u v : point) : Prop := forall j, (j < n)%nat -> u j = v j.

  (** The square of a distance, and the inner product. *)

  Definition distance (u v : point) : F := sum F zero plus n (fun j => times (minus (u j) (v j)) (minus (u j) (v j))).

  Definition dot (u v : point) : F := sum F zero plus n (fun j => times (u j) (v j)).

  Definition on_line (u v : point) (t : F) : point := fun j => plus (u j) (times t (minus (v j) (u j))).

  Lemma distance_ext u v a b : same u a -> same v b -> distance u v = distance a b.
  Proof. intros equal equal_. apply sum_ext. intros j below. rewrite equal, equal_ by exact below. reflexivity. Qed.

  Lemma dot_ext u v a b : same u a -> same v b -> dot u v = dot a b.
  Proof. intros equal equal_. apply sum_ext. intros j below. rewrite equal, equal_ by exact below. reflexivity. Qed.

  Lemma distance_zero u v : distance u v = zero -> same u v.
  Proof.
    intros nothing j below. assert (here : times (minus (u j) (v j)) (minus (u j) (v j)) = zero).
    { refine (vanishing_sum ordered n (fun j => times (minus (u j) (v j)) (minus (u j) (v j))) _ nothing j below).
      intros i _. apply (square_not_negative ordered). }
    apply (square_vanishes ordered) in here. transitivity (plus (minus (u j) (v j)) (v j)); [ring|]. rewrite here. ring.
  Qed.

  Lemma distance_not_negative u v : not_negative F zero positive (distance u v).
  Proof. apply (sum_not_negative ordered). intros j _. apply (square_not_negative ordered). Qed.

  Lemma distance_swap u v : distance u v = distance v u.
  Proof. apply sum_ext. intros j _. ring. Qed.

  Lemma dot_swap u v : dot u v = dot v u.
  Proof. apply sum_ext. intros j _. ring. Qed.

  Lemma distance_dot u v : distance u v = plus (minus (dot u u) (plus (dot u v) (dot u v))) (dot v v).
  Proof. unfold distance, dot. induction n as [|m IH]; cbn; [ring|]. rewrite IH. ring. Qed.

  Lemma distance_line a b c t : distance a (on_line b c t) =
    minus (plus (times (minus one t) (distance a b)) (times t (distance a c)))
      (times (times t (minus one t)) (distance b c)).
  Proof. unfold distance, on_line. induction n as [|m IH]; cbn; [ring|]. rewrite IH. ring. Qed.

  Lemma sum_line m (a u v : point) t :
    sum F zero plus m (fun j => times (a j) (plus (u j) (times t (minus (v j) (u j))))) =
      plus (sum F zero plus m (fun j => times (a j) (u j)))
        (times t (minus (sum F zero plus m (fun j => times (a j) (v j))) (sum F zero plus m (fun j => times (a j) (u j))))).
  Proof. induction m as [|m IH]; cbn; [ring|]. rewrite IH. ring. Qed.

  (** ** A contraction that fixes two points projects onto their line at a right angle *)

  Section Projection.
    Variable move : point -> point.
    Hypothesis move_ext : forall u v, same u v -> same (move u) (move v).
    Hypothesis move_line : forall u v t, same (move (on_line u v t)) (on_line (move u) (move v) t).
    Hypothesis contracts : forall u v, at_most (distance (move u) (move v)) (distance u v).

    Theorem right_angle a b c : same (move a) b -> same (move b) b -> same (move c) c ->
      distance a c = plus (distance a b) (distance b c).
    Proof.
      intros to_b fixed_b fixed_c.
      assert (bound : forall t, at_most (times t (minus (plus (distance a b) (distance b c)) (distance a c))) (distance a b)).
      { intros t. specialize (contracts a (on_line b c t)).
        assert (fixed : same (move (on_line b c t)) (on_line b c t)).
        { intros j below. rewrite move_line by exact below. unfold on_line. rewrite fixed_b, fixed_c by exact below.
          reflexivity. }
        rewrite (distance_ext _ _ b (on_line b c t) to_b fixed), !distance_line in contracts.
        assert (nothing : distance b b = zero).
        { rewrite distance_dot. ring. }
        rewrite nothing in contracts. unfold OrderedField.at_most in *.
        eapply eq_ind with (P := not_negative F zero positive); [exact contracts|]. ring. }
      set (excess := minus (plus (distance a b) (distance b c)) (distance a c)) in *.
      assert (none : excess = zero).
      { destruct (sign ordered excess) as [is|some]; [exact is|].
        assert (nonzero : excess <> zero).
        { intros is. rewrite is in some. destruct some as [above|below]; apply (zero_not_positive ordered); [exact above|].
          replace zero with (opposite zero) by ring. exact below. }
        assert (here : distance a b = zero).
        { specialize (bound (times (plus (distance a b) (distance a b)) (inverse excess))).
          replace (times (times (plus (distance a b) (distance a b)) (inverse excess)) excess)
            with (plus (distance a b) (distance a b)) in bound.
          - apply (both_signs ordered); [apply distance_not_negative|]. unfold OrderedField.at_most in bound.
            eapply eq_ind with (P := not_negative F zero positive); [exact bound|]. ring.
          - transitivity (times (plus (distance a b) (distance a b)) (times (inverse excess) excess)); [|ring].
            rewrite (Finv_l (is_field ordered)) by exact nonzero. ring. }
        unfold excess. rewrite here. rewrite (distance_ext a c b c); [ring|apply distance_zero, here|].
        intros j _. reflexivity. }
      unfold excess in none. transitivity (plus (distance a c) excess); [unfold excess; rewrite none; ring|].
      unfold excess. ring.
    Qed.

    (** Without additive terms: the inner product with a fixed point is kept. *)

    Theorem kept_product u c : same (move (fun _ => zero)) (fun _ => zero) -> same (move (move u)) (move u) ->
      same (move c) c -> dot u c = dot (move u) c.
    Proof.
      intros origin fixed fixed_c.
      assert (refl_ : same (move u) (move u)) by (intros j _; reflexivity).
      pose proof (right_angle u (move u) c refl_ fixed fixed_c) as one_.
      pose proof (right_angle u (move u) (fun _ => zero) refl_ fixed origin) as two.
      rewrite !distance_dot in one_, two.
      assert (nothing : forall v, dot v (fun _ => zero) = zero).
      { intros v. unfold dot. rewrite (sum_ext F zero plus n _ (fun _ => zero)); [|intros j _; ring].
        apply (sum_zero F zero one plus times minus opposite divide inverse (is_field ordered)). }
      rewrite !nothing in two. apply (cancel ordered (plus one one)).
      - intros is. apply (F_1_neq_0 (is_field ordered)). apply (halved ordered). exact is.
      - transitivity (minus (plus (plus (dot u u) (dot c c)) zero) (plus (minus (dot u u) (plus (dot u c) (dot u c))) (dot c c))); [ring|].
        rewrite one_.
        transitivity (plus (minus (plus (minus (dot u u) (plus zero zero)) zero) (plus (plus (minus (dot u u) (plus (dot u (move u)) (dot u (move u))))
         (dot (move u) (move u))) (plus (minus (dot (move u) (move u)) (plus zero zero)) zero))) (times (plus one one) (dot (move u) c))); [ring|].
        rewrite <- two. ring.
    Qed.
  End Projection.
End Euclidean.

Arguments distance_zero {F zero one plus times minus opposite divide inverse positive} ordered n.
Arguments distance_not_negative {F zero one plus times minus opposite divide inverse positive} ordered n.
Arguments distance_swap {F zero one plus times minus opposite divide inverse positive} ordered n.
Arguments dot_swap {F zero one plus times minus opposite divide inverse positive} ordered n.
Arguments distance_dot {F zero one plus times minus opposite divide inverse positive} ordered n.
Arguments sum_line {F zero one plus times minus opposite divide inverse positive} ordered m.
Arguments right_angle {F zero one plus times minus opposite divide inverse positive} ordered n move.
Arguments kept_product {F zero one plus times minus opposite divide inverse positive} ordered n move.
