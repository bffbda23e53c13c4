(** What no 2 x 2 blocks over an ordered field with a finite orbit can follow: machines whose letters permute the states and
    in which squares do not commute.

    On the least image the maps of words permute finitely many points of each plane, so they keep the quadratic form that
    the points make, a map is a reflection or a rotation of that form, and squares are rotations.  Axioms: none. *)

From Coq Require Import List ZArith NArith Lia Bool Ring Field_theory Permutation Arith.Factorial.
From Fsm2rnn Require Import Definitions Impossible Diagonal Orbits OrderedField Stacks.
Import ListNotations.

Section Plane.
  Variables (F : Type) (zero one : F) (plus times minus : F -> F -> F) (opposite : F -> F).
  Variables (divide : F -> F -> F) (inverse : F -> F) (positive : F -> Prop).
  Hypothesis ordered : ordered_field F zero one plus times minus opposite divide inverse positive.
  Add Ring numbers : (F_R (is_field ordered)).

  (** [Block a b c d] is the matrix [a b; c d]. *)

  Inductive block := Block (a b c d : F).

  Definition turned (m : block) (p : F * F) : F * F :=
    match m with Block a b c d => (plus (times a (fst p)) (times b (snd p)), plus (times c (fst p)) (times d (snd p))) end.

  Definition after_block (m l : block) : block :=
    match m, l with Block a b c d, Block e f g h =>
      Block (plus (times a e) (times b g)) (plus (times a f) (times b h))
        (plus (times c e) (times d g)) (plus (times c f) (times d h)) end.

  Lemma turned_after m l p : turned (after_block m l) p = turned m (turned l p).
  Proof. destruct m, l, p. cbn. f_equal; ring. Qed.

  Lemma turned_unit p : turned (Block one zero zero one) p = p.
  Proof. destruct p. cbn. f_equal; ring. Qed.

  (** ** Sums over points *)

  Fixpoint over_points (points : list (F * F)) (f : F * F -> F) : F :=
    match points with [] => zero | p :: rest => plus (f p) (over_points rest f) end.

  Lemma over_permutation l k f : Permutation l k -> over_points l f = over_points k f.
  Proof.
    induction 1; cbn; [reflexivity|f_equal; assumption|ring|etransitivity; eassumption].
  Qed.

  Lemma over_map l g f : over_points (map g l) f = over_points l (fun p => f (g p)).
  Proof. induction l as [|p l IH]; cbn; [reflexivity|]. rewrite IH. reflexivity. Qed.

  Lemma over_not_negative l f : (forall p, not_negative F zero positive (f p)) -> not_negative F zero positive (over_points l f).
  Proof.
    intros all. induction l as [|p l IH]; cbn; [left; reflexivity|]. apply (not_negative_plus ordered); auto.
  Qed.

  Lemma over_vanishes l f : (forall p, not_negative F zero positive (f p)) -> over_points l f = zero ->
    forall p, In p l -> f p = zero.
  Proof.
    intros all. induction l as [|p l IH]; cbn; [intros _ p []|]. intros nothing q [<-|listed];
      apply (vanishing_plus ordered) in nothing as [here rest]; auto using over_not_negative.
  Qed.

  Section Points.
    Variable l : list (F * F).

    Definition xx : F := over_points l (fun p => times (fst p) (fst p)).
    Definition xy : F := over_points l (fun p => times (fst p) (snd p)).
    Definition yy : F := over_points l (fun p => times (snd p) (snd p)).

    (** The form of a linear function of the points. *)

    Lemma form s t u v : over_points l (fun p => times (plus (times s (fst p)) (times t (snd p))) (plus (times u (fst p)) (times v (snd p))))
      = plus (plus (times (times s u) xx) (times (plus (times s v) (times t u)) xy)) (times (times t v) yy).
    Proof. unfold xx, xy, yy. induction l as [|p k IH]; cbn; [ring|]. rewrite IH. ring. Qed.

    Definition permutes_points (m : block) : Prop := Permutation (map (turned m) l) l.

    Definition determinant (m : block) : F := match m with Block a b c d => minus (times a d) (times b c) end.

    Definition spread : F := minus (times xx yy) (times xy xy).

    Section One.
      Variables a b c d : F.
      Hypothesis moves : permutes_points (Block a b c d).

      Lemma kept_xx : plus (plus (times (times a a) xx) (times (plus (times a b) (times b a)) xy)) (times (times b b) yy) = xx.
      Proof.
        rewrite <- form. unfold xx. rewrite <- (over_permutation _ _ (fun p => times (fst p) (fst p)) moves), over_map.
        reflexivity.
      Qed.

      Lemma kept_xy : plus (plus (times (times a c) xx) (times (plus (times a d) (times b c)) xy)) (times (times b d) yy) = xy.
      Proof.
        rewrite <- form. unfold xy. rewrite <- (over_permutation _ _ (fun p => times (fst p) (snd p)) moves), over_map.
        reflexivity.
      Qed.

      Lemma kept_yy : plus (plus (times (times c c) xx) (times (plus (times c d) (times d c)) xy)) (times (times d d) yy) = yy.
      Proof.
        rewrite <- form. unfold yy. rewrite <- (over_permutation _ _ (fun p => times (snd p) (snd p)) moves), over_map.
        reflexivity.
      Qed.

      Notation det := (minus (times a d) (times b c)).

      Lemma left_upper : times det (plus (times a xx) (times b xy)) = minus (times d xx) (times b xy).
      Proof.
        transitivity (minus (times d (plus (plus (times (times a a) xx) (times (plus (times a b) (times b a)) xy)) (times (times b b) yy)))
          (times b (plus (plus (times (times a c) xx) (times (plus (times a d) (times b c)) xy)) (times (times b d) yy)))); [ring|].
        rewrite kept_xx, kept_xy. reflexivity.
      Qed.

      Lemma left_lower : times det (plus (times c xx) (times d xy)) = minus (times d xy) (times b yy).
      Proof.
        transitivity (minus (times d (plus (plus (times (times a c) xx) (times (plus (times a d) (times b c)) xy)) (times (times b d) yy)))
          (times b (plus (plus (times (times c c) xx) (times (plus (times c d) (times d c)) xy)) (times (times d d) yy)))); [ring|].
        rewrite kept_xy, kept_yy. reflexivity.
      Qed.

      Lemma right_lower : times det (plus (times c xy) (times d yy)) = minus (times a yy) (times c xy).
      Proof.
        transitivity (minus (times a (plus (plus (times (times c c) xx) (times (plus (times c d) (times d c)) xy)) (times (times d d) yy)))
          (times c (plus (plus (times (times a c) xx) (times (plus (times a d) (times b c)) xy)) (times (times b d) yy)))); [ring|].
        rewrite kept_xy, kept_yy. reflexivity.
      Qed.

      Lemma unit_determinant : spread <> zero -> det = one \/ det = opposite one.
      Proof.
        intros some. assert (equal : times (times det det) spread = spread).
        { transitivity (minus (times (plus (plus (times (times a a) xx) (times (plus (times a b) (times b a)) xy)) (times (times b b) yy))
            (plus (plus (times (times c c) xx) (times (plus (times c d) (times d c)) xy)) (times (times d d) yy)))
            (times (plus (plus (times (times a c) xx) (times (plus (times a d) (times b c)) xy)) (times (times b d) yy))
            (plus (plus (times (times a c) xx) (times (plus (times a d) (times b c)) xy)) (times (times b d) yy)))); [unfold spread; ring|].
          rewrite kept_xx, kept_xy, kept_yy. reflexivity. }
        assert (product : times spread (times (minus det one) (plus det one)) = zero).
        { transitivity (minus (times (times det det) spread) spread); [ring|]. rewrite equal. ring. }
        apply (no_divisors ordered) in product as [|product]; [contradiction|].
        apply (no_divisors ordered) in product as [is|is]; [left|right].
        - transitivity (plus (minus det one) one); [ring|]. rewrite is. ring.
        - transitivity (minus (plus det one) one); [ring|]. rewrite is. ring.
      Qed.

      (** A map of determinant -1 is its own inverse. *)

      Lemma reflection : xx <> zero -> det = opposite one -> forall p, turned (Block a b c d) (turned (Block a b c d) p) = p.
      Proof.
        intros some is p. assert (trace_ : plus a d = zero).
        { assert (product : times xx (plus a d) = zero).
          { transitivity (minus (minus (times d xx) (times b xy)) (times (opposite one) (plus (times a xx) (times b xy)))); [ring|].
            rewrite <- left_upper, <- is. ring. }
          apply (no_divisors ordered) in product as [|]; [contradiction|assumption]. }
        assert (d_is : d = opposite a) by (transitivity (minus (plus a d) a); [ring|]; rewrite trace_; ring).
        assert (unit_ : plus (times a a) (times b c) = one).
        { transitivity (opposite det); [rewrite d_is; ring|]. rewrite is. ring. }
        destruct p as [x y]. cbn. rewrite d_is. f_equal.
        - transitivity (times (plus (times a a) (times b c)) x); [ring|]. rewrite unit_. ring.
        - transitivity (times (plus (times a a) (times b c)) y); [ring|]. rewrite unit_. ring.
      Qed.

      Lemma rotation : det = one -> times yy b = opposite (times xx c) /\ times yy (minus a d) = times (plus c c) xy.
      Proof.
        intros is. pose proof left_lower as one_. pose proof right_lower as two. rewrite is in one_, two. split.
        - transitivity (minus (times d xy) (minus (times d xy) (times b yy))); [ring|]. rewrite <- one_. ring.
        - transitivity (plus (minus (minus (times a yy) (times c xy)) (times d yy)) (times c xy)); [ring|].
          rewrite <- two. ring.
      Qed.
    End One.

    (** Squares of two maps commute on the points. *)

    Lemma rotations_commute m k : yy <> zero -> permutes_points m -> permutes_points k ->
      determinant m = one -> determinant k = one -> forall p, turned m (turned k p) = turned k (turned m p).
    Proof.
      destruct m as [a b c d], k as [e f g h]. intros some moves moves_ is is_ [x y].
      destruct (rotation a b c d moves is) as [b_is a_is]. destruct (rotation e f g h moves_ is_) as [f_is e_is].
      assert (bg : times b g = times f c).
      { apply (cancel ordered yy); [exact some|]. transitivity (times (times yy b) g); [ring|]. rewrite b_is.
        transitivity (times (times yy f) c); [rewrite f_is; ring|ring]. }
      assert (ag : times (minus a d) g = times (minus e h) c).
      { apply (cancel ordered yy); [exact some|]. transitivity (times (times yy (minus a d)) g); [ring|]. rewrite a_is.
        transitivity (times (times yy (minus e h)) c); [rewrite e_is; ring|ring]. }
      assert (af : times (minus a d) f = times (minus e h) b).
      { apply (cancel ordered yy); [exact some|]. apply (cancel ordered yy); [exact some|].
        transitivity (times (times yy (minus a d)) (times yy f)); [ring|]. rewrite a_is, f_is.
        transitivity (times (times yy (minus e h)) (times yy b)); [rewrite e_is, b_is; ring|ring]. }
      cbn. f_equal.
      - transitivity (plus (plus (times (times a e) x) (times (times b g) x)) (plus (times (plus (times (minus a d) f) (times d f)) y) (times (times b h) y))); [ring|].
        rewrite bg, af. ring.
      - transitivity (plus (plus (times (times c e) x) (times (times d g) x)) (plus (times (times f c) y) (times (times d h) y))); [ring|].
        rewrite <- bg.
        transitivity (plus (plus (times (plus (times (minus e h) c) (times h c)) x) (times (times d g) x)) (plus (times (times b g) y) (times (times d h) y))); [ring|].
        rewrite <- ag. ring.
    Qed.

    Lemma thin_x : xx = zero -> forall p, In p l -> fst p = zero.
    Proof.
      intros nothing p listed. apply (square_vanishes ordered).
      refine (over_vanishes l (fun p => times (fst p) (fst p)) _ nothing p listed). intros. apply (square_not_negative ordered).
    Qed.

    Lemma thin : spread = zero -> forall p, In p l -> times xx (snd p) = times xy (fst p).
    Proof.
      intros nothing p listed.
      assert (here : plus (times (opposite xy) (fst p)) (times xx (snd p)) = zero).
      { apply (square_vanishes ordered).
        refine (over_vanishes l (fun p => times (plus (times (opposite xy) (fst p)) (times xx (snd p)))
          (plus (times (opposite xy) (fst p)) (times xx (snd p)))) _ _ p listed).
        - intros. apply (square_not_negative ordered).
        - rewrite form. transitivity (times xx spread); [unfold spread; ring|]. rewrite nothing. ring. }
      transitivity (plus (plus (times (opposite xy) (fst p)) (times xx (snd p))) (times xy (fst p))); [ring|].
      rewrite here. ring.
    Qed.

    Lemma permutes_inside m p : permutes_points m -> In p l -> In (turned m p) l.
    Proof. intros moves listed. apply (Permutation_in _ moves), in_map, listed. Qed.

    Lemma spread_or_not : spread = zero \/ spread <> zero.
    Proof.
      destruct (sign ordered spread) as [is|[above|below]]; [left; exact is|right|right]; intros is; rewrite is in *;
        apply (zero_not_positive ordered); [exact above|]. replace zero with (opposite zero) by ring. exact below.
    Qed.

    (** Points on one line are multiplied, and points of a plane are turned or reflected. *)

    Lemma thin_commute m k p : spread = zero -> permutes_points m -> permutes_points k -> In p l ->
      turned m (turned k p) = turned k (turned m p).
    Proof.
      intros nothing moves moves_ listed. pose proof (permutes_inside k p moves_ listed) as in_k.
      pose proof (permutes_inside m p moves listed) as in_m.
      pose proof (permutes_inside m _ moves in_k) as in_mk. pose proof (permutes_inside k _ moves_ in_m) as in_km.
      destruct m as [a b c d], k as [e f g h].
      assert (cases : xx = zero \/ xx <> zero).
      { destruct (sign ordered xx) as [is|[above|below]]; [left; exact is|right|right]; intros is; rewrite is in *;
          apply (zero_not_positive ordered); [exact above|]. replace zero with (opposite zero) by ring. exact below. }
      destruct cases as [none|some].
      - pose proof (thin_x none) as flat. pose proof (flat _ listed) as at_p. pose proof (flat _ in_k) as at_k.
        pose proof (flat _ in_m) as at_m. pose proof (flat _ in_mk) as at_mk. pose proof (flat _ in_km) as at_km.
        destruct p as [x y]. cbn in *. f_equal; [rewrite at_mk, at_km; reflexivity|].
        rewrite at_k, at_m, at_p. ring.
      - pose proof (thin nothing) as line.
        assert (along_ : forall s t q, In q l -> times xx (plus (times s (fst q)) (times t (snd q))) = times (plus (times s xx) (times t xy)) (fst q)).
        { intros s t q in_q. transitivity (plus (times (times s xx) (fst q)) (times t (times xx (snd q)))); [ring|].
          rewrite line by exact in_q. ring. }
        assert (first_ : fst (turned (Block a b c d) (turned (Block e f g h) p)) = fst (turned (Block e f g h) (turned (Block a b c d) p))).
        { apply (cancel ordered xx); [exact some|]. apply (cancel ordered xx); [exact some|].
          cbn [turned fst snd] in *. pose proof (along_ a b _ in_k) as one_. pose proof (along_ e f _ in_m) as two.
          cbn [fst snd] in one_, two. rewrite one_, two.
          transitivity (times (plus (times a xx) (times b xy)) (times xx (plus (times e (fst p)) (times f (snd p))))); [ring|].
          rewrite along_ by exact listed.
          transitivity (times (plus (times e xx) (times f xy)) (times xx (plus (times a (fst p)) (times b (snd p))))); [|ring].
          rewrite along_ by exact listed. ring. }
        apply injective_projections; [exact first_|]. apply (cancel ordered xx); [exact some|].
        rewrite (line _ in_mk), (line _ in_km), first_. reflexivity.
    Qed.

    Theorem squares_commute m k p : permutes_points m -> permutes_points k -> In p l ->
      turned m (turned m (turned k (turned k p))) = turned k (turned k (turned m (turned m p))).
    Proof.
      intros moves moves_ listed. destruct spread_or_not as [nothing|some].
      - pose proof (permutes_inside m) as in_m. pose proof (permutes_inside k) as in_k.
        rewrite (thin_commute m k (turned k p)) by auto. rewrite (thin_commute m k p) by auto.
        rewrite (thin_commute m k (turned k (turned m p))) by auto. rewrite (thin_commute m k (turned m p)) by auto.
        reflexivity.
      - assert (nonzero : xx <> zero /\ yy <> zero).
        { unfold spread in some. split; intros is; apply some.
          - assert (none : xy = zero); [|rewrite is, none; ring]. unfold xy. pose proof (thin_x is) as flat.
            clear -flat ordered. induction l as [|q r IH]; cbn; [reflexivity|].
            rewrite IH by (intros; apply flat; right; assumption). rewrite flat by (left; reflexivity). ring.
          - assert (flat : forall q, In q l -> snd q = zero).
            { intros q in_q. apply (square_vanishes ordered).
              refine (over_vanishes l (fun p => times (snd p) (snd p)) _ is q in_q). intros. apply (square_not_negative ordered). }
            assert (none : xy = zero); [|rewrite is, none; ring]. unfold xy.
            clear -flat ordered. induction l as [|q r IH]; cbn; [reflexivity|].
            rewrite IH by (intros; apply flat; right; assumption). rewrite flat by (left; reflexivity). ring. }
        destruct nonzero as [some_x some_y].
        assert (each : forall n, permutes_points n -> determinant n = one \/ forall q, turned n (turned n q) = q).
        { intros [a b c d] moves_n. destruct (unit_determinant a b c d moves_n some) as [is|is]; [left; exact is|right].
          apply reflection; assumption. }
        destruct (each m moves) as [one_m|twice_m]; [|rewrite !twice_m; reflexivity].
        destruct (each k moves_) as [one_k|twice_k]; [|rewrite !twice_k; reflexivity].
        pose proof (rotations_commute m k some_y moves moves_ one_m one_k) as exchange.
        rewrite (exchange (turned k p)), (exchange p), (exchange (turned k (turned m p))), (exchange (turned m p)). reflexivity.
    Qed.
  End Points.
End Plane.

(** ** Networks of blocks *)

Definition no_plane_blocks (k : nat) (M : machine) (label : list N) : Prop :=
  forall F zero one plus times minus opposite divide inverse positive,
    ordered_field F zero one plus times minus opposite divide inverse positive ->
  forall X step orbit, (forall h g : X, {h = g} + {h <> g}) -> (forall x h, In h orbit -> In (step x h) orbit) ->
  forall I (place : X -> I -> F * F) (matrix : N -> I -> block F),
    (forall h g, In h orbit -> In g orbit -> (forall i, place h i = place g i) -> h = g) ->
    (forall x h i, In h orbit -> place (step x h) i = turned F plus times (matrix x i) (place h i)) ->
  forall start decoder, In start orbit -> ~ gives X step k M label start decoder.

Section Words.
  Variables (k : nat) (M : machine) (label : list N).

  Definition all_states : list N := map N.of_nat (seq 0 (length (transitions M))).

  (** Every letter permutes the states. *)

  Definition letters_permute : bool :=
    if existsb (N.eqb (initial_state M)) all_states then
      forallb (fun x => permuted M all_states [N.of_nat x]) (seq 0 k)
    else false.

  Lemma words_permute : letters_permute = true -> In (initial_state M) all_states /\
    forall w, over k w -> permutes M all_states w.
  Proof.
    unfold letters_permute. destruct (existsb (N.eqb (initial_state M)) all_states) eqn:begins; [|discriminate].
    apply existsb_exists in begins as (q & listed & is). apply N.eqb_eq in is as ->. rewrite forallb_forall. intros all.
    split; [exact listed|]. induction w as [|x w IH]; intros letters; [apply permutes_nil|]. inversion letters; subst.
    apply (permutes_append M all_states [x]); [|apply IH; assumption]. apply permuted_sound.
    rewrite <- (N2Nat.id x). apply all, in_seq. lia.
  Qed.

  Theorem squares_refutes prefix u v suffix : letters_permute = true ->
    told_apart k M label (prefix ++ (u ++ u ++ v ++ v) ++ suffix) (prefix ++ (v ++ v ++ u ++ u) ++ suffix) = true ->
    no_plane_blocks k M label.
  Proof.
    intros letters apart F zero one plus times minus opposite divide inverse positive ordered.
    intros X step orbit decide closed I place matrix told moves start decoder begins follows.
    apply words_permute in letters as [initial letters].
    apply told_apart_sound in apart as (over_1 & over_2 & differ).
    apply Forall_app in over_1 as [over_p over_1]. apply Forall_app in over_1 as [over_1 over_s].
    apply Forall_app in over_1 as [over_u over_1]. apply Forall_app in over_1 as [_ over_1].
    apply Forall_app in over_1 as [over_v _]. clear over_2.
    assert (append : forall a b, over k a -> over k b -> over k (a ++ b)) by (intros; apply Forall_app; auto).
    apply (some_least X decide step orbit (over k) append (Forall_nil _)). intros z over_z least_z.
    set (n := (length orbit + length all_states)%nat). set (e := unit_word z n).
    assert (few : (length orbit <= n)%nat) by (unfold n; lia).
    assert (over_e : over k e) by (apply (chosen_unit (over k) append (Forall_nil _)); assumption).
    assert (e_fixes : forall q, In q all_states -> leads_to M q e = q).
    { intros q listed. apply (permutes_back M all_states); [apply letters, over_z|unfold n; lia|exact listed]. }
    set (kept_ := kept X decide step orbit z n).
    set (word_block := fun (w : word) i => fold_left (fun m x => after_block F plus times (matrix x i) m) w
      (Block F one zero zero one)).
    pose (is_ring := F_R (is_field ordered)).
    assert (through : forall w h i, In h orbit ->
      place (acts X step w h) i = turned F plus times (word_block w i) (place h i)).
    { assert (general : forall w h i m p, In h orbit -> place h i = turned F plus times m p ->
        place (acts X step w h) i =
          turned F plus times (fold_left (fun m x => after_block F plus times (matrix x i) m) w m) p).
      { induction w as [|x w IH]; intros h i m p listed is; [exact is|]. cbn [acts fold_left].
        apply (IH (step x h)); [apply closed, listed|]. rewrite moves by exact listed. rewrite is. symmetry.
        apply (turned_after F zero one plus times minus opposite divide inverse positive ordered). }
      intros w h i listed. apply general; [exact listed|]. symmetry.
      apply (turned_unit F zero one plus times minus opposite divide inverse positive ordered). }
    assert (permuted_ : forall w i, over k w ->
      permutes_points F plus times (map (fun h => place h i) kept_) (word_block (w ++ e) i)).
    { intros w i over_w. unfold permutes_points. rewrite map_map.
      rewrite <- (map_ext_in (fun h => place (turn X step z n w h) i)).
      - rewrite <- (map_map (turn X step z n w) (fun h => place h i)). apply Permutation_map.
        apply (turn_permutes X decide step orbit closed (over k) append (Forall_nil _) z n over_z least_z few w over_w).
      - intros h listed. apply through. apply (kept_orbit X decide step orbit closed z n). exact listed. }
    set (h := acts X step e (acts X step prefix start)).
    assert (in_h : In h kept_) by (apply act_unit, act_inside; assumption).
    assert (inside : forall w g, In g kept_ -> In (turn X step z n w g) kept_).
    { intros w g. apply (turn_inside X decide step orbit closed z n). }
    assert (in_orbit : forall g, In g kept_ -> In g orbit).
    { intros g. apply (kept_orbit X decide step orbit closed z n). }
    set (U := turn X step z n u) in *. set (V := turn X step z n v) in *.
    assert (equal : V (V (U (U h))) = U (U (V (V h)))).
    { apply told; [apply in_orbit; repeat apply inside; exact in_h..|]. intros i.
      assert (place_of : forall w g, In g kept_ ->
        place (turn X step z n w g) i = turned F plus times (word_block (w ++ e) i) (place g i)).
      { intros w g listed. apply through, in_orbit, listed. }
      unfold U, V. rewrite !place_of by (repeat apply inside; exact in_h).
      apply (squares_commute F zero one plus times minus opposite divide inverse positive ordered
        (map (fun g => place g i) kept_)); [apply permuted_, over_v|apply permuted_, over_u|].
      apply (in_map (fun g => place g i)), in_h. }
    assert (in_all : forall w q, over k w -> In q all_states -> In (leads_to M q w) all_states).
    { intros w q over_w. apply (letters w over_w). }
    assert (same_end_ : forall a b, over k a -> over k b ->
      shown M label (prefix ++ (a ++ a ++ b ++ b) ++ suffix) =
        decoder (acts X step suffix (turn X step z n b (turn X step z n b (turn X step z n a (turn X step z n a h)))))).
    { intros a b over_a over_b. unfold turn, h. rewrite <- !acts_append. rewrite follows.
      - unfold shown, reached. f_equal. f_equal. rewrite !fold_left_app.
        fold (leads_to M (initial_state M) prefix). set (q := leads_to M (initial_state M) prefix).
        assert (in_q : In q all_states) by (apply in_all; assumption).
        assert (drop : forall w p, over k w -> In p all_states ->
          fold_left (after M) e (fold_left (after M) w p) = fold_left (after M) w p).
        { intros w p over_w in_p. apply e_fixes, in_all; assumption. }
        assert (stay : forall w p, over k w -> In p all_states -> In (fold_left (after M) w p) all_states) by exact in_all.
        f_equal. change (fold_left (after M) e q) with (leads_to M q e). rewrite e_fixes by exact in_q.
        fold e. rewrite !drop by auto 8. reflexivity.
      - repeat (apply append; [|first [exact over_s|idtac]]); auto. }
    apply differ. rewrite (same_end_ u v), (same_end_ v u) by assumption. unfold U, V in equal. rewrite equal. reflexivity.
  Qed.
End Words.
