import functools

import numpy as np
import pandas as pd
import pytest

from analysis.charts import alive_bands, monthly_lines, value_shares
from analysis.report import Page
from analysis.report import findings_lifetime_value as say
from analysis.report.wording import Words

EN = Words("en", "USD")
REASONS = (
    "no_repeaters",
    "few_repeaters",
    "ages_unknown",
    "boundary",
    "flat_ridge",
    "not_converged",
    "few_spenders",
    "spend_boundary",
    "spend_flat_ridge",
    "spend_not_converged",
    "spend_no_mean",
)


def verdict(method="formula", reason="ages_unknown", **facts):
    parameter = "gamma" if reason.startswith("spend") else "b"
    usual = {
        "n_customers": 1_000,
        "n_repeaters": 400,
        "n_spenders": 399,
        "min_repeaters": 30,
        "age_known_share": 0.1,
        "min_age_known_share": 0.5,
        "uncertain_parameter": parameter,
        "largest_relative_error": 2.54,
        "max_relative_error": 0.5,
        "kept_share": 0.95,
        "purchase_model": "bg_nbd",
        "spend_model": "gamma_gamma",
        "candidate": "bg_nbd",
        "choice": "lowest_error",
        "decided_months": 6,
        "decided_origins": 3,
        "decided_non_overlapping": 2,
        "runner_up": "mbg_nbd",
        "runner_up_lead": 0.2,
        "frequency_outcome": "as_good",
        "compared_months": 6,
        "compared_origins": 3,
        "compared_non_overlapping": 2,
        "baseline": "own_rate",
        "model_rmse": 8.0,
        "baseline_rmse": 10.0,
        "lead": 0.2,
        "outcome": "ahead",
        "horizon_days": 365,
        "lifetime_months": 12.0,
    }
    return pd.DataFrame([{"method": method, "reason": reason, **usual, **facts}])


@pytest.fixture
def by_class():
    return pd.DataFrame(
        {
            "class": ["a", "b", "lapsed"],
            "customers": [10, 30, 60],
            "clv_12_months": [60.0, 30.0, 10.0],
            "share_of_clv": [0.6, 0.3, 0.1],
            "clv_formula": [90.0, 60.0, 50.0],
            "history_revenue_minor": [20_000, 18_000, 12_000],
            "share_of_history": [0.4, 0.36, 0.24],
        }
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_for_the_formula_is_worded_with_its_figures(language, reason):
    words = Words(language, "USD")
    key, values = say.why(verdict(reason=reason), words)
    assert words("not_available") not in words(key, **values)


def test_reasons_quote_the_figures_they_rest_on():
    def told(reason):
        key, values = say.why(verdict(reason=reason), EN)
        return EN(key, **values)

    assert "10.0% of the 1,000 customers" in told("ages_unknown")
    assert "at least 50.0% are needed" in told("ages_unknown")
    assert "Of 1,000 customers 400 bought a second time; a model needs at least 30" in told("few_repeaters")
    assert "parameter b (Tendency to stay after a purchase) is 2.5 times its size; 0.5 times" in told("flat_ridge")
    assert "parameter gamma (Scale of spend, in currency)" in told("spend_flat_ridge")


def test_the_title_names_total_class_and_method(by_class):
    key, values = say.title(by_class, verdict("model", ""), "abc", EN)
    assert EN(key, **values) == (
        "The customers are expected to bring $100 in the next 12 months, 60.0% of it from A (10.0% of customers)"
    )
    assert say.title(by_class, verdict(), "abc", EN)[0] == "lifetime_value.title_formula"
    assert say.title(by_class.assign(clv_12_months=np.nan), verdict(), "abc", EN)[0] == "lifetime_value.title_nothing"


def test_the_classes_that_gain_and_lose_most_share_are_named(by_class):
    key, values = say.past_and_future(by_class, "abc", EN)
    assert (key, values["up"], values["down"]) == ("lifetime_value.shares_move", "A", "Lapsed")
    assert (values["down_past"], values["down_next"]) == (0.24, 0.1)


def test_shares_that_do_not_move_make_no_story(by_class):
    alike = by_class.assign(share_of_history=by_class["share_of_clv"] - 0.004)
    key, values = say.past_and_future(alike, "abc", EN)
    assert (key, values) == ("lifetime_value.shares_alike", {"segment": "A", "share": 0.6})
    assert say.past_and_future(by_class.assign(share_of_clv=np.nan), "abc", EN)[0] == "lifetime_value.shares_none"


def test_the_formula_is_read_beside_the_model(by_class):
    key, values = say.formula(by_class, verdict("model", ""), EN)
    assert (key, values["times"]) == ("lifetime_value.formula_beside_model", 2)  # 200 against 100


def test_a_formula_that_repeats_the_past_is_said_to_be_no_forecast(by_class):
    # 90.00 + 60.00 + 50.00 is what the history brought, the class without a value left out
    history = by_class.assign(history_revenue_minor=[9_000, 6_000, 5_000])
    nobody = pd.DataFrame({"class": ["never_ordered"], "customers": [1], "history_revenue_minor": [-70]})
    key, values = say.formula(pd.concat([history, nobody]), verdict(), EN)
    assert (key, values["lapsed"], values["share"]) == ("lifetime_value.formula_is_history", 50, 0.25)


def test_the_formula_names_the_money_of_silent_customers(by_class):
    assert say.formula(by_class, verdict(), EN) == ("lifetime_value.formula_lapsed", {"lapsed": 50, "share": 0.25})
    assert say.formula(by_class[:2], verdict(), EN)[0] == "lifetime_value.formula_no_lapsed"


def test_the_parameters_say_whether_they_may_be_used():
    some = pd.DataFrame({"model": ["bg_nbd"]})
    assert say.model(verdict("model", ""), some)[0] == "lifetime_value.model_text"
    assert say.model(verdict(), some)[0] == "lifetime_value.model_refused_text"
    assert say.model(verdict(reason="few_spenders"), some)[0] == "lifetime_value.model_spend_refused_text"
    assert say.model(verdict(), some[:0])[0] == "lifetime_value.model_absent"


BANDS = pd.DataFrame(
    {
        "alive_percent_low": range(0, 100, 10),
        "alive_percent_high": range(10, 110, 10),
        "customers": [2, 0, 0, 0, 1, 1, 0, 0, 3, 3],
        "share_of_customers": [0.2, 0, 0, 0, 0.1, 0.1, 0, 0, 0.3, 0.3],
    }
)


def test_probably_active_and_probably_gone_are_shares_of_the_bands():
    key, values = say.alive(BANDS, verdict("model", ""))
    assert EN(key, **values) == (
        "60.0% of the 10 repeat customers are active with a probability of 80% or more; for 30.0% it is below 50%"
    )
    assert say.alive_basis(verdict("model", ""), BANDS) == ("lifetime_value.alive_text", {"without": 600})
    assert say.alive_basis(verdict(), BANDS[:0])[0] == "lifetime_value.alive_none"
    everybody = verdict("model", "", purchase_model="pareto_nbd")
    assert EN(*say.alive(BANDS, everybody)[:1], **values).startswith("60.0% of the 10 customers are active")
    assert say.alive_basis(everybody, BANDS)[0] == "lifetime_value.alive_text_all"


def told(language, finding):
    key, values = finding
    words = Words(language, "USD")
    text = words(key, **values, currency="USD")
    assert words("not_available") not in text
    return text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_choice_of_a_model_is_worded_with_its_figures(language):
    words = Words(language, "USD")
    for choice in ("lowest_error", "simplest", "only", "default"):
        assert "BG/NBD" in told(language, say.choice(verdict("model", "", choice=choice), words))
    # 1 / (1 - .2): an error a fifth lower is an error a quarter higher, seen from the other side
    assert "25.0%" in told(language, say.choice(verdict("model", ""), words))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("outcome", ["ahead", "as_good", "behind"])
def test_every_outcome_quotes_both_errors(language, outcome):
    text = told(language, say.outcome(verdict("model", "", outcome=outcome), Words(language, "USD")))
    assert "8.00" in text
    assert "10.00" in text


def test_no_outcome_is_claimed_without_a_backtest():
    assert say.outcome(verdict(outcome="not_backtested"), EN) == ("lifetime_value.outcome_not_backtested", {})


FORECASTS = pd.DataFrame({"months": [3, 6, 6], "difference": [0.5, -0.1, 0.2]})


def test_the_record_is_that_of_the_longest_horizon():
    assert told("en", say.record(FORECASTS)).endswith(
        "6 months ahead, what came differed from the forecast by −10.0% to +20.0%"
    )
    assert told("en", say.record(FORECASTS[:2])).endswith("by −10.0%")


def test_coverage_counts_ranges_over_all_horizons():
    held = pd.DataFrame({"months": [3, 6], "ranges": [3, 1], "totals_inside": [2, 1], "customers_inside": [0.9, 0.94]})
    # (3 x .9 + 1 x .94) / 4 = .91
    assert told("en", say.coverage(held)) == (
        "Of the 90% ranges of earlier totals, 3 of 4 held what came; of the customers, 91.0% were inside theirs."
    )
    assert say.coverage(held.assign(customers_inside=np.nan))[0] == "lifetime_value.coverage_text_totals"
    assert say.coverage(held.assign(ranges=0)) == ("lifetime_value.coverage_none", {})


def test_the_top_tenth_is_named():
    table = pd.DataFrame({"decile": [1, 10], "expected_per_customer": [1.0, 50.0], "actual_per_customer": [2.0, 40.0]})
    assert say.tenths(table) == ("lifetime_value.tenths_title", {"expected": 50.0, "actual": 40.0})


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("reason", "facts", "key"),
    [
        ("", {"spend_model": "gamma_gamma_by_frequency"}, "used"),
        ("", {}, "refuted"),
        ("", {"frequency_outcome": "not_backtested"}, "untested"),
        ("not_significant", {}, "not_significant"),
        ("small_change", {}, "small_change"),
        ("flat_ridge", {}, "doubtful"),
    ],
)
def test_what_frequency_does_to_spend_is_worded(language, reason, facts, key):
    figures = {"spearman": 0.2, "n_spenders": 399, "likelihood_ratio_p": 0.001, "change": -0.02}
    found = say.dependence(pd.DataFrame([{"reason": reason, **figures}]), verdict("model", "", **facts))
    assert found[0] == f"lifetime_value.dependence_{key}"
    assert "399" in told(language, found)
    assert say.dependence(pd.DataFrame(), verdict())[0] == "lifetime_value.dependence_absent"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("key", "change", "problems", "said"),
    [
        ("none", 0.0, "", "none"),
        ("no_effect", 0.01, "", "no_effect"),
        ("effect", -0.2, "", "effect_less"),
        ("effect", 0.2, "", "effect_more"),
        ("cannot_tell", 0.2, "flat_ridge", "cannot_tell"),
        ("cannot_tell", 0.2, "noise", "cannot_tell_noise"),
    ],
)
def test_what_unknown_ages_do_is_worded(language, key, change, problems, said):
    row = {"customers": 100, "customers_age_unknown": 30, "share_age_unknown": 0.3}
    row |= {"expected_all": 50.0, "expected_known_age": 40.0, "change": change, "key": key, "problems": problems}
    found = say.censoring(pd.DataFrame([row]))
    assert found[0] == f"lifetime_value.censoring_{said}"
    told(language, found)
    assert say.censoring(None) == ("lifetime_value.conditions_absent", {})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_season_is_worded(language):
    words = Words(language, "USD")
    usual = {"months": 30, "months_needed": 24, "highest_month": 12.0, "highest_index": 1.4, "lowest_month": 2.0}
    usual |= {"lowest_index": 0.7, "effect_3": 0.1, "effect_6": 0.05, "effect_12": 0.0}
    for key in ("too_short", "none", "seasonal"):
        told(language, say.season(pd.DataFrame([{"key": key, **usual}]), words))
    text = told(language, say.season(pd.DataFrame([{"key": "seasonal", **usual}]), words))
    assert {"en": "December", "zh": "十二月"}[language] in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_charts_draw_what_the_table_says(by_class, language):
    words = Words(language, "USD")
    columns = alive_bands(BANDS, words).axes[0].patches
    assert [column.get_height() for column in columns] == BANDS["customers"].tolist()
    past, following = value_shares(by_class, words, scheme="abc").axes[0].lines
    assert list(past.get_xdata()) == [0.4, 0.36, 0.24]
    assert list(following.get_xdata()) == [0.6, 0.3, 0.1]
    months = pd.DataFrame({"month": ["2024-01", "2024-02"], "accepted": [5, 9], "set_aside": [1, 0]})
    stacked = monthly_lines(months, words).axes[0].patches
    assert [(part.get_y(), part.get_height()) for part in stacked] == [(0, 5), (0, 9), (5, 1), (9, 0)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sign_of_the_charts_has_a_glyph(by_class, language):
    page = Page("lifetime_value", language, currency="USD")
    key, values = say.past_and_future(by_class, "abc", page.words)
    draw = functools.partial(value_shares, scheme="abc")
    shown = page.chart("shares", draw, by_class, title=key, scheme="abc", columns=["class", "share_of_clv"], **values)
    assert page.words(key, **values) in shown.html


def test_a_horizon_without_a_range_is_named_beside_those_that_have_one():
    held = pd.DataFrame({"months": [3, 12], "ranges": [2, 0]})
    assert told("en", say.untested(held)) == "No range of 12 months can be judged yet."
    assert say.untested(held[:1]) is None
    assert say.untested(held.assign(ranges=0)) is None
