(** What no stack of layers with commuting transitions and a finite orbit can follow, of any depth: words that permute
    states and are products of each other's commutators, so that the group which they generate is not solvable.
    Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Bool Arith.Factorial.
From Fsm2rnn Require Import Definitions Impossible Diagonal Orbits.
Import ListNotations.

(** ** Stacks *)

(** The transitions of a layer follow the letter and the state of the layers below, and commute with each other. *)

Inductive stacked : forall X : Type, (N -> X -> X) -> Prop :=
| no_layer : stacked unit (fun _ h => h)
| one_more X Y step (move : N -> X -> Y -> Y) : stacked X step ->
    (forall x h x_ h_ y, move x h (move x_ h_ y) = move x_ h_ (move x h y)) ->
    stacked (X * Y) (fun x state => (step x (fst state), move x (fst state) (snd state))).

Definition no_commuting_stack (k : nat) (M : machine) (label : list N) : Prop :=
  forall X step orbit, stacked X step -> (forall h g : X, {h = g} + {h <> g}) ->
    (forall x h, In h orbit -> In (step x h) orbit) ->
  forall start decoder, In start orbit -> ~ gives X step k M label start decoder.

Section Layer.
  Variables (X Y : Type) (step : N -> X -> X) (move : N -> X -> Y -> Y).
  Hypothesis commute : forall x h x_ h_ y, move x h (move x_ h_ y) = move x_ h_ (move x h y).

  Definition both (x : N) (state : X * Y) : X * Y := (step x (fst state), move x (fst state) (snd state)).

  Fixpoint trace (w : word) (h : X) (y : Y) : Y :=
    match w with [] => y | x :: w => trace w (step x h) (move x h y) end.

  Lemma both_acts w : forall h y, acts (X * Y) both w (h, y) = (acts X step w h, trace w h y).
  Proof. induction w as [|x w IH]; intros h y; [reflexivity|]. apply IH. Qed.

  Lemma trace_move w : forall h x g y, trace w h (move x g y) = move x g (trace w h y).
  Proof. induction w as [|z w IH]; intros h x g y; [reflexivity|]. cbn. rewrite commute. apply IH. Qed.

  Lemma trace_commutes u : forall w h g y, trace u h (trace w g y) = trace w g (trace u h y).
  Proof.
    induction u as [|x u IH]; intros w h g y; [reflexivity|]. cbn. rewrite <- trace_move. apply IH.
  Qed.

  Lemma iterated_commutes (f g : Y -> Y) n : (forall y, f (g y) = g (f y)) -> forall y, f (iterated g n y) = iterated g n (f y).
  Proof. intros each. induction n as [|n IH]; intros y; [reflexivity|]. cbn. rewrite each, IH. reflexivity. Qed.

  Lemma power_trace w n h y : acts X step w h = h ->
    acts (X * Y) both (power w n) (h, y) = (h, iterated (trace w h) n y).
  Proof.
    intros loop. rewrite act_power. induction n as [|n IH]; [reflexivity|]. cbn [iterated]. rewrite IH, both_acts, loop.
    reflexivity.
  Qed.

  (** The commutator of two words that lead a state of the layers below back to itself. *)

  Lemma commutator_fixes a b m h y : acts X step a h = h -> acts X step b h = h ->
    acts (X * Y) both (power a (S m)) (h, y) = (h, y) -> acts (X * Y) both (power b (S m)) (h, y) = (h, y) ->
    acts (X * Y) both (power a m ++ power b m ++ a ++ b) (h, y) = (h, y).
  Proof.
    intros loop_a loop_b. rewrite !power_trace by assumption. intros all_a all_b.
    rewrite !acts_append, !power_trace by assumption. rewrite !both_acts, loop_a, loop_b. f_equal.
    injection all_a as all_a. injection all_b as all_b. cbn [iterated] in *.
    rewrite (iterated_commutes (trace a h) (trace b h)) by (intros; apply trace_commutes). rewrite all_a, all_b. reflexivity.
  Qed.
End Layer.

(** ** Commutators reach every layer *)

Section Derived.
  Variables (m r : nat) (pairs : nat -> list (nat * nat)).
  Hypothesis known : forall i j l, (i < r)%nat -> In (j, l) (pairs i) -> (j < r)%nat /\ (l < r)%nat.

  (** A power stands for the inverse. *)

  Definition commutator (v : nat -> word) (pair_ : nat * nat) : word :=
    power (v (fst pair_)) m ++ power (v (snd pair_)) m ++ v (fst pair_) ++ v (snd pair_).

  Definition derived (v : nat -> word) (i : nat) : word := concat (map (commutator v) (pairs i)).

  Variables (chosen : word -> Prop) (stands_for : nat -> word -> Prop).
  Hypothesis chosen_nil : chosen [].
  Hypothesis chosen_append : forall u w, chosen u -> chosen w -> chosen (u ++ w).
  Hypothesis stands : forall v, (forall i, (i < r)%nat -> chosen (v i) /\ stands_for i (v i)) ->
    forall i, (i < r)%nat -> stands_for i (derived v i).

  Lemma chosen_derived v i : (forall j, (j < r)%nat -> chosen (v j)) -> (i < r)%nat -> chosen (derived v i).
  Proof.
    intros all below. unfold derived. assert (parts : forall j l, In (j, l) (pairs i) -> (j < r)%nat /\ (l < r)%nat).
    { intros j l. apply known, below. }
    induction (pairs i) as [|[j l] rest IH]; [exact chosen_nil|]. cbn [map concat].
    destruct (parts j l) as [one two]; [left; reflexivity|].
    apply chosen_append; [|apply IH; intros; apply parts; right; assumption]. unfold commutator. cbn [fst snd].
    repeat apply chosen_append; auto using (chosen_power chosen chosen_append chosen_nil).
  Qed.

  Theorem words_become_trivial X step : stacked X step -> forall kept,
    (forall w h, chosen w -> In h kept -> In (acts X step w h) kept) ->
    (forall w h, chosen w -> In h kept -> acts X step (power w (S m)) h = h) ->
    forall v, (forall i, (i < r)%nat -> chosen (v i) /\ stands_for i (v i)) ->
    exists u, forall i, (i < r)%nat -> chosen (u i) /\ stands_for i (u i) /\
      forall h, In h kept -> acts X step (u i) h = h.
  Proof.
    induction 1 as [|X Y step move below IH commute]; intros kept inside back v begins.
    - exists v. intros i within. destruct (begins i within). repeat (split; [assumption|]).
      intros h _. destruct h. destruct (acts unit _ _ _). reflexivity.
    - change (fun x state => (step x (fst state), move x (fst state) (snd state))) with (both X Y step move) in *.
      destruct (IH (map fst kept)) with (v := v) as (u & good); [| |exact begins|].
      + intros w h in_w listed. apply in_map_iff in listed as ([g y] & <- & listed). cbn [fst].
        specialize (inside w (g, y) in_w listed). rewrite both_acts in inside. apply (in_map fst) in inside. exact inside.
      + intros w h in_w listed. apply in_map_iff in listed as ([g y] & <- & listed). cbn [fst].
        specialize (back w (g, y) in_w listed). rewrite both_acts in back. injection back as back _. exact back.
      + exists (derived u). intros i within. split; [apply chosen_derived; [intros j less; apply good, less|exact within]|].
        split; [apply stands; [intros j less; split; apply good, less|exact within]|].
        unfold derived. assert (parts : forall j l, In (j, l) (pairs i) -> (j < r)%nat /\ (l < r)%nat).
        { intros j l. apply known, within. }
        induction (pairs i) as [|[j l] rest IH_]; intros [g y] listed; [reflexivity|]. cbn [map concat].
        rewrite acts_append. destruct (parts j l) as [one two]; [left; reflexivity|].
        assert (in_g : In g (map fst kept)) by exact (in_map fst kept (g, y) listed).
        unfold commutator at 2. cbn [fst snd]. rewrite commutator_fixes.
        * apply IH_; [intros; apply parts; right; assumption|exact listed].
        * exact commute.
        * apply good; assumption.
        * apply good; assumption.
        * apply back; [apply good; assumption|exact listed].
        * apply back; [apply good; assumption|exact listed].
  Qed.
End Derived.

(** ** Words that are products of each other's commutators *)

Section Words.
  Variables (k : nat) (M : machine) (label : list N).

  (** The point that a word leads to this one. *)

  Definition undone (points : list N) (w : word) (q : N) : N :=
    hd 0%N (filter (fun p => N.eqb (leads_to M p w) q) points).

  Definition permuted (points : list N) (w : word) : bool :=
    forallb (fun p => let q := leads_to M p w in
      if existsb (N.eqb q) points then N.eqb (undone points w q) p else false) points.

  Definition commuted (points : list N) (words : list word) (pairs : list (nat * nat)) (p : N) : N :=
    fold_left (fun q pair_ => let u := nth (fst pair_) words [] in let w := nth (snd pair_) words [] in
      leads_to M (leads_to M (undone points w (undone points u q)) u) w) pairs p.

  Definition perfect (points : list N) (words : list word) (commutators : list (list (nat * nat))) : bool :=
    if forallb (in_range k) words then if forallb (permuted points) words then
      forallb (fun i => let pairs := nth i commutators [] in
        if forallb (fun pair_ => if Nat.ltb (fst pair_) (length words) then Nat.ltb (snd pair_) (length words) else false) pairs then
          forallb (fun p => N.eqb (leads_to M p (nth i words [])) (commuted points words pairs p)) points
        else false) (seq 0 (length words))
    else false else false.

  (** [i] is the word that moves the point after the prefix. *)

  Definition moved (points : list N) (words : list word) (prefix : word) (i : nat) : bool :=
    if existsb (N.eqb (reached M prefix)) points then Nat.ltb i (length words) else false.

  Section Points.
    Variable points : list N.

    Definition permutes (w : word) : Prop :=
      (forall p, In p points -> In (leads_to M p w) points) /\
      (forall p q, In p points -> In q points -> leads_to M p w = leads_to M q w -> p = q).

    Lemma permuted_sound w : permuted points w = true ->
      permutes w /\ forall p, In p points -> undone points w (leads_to M p w) = p.
    Proof.
      unfold permuted. rewrite forallb_forall. intros all.
      assert (each : forall p, In p points -> In (leads_to M p w) points /\ undone points w (leads_to M p w) = p).
      { intros p listed. specialize (all p listed). cbv beta zeta in all.
        destruct (existsb (N.eqb (leads_to M p w)) points) eqn:found; [|discriminate].
        apply existsb_exists in found as (q & in_q & is). apply N.eqb_eq in is, all. rewrite is in *. auto. }
      split; [split|]; [intros p listed; apply each, listed| |intros p listed; apply each, listed].
      intros p q in_p in_q equal. rewrite <- (proj2 (each p in_p)), equal. apply each, in_q.
    Qed.

    Lemma permutes_nil : permutes [].
    Proof. split; [intros p listed; exact listed|intros p q _ _ equal; exact equal]. Qed.

    Lemma permutes_append u w : permutes u -> permutes w -> permutes (u ++ w).
    Proof.
      intros [in_u one_u] [in_w one_w]. split; [intros p listed; rewrite leads_append; auto|].
      intros p q in_p in_q. rewrite !leads_append. auto.
    Qed.

    Lemma permutes_back w n p : permutes w -> (length points <= n)%nat -> In p points ->
      leads_to M p (power w (fact n)) = p.
    Proof.
      intros [inside one] few listed. rewrite leads_power.
      apply (identity_iterate N points); [exact inside|exact N.eq_dec|exact few|exact one|exact listed].
    Qed.
  End Points.

  Theorem nonsolvable_refutes points words commutators prefix i suffix :
    perfect points words commutators = true -> moved points words prefix i = true ->
    told_apart k M label (prefix ++ suffix) (prefix ++ nth i words [] ++ suffix) = true -> no_commuting_stack k M label.
  Proof.
    unfold perfect, moved. destruct (forallb (in_range k) words) eqn:over_words; [|discriminate].
    destruct (forallb (permuted points) words) eqn:permuted_; [|discriminate]. intros products.
    destruct (existsb (N.eqb (reached M prefix)) points) eqn:here; [|discriminate]. intros known_i apart.
    apply Nat.ltb_lt in known_i. apply existsb_exists in here as (p0 & in_p & is). apply N.eqb_eq in is.
    rewrite forallb_forall in over_words, permuted_, products.
    apply told_apart_sound in apart as (over_1 & over_2 & differ).
    apply Forall_app in over_1 as [over_p over_s]. clear over_2.
    intros X step orbit stack decide closed start decoder begins follows.
    set (chosen := fun w => over k w /\ permutes points w).
    assert (chosen_nil : chosen []) by (split; [constructor|apply permutes_nil]).
    assert (chosen_append : forall u w, chosen u -> chosen w -> chosen (u ++ w)).
    { intros u w [a b] [c d]. split; [apply Forall_app; auto|apply permutes_append; assumption]. }
    apply (some_least X decide step orbit chosen chosen_append chosen_nil). intros z chosen_z least_z.
    set (n := (length orbit + length points)%nat). set (e := unit_word z n).
    assert (few : (length orbit <= n)%nat) by (unfold n; lia). assert (few_ : (length points <= n)%nat) by (unfold n; lia).
    assert (chosen_e : chosen e) by (apply chosen_unit; assumption).
    assert (e_fixes : forall p, In p points -> leads_to M p e = p).
    { intros p listed. apply (permutes_back points); [apply chosen_z|exact few_|exact listed]. }
    set (kept_ := kept X decide step orbit z n).
    set (turning := fun w => w = [] \/ exists u, chosen u /\ w = u ++ e).
    assert (turning_append : forall u w, turning u -> turning w -> turning (u ++ w)).
    { intros u w [->|(a & in_a & ->)] [->|(b & in_b & ->)]; cbn.
      - left. reflexivity.
      - right. exists b. auto.
      - right. exists a. rewrite app_nil_r. auto.
      - right. exists ((a ++ e) ++ b). split; [auto|]. rewrite !app_assoc. reflexivity. }
    assert (chosen_turning : forall w, turning w -> chosen w).
    { intros w [->|(u & in_u & ->)]; auto. }
    assert (word_of : forall j, (j < length words)%nat -> chosen (nth j words []) /\
      forall p, In p points -> undone points (nth j words []) (leads_to M p (nth j words [])) = p).
    { intros j below. assert (listed : In (nth j words []) words) by (apply nth_In, below).
      destruct (permuted_sound points _ (permuted_ _ listed)) as [moves back]. split; [split|]; [|exact moves|exact back].
      apply in_range_over, over_words, listed. }
    pose proof (lt_O_fact n) as above. destruct (fact n) as [|m] eqn:size; [lia|].
    set (stands_for := fun j w => forall p, In p points -> leads_to M p w = leads_to M p (nth j words [])).
    set (pairs := fun j => nth j commutators []).
    assert (product_of : forall j, (j < length words)%nat ->
      (forall a b, In (a, b) (pairs j) -> (a < length words)%nat /\ (b < length words)%nat) /\
      forall p, In p points -> leads_to M p (nth j words []) = commuted points words (pairs j) p).
    { intros j below. specialize (products j). rewrite in_seq in products. specialize (products ltac:(lia)). cbv beta zeta in products.
      destruct (forallb _ (nth j commutators [])) eqn:names; [|discriminate]. rewrite forallb_forall in names, products.
      split.
      - intros a b listed. specialize (names (a, b) listed). cbn [fst snd] in names.
        destruct (Nat.ltb_spec a (length words)); [|discriminate]. apply Nat.ltb_lt in names. auto.
      - intros p listed. apply N.eqb_eq, products, listed. }
    destruct (words_become_trivial m (length words) pairs) with (chosen := turning) (stands_for := stands_for)
      (X := X) (step := step) (kept := kept_) (v := fun j => nth j words [] ++ e) as (u & good).
    - intros j a b below. apply product_of, below.
    - left. reflexivity.
    - exact turning_append.
    - intros v all j below p listed. rewrite (proj2 (product_of j below) p listed).
      unfold derived, commuted. destruct (product_of j below) as [names _]. revert p listed.
      induction (pairs j) as [|[a b] rest IH]; intros p listed; [reflexivity|]. cbn [map concat fold_left fst snd].
      rewrite leads_append. destruct (names a b) as [below_a below_b]; [left; reflexivity|].
      assert (backwards : forall c q, (c < length words)%nat -> In q points ->
        In (leads_to M q (power (v c) m)) points /\
        leads_to M q (power (v c) m) = undone points (nth c words []) q).
      { intros c q below_c in_q. destruct (all c below_c) as [turning_c stands_c]. apply chosen_turning in turning_c.
        assert (in_back : In (leads_to M q (power (v c) m)) points).
        { apply (chosen_power chosen chosen_append chosen_nil (v c) m turning_c). exact in_q. }
        split; [exact in_back|].
        assert (whole : leads_to M (leads_to M q (power (v c) m)) (v c) = q).
        { rewrite <- leads_append. transitivity (leads_to M q (power (v c) (S m))).
          - rewrite !leads_append, !leads_power. reflexivity.
          - rewrite <- size. apply (permutes_back points); [apply turning_c|exact few_|exact in_q]. }
        rewrite <- whole at 2. rewrite (stands_c _ in_back). symmetry. apply word_of; assumption. }
      unfold commutator. cbn [fst snd]. rewrite !leads_append.
      destruct (backwards a p below_a listed) as [in_1 is_1].
      destruct (backwards b _ below_b in_1) as [in_2 is_2].
      assert (in_3 : In (leads_to M (leads_to M (leads_to M p (power (v a) m)) (power (v b) m)) (v a)) points).
      { apply (chosen_turning _ (proj1 (all a below_a))). exact in_2. }
      rewrite IH; [| |apply (chosen_turning _ (proj1 (all b below_b))); exact in_3].
      + f_equal. rewrite (proj2 (all b below_b) _ in_3), (proj2 (all a below_a) _ in_2), is_2, is_1. reflexivity.
      + intros c d listed_. apply names. right. exact listed_.
    - exact stack.
    - intros w h [->|(c & in_c & ->)] listed; [exact listed|].
      apply (turn_inside X decide step orbit closed z n c h). exact listed.
    - intros w h [->|(c & in_c & ->)] listed.
      + rewrite act_power. cbn [acts fold_left]. clear. induction (S m) as [|q IH]; [reflexivity|]. exact IH.
      + rewrite act_power, <- size.
        apply (identity_iterate X kept_ (acts X step (c ++ e))).
        * intros g in_g. apply (turn_inside X decide step orbit closed z n c g in_g).
        * exact decide.
        * transitivity (length orbit); [|exact few]. unfold kept_, kept, image.
          transitivity (length (map (acts X step (unit_word z n)) orbit)); [|rewrite map_length; lia].
          apply NoDup_incl_length; [apply NoDup_nodup|]. intros g in_g. apply nodup_In in in_g. exact in_g.
        * intros g g_ in_g in_g_. apply (turn_injective X decide step orbit chosen chosen_append chosen_nil z n
            chosen_z least_z few c g g_ in_c in_g in_g_).
        * exact listed.
    - intros j below. split; [right; exists (nth j words []); split; [apply word_of, below|reflexivity]|].
      intros p listed. rewrite leads_append. apply e_fixes. apply word_of; assumption.
    - destruct (good i known_i) as (turning_i & stands_i & fixes). apply chosen_turning in turning_i.
      apply differ.
      set (h := acts X step e (acts X step prefix start)).
      assert (in_h : In h kept_).
      { unfold h. apply act_unit. apply act_inside; assumption. }
      assert (is_p : reached M prefix = p0) by exact is.
      transitivity (shown M label ((prefix ++ e) ++ suffix)).
      { unfold shown, reached in *. rewrite !fold_left_app. rewrite is_p. fold (leads_to M p0 e). rewrite e_fixes by exact in_p. reflexivity. }
      transitivity (shown M label ((prefix ++ e) ++ u i ++ suffix)).
      { rewrite <- !follows.
        - rewrite !acts_append. fold h. rewrite fixes by exact in_h. reflexivity.
        - apply Forall_app. split; [apply Forall_app; split; [exact over_p|apply chosen_e]|].
          apply Forall_app. split; [apply turning_i|exact over_s].
        - apply Forall_app. split; [apply Forall_app; split; [exact over_p|apply chosen_e]|exact over_s]. }
      unfold shown, reached in *. rewrite !fold_left_app. rewrite is_p. fold (leads_to M p0 e). rewrite e_fixes by exact in_p.
      fold (leads_to M p0 (u i)). rewrite (stands_i p0 in_p). reflexivity.
  Qed.
End Words.
