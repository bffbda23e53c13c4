(** What no direct sum of irreducible blocks can follow, as a statement about a machine.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Bool Ring Field_theory.
From Fsm2rnn Require Import Definitions Impossible Orbits Irreducible.
Import ListNotations.
Open Scope Z_scope.

(** ** Networks *)

Definition no_irreducible_blocks (k : nat) (M : machine) (label : list N) : Prop :=
  forall F zero one plus times minus opposite divide inverse,
    field_theory zero one plus times minus opposite divide inverse (@eq F) ->
  forall phi : Z -> F, phi 0 = zero -> (forall a b, phi (a + b) = plus (phi a) (phi b)) ->
    (forall a b, phi (a * b) = times (phi a) (phi b)) -> (forall a, phi a = zero -> a = 0) ->
  forall (I : Type) (X : I -> Type) nought add scale act,
    (forall i, vector_space F zero one plus times (X i) (nought i) (add i) (scale i)) ->
    (forall i, linear_letters F (X i) (add i) (scale i) (act i)) ->
    (forall i, irreducible F (X i) (nought i) (add i) (scale i) k (act i)) ->
    (forall i (u v : X i), {u = v} + {u <> v}) ->
  forall (start : forall i, X i) decoder, (forall h g, (forall i, h i = g i) -> decoder h = decoder g) ->
    (forall u v, over k u -> over k v -> reached M u = reached M v ->
      forall i, acts (X i) (act i) u (start i) = acts (X i) (act i) v (start i)) ->
    ~ gives (forall i, X i) (fun x h i => act i x (h i)) k M label start decoder.

Definition in_radical (k : nat) (M : machine) (to : list word) (sum_ : combination_of_words) (first : space)
    (later : list space) (left right c : N) : bool :=
  let begins := summed M sum_ [At (initial_state M) 1] in
  if words_reach k M to then if forallb (fun e => in_range k (snd e)) sum_ then
  if Nat.ltb (N.to_nat (initial_state M)) (length to) then if spanned (length to) begins first then
  if descending k M (length to) sum_ first later then if N.eqb c 0 then false else
    vanishes (length to) (begins ++ [At left (- Z.of_N c); At right (Z.of_N c)])
  else false else false else false else false else false.

Theorem radical_refutes k M label to sum_ first later left right c suffix :
  in_radical k M to sum_ first later left right c = true ->
  told_apart k M label (nth (N.to_nat left) to [] ++ suffix) (nth (N.to_nat right) to [] ++ suffix) = true ->
  no_irreducible_blocks k M label.
Proof.
  unfold in_radical. destruct (words_reach k M to) eqn:reach; [|discriminate].
  destruct (forallb (fun e => in_range k (snd e)) sum_) eqn:letters; [|discriminate].
  destruct (Nat.ltb_spec (N.to_nat (initial_state M)) (length to)) as [known|]; [|discriminate].
  destruct (spanned (length to) _ first) eqn:begins; [|discriminate].
  destruct (descending k M (length to) sum_ first later) eqn:descends; [|discriminate].
  destruct (N.eqb_spec c 0) as [|nonzero]; [discriminate|]. intros difference apart.
  intros F zero one plus times minus opposite divide inverse is_field phi phi_zero phi_plus phi_times zero_.
  intros I X nought add scale act spaces linear whole decide start decoder reads one_code network.
  apply told_apart_sound in apart as (over_l & over_r & differ). apply differ.
  rewrite <- (network _ over_l), <- (network _ over_r). apply reads. intros i.
  assert (at_block : forall w h, acts (forall i, X i) (fun x h i => act i x (h i)) w h i = acts (X i) (act i) w (h i)).
  { induction w as [|x w IH]; intros h; [reflexivity|]. apply (IH (fun i => act i x (h i))). }
  rewrite !at_block, !acts_append. f_equal.
  assert (one_block : forall u v, over k u -> over k v -> reached M u = reached M v ->
    acts (X i) (act i) u (start i) = acts (X i) (act i) v (start i)) by (intros; apply one_code; assumption).
  assert (over_each : forall e, In e sum_ -> over k (snd e)).
  { rewrite forallb_forall in letters. intros e listed. apply in_range_over, letters, listed. }
  set (value_ := value to F phi (X i) (nought i) (add i) (scale i) (act i) (start i)).
  assert (first_nonzero : fst first <> 0).
  { intros is_zero. destruct later; cbn in descends; rewrite is_zero in descends; discriminate. }
  apply (spanned_sound to F zero one plus times minus opposite divide inverse is_field phi phi_zero phi_plus
    phi_times zero_ (X i) (nought i) (add i) (scale i) (act i) (start i) (spaces i)) in begins as [less in_first];
    [|exact first_nonzero].
  apply (vanishes_sound to F zero one plus times phi phi_zero phi_plus (X i) (nought i) (add i) (scale i)
    (act i) (start i) (spaces i)) in difference as [less_ nothing].
  fold value_ in in_first, nothing.
  assert (unit_ : value_ [At (initial_state M) 1] = start i).
  { unfold value_. cbn [value]. rewrite (add_swap F zero one plus times (X i) (nought i) (add i) (scale i) (spaces i)).
    rewrite (add_nought F zero one plus times (X i) (nought i) (add i) (scale i) (spaces i)).
    assert (one_ : phi 1 = one).
    { assert (some : phi 1 <> zero) by (intros is_zero; apply zero_ in is_zero; discriminate).
      transitivity (times (times (inverse (phi 1)) (phi 1)) (phi 1)).
      - rewrite (Finv_l is_field) by exact some. symmetry. apply (Rmul_1_l (F_R is_field)).
      - rewrite <- (Rmul_assoc (F_R is_field)), <- phi_times. apply (Finv_l is_field), some. }
    rewrite one_, (scale_one F zero one plus times (X i) (nought i) (add i) (scale i) (spaces i)).
    destruct (valid k M to reach _ known) as [over_ at_]. unfold code_of.
    apply (one_block _ []); [exact over_|constructor|exact at_]. }
  assert (sum_is : value_ (summed M sum_ [At (initial_state M) 1])
    = total_act F phi (X i) (nought i) (add i) (scale i) (act i) sum_ (start i)).
  { rewrite <- unit_. apply (value_summed k M to reach F zero one plus times minus opposite divide inverse is_field phi
      phi_times (X i) (nought i) (add i) (scale i) (act i) (start i) (spaces i) (linear i) one_block sum_ over_each);
      [cbn [below forallb]; rewrite (proj2 (Nat.ltb_lt _ _) known); reflexivity|exact less]. }
  assert (gone : value_ (summed M sum_ [At (initial_state M) 1]) = nought i).
  { destruct (decide i (value_ (summed M sum_ [At (initial_state M) 1])) (nought i)) as [is|some]; [exact is|exfalso].
    apply (every_space_is_whole k M to reach F zero one plus times minus opposite divide inverse is_field phi phi_zero
      phi_plus phi_times zero_ (X i) (nought i) (add i) (scale i) (act i) (start i) (spaces i) (linear i) one_block
      sum_ over_each (whole i) first later descends _ in_first some).
    rewrite <- sum_is. exact some. }
  unfold value_ in nothing. rewrite (value_append to F zero one plus times phi (X i) (nought i) (add i) (scale i) (act i)
    (start i) (spaces i)) in nothing. fold value_ in nothing. rewrite gone in nothing.
  rewrite (add_nought F zero one plus times (X i) (nought i) (add i) (scale i) (spaces i)) in nothing.
  unfold value_ in nothing. cbn [value] in nothing. unfold code_of in nothing.
  set (l := acts (X i) (act i) (nth (N.to_nat left) to []) (start i)) in *.
  set (r := acts (X i) (act i) (nth (N.to_nat right) to []) (start i)) in *.
  pose proof (spaces i) as (swap & assoc & nought_ & one_ & zero__ & times_ & plus_ & add_).
  rewrite (swap _ (nought i)), nought_ in nothing.
  assert (some : phi (Z.of_N c) <> zero) by (intros is_zero; apply zero_ in is_zero; lia).
  assert (equal : scale i (phi (Z.of_N c)) l = scale i (phi (Z.of_N c)) r).
  { transitivity (add i (scale i (phi (Z.of_N c)) l) (add i (scale i (phi (- Z.of_N c)) l) (scale i (phi (Z.of_N c)) r))).
    - rewrite nothing, swap. symmetry. apply nought_.
    - rewrite assoc, <- plus_, <- phi_plus. replace (Z.of_N c + - Z.of_N c) with 0 by lia. rewrite phi_zero, zero__.
      apply nought_. }
  rewrite <- (one_ l), <- (one_ r), <- (Finv_l is_field (phi (Z.of_N c)) some), !times_, equal. reflexivity.
Qed.
