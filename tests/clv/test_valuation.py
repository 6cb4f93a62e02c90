import numpy as np
import pandas as pd
import pytest

from analysis.clv import BGNBD, GammaGamma, ParetoNBD
from analysis.clv.valuation import SAMPLE, Valuation, kept_share, sample, spend_history
from tests.clv.shop import cdnow_table, customer_table


def valuation(kept: float = 1.0, purchases: type = BGNBD) -> Valuation:
    table = cdnow_table()
    x, spend = spend_history(table)
    model = purchases().fit(table["x"], table["t_x"], table["T"])
    return Valuation(model, GammaGamma().fit(x[x > 0], spend[x > 0]), kept)


def test_spend_of_nothing_counts_as_no_repeat_purchase():
    table = customer_table(3, x=[2.0, 3.0, 0.0], mean_repeat_spend=[5.0, -1.0, np.nan])
    x, spend = spend_history(table)
    assert x.tolist() == [2, 0, 0]
    assert spend.tolist() == [5, 0, 0]


def test_the_share_kept_is_what_refunds_left():
    assert kept_share(pd.DataFrame({"sold": [60.0, 40.0], "revenue": [50.0, 40.0]})) == 0.9
    assert kept_share(pd.DataFrame({"sold": [0.0], "revenue": [-5.0]})) == 1
    assert kept_share(pd.DataFrame({"sold": [5.0], "revenue": [-5.0]})) == 0


def test_a_sample_is_everybody_or_the_same_ones_each_time():
    assert sample(5).tolist() == [0, 1, 2, 3, 4]
    many = sample(SAMPLE * 3)
    assert len(set(many)) == SAMPLE
    assert (many == sample(SAMPLE * 3)).all()
    assert abs(many.mean() / (1.5 * SAMPLE) - 1) < 0.02


def test_refunds_scale_revenue_and_its_square():
    table = cdnow_table()[:50]
    gross, net = valuation().revenue(365, table), valuation(0.8).revenue(365, table)
    np.testing.assert_allclose(net.mean, 0.8 * gross.mean)
    np.testing.assert_allclose(net.square, 0.64 * gross.square)
    np.testing.assert_allclose(net.any, gross.any)


@pytest.mark.parametrize("x", [0.0, 4.0])
def test_moments_of_revenue_are_those_of_simulated_customers(x):
    # alive: a customer of the same family with updated parameters; each purchase gamma (p) at the customer's own rate
    value, n, days = valuation(), 400_000, 365
    table = customer_table(1, x=x, t_x=0.0 if x == 0 else 150.0, T=200.0, mean_repeat_spend=30.0 if x else np.nan)
    rng = np.random.default_rng(5)
    r, alpha, a, b = value.purchases.params_.values()
    p, q, gamma = value.spend.params_.values()
    alive = rng.random(n) < value.purchases.probability_alive(x, table["t_x"], 200.0)
    rate, leaving = rng.gamma(r + x, 1 / (alpha + 200), n), rng.beta(a, b + x, n)
    purchases = np.zeros(n)
    now, active = np.zeros(n), np.flatnonzero(alive)
    while active.size:
        now[active] += rng.exponential(1 / rate[active])
        active = active[now[active] <= days]
        purchases[active] += 1
        active = active[rng.random(active.size) >= leaving[active]]
    own = rng.gamma(p * x + q, 1 / (gamma + 30 * x), n)
    revenue = np.where(purchases > 0, rng.gamma(np.maximum(p * purchases, 1e-9)) / own, 0)
    found = value.revenue(days, table)
    assert found.any[0] == pytest.approx((revenue > 0).mean(), abs=4 * np.sqrt(0.25 / n))
    assert found.mean[0] == pytest.approx(revenue.mean(), abs=4 * revenue.std() / np.sqrt(n))
    # the square of an amount has a heavy tail: a loose comparison
    assert found.square[0] == pytest.approx((revenue**2).mean(), rel=0.15 if x == 0 else 0.05)


def test_spend_without_a_variance_has_an_infinite_square():
    value = valuation()
    value.spend.params_ = {**value.spend.params_, "q": 1.9}
    revenue = value.revenue(365, cdnow_table()[:50])
    unequal = cdnow_table()["x"][:50] == 0
    assert np.isinf(revenue.square[unequal]).all()
    assert np.isfinite(revenue.square[~unequal]).all()
    assert np.isfinite(revenue.mean).all()


@pytest.mark.parametrize("purchases", [BGNBD, ParetoNBD])
def test_uncertain_parameters_spread_the_total_as_draws_of_them_do(purchases):
    value, table = valuation(purchases=purchases), cdnow_table()
    rng, totals = np.random.default_rng(6), []
    for _ in range(300):
        drawn = []
        for model in (value.purchases, value.spend):
            logs = rng.multivariate_normal(np.log(list(model.params_.values())), model.log_covariance_ / 25)
            other = type(model)()
            other.params_ = dict(zip(model.params_, np.exp(logs).tolist(), strict=True))
            drawn.append(other)
        totals.append(Valuation(*drawn, 1.0).revenue(365, table).mean.sum())
    # a fifth of the standard errors, so that the delta method is exact enough; 300 draws know a spread to 4 %
    assert np.std(np.log(totals)) * 5 == pytest.approx(np.sqrt(value.relative_variance(365, table)), rel=0.15)
