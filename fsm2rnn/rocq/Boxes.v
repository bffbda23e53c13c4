(** Boxes of states that no word leaves: the checker of inclusions is right for any activation that does not fall, from
    its enclosures at finitely many end points.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Bool Ring Field_theory.
From Fsm2rnn Require Import Definitions Impossible OrderedField Cells BoxChecker.
Import ListNotations.
Open Scope Z_scope.

Section Sound.
  Variables (F : Type) (zero one : F) (plus times minus : F -> F -> F) (opposite : F -> F).
  Variables (divide : F -> F -> F) (inverse : F -> F) (positive : F -> Prop).
  Hypothesis ordered : ordered_field F zero one plus times minus opposite divide inverse positive.
  Add Ring numbers : (F_R (is_field ordered)).
  Variable phi : Z -> F.
  Hypothesis phi_plus : forall a b, phi (a + b) = plus (phi a) (phi b).
  Hypothesis phi_times : forall a b, phi (a * b) = times (phi a) (phi b).
  Hypothesis phi_positive : forall a, 0 < a -> positive (phi a).
  Notation at_most := (at_most F zero minus positive).

  Lemma phi_zero : phi 0 = zero.
  Proof.
    pose proof (phi_plus 0 0) as twice. cbn in twice. transitivity (minus (plus (phi 0) (phi 0)) (phi 0)); [ring|].
    rewrite <- twice. ring.
  Qed.

  Lemma phi_opposite a : phi (- a) = opposite (phi a).
  Proof.
    transitivity (minus (plus (phi (- a)) (phi a)) (phi a)); [ring|]. rewrite <- phi_plus.
    replace (- a + a) with 0 by lia. rewrite phi_zero. ring.
  Qed.

  Lemma phi_minus a b : phi (a - b) = minus (phi a) (phi b).
  Proof. replace (a - b) with (a + - b) by lia. rewrite phi_plus, phi_opposite. ring. Qed.

  Lemma phi_at_most a b : a <= b -> at_most (phi a) (phi b).
  Proof.
    intros less. unfold OrderedField.at_most. rewrite <- phi_minus.
    destruct (Z.eq_dec a b) as [->|differs]; [left; rewrite Z.sub_diag; apply phi_zero|right].
    apply phi_positive. lia.
  Qed.

  Lemma not_negative_times a b : not_negative F zero positive a -> not_negative F zero positive b ->
    not_negative F zero positive (times a b).
  Proof.
    intros [->|above] [->|above_]; [left; ring|left; ring|left; ring|right; apply (positive_times ordered); assumption].
  Qed.

  Lemma at_most_times c a b : positive c -> at_most a b -> at_most (times c a) (times c b).
  Proof.
    intros above less. unfold OrderedField.at_most in *.
    replace (minus (times c b) (times c a)) with (times c (minus b a)) by ring.
    apply not_negative_times; [right; exact above|exact less].
  Qed.

  Lemma at_most_plus a b c d : at_most a b -> at_most c d -> at_most (plus a c) (plus b d).
  Proof.
    intros less less_. unfold OrderedField.at_most in *.
    replace (minus (plus b d) (plus a c)) with (plus (minus b a) (minus d c)) by ring.
    apply (not_negative_plus ordered); assumption.
  Qed.

  Lemma at_most_cancel c a b : positive c -> at_most (times c a) (times c b) -> at_most a b.
  Proof.
    intros above less. unfold OrderedField.at_most in *. destruct (sign ordered (minus b a)) as [is|[more|less_]].
    - left. exact is.
    - right. exact more.
    - exfalso. assert (below : positive (opposite (minus (times c b) (times c a)))).
      { replace (opposite (minus (times c b) (times c a))) with (times c (opposite (minus b a))) by ring.
        apply (positive_times ordered); assumption. }
      destruct less as [is|more].
      + rewrite is in below. apply (zero_not_positive ordered). replace zero with (opposite zero) by ring. exact below.
      + apply (zero_not_positive ordered).
        replace zero with (plus (minus (times c b) (times c a)) (opposite (minus (times c b) (times c a)))) by ring.
        apply (positive_plus ordered); assumption.
  Qed.

  Lemma nonzero c : positive c -> c <> zero.
  Proof. intros above is. rewrite is in above. exact (zero_not_positive ordered above). Qed.

  Lemma times_divide a c : positive c -> times c (divide a c) = a.
  Proof.
    intros above. rewrite (Fdiv_def (is_field ordered)).
    transitivity (times a (times (inverse c) c)); [ring|].
    rewrite (Finv_l (is_field ordered)) by (apply nonzero; exact above). ring.
  Qed.

  Variables (c : cell) (walls_unit unit_ : Z) (table : list enclosure) (activation : F -> F).
  Hypothesis rises : forall a b, at_most a b -> at_most (activation a) (activation b).
  Hypothesis enclosed : forall e, In e table -> encloses F zero minus divide positive phi activation unit_ e.
  Hypothesis scale_positive : 0 < scale c.
  Hypothesis walls_positive : 0 < walls_unit.
  Hypothesis unit_positive : 0 < unit_.

  Definition between (h : nat -> F) (wall : Z * Z) (i : nat) : Prop :=
    at_most (phi (fst wall)) (times (phi walls_unit) (h i)) /\ at_most (times (phi walls_unit) (h i)) (phi (snd wall)).

  Fixpoint within (h : nat -> F) (box : list (Z * Z)) (i : nat) : Prop :=
    match box with [] => True | wall :: rest => between h wall i /\ within h rest (S i) end.

  Notation weighted_ := (weighted F zero plus times phi).

  Lemma one_product a h wall i : between h wall i ->
    at_most (phi (a * (if 0 <=? a then fst wall else snd wall))) (times (phi walls_unit) (times (phi a) (h i))) /\
    at_most (times (phi walls_unit) (times (phi a) (h i))) (phi (a * (if 0 <=? a then snd wall else fst wall))).
  Proof.
    intros [low high]. rewrite !phi_times.
    replace (times (phi walls_unit) (times (phi a) (h i))) with (times (phi a) (times (phi walls_unit) (h i))) by ring.
    destruct (Z.leb_spec 0 a) as [above|below].
    - destruct (Z.eq_dec a 0) as [->|]; [rewrite phi_zero; split; left; ring|].
      split; apply at_most_times; try apply phi_positive; try lia; assumption.
    - assert (turned : positive (phi (- a))) by (apply phi_positive; lia). rewrite phi_opposite in turned.
      assert (turn : forall u v, at_most u v -> at_most (times (phi a) v) (times (phi a) u)).
      { intros u v less. apply (at_most_times _ _ _ turned) in less. unfold OrderedField.at_most in *.
        eapply eq_ind with (P := not_negative F zero positive); [exact less|]. ring. }
      split; apply turn; assumption.
  Qed.

  Lemma sums_between row : forall box h i, length row = length box -> within h box i ->
    at_most (phi (least_sum row box)) (times (phi walls_unit) (weighted_ row i h)) /\
    at_most (times (phi walls_unit) (weighted_ row i h)) (phi (greatest_sum row box)).
  Proof.
    induction row as [|a row IH]; intros [|[low high] box] h i same inside; try discriminate; cbn [least_sum greatest_sum weighted].
    - rewrite phi_zero. split; left; ring.
    - destruct inside as [here rest]. destruct (IH box h (S i)) as [less more]; [cbn in same; lia|exact rest|].
      destruct (one_product a h (low, high) i here) as [less_ more_]. cbn [fst snd] in less_, more_.
      replace (times (phi walls_unit) (plus (times (phi a) (h i)) (weighted_ row (S i) h)))
        with (plus (times (phi walls_unit) (times (phi a) (h i))) (times (phi walls_unit) (weighted_ row (S i) h))) by ring.
      rewrite !phi_plus. split; apply at_most_plus; assumption.
  Qed.

  Lemma entry_encloses n : (n < length table)%nat ->
    encloses F zero minus divide positive phi activation unit_ (entry_at table n).
  Proof. intros below. apply enclosed, nth_In, below. Qed.

  Lemma coordinate_inside row bias box target ends h i : length row = length box -> within h box 0 ->
    inside_walls c walls_unit unit_ table row bias box target ends = true ->
    between (fun _ => activation (divide (plus (weighted_ row 0 h) (phi bias)) (phi (scale c)))) target i.
  Proof.
    intros same inside. unfold inside_walls.
    destruct (Nat.ltb_spec (fst ends) (length table)) as [known|]; [|discriminate].
    destruct (Nat.ltb_spec (snd ends) (length table)) as [known_|]; [|discriminate].
    pose proof (entry_encloses _ known) as below_. pose proof (entry_encloses _ known_) as above_.
    destruct (entry_at table (fst ends)) as [p low high_]. destruct (entry_at table (snd ends)) as [q low_ high].
    destruct (Z.leb_spec (p * (scale c * walls_unit)) ((least_sum row box + bias * walls_unit) * unit_)) as [first|]; [|discriminate].
    destruct (Z.leb_spec ((greatest_sum row box + bias * walls_unit) * unit_) (q * (scale c * walls_unit))) as [second|]; [|discriminate].
    destruct (Z.leb_spec (fst target * unit_) (low * walls_unit)) as [third|]; [|discriminate].
    intros fourth. apply Z.leb_le in fourth.
    destruct (sums_between row box h 0 same inside) as [least greatest].
    set (sum := divide (plus (weighted_ row 0 h) (phi bias)) (phi (scale c))).
    assert (scaled : times (phi (scale c)) sum = plus (weighted_ row 0 h) (phi bias)).
    { apply times_divide, phi_positive, scale_positive. }
    assert (D : positive (phi (scale c * walls_unit))) by (apply phi_positive; nia).
    assert (U : positive (phi unit_)) by (apply phi_positive; exact unit_positive).
    assert (V : positive (phi walls_unit)) by (apply phi_positive; exact walls_positive).
    assert (whole : times (phi (scale c * walls_unit)) sum
      = plus (times (phi walls_unit) (weighted_ row 0 h)) (phi (bias * walls_unit))).
    { rewrite !phi_times. transitivity (times (phi walls_unit) (times (phi (scale c)) sum)); [ring|]. rewrite scaled. ring. }
    assert (lower : at_most (divide (phi p) (phi unit_)) sum).
    { apply (at_most_cancel _ _ _ U), (at_most_cancel _ _ _ D). rewrite times_divide by exact U.
      apply phi_at_most in first. rewrite (phi_times p), (phi_times (_ + _)) in first.
      replace (times (phi (scale c * walls_unit)) (times (phi unit_) sum))
        with (times (phi unit_) (times (phi (scale c * walls_unit)) sum)) by ring.
      replace (times (phi (scale c * walls_unit)) (phi p)) with (times (phi p) (phi (scale c * walls_unit))) by ring.
      eapply (at_most_trans ordered); [exact first|]. rewrite whole.
      replace (times (phi (least_sum row box + bias * walls_unit)) (phi unit_))
        with (times (phi unit_) (phi (least_sum row box + bias * walls_unit))) by ring.
      apply at_most_times; [exact U|]. rewrite phi_plus. apply at_most_plus; [exact least|apply (at_most_refl ordered)]. }
    assert (upper : at_most sum (divide (phi q) (phi unit_))).
    { apply (at_most_cancel _ _ _ U), (at_most_cancel _ _ _ D). rewrite times_divide by exact U.
      apply phi_at_most in second. rewrite (phi_times q), (phi_times (_ + _)) in second.
      replace (times (phi (scale c * walls_unit)) (times (phi unit_) sum))
        with (times (phi unit_) (times (phi (scale c * walls_unit)) sum)) by ring.
      replace (times (phi (scale c * walls_unit)) (phi q)) with (times (phi q) (phi (scale c * walls_unit))) by ring.
      eapply (at_most_trans ordered); [|exact second]. rewrite whole.
      replace (times (phi (greatest_sum row box + bias * walls_unit)) (phi unit_))
        with (times (phi unit_) (phi (greatest_sum row box + bias * walls_unit))) by ring.
      apply at_most_times; [exact U|]. rewrite phi_plus. apply at_most_plus; [exact greatest|apply (at_most_refl ordered)]. }
    apply rises in lower. apply rises in upper. cbn in below_, above_.
    assert (from : at_most (divide (phi low) (phi unit_)) (activation sum)).
    { eapply (at_most_trans ordered); [exact (proj1 below_)|exact lower]. }
    assert (to : at_most (activation sum) (divide (phi high) (phi unit_))).
    { eapply (at_most_trans ordered); [exact upper|exact (proj2 above_)]. }
    apply (at_most_times _ _ _ U) in from. apply (at_most_times _ _ _ U) in to. rewrite times_divide in from, to by exact U.
    apply phi_at_most in third. apply phi_at_most in fourth. rewrite !phi_times in third, fourth.
    split; cbn [fst snd]; apply (at_most_cancel _ _ _ U).
    - replace (times (phi unit_) (phi (fst target))) with (times (phi (fst target)) (phi unit_)) by ring.
      eapply (at_most_trans ordered); [exact third|].
      replace (times (phi low) (phi walls_unit)) with (times (phi walls_unit) (phi low)) by ring.
      replace (times (phi unit_) (times (phi walls_unit) (activation sum)))
        with (times (phi walls_unit) (times (phi unit_) (activation sum))) by ring.
      apply at_most_times; assumption.
    - replace (times (phi unit_) (phi (snd target))) with (times (phi (snd target)) (phi unit_)) by ring.
      eapply (at_most_trans ordered); [|exact fourth].
      replace (times (phi high) (phi walls_unit)) with (times (phi walls_unit) (phi high)) by ring.
      replace (times (phi unit_) (times (phi walls_unit) (activation sum)))
        with (times (phi walls_unit) (times (phi unit_) (activation sum))) by ring.
      apply at_most_times; assumption.
  Qed.

  Lemma within_all h box : forall i, (forall j, (j < length box)%nat -> between h (nth j box (0, 0)) (i + j)) -> within h box i.
  Proof.
    induction box as [|wall box IH]; intros i all; [exact I|]. split.
    - specialize (all 0%nat). rewrite Nat.add_0_r in all. apply all. cbn. lia.
    - apply IH. intros j below. replace (S i + j)%nat with (i + S j)%nat by lia. apply (all (S j)). cbn. lia.
  Qed.

  Lemma logits_differ r : forall s i h, length r = length s ->
    weighted_ (difference r s) i h = minus (weighted_ r i h) (weighted_ s i h).
  Proof.
    induction r as [|a r IH]; intros [|b s] i h same; try discriminate; cbn; [ring|].
    rewrite IH by (cbn in same; lia). rewrite phi_minus. ring.
  Qed.

  Lemma difference_length r : forall s, length r = length s -> length (difference r s) = length r.
  Proof.
    induction r as [|a r IH]; intros [|b s] same; try discriminate; cbn; [reflexivity|]. f_equal. apply IH. cbn in same. lia.
  Qed.

  Lemma ahead_leads box o h : forallb (fun row => Nat.eqb (length (fst row)) (length box)) (logits c) = true ->
    within h box 0 -> ahead c walls_unit box (N.to_nat o) = true ->
    leads F zero plus times minus positive phi c h o.
  Proof.
    intros sizes inside. unfold ahead. cbv zeta.
    destruct (Nat.ltb_spec (N.to_nat o) (length (logits c))) as [known|]; [|discriminate].
    rewrite forallb_forall in sizes |- *. intros all k below differs.
    specialize (all k). rewrite in_seq in all. specialize (all ltac:(lia)).
    destruct (Nat.eqb_spec k (N.to_nat o)) as [|_]; [contradiction|].
    set (right := nth (N.to_nat o) (logits c) ([], 0)) in *. set (wrong := nth k (logits c) ([], 0)) in *.
    destruct (Nat.eqb_spec (length (fst right)) (length (fst wrong))) as [same|]; [|discriminate]. apply Z.ltb_lt in all.
    assert (size : length (fst right) = length box) by (apply Nat.eqb_eq, sizes, nth_In, known).
    assert (V : positive (phi walls_unit)) by (apply phi_positive; exact walls_positive).
    destruct (sums_between (difference (fst right) (fst wrong)) box h 0) as [least _];
      [rewrite difference_length by exact same; exact size|exact inside|].
    rewrite logits_differ in least by exact same.
    set (lead := minus (logit F zero plus times phi c (N.to_nat o) h) (logit F zero plus times phi c k h)).
    assert (is : times (phi walls_unit) lead = plus (times (phi walls_unit) (minus (weighted_ (fst right) 0 h) (weighted_ (fst wrong) 0 h)))
      (phi ((snd right - snd wrong) * walls_unit))).
    { unfold lead, logit. fold right wrong. rewrite phi_times, phi_minus. ring. }
    apply phi_positive in all. rewrite phi_plus in all.
    assert (above : not_negative F zero positive (minus (times (phi walls_unit) lead)
      (plus (phi (least_sum (difference (fst right) (fst wrong)) box)) (phi ((snd right - snd wrong) * walls_unit))))).
    { rewrite is. apply at_most_plus; [exact least|apply (at_most_refl ordered)]. }
    assert (product : positive (times (phi walls_unit) lead)).
    { destruct above as [equal|more].
      - replace (times (phi walls_unit) lead) with (plus (minus (times (phi walls_unit) lead)
          (plus (phi (least_sum (difference (fst right) (fst wrong)) box)) (phi ((snd right - snd wrong) * walls_unit))))
          (plus (phi (least_sum (difference (fst right) (fst wrong)) box)) (phi ((snd right - snd wrong) * walls_unit)))) by ring.
        rewrite equal. replace (plus zero (plus (phi (least_sum (difference (fst right) (fst wrong)) box)) (phi ((snd right - snd wrong) * walls_unit))))
          with (plus (phi (least_sum (difference (fst right) (fst wrong)) box)) (phi ((snd right - snd wrong) * walls_unit))) by ring.
        exact all.
      - replace (times (phi walls_unit) lead) with (plus (minus (times (phi walls_unit) lead)
          (plus (phi (least_sum (difference (fst right) (fst wrong)) box)) (phi ((snd right - snd wrong) * walls_unit))))
          (plus (phi (least_sum (difference (fst right) (fst wrong)) box)) (phi ((snd right - snd wrong) * walls_unit)))) by ring.
        apply (positive_plus ordered); assumption. }
    destruct (sign ordered lead) as [nothing|[more|less]]; [| exact more |].
    - exfalso. rewrite nothing in product. apply (zero_not_positive ordered).
      replace zero with (times (phi walls_unit) zero) by ring. exact product.
    - exfalso. apply (zero_not_positive ordered).
      replace zero with (plus (times (phi walls_unit) lead) (times (phi walls_unit) (opposite lead))) by ring.
      apply (positive_plus ordered); [exact product|]. apply (positive_times ordered); assumption.
  Qed.

  (** ** Every word *)

  Variables (k : nat) (M : machine) (label : list N) (nodes : list node).
  Hypothesis checked : check_boxes c walls_unit unit_ table k M label nodes = true.

  Notation run_ := (cell_run F zero plus times divide phi activation c).

  Lemma box_after w : over k w -> exists box, In box nodes /\ stands_for box = reached M w /\
    within (run_ w) (walls box) 0 /\ (if claimed box then True else box = hd (Node [] 0 false []) nodes /\ w = []).
  Proof.
    revert checked. unfold check_boxes. do 3 (destruct (Z.ltb 0 _); [|discriminate]).
    destruct (forallb _ (recurrent c)) eqn:rows; [|discriminate]. destruct (forallb _ (logits c)); [|discriminate].
    destruct (forallb _ nodes) eqn:sizes; [|discriminate]. destruct nodes as [|start rest] eqn:all_nodes; [discriminate|].
    rewrite <- all_nodes in *. destruct (N.eqb_spec (stands_for start) (initial_state M)) as [begins|]; [|discriminate].
    destruct (forallb _ (walls start)) eqn:origin; [|discriminate]. destruct (forallb _ nodes) eqn:leading in |- *; [|discriminate].
    intros steps. rewrite forallb_forall in rows, sizes, origin, steps.
    induction w as [|x w IH] using rev_ind; intros letters.
    - exists start. assert (listed : In start nodes) by (rewrite all_nodes; left; reflexivity).
      split; [exact listed|]. split; [exact begins|]. split.
      + apply within_all. intros j below. specialize (origin (nth j (walls start) (0, 0)) (nth_In _ _ below)).
        destruct (nth j (walls start) (0, 0)) as [low high]. cbn [fst snd] in origin.
        destruct (Z.leb_spec low 0) as [first|]; [|discriminate]. apply Z.leb_le in origin.
        apply phi_at_most in first. apply phi_at_most in origin. rewrite phi_zero in first, origin.
        split; cbn [fst snd]; unfold cell_run; cbn [fold_left].
        * replace (times (phi walls_unit) zero) with zero by ring. exact first.
        * replace (times (phi walls_unit) zero) with zero by ring. exact origin.
      + destruct (claimed start); [exact I|]. rewrite all_nodes. split; reflexivity.
    - apply Forall_app in letters as [letters letter]. destruct (IH letters) as (box & listed & reads & inside & _).
      inversion letter as [|? ? in_range_ _]. specialize (steps box listed). rewrite forallb_forall in steps.
      specialize (steps (N.to_nat x)). rewrite in_seq in steps. specialize (steps ltac:(lia)). cbv zeta in steps.
      set (move := nth (N.to_nat x) (moves box) (0%N, [])) in *.
      destruct (Nat.ltb_spec (N.to_nat (fst move)) (length nodes)) as [known|]; [|discriminate].
      set (target := nth (N.to_nat (fst move)) nodes (Node [] 0 false [])) in *.
      assert (in_nodes : In target nodes) by (apply nth_In, known).
      destruct (claimed target) eqn:claims; [|discriminate].
      destruct (N.eqb_spec (stands_for target) (after M (stands_for box) (N.of_nat (N.to_nat x)))) as [next|]; [|discriminate].
      exists target. split; [exact in_nodes|]. split; [|split; [|rewrite claims; exact I]].
      + rewrite next, N2Nat.id, reads. unfold reached. rewrite fold_left_app. reflexivity.
      + apply within_all. intros j below. pose proof (sizes target in_nodes) as size. apply Nat.eqb_eq in size.
        unfold moved_inside in steps. rewrite forallb_forall in steps. specialize (steps j). rewrite in_seq in steps.
        specialize (steps ltac:(lia)).
        assert (row : length (nth j (recurrent c) []) = length (walls box)).
        { pose proof (sizes box listed) as size_. apply Nat.eqb_eq in size_. rewrite size_.
          apply Nat.eqb_eq, rows, nth_In. lia. }
        pose proof (coordinate_inside _ _ _ _ _ _ j row inside steps) as there.
        unfold cell_run. rewrite fold_left_app. exact there.
  Qed.

  Theorem every_word w : over k w -> (w <> [] \/ claimed (hd (Node [] 0 false []) nodes) = true) ->
    leads F zero plus times minus positive phi c (run_ w) (shown M label w).
  Proof.
    intros letters asked. destruct (box_after w letters) as (box & listed & reads & inside & claims).
    assert (claimed_ : claimed box = true).
    { destruct (claimed box) eqn:is; [reflexivity|]. destruct claims as [first none].
      destruct asked as [some|begins]; [contradiction|]. rewrite <- first in begins. rewrite is in begins. discriminate. }
    revert checked. unfold check_boxes. do 3 (destruct (Z.ltb 0 _); [|discriminate]).
    destruct (forallb _ (recurrent c)); [|discriminate]. destruct (forallb _ (logits c)) eqn:columns; [|discriminate].
    destruct (forallb _ nodes) eqn:sizes; [|discriminate]. destruct nodes as [|start rest] eqn:all_nodes; [discriminate|].
    rewrite <- all_nodes in *. destruct (N.eqb (stands_for start) _); [|discriminate].
    destruct (forallb _ (walls start)); [|discriminate]. destruct (forallb _ nodes) eqn:leading in |- *; [|discriminate].
    intros _. rewrite forallb_forall in sizes, leading. specialize (leading box listed). rewrite claimed_, reads in leading.
    pose proof (sizes box listed) as size. apply Nat.eqb_eq in size.
    apply (ahead_leads (walls box)); [rewrite size; exact columns|exact inside|exact leading].
  Qed.
End Sound.

(** ** The statement *)

(** Over every ordered field with its integers, for every activation that does not fall and that the table encloses. *)

Definition tells (k : nat) (M : machine) (label : list N) (c : cell) (unit_ : Z) (table : list enclosure) (empty : bool)
    : Prop :=
  forall F zero one plus times minus opposite divide inverse positive,
    ordered_field F zero one plus times minus opposite divide inverse positive ->
  forall phi : Z -> F, (forall a b, phi (a + b) = plus (phi a) (phi b)) ->
    (forall a b, phi (a * b) = times (phi a) (phi b)) -> (forall a, 0 < a -> positive (phi a)) ->
  forall activation : F -> F,
    (forall a b, at_most F zero minus positive a b -> at_most F zero minus positive (activation a) (activation b)) ->
    (forall e, In e table -> encloses F zero minus divide positive phi activation unit_ e) ->
  forall w, over k w -> (w <> [] \/ empty = true) ->
    leads F zero plus times minus positive phi c (cell_run F zero plus times divide phi activation c w) (shown M label w).

Theorem boxes_tell k M label c walls_unit unit_ table nodes :
  check_boxes c walls_unit unit_ table k M label nodes = true ->
  tells k M label c unit_ table (claimed (hd (Node [] 0 false []) nodes)).
Proof.
  intros checked F zero one plus times minus opposite divide inverse positive ordered phi phi_plus phi_times phi_positive.
  intros activation rises enclosed w letters asked.
  assert (units_ : 0 < scale c /\ 0 < walls_unit /\ 0 < unit_).
  { revert checked. unfold check_boxes. destruct (Z.ltb_spec 0 (scale c)); [|discriminate].
    destruct (Z.ltb_spec 0 walls_unit); [|discriminate]. destruct (Z.ltb_spec 0 unit_); [auto|discriminate]. }
  destruct units_ as (one_ & two & three).
  apply (every_word F zero one plus times minus opposite divide inverse positive ordered phi phi_plus phi_times
    phi_positive c walls_unit unit_ table activation rises enclosed one_ two three k M label nodes checked w letters asked).
Qed.
