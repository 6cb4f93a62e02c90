"""BG/NBD: customers buy at random moments, at a rate of their own, and may leave after a repeat purchase.

Fader, Hardie, Lee (2005), "Counting Your Customers the Easy Way", Marketing Science 24(2), 275-284: likelihood
eq. 6, probabilities of counts eq. 8, expectations eq. 9 and 10; P(alive): Hardie, note 021 (2008).
"""

from analysis.clv.beta_geometric import BetaGeometric


class BGNBD(BetaGeometric):
    """BG/NBD model: parameters r, alpha (in the unit of time), a, b; methods: see `PurchaseModel`.

    A customer without a repeat purchase has had no chance to leave, so P(alive) = 1 there is an assumption, not
    a finding.

    Check: r .2426, alpha 4.4136, a .7929, b 2.4259; x 2, t_x 30.43, T 38.86 -> P(alive) .7266; horizon 39 ->
    1.2259 purchases.

    Examples
    --------
    >>> BGNBD().params_
    Traceback (most recent call last):
    AttributeError: BGNBD has no params_: call fit first
    """

    _EARLY_CHANCES = 0
