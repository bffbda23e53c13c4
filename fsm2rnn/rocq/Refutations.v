(** Families by what their maps are, and the words that refute them: the statements that a text about a machine proves.

    A label has one number for every state, the same for states of one output.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Bool Ring Permutation Arith.Factorial.
From Fsm2rnn Require Import Definitions Impossible Diagonal.
Import ListNotations.

(** ** Families *)

(** Diagonal entries, and blocks [a -b; b a], over any commutative ring. *)

Definition no_blocks (k : nat) (M : machine) (label : list N) : Prop :=
  forall R zero one plus times minus opposite, ring_theory zero one plus times minus opposite (@eq R) ->
  forall I J factor along across start decoder,
    (forall h g, block_same R I J h g -> decoder h = decoder g) ->
    ~ gives (block_state R I J) (block_step R plus times minus I J factor along across) k M label start decoder.

(** Maps of finitely many ordered values: constant, or increasing (h <- a h + b with a >= 0). *)

Definition no_positive_diagonal (k : nat) (M : machine) (label : list N) : Prop :=
  forall I V values maps less,
    (forall x i v, In v (values i) -> In (maps x i v) (values i)) ->
    (forall v, ~ less v v) -> (forall u v w, less u v -> less v w -> less u w) ->
    (forall i u v, In u (values i) -> In v (values i) -> less u v \/ u = v \/ less v u) ->
    (forall x i, constant I V values maps [x] i \/ rising I V values maps less [x] i) ->
  forall start decoder, (forall i, In (start i) (values i)) ->
    (forall h g, (forall i, h i = g i) -> decoder h = decoder g) ->
    ~ gives (I -> V) (coordinate_step I V maps) k M label start decoder.

(** Maps of finitely many ordered values: constant, increasing or decreasing (h <- a h + b with a real). *)

Definition no_real_diagonal (k : nat) (M : machine) (label : list N) : Prop :=
  forall I V values maps less,
    (forall x i v, In v (values i) -> In (maps x i v) (values i)) ->
    (forall v, ~ less v v) -> (forall u v w, less u v -> less v w -> less u w) ->
    (forall i u v, In u (values i) -> In v (values i) -> less u v \/ u = v \/ less v u) ->
    (forall x i, constant I V values maps [x] i \/ rising I V values maps less [x] i
      \/ falling I V values maps less [x] i) ->
  forall start decoder, (forall i, In (start i) (values i)) ->
    (forall h g, (forall i, h i = g i) -> decoder h = decoder g) ->
    ~ gives (I -> V) (coordinate_step I V maps) k M label start decoder.

(** Maps of finitely many values: constant or injective (h <- a h + b with a complex). *)

Definition no_complex_diagonal (k : nat) (M : machine) (label : list N) : Prop :=
  forall I V values maps (decide : forall u v : V, {u = v} + {u <> v}) most,
    (forall x i v, In v (values i) -> In (maps x i v) (values i)) ->
    (forall x i, constant I V values maps [x] i \/ injective I V values maps [x] i) ->
    (forall i, (length (values i) <= most)%nat) ->
  forall start decoder, (forall i, In (start i) (values i)) ->
    (forall h g, (forall i, h i = g i) -> decoder h = decoder g) ->
    ~ gives (I -> V) (coordinate_step I V maps) k M label start decoder.

(** Maps that are injective on finitely many states: invertible matrices with a finite orbit. *)

Definition no_invertible (k : nat) (M : machine) (label : list N) : Prop :=
  forall X step orbit start decoder, In start orbit ->
    (forall x h, In h orbit -> In (step x h) orbit) ->
    (forall x h g, In h orbit -> In g orbit -> step x h = step x g -> h = g) ->
    ~ gives X step k M label start decoder.

(** ** Words that refute them *)

Section Words.
  Variables (k : nat) (M : machine) (label : list N).

  Theorem order_refutes prefix x y suffix :
    told_apart k M label (prefix ++ x ++ y ++ suffix) (prefix ++ y ++ x ++ suffix) = true -> no_blocks k M label.
  Proof.
    intros apart R zero one plus times minus opposite ring I J factor along across start decoder reads.
    exact (order_matters_to_blocks R zero one plus times minus opposite ring I J factor along across k M label
      prefix x y suffix apart start decoder reads).
  Qed.

  Theorem first_occurrence_refutes prefix x y suffix :
    told_apart k M label (prefix ++ (x ++ y ++ x) ++ suffix) (prefix ++ (y ++ x) ++ suffix) = true ->
    no_positive_diagonal k M label.
  Proof.
    intros apart I V values maps less inside irr trans tot letters start decoder begins reads.
    refine (law_refutes I V values maps inside k M label prefix _ _ suffix _ apart start decoder begins reads).
    exact (first_occurrence_law I V values maps inside less irr trans tot letters x y).
  Qed.

  (** Around a cycle of a word, one round and one step further. *)

  Theorem cycle_refutes prefix w n suffix :
    told_apart k M label (prefix ++ concat (repeat w (S n)) ++ suffix) (prefix ++ concat (repeat w (S (S n))) ++ suffix)
      = true -> no_positive_diagonal k M label.
  Proof.
    intros apart I V values maps less inside irr trans tot letters start decoder begins reads.
    refine (law_refutes I V values maps inside k M label prefix _ _ suffix _ apart start decoder begins reads).
    intros i a listed. rewrite !(power_law I V values maps inside less irr trans tot letters w _ i a listed). reflexivity.
  Qed.

  Theorem earlier_square_refutes prefix x y suffix :
    told_apart k M label (prefix ++ (x ++ x ++ y ++ x) ++ suffix) (prefix ++ (y ++ x) ++ suffix) = true ->
    no_real_diagonal k M label.
  Proof.
    intros apart I V values maps less inside irr trans tot letters start decoder begins reads.
    refine (law_refutes I V values maps inside k M label prefix _ _ suffix _ apart start decoder begins reads).
    exact (earlier_square_law I V values maps inside less irr trans tot letters x y).
  Qed.

  Theorem earlier_order_refutes prefix x y z w suffix :
    told_apart k M label (prefix ++ (x ++ y ++ z ++ x ++ w ++ y) ++ suffix)
      (prefix ++ (y ++ x ++ z ++ x ++ w ++ y) ++ suffix) = true ->
    no_real_diagonal k M label.
  Proof.
    intros apart I V values maps less inside irr trans tot letters start decoder begins reads.
    refine (law_refutes I V values maps inside k M label prefix _ _ suffix _ apart start decoder begins reads).
    exact (earlier_order_law I V values maps inside less irr trans tot letters x y z w).
  Qed.

  (** Around a cycle, one round and two steps further. *)

  Theorem long_cycle_refutes prefix w n suffix :
    told_apart k M label (prefix ++ concat (repeat w (S n)) ++ suffix)
      (prefix ++ concat (repeat w (S (S (S n)))) ++ suffix) = true -> no_real_diagonal k M label.
  Proof.
    intros apart I V values maps less inside irr trans tot letters start decoder begins reads.
    refine (law_refutes I V values maps inside k M label prefix _ _ suffix _ apart start decoder begins reads).
    intros i a listed. symmetry.
    pose proof (second_power_law I V values maps inside less irr trans tot letters w i a listed) as twice.
    cbn [repeat concat]. rewrite !along_append in *. rewrite twice. reflexivity.
  Qed.

  (** Two states that one letter merges. *)

  Theorem merge_refutes left right x suffix :
    N.eqb (reached M (left ++ [x])) (reached M (right ++ [x])) = true -> in_range k [x] = true ->
    told_apart k M label (left ++ suffix) (right ++ suffix) = true -> no_invertible k M label.
  Proof.
    intros merge letter apart X step orbit start decoder begins inside injective network.
    apply told_apart_sound in apart as (over_left & over_right & differ). apply N.eqb_eq in merge.
    assert (stays : forall w h, In h orbit -> In (acts X step w h) orbit).
    { induction w as [|y w IH]; intros h listed; [exact listed|]. apply IH, inside, listed. }
    assert (powers : forall n h, acts X step (repeat x n) h = iterated (step x) n h).
    { induction n as [|n IH]; intros h; [reflexivity|]. cbn [repeat]. change (acts X step (x :: repeat x n) h)
        with (acts X step (repeat x n) (step x h)). rewrite IH.
      change (step x h) with (iterated (step x) 1 h). rewrite <- iterated_sum. f_equal. lia. }
    assert (return_of : forall h, In h orbit -> ~ forall m, (1 <= m <= length orbit)%nat -> iterated (step x) m h <> h).
    { intros h. apply some_return; [intros; apply inside; assumption|intros; eapply injective; eassumption]. }
    apply (return_of (acts X step left start)); [apply stays, begins|]. intros m range_m same_left.
    apply (return_of (acts X step right start)); [apply stays, begins|]. intros n range_n same_right.
    apply differ. pose proof (in_range_over k [x] letter) as over_x.
    assert (pump : forall w, over k (w ++ suffix) -> iterated (step x) (n * m) (acts X step w start) = acts X step w start ->
      shown M label (w ++ suffix) = shown M label (w ++ repeat x (n * m) ++ suffix)).
    { intros w over_w back. rewrite <- (network _ over_w), <- network.
      - rewrite !acts_append, powers, back. reflexivity.
      - apply Forall_app in over_w as [over_w over_s]. apply Forall_app. split; [exact over_w|].
        apply Forall_app. split; [|exact over_s]. apply Forall_forall. intros y listed.
        apply repeat_spec in listed as ->. inversion over_x. assumption. }
    rewrite (pump left over_left), (pump right over_right).
    - unfold shown, reached. destruct (n * m)%nat as [|p] eqn:positive; [nia|]. cbn [repeat].
      change (x :: repeat x p) with ([x] ++ repeat x p). rewrite <- !app_assoc, !(app_assoc _ [x]).
      unfold reached in merge. rewrite !fold_left_app in *. rewrite merge. reflexivity.
    - rewrite (Nat.mul_comm n m). apply iterated_often, same_right.
    - apply iterated_often, same_left.
  Qed.

  (** A state that repeating a word never meets again; each state met later is told from it by a suffix. *)

  Definition label_at (q : N) : N := nth (N.to_nat q) label 0%N.

  Definition never_returns (prefix w : word) (later : list (N * word)) : bool :=
    let first := reached M (prefix ++ w) in
    let listed q := existsb (fun e => N.eqb (fst e) q) later in
    if in_range k prefix then if in_range k w then if listed (leads_to M first w) then
      forallb (fun e =>
        if in_range k (snd e) then if listed (leads_to M (fst e) w) then
          negb (N.eqb (label_at (leads_to M (fst e) (snd e))) (label_at (leads_to M first (snd e))))
        else false else false) later
    else false else false else false.

  Theorem never_returns_refutes prefix w later : never_returns prefix w later = true -> no_complex_diagonal k M label.
  Proof.
    unfold never_returns. set (first := reached M (prefix ++ w)).
    destruct (in_range k prefix) eqn:over_prefix; [|discriminate]. destruct (in_range k w) eqn:over_w; [|discriminate].
    destruct (existsb _ later) eqn:begins; [|discriminate]. intros all.
    apply in_range_over in over_prefix. apply in_range_over in over_w. rewrite forallb_forall in all.
    intros I V values maps decide most inside letters few start decoder starts reads network.
    assert (later_all : forall n, exists e, In e later /\ fst e = leads_to M first (concat (repeat w (S n)))).
    { induction n as [|n (e & listed & is)].
      - apply existsb_exists in begins as (e & listed & is). apply N.eqb_eq in is. exists e. split; [exact listed|].
        cbn [repeat concat]. rewrite app_nil_r. exact is.
      - specialize (all e listed). destruct (in_range k (snd e)); [|discriminate].
        destruct (existsb (fun d => N.eqb (fst d) (leads_to M (fst e) w)) later) eqn:next; [|discriminate].
        apply existsb_exists in next as (d & found & equal).
        apply N.eqb_eq in equal. exists d. split; [exact found|].
        replace (concat (repeat w (S (S n)))) with (concat (repeat w (S n)) ++ w).
        + unfold leads_to in *. rewrite fold_left_app, <- is. exact equal.
        + change (repeat w (S (S n))) with (w :: repeat w (S n)). rewrite (repeat_cons (S n) w), concat_app. cbn [concat]. rewrite app_nil_r. reflexivity. }
    pose proof (return_law I V values maps inside decide letters most few w) as law_.
    destruct (fact most) as [|n] eqn:positive; [pose proof (Factorial.lt_O_fact most); lia|].
    destruct (later_all n) as (e & listed & is). specialize (all e listed).
    destruct (in_range k (snd e)) eqn:over_suffix; [|discriminate].
    destruct (existsb (fun d => N.eqb (fst d) (leads_to M (fst e) w)) later); [|discriminate].
    apply in_range_over in over_suffix. apply negb_true_iff, N.eqb_neq in all. apply all.
    assert (powers : over k (concat (repeat w (S n)))).
    { apply Forall_concat, Forall_forall. intros u listed_. apply repeat_spec in listed_ as ->. exact over_w. }
    transitivity (shown M label (prefix ++ (w ++ concat (repeat w (S n))) ++ snd e)).
    { unfold shown, label_at, leads_to, first, reached in *. rewrite is, !fold_left_app. reflexivity. }
    transitivity (shown M label (prefix ++ w ++ snd e)).
    - rewrite <- !network.
      + apply reads. intros i. rewrite !acts_along, !along_append. f_equal.
        specialize (law_ i (along I V maps prefix i (start i)) (along_inside I V values maps inside _ _ _ (starts i))).
        rewrite !along_append in law_. exact law_.
      + apply Forall_app. split; [exact over_prefix|]. apply Forall_app. split; assumption.
      + apply Forall_app. split; [exact over_prefix|]. apply Forall_app. split; [|exact over_suffix].
        apply Forall_app. split; assumption.
    - unfold shown, label_at, leads_to, first, reached. rewrite !fold_left_app. reflexivity.
  Qed.
End Words.
