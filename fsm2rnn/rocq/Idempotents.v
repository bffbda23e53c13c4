(** Words that act as idempotents, which no Euclidean contractions with a finite orbit can follow: two of one image, and
    two that do not commute where there is no additive term.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Bool Arith.Factorial.
From Fsm2rnn Require Import Definitions Impossible Diagonal Orbits OrderedField Contractions.
Import ListNotations.

(** ** Families *)

(** Affine contractions of the space, and linear ones. *)

Definition no_contractions (k : nat) (M : machine) (label : list N) : Prop :=
  forall F zero one plus times minus opposite divide inverse positive,
    ordered_field F zero one plus times minus opposite divide inverse positive ->
  forall X step orbit n place matrix shift, (forall h g : X, {h = g} + {h <> g}) ->
    contracting F zero plus times minus positive n X step orbit place matrix shift ->
  forall start decoder, In start orbit -> ~ gives X step k M label start decoder.

Definition no_linear_contractions (k : nat) (M : machine) (label : list N) : Prop :=
  forall F zero one plus times minus opposite divide inverse positive,
    ordered_field F zero one plus times minus opposite divide inverse positive ->
  forall X step orbit n place matrix, (forall h g : X, {h = g} + {h <> g}) ->
    contracting F zero plus times minus positive n X step orbit place matrix (fun _ _ => zero) ->
  forall start decoder, In start orbit -> ~ gives X step k M label start decoder.

(** ** Words that refute them *)

Section Words.
  Variables (k : nat) (M : machine) (label : list N).

  Definition same_end (q : N) (u w : word) : bool := N.eqb (leads_to M q u) (leads_to M q w).

  Lemma leads_power_once q w n : leads_to M q (w ++ w) = leads_to M q w -> (1 <= n)%nat ->
    leads_to M q (power w n) = leads_to M q w.
  Proof.
    rewrite leads_append. intros fixed above. destruct n as [|n]; [lia|].
    change (power w (S n)) with (w ++ power w n). rewrite leads_append. apply leads_power_fixed, fixed.
  Qed.

  (** Two words that each act on the state as idempotents, each after the other as it does alone. *)

  Definition one_image (prefix e f : word) : bool :=
    let q := reached M prefix in
    if same_end q (e ++ e) e then if same_end q (e ++ f) e then if same_end q (f ++ e) f then same_end q (f ++ f) f
    else false else false else false.

  Theorem one_image_refutes prefix e f suffix : one_image prefix e f = true ->
    told_apart k M label (prefix ++ e ++ suffix) (prefix ++ f ++ suffix) = true -> no_contractions k M label.
  Proof.
    unfold one_image, same_end. set (q := reached M prefix).
    destruct (N.eqb_spec (leads_to M q (e ++ e)) (leads_to M q e)) as [ee|]; [|discriminate].
    destruct (N.eqb_spec (leads_to M q (e ++ f)) (leads_to M q e)) as [ef|]; [|discriminate].
    destruct (N.eqb_spec (leads_to M q (f ++ e)) (leads_to M q f)) as [fe|]; [|discriminate].
    destruct (N.eqb_spec (leads_to M q (f ++ f)) (leads_to M q f)) as [ff|]; [|discriminate].
    intros _ apart F zero one plus times minus opposite divide inverse positive ordered.
    intros X step orbit n place matrix shift decide network start decoder begins follows.
    apply told_apart_sound in apart as (over_e & over_f & differ). apply differ.
    set (m := fact (length orbit)). assert (positive_m : (1 <= m)%nat) by apply lt_O_fact.
    set (E := power e m). set (G := power (f ++ E) m).
    assert (parts : forall w, over k (prefix ++ w ++ suffix) -> over k prefix /\ over k w /\ over k suffix).
    { intros w all. apply Forall_app in all as [one_ two]. apply Forall_app in two. tauto. }
    apply parts in over_e as (over_p & over_e & over_s). apply parts in over_f as (_ & over_f & _).
    assert (over_E : over k E) by apply power_over, over_e.
    assert (over_G : over k G) by (apply power_over, Forall_app; auto).
    assert (closed_ := proj1 network).
    assert (at_E : leads_to M q E = leads_to M q e) by (apply leads_power_once; assumption).
    assert (at_EG : leads_to M q (E ++ G) = leads_to M q e).
    { rewrite leads_append, at_E. apply leads_power_fixed. rewrite !leads_append in *. rewrite ef.
      apply leads_power_fixed, ee. }
    assert (at_G : leads_to M q G = leads_to M q f).
    { assert (at_fE : leads_to M q (f ++ E) = leads_to M q f).
      { rewrite leads_append in *. apply leads_power_fixed, fe. }
      unfold G. rewrite leads_power_once; [exact at_fE| |exact positive_m].
      rewrite leads_append, at_fE. rewrite !leads_append in *. rewrite ff. exact at_fE. }
    assert (shows : forall w u, over k w -> leads_to M q w = leads_to M q u ->
      shown M label (prefix ++ u ++ suffix) = decoder (acts X step suffix (acts X step w (acts X step prefix start)))).
    { intros w u over_w equal. rewrite <- !acts_append. rewrite follows.
      - unfold shown, reached, leads_to, q, reached in *. rewrite !fold_left_app in *. rewrite equal. reflexivity.
      - rewrite <- ?app_assoc. repeat (apply Forall_app; split; [assumption|]). exact over_s. }
    rewrite (shows (E ++ G) e), (shows G f); [|assumption..|apply Forall_app; auto|exact at_EG]. f_equal. f_equal.
    rewrite acts_append. unfold G.
    assert (idem : forall w h, In h orbit -> acts X step (power w m) (acts X step (power w m) h) = acts X step (power w m) h).
    { intros w h listed. apply (power_idempotent X decide step orbit closed_ w (length orbit)); auto. }
    apply (second_hides_first F zero one plus times minus opposite divide inverse positive ordered n X step orbit
      place matrix shift network).
    - apply act_inside with (orbit := orbit); assumption.
    - intros h listed. apply idem, listed.
    - intros h listed. apply idem, listed.
    - intros h listed. unfold m. pose proof (lt_O_fact (length orbit)) as above. fold m in above |- *.
      destruct m as [|p] eqn:is; [lia|]. rewrite act_power. cbn [iterated].
      set (g := iterated (acts X step (f ++ E)) p h). rewrite acts_append. unfold E. apply idem.
      assert (in_g : In g orbit).
      { apply (iterated_inside X orbit); [|exact listed]. intros. apply act_inside with (orbit := orbit); assumption. }
      apply act_inside with (orbit := orbit); assumption.
  Qed.

  (** Two words that act as idempotents where they are used, and in two orders lead to states told apart. *)

  Definition two_idempotents (prefix e f : word) : bool :=
    let q := reached M prefix in
    if same_end q (e ++ e) e then if same_end q (f ++ f) f then
      if same_end q (e ++ f ++ f) (e ++ f) then same_end q (f ++ e ++ e) (f ++ e)
    else false else false else false.

  Theorem idempotents_refutes prefix e f suffix : two_idempotents prefix e f = true ->
    told_apart k M label (prefix ++ (e ++ f) ++ suffix) (prefix ++ (f ++ e) ++ suffix) = true ->
    no_linear_contractions k M label.
  Proof.
    unfold two_idempotents, same_end. set (q := reached M prefix).
    destruct (N.eqb_spec (leads_to M q (e ++ e)) (leads_to M q e)) as [ee|]; [|discriminate].
    destruct (N.eqb_spec (leads_to M q (f ++ f)) (leads_to M q f)) as [ff|]; [|discriminate].
    destruct (N.eqb_spec (leads_to M q (e ++ f ++ f)) (leads_to M q (e ++ f))) as [eff|]; [|discriminate].
    destruct (N.eqb_spec (leads_to M q (f ++ e ++ e)) (leads_to M q (f ++ e))) as [fee|]; [|discriminate].
    intros _ apart F zero one plus times minus opposite divide inverse positive ordered.
    intros X step orbit n place matrix decide network start decoder begins follows.
    apply told_apart_sound in apart as (over_e & over_f & differ). apply differ.
    set (m := fact (length orbit)). assert (positive_m : (1 <= m)%nat) by apply lt_O_fact.
    set (E := power e m). set (G := power f m).
    apply Forall_app in over_e as [over_p over_e]. apply Forall_app in over_e as [over_e over_s].
    apply Forall_app in over_e as [over_e over_f_].
    assert (over_E : over k E) by apply power_over, over_e.
    assert (over_G : over k G) by apply power_over, over_f_.
    assert (closed_ := proj1 network).
    assert (at_EG : leads_to M q (E ++ G) = leads_to M q (e ++ f)).
    { rewrite !leads_append in *. unfold E. rewrite leads_power_once by (rewrite ?leads_append; assumption).
      apply leads_power_once; [rewrite leads_append; exact eff|exact positive_m]. }
    assert (at_GE : leads_to M q (G ++ E) = leads_to M q (f ++ e)).
    { rewrite !leads_append in *. unfold G. rewrite leads_power_once by (rewrite ?leads_append; assumption).
      apply leads_power_once; [rewrite leads_append; exact fee|exact positive_m]. }
    assert (shows : forall w u, over k w -> leads_to M q w = leads_to M q u ->
      shown M label (prefix ++ u ++ suffix) = decoder (acts X step suffix (acts X step w (acts X step prefix start)))).
    { intros w u over_w equal. rewrite <- !acts_append. rewrite follows.
      - unfold shown, reached, leads_to, q, reached in *. rewrite !fold_left_app in *. rewrite equal. reflexivity.
      - rewrite <- ?app_assoc. repeat (apply Forall_app; split; [assumption|]). exact over_s. }
    rewrite (shows (E ++ G) (e ++ f)), (shows (G ++ E) (f ++ e)); [|apply Forall_app; auto|exact at_GE|apply Forall_app; auto|exact at_EG].
    f_equal. f_equal. rewrite !acts_append.
    assert (idem : forall w h, In h orbit -> acts X step (power w m) (acts X step (power w m) h) = acts X step (power w m) h).
    { intros w h listed. apply (power_idempotent X decide step orbit closed_ w (length orbit)); auto. }
    apply (projections_commute F zero one plus times minus opposite divide inverse positive ordered n X decide step orbit
      place matrix (fun _ _ => zero) network); [reflexivity| | |].
    - apply act_inside with (orbit := orbit); assumption.
    - intros h listed. apply idem, listed.
    - intros h listed. apply idem, listed.
  Qed.
End Words.
