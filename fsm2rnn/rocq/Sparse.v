(** Sums of stored vectors, computed in binary tries: what the checkers compute with, and what their results mean. *)

From Coq Require Import List ZArith NArith Lia Bool FMapPositive.
From Fsm2rnn Require Import Definitions.
Import ListNotations.
Open Scope Z_scope.

Module Trie := PositiveMap.

(** ** Lists as tries *)

Section Tables.
  Context {A : Type}.

  Fixpoint placed (l : list A) (k : positive) (t : Trie.t A) : Trie.t A :=
    match l with
    | [] => t
    | a :: rest => placed rest (Pos.succ k) (Trie.add k a t)
    end.

  Definition table (l : list A) : Trie.t A := placed l 1 (Trie.empty A).

  Definition lookup (t : Trie.t A) (i : N) : option A := Trie.find (N.succ_pos i) t.

  Lemma find_placed l : forall k t p, (p < k)%positive -> Trie.find p (placed l k t) = Trie.find p t.
  Proof.
    induction l as [|a rest IH]; intros k t p below; cbn [placed]; [reflexivity|].
    rewrite IH by lia. apply Trie.gso. lia.
  Qed.

  Lemma find_placed_nth l : forall k t n,
    Trie.find (Pos.of_succ_nat (n + Nat.pred (Pos.to_nat k))) (placed l k t)
    = match nth_error l n with
      | Some a => Some a
      | None => Trie.find (Pos.of_succ_nat (n + Nat.pred (Pos.to_nat k))) t
      end.
  Proof.
    induction l as [|a rest IH]; intros k t n; cbn [placed]; [destruct n; reflexivity|].
    destruct n as [|n].
    - rewrite find_placed by lia. cbn [nth_error].
      replace (Pos.of_succ_nat (0 + Nat.pred (Pos.to_nat k))) with k by lia. apply Trie.gss.
    - replace (S n + Nat.pred (Pos.to_nat k))%nat with (n + Nat.pred (Pos.to_nat (Pos.succ k)))%nat by lia.
      rewrite IH. cbn [nth_error]. destruct (nth_error rest n); [reflexivity|]. apply Trie.gso. lia.
  Qed.

  Lemma lookup_table l i : lookup (table l) i = nth_error l (N.to_nat i).
  Proof.
    unfold lookup, table. pose proof (find_placed_nth l 1 (Trie.empty A) (N.to_nat i)) as found.
    replace (Pos.of_succ_nat (N.to_nat i + Nat.pred (Pos.to_nat 1))) with (N.succ_pos i) in found by lia.
    rewrite found, Trie.gempty. destruct (nth_error l (N.to_nat i)); reflexivity.
  Qed.
End Tables.

Definition column (t : Trie.t sparse) (j : N) : sparse := match lookup t j with Some v => v | None => [] end.

Lemma column_table l j : column (table l) j = nth (N.to_nat j) l [].
Proof.
  unfold column. rewrite lookup_table. generalize (N.to_nat j). clear j.
  induction l as [|v rest IH]; intros [|n]; cbn; auto.
Qed.

(** ** Tries as vectors *)

Definition value (t : Trie.t Z) (i : N) : Z := match lookup t i with Some a => a | None => 0 end.

(** Adds [a] times a stored vector. *)

Fixpoint gather (a : Z) (v : sparse) (t : Trie.t Z) : Trie.t Z :=
  match v with
  | [] => t
  | At i b :: rest => gather a rest (Trie.add (N.succ_pos i) (a * b + value t i) t)
  end.

Lemma value_add t j a i : value (Trie.add (N.succ_pos j) a t) i = if N.eqb j i then a else value t i.
Proof.
  unfold value, lookup. destruct (N.eqb_spec j i) as [->|differ].
  - rewrite Trie.gss. reflexivity.
  - rewrite Trie.gso by lia. reflexivity.
Qed.

Lemma value_empty i : value (Trie.empty Z) i = 0.
Proof. unfold value, lookup. rewrite Trie.gempty. reflexivity. Qed.

Lemma value_gather a v : forall t i, value (gather a v t) i = a * coordinate v i + value t i.
Proof.
  induction v as [|[j b] rest IH]; intros t i; cbn [gather coordinate]; [lia|].
  rewrite IH, value_add. destruct (N.eqb_spec j i) as [->|]; lia.
Qed.

Definition spread (v : sparse) : Trie.t Z := gather 1 v (Trie.empty Z).

Lemma value_spread v i : value (spread v) i = coordinate v i.
Proof. unfold spread. rewrite value_gather, value_empty. lia. Qed.

(** Every entry passes a test that zero passes too. *)

Definition everywhere (test : Z -> bool) (t : Trie.t Z) : bool := forallb (fun e => test (snd e)) (Trie.elements t).

Lemma everywhere_sound test t : test 0 = true -> everywhere test t = true -> forall i, test (value t i) = true.
Proof.
  unfold everywhere, value, lookup. intros at_zero all i. rewrite forallb_forall in all.
  destruct (Trie.find (N.succ_pos i) t) as [a|] eqn:found; [|exact at_zero].
  apply Trie.elements_correct in found. exact (all _ found).
Qed.

(** ** The image of a stored vector *)

Fixpoint image (columns : Trie.t sparse) (h : sparse) (t : Trie.t Z) : Trie.t Z :=
  match h with
  | [] => t
  | At j a :: rest => image columns rest (gather a (column columns j) t)
  end.

Lemma product_ext columns : forall j f g i, (forall k, f k = g k) -> product columns j f i = product columns j g i.
Proof.
  induction columns as [|c rest IH]; intros j f g i same; cbn [product]; [reflexivity|].
  rewrite same. f_equal. apply IH. exact same.
Qed.

Lemma product_plus columns : forall j f g i,
  product columns j (fun k => f k + g k) i = product columns j f i + product columns j g i.
Proof. induction columns as [|c rest IH]; intros; cbn [product]; [reflexivity|]. rewrite IH. lia. Qed.

Lemma product_zero columns : forall j f i, (forall k, (j <= k)%N -> f k = 0) -> product columns j f i = 0.
Proof.
  induction columns as [|c rest IH]; intros j f i zero; cbn [product]; [reflexivity|].
  rewrite zero by lia. rewrite IH; [lia|]. intros k above. apply zero. lia.
Qed.

(** A times a multiple of e_k is that multiple of column k. *)

Lemma product_unit columns : forall j k a i, (j <= k)%N ->
  product columns j (fun l => if N.eqb k l then a else 0) i = a * coordinate (nth (N.to_nat (k - j)) columns []) i.
Proof.
  induction columns as [|c rest IH]; intros j k a i above; cbn [product].
  - destruct (N.to_nat (k - j)); cbn; lia.
  - destruct (N.eqb_spec k j) as [->|differ].
    + rewrite N.sub_diag. cbn [N.to_nat nth]. rewrite product_zero; [lia|].
      intros l beyond. destruct (N.eqb_spec j l); [lia|reflexivity].
    + rewrite IH by lia. replace (N.to_nat (k - j)) with (S (N.to_nat (k - N.succ j))) by lia. cbn [nth]. lia.
Qed.

Lemma value_image columns h : forall t i,
  value (image (table columns) h t) i = product columns 0 (coordinate h) i + value t i.
Proof.
  induction h as [|[j a] rest IH]; intros t i; cbn [image].
  - rewrite product_zero by reflexivity. lia.
  - rewrite IH, value_gather, column_table.
    rewrite (product_ext columns 0 (coordinate (At j a :: rest))
               (fun l => (if N.eqb j l then a else 0) + coordinate rest l)) by reflexivity.
    rewrite (product_plus columns 0 (fun l => if N.eqb j l then a else 0)), product_unit by lia.
    rewrite N.sub_0_r. lia.
Qed.

(** A h = v, decided. *)

Definition sends (columns : Trie.t sparse) (h v : sparse) : bool :=
  everywhere (Z.eqb 0) (gather (-1) v (image columns h (Trie.empty Z))).

Lemma sends_sound columns h v : sends (table columns) h v = true ->
  forall i, coordinate v i = product columns 0 (coordinate h) i.
Proof.
  intros all i. apply (everywhere_sound (Z.eqb 0)) with (i := i) in all; [|reflexivity].
  apply Z.eqb_eq in all. rewrite value_gather, value_image, value_empty in all. lia.
Qed.

(** u = v as vectors, decided. *)

Definition alike (u v : sparse) : bool := everywhere (Z.eqb 0) (gather (-1) v (spread u)).

Lemma alike_sound u v : alike u v = true -> forall i, coordinate u i = coordinate v i.
Proof.
  intros all i. apply (everywhere_sound (Z.eqb 0)) with (i := i) in all; [|reflexivity].
  apply Z.eqb_eq in all. rewrite value_gather, value_spread in all. lia.
Qed.

Lemma inner_ext r f g : (forall i, f i = g i) -> inner r f = inner r g.
Proof.
  intros same. induction r as [|[j a] rest IH]; cbn [inner]; [reflexivity|]. rewrite same, IH. reflexivity.
Qed.

Lemma score_ext r f g : (forall i, f i = g i) -> score r f = score r g.
Proof. intros same. unfold score. rewrite (inner_ext _ f g same). reflexivity. Qed.
