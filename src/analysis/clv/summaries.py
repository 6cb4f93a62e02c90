"""Tables about lifetime value: per class, by the formula's parts, by the probability of being active."""

from collections.abc import Sequence

import pandas as pd

from analysis.clv.lifetime_value import HORIZON_DAYS

ALIVE_BANDS = 10  # of 10 points each: as many as a chart of one page can label


def value_by_class(scored: pd.DataFrame, scheme: str, classes: Sequence[str]) -> pd.DataFrame:
    """Return what each class is expected to bring in the next 12 months, beside what it brought so far.

    Parameters
    ----------
    scored : one row per customer: the column `scheme`, clv_12_months, clv_formula (currency),
        history_revenue_minor.
    classes : the classes of the scheme, in the order of the result.

    Returns
    -------
    class, customers; clv_12_months, clv_formula (totals, currency); clv_12_months_mean (per customer with a
    value); share_of_clv; history_revenue_minor (total), share_of_history. A class whose customers all lack a
    value has none (NaN); one without customers has totals of 0 and no mean. Shares are NaN where the total is not
    above 0.
    """
    groups = scored.groupby(scheme)
    table = pd.DataFrame(
        {
            "customers": groups.size(),
            "clv_12_months": groups["clv_12_months"].sum(min_count=1),
            "clv_formula": groups["clv_formula"].sum(min_count=1),
            "clv_12_months_mean": groups["clv_12_months"].mean(),
            "history_revenue_minor": groups["history_revenue_minor"].sum(),
        }
    ).reindex(list(classes))
    nobody = table["customers"].isna()
    totals = ["customers", "clv_12_months", "clv_formula", "history_revenue_minor"]
    table.loc[nobody, totals] = 0
    table = table.astype({"customers": "int64", "history_revenue_minor": "int64"})
    for share, total in (("share_of_clv", "clv_12_months"), ("share_of_history", "history_revenue_minor")):
        whole = table[total].sum()
        table[share] = table[total] / whole if whole > 0 else float("nan")
    return table.rename_axis("class").reset_index()[
        [
            "class",
            "customers",
            "clv_12_months",
            "share_of_clv",
            "clv_12_months_mean",
            "clv_formula",
            "history_revenue_minor",
            "share_of_history",
        ]
    ]


def formula_parts(
    customers: pd.DataFrame, scheme: str, classes: Sequence[str], *, lifetime_months: float, minor_units: int
) -> pd.DataFrame:
    """Return the factors of the formula CLV per class, such that each row's product is its mean.

    Parameters
    ----------
    customers : the customer table with the column `scheme`.
    classes : the classes of the scheme, in the order of the result.
    lifetime_months : the assumed lifetime.
    minor_units : decimals of the currency.

    Returns
    -------
    class, customers (who ever ordered), average_order_value (currency; weighted by how often each customer orders),
    orders_per_month (per customer, over the customer's history of at least a year), lifetime_months,
    clv_formula_mean (currency) = the product of the three. NaN for a class without orders.
    """
    buyers = customers[customers["history_orders"] > 0]
    months = 12 * (buyers["T"] / HORIZON_DAYS).clip(lower=1)
    rates = pd.DataFrame(
        {
            "class": buyers[scheme],
            "orders": buyers["history_orders"] / months,
            "revenue": buyers["history_revenue_minor"] / 10**minor_units / months,
        }
    )
    groups = rates.groupby("class")
    sums = groups[["orders", "revenue"]].sum().reindex(list(classes))
    counts = groups.size().reindex(list(classes), fill_value=0)
    table = pd.DataFrame(
        {
            "customers": counts.astype("int64"),
            "average_order_value": sums["revenue"] / sums["orders"],
            "orders_per_month": sums["orders"] / counts.where(counts > 0),
            "lifetime_months": float(lifetime_months),
        }
    )
    table["clv_formula_mean"] = table["average_order_value"] * table["orders_per_month"] * lifetime_months
    return table.rename_axis("class").reset_index()


def alive_bands(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the repeat customers by their probability of being active, in bands of 10 points.

    Parameters
    ----------
    customers : probability_alive (NaN without a repeat purchase: left out), clv_12_months (currency).

    Returns
    -------
    alive_percent_low, alive_percent_high (low <= percent < high; the last band includes 100), customers,
    share_of_customers, clv_12_months (total). All bands, also those without customers; no rows where no customer
    has a probability.
    """
    known = customers[customers["probability_alive"].notna()]
    columns = ["alive_percent_low", "alive_percent_high", "customers", "share_of_customers", "clv_12_months"]
    if known.empty:
        return pd.DataFrame({column: [] for column in columns})
    width = 100 // ALIVE_BANDS
    # Rounded before cutting: 0.3 * 10 is 3.0000000000000004 short of or above a band by the last bit.
    band = (known["probability_alive"] * ALIVE_BANDS).round(9).astype(int).clip(upper=ALIVE_BANDS - 1)
    values = known.groupby(band)["clv_12_months"].agg(["size", "sum"]).reindex(range(ALIVE_BANDS), fill_value=0)
    return pd.DataFrame(
        {
            "alive_percent_low": values.index * width,
            "alive_percent_high": (values.index + 1) * width,
            "customers": values["size"].astype("int64"),
            "share_of_customers": values["size"] / len(known),
            "clv_12_months": values["sum"].astype(float),
        }
    ).reset_index(drop=True)


def model_checks(verdict: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """Return one row per model: what it was fitted to, how sure its parameters are, and whether it is used.

    Parameters
    ----------
    verdict, parameters : of `LifetimeValue`.

    Returns
    -------
    model (`bg_nbd`, `gamma_gamma`); repeat_customers, min_repeaters; age_known_share, min_age_known_share (of
    bg_nbd alone); uncertain_parameter, largest_relative_error (standard error / estimate), max_relative_error;
    model_state (`used`; `refused`: it failed a check; `not_fitted`: too few customers; `not_needed`: the
    other model failed).
    """
    facts = verdict.iloc[0]
    reason = str(facts["reason"])
    errors = parameters.assign(error=parameters["standard_error"] / parameters["estimate"])
    worst = errors.sort_values("error", ascending=False).drop_duplicates("model").set_index("model")
    table = pd.DataFrame(
        {
            "model": ["bg_nbd", "gamma_gamma"],
            "repeat_customers": [facts["n_repeaters"], facts["n_spenders"]],
            "min_repeaters": facts["min_repeaters"],
            "age_known_share": [facts["age_known_share"], float("nan")],
            "min_age_known_share": [facts["min_age_known_share"], float("nan")],
        }
    )
    table["uncertain_parameter"] = table["model"].map(worst["parameter"]).astype(object)
    table["largest_relative_error"] = table["model"].map(worst["error"]).astype(float)
    table["max_relative_error"] = facts["max_relative_error"]
    spend_failed = reason.startswith("spend_") or reason == "few_spenders"
    states = ("used", "refused") if spend_failed else ("refused", "not_needed") if reason else ("used", "used")
    table["model_state"] = pd.Series(states).where(table["model"].isin(parameters["model"]), "not_fitted")
    return table


def parameter_table(parameters: pd.DataFrame) -> pd.DataFrame:
    """Return the parameters with `relative_error` (standard error / estimate) and the key of their meaning."""
    return parameters.assign(
        relative_error=parameters["standard_error"] / parameters["estimate"],
        parameter_meaning=parameters["model"] + "_" + parameters["parameter"],
    )
