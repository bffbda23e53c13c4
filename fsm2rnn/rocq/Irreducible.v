(** What no direct sum of irreducible blocks with one code for each state can follow: a sum N of words, with integer
    coefficients, that is nilpotent however letters stand between its factors, and sends the start to a multiple of the
    difference of two states told apart.

    Spaces L_1, L_2, ... of combinations of states are listed, the last one 0, which letters keep and N sends each into the
    next.  Were N not 0 on a block, the image of each would be the whole block, the last one's too.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Bool Ring Field_theory.
From Fsm2rnn Require Import Definitions Impossible Orbits.
Import ListNotations.
Open Scope Z_scope.

(** ** Spaces and blocks *)

Section Spaces.
  Variables (F : Type) (zero one : F) (plus times : F -> F -> F) (X : Type) (nought : X) (add : X -> X -> X).
  Variables (scale : F -> X -> X) (k : nat) (act : N -> X -> X).

  Definition vector_space : Prop :=
    (forall u v, add u v = add v u) /\ (forall u v w, add u (add v w) = add (add u v) w) /\
    (forall u, add nought u = u) /\ (forall u, scale one u = u) /\ (forall u, scale zero u = nought) /\
    (forall a b u, scale (times a b) u = scale a (scale b u)) /\
    (forall a b u, scale (plus a b) u = add (scale a u) (scale b u)) /\
    (forall a u v, scale a (add u v) = add (scale a u) (scale a v)).

  Definition linear_letters : Prop :=
    (forall x u v, act x (add u v) = add (act x u) (act x v)) /\ (forall x a u, act x (scale a u) = scale a (act x u)).

  (** A subspace that all letters keep, and that has another vector than 0, is the whole space. *)

  Definition irreducible : Prop :=
    forall P : X -> Prop, P nought -> (forall u v, P u -> P v -> P (add u v)) -> (forall a u, P u -> P (scale a u)) ->
      (forall x u, (N.to_nat x < k)%nat -> P u -> P (act x u)) -> forall u, P u -> u <> nought -> forall v, P v.
End Spaces.

(** ** Combinations of states and of words *)

(** A combination of words: each with its coefficient. *)

Definition combination_of_words := list (Z * word).

Definition multiple (a : Z) (v : sparse) : sparse := map (fun e => match e with At q b => At q (a * b) end) v.

Definition moved_by (M : machine) (w : word) (v : sparse) : sparse :=
  map (fun e => match e with At q b => At (leads_to M q w) b end) v.

Definition summed (M : machine) (sum_ : combination_of_words) (v : sparse) : sparse :=
  concat (map (fun c => multiple (fst c) (moved_by M (snd c) v)) sum_).

Definition below (n : nat) (v : sparse) : bool :=
  forallb (fun e => match e with At q _ => Nat.ltb (N.to_nat q) n end) v.

Definition vanishes (n : nat) (v : sparse) : bool :=
  if below n v then forallb (fun q => Z.eqb (coordinate v (N.of_nat q)) 0) (seq 0 n) else false.

(** A space: a denominator D, and vectors with the place at which each alone is D, the others 0.  So v is a combination of
    them where D v is the sum of v_p times the vector with the place p. *)

Definition space : Type := Z * list (N * sparse).

Definition spanned (n : nat) (v : sparse) (s : space) : bool :=
  vanishes n (multiple (fst s) v ++ concat (map (fun b => multiple (- coordinate v (fst b)) (snd b)) (snd s))).

(** Letters keep a space, and the sum sends it into the next one; the last one has no vector. *)

Fixpoint descending (k : nat) (M : machine) (n : nat) (sum_ : combination_of_words) (s : space) (later : list space) : bool :=
  if Z.eqb (fst s) 0 then false else
  if forallb (fun b => if below n (snd b) then
      forallb (fun x => spanned n (moved_by M [N.of_nat x] (snd b)) s) (seq 0 k) else false) (snd s) then
    match later with
    | [] => match snd s with [] => true | _ => false end
    | next :: later =>
      if forallb (fun b => if below n (summed M sum_ (snd b)) then spanned n (summed M sum_ (snd b)) next else false) (snd s)
      then descending k M n sum_ next later else false
    end
  else false.

(** A word to each state. *)

Definition words_reach (k : nat) (M : machine) (to : list word) : bool :=
  forallb (fun q => if in_range k (nth q to []) then N.eqb (reached M (nth q to [])) (N.of_nat q) else false)
    (seq 0 (length to)).

Section Block.
  Variables (k : nat) (M : machine) (to : list word).
  Hypothesis reach : words_reach k M to = true.
  Notation n := (length to).

  Variables (F : Type) (zero one : F) (plus times minus : F -> F -> F) (opposite : F -> F).
  Variables (divide : F -> F -> F) (inverse : F -> F).
  Hypothesis is_field : field_theory zero one plus times minus opposite divide inverse eq.
  Add Ring numbers : (F_R is_field).
  Variable phi : Z -> F.
  Hypothesis phi_zero : phi 0 = zero.
  Hypothesis phi_plus : forall a b, phi (a + b) = plus (phi a) (phi b).
  Hypothesis phi_times : forall a b, phi (a * b) = times (phi a) (phi b).
  Hypothesis characteristic_zero : forall a, phi a = zero -> a = 0.

  Variables (X : Type) (nought : X) (add : X -> X -> X) (scale : F -> X -> X) (act : N -> X -> X) (start : X).
  Hypothesis is_space : vector_space F zero one plus times X nought add scale.
  Hypothesis linear : linear_letters F X add scale act.
  Notation acts_ := (acts X act).
  Hypothesis one_code : forall u v, over k u -> over k v -> reached M u = reached M v -> acts_ u start = acts_ v start.

  Lemma add_swap u v : add u v = add v u.
  Proof. apply is_space. Qed.
  Lemma add_assoc u v w : add u (add v w) = add (add u v) w.
  Proof. apply is_space. Qed.
  Lemma add_nought u : add nought u = u.
  Proof. apply is_space. Qed.
  Lemma scale_one u : scale one u = u.
  Proof. apply is_space. Qed.
  Lemma scale_zero u : scale zero u = nought.
  Proof. apply is_space. Qed.
  Lemma scale_times a b u : scale (times a b) u = scale a (scale b u).
  Proof. apply is_space. Qed.
  Lemma scale_plus a b u : scale (plus a b) u = add (scale a u) (scale b u).
  Proof. apply is_space. Qed.
  Lemma scale_add a u v : scale a (add u v) = add (scale a u) (scale a v).
  Proof. apply is_space. Qed.

  Lemma scale_nought a : scale a nought = nought.
  Proof.
    rewrite <- (scale_zero nought) at 1. rewrite <- scale_times. replace (times a zero) with zero by ring.
    apply scale_zero.
  Qed.

  Lemma act_nought x : act x nought = nought.
  Proof. rewrite <- (scale_zero nought) at 1. rewrite (proj2 linear). apply scale_zero. Qed.

  Lemma acts_linear w : (forall u v, acts_ w (add u v) = add (acts_ w u) (acts_ w v)) /\
    (forall a u, acts_ w (scale a u) = scale a (acts_ w u)) /\ acts_ w nought = nought.
  Proof.
    induction w as [|x w (IH & IH_ & IH__)]; [repeat split|]. cbn [acts fold_left]. split; [|split].
    - intros u v. rewrite (proj1 linear). apply IH.
    - intros a u. rewrite (proj2 linear). apply IH_.
    - rewrite act_nought. exact IH__.
  Qed.

  (** The code of a state, and what a combination of states stands for. *)

  Definition code_of (q : N) : X := acts_ (nth (N.to_nat q) to []) start.

  Fixpoint value (v : sparse) : X :=
    match v with [] => nought | At q a :: rest => add (scale (phi a) (code_of q)) (value rest) end.

  Lemma valid q : (N.to_nat q < n)%nat -> over k (nth (N.to_nat q) to []) /\ reached M (nth (N.to_nat q) to []) = q.
  Proof.
    intros less. unfold words_reach in reach. rewrite forallb_forall in reach. specialize (reach (N.to_nat q)).
    rewrite in_seq in reach. specialize (reach ltac:(lia)). destruct (in_range _ _) eqn:letters; [|discriminate].
    apply N.eqb_eq in reach. rewrite N2Nat.id in reach. split; [apply in_range_over, letters|exact reach].
  Qed.

  Lemma code_after q w : over k w -> (N.to_nat q < n)%nat -> (N.to_nat (leads_to M q w) < n)%nat ->
    acts_ w (code_of q) = code_of (leads_to M q w).
  Proof.
    intros letters less less_. destruct (valid _ less) as [over_q at_q]. destruct (valid _ less_) as [over_ at_].
    unfold code_of. rewrite <- acts_append. apply one_code; [apply Forall_app; auto|exact over_|].
    rewrite at_. unfold reached in *. rewrite fold_left_app, at_q. reflexivity.
  Qed.

  Lemma below_each v q a : below n v = true -> In (At q a) v -> (N.to_nat q < n)%nat.
  Proof.
    unfold below. rewrite forallb_forall. intros all listed. specialize (all _ listed). cbn in all.
    apply Nat.ltb_lt, all.
  Qed.

  Lemma below_append u v : below n (u ++ v) = true -> below n u = true /\ below n v = true.
  Proof. unfold below. rewrite forallb_app, andb_true_iff. auto. Qed.

  Lemma below_multiple a v : below n (multiple a v) = below n v.
  Proof. induction v as [|[q b] v IH]; cbn; [reflexivity|]. f_equal. exact IH. Qed.

  Lemma value_append u v : value (u ++ v) = add (value u) (value v).
  Proof.
    induction u as [|[q a] u IH]; cbn; [symmetry; apply add_nought|]. rewrite IH. apply add_assoc.
  Qed.

  Lemma value_multiple a v : value (multiple a v) = scale (phi a) (value v).
  Proof.
    induction v as [|[q b] v IH]; cbn; [symmetry; apply scale_nought|].
    fold (multiple a v). rewrite IH, phi_times, scale_times, scale_add. reflexivity.
  Qed.

  Lemma value_moved w v : over k w -> below n v = true -> below n (moved_by M w v) = true ->
    value (moved_by M w v) = acts_ w (value v).
  Proof.
    intros letters. destruct (acts_linear w) as (plus_ & times_ & zero_).
    induction v as [|[q b] v IH]; intros less less_; [symmetry; exact zero_|].
    cbn [below forallb] in less. apply andb_true_iff in less as [at_q less].
    cbn [moved_by map below forallb] in less_. apply andb_true_iff in less_ as [at_ less_].
    cbn [moved_by map value]. rewrite plus_, times_. rewrite code_after; [|exact letters|apply Nat.ltb_lt, at_q|apply Nat.ltb_lt, at_].
    f_equal. apply IH; assumption.
  Qed.

  (** Combinations whose coordinates are all zero stand for 0. *)

  Fixpoint by_states (states : list nat) (v : sparse) : X :=
    match states with
    | [] => nought
    | q :: rest => add (scale (phi (coordinate v (N.of_nat q))) (code_of (N.of_nat q))) (by_states rest v)
    end.

  Lemma by_states_nil states : by_states states [] = nought.
  Proof. induction states as [|q states IH]; cbn; [reflexivity|]. rewrite IH, phi_zero, scale_zero. apply add_nought. Qed.

  Lemma by_states_missing states q a v : ~ In q states -> by_states states (At (N.of_nat q) a :: v) = by_states states v.
  Proof.
    induction states as [|p states IH]; intros missing; [reflexivity|]. cbn [by_states coordinate].
    destruct (N.eqb_spec (N.of_nat q) (N.of_nat p)) as [equal|_]; [destruct missing; left; lia|].
    rewrite Z.add_0_l, IH; [reflexivity|]. intros listed. apply missing. right. exact listed.
  Qed.

  Lemma by_states_cons states q a v : NoDup states -> In q states ->
    by_states states (At (N.of_nat q) a :: v) = add (scale (phi a) (code_of (N.of_nat q))) (by_states states v).
  Proof.
    induction states as [|p states IH]; intros distinct listed; [destruct listed|]. apply NoDup_cons_iff in distinct as [missing distinct].
    cbn [by_states coordinate]. destruct (N.eqb_spec (N.of_nat q) (N.of_nat p)) as [equal|differs].
    - assert (q = p) by lia. subst p. rewrite by_states_missing by assumption. rewrite phi_plus, scale_plus, add_assoc.
      reflexivity.
    - destruct listed as [->|listed]; [destruct differs; reflexivity|]. rewrite Z.add_0_l, IH by assumption.
      rewrite !add_assoc. f_equal. apply add_swap.
  Qed.

  Lemma value_by_states v : below n v = true -> value v = by_states (seq 0 n) v.
  Proof.
    induction v as [|[q a] v IH]; intros less; [symmetry; apply by_states_nil|].
    cbn [below forallb] in less. apply andb_true_iff in less as [at_q less]. apply Nat.ltb_lt in at_q.
    rewrite <- (N2Nat.id q). rewrite by_states_cons; [|apply seq_NoDup|apply in_seq; lia]. cbn [value].
    rewrite IH by exact less. reflexivity.
  Qed.

  Lemma vanishes_sound v : vanishes n v = true -> below n v = true /\ value v = nought.
  Proof.
    unfold vanishes. destruct (below n v) eqn:less; [|discriminate]. intros zeros. split; [reflexivity|].
    rewrite value_by_states by exact less. rewrite forallb_forall in zeros.
    induction (seq 0 n) as [|q states IH]; [reflexivity|]. cbn.
    rewrite (proj1 (Z.eqb_eq _ _) (zeros q (or_introl eq_refl))), phi_zero, scale_zero, add_nought.
    apply IH. intros p listed. apply zeros. right. exact listed.
  Qed.

  (** ** Spans *)

  Inductive span (l : list (N * sparse)) : X -> Prop :=
  | span_nought : span l nought
  | span_one b : In b l -> span l (value (snd b))
  | span_add u v : span l u -> span l v -> span l (add u v)
  | span_scale a u : span l u -> span l (scale a u).

  Lemma opposite_scale a u : add (scale a u) (scale (opposite a) u) = nought.
  Proof. rewrite <- scale_plus. replace (plus a (opposite a)) with zero by ring. apply scale_zero. Qed.

  Lemma spanned_sound v s : fst s <> 0 -> spanned n v s = true -> below n v = true /\ span (snd s) (value v).
  Proof.
    destruct s as [d l]. cbn [fst snd]. intros nonzero inside. apply vanishes_sound in inside as [less nothing].
    cbn [fst snd] in *. apply below_append in less as [less _]. rewrite below_multiple in less. split; [exact less|].
    rewrite value_append, value_multiple in nothing.
    set (rest := concat (map (fun b => multiple (- coordinate v (fst b)) (snd b)) l)) in *.
    assert (in_rest : span l (value rest)).
    { assert (parts : forall m, incl m l ->
        span l (value (concat (map (fun b => multiple (- coordinate v (fst b)) (snd b)) m)))).
      { induction m as [|b m IH]; intros all; [constructor|]. cbn [map concat]. rewrite value_append, value_multiple.
        apply span_add; [apply span_scale, span_one, all; left; reflexivity|].
        apply IH. intros c listed. apply all. right. exact listed. }
      apply parts, incl_refl. }
    assert (some : phi d <> zero) by (intros is; apply nonzero, characteristic_zero, is).
    assert (is : value v = scale (inverse (phi d)) (scale (opposite one) (value rest))).
    { transitivity (scale (times (inverse (phi d)) (phi d)) (value v)).
      { rewrite (Finv_l is_field) by exact some. symmetry. apply scale_one. }
      rewrite scale_times. f_equal.
      transitivity (add (add (scale (phi d) (value v)) (value rest)) (scale (opposite one) (value rest))).
      - rewrite <- add_assoc. rewrite <- (scale_one (value rest)) at 1. rewrite opposite_scale.
        rewrite add_swap. symmetry. apply add_nought.
      - rewrite nothing. apply add_nought. }
    rewrite is. apply span_scale, span_scale, in_rest.
  Qed.

  Definition total_act (sum_ : combination_of_words) (u : X) : X :=
    fold_right (fun c s => add (scale (phi (fst c)) (acts_ (snd c) u)) s) nought sum_.

  Variable sum_ : combination_of_words.
  Hypothesis letters_of : forall c, In c sum_ -> over k (snd c).

  Lemma total_linear : (forall u v, total_act sum_ (add u v) = add (total_act sum_ u) (total_act sum_ v)) /\
    (forall a u, total_act sum_ (scale a u) = scale a (total_act sum_ u)) /\ total_act sum_ nought = nought.
  Proof.
    clear letters_of. induction sum_ as [|[c w] rest (IH & IH_ & IH__)]; cbn [total_act fold_right fst snd].
    - repeat split; intros; [symmetry; apply add_nought|symmetry; apply scale_nought].
    - destruct (acts_linear w) as (plus_ & times_ & zero_). split; [|split].
      + intros u v. rewrite plus_, scale_add. fold (total_act rest (add u v)). rewrite IH. unfold total_act.
        rewrite <- !add_assoc. f_equal. rewrite !add_assoc. f_equal. apply add_swap.
      + intros a u. rewrite times_, scale_add, <- !scale_times. fold (total_act rest (scale a u)). rewrite IH_.
        f_equal. f_equal. ring.
      + rewrite zero_, scale_nought, add_nought. exact IH__.
  Qed.

  Lemma value_summed v : below n v = true -> below n (summed M sum_ v) = true ->
    value (summed M sum_ v) = total_act sum_ (value v).
  Proof.
    intros less. unfold summed, total_act. revert letters_of.
    induction sum_ as [|[c w] rest IH]; intros letters less_; [reflexivity|]. cbn [map concat fst snd] in *.
    apply below_append in less_ as [here later]. rewrite below_multiple in here. cbn [fold_right fst snd].
    rewrite value_append, value_multiple, value_moved; [|apply (letters (c, w)); left; reflexivity|exact less|exact here].
    f_equal. apply IH; [intros; apply letters; right; assumption|exact later].
  Qed.

  Hypothesis no_part : irreducible F X nought add scale k act.

  (** Where the sum does not send the code of the start to 0, every space stands for the whole block. *)

  Lemma every_space_is_whole s later : descending k M n sum_ s later = true -> forall u, span (snd s) u -> u <> nought ->
    total_act sum_ start <> nought -> False.
  Proof.
    revert s. induction later as [|next later IH]; intros s; cbn [descending].
    all: destruct (Z.eqb_spec (fst s) 0) as [|nonzero]; [discriminate|].
    all: destruct (forallb _ (snd s)) eqn:kept_; [|discriminate].
    - destruct (snd s) eqn:empty; [|discriminate]. intros _ u in_u some _.
      apply some. clear some. induction in_u as [|b listed|v w _ IH1 _ IH2|a v _ IH1].
      + reflexivity.
      + destruct listed.
      + rewrite IH1, IH2. apply add_nought.
      + rewrite IH1. apply scale_nought.
    - destruct (forallb _ (snd s)) eqn:into in |- *; [|discriminate]. intros descends u in_u some moves.
      rewrite forallb_forall in kept_, into.
      assert (whole : forall v, span (snd s) v).
      { refine (no_part (span (snd s)) _ _ _ _ u in_u some).
        - constructor.
        - intros; apply span_add; assumption.
        - intros; apply span_scale; assumption.
        - intros x v letter in_v. induction in_v as [|b listed|v w _ IH1 _ IH2|a v _ IH1].
          + rewrite act_nought. constructor.
          + specialize (kept_ b listed). destruct (below n (snd b)) eqn:less; [|discriminate].
            rewrite forallb_forall in kept_. specialize (kept_ (N.to_nat x)). rewrite in_seq, N2Nat.id in kept_.
            apply spanned_sound in kept_ as [less_ in_span]; [|exact nonzero|lia].
            change (act x (value (snd b))) with (acts_ [x] (value (snd b))).
            rewrite <- value_moved; [exact in_span|constructor; [exact letter|constructor]|exact less|exact less_].
          + rewrite (proj1 linear). apply span_add; assumption.
          + rewrite (proj2 linear). apply span_scale; assumption. }
      destruct (Z.eqb_spec (fst next) 0) as [is_zero|nonzero_].
      { destruct later; cbn in descends; rewrite is_zero in descends; discriminate. }
      destruct total_linear as (plus_ & times_ & zero_).
      assert (sends : forall v, span (snd s) v -> span (snd next) (total_act sum_ v)).
      { intros v in_v. induction in_v as [|b listed|v w _ IH1 _ IH2|a v _ IH1].
        - rewrite zero_. constructor.
        - specialize (into b listed). destruct (below n (summed M sum_ (snd b))) eqn:less_; [|discriminate].
          specialize (kept_ b listed). destruct (below n (snd b)) eqn:less; [|discriminate].
          rewrite <- value_summed by assumption. apply spanned_sound; assumption.
        - rewrite plus_. apply span_add; assumption.
        - rewrite times_. apply span_scale; assumption. }
      exact (IH next descends (total_act sum_ start) (sends start (whole start)) moves moves).
  Qed.
End Block.
