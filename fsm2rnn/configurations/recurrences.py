r"""The linear recurrences of published layers, and the eigenvalues that their parametrisations allow.

Delta rule: A = g (I - b k k^T) with |k| <= 1 after normalisation and a gate g in [0, 1]. For b in [0, 1] each factor is
symmetric and not negative, so a product of two has the eigenvalues of X^(1/2) Y X^(1/2), not negative; of three this is
false in general. For b in [0, 2] one factor is symmetric, and its eigenvalues are real. A diagonal gate D in [0, 1]
in place of g: D (I - b k k^T) has the eigenvalues of the symmetric D^(1/2) (I - b k k^T) D^(1/2).

Diagonal gates in [0, 1], and A = I: any product is diagonal and not negative.
"""

from __future__ import annotations

from fsm2rnn.configurations.fields import Fields
from fsm2rnn.configurations.layer_facts import Eigenvalues, Reach, Transition, Uncovered

_PER_PRODUCT = 2  # factors not negative whose product keeps that


def delta_rule(factors: int, *, doubled: bool, gate: str, scalar_gate: bool = True) -> Reach:
    """Return what is known of `factors` updates a token, b up to 2 if `doubled`, under a gate."""
    product = f"prod of {factors} (I - b k k^T)" if factors > 1 else "(I - b k k^T)"
    form = f"A = {gate}{product}, |k| <= 1, b in [0, {2 if doubled else 1}]"
    if doubled:  # a product of two reflections turns a plane
        return Transition(form, Eigenvalues.REAL if factors == 1 else Eigenvalues.ANYWHERE, 1)
    tokens = _PER_PRODUCT // factors if scalar_gate else int(factors == 1)
    if not tokens:
        return Transition(form, Eigenvalues.ANYWHERE, 1)
    return Transition(form, Eigenvalues.NOT_NEGATIVE, tokens)


def not_negative_diagonal(form: str) -> Transition:
    """Return what is known of diagonal matrices with entries in [0, 1], or the identity."""
    return Transition(form, Eigenvalues.NOT_NEGATIVE, None)


def delta_net(fields: Fields) -> Reach:
    """Return fla's DeltaNet: b = sigmoid, or 1, doubled by allow_neg_eigval, which is False unless it is said."""
    doubled = fields.flag("allow_neg_eigval", default=False)
    norm = fields.value("qk_norm", "l2")
    if norm != "l2":
        return Uncovered(f"keys normalised by {norm!r:.20} may be longer than 1")
    return delta_rule(1, doubled=doubled, gate="")


def gated_delta_net(fields: Fields) -> Reach:
    """Return fla's Gated DeltaNet: a gate a head; b doubled by allow_neg_eigval, False unless it is said."""
    return delta_rule(1, doubled=fields.flag("allow_neg_eigval", default=False), gate="g ")


def gated_delta_product(fields: Fields, *, doubled: bool = False, factors: object = 1) -> Reach:
    """Return fla's Gated DeltaProduct: num_householder factors a token, which a layer and a config default apart."""
    allowed = fields.flag("allow_neg_eigval", default=doubled)
    return delta_rule(fields.number("num_householder", factors), doubled=allowed, gate="g ")


def kimi_delta(fields: Fields) -> Reach:
    """Return Kimi's delta attention: a diagonal gate; b doubled by allow_neg_eigval, False unless it is said."""
    doubled = fields.flag("allow_neg_eigval", default=False)
    return delta_rule(1, doubled=doubled, gate="D ", scalar_gate=False)


def olmo_delta(fields: Fields) -> Reach:
    """Return OLMo-hybrid's Gated DeltaNet: b doubled by linear_allow_neg_eigval, True unless it is said otherwise."""
    return delta_rule(1, doubled=fields.flag("linear_allow_neg_eigval", default=True), gate="g ")


def sigmoid_delta(fields: Fields) -> Reach:
    """Return the Gated DeltaNet of Qwen3-Next and its kin: b = sigmoid, no field doubles it."""
    del fields
    return delta_rule(1, doubled=False, gate="g ")


def sigmoid_kimi(fields: Fields) -> Reach:
    """Return the delta attention of Kimi-Linear in transformers: b = sigmoid, no field doubles it."""
    del fields
    return delta_rule(1, doubled=False, gate="D ", scalar_gate=False)


def selective_scan(fields: Fields) -> Reach:
    """Return Mamba's and FalconMamba's scan: exp(-dt a) with a = exp(A_log)."""
    del fields
    return not_negative_diagonal("A = diag exp(-dt a), in [0, 1]")


def scalar_scan(fields: Fields) -> Reach:
    """Return Mamba2's scan: exp(-dt a), one number a head."""
    del fields
    return not_negative_diagonal("A = exp(-dt a) I a head, in [0, 1]")


def forget_gate(fields: Fields) -> Reach:
    """Return the gates of GLA, HGRN and HGRN2: sigmoids, or powers and bounded parts of them."""
    del fields
    return not_negative_diagonal("A = diag f, f in [0, 1]")


def linear_recurrent_unit(fields: Fields) -> Reach:
    """Return RecurrentGemma's RG-LRU: a gate exp(-8 r softplus(p))."""
    del fields
    return not_negative_diagonal("A = diag exp(-8 r softplus(p)), in [0, 1]")


def accumulation(fields: Fields) -> Reach:
    """Return linear attention without a gate: a sum."""
    del fields
    return not_negative_diagonal("A = I")
