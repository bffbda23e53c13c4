(** A checker of networks and its soundness: where [check] answers true, the network is read as the state that its
    machine reaches, after every word.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Bool.
From Fsm2rnn Require Import Definitions Sparse.
Import ListNotations.
Open Scope Z_scope.

(** ** The evidence *)

(** The states of the network that words reach.  Each says which state of the machine it is read as, and, letter by
    letter, the number of the code that it is sent to.  None of this is trusted. *)

Record code := Code { point : sparse; reads : N; follows : list N }.

(** One code for every state of a machine, in the order of the states. *)

Fixpoint one_each (q : N) (points : list sparse) (rows : list (list N)) : list code :=
  match points, rows with
  | p :: points, r :: rows => Code p q r :: one_each (N.succ q) points rows
  | _, _ => []
  end.

(** ** The checker *)

Fixpoint all_three {A B C} (test : A -> B -> C -> bool) (la : list A) (lb : list B) (lc : list C) : bool :=
  match la, lb, lc with
  | [], [], [] => true
  | a :: la, b :: lb, c :: lc => if test a b c then all_three test la lb lc else false
  | _, _, _ => false
  end.

(** Letter by letter, a matrix sends the point to the point of the code that follows, which is read as the right state. *)

Definition step_holds (codes : Trie.t code) (p : sparse) (columns : Trie.t sparse) (follow q : N) : bool :=
  match lookup codes follow with
  | Some d => if N.eqb (reads d) q then sends columns p (point d) else false
  | None => false
  end.

Fixpoint best_for (q : N) (scores : list (N * Z)) : option Z :=
  match scores with
  | [] => None
  | (r, s) :: rest =>
      if N.eqb r q then match best_for q rest with Some b => Some (Z.max s b) | None => Some s end
      else best_for q rest
  end.

Definition leads (rows : list row) (p : sparse) (q : N) : bool :=
  let t := spread p in
  let scores := map (fun r => (speaks_for r, score r (value t))) rows in
  match best_for q scores with
  | Some best => forallb (fun e => if N.eqb (fst e) q then true else snd e <? best) scores
  | None => false
  end.

Definition successors (rows : Trie.t (list N)) (q : N) : list N :=
  match lookup rows q with Some r => r | None => [] end.

Definition starts (M : machine) (net : network) (codes : list code) : bool :=
  match codes with
  | [] => false
  | c :: _ => if N.eqb (reads c) (initial_state M) then alike (point c) (first net) else false
  end.

Definition check (M : machine) (net : network) (codes : list code) : bool :=
  let numbered := table codes in
  let columns := map table (matrices net) in
  let rows := table (transitions M) in
  if starts M net codes then
    forallb (fun c =>
      if all_three (step_holds numbered (point c)) columns (follows c) (successors rows (reads c))
      then leads (readout net) (point c) (reads c) else false) codes
  else false.

(** ** Soundness, part by part *)

Lemma all_three_nth {A B C} (test : A -> B -> C -> bool) (da : A) (dc : C) la : forall lb lc n,
  all_three test la lb lc = true -> (n < length la)%nat ->
  exists b, test (nth n la da) b (nth n lc dc) = true.
Proof.
  induction la as [|a la IH]; intros lb lc n holds below; cbn [length] in below; [lia|].
  destruct lb as [|b lb], lc as [|c lc]; try discriminate. cbn [all_three] in holds.
  destruct (test a b c) eqn:here; [|discriminate]. destruct n as [|n]; cbn [nth]; [eauto|].
  apply (IH lb); [exact holds|lia].
Qed.

Lemma length_of_map {A B} (f : A -> B) l : length (map f l) = length l.
Proof. induction l as [|a l IH]; cbn; auto. Qed.

Lemma best_for_in q scores best : best_for q scores = Some best -> In (q, best) scores.
Proof.
  revert best. induction scores as [|[r s] rest IH]; intros best found; [discriminate|]. cbn [best_for] in found.
  destruct (N.eqb_spec r q) as [->|differ]; [|right; auto].
  destruct (best_for q rest) as [b|].
  - injection found as <-. destruct (Z.max_spec s b) as [[_ ->]|[_ ->]]; [right; auto|left; reflexivity].
  - injection found as <-. left. reflexivity.
Qed.

Lemma leads_sound net p q : leads (readout net) p q = true -> read_as net (coordinate p) q.
Proof.
  unfold leads. intros holds.
  destruct (best_for q _) as [best|] eqn:found; [|discriminate].
  apply best_for_in, in_map_iff in found as (r & same & listed). injection same as says is_best.
  exists r. split; [exact listed|]. split; [exact says|]. intros other in_rows differs.
  rewrite forallb_forall in holds.
  specialize (holds (speaks_for other, score other (value (spread p)))
                (in_map (fun r => (speaks_for r, score r (value (spread p)))) _ _ in_rows)).
  cbn [fst snd] in holds. destruct (N.eqb_spec (speaks_for other) q); [contradiction|]. apply Z.ltb_lt in holds.
  rewrite <- is_best in holds.
  rewrite (score_ext other (value (spread p)) (coordinate p)) in holds by apply value_spread.
  rewrite (score_ext r (value (spread p)) (coordinate p)) in holds by apply value_spread. exact holds.
Qed.

Lemma run_last net w x : run net (w ++ [x]) = step net (run net w) x.
Proof. unfold run. apply fold_left_app. Qed.

Lemma reached_last M w x : reached M (w ++ [x]) = after M (reached M w) x.
Proof. unfold reached. apply fold_left_app. Qed.

Lemma over_last k w x : over k (w ++ [x]) -> over k w /\ (N.to_nat x < k)%nat.
Proof.
  intros all. apply Forall_app in all as [prefix last]. split; [exact prefix|]. inversion last. assumption.
Qed.

Lemma successors_nth M q n : nth n (successors (table (transitions M)) q) 0%N
  = nth n (nth (N.to_nat q) (transitions M) []) 0%N.
Proof.
  f_equal. unfold successors. rewrite lookup_table. generalize (N.to_nat q).
  induction (transitions M) as [|r rest IH]; intros [|k]; cbn; auto.
Qed.

(** After a word the network is in the state of a code that is read as the state of the machine. *)

Definition stands_at (M : machine) (net : network) (codes : list code) (w : word) (c : code) : Prop :=
  In c codes /\ reads c = reached M w /\ forall i, coordinate (point c) i = run net w i.

Lemma check_parts M net codes : check M net codes = true ->
  starts M net codes = true /\
  forall c, In c codes ->
    all_three (step_holds (table codes) (point c)) (map table (matrices net)) (follows c)
      (successors (table (transitions M)) (reads c)) = true /\
    leads (readout net) (point c) (reads c) = true.
Proof.
  unfold check. intros holds. destruct (starts M net codes); [|discriminate]. split; [reflexivity|].
  rewrite forallb_forall in holds. intros c listed. specialize (holds c listed).
  destruct (all_three _ _ _ _); [auto|discriminate].
Qed.

Lemma step_sound M net codes c x : check M net codes = true -> In c codes -> (N.to_nat x < length (matrices net))%nat ->
  exists d, In d codes /\ reads d = after M (reads c) x /\
    forall i, coordinate (point d) i = step net (coordinate (point c)) x i.
Proof.
  intros holds listed below. destruct (proj2 (check_parts _ _ _ holds) c listed) as [steps _].
  destruct (all_three_nth _ (table []) 0%N _ _ _ (N.to_nat x) steps) as (follow & one);
    [rewrite length_of_map; exact below|].
  unfold step_holds in one. rewrite lookup_table in one.
  destruct (nth_error codes (N.to_nat follow)) as [d|] eqn:found; [|discriminate].
  destruct (N.eqb_spec (reads d) (nth (N.to_nat x) (successors (table (transitions M)) (reads c)) 0%N)) as [right|];
    [|discriminate].
  rewrite (map_nth table) in one. exists d. split; [eapply nth_error_In; exact found|]. split.
  - rewrite right. apply successors_nth.
  - apply sends_sound. exact one.
Qed.

Theorem invariant M net codes : check M net codes = true ->
  forall w, over (length (matrices net)) w -> exists c, stands_at M net codes w c.
Proof.
  intros holds w. induction w as [|x w IH] using rev_ind; intros letters.
  - destruct (check_parts _ _ _ holds) as [begins _]. unfold starts in begins.
    destruct codes as [|c rest]; [discriminate|].
    destruct (N.eqb_spec (reads c) (initial_state M)) as [right|]; [|discriminate].
    exists c. split; [left; reflexivity|]. split; [exact right|]. apply alike_sound. exact begins.
  - apply over_last in letters as [letters below]. destruct (IH letters) as (c & listed & right & same).
    destruct (step_sound M net codes c x holds listed below) as (d & found & state & sent).
    exists d. split; [exact found|]. split; [rewrite reached_last, state, right; reflexivity|].
    intros i. rewrite sent, run_last. unfold step. apply product_ext. exact same.
Qed.

Lemma read_as_ext net f g q : (forall i, f i = g i) -> read_as net f q -> read_as net g q.
Proof.
  intros same (r & listed & says & ahead). exists r. split; [exact listed|]. split; [exact says|].
  intros other in_rows differs. rewrite <- (score_ext other f g same), <- (score_ext r f g same). auto.
Qed.

(** ** Contract cover: every word is read right *)

Theorem read_right M net codes : check M net codes = true ->
  forall w, over (length (matrices net)) w -> read_as net (run net w) (reached M w).
Proof.
  intros holds w letters. destruct (invariant _ _ _ holds w letters) as (c & listed & right & same).
  destruct (proj2 (check_parts _ _ _ holds) c listed) as [_ ahead]. rewrite <- right.
  eapply read_as_ext; [exact same|]. apply leads_sound. exact ahead.
Qed.

Lemma argmax_greatest h rows : forall best,
  In (argmax best rows h) (best :: rows) /\ forall r, In r (best :: rows) -> score r h <= score (argmax best rows h) h.
Proof.
  induction rows as [|r rows IH]; intros best; cbn [argmax].
  - split; [left; reflexivity|]. intros r [<-|[]]. lia.
  - destruct (IH (if score best h <? score r h then r else best)) as [listed greatest].
    pose proof (greatest _ (or_introl eq_refl)) as least. split.
    + destruct listed as [<-|listed]; [|right; right; exact listed].
      destruct (score best h <? score r h); [right; left|left]; reflexivity.
    + intros other [<-|[<-|in_rows]]; [| |apply greatest; right; exact in_rows];
        destruct (Z.ltb_spec (score best h) (score r h)); lia.
Qed.

Lemma read_as_decode net h q : read_as net h q -> decode net h = q.
Proof.
  unfold decode. intros (r & listed & says & ahead). destruct (readout net) as [|s rows]; [destruct listed|].
  destruct (argmax_greatest h rows s) as [won greatest].
  destruct (N.eq_dec (speaks_for (argmax s rows h)) q) as [same|differs]; [exact same|].
  specialize (ahead _ won differs). specialize (greatest r listed). lia.
Qed.

Theorem decoded_right M net codes : check M net codes = true ->
  forall w, over (length (matrices net)) w -> decode net (run net w) = reached M w.
Proof. intros holds w letters. apply read_as_decode. eapply read_right; eassumption. Qed.

(** ** Contract injective: one state of the network for each state of the machine *)

Fixpoint distinct (seen : Trie.t unit) (codes : list code) : bool :=
  match codes with
  | [] => true
  | c :: rest =>
      match lookup seen (reads c) with
      | Some _ => false
      | None => distinct (Trie.add (N.succ_pos (reads c)) tt seen) rest
      end
  end.

Definition check_injective (codes : list code) : bool := distinct (Trie.empty unit) codes.

Lemma distinct_new codes : forall seen c, distinct seen codes = true -> In c codes -> lookup seen (reads c) = None.
Proof.
  induction codes as [|e rest IH]; intros seen c holds listed; [destruct listed|]. cbn [distinct] in holds.
  destruct (lookup seen (reads e)) eqn:absent; [discriminate|]. destruct listed as [<-|listed]; [exact absent|].
  specialize (IH _ c holds listed). unfold lookup in *.
  destruct (Pos.eq_dec (N.succ_pos (reads c)) (N.succ_pos (reads e))) as [same|differs].
  - rewrite same, Trie.gss in IH. discriminate.
  - rewrite Trie.gso in IH by exact differs. exact IH.
Qed.

Lemma distinct_one codes : forall seen c d, distinct seen codes = true -> In c codes -> In d codes ->
  reads c = reads d -> c = d.
Proof.
  induction codes as [|e rest IH]; intros seen c d holds in_c in_d same; [destruct in_c|]. cbn [distinct] in holds.
  destruct (lookup seen (reads e)) eqn:absent; [discriminate|].
  assert (fresh : forall f, In f rest -> reads f <> reads e).
  { intros f listed equal. apply (distinct_new _ _ f holds) in listed.
    unfold lookup in listed. rewrite equal, Trie.gss in listed. discriminate. }
  destruct in_c as [<-|in_c], in_d as [<-|in_d]; [reflexivity| | |eapply IH; eassumption].
  - exfalso. exact (fresh d in_d (eq_sym same)).
  - exfalso. exact (fresh c in_c same).
Qed.

Theorem one_state_each M net codes : check M net codes = true -> check_injective codes = true ->
  forall v w, over (length (matrices net)) v -> over (length (matrices net)) w ->
  reached M v = reached M w -> forall i, run net v i = run net w i.
Proof.
  intros holds unique v w over_v over_w same i.
  destruct (invariant _ _ _ holds v over_v) as (c & in_c & reads_c & at_c).
  destruct (invariant _ _ _ holds w over_w) as (d & in_d & reads_d & at_d).
  rewrite <- at_c, <- at_d. do 2 f_equal. eapply distinct_one; eauto. congruence.
Qed.

(** ** Contract linear: a head gives the functions of the state as numbers *)

Fixpoint head_holds (head : list sparse) (values : list (list Z)) (q : N) (t : Trie.t Z) : bool :=
  match head, values with
  | [], [] => true
  | r :: head, f :: values =>
      if Z.eqb (inner r (value t)) (nth (N.to_nat q) f 0) then head_holds head values q t else false
  | _, _ => false
  end.

Definition check_head (M : machine) (head : list sparse) (codes : list code) : bool :=
  forallb (fun c => head_holds head (functions M) (reads c) (spread (point c))) codes.

Lemma head_holds_nth head : forall values q t k, head_holds head values q t = true -> (k < length head)%nat ->
  inner (nth k head []) (value t) = nth (N.to_nat q) (nth k values []) 0.
Proof.
  induction head as [|r head IH]; intros values q t k holds below; cbn [length] in below; [lia|].
  destruct values as [|f values]; [discriminate|]. cbn [head_holds] in holds.
  destruct (Z.eqb_spec (inner r (value t)) (nth (N.to_nat q) f 0)) as [here|]; [|discriminate].
  destruct k as [|k]; cbn [nth]; [exact here|]. apply IH; [exact holds|lia].
Qed.

Theorem head_right M net head codes : check M net codes = true -> check_head M head codes = true ->
  forall w, over (length (matrices net)) w -> forall k, (k < length head)%nat ->
  inner (nth k head []) (run net w) = function_at M k (reached M w).
Proof.
  intros holds given w letters k below. destruct (invariant _ _ _ holds w letters) as (c & listed & right & same).
  unfold check_head in given. rewrite forallb_forall in given. specialize (given c listed).
  apply head_holds_nth with (k := k) in given; [|exact below]. unfold function_at. rewrite <- right, <- given.
  apply inner_ext. intros i. rewrite value_spread, same. reflexivity.
Qed.
