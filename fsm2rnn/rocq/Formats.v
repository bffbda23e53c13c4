(** The IEEE formats: [Rounding] with Flocq's floats of any precision and each of the five rounding modes.

    Axioms: those of the classical real numbers of the standard library, on which Flocq stands, and no others. *)

From Coq Require Import List ZArith NArith Lia Reals Lra.
From Flocq Require Import Core BinarySingleNaN.
From Fsm2rnn Require Import Definitions Arithmetics Sparse Checker Rounding.
Import ListNotations.
Open Scope Z_scope.

Section Format.
  Variables precision largest : Z.
  Context (positive : Prec_gt_0 precision) (finite_range : Prec_lt_emax precision largest).
  Variable rounding : mode.

  Notation float := (binary_float precision largest).
  Notation format := (generic_format radix2 (SpecFloat.fexp precision largest)).

  Definition integer_of (f : float) : Z := Zfloor (B2R f).
  Definition is_whole (f : float) : Prop := is_finite f = true /\ B2R f = IZR (integer_of f).

  (** Every integer of magnitude at most 2^precision is a number of the format. *)

  Lemma integer_in_format z : Z.abs z <= 2 ^ precision -> format (IZR z).
  Proof.
    intros small. assert (0 < precision) by exact positive. assert (precision < largest) by exact finite_range.
    apply (generic_format_FLT radix2 (3 - largest - precision) precision).
    destruct (Z.eq_dec (Z.abs z) (2 ^ precision)) as [greatest|less].
    - assert (twice : 2 ^ precision = 2 * 2 ^ (precision - 1)).
      { rewrite <- Z.pow_succ_r by lia. f_equal. lia. }
      assert (0 < 2 ^ (precision - 1)) by (apply Z.pow_pos_nonneg; lia).
      apply (FLT_spec _ _ _ _ (Float radix2 (Z.sgn z * 2 ^ (precision - 1)) 1)).
      + unfold F2R. cbn [Fnum Fexp]. change (bpow radix2 1) with (IZR 2). rewrite <- mult_IZR. f_equal.
        destruct (Z.abs_spec z) as [[sign abs]|[sign abs]]; rewrite abs in greatest.
        * rewrite Z.sgn_pos by lia. lia.
        * rewrite Z.sgn_neg by lia. lia.
      + cbn [Fnum]. change (radix_val radix2) with 2. rewrite Z.abs_mul, (Z.abs_eq (2 ^ (precision - 1))) by lia.
        replace (Z.abs (Z.sgn z)) with 1 by lia. lia.
      + cbn [Fexp]. lia.
    - apply (FLT_spec _ _ _ _ (Float radix2 z 0)).
      + unfold F2R. cbn. lra.
      + cbn [Fnum]. change (radix_val radix2) with 2. lia.
      + cbn [Fexp]. lia.
  Qed.

  Lemma not_rounded z : Z.abs z <= 2 ^ precision ->
    round radix2 (SpecFloat.fexp precision largest) (round_mode rounding) (IZR z) = IZR z.
  Proof. intros small. apply round_generic; [apply valid_rnd_round_mode|apply integer_in_format; exact small]. Qed.

  Lemma in_range z : Z.abs z <= 2 ^ precision -> Rlt_bool (Rabs (IZR z)) (bpow radix2 largest) = true.
  Proof.
    intros small. assert (0 < precision) by exact positive. apply Rlt_bool_true.
    apply Rle_lt_trans with (bpow radix2 precision); [|apply bpow_lt; exact finite_range].
    rewrite <- abs_IZR, <- IZR_Zpower by lia. apply IZR_le. exact small.
  Qed.

  Notation stands_for := (is_integer float is_whole integer_of).

  Lemma stands f z : is_finite f = true -> B2R f = IZR z -> stands_for f z.
  Proof.
    intros finite is. assert (same : integer_of f = z) by (unfold integer_of; rewrite is; apply Zfloor_IZR).
    split; [split; [exact finite|rewrite same; exact is]|exact same].
  Qed.

  Lemma zero_stands : stands_for (B754_zero false) 0.
  Proof. apply stands; reflexivity. Qed.

  Lemma times_stands f g : is_whole f -> is_whole g -> Z.abs (integer_of f * integer_of g) <= 2 ^ precision ->
    stands_for (Bmult rounding f g) (integer_of f * integer_of g).
  Proof.
    intros [finite_f is_f] [finite_g is_g] small. pose proof (Bmult_correct _ _ _ _ rounding f g) as right.
    rewrite is_f, is_g, <- mult_IZR, not_rounded, in_range in right by exact small.
    destruct right as (is & finite & _). apply stands; [rewrite finite, finite_f, finite_g; reflexivity|exact is].
  Qed.

  Lemma plus_stands f g : is_whole f -> is_whole g -> Z.abs (integer_of f + integer_of g) <= 2 ^ precision ->
    stands_for (Bplus rounding f g) (integer_of f + integer_of g).
  Proof.
    intros [finite_f is_f] [finite_g is_g] small.
    pose proof (Bplus_correct _ _ _ _ rounding f g finite_f finite_g) as right.
    rewrite is_f, is_g, <- plus_IZR, not_rounded, in_range in right by exact small.
    destruct right as (is & finite & _). apply stands; assumption.
  Qed.

  Lemma fused_stands f g h : is_whole f -> is_whole g -> is_whole h ->
    Z.abs (integer_of f * integer_of g + integer_of h) <= 2 ^ precision ->
    stands_for (Bfma rounding f g h) (integer_of f * integer_of g + integer_of h).
  Proof.
    intros [finite_f is_f] [finite_g is_g] [finite_h is_h] small.
    pose proof (Bfma_correct _ _ _ _ rounding f g h finite_f finite_g finite_h) as right. cbv zeta in right.
    rewrite is_f, is_g, is_h, <- mult_IZR, <- plus_IZR, not_rounded, in_range in right by exact small.
    destruct right as (is & finite & _). apply stands; assumption.
  Qed.

  (** The state is finite and is the integer state, however each sum of each step is ordered, bracketed and fused. *)

  Definition never_rounds (net : network) (rows : list row) : Prop :=
    forall stored, same_matrices float is_whole integer_of net stored ->
    forall w h, over (length (matrices net)) w ->
      runs_to float (Bplus rounding) (Bmult rounding) (Bfma rounding) (B754_zero false) is_whole integer_of
        net stored w h ->
      (forall i, is_finite (h i) = true /\ B2R (h i) = IZR (run net w i)) /\
      (forall r weights_ bias_ one s, In r rows -> Forall2 (same_entry float is_whole integer_of) weights_ (weights r) ->
        stands_for bias_ (bias r) -> stands_for one 1 ->
        computes float (Bplus rounding) (Bmult rounding) (Bfma rounding) (B754_zero false) is_whole integer_of
          (score_terms float weights_ bias_ one h) s ->
        is_finite s = true /\ B2R s = IZR (score r (run net w))).

  Lemma stands_for_real f z : stands_for f z -> is_finite f = true /\ B2R f = IZR z.
  Proof. intros [[finite is] <-]. split; assumption. Qed.

  Theorem ieee_exact M net rows codes bound :
    check M net codes = true -> check_bound bound net rows codes = true -> bound <= 2 ^ precision ->
    never_rounds net rows.
  Proof.
    intros checked bounded small stored same w h letters reaches.
    destruct (exact_in_any M net rows codes bound checked bounded float (Bplus rounding) (Bmult rounding)
      (Bfma rounding) (B754_zero false) is_whole integer_of) with (stored := stored) (w := w) (h := h)
      as [states scores]; try assumption.
    - split; [apply zero_stands|]. split; [|split]; intros.
      + apply plus_stands; [assumption..|lia].
      + apply times_stands; [assumption..|lia].
      + apply fused_stands; [assumption..|lia].
    - split; [intros i; apply stands_for_real, states|]. intros. apply stands_for_real. eapply scores; eassumption.
  Qed.
End Format.

(** The four formats, in any of the five rounding modes. *)

Definition float64_exact rounding := ieee_exact 53 1024 eq_refl eq_refl rounding.
Definition float32_exact rounding := ieee_exact 24 128 eq_refl eq_refl rounding.
Definition bfloat16_exact rounding := ieee_exact 8 128 eq_refl eq_refl rounding.
Definition float16_exact rounding := ieee_exact 11 16 eq_refl eq_refl rounding.
