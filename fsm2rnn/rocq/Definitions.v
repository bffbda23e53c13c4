(** What is claimed: machines, integer networks, runs and readings.

    This file has definitions only.  Whoever reads a theorem about a network has to read these, and nothing else of the
    library: the rest is proved from them. *)

From Coq Require Import List ZArith NArith.
Import ListNotations.
Open Scope Z_scope.

(** A letter is its number, and a word is a list of letters, the first one read first. *)

Definition word := list N.

(** [over k w]: every letter of the word is one of the first k. *)

Definition over (k : nat) (w : word) : Prop := Forall (fun x => (N.to_nat x < k)%nat) w.

(** ** Machines *)

(** A state is its number.  [transitions] has one row for every state, and a row has one state for every letter.
    [functions] has one row for every function of the state that a linear head gives, and a row has its value at every
    state. *)

Record machine := Machine {
  initial_state : N;
  transitions : list (list N);
  functions : list (list Z)
}.

Definition after (M : machine) (q x : N) : N := nth (N.to_nat x) (nth (N.to_nat q) (transitions M) []) 0%N.

(** The state that a word leads to from the initial one. *)

Definition reached (M : machine) (w : word) : N := fold_left (after M) w (initial_state M).

Definition function_at (M : machine) (k : nat) (q : N) : Z := nth (N.to_nat q) (nth k (functions M) []) 0.

(** ** Vectors and matrices of integers *)

Definition vector := N -> Z.

(** A stored vector lists its entries.  [coordinate v i] is the sum of what stands at [i], so zero where nothing does. *)

Inductive entry := At (i : N) (a : Z).

Definition sparse := list entry.

Fixpoint coordinate (v : sparse) (i : N) : Z :=
  match v with
  | [] => 0
  | At j a :: rest => (if N.eqb j i then a else 0) + coordinate rest i
  end.

(** [product columns j h i] is the sum over the columns, numbered from [j] on, of h_j A_ij. *)

Fixpoint product (columns : list sparse) (j : N) (h : vector) (i : N) : Z :=
  match columns with
  | [] => 0
  | column :: rest => h j * coordinate column i + product rest (N.succ j) h i
  end.

(** The columns of a matrix that sends each unit vector to a unit vector, and unit vectors alike. *)

Definition units (places : list N) : list sparse := map (fun i => [At i 1]) places.

(** The inner product of a stored row and a vector. *)

Fixpoint inner (row : sparse) (h : vector) : Z :=
  match row with
  | [] => 0
  | At j a :: rest => a * h j + inner rest h
  end.

(** ** Networks h <- A_x h *)

(** A row of the readout: the score <weights, h> + bias speaks for the state [speaks_for]. *)

Record row := Row { weights : sparse; bias : Z; speaks_for : N }.

Definition score (r : row) (h : vector) : Z := inner (weights r) h + bias r.

(** One matrix for every letter, by columns; the state before any letter; the rows of the readout. *)

Record network := Network {
  matrices : list (list sparse);
  first : sparse;
  readout : list row
}.

Definition step (net : network) (h : vector) (x : N) : vector := product (nth (N.to_nat x) (matrices net) []) 0 h.

Definition run (net : network) (w : word) : vector := fold_left (step net) w (coordinate (first net)).

(** ** Readings *)

(** Some row that speaks for [q] is strictly ahead of every row that speaks for another state: then an argmax gives [q]
    however it decides ties. *)

Definition read_as (net : network) (h : vector) (q : N) : Prop :=
  exists r, In r (readout net) /\ speaks_for r = q /\
    forall other, In other (readout net) -> speaks_for other <> q -> score other h < score r h.

(** The argmax that takes the first of equals. *)

Fixpoint argmax (best : row) (rows : list row) (h : vector) : row :=
  match rows with
  | [] => best
  | r :: rest => argmax (if score best h <? score r h then r else best) rest h
  end.

Definition decode (net : network) (h : vector) : N :=
  match readout net with
  | [] => 0%N
  | r :: rest => speaks_for (argmax r rest h)
  end.
