(** Propositions on bilinear recurrences, proved once for every machine.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Bool Permutation RelationClasses.
From Fsm2rnn Require Import Definitions Sparse Checker Impossible.
Import ListNotations.
Open Scope Z_scope.

(** ** Proposition 1: the one-hot network of a machine follows it, whatever the machine

    W[q', q, x] = 1 where x leads from q to q', else 0: column q of letter x is the unit vector of [after M q x]. *)

Definition numbers (n : nat) : list N := map N.of_nat (seq 0 n).

Definition one_hot (M : machine) (n k : nat) : network :=
  Network (map (fun x => units (map (fun q => after M q x) (numbers n))) (numbers k))
    [At (initial_state M) 1]
    (map (fun q => Row [At q 1] 0 q) (numbers n)).

(** n states and k letters, and no letter leads out. *)

Definition is_total (M : machine) (n k : nat) : Prop :=
  (N.to_nat (initial_state M) < n)%nat /\
  forall q x, (N.to_nat q < n)%nat -> (N.to_nat x < k)%nat -> (N.to_nat (after M q x) < n)%nat.

Definition unit_vector (q : N) : vector := fun i => if N.eqb q i then 1 else 0.

Lemma nth_numbers {A} (f : N -> A) n i d : (i < n)%nat -> nth i (map f (numbers n)) d = f (N.of_nat i).
Proof.
  intros below. unfold numbers. rewrite map_map. rewrite (nth_indep _ d (f (N.of_nat 0))).
  - rewrite (map_nth (fun m => f (N.of_nat m))), seq_nth by exact below. reflexivity.
  - rewrite map_length, seq_length. exact below.
Qed.

Lemma in_numbers n q : In q (numbers n) <-> (N.to_nat q < n)%nat.
Proof.
  unfold numbers. rewrite in_map_iff. split.
  - intros (m & <- & listed). apply in_seq in listed. lia.
  - intros below. exists (N.to_nat q). split; [apply N2Nat.id|]. apply in_seq. lia.
Qed.

Lemma one_hot_step M n k q x : (N.to_nat q < n)%nat -> (N.to_nat x < k)%nat ->
  forall i, step (one_hot M n k) (unit_vector q) x i = unit_vector (after M q x) i.
Proof.
  intros state letter i. unfold step, one_hot. cbn [matrices]. rewrite nth_numbers, N2Nat.id by exact letter.
  unfold unit_vector at 1. rewrite product_unit by lia. rewrite N.sub_0_r. unfold units.
  rewrite map_map, nth_numbers, N2Nat.id by exact state. unfold unit_vector. cbn [coordinate]. lia.
Qed.

Lemma inner_unit q h : inner [At q 1] h = h q.
Proof. cbn [inner]. lia. Qed.

Theorem proposition_1 M n k : is_total M n k -> forall w, over k w ->
  (forall i, run (one_hot M n k) w i = unit_vector (reached M w) i)
  /\ read_as (one_hot M n k) (run (one_hot M n k) w) (reached M w)
  /\ decode (one_hot M n k) (run (one_hot M n k) w) = reached M w.
Proof.
  intros [begins stays] w letters.
  assert (at_ : (N.to_nat (reached M w) < n)%nat /\ forall i, run (one_hot M n k) w i = unit_vector (reached M w) i).
  { induction w as [|x w IH] using rev_ind.
    - split; [exact begins|]. intros i. unfold run, one_hot, unit_vector, reached. cbn [fold_left first coordinate]. lia.
    - apply over_last in letters as [letters below]. destruct (IH letters) as [state is].
      rewrite reached_last. split; [apply stays; assumption|]. intros i. rewrite run_last.
      rewrite <- (one_hot_step M n k (reached M w) x state below i). unfold step. apply product_ext. exact is. }
  destruct at_ as [state is].
  assert (read : read_as (one_hot M n k) (run (one_hot M n k) w) (reached M w)).
  { exists (Row [At (reached M w) 1] 0 (reached M w)). split; [|split; [reflexivity|]].
    - unfold one_hot. cbn [readout]. apply in_map_iff. exists (reached M w). split; [reflexivity|].
      apply in_numbers. exact state.
    - intros other listed differs. unfold one_hot in listed. cbn [readout] in listed.
      apply in_map_iff in listed as (q & <- & _). cbn [speaks_for] in differs. unfold score. cbn [weights bias].
      rewrite !inner_unit, !is. unfold unit_vector. rewrite N.eqb_refl.
      destruct (N.eqb_spec (reached M w) q) as [same|_]; [symmetry in same; contradiction|lia]. }
  split; [exact is|]. split; [exact read|]. apply read_as_decode. exact read.
Qed.

(** ** Proposition 2, where order matters: maps with one eigenbasis

    A_x = P D_x P^-1 with D_x that commute: words of equal letters lead to one state, so a machine that is followed shows
    one output for them. *)

Theorem proposition_2_order X Y (same : X -> X -> Prop) (equal : Y -> Y -> Prop) (into : X -> Y) (back : Y -> X)
    (D : N -> Y -> Y) :
  Equivalence same -> Equivalence equal ->
  (forall h g, same h g -> equal (into h) (into g)) -> (forall u v, equal u v -> same (back u) (back v)) ->
  (forall x u v, equal u v -> equal (D x u) (D x v)) -> (forall u, equal (into (back u)) u) ->
  (forall x y u, equal (D x (D y u)) (D y (D x u))) ->
  forall k M label start decoder, (forall h g, same h g -> decoder h = decoder g) ->
  gives X (fun x h => back (D x (into h))) k M label start decoder ->
  forall u v, over k u -> over k v -> Permutation u v -> shown M label u = shown M label v.
Proof.
  intros same_ equal_ into_same back_same D_same inverse_ commute k M label start decoder reads network u v over_u over_v
    letters.
  rewrite <- (network u over_u), <- (network v over_v). apply reads.
  apply only_counts; [exact same_| | |exact letters].
  - intros x h g one. apply back_same, D_same, into_same, one.
  - intros x y h. apply back_same. transitivity (D x (D y (into h))); [apply D_same, inverse_|].
    transitivity (D y (D x (into h))); [apply commute|]. apply D_same. symmetry. apply inverse_.
Qed.

(** ** Proposition 2, where it does not: products of cyclic groups turn planes

    A letter adds [adds x i] modulo [order i] to each sum; the network multiplies coordinate i by that power of a
    primitive root of unity.  Its states are equal exactly where the sums are.  The scalars are any monoid. *)

Section Rotations.
  Variables (R : Type) (one : R) (times : R -> R -> R).
  Hypothesis one_left : forall a, times one a = a.
  Hypothesis one_right : forall a, times a one = a.
  Hypothesis associative : forall a b c, times a (times b c) = times (times a b) c.

  Variables (I : Type) (order : I -> nat) (root : I -> R) (adds : N -> I -> nat).

  Fixpoint power (a : R) (n : nat) : R := match n with O => one | S n => times a (power a n) end.

  Hypothesis root_closes : forall i, power (root i) (order i) = one.
  Hypothesis root_primitive : forall i a b, (a < order i)%nat -> (b < order i)%nat ->
    power (root i) a = power (root i) b -> a = b.
  Hypothesis order_positive : forall i, (0 < order i)%nat.

  Definition sum_after (w : word) (i : I) : nat := fold_left (fun s x => (adds x i + s) mod order i)%nat w 0%nat.

  Definition turned (w : word) : I -> R :=
    fold_left (fun h x => fun i => times (power (root i) (adds x i)) (h i)) w (fun _ => one).

  Lemma power_sum a m n : power a (m + n) = times (power a m) (power a n).
  Proof. induction m as [|m IH]; cbn; [symmetry; apply one_left|]. rewrite IH. apply associative. Qed.

  Lemma power_modulo i n : power (root i) (n mod order i) = power (root i) n.
  Proof.
    rewrite (Nat.div_mod_eq n (order i)) at 2. rewrite power_sum.
    assert (rounds : forall q, power (root i) (order i * q) = one).
    { induction q as [|q IH]; [rewrite Nat.mul_0_r; reflexivity|].
      rewrite Nat.mul_succ_r, power_sum, IH, root_closes. apply one_left. }
    rewrite rounds, one_left. reflexivity.
  Qed.

  Lemma turned_power w i : turned w i = power (root i) (sum_after w i).
  Proof.
    unfold turned, sum_after. induction w as [|x w IH] using rev_ind; [reflexivity|].
    rewrite !fold_left_app. cbn [fold_left]. rewrite IH, power_modulo, power_sum. reflexivity.
  Qed.

  Lemma sum_below w i : (sum_after w i < order i)%nat.
  Proof.
    unfold sum_after. destruct w as [|x w _] using rev_ind; [apply order_positive|].
    rewrite fold_left_app. cbn [fold_left]. apply Nat.mod_upper_bound. specialize (order_positive i). lia.
  Qed.

  Theorem proposition_2_rotations v w :
    (forall i, turned v i = turned w i) <-> (forall i, sum_after v i = sum_after w i).
  Proof.
    split; intros same i.
    - apply (root_primitive i); [apply sum_below..|]. rewrite <- !turned_power. apply same.
    - rewrite !turned_power, same. reflexivity.
  Qed.
End Rotations.

(** ** Proposition 3: frozen random signs follow parity but for one choice in 2^H

    H coordinates, which the letter 0 leaves and the letter 1 multiplies by +1 or -1, frozen.  Some coordinate that changes
    sign shows the parity of the ones after every word; with no such coordinate no decoder can.  Of the 2^H choices of
    signs one has none: so where signs are drawn evenly, parity can be read with probability 1 - 2^-H.  That training
    finds the readout is not said here. *)

Definition sign (flips : bool) : Z := if flips then -1 else 1.

Definition frozen_step (signs : list bool) (x : N) (h : list Z) : list Z :=
  if N.eqb x 1 then map (fun e : bool * Z => sign (fst e) * snd e) (combine signs h) else h.

Definition parity (w : word) : bool := fold_left (fun b x => if N.eqb x 1 then negb b else b) w false.

Definition frozen_state (signs : list bool) (w : word) : list Z :=
  acts (list Z) (frozen_step signs) w (map (fun _ : bool => 1) signs).

Lemma frozen_signs signs w : frozen_state signs w = map (fun flips : bool => sign (if flips then parity w else false)) signs.
Proof.
  unfold frozen_state, acts, parity. induction w as [|x w IH] using rev_ind.
  - cbn. apply map_ext. intros []; reflexivity.
  - rewrite !fold_left_app. cbn [fold_left]. rewrite IH. unfold frozen_step. destruct (N.eqb x 1); [|reflexivity].
    clear IH. generalize (fold_left (fun b y => if N.eqb y 1 then negb b else b) w false). intros b.
    induction signs as [|flips signs IH]; [reflexivity|]. cbn. rewrite IH. destruct flips, b; reflexivity.
Qed.

Theorem proposition_3_read signs j w : nth j signs false = true ->
  nth j (frozen_state signs w) 1 = sign (parity w).
Proof.
  intros flips. rewrite frozen_signs. change 1 with (sign (if false then parity w else false)) at 1.
  rewrite (map_nth (fun flips : bool => sign (if flips then parity w else false))), flips. reflexivity.
Qed.

Theorem proposition_3_blind signs : existsb (fun flips : bool => flips) signs = false ->
  forall decoder : list Z -> bool, ~ forall w, decoder (frozen_state signs w) = parity w.
Proof.
  intros none decoder right. pose proof (right []) as even. pose proof (right [1%N]) as odd.
  assert (same : frozen_state signs [1%N] = frozen_state signs []).
  { rewrite !frozen_signs. clear - none. induction signs as [|flips signs IH]; [reflexivity|].
    cbn in none. apply orb_false_iff in none as [-> none]. cbn [map]. rewrite IH by exact none. reflexivity. }
  rewrite same, even in odd. discriminate.
Qed.

Fixpoint all_signs (n : nat) : list (list bool) :=
  match n with
  | O => [[]]
  | S n => map (cons false) (all_signs n) ++ map (cons true) (all_signs n)
  end.

Theorem proposition_3_count n :
  length (all_signs n) = (2 ^ n)%nat /\
  length (filter (existsb (fun flips : bool => flips)) (all_signs n)) = (2 ^ n - 1)%nat.
Proof.
  assert (filter_map : forall (test : list bool -> bool) b l,
    length (filter test (map (cons b) l)) = length (filter (fun s => test (b :: s)) l)).
  { intros test b l. induction l as [|s l IH]; [reflexivity|]. cbn. destruct (test (b :: s)); cbn; rewrite IH; reflexivity. }
  assert (filter_all : forall l : list (list bool), filter (fun _ => true) l = l).
  { induction l as [|s l IH]; [reflexivity|]. cbn. rewrite IH. reflexivity. }
  induction n as [|n [all some]]; [split; reflexivity|]. cbn [all_signs]. rewrite filter_app, !app_length, !map_length.
  rewrite !filter_map. cbn [existsb orb]. rewrite filter_all, all.
  change (filter (fun s => existsb (fun flips : bool => flips) s) (all_signs n))
    with (filter (existsb (fun flips : bool => flips)) (all_signs n)). rewrite some. cbn [Nat.pow].
  pose proof (Nat.pow_nonzero 2 n ltac:(lia)). split; lia.
Qed.
