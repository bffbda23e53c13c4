(** The Hankel lower bound: no linear realisation of a machine's functions is narrower than a regular minor of its Hankel
    matrix, over any field of characteristic zero in which equality is decidable.  Axioms: none.

    The minor H has an integer matrix G with H G = d I, d not zero, which is computed elsewhere and checked here: no
    determinant is taken. *)

From Coq Require Import List ZArith NArith Lia Bool Ring Field_theory.
From Fsm2rnn Require Import Definitions Impossible.
Import ListNotations.

(** ** The minor *)

Definition value_after (M : machine) (u : word) (test : word * nat) : Z :=
  function_at M (snd test) (reached M (u ++ fst test)).

Fixpoint dot (row column : list Z) : Z :=
  match row, column with
  | a :: row, b :: column => (a * b + dot row column)%Z
  | _, _ => 0%Z
  end.

(** H G = d I for the minor of these prefixes and tests, G given by columns; all words over k letters. *)

Definition regular (k : nat) (M : machine) (prefixes : list word) (tests : list (word * nat)) (columns : list (list Z))
    (d : Z) : bool :=
  let rows := map (fun u => map (value_after M u) tests) prefixes in
  let places := seq 0 (length prefixes) in
  if Z.eqb d 0 then false else
  if forallb (in_range k) prefixes then
  if forallb (fun t => if in_range k (fst t) then Nat.ltb (snd t) (length (functions M)) else false) tests then
    forallb (fun l => let column := nth l columns [] in
      forallb (fun e => Z.eqb (dot (snd e) column) (if Nat.eqb (fst e) l then d else 0%Z)) (combine places rows)) places
  else false else false.

Section Field.
  Variables (F : Type) (zero one : F) (plus times minus : F -> F -> F) (opposite : F -> F).
  Variables (divide : F -> F -> F) (inverse : F -> F).
  Hypothesis is_field : field_theory zero one plus times minus opposite divide inverse eq.
  Hypothesis decide : forall a b : F, {a = b} + {a <> b}.
  Add Ring numbers : (F_R is_field).

  (** ** Sums *)

  Fixpoint total {A} (coefficients : list F) (l : list A) (f : A -> F) : F :=
    match coefficients, l with
    | c :: cs, a :: rest => plus (times c (f a)) (total cs rest f)
    | _, _ => zero
    end.

  Lemma total_ext {A} cs : forall (l : list A) f g, (forall a, In a l -> f a = g a) -> total cs l f = total cs l g.
  Proof.
    induction cs as [|c cs IH]; intros [|a l] f g same; cbn; try reflexivity.
    rewrite same by (left; reflexivity). f_equal. apply IH. intros b listed. apply same. right. exact listed.
  Qed.

  Lemma total_plus {A} cs : forall (l : list A) f g,
    total cs l (fun a => plus (f a) (g a)) = plus (total cs l f) (total cs l g).
  Proof. induction cs as [|c cs IH]; intros [|a l] f g; cbn; try ring. rewrite IH. ring. Qed.

  Lemma total_times {A} cs : forall (l : list A) f b, total cs l (fun a => times b (f a)) = times b (total cs l f).
  Proof. induction cs as [|c cs IH]; intros [|a l] f b; cbn; try ring. rewrite IH. ring. Qed.

  Lemma total_zero {A} cs : forall (l : list A) f, (forall a, In a l -> f a = zero) -> total cs l f = zero.
  Proof.
    induction cs as [|c cs IH]; intros [|a l] f vanish; cbn; try reflexivity.
    rewrite (vanish a) by (left; reflexivity). rewrite IH; [ring|]. intros b listed. apply vanish. right. exact listed.
  Qed.

  Lemma total_append {A} cs : forall ds (l m : list A) f, length cs = length l ->
    total (cs ++ ds) (l ++ m) f = plus (total cs l f) (total ds m f).
  Proof.
    induction cs as [|c cs IH]; intros ds [|a l] m f same; cbn in *; try discriminate; [ring|].
    rewrite IH by lia. ring.
  Qed.

  Lemma total_map {A B} cs : forall (l : list A) (g : A -> B) f, total cs (map g l) f = total cs l (fun a => f (g a)).
  Proof. induction cs as [|c cs IH]; intros [|a l] g f; cbn; try reflexivity. rewrite IH. reflexivity. Qed.

  (** ** More vectors than coordinates are dependent *)

  Lemma dependent n : forall l : list (nat -> F), (n < length l)%nat ->
    exists cs, length cs = length l /\ Exists (fun c => c <> zero) cs /\
      forall j, (j < n)%nat -> total cs l (fun v => v j) = zero.
  Proof.
    induction n as [|n IH]; intros l many.
    - exists (repeat one (length l)). rewrite repeat_length. split; [reflexivity|]. split; [|lia].
      destruct l as [|v l]; [cbn in many; lia|]. left. exact (F_1_neq_0 is_field).
    - destruct (Forall_Exists_dec (fun v : nat -> F => v n = zero) (fun v => decide (v n) zero) l) as [vanish|some].
      + destruct (IH l ltac:(lia)) as (cs & len & nonzero & zeros). exists cs. split; [exact len|].
        split; [exact nonzero|]. intros j below. destruct (Nat.eq_dec j n) as [->|]; [|apply zeros; lia].
        apply total_zero. rewrite Forall_forall in vanish. exact vanish.
      + apply Exists_exists in some as (pivot & listed & nonzero).
        destruct (in_split _ _ listed) as (before & behind & ->). rewrite app_length in many. cbn in many.
        set (ratio := fun v : nat -> F => times (v n) (inverse (pivot n))).
        set (reduced := fun (v : nat -> F) (j : nat) => minus (v j) (times (ratio v) (pivot j))).
        destruct (IH (map reduced (before ++ behind))) as (cs & len & some & zeros).
        { rewrite map_length, app_length. lia. }
        rewrite map_length, app_length in len.
        set (front := firstn (length before) cs). set (back := skipn (length before) cs).
        assert (split_ : cs = front ++ back) by (symmetry; apply firstn_skipn).
        assert (len_front : length front = length before) by (apply firstn_length_le; lia).
        assert (len_back : length back = length behind).
        { unfold back. rewrite skipn_length. lia. }
        exists (front ++ opposite (total cs (before ++ behind) ratio) :: back). split; [|split].
        * rewrite !app_length. cbn. lia.
        * rewrite split_ in some. apply Exists_app in some. apply Exists_app.
          destruct some as [some|some]; [left; exact some|right; right; exact some].
        * intros j below. rewrite total_append by exact len_front. cbn [total].
          assert (whole : total cs (before ++ behind) (fun v => v j)
            = plus (total front before (fun v => v j)) (total back behind (fun v => v j))).
          { rewrite split_ at 1. apply total_append. exact len_front. }
          assert (sum : total cs (before ++ behind) (fun v => v j)
            = times (pivot j) (total cs (before ++ behind) ratio)).
          { destruct (Nat.eq_dec j n) as [->|].
            - rewrite <- total_times. apply total_ext. intros v _. unfold ratio.
              transitivity (times (v n) (times (inverse (pivot n)) (pivot n))); [|ring].
              rewrite (Finv_l is_field) by exact nonzero. ring.
            - specialize (zeros j ltac:(lia)). rewrite total_map in zeros. unfold reduced in zeros.
              rewrite (total_ext cs _ _ (fun v => plus (v j) (times (opposite (pivot j)) (ratio v)))) in zeros
                by (intros; ring).
              rewrite total_plus, total_times in zeros.
              transitivity (plus (plus (total cs (before ++ behind) (fun v => v j))
                (times (opposite (pivot j)) (total cs (before ++ behind) ratio)))
                (times (pivot j) (total cs (before ++ behind) ratio))); [ring|]. rewrite zeros. ring. }
          rewrite sum in whole.
          transitivity (minus (plus (total front before (fun v => v j)) (total back behind (fun v => v j)))
            (times (pivot j) (total cs (before ++ behind) ratio))); [ring|]. rewrite <- whole. ring.
  Qed.

  (** ** Networks of n coordinates with linear outputs *)

  Fixpoint sum (n : nat) (f : nat -> F) : F := match n with O => zero | S n => plus (sum n f) (f n) end.

  Lemma sum_ext n f g : (forall j, (j < n)%nat -> f j = g j) -> sum n f = sum n g.
  Proof. induction n as [|n IH]; intros same; cbn; [reflexivity|]. rewrite IH, same by auto. reflexivity. Qed.

  Lemma sum_zero n : sum n (fun _ => zero) = zero.
  Proof. induction n as [|n IH]; cbn; [reflexivity|]. rewrite IH. ring. Qed.

  Lemma sum_total {A} n cs (l : list A) f : sum n (fun j => total cs l (fun a => f a j)) = total cs l (fun a => sum n (f a)).
  Proof.
    induction n as [|n IH]; cbn; [symmetry; apply total_zero; reflexivity|]. rewrite IH, <- total_plus. reflexivity.
  Qed.

  Section Network.
    Variables (n : nat) (matrix : N -> nat -> nat -> F) (start : nat -> F) (head : nat -> nat -> F).

    Definition linear_step (h : nat -> F) (x : N) : nat -> F := fun i => sum n (fun j => times (matrix x i j) (h j)).

    Definition linear_run (w : word) (h : nat -> F) : nat -> F := fold_left linear_step w h.

    Definition linear_output (f : nat) (h : nat -> F) : F := sum n (fun j => times (head f j) (h j)).

    Definition combination (cs : list F) (l : list (nat -> F)) : nat -> F := fun j => total cs l (fun v => v j).

    Lemma step_combination cs l x i : linear_step (combination cs l) x i = combination cs (map (fun v => linear_step v x) l) i.
    Proof.
      unfold linear_step, combination. rewrite total_map. rewrite <- sum_total. apply sum_ext. intros j _.
      symmetry. apply total_times.
    Qed.

    (** Runs see only the first n coordinates, and are linear. *)

    Lemma run_ext w : forall h g, (forall j, (j < n)%nat -> h j = g j) -> forall j, (j < n)%nat ->
      linear_run w h j = linear_run w g j.
    Proof.
      induction w as [|x w IH]; intros h g same j below; [apply same; exact below|].
      apply (IH (linear_step h x) (linear_step g x)); [|exact below]. intros i _. apply sum_ext. intros k within.
      rewrite same by exact within. reflexivity.
    Qed.

    Lemma run_combination w cs : forall l j, (j < n)%nat ->
      linear_run w (combination cs l) j = combination cs (map (linear_run w) l) j.
    Proof.
      induction w as [|x w IH]; intros l j below; [unfold combination; rewrite total_map; reflexivity|].
      transitivity (linear_run w (combination cs (map (fun v => linear_step v x) l)) j).
      - apply (run_ext w (linear_step (combination cs l) x)); [|exact below]. intros i _. apply step_combination.
      - rewrite IH by exact below. rewrite map_map. reflexivity.
    Qed.

    Lemma run_zero w : forall h, (forall j, (j < n)%nat -> h j = zero) -> forall j, (j < n)%nat -> linear_run w h j = zero.
    Proof.
      intros h vanish j below. rewrite (run_ext w h (combination [] [])) by assumption.
      rewrite run_combination by exact below. reflexivity.
    Qed.

    (** The integers of the field. *)

    Variable phi : Z -> F.
    Hypothesis phi_zero : phi 0 = zero.
    Hypothesis phi_plus : forall a b, phi (a + b) = plus (phi a) (phi b).
    Hypothesis phi_times : forall a b, phi (a * b) = times (phi a) (phi b).
    Hypothesis characteristic_zero : forall a, phi a = zero -> a = 0%Z.

    Lemma weighted_rows {A} cs (l : list A) (row : A -> word * nat -> Z) tests : forall column,
      (forall t, In t tests -> total cs l (fun a => phi (row a t)) = zero) ->
      total cs l (fun a => phi (dot (map (row a) tests) column)) = zero.
    Proof.
      induction tests as [|t tests IH]; intros column vanish; [apply total_zero; intros; cbn; apply phi_zero|].
      destruct column as [|g column]; [apply total_zero; intros; cbn; apply phi_zero|]. cbn [map dot].
      rewrite (total_ext cs l _ (fun a => plus (times (phi g) (phi (row a t))) (phi (dot (map (row a) tests) column)))).
      - rewrite total_plus, total_times, vanish by (left; reflexivity).
        rewrite IH by (intros s listed; apply vanish; right; exact listed). ring.
      - intros a _. rewrite phi_plus, phi_times. ring.
    Qed.

    Lemma picked {A} cs : forall (l : list A) (f : A -> F) from at_ b, length cs = length l -> (from <= at_)%nat ->
      Forall (fun e => f (snd e) = if Nat.eqb (fst e) at_ then b else zero) (combine (seq from (length l)) l) ->
      total cs l f = times (nth (at_ - from) cs zero) b.
    Proof.
      induction cs as [|c cs IH]; intros l f from at_ b same above all; destruct l as [|a l]; try discriminate.
      - cbn. destruct (at_ - from)%nat; ring.
      - cbn [length seq combine] in all. inversion all as [|? ? here rest]; subst. cbn [fst snd] in here.
        cbn [total]. rewrite here. destruct (Nat.eqb_spec from at_) as [->|differs].
        + rewrite Nat.sub_diag. cbn [nth]. rewrite total_zero; [ring|]. intros v listed.
          cbn in same. assert (H := rest). rewrite Forall_forall in H.
          apply In_nth with (d := v) in listed as (p & within & is).
          specialize (H (S at_ + p, v)%nat). cbn [fst snd] in H.
          rewrite H.
          * destruct (Nat.eqb_spec (S at_ + p) at_); [lia|reflexivity].
          * assert (pair_ : nth p (combine (seq (S at_) (length l)) l) (0%nat, v) = (S at_ + p, v)%nat).
            { rewrite combine_nth by apply seq_length. rewrite seq_nth, is by exact within. reflexivity. }
            rewrite <- pair_. apply nth_In. rewrite combine_length, seq_length. lia.
        + rewrite (IH l f (S from) at_ b); [|cbn in same; lia|lia|exact rest].
          replace (at_ - from)%nat with (S (at_ - S from)) by lia. cbn [nth]. ring.
    Qed.

    Theorem hankel_bound k M prefixes tests columns d : regular k M prefixes tests columns d = true ->
      (forall w, over k w -> forall f, (f < length (functions M))%nat ->
        linear_output f (linear_run w start) = phi (function_at M f (reached M w))) ->
      (length prefixes <= n)%nat.
    Proof.
      unfold regular. destruct (Z.eqb_spec d 0) as [|nonzero]; [discriminate|].
      destruct (forallb (in_range k) prefixes) eqn:over_prefixes; [|discriminate].
      destruct (forallb _ tests) eqn:over_tests; [|discriminate]. intros inverse_ linear.
      destruct (Nat.le_gt_cases (length prefixes) n) as [|wide]; [assumption|exfalso].
      set (states := map (fun u => linear_run u start) prefixes).
      destruct (dependent n states) as (cs & len & some & zeros); [unfold states; rewrite map_length; exact wide|].
      unfold states in len. rewrite map_length in len.
      assert (vanish : forall t, In t tests -> total cs prefixes (fun u => phi (value_after M u t)) = zero).
      { intros [suffix f] listed. rewrite forallb_forall in over_tests. specialize (over_tests _ listed).
        cbn [fst snd] in over_tests. destruct (in_range k suffix) eqn:over_suffix; [|discriminate].
        apply in_range_over in over_suffix. apply Nat.ltb_lt in over_tests.
        rewrite (total_ext cs prefixes _ (fun u => linear_output f (linear_run suffix (linear_run u start)))).
        - rewrite <- (total_map cs prefixes (fun u => linear_run u start)
            (fun h => linear_output f (linear_run suffix h))). fold states.
          rewrite <- (total_map cs states (linear_run suffix) (linear_output f)).
          unfold linear_output. rewrite <- sum_total.
          transitivity (sum n (fun _ => zero)).
          + apply sum_ext. intros j below. rewrite total_times.
            change (total cs (map (linear_run suffix) states) (fun v => v j))
              with (combination cs (map (linear_run suffix) states) j).
            rewrite <- run_combination, run_zero by assumption. ring.
          + apply sum_zero.
        - intros u in_prefixes. rewrite forallb_forall in over_prefixes. specialize (over_prefixes u in_prefixes).
          apply in_range_over in over_prefixes. unfold value_after. cbn [fst snd].
          rewrite <- linear by (apply Forall_app; split; assumption) || exact over_tests.
          unfold linear_run. rewrite fold_left_app. reflexivity. }
      apply Exists_exists in some as (c & listed & c_nonzero).
      apply In_nth with (d := zero) in listed as (l & within & is_c). apply c_nonzero.
      rewrite forallb_forall in inverse_. specialize (inverse_ l). rewrite in_seq in inverse_.
      specialize (inverse_ ltac:(lia)). rewrite forallb_forall in inverse_.
      pose proof (weighted_rows cs prefixes (value_after M) tests (nth l columns []) vanish) as nothing.
      rewrite <- (total_map cs prefixes (fun u => map (value_after M u) tests) (fun r => phi (dot r (nth l columns []))))
        in nothing.
      rewrite (picked cs _ _ 0 l (phi d)) in nothing; [|rewrite map_length; exact len|lia|].
      - rewrite Nat.sub_0_r, is_c in nothing. destruct (decide (phi d) zero) as [is_zero|phi_nonzero].
        + apply characteristic_zero in is_zero. contradiction.
        + transitivity (times (times c (phi d)) (inverse (phi d))).
          * transitivity (times c (times (inverse (phi d)) (phi d))); [|ring]. rewrite (Finv_l is_field) by exact phi_nonzero.
            ring.
          * rewrite nothing. ring.
      - rewrite map_length. apply Forall_forall. intros e in_rows. specialize (inverse_ e in_rows).
        apply Z.eqb_eq in inverse_. rewrite inverse_. destruct (Nat.eqb (fst e) l); [reflexivity|exact phi_zero].
    Qed.
  End Network.

  (** ** Additive terms cost one coordinate *)

  Section Affine.
    Variables (n : nat) (matrix : N -> nat -> nat -> F) (shift : N -> nat -> F) (start : nat -> F).
    Variables (head : nat -> nat -> F) (bias : nat -> F).

    Definition affine_step (h : nat -> F) (x : N) : nat -> F := fun i => plus (linear_step n matrix h x i) (shift x i).

    Definition affine_run (w : word) : nat -> F := fold_left affine_step w start.

    Definition affine_output (f : nat) (h : nat -> F) : F := plus (linear_output n head f h) (bias f).

    (** The last of n + 1 coordinates stays one. *)

    Definition wider_matrix (x : N) (i j : nat) : F :=
      if Nat.eqb j n then (if Nat.eqb i n then one else shift x i) else if Nat.eqb i n then zero else matrix x i j.

    Definition wider_start (j : nat) : F := if Nat.eqb j n then one else start j.

    Definition wider_head (f j : nat) : F := if Nat.eqb j n then bias f else head f j.

    Lemma wider_run w : linear_run (S n) wider_matrix w wider_start n = one /\
      forall j, (j < n)%nat -> linear_run (S n) wider_matrix w wider_start j = affine_run w j.
    Proof.
      induction w as [|x w [last_ others]] using rev_ind.
      - unfold linear_run, affine_run, wider_start. cbn. rewrite Nat.eqb_refl. split; [reflexivity|].
        intros j below. destruct (Nat.eqb_spec j n); [lia|reflexivity].
      - unfold linear_run, affine_run in *. rewrite !fold_left_app. cbn [fold_left]. unfold linear_step at 1 3.
        cbn [sum]. rewrite last_. assert (one_ : forall i, wider_matrix x i n = if Nat.eqb i n then one else shift x i).
        { intros i. unfold wider_matrix. rewrite Nat.eqb_refl. reflexivity. }
        split.
        + rewrite one_, Nat.eqb_refl.
          rewrite (sum_ext n _ (fun _ => zero)); [rewrite sum_zero; ring|].
          intros j below. unfold wider_matrix. rewrite Nat.eqb_refl. destruct (Nat.eqb_spec j n); [lia|ring].
        + intros i within. rewrite one_. destruct (Nat.eqb_spec i n); [lia|].
          transitivity (plus (sum n (fun j => times (matrix x i j) (fold_left affine_step w start j))) (shift x i));
            [|reflexivity].
          rewrite (sum_ext n _ (fun j => times (matrix x i j) (fold_left affine_step w start j))); [ring|].
          intros j below. unfold wider_matrix.
          destruct (Nat.eqb_spec j n); [lia|]. destruct (Nat.eqb_spec i n); [lia|]. rewrite others by exact below.
          reflexivity.
    Qed.

    Variable phi : Z -> F.
    Hypothesis phi_zero : phi 0 = zero.
    Hypothesis phi_plus : forall a b, phi (a + b) = plus (phi a) (phi b).
    Hypothesis phi_times : forall a b, phi (a * b) = times (phi a) (phi b).
    Hypothesis characteristic_zero : forall a, phi a = zero -> a = 0%Z.

    Theorem affine_hankel_bound k M prefixes tests columns d : regular k M prefixes tests columns d = true ->
      (forall w, over k w -> forall f, (f < length (functions M))%nat ->
        affine_output f (affine_run w) = phi (function_at M f (reached M w))) ->
      (length prefixes <= S n)%nat.
    Proof.
      intros minor affine.
      apply (hankel_bound (S n) wider_matrix wider_start wider_head phi phi_zero phi_plus phi_times characteristic_zero
        k M prefixes tests columns d minor).
      intros w letters f known. rewrite <- affine by assumption. destruct (wider_run w) as [last_ others].
      unfold linear_output, affine_output, linear_output. cbn [sum]. rewrite last_. unfold wider_head at 2.
      rewrite Nat.eqb_refl. rewrite (sum_ext n _ (fun j => times (head f j) (affine_run w j))); [ring|].
      intros j below. unfold wider_head. destruct (Nat.eqb_spec j n); [lia|]. rewrite others by exact below. reflexivity.
    Qed.
  End Affine.
End Field.

(** ** The statement of a lower bound *)

(** Every network that gives the machine's functions linearly, over any field of characteristic zero in which equality is
    decidable, has at least so many coordinates; with additive terms, at least one less. *)

Definition least_width (k : nat) (M : machine) (width : nat) : Prop :=
  forall F zero one plus times minus opposite divide inverse,
    field_theory zero one plus times minus opposite divide inverse (@eq F) -> (forall a b : F, {a = b} + {a <> b}) ->
  forall phi : Z -> F, phi 0%Z = zero -> (forall a b, phi (a + b)%Z = plus (phi a) (phi b)) ->
    (forall a b, phi (a * b)%Z = times (phi a) (phi b)) -> (forall a, phi a = zero -> a = 0%Z) ->
  (forall n matrix start head,
    (forall w, over k w -> forall f, (f < length (functions M))%nat ->
      linear_output F zero plus times n head f (linear_run F zero plus times n matrix w start)
      = phi (function_at M f (reached M w))) -> (width <= n)%nat) /\
  (forall n matrix shift start head bias,
    (forall w, over k w -> forall f, (f < length (functions M))%nat ->
      affine_output F zero plus times n head bias f (affine_run F zero plus times n matrix shift start w)
      = phi (function_at M f (reached M w))) -> (width <= S n)%nat).

Theorem regular_minor k M prefixes tests columns d : regular k M prefixes tests columns d = true ->
  least_width k M (length prefixes).
Proof.
  intros minor F zero one plus times minus opposite divide inverse field_ decide phi phi_zero phi_plus phi_times zero_.
  split; intros.
  - eapply hankel_bound; eassumption.
  - eapply affine_hankel_bound; eassumption.
Qed.
