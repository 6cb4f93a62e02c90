"""MBG/NBD: as BG/NBD, but a customer may leave right after the first purchase, too.

Batislam, Denizel, Filiztekin (2007), International Journal of Research in Marketing 24(3), 201-209: likelihood
eq. 1, E[X(t)] eq. 4, P(alive) eq. 5, conditional expectation eq. 6 as corrected by Wagner and Hoppe (2008).
"""

from analysis.clv.beta_geometric import BetaGeometric


class MBGNBD(BetaGeometric):
    """MBG/NBD model: parameters r, alpha (in the unit of time), a, b; methods: see `PurchaseModel`.

    Without a repeat purchase P(alive) is a finding here, below 1 from the first day on.

    Check: r .5248, alpha 6.1831, a .8914, b 1.6140; x 0, t_x 0, T 38.86 -> P(alive) .3897; horizon 39 -> .1540
    purchases.
    """

    _EARLY_CHANCES = 1
