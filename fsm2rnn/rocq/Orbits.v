(** Finite orbits: powers of words that are idempotent, and words whose image is as small as images become.

    On that least image all words act one to one, so that a network follows a group there.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Bool Permutation Arith.Factorial.
From Fsm2rnn Require Import Definitions Impossible Diagonal.
Import ListNotations.

(** ** Powers of a map on a finite list *)

Section Powers.
  Variables (V : Type) (l : list V) (f : V -> V).
  Hypothesis inside : forall v, In v l -> In (f v) l.
  Hypothesis decide : forall u v : V, {u = v} + {u <> v}.

  Lemma some_repetition v : In v l -> exists i j, (i < j <= length l)%nat /\ iterated f i v = iterated f j v.
  Proof.
    intros listed.
    assert (search : forall n m, (m <= n)%nat -> (exists i, (i < m)%nat /\ iterated f i v = iterated f n v)
      \/ forall i, (i < m)%nat -> iterated f i v <> iterated f n v).
    { intros n m. induction m as [|m IH]; intros below; [right; lia|].
      destruct (IH ltac:(lia)) as [(i & range & equal)|none]; [left; exists i; split; [lia|exact equal]|].
      destruct (decide (iterated f m v) (iterated f n v)) as [equal|differs]; [left; exists m; split; [lia|exact equal]|].
      right. intros i range. destruct (Nat.eq_dec i m) as [->|]; [exact differs|apply none; lia]. }
    assert (all : forall n, (exists i j, (i < j <= n)%nat /\ iterated f i v = iterated f j v)
      \/ forall i j, (i < j)%nat -> (j <= n)%nat -> iterated f i v <> iterated f j v).
    { induction n as [|n [(i & j & range & equal)|none]]; [right; lia|left; exists i, j; split; [lia|exact equal]|].
      destruct (search (S n) (S n) (le_n _)) as [(i & range & equal)|none_]; [left; exists i, (S n); split; [lia|exact equal]|].
      right. intros i j less below. destruct (Nat.eq_dec j (S n)) as [->|]; [apply none_; lia|apply none; lia]. }
    destruct (all (length l)) as [found|none]; [exact found|exfalso].
    apply (pigeonhole (length l) l (fun k => iterated f k v)); [lia| |exact none].
    intros k _. apply (iterated_inside V l f inside). exact listed.
  Qed.

  Lemma divides_factorial n m : (1 <= m <= n)%nat -> exists q, (fact n = q * m)%nat.
  Proof.
    induction n as [|n IH]; [lia|]. intros within. cbn [fact]. destruct (Nat.eq_dec m (S n)) as [->|].
    - exists (fact n). lia.
    - destruct (IH ltac:(lia)) as (q & ->). exists (S n * q)%nat. lia.
  Qed.

  Lemma factorial_above n : (n <= fact n)%nat.
  Proof. induction n as [|n IH]; [lia|]. cbn [fact]. pose proof (lt_O_fact n). nia. Qed.

  Lemma idempotent_iterate n v : (length l <= n)%nat -> In v l -> iterated f (fact n + fact n) v = iterated f (fact n) v.
  Proof.
    intros few listed. destruct (some_repetition v listed) as (i & j & range & equal).
    assert (step : forall k, (i <= k)%nat -> iterated f ((j - i) + k) v = iterated f k v).
    { intros k above. replace ((j - i) + k)%nat with ((k - i) + j)%nat by lia.
      rewrite iterated_sum, <- equal, <- iterated_sum. f_equal. lia. }
    assert (steps : forall q k, (i <= k)%nat -> iterated f (q * (j - i) + k) v = iterated f k v).
    { induction q as [|q IH]; intros k above; [reflexivity|].
      replace (S q * (j - i) + k)%nat with ((j - i) + (q * (j - i) + k))%nat by lia. rewrite step by lia.
      apply IH, above. }
    destruct (divides_factorial n (j - i) ltac:(lia)) as (q & product). rewrite product at 1. apply steps.
    pose proof (factorial_above n). lia.
  Qed.

  Lemma identity_iterate n v : (length l <= n)%nat -> (forall u w, In u l -> In w l -> f u = f w -> u = w) ->
    In v l -> iterated f (fact n) v = v.
  Proof.
    intros few injective listed. apply (iterated_injective V l f inside injective (fact n)).
    - apply iterated_inside; assumption.
    - exact listed.
    - rewrite <- iterated_sum. apply idempotent_iterate; assumption.
  Qed.
End Powers.

Definition power (w : word) (n : nat) : word := concat (repeat w n).

Lemma power_over k w n : over k w -> over k (power w n).
Proof.
  intros letters. apply Forall_concat, Forall_forall. intros u listed. apply repeat_spec in listed as ->. exact letters.
Qed.

Lemma leads_append M q u w : leads_to M q (u ++ w) = leads_to M (leads_to M q u) w.
Proof. apply fold_left_app. Qed.

Lemma leads_power M q w n : leads_to M q (power w n) = iterated (fun p => leads_to M p w) n q.
Proof.
  revert q. induction n as [|n IH]; intros q; [reflexivity|]. unfold power in *. cbn [repeat concat].
  rewrite leads_append, IH. replace (S n) with (n + 1)%nat by lia. rewrite iterated_sum. reflexivity.
Qed.

Lemma leads_power_fixed M q w n : leads_to M q w = q -> leads_to M q (power w n) = q.
Proof. intros fixed. rewrite leads_power. induction n as [|n IH]; [reflexivity|]. cbn. rewrite IH. exact fixed. Qed.

Section Orbit.
  Variables (X : Type) (decide : forall h g : X, {h = g} + {h <> g}) (step : N -> X -> X) (orbit : list X).
  Hypothesis closed : forall x h, In h orbit -> In (step x h) orbit.
  Notation act := (acts X step).

  Lemma act_inside w : forall h, In h orbit -> In (act w h) orbit.
  Proof. induction w as [|x w IH]; intros h listed; [exact listed|]. apply IH, closed, listed. Qed.

  Lemma act_power w n h : act (power w n) h = iterated (act w) n h.
  Proof.
    revert h. induction n as [|n IH]; intros h; [reflexivity|]. unfold power in *. cbn [repeat concat].
    rewrite acts_append, IH. replace (S n) with (n + 1)%nat by lia. rewrite iterated_sum. reflexivity.
  Qed.

  Lemma power_idempotent w n h : (length orbit <= n)%nat -> In h orbit ->
    act (power w (fact n)) (act (power w (fact n)) h) = act (power w (fact n)) h.
  Proof.
    intros few listed. rewrite !act_power, <- iterated_sum.
    apply (idempotent_iterate X orbit); [intros; apply act_inside; assumption|exact decide|exact few|exact listed].
  Qed.

  (** *** The least image *)

  Definition image (w : word) : list X := nodup decide (map (act w) orbit).

  Lemma image_iff w g : In g (image w) <-> exists h, In h orbit /\ act w h = g.
  Proof.
    unfold image. rewrite nodup_In, in_map_iff. split; intros (h & one & two); exists h; auto.
  Qed.

  Lemma image_shorter z w : (length (image (z ++ w)) <= length (image z))%nat.
  Proof.
    rewrite <- (map_length (act w) (image z)). apply NoDup_incl_length; [apply NoDup_nodup|].
    intros g listed. apply image_iff in listed as (h & in_orbit & is). rewrite acts_append in is.
    apply in_map_iff. exists (act z h). split; [exact is|]. apply image_iff. exists h. auto.
  Qed.

  Variable chosen : word -> Prop.
  Hypothesis chosen_append : forall u w, chosen u -> chosen w -> chosen (u ++ w).
  Hypothesis chosen_nil : chosen [].

  Definition least (z : word) : Prop := forall w, chosen w -> (length (image z) <= length (image (z ++ w)))%nat.

  (** What contradicts a least image contradicts everything: images do not shrink for ever. *)

  Lemma some_least : (forall z, chosen z -> least z -> False) -> False.
  Proof.
    intros refuted. assert (all : forall n z, chosen z -> (length (image z) <= n)%nat -> False).
    { induction n as [|n IH]; intros z in_z few; apply (refuted z in_z); intros w in_w;
        destruct (Nat.le_gt_cases (length (image z)) (length (image (z ++ w)))) as [|less]; try assumption; [lia|].
      destruct (IH (z ++ w)); [apply chosen_append; assumption|lia]. }
    exact (all _ [] chosen_nil (le_n _)).
  Qed.

  Lemma chosen_power w n : chosen w -> chosen (power w n).
  Proof.
    intros in_w. induction n as [|n IH]; [exact chosen_nil|]. unfold power. cbn. apply chosen_append; assumption.
  Qed.

  Variables (z : word) (n : nat).
  Hypothesis chosen_z : chosen z.
  Hypothesis least_z : least z.
  Hypothesis few : (length orbit <= n)%nat.

  Definition unit_word : word := power z (fact n).

  Definition kept : list X := image unit_word.

  Definition turn (w : word) (h : X) : X := act (w ++ unit_word) h.

  Lemma chosen_unit : chosen unit_word.
  Proof. apply chosen_power, chosen_z. Qed.

  Lemma kept_orbit h : In h kept -> In h orbit.
  Proof. intros listed. apply image_iff in listed as (g & in_orbit & <-). apply act_inside, in_orbit. Qed.

  Lemma act_unit h : In h orbit -> In (act unit_word h) kept.
  Proof. intros listed. apply image_iff. exists h. auto. Qed.

  Lemma unit_fixes h : In h kept -> act unit_word h = h.
  Proof. intros listed. apply image_iff in listed as (g & in_orbit & <-). apply power_idempotent; assumption. Qed.

  Lemma turn_inside w h : In h kept -> In (turn w h) kept.
  Proof.
    intros listed. unfold turn. rewrite acts_append. apply act_unit, act_inside, kept_orbit, listed.
  Qed.

  Lemma turn_append u w h : act (u ++ unit_word ++ w ++ unit_word) h = turn w (turn u h).
  Proof. unfold turn. rewrite !acts_append. reflexivity. Qed.

  Lemma turned_distinct w : chosen w -> NoDup (map (turn w) kept).
  Proof.
    intros in_w. apply NoDup_incl_NoDup with (l := image (unit_word ++ w ++ unit_word)); [apply NoDup_nodup| |].
    - rewrite map_length. transitivity (length (image z)).
      + unfold kept, unit_word. pose proof (lt_O_fact n). destruct (fact n) as [|m]; [lia|]. apply image_shorter.
      + unfold unit_word at 1. pose proof (lt_O_fact n). destruct (fact n) as [|m] eqn:positive; [lia|].
        change (power z (S m)) with (z ++ power z m). rewrite <- app_assoc. apply least_z.
        apply chosen_append; [apply chosen_power, chosen_z|]. apply chosen_append; [exact in_w|apply chosen_unit].
    - intros g listed. apply image_iff in listed as (h & in_orbit & is). apply in_map_iff.
      exists (act unit_word h). split; [|apply act_unit, in_orbit]. rewrite <- is. unfold turn.
      rewrite !acts_append. reflexivity.
  Qed.

  Lemma distinct_injective {A B} (f : A -> B) l u v : NoDup (map f l) -> In u l -> In v l -> f u = f v -> u = v.
  Proof.
    induction l as [|a l IH]; intros distinct in_u in_v equal; [destruct in_u|].
    cbn in distinct. inversion distinct as [|? ? new rest]; subst.
    destruct in_u as [->|in_u], in_v as [->|in_v]; [reflexivity| | |apply IH; assumption].
    - destruct new. rewrite equal. apply in_map, in_v.
    - destruct new. rewrite <- equal. apply in_map, in_u.
  Qed.

  Lemma turn_injective w h g : chosen w -> In h kept -> In g kept -> turn w h = turn w g -> h = g.
  Proof. intros in_w. apply distinct_injective, turned_distinct, in_w. Qed.

  Lemma turn_permutes w : chosen w -> Permutation (map (turn w) kept) kept.
  Proof.
    intros in_w. apply NoDup_Permutation_bis; [apply turned_distinct, in_w|rewrite map_length; lia|].
    intros g listed. apply in_map_iff in listed as (h & <- & in_kept). apply turn_inside, in_kept.
  Qed.
End Orbit.
