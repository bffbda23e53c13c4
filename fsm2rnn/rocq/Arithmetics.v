(** What it means that an arithmetic runs a network without error.

    Definitions only, as in [Definitions]: these are read by whoever reads a theorem about floats. *)

From Coq Require Import List ZArith NArith Permutation.
From Fsm2rnn Require Import Definitions.
Import ListNotations.
Open Scope Z_scope.

Section Arithmetic.
  (** The numbers of an arithmetic, its operations, and which of its numbers are which integers. *)

  Variable F : Type.
  Variables (plus times : F -> F -> F) (fused : F -> F -> F -> F) (zero : F).
  Variables (whole : F -> Prop) (integer : F -> Z).
  Variable bound : Z.

  Definition is_integer (f : F) (z : Z) : Prop := whole f /\ integer f = z.

  (** It is right where the result is an integer of magnitude at most [bound]. *)

  Definition right_on_integers : Prop :=
    is_integer zero 0 /\
    (forall f g, whole f -> whole g -> Z.abs (integer f + integer g) <= bound ->
      is_integer (plus f g) (integer f + integer g)) /\
    (forall f g, whole f -> whole g -> Z.abs (integer f * integer g) <= bound ->
      is_integer (times f g) (integer f * integer g)) /\
    (forall f g h, whole f -> whole g -> whole h -> Z.abs (integer f * integer g + integer h) <= bound ->
      is_integer (fused f g h) (integer f * integer g + integer h)).

  (** ** Sums of products in any order

      [computes l s]: s is what some order of operations gives for the sum of the products in l.  Products are rounded
      by themselves or fused with an addition, brackets stand anywhere, a product with an exact zero may be left out, and
      a product with an exact one may be its other factor. *)

  Inductive computes : list (F * F) -> F -> Prop :=
  | nothing : computes [] zero
  | one_product a h : computes [(a, h)] (times a h)
  | times_one a h : is_integer h 1 -> computes [(a, h)] a
  | sum_of_two l m s t : computes l s -> computes m t -> computes (l ++ m) (plus s t)
  | fused_sum a h l s : computes l s -> computes ((a, h) :: l) (fused a h s)
  | left_out a h l s : is_integer a 0 \/ is_integer h 0 -> computes l s -> computes ((a, h) :: l) s
  | reordered l m s : Permutation l m -> computes l s -> computes m s.

  (** ** Runs in this arithmetic *)

  Variable net : network.

  (** The stored matrices, by columns, each a function of the row. *)

  Variable stored : list (list (N -> F)).

  Definition same_column (f : N -> F) (v : sparse) : Prop := forall i, is_integer (f i) (coordinate v i).
  Definition same_matrices : Prop := Forall2 (Forall2 same_column) stored (matrices net).

  Fixpoint terms (columns : list (N -> F)) (j : N) (h : N -> F) (i : N) : list (F * F) :=
    match columns with
    | [] => []
    | c :: rest => (c i, h j) :: terms rest (N.succ j) h i
    end.

  Inductive runs_to : word -> (N -> F) -> Prop :=
  | at_first h : same_column h (first net) -> runs_to [] h
  | by_step w x h next : runs_to w h ->
      (forall i, computes (terms (nth (N.to_nat x) stored []) 0 h i) (next i)) -> runs_to (w ++ [x]) next.

  (** ** Scores in this arithmetic *)

  Definition same_entry (e : N * F) (z : entry) : Prop :=
    match z with At i a => fst e = i /\ is_integer (snd e) a end.

  Definition score_terms (weights : list (N * F)) (bias one : F) (h : N -> F) : list (F * F) :=
    (bias, one) :: map (fun e => (snd e, h (fst e))) weights.
End Arithmetic.

(** ** What a network file claims *)

(** Every arithmetic that is right on integers up to the bound runs the network without error at every length, and gives
    the exact scores of the rows. *)

Definition never_errs (bound : Z) (net : network) (rows : list row) : Prop :=
  forall F plus times fused zero whole integer,
    right_on_integers F plus times fused zero whole integer bound ->
    forall stored, same_matrices F whole integer net stored ->
    forall w h, over (length (matrices net)) w -> runs_to F plus times fused zero whole integer net stored w h ->
      (forall i, is_integer F whole integer (h i) (run net w i)) /\
      (forall r weights_ bias_ one s, In r rows -> Forall2 (same_entry F whole integer) weights_ (weights r) ->
        is_integer F whole integer bias_ (bias r) -> is_integer F whole integer one 1 ->
        computes F plus times fused zero whole integer (score_terms F weights_ bias_ one h) s ->
        is_integer F whole integer s (score r (run net w))).

(** The rows whose sums a network file bounds: those of the readout, and those of a head. *)

Definition all_rows (net : network) (head : list sparse) : list row := readout net ++ map (fun v => Row v 0 0) head.
