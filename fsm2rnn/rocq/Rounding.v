(** Grade exact: where every partial sum is an integer of magnitude at most [bound], an arithmetic that is right on such
    integers never errs, in whatever order it sums and with or without fused multiply-add.  Axioms: none.

    The arithmetic is a parameter; [Formats] puts the IEEE formats in its place. *)

From Coq Require Import List ZArith NArith Lia Bool Permutation.
From Fsm2rnn Require Import Definitions Arithmetics Sparse Checker.
Import ListNotations.
Open Scope Z_scope.

(** ** The checker of the bound *)

Fixpoint magnitudes (v : sparse) : sparse :=
  match v with
  | [] => []
  | At i a :: rest => At i (Z.abs a) :: magnitudes rest
  end.

(** Over all codes h, letters x and rows r: each entry of |A_x| |h|, and |r| |h| + |bias|, is at most [bound]. *)

Definition check_bound (bound : Z) (net : network) (rows : list row) (codes : list code) : bool :=
  let columns := map (fun m => table (map magnitudes m)) (matrices net) in
  let absolute := map (fun r => (magnitudes (weights r), Z.abs (bias r))) rows in
  if 0 <=? bound then
    forallb (fun c =>
      let p := magnitudes (point c) in
      if forallb (fun m => everywhere (fun a => a <=? bound) (image m p (Trie.empty Z))) columns
      then let t := spread p in forallb (fun r => inner (fst r) (value t) + snd r <=? bound) absolute
      else false) codes
  else false.

Lemma magnitudes_bound v i : Z.abs (coordinate v i) <= coordinate (magnitudes v) i.
Proof. induction v as [|[j a] rest IH]; cbn [magnitudes coordinate]; [lia|]. destruct (N.eqb j i); lia. Qed.

Lemma check_bound_parts bound net rows codes c : check_bound bound net rows codes = true -> In c codes ->
  0 <= bound /\
  (forall x, (x < length (matrices net))%nat -> forall i,
    product (map magnitudes (nth x (matrices net) [])) 0 (coordinate (magnitudes (point c))) i <= bound) /\
  (forall r, In r rows ->
    inner (magnitudes (weights r)) (coordinate (magnitudes (point c))) + Z.abs (bias r) <= bound).
Proof.
  unfold check_bound. intros holds listed. destruct (Z.leb_spec 0 bound) as [positive|]; [|discriminate].
  rewrite forallb_forall in holds. specialize (holds c listed).
  destruct (forallb _ (map _ (matrices net))) eqn:steps; [|discriminate].
  rewrite forallb_forall in steps. rewrite forallb_forall in holds. split; [exact positive|]. split.
  - intros x below i. specialize (steps _ (in_map _ _ _ (nth_In (matrices net) [] below))).
    apply everywhere_sound with (i := i) in steps; [|apply Z.leb_le; exact positive].
    apply Z.leb_le in steps. rewrite value_image, value_empty in steps. lia.
  - intros r in_rows.
    specialize (holds _ (in_map (fun r => (magnitudes (weights r), Z.abs (bias r))) _ _ in_rows)).
    cbn [fst snd] in holds. apply Z.leb_le in holds.
    rewrite (inner_ext _ _ (coordinate (magnitudes (point c)))) in holds by apply value_spread. exact holds.
Qed.

Section Arithmetic.
  Variable F : Type.
  Variables (plus times : F -> F -> F) (fused : F -> F -> F -> F) (zero : F).
  Variables (whole : F -> Prop) (integer : F -> Z).
  Variable bound : Z.

  Local Notation is_integer := (is_integer F whole integer).
  Local Notation computes := (computes F plus times fused zero whole integer).
  Local Notation same_column := (same_column F whole integer).
  Local Notation same_entry := (same_entry F whole integer).
  Local Notation terms := (terms F).

  Hypothesis arithmetic_right : right_on_integers F plus times fused zero whole integer bound.

  (** ** Sums of products *)

  Fixpoint total (l : list (F * F)) : Z :=
    match l with [] => 0 | (a, h) :: rest => integer a * integer h + total rest end.

  Fixpoint size (l : list (F * F)) : Z :=
    match l with [] => 0 | (a, h) :: rest => Z.abs (integer a * integer h) + size rest end.

  Definition all_whole (l : list (F * F)) : Prop := Forall (fun e => whole (fst e) /\ whole (snd e)) l.

  Lemma total_append l m : total (l ++ m) = total l + total m.
  Proof. induction l as [|[a h] rest IH]; cbn [app total]; lia. Qed.

  Lemma size_append l m : size (l ++ m) = size l + size m.
  Proof. induction l as [|[a h] rest IH]; cbn [app size]; lia. Qed.

  Lemma total_reordered l m : Permutation l m -> total l = total m.
  Proof. induction 1 as [|[a h] l m _ IH|[a h] [b k] l|]; cbn [total]; lia. Qed.

  Lemma size_reordered l m : Permutation l m -> size l = size m.
  Proof. induction 1 as [|[a h] l m _ IH|[a h] [b k] l|]; cbn [size]; lia. Qed.

  Lemma total_within l : Z.abs (total l) <= size l.
  Proof. induction l as [|[a h] rest IH]; cbn [total size]; lia. Qed.

  Theorem sums_exact l s : computes l s -> all_whole l -> size l <= bound -> is_integer s (total l).
  Proof.
    destruct arithmetic_right as (zero_right & plus_right & times_right & fused_right).
    induction 1 as [|a h|a h one|l m s t _ IHl _ IHm|a h l s _ IH|a h l s vanishes _ IH|l m s order _ IH];
      intros wholes small.
    - exact zero_right.
    - inversion wholes as [|? ? [whole_a whole_h] _]; subst. cbn [total size fst snd] in *.
      rewrite Z.add_0_r in *. apply times_right; assumption.
    - inversion wholes as [|? ? [whole_a _] _]; subst. destruct one as [_ one]. cbn [total fst snd] in *.
      split; [exact whole_a|]. rewrite one. lia.
    - apply Forall_app in wholes as [wholes_l wholes_m]. rewrite size_append in small. rewrite total_append.
      pose proof (total_within l). pose proof (total_within m).
      destruct (IHl wholes_l ltac:(lia)) as [whole_s is_s]. destruct (IHm wholes_m ltac:(lia)) as [whole_t is_t].
      rewrite <- is_s, <- is_t. apply plus_right; [assumption..|]. rewrite is_s, is_t. lia.
    - inversion wholes as [|? ? [whole_a whole_h] rest]; subst. cbn [total size fst snd] in *.
      pose proof (total_within l). destruct (IH rest ltac:(lia)) as [whole_s is_s].
      rewrite <- is_s. apply fused_right; [assumption..|]. rewrite is_s. lia.
    - inversion wholes as [|? ? _ rest]; subst. cbn [total size] in *.
      replace (integer a * integer h) with 0 in * by (destruct vanishes as [[_ ->]|[_ ->]]; lia).
      apply IH; [exact rest|lia].
    - rewrite <- (total_reordered _ _ order). rewrite <- (size_reordered _ _ order) in small.
      apply IH; [|exact small]. unfold all_whole in *. eapply Permutation_Forall; [|exact wholes].
      symmetry. exact order.
  Qed.

  (** ** Runs in this arithmetic *)

  Lemma terms_whole fs columns : Forall2 same_column fs columns -> forall j h i, (forall k, whole (h k)) ->
    all_whole (terms fs j h i).
  Proof.
    induction 1 as [|f c fs columns same _ IH]; intros j h i wholes; constructor; [|apply IH; exact wholes].
    split; [apply same|apply wholes].
  Qed.

  Lemma terms_total fs columns : Forall2 same_column fs columns -> forall j h i,
    total (terms fs j h i) = product columns j (fun k => integer (h k)) i.
  Proof.
    induction 1 as [|f c fs columns same _ IH]; intros j h i; cbn [Arithmetics.terms total product]; [reflexivity|].
    rewrite IH. destruct (same i) as [_ ->]. lia.
  Qed.

  Lemma terms_size fs columns : Forall2 same_column fs columns -> forall j h g i,
    (forall k, Z.abs (integer (h k)) <= g k) -> size (terms fs j h i) <= product (map magnitudes columns) j g i.
  Proof.
    induction 1 as [|f c fs columns same _ IH]; intros j h g i below; cbn [Arithmetics.terms size product map]; [lia|].
    destruct (same i) as [_ ->]. rewrite Z.abs_mul.
    specialize (IH (N.succ j) h g i below). pose proof (magnitudes_bound c i). specialize (below j). nia.
  Qed.

  Lemma nth_both {A B} (R : A -> B -> Prop) a b l m : Forall2 R l m -> forall n, (n < length m)%nat ->
    R (nth n l a) (nth n m b).
  Proof.
    induction 1 as [|x y l m here _ IH]; intros n below; cbn [length] in below; [lia|].
    destruct n as [|n]; cbn [nth]; [exact here|]. apply IH. lia.
  Qed.

  Variables (net : network) (stored : list (list (N -> F))).
  Variables (M : machine) (rows : list row) (codes : list code).
  Hypothesis checked : check M net codes = true.
  Hypothesis bounded : check_bound bound net rows codes = true.
  Hypothesis weights_stored : same_matrices F whole integer net stored.

  Local Notation runs_to := (runs_to F plus times fused zero whole integer net stored).
  Local Notation score_terms := (score_terms F).

  (** However the sums of each step are ordered, the state is the integer state, after every word. *)

  Theorem float_exact w h : over (length (matrices net)) w -> runs_to w h -> forall i, is_integer (h i) (run net w i).
  Proof.
    intros letters reaches. induction reaches as [h begins|w x h next _ IH steps]; [exact begins|].
    apply over_last in letters as [letters below]. specialize (IH letters). intros i.
    destruct (invariant _ _ _ checked w letters) as (c & listed & _ & same).
    destruct (check_bound_parts _ _ _ _ c bounded listed) as (_ & small & _).
    pose proof (nth_both _ [] [] _ _ weights_stored (N.to_nat x) below) as columns.
    assert (sum : is_integer (next i) (total (terms (nth (N.to_nat x) stored []) 0 h i))).
    { apply sums_exact; [apply steps|eapply terms_whole; [exact columns|intros k; apply IH]|].
      eapply Z.le_trans; [|apply (small _ below i)]. apply terms_size; [exact columns|].
      intros k. destruct (IH k) as [_ ->]. rewrite <- same. apply magnitudes_bound. }
    rewrite (terms_total _ _ columns) in sum. rewrite run_last. unfold step.
    rewrite (product_ext _ 0 (run net w) (fun k => integer (h k))); [exact sum|].
    intros k. destruct (IH k) as [_ ->]. reflexivity.
  Qed.

  (** ** Scores in this arithmetic *)

  Lemma row_terms fs v : Forall2 same_entry fs v -> forall h g, (forall k, whole (h k)) ->
    (forall k, Z.abs (integer (h k)) <= g k) ->
    let l := map (fun e => (snd e, h (fst e))) fs in
    all_whole l /\ total l = inner v (fun k => integer (h k)) /\ size l <= inner (magnitudes v) g.
  Proof.
    intros same h g wholes below. induction same as [|[j f] [i a] fs v [place [whole_f is]] _ (A & B & C)].
    - repeat split; [constructor|cbn; lia].
    - cbn [map all_whole total size inner magnitudes fst snd] in *. rewrite place in *. split; [|split].
      + constructor; [split; [exact whole_f|apply wholes]|exact A].
      + rewrite is. lia.
      + rewrite is, Z.abs_mul. specialize (below i). nia.
  Qed.

  (** However a score is summed, it is the integer score, so that a comparison of scores decides as on integers. *)

  Theorem score_exact w h r fs b one s : over (length (matrices net)) w -> runs_to w h -> In r rows ->
    Forall2 same_entry fs (weights r) -> is_integer b (bias r) -> is_integer one 1 ->
    computes (score_terms fs b one h) s -> is_integer s (score r (run net w)).
  Proof.
    intros letters reaches listed same [whole_b is_b] [whole_one is_one] sum.
    pose proof (float_exact w h letters reaches) as exact_.
    destruct (invariant _ _ _ checked w letters) as (c & in_codes & _ & at_c).
    destruct (check_bound_parts _ _ _ _ c bounded in_codes) as (_ & _ & small). specialize (small r listed).
    destruct (row_terms _ _ same h (coordinate (magnitudes (point c)))) as (wholes & is_total & is_size).
    { intros k. apply exact_. }
    { intros k. destruct (exact_ k) as [_ ->]. rewrite <- at_c. apply magnitudes_bound. }
    unfold Arithmetics.score_terms in sum. apply sums_exact in sum.
    - cbn [total] in sum. rewrite is_total, is_b, is_one in sum. unfold score.
      rewrite (inner_ext _ (run net w) (fun k => integer (h k))); [|intros k; destruct (exact_ k) as [_ ->]; reflexivity].
      replace (inner (weights r) (fun k => integer (h k)) + bias r)
        with (bias r * 1 + inner (weights r) (fun k => integer (h k))) by lia. exact sum.
    - constructor; [split; assumption|exact wholes].
    - cbn [size]. rewrite is_b, is_one, Z.mul_1_r. lia.
  Qed.
End Arithmetic.

Theorem exact_in_any M net rows codes bound :
  check M net codes = true -> check_bound bound net rows codes = true -> never_errs bound net rows.
Proof.
  intros checked bounded F plus times fused zero whole integer right stored same w h letters reaches. split.
  - eapply float_exact; eassumption.
  - intros r weights_ bias_ one s listed same_row is_bias is_one sum. eapply score_exact; eassumption.
Qed.
