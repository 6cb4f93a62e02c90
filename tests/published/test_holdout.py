"""CDNOW, calibration 39 weeks, holdout 39 weeks: the figures of forecasts, models and simple rules, to every digit.

The rows of the models are those of CLVTools, BTYD and BTYDplus, too. Below them the bias of BG/NBD from other weeks on.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from analysis.clv import BGNBD, MBGNBD, GammaGamma, ParetoNBD
from analysis.clv.accuracy import accuracy, calibration
from tests.clv.cdnow import CALIBRATION_END, customers, history, purchase_days, repeat_spend

WEEKS = 39
MODELS = {"BG/NBD": BGNBD, "MBG/NBD": MBGNBD, "Pareto/NBD": ParetoNBD}
FIGURES = ["mae", "rmse", "bias", "gini", "top_decile"]
SIZES = {"sample": True, "master": False}

# mean absolute error, root mean squared error, bias in %, Gini, share of the top tenth, Spearman
PURCHASES = {
    "sample": {
        "BG/NBD": [0.7855, 1.6080, -12.1, 0.6624, 0.4702, 0.4493],
        "MBG/NBD": [0.7648, 1.6072, -16.2, 0.6636, 0.4772, 0.4500],
        "Pareto/NBD": [0.7545, 1.6028, -11.5, 0.6726, 0.4740, 0.4597],
        "x * 39 / T": [1.0237, 2.2119, 55.7, 0.6657, 0.4594, 0.4898],
        "(x + 1) * 39 / (T + 1)": [1.8609, 2.6403, 197.3, 0.6802, 0.4594, 0.4540],
        "last 13 weeks * 3": [0.9092, 2.3010, 13.3, 0.5347, 0.4576, 0.4625],
        "x again": [0.8973, 1.9710, 30.6, 0.6602, 0.4543, 0.4878],
        "mean of x for everybody": [1.2467, 2.0712, 30.6, 0, 0.1001, np.nan],
    },
    "master": {
        "BG/NBD": [0.8187, 1.7329, -14.3, 0.6626, 0.4558, 0.4420],
        "MBG/NBD": [0.7945, 1.7396, -19.1, 0.6655, 0.4591, 0.4454],
        "Pareto/NBD": [0.7938, 1.7262, -12.9, 0.6733, 0.4600, 0.4517],
        "x * 39 / T": [1.0381, 2.1582, 47.4, 0.6569, 0.4436, 0.4850],
        "(x + 1) * 39 / (T + 1)": [1.8502, 2.5809, 182.8, 0.6644, 0.4436, 0.4393],
        "last 13 weeks * 3": [0.9446, 2.2091, 9.7, 0.5262, 0.4270, 0.4575],
        "x again": [0.9115, 1.9360, 23.6, 0.6543, 0.4413, 0.4852],
        "mean of x for everybody": [1.2578, 2.3302, 23.6, 0, 0.1000, np.nan],
    },
}
# the same without Spearman; USD
SPEND = {
    "sample": {
        "BG/NBD": [30.408, 72.299, -15.6, 0.638, 0.502],
        "MBG/NBD": [29.710, 71.946, -19.5, 0.638, 0.503],
        "Pareto/NBD": [29.454, 72.182, -14.8, 0.659, 0.504],
        "spend * 39 / T": [73.025, 219.186, 193.0, 0.684, 0.500],
        "mean repeat value * BG/NBD": [31.922, 73.328, -9.6, 0.626, 0.472],
        "spend again": [61.652, 172.070, 143.9, 0.680, 0.481],
    },
    "master": {
        "BG/NBD": [32.676, 92.939, -17.3, 0.672, 0.516],
        "MBG/NBD": [31.841, 93.222, -21.9, 0.676, 0.516],
        "Pareto/NBD": [31.986, 92.868, -15.8, 0.684, 0.516],
        "spend * 39 / T": [71.428, 154.063, 165.6, 0.698, 0.499],
        "mean repeat value * BG/NBD": [34.651, 102.964, -16.2, 0.661, 0.491],
        "spend again": [60.542, 129.219, 121.8, 0.696, 0.498],
    },
}
# bias in % over the next 4, 13, 26 and 39 weeks, by the week the forecast is made at
DRIFT = {
    "sample": {
        26: [6.7, 1.4, -9.6, -14.8],
        32: [-4.7, -13.4, -15.5, -19.6],
        39: [-4.5, -13.5, -15.6, -12.1],
        52: [13.0, -6.8, 1.6],
        65: [34.0, 26.2],
    },
    "master": {
        26: [1.4, 4.8, -5.4, -9.7],
        32: [19.3, -0.5, -4.8, -9.5],
        39: [-5.3, -13.5, -15.0, -14.3],
        52: [12.5, -5.4, -2.3],
        65: [19.9, 10.6],
    },
}


@cache
def purchase_forecasts(size: str) -> dict[str, np.ndarray]:
    table, rows = customers(sample=SIZES[size]), history(sample=SIZES[size], unit=7)
    x, age = table["x"].to_numpy(dtype=float), table["T"].to_numpy() / 7
    days = purchase_days(sample=SIZES[size])
    recent = days[days["day"].between(CALIBRATION_END - pd.Timedelta(weeks=13), CALIBRATION_END, inclusive="right")]
    return {name: kind().fit(*rows).expected_purchases(WEEKS, *rows) for name, kind in MODELS.items()} | {
        "x * 39 / T": x * WEEKS / age,
        "(x + 1) * 39 / (T + 1)": (x + 1) * WEEKS / (age + 1),
        "last 13 weeks * 3": 3.0 * recent.groupby("customer_id").size().reindex(table.index, fill_value=0).to_numpy(),
        "x again": x,
        "mean of x for everybody": np.full(len(x), x.mean()),
    }


@cache
def spend_forecasts(size: str) -> dict[str, np.ndarray]:
    table, repeats = customers(sample=SIZES[size]), repeat_spend(sample=SIZES[size])
    gamma_gamma = GammaGamma().fit(repeats["x"], repeats["mean_spend"])
    # Who repeated without paying tells the spend model nothing.
    spenders = table["x"].where(table["mean_spend"] > 0, 0)
    per_purchase = gamma_gamma.expected_spend(spenders, table["mean_spend"].fillna(0))
    repeat_value = (repeats["x"] * repeats["mean_spend"]).sum() / table["x"].sum()
    so_far = spend(size, calibration=True)  # the first purchase included
    purchases = purchase_forecasts(size)
    return {name: purchases[name] * per_purchase for name in MODELS} | {
        "spend * 39 / T": so_far * WEEKS / (table["T"].to_numpy() / 7),
        "mean repeat value * BG/NBD": purchases["BG/NBD"] * repeat_value,
        "spend again": so_far,
    }


def spend(size: str, *, calibration: bool) -> np.ndarray:
    days = purchase_days(sample=SIZES[size])
    cents = days[(days["day"] <= CALIBRATION_END) == calibration].groupby("customer_id")["cents"].sum()
    return cents.reindex(customers(sample=SIZES[size]).index, fill_value=0).to_numpy() / 100


def rounded(figures: dict[str, float], digits: int) -> list[float]:
    percent = figures | {"bias": 100 * figures["bias"]}
    return [round(percent[name], 1 if name == "bias" else digits) for name in FIGURES]


@pytest.mark.parametrize(("size", "name"), [(size, name) for size in SIZES for name in PURCHASES[size]])
def test_purchases_are_forecast_as_well_as_published(size, name):
    forecast, actual = purchase_forecasts(size)[name], customers(sample=SIZES[size])["holdout"].to_numpy()
    *published, order = PURCHASES[size][name]
    assert rounded(accuracy(forecast, actual), 4) == published
    if not np.isnan(order):
        assert round(spearmanr(forecast, actual).statistic, 4) == order


@pytest.mark.parametrize(("size", "name"), [(size, name) for size in SIZES for name in SPEND[size]])
def test_spend_is_forecast_as_well_as_published(size, name):
    figures = accuracy(spend_forecasts(size)[name], spend(size, calibration=False))
    assert rounded(figures, 3) == SPEND[size][name]
    assert figures["actual"] == pytest.approx({"sample": 70_976.39, "master": 776_961.13}[size], abs=0.005)


@pytest.mark.parametrize("size", SIZES)
def test_tenths_of_the_forecast_hold_all_customers_and_all_purchases(size):
    forecast, actual = purchase_forecasts(size)["Pareto/NBD"], customers(sample=SIZES[size])["holdout"].to_numpy()
    tenths, figures = calibration(forecast, actual), accuracy(forecast, actual)
    assert tenths["customers"].sum() == len(actual)
    assert tenths["expected"].sum() == pytest.approx(figures["expected"], rel=1e-12)
    assert tenths["actual"].sum() == figures["actual"]
    assert (np.diff(tenths["expected"] / tenths["customers"]) > 0).all()


@pytest.mark.parametrize(("size", "week"), [(size, week) for size in SIZES for week in DRIFT[size]])
def test_bias_of_bgnbd_depends_on_the_week_it_is_asked_at(size, week):
    days, end = purchase_days(sample=SIZES[size]), pd.Timestamp("1996-12-31") + pd.Timedelta(weeks=week)
    table = customers(sample=SIZES[size], end=end)
    rows = table["x"], table["t_x"] / 7, table["T"] / 7
    model = BGNBD().fit(*rows)
    biases = []
    for weeks in (4, 13, 26, 39)[: len(DRIFT[size][week])]:
        actual = days["day"].between(end, end + pd.Timedelta(weeks=weeks), inclusive="right").sum()
        biases.append(round(100 * (model.expected_purchases(weeks, *rows).sum() / actual - 1), 1))
    assert biases == DRIFT[size][week]
