(** What no diagonal network with a finite orbit can follow.

    Coordinates do not meet: each takes finitely many values, and a letter maps the values of a coordinate by
    h <- a h + b, whatever b is.  Where a = 0 the map is constant; where a > 0 it keeps strict order, where a < 0 it turns
    it round; over the complex numbers a map with a <> 0 is at least injective.  The laws need nothing else of the
    numbers, so they are stated for any maps with these properties.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Arith.Factorial.
From Fsm2rnn Require Import Definitions Impossible.
Import ListNotations.

(** ** Sequences in a finite list *)

(** One value too many: not all can be different. *)

Lemma pigeonhole {V} n : forall (l : list V) (s : nat -> V), (length l <= n)%nat ->
  (forall k, (k <= n)%nat -> In (s k) l) -> ~ (forall i j, (i < j)%nat -> (j <= n)%nat -> s i <> s j).
Proof.
  induction n as [|n IH]; intros l s short inside distinct.
  - specialize (inside 0%nat (le_n 0)). destruct l; [exact inside|cbn in short; lia].
  - destruct (in_split _ _ (inside 0%nat ltac:(lia))) as (before & behind & split_).
    apply (IH (before ++ behind) (fun k => s (S k))).
    + rewrite split_, app_length in short. rewrite app_length. cbn in short. lia.
    + intros k below. specialize (inside (S k) ltac:(lia)). rewrite split_, in_app_iff in inside.
      apply in_app_iff. cbn in inside. destruct inside as [|[first_|]]; [auto| |auto].
      exfalso. apply (distinct 0%nat (S k)); [lia..|exact first_].
    + intros i j less below. apply distinct; lia.
Qed.

Section Iteration.
  Variables (V : Type) (l : list V) (f : V -> V).
  Hypothesis inside : forall v, In v l -> In (f v) l.

  Fixpoint iterated (n : nat) (v : V) : V := match n with O => v | S n => f (iterated n v) end.

  Lemma iterated_inside n v : In v l -> In (iterated n v) l.
  Proof. intros listed. induction n as [|n IH]; cbn; auto. Qed.

  Lemma iterated_sum m n v : iterated (m + n) v = iterated m (iterated n v).
  Proof. induction m as [|m IH]; cbn; [reflexivity|]. rewrite IH. reflexivity. Qed.

  Lemma iterated_often m v : iterated m v = v -> forall n, iterated (n * m) v = v.
  Proof. intros returns n. induction n as [|n IH]; [reflexivity|]. cbn. rewrite iterated_sum, IH. exact returns. Qed.

  (** An injective map leads every value back to itself. *)

  Hypothesis injective : forall u v, In u l -> In v l -> f u = f v -> u = v.

  Lemma iterated_injective n : forall u v, In u l -> In v l -> iterated n u = iterated n v -> u = v.
  Proof.
    induction n as [|n IH]; intros u v in_u in_v equal; cbn in equal; [exact equal|].
    apply IH; [assumption..|]. apply injective; [apply iterated_inside; assumption..|exact equal].
  Qed.

  Lemma some_return v : In v l -> ~ (forall m, (1 <= m <= length l)%nat -> iterated m v <> v).
  Proof.
    intros listed never. apply (pigeonhole (length l) l (fun k => iterated k v)); [lia| |].
    - intros k _. apply iterated_inside. exact listed.
    - intros i j less below equal. apply (never (j - i)%nat); [lia|].
      apply (iterated_injective i); [apply iterated_inside; exact listed|exact listed|].
      rewrite <- iterated_sum. replace (i + (j - i))%nat with j by lia. symmetry. exact equal.
  Qed.

  Hypothesis decide : forall u v : V, {u = v} + {u <> v}.

  Lemma returns v : In v l -> exists m, (1 <= m <= length l)%nat /\ iterated m v = v.
  Proof.
    intros listed. assert (search : forall n, (exists m, (1 <= m <= n)%nat /\ iterated m v = v)
      \/ forall m, (1 <= m <= n)%nat -> iterated m v <> v).
    { induction n as [|n [found|none]]; [right; lia|left; destruct found as (m & range & equal); exists m; split; [lia|exact equal]|].
      destruct (decide (iterated (S n) v) v) as [equal|differs]; [left; exists (S n); split; [lia|exact equal]|right].
      intros m range. destruct (Nat.eq_dec m (S n)) as [->|]; [exact differs|apply none; lia]. }
    destruct (search (length l)) as [found|none]; [exact found|]. destruct (some_return v listed none).
  Qed.
End Iteration.

Arguments iterated {V}.

(** ** Laws of coordinates *)

Section Coordinates.
  Variables (I V : Type) (values : I -> list V) (maps : N -> I -> V -> V).
  Hypothesis inside : forall x i v, In v (values i) -> In (maps x i v) (values i).

  Definition coordinate_step (x : N) (h : I -> V) : I -> V := fun i => maps x i (h i).

  (** What a word makes of a value of a coordinate. *)

  Definition along (w : word) (i : I) (v : V) : V := fold_left (fun v x => maps x i v) w v.

  Lemma along_append u w i v : along (u ++ w) i v = along w i (along u i v).
  Proof. apply fold_left_app. Qed.

  Lemma along_inside w i v : In v (values i) -> In (along w i v) (values i).
  Proof. revert v. induction w as [|x w IH]; intros v listed; [exact listed|]. exact (IH _ (inside x i v listed)). Qed.

  Lemma acts_along w : forall h i, acts (I -> V) coordinate_step w h i = along w i (h i).
  Proof. induction w as [|x w IH]; intros h i; cbn; [reflexivity|]. apply IH. Qed.

  (** Words that act equally on all values of all coordinates refute networks of these coordinates. *)

  Definition law (u v : word) : Prop := forall i a, In a (values i) -> along u i a = along v i a.

  Theorem law_refutes k M label prefix u v suffix : law u v ->
    told_apart k M label (prefix ++ u ++ suffix) (prefix ++ v ++ suffix) = true ->
    forall start decoder, (forall i, In (start i) (values i)) -> (forall h g, (forall i, h i = g i) -> decoder h = decoder g) ->
    ~ gives (I -> V) coordinate_step k M label start decoder.
  Proof.
    intros equal apart start decoder begins reads. eapply one_reading_refutes; [exact apart|]. apply reads.
    intros i. rewrite !acts_along, !along_append. f_equal. apply equal, along_inside, begins.
  Qed.

  Definition constant (w : word) (i : I) : Prop :=
    forall a b, In a (values i) -> In b (values i) -> along w i a = along w i b.

  Definition identity (w : word) (i : I) : Prop := forall a, In a (values i) -> along w i a = a.

  Definition injective (w : word) (i : I) : Prop :=
    forall a b, In a (values i) -> In b (values i) -> along w i a = along w i b -> a = b.

  Lemma constant_after u w i : constant w i -> constant (u ++ w) i.
  Proof. intros same a b in_a in_b. rewrite !along_append. apply same; apply along_inside; assumption. Qed.

  Lemma constant_before u w i : constant u i -> constant (u ++ w) i.
  Proof. intros same a b in_a in_b. rewrite !along_append. f_equal. apply same; assumption. Qed.

  (** *** Real numbers: a map is constant, keeps strict order, or turns it round *)

  Section Ordered.
    Variable less : V -> V -> Prop.
    Hypothesis irreflexive : forall v, ~ less v v.
    Hypothesis transitive : forall u v w, less u v -> less v w -> less u w.
    Hypothesis total : forall i u v, In u (values i) -> In v (values i) -> less u v \/ u = v \/ less v u.

    Definition rising (w : word) (i : I) : Prop :=
      forall a b, In a (values i) -> In b (values i) -> less a b -> less (along w i a) (along w i b).

    Definition falling (w : word) (i : I) : Prop :=
      forall a b, In a (values i) -> In b (values i) -> less a b -> less (along w i b) (along w i a).

    (** Strict order on a finite set is kept by the identity alone: another map would climb or descend for ever. *)

    Lemma no_climb (below : V -> V -> Prop) (l : list V) (f : V -> V) :
      (forall v, ~ below v v) -> (forall u v w, below u v -> below v w -> below u w) ->
      (forall v, In v l -> In (f v) l) -> (forall u v, In u l -> In v l -> below u v -> below (f u) (f v)) ->
      forall v, In v l -> ~ below v (f v).
    Proof.
      intros irr trans stays keeps v listed climbs.
      assert (one : forall k, below (iterated f k v) (iterated f (S k) v)).
      { induction k as [|k IH]; [exact climbs|].
        apply keeps; [apply (iterated_inside V l); assumption|apply (iterated_inside V l) with (n := S k); assumption|exact IH]. }
      assert (many : forall i d, below (iterated f i v) (iterated f (S d + i) v)).
      { intros i d. induction d as [|d IH]; [apply one|]. eapply trans; [exact IH|apply one]. }
      apply (pigeonhole (length l) l (fun k => iterated f k v)); [lia| |].
      - intros k _. apply (iterated_inside V l); assumption.
      - intros i j less_ _ equal. apply (irr (iterated f i v)).
        specialize (many i (j - S i)%nat). replace (S (j - S i) + i)%nat with j in many by lia.
        rewrite <- equal in many. exact many.
    Qed.

    Lemma rising_identity w i : rising w i -> identity w i.
    Proof.
      intros keeps a listed. destruct (total i a (along w i a) listed (along_inside w i a listed)) as [up|[same|down]].
      - exfalso. revert up. apply (no_climb less (values i) (along w i)); auto using along_inside.
      - symmetry. exact same.
      - exfalso. revert down. apply (no_climb (fun u v => less v u) (values i) (along w i)); auto using along_inside.
        intros u v x above above_. eapply transitive; eassumption.
    Qed.

    (** *** Factors that are not negative *)

    Section Positive.
      Hypothesis letters : forall x i, constant [x] i \/ rising [x] i.

      Lemma positive_word w i : constant w i \/ identity w i.
      Proof.
        induction w as [|x w IH]; [right; intros a _; reflexivity|].
        change (x :: w) with ([x] ++ w). destruct (letters x i) as [same|keeps]; [left; apply constant_before, same|].
        apply rising_identity in keeps. destruct IH as [same|keeps_]; [left; apply constant_after, same|right].
        intros a listed. rewrite along_append, keeps by exact listed. apply keeps_. exact listed.
      Qed.

      (** The first occurrence of a word does not matter where it comes again. *)

      Theorem first_occurrence_law x y : law (x ++ y ++ x) (y ++ x).
      Proof.
        intros i a listed. rewrite !along_append. destruct (positive_word x i) as [same|keeps].
        - apply same; repeat apply along_inside; exact listed.
        - rewrite (keeps a listed). reflexivity.
      Qed.

      (** A power of a word, from the first on, acts as the next. *)

      Theorem power_law w n : law (concat (repeat w (S n))) w.
      Proof.
        induction n as [|n IH]; intros i a listed; [cbn; rewrite app_nil_r; reflexivity|].
        change (concat (repeat w (S (S n)))) with (w ++ concat (repeat w (S n))). rewrite along_append.
        rewrite IH by (apply along_inside; exact listed).
        destruct (positive_word w i) as [same|keeps]; [apply same; auto using along_inside|].
        rewrite (keeps a listed). exact (keeps a listed).
      Qed.
    End Positive.

    (** *** Factors of either sign *)

    Section Signed.
      Hypothesis letters : forall x i, constant [x] i \/ rising [x] i \/ falling [x] i.

      Lemma signed_word w i : constant w i \/ rising w i \/ falling w i.
      Proof.
        induction w as [|x w IH]; [right; left; intros a b _ _ below; exact below|].
        change (x :: w) with ([x] ++ w). destruct (letters x i) as [same|one]; [left; apply constant_before, same|].
        destruct IH as [same|many]; [left; apply constant_after, same|right].
        destruct one as [one|one], many as [many|many]; [left|right|right|left];
          intros a b in_a in_b below; rewrite !along_append; apply many; auto using along_inside.
      Qed.

      Lemma square_identity u w i : (rising u i /\ rising w i) \/ (falling u i /\ falling w i) -> identity (u ++ w) i.
      Proof.
        intros both. apply rising_identity. intros a b in_a in_b below. rewrite !along_append.
        destruct both as [[one many]|[one many]]; apply many; auto using along_inside.
      Qed.

      (** A square does not matter where its word comes again. *)

      Theorem earlier_square_law x y : law (x ++ x ++ y ++ x) (y ++ x).
      Proof.
        intros i a listed. rewrite (app_assoc x x), !(along_append (x ++ x)). destruct (signed_word x i) as [same|moves].
        - rewrite !along_append. apply same; repeat apply along_inside; exact listed.
        - rewrite (square_identity x x i ltac:(tauto) a listed). reflexivity.
      Qed.

      Lemma exchange x y i : rising x i \/ falling x i -> rising y i \/ falling y i ->
        forall a, In a (values i) -> along (x ++ y) i a = along (y ++ x) i a.
      Proof.
        intros kind_x kind_y a listed.
        destruct kind_x as [up_x|down_x].
        - apply rising_identity in up_x. rewrite !along_append, (up_x a listed), up_x; auto using along_inside.
        - destruct kind_y as [up_y|down_y].
          + apply rising_identity in up_y. rewrite !along_append, (up_y a listed), up_y; auto using along_inside.
          + rewrite (square_identity x y i), (square_identity y x i); auto.
      Qed.

      (** The order of two words does not matter where both come again. *)

      Theorem earlier_order_law x y z w : law (x ++ y ++ z ++ x ++ w ++ y) (y ++ x ++ z ++ x ++ w ++ y).
      Proof.
        intros i a listed. rewrite (app_assoc x y), (app_assoc y x), !(along_append (x ++ y)), !(along_append (y ++ x)).
        destruct (signed_word y i) as [same|kind_y].
        - rewrite !along_append. apply same; repeat apply along_inside; exact listed.
        - destruct (signed_word x i) as [same|kind_x].
          + rewrite !along_append. f_equal. f_equal. apply same; repeat apply along_inside; exact listed.
          + rewrite (exchange x y i kind_x kind_y a listed). reflexivity.
      Qed.

      (** From the first power on, a word acts as two powers later. *)

      Theorem second_power_law w : law (w ++ w ++ w) w.
      Proof.
        intros i a listed. rewrite (along_append w). destruct (signed_word w i) as [same|moves].
        - rewrite along_append. apply same; repeat apply along_inside; exact listed.
        - apply (square_identity w w i); [tauto|apply along_inside; exact listed].
      Qed.
    End Signed.
  End Ordered.

  (** *** Complex numbers: a map is constant or injective *)

  Section Complex.
    Hypothesis decide : forall u v : V, {u = v} + {u <> v}.
    Hypothesis letters : forall x i, constant [x] i \/ injective [x] i.

    (** No coordinate takes more values than this. *)

    Variable most : nat.
    Hypothesis few : forall i, (length (values i) <= most)%nat.

    Lemma complex_word w i : constant w i \/ injective w i.
    Proof.
      induction w as [|x w IH]; [right; intros a b _ _ equal; exact equal|].
      change (x :: w) with ([x] ++ w). destruct (letters x i) as [same|one]; [left; apply constant_before, same|].
      destruct IH as [same|many]; [left; apply constant_after, same|right].
      intros a b in_a in_b equal. rewrite !along_append in equal. apply one; [assumption..|].
      apply many; auto using along_inside.
    Qed.

    Lemma along_power w n i a : along (concat (repeat w n)) i a = iterated (along w i) n a.
    Proof.
      revert a. induction n as [|n IH]; intros a; [reflexivity|]. cbn [repeat concat]. rewrite along_append, IH.
      replace (S n) with (n + 1)%nat by lia. rewrite iterated_sum. reflexivity.
    Qed.

    (** Some later power of a word acts as the word itself, on all coordinates at once. *)

    Theorem return_law w : law (w ++ concat (repeat w (fact most))) w.
    Proof.
      intros i a listed. rewrite along_append, along_power.
      pose proof (along_inside w i a listed) as listed_. destruct (complex_word w i) as [same|one].
      - assert (positive : (1 <= fact most)%nat) by apply lt_O_fact.
        destruct (fact most) as [|n]; [lia|]. cbn. apply same; [|exact listed].
        apply (iterated_inside V (values i)); auto using along_inside.
      - destruct (returns V (values i) (along w i) (along_inside w i) one decide _ listed_) as (m & range & equal).
        assert (divides : Nat.divide m (fact most)).
        { specialize (few i). assert (within : (1 <= m <= most)%nat) by lia. clear - within.
          induction most as [|n IH]; [lia|]. cbn [fact]. destruct (Nat.eq_dec m (S n)) as [->|].
          - exists (fact n). lia.
          - destruct (IH ltac:(lia)) as (q & ->). exists (S n * q)%nat. lia. }
        destruct divides as (q & ->). apply iterated_often. exact equal.
    Qed.
  End Complex.
End Coordinates.
