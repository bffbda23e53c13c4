(** What no Euclidean contractions with a finite orbit can follow: idempotents of one image, and, without additive terms,
    idempotents that do not commute.

    States lie at points of a space of n coordinates over an ordered field, different states of the orbit at different
    points, and a letter moves the points by an affine map that lengthens no distance.  A word that acts on the orbit as
    an idempotent is then an orthogonal projection there.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Bool Ring Field_theory Arith.Factorial.
From Fsm2rnn Require Import Definitions Impossible Diagonal Orbits Hankel OrderedField Projections.
Import ListNotations.

Section Network.
  Variables (F : Type) (zero one : F) (plus times minus : F -> F -> F) (opposite : F -> F).
  Variables (divide : F -> F -> F) (inverse : F -> F) (positive : F -> Prop).
  Hypothesis ordered : ordered_field F zero one plus times minus opposite divide inverse positive.
  Add Ring numbers : (F_R (is_field ordered)).
  Variable n : nat.

  Notation at_most := (OrderedField.at_most F zero minus positive).
  Notation point := (nat -> F).
  Notation same := (Projections.same F n).
  Notation distance := (Projections.distance F zero plus times minus n).
  Notation dot := (Projections.dot F zero plus times n).
  Notation on_line := (Projections.on_line F plus times minus).

  Variables (X : Type) (decide : forall h g : X, {h = g} + {h <> g}) (step : N -> X -> X) (orbit : list X).
  Variables (place : X -> point) (matrix : N -> nat -> nat -> F) (shift : N -> point).

  Definition affine (x : N) (u : point) : point := affine_step F zero plus times n matrix shift u x.

  (** The states of the orbit lie at different points, and letters are contractions of the space. *)

  Definition contracting : Prop :=
    (forall x h, In h orbit -> In (step x h) orbit) /\
    (forall h g, In h orbit -> In g orbit -> same (place h) (place g) -> h = g) /\
    (forall x h, In h orbit -> same (place (step x h)) (affine x (place h))) /\
    (forall x u v, at_most (distance (affine x u) (affine x v)) (distance u v)).

  Hypothesis network : contracting.

  Definition through (w : word) (u : point) : point := fold_left (fun u x => affine x u) w u.

  Notation act := (acts X step).

  Lemma closed x h : In h orbit -> In (step x h) orbit.
  Proof. apply (proj1 network). Qed.

  Lemma inside w h : In h orbit -> In (act w h) orbit.
  Proof. apply act_inside. exact closed. Qed.

  Lemma affine_ext x u v : same u v -> same (affine x u) (affine x v).
  Proof.
    intros equal i _. unfold affine, affine_step, linear_step. f_equal. apply sum_ext. intros j below.
    rewrite equal by exact below. reflexivity.
  Qed.

  Lemma affine_line x u v t : same (affine x (on_line u v t)) (on_line (affine x u) (affine x v) t).
  Proof.
    intros i _. unfold affine, affine_step, linear_step, on_line. rewrite (sum_line ordered). ring.
  Qed.

  Lemma through_ext w : forall u v, same u v -> same (through w u) (through w v).
  Proof. induction w as [|x w IH]; intros u v equal; [exact equal|]. apply IH, affine_ext, equal. Qed.

  Lemma through_line w : forall u v t, same (through w (on_line u v t)) (on_line (through w u) (through w v) t).
  Proof.
    induction w as [|x w IH]; intros u v t; [intros j _; reflexivity|]. intros j below. cbn [through fold_left].
    etransitivity; [apply (through_ext w _ _ (affine_line x u v t) j below)|]. apply IH. exact below.
  Qed.

  Lemma through_contracts w : forall u v, at_most (distance (through w u) (through w v)) (distance u v).
  Proof.
    induction w as [|x w IH]; intros u v; [apply (at_most_refl ordered)|].
    apply (at_most_trans ordered _ (distance (affine x u) (affine x v))); [apply IH|apply network].
  Qed.

  Lemma through_place w : forall h, In h orbit -> same (through w (place h)) (place (act w h)).
  Proof.
    induction w as [|x w IH]; intros h listed j below; [reflexivity|]. change (acts X step (x :: w) h) with (act w (step x h)).
    rewrite <- IH by (exact below || apply closed, listed). cbn [through fold_left].
    symmetry. apply (through_ext w (place (step x h))); [apply network; exact listed|exact below].
  Qed.

  Lemma right_angle_of w h c : In h orbit -> In c orbit -> act w (act w h) = act w h -> act w c = c ->
    distance (place h) (place c) = plus (distance (place h) (place (act w h))) (distance (place (act w h)) (place c)).
  Proof.
    intros in_h in_c fixed fixed_c.
    apply (right_angle ordered n (through w) (through_line w) (through_contracts w)).
    - apply through_place, in_h.
    - intros j below. rewrite through_place by (exact below || apply inside, in_h). rewrite fixed. reflexivity.
    - intros j below. rewrite through_place by (exact below || exact in_c). rewrite fixed_c. reflexivity.
  Qed.

  (** Two idempotents, the second with its image in that of the first: the second hides the first. *)

  Theorem second_hides_first e g h : In h orbit ->
    (forall k, In k orbit -> act e (act e k) = act e k) -> (forall k, In k orbit -> act g (act g k) = act g k) ->
    (forall k, In k orbit -> act e (act g k) = act g k) -> act g (act e h) = act g h.
  Proof.
    intros in_h idem_e idem_g image_. pose proof (inside e h in_h) as in_b.
    pose proof (right_angle_of e h (act g h) in_h (inside g h in_h) (idem_e h in_h) (image_ h in_h)) as one_.
    pose proof (right_angle_of e h (act g (act e h)) in_h (inside g _ in_b) (idem_e h in_h) (image_ _ in_b)) as two.
    pose proof (right_angle_of g (act e h) (act g h) in_b (inside g h in_h) (idem_g _ in_b) (idem_g h in_h)) as three.
    pose proof (right_angle_of g h (act g (act e h)) in_h (inside g _ in_b) (idem_g h in_h) (idem_g _ in_b)) as four.
    apply network; [apply inside, in_b|apply inside, in_h|]. apply (distance_zero ordered). apply (halved ordered).
    set (b := act e h) in *. set (c := act g h) in *. set (d := act g b) in *.
    rewrite (distance_swap ordered n (place c)) in four.
    transitivity (minus (plus (plus (distance (place h) (place b)) (plus (distance (place b) (place d)) (distance (place d) (place c)))) (distance (place d) (place c)))
      (plus (distance (place h) (place b)) (distance (place b) (place d)))); [ring|].
    rewrite <- three, <- one_, <- two, four. ring.
  Qed.

  (** *** Without additive terms *)

  Hypothesis no_shift : forall x j, (j < n)%nat -> shift x j = zero.

  Lemma through_origin w : same (through w (fun _ => zero)) (fun _ => zero).
  Proof.
    assert (one_letter : forall x, same (affine x (fun _ => zero)) (fun _ => zero)).
    { intros x i below. unfold affine, affine_step, linear_step. rewrite no_shift by exact below.
      rewrite (sum_ext F zero plus n _ (fun _ => zero)) by (intros; ring).
      rewrite (sum_zero F zero one plus times minus opposite divide inverse (is_field ordered)). ring. }
    induction w as [|x w IH]; [intros j _; reflexivity|]. intros j below. cbn [through fold_left].
    etransitivity; [apply (through_ext w _ _ (one_letter x) j below)|apply IH; exact below].
  Qed.

  Notation inner h g := (dot (place h) (place g)).

  Section Two.
    Variables e f : word.
    Hypothesis idem_e : forall k, In k orbit -> act e (act e k) = act e k.
    Hypothesis idem_f : forall k, In k orbit -> act f (act f k) = act f k.

    Lemma inner_fixed w h c : (forall k, In k orbit -> act w (act w k) = act w k) -> In h orbit -> In c orbit ->
      act w c = c -> inner h c = inner (act w h) c.
    Proof.
      intros idem in_h in_c fixed.
      rewrite (kept_product ordered n (through w) (through_line w) (through_contracts w) (place h) (place c)).
      - apply dot_ext; [apply through_place, in_h|intros j _; reflexivity].
      - apply through_origin.
      - intros j below. transitivity (through w (place (act w h)) j).
        + apply through_ext; [apply through_place, in_h|exact below].
        + rewrite through_place by (exact below || apply inside, in_h). rewrite idem by exact in_h. symmetry.
          apply through_place; assumption.
      - intros j below. rewrite through_place by (exact below || exact in_c). rewrite fixed. reflexivity.
    Qed.

    Lemma symmetric w h g : (forall k, In k orbit -> act w (act w k) = act w k) -> In h orbit -> In g orbit ->
      inner (act w h) g = inner h (act w g).
    Proof.
      intros idem in_h in_g. transitivity (inner (act w h) (act w g)).
      - rewrite (dot_swap ordered), (dot_swap ordered n (place (act w h))). apply inner_fixed; auto using inside.
      - symmetry. apply inner_fixed; auto using inside.
    Qed.

    (** e f e, and its powers on one state. *)

    Definition thrice (h : X) : X := act e (act f (act e h)).

    Lemma thrice_inside h : In h orbit -> In (thrice h) orbit.
    Proof. intros listed. apply inside, inside, inside, listed. Qed.

    Lemma thrice_symmetric h g : In h orbit -> In g orbit -> inner (thrice h) g = inner h (thrice g).
    Proof.
      intros in_h in_g. unfold thrice. rewrite !symmetric by auto using inside. reflexivity.
    Qed.

    Lemma no_longer w h : (forall k, In k orbit -> act w (act w k) = act w k) -> In h orbit ->
      at_most (inner (act w h) (act w h)) (inner h h) /\
      (inner (act w h) (act w h) = inner h h -> act w h = h).
    Proof.
      intros idem in_h.
      assert (split_ : distance (place h) (place (act w h)) = minus (inner h h) (inner (act w h) (act w h))).
      { rewrite (distance_dot ordered). rewrite (inner_fixed w h (act w h)) by auto using inside. ring. }
      split.
      - unfold OrderedField.at_most. rewrite <- split_. apply (distance_not_negative ordered).
      - intros equal. rewrite equal in split_. apply network; [apply inside, in_h|exact in_h|].
        apply (distance_zero ordered). rewrite (distance_swap ordered), split_. ring.
    Qed.

    Lemma thrice_no_longer h : In h orbit -> at_most (inner (thrice h) (thrice h)) (inner h h) /\
      (inner (thrice h) (thrice h) = inner h h -> act e h = h /\ act f h = h).
    Proof.
      intros in_h. pose proof (inside e h in_h) as in_e. pose proof (inside f _ in_e) as in_ef.
      destruct (no_longer e h idem_e in_h) as [le_1 eq_1].
      destruct (no_longer f _ idem_f in_e) as [le_2 eq_2].
      destruct (no_longer e _ idem_e in_ef) as [le_3 _]. fold (thrice h) in le_3. split.
      - eapply (at_most_trans ordered); [exact le_3|]. eapply (at_most_trans ordered); [exact le_2|exact le_1].
      - intros equal. rewrite equal in le_3.
        assert (same_e : inner (act e h) (act e h) = inner h h).
        { apply (at_most_both ordered); [exact le_1|]. eapply (at_most_trans ordered); [exact le_3|exact le_2]. }
        specialize (eq_1 same_e). split; [exact eq_1|]. rewrite eq_1 in eq_2, le_2, le_3. apply eq_2.
        apply (at_most_both ordered); assumption.
    Qed.

    Lemma fixed_at_last h : In h orbit -> exists k, (2 <= k)%nat /\ thrice (iterated thrice k h) = iterated thrice k h.
    Proof.
      intros in_h. pose proof (thrice_inside _ (thrice_inside _ in_h)) as in_g.
      destruct (some_repetition X orbit thrice thrice_inside decide _ in_g) as (i & j & range & equal).
      set (norm := fun k => inner (iterated thrice k (thrice (thrice h))) (iterated thrice k (thrice (thrice h)))).
      assert (all_in : forall k, In (iterated thrice k (thrice (thrice h))) orbit).
      { intros k. apply (iterated_inside X orbit thrice thrice_inside). exact in_g. }
      assert (falls : forall d k, at_most (norm (d + k)%nat) (norm k)).
      { induction d as [|d IH]; intros k; [apply (at_most_refl ordered)|].
        eapply (at_most_trans ordered); [|apply IH]. apply (thrice_no_longer _ (all_in (d + k)%nat)). }
      exists (i + 2)%nat. split; [lia|]. rewrite iterated_sum. cbn [iterated].
      destruct (thrice_no_longer _ (all_in i)) as [less stays].
      assert (fixed : act e (iterated thrice i (thrice (thrice h))) = iterated thrice i (thrice (thrice h)) /\
        act f (iterated thrice i (thrice (thrice h))) = iterated thrice i (thrice (thrice h))).
      { apply stays. apply (at_most_both ordered); [exact less|].
        change (at_most (norm i) (norm (S i))). assert (back : norm i = norm j) by (unfold norm; rewrite equal; reflexivity).
        rewrite back. replace j with ((j - S i) + S i)%nat by lia. apply falls. }
      destruct fixed as [fixed_e fixed_f]. unfold thrice at 1. rewrite fixed_e, fixed_f. exact fixed_e.
    Qed.

    Lemma earlier k h : In h orbit -> thrice (iterated thrice (2 + k) h) = iterated thrice (2 + k) h ->
      thrice (iterated thrice (1 + k) h) = iterated thrice (1 + k) h.
    Proof.
      intros in_h fixed. cbn [iterated Nat.add] in *. set (g := iterated thrice k h) in *.
      assert (in_g : In g orbit) by (apply (iterated_inside X orbit thrice thrice_inside); exact in_h).
      apply network; [apply thrice_inside, thrice_inside, in_g|apply thrice_inside, in_g|]. apply (distance_zero ordered).
      rewrite (distance_dot ordered). pose proof (thrice_inside _ in_g) as in_1. pose proof (thrice_inside _ in_1) as in_2.
      rewrite (thrice_symmetric (thrice g) (thrice (thrice g)) in_1 in_2), fixed.
      rewrite (thrice_symmetric g (thrice g) in_g in_1).
      rewrite (thrice_symmetric (thrice g) (thrice g) in_1 in_1).
      assert (shifted : inner g (thrice (thrice g)) = inner (thrice g) (thrice (thrice g))).
      { rewrite (thrice_symmetric g (thrice (thrice g)) in_g in_2), fixed. reflexivity. }
      rewrite shifted. ring.
    Qed.

    Lemma thrice_twice h : In h orbit -> thrice (thrice h) = thrice h.
    Proof.
      intros in_h. destruct (fixed_at_last h in_h) as (k & above & fixed).
      assert (down : forall d, thrice (iterated thrice (1 + d) h) = iterated thrice (1 + d) h ->
        thrice (thrice h) = thrice h).
      { induction d as [|d IH]; intros fixed_; [exact fixed_|]. apply IH, earlier; assumption. }
      apply (down (k - 1)%nat). replace (1 + (k - 1))%nat with k by lia. exact fixed.
    Qed.

    Lemma thrice_fixed h : In h orbit -> act e (thrice h) = thrice h /\ act f (thrice h) = thrice h.
    Proof.
      intros in_h. apply thrice_no_longer; [apply thrice_inside, in_h|]. rewrite thrice_twice by exact in_h. reflexivity.
    Qed.

    Lemma twice_is_thrice h : In h orbit -> act f (act e h) = thrice h.
    Proof.
      intros in_h. pose proof (inside e h in_h) as in_e. pose proof (inside f _ in_e) as in_ef.
      destruct (thrice_fixed h in_h) as [fixed_e fixed_f]. pose proof (thrice_inside h in_h) as in_t.
      apply network; [exact in_ef|exact in_t|]. apply (distance_zero ordered). rewrite (distance_dot ordered).
      assert (one_ : inner (act f (act e h)) (act f (act e h)) = inner h (thrice h)).
      { rewrite (symmetric f) by assumption. rewrite idem_f by exact in_e. apply symmetric; assumption. }
      assert (two : inner (act f (act e h)) (thrice h) = inner h (thrice h)).
      { rewrite (symmetric f), fixed_f, (symmetric e), fixed_e by assumption. reflexivity. }
      assert (three : inner (thrice h) (thrice h) = inner h (thrice h)).
      { rewrite thrice_symmetric, thrice_twice by assumption. reflexivity. }
      rewrite one_, two, three. ring.
    Qed.
  End Two.

  Theorem projections_commute e f h : In h orbit ->
    (forall k, In k orbit -> act e (act e k) = act e k) -> (forall k, In k orbit -> act f (act f k) = act f k) ->
    act f (act e h) = act e (act f h).
  Proof.
    intros in_h idem_e idem_f.
    rewrite (twice_is_thrice e f idem_e idem_f h in_h), (twice_is_thrice f e idem_f idem_e h in_h).
    destruct (thrice_fixed e f idem_e idem_f h in_h) as [a b]. destruct (thrice_fixed f e idem_f idem_e h in_h) as [c d].
    pose proof (thrice_inside e f h in_h) as in_g. pose proof (thrice_inside f e h in_h) as in_k.
    apply network; [exact in_g|exact in_k|]. apply (distance_zero ordered). rewrite (distance_dot ordered).
    assert (fixed_1 : thrice e f (thrice e f h) = thrice e f h) by (apply thrice_twice; assumption).
    assert (fixed_2 : thrice f e (thrice f e h) = thrice f e h) by (apply thrice_twice; assumption).
    assert (cross_1 : thrice e f (thrice f e h) = thrice f e h) by (unfold thrice at 1; rewrite d, c, d; reflexivity).
    assert (cross_2 : thrice f e (thrice e f h) = thrice e f h) by (unfold thrice at 1; rewrite b, a, b; reflexivity).
    assert (one_ : inner (thrice e f h) (thrice e f h) = inner h (thrice e f h)).
    { rewrite thrice_symmetric, fixed_1 by assumption. reflexivity. }
    assert (two : inner (thrice e f h) (thrice f e h) = inner h (thrice f e h)).
    { rewrite thrice_symmetric, cross_1 by assumption. reflexivity. }
    assert (three : inner (thrice f e h) (thrice f e h) = inner h (thrice f e h)).
    { rewrite thrice_symmetric, fixed_2 by assumption. reflexivity. }
    assert (four : inner (thrice e f h) (thrice f e h) = inner h (thrice e f h)).
    { rewrite (dot_swap ordered), thrice_symmetric, cross_2 by assumption. reflexivity. }
    rewrite one_, three, two, <- four, two. ring.
  Qed.
End Network.
