"""The analysis of one month, step by step: the place to start reading.

`open_month("complete-journey", "2017-11")` gives a `Month`; its methods are the steps, in order. Each computes
its result once and keeps it on disk, so notebooks that run side by side read what was computed before.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import pandas as pd
from babel.numbers import get_currency_precision

from analysis import classification, clustering, clv, cutoffs, features, strategy, tables
from analysis.change import migration, net_migration
from analysis.engine import DuckDB
from analysis.errors import InputError
from analysis.store import code_hash, digest, remember, written_whole
from analysis.tables import Dataset, calendar

Step = TypeVar("Step")

LOOK_BACK = 24  # months over which earlier forecasts are made again
SHORTEST_HISTORY = 3  # months of data that a forecast is made from at least


@dataclass(frozen=True)
class Table:
    """A step's result that is one table."""

    rows: pd.DataFrame


class Month:
    """One month of one dataset; `open_month` makes it."""

    def __init__(
        self,
        dataset: Dataset,
        month: str,
        accepted: tables.Accepted,
        days: list[dt.date],
        what_if: cutoffs.CutPoints | None = None,
    ) -> None:
        self.dataset, self.month, self.settings = dataset, month, dataset.settings
        self.accepted, self._days, self._what_if = accepted, days, what_if
        self.as_of = calendar.as_of(month)
        self.minor_units = get_currency_precision(self.settings.currency)

    # 1. What was read, set aside and found.
    def quality(self) -> tables.Quality:
        """Return the findings on the rows before `as_of`, and the data gate."""
        return self._remember(
            "quality",
            tables.Quality,
            lambda: tables.assess(
                self.dataset, self.accepted, self.as_of, complete=self.complete, minor_units=self.minor_units
            ),
            self.accepted.key,  # set-aside rows are no part of the hash of accepted ones
            self.complete,
            self.settings.accept_findings,
        )

    def later_lines(self) -> pd.DataFrame:
        """Return, in one row, how many lines are dated at or after `as_of`; see `tables.later_lines`."""
        last = calendar.last_complete_month(self._days, self.settings.complete_through) or self.month
        return tables.later_lines(self.accepted, self.as_of, calendar.as_of(calendar.shift(max(last, self.month), 1)))

    # 2. One row per customer.
    def customers(self) -> pd.DataFrame:
        """Return the customer table at `as_of`; see `features.customer_table` for the columns."""
        known_from = self.data_start + dt.timedelta(days=self.settings.left_censor_days)

        def compute() -> Table:
            with DuckDB() as engine:
                return Table(
                    features.customer_table(
                        engine,
                        self.accepted.path("transactions"),
                        self.accepted.path("customers"),
                        as_of=self.as_of,
                        window_days=self.settings.window_days,
                        known_from=known_from,
                        minor_units=self.minor_units,
                    )
                )

        return self._remember("customers", Table, compute).rows

    def purchase_days(self, customer_id: str) -> pd.DataFrame:
        """Return the days on which one customer bought, and the revenue of each; see `features.purchase_days`."""
        paths = self.accepted.path("transactions"), self.accepted.path("customers")
        with DuckDB() as engine:
            return features.purchase_days(engine, *paths, customer_id=customer_id, as_of=self.as_of)

    # 3. How the month compares with earlier ones.
    def figures(self) -> pd.DataFrame:
        """Return the monthly figures of this and the 12 months before; see `features.monthly_figures`."""
        with DuckDB() as engine:
            return features.monthly_figures(
                engine,
                self.accepted.path("transactions"),
                first_month=calendar.month_start(self._earlier(12)),
                as_of=self.as_of,
                data_start=self.data_start,
                window_days=self.settings.window_days,
                minor_units=self.minor_units,
            )

    def changes(self) -> pd.DataFrame:
        """Return the change of revenue and active customers beyond chance; see `features.compare_months`."""
        with DuckDB() as engine:
            return features.compare_months(
                engine,
                self.accepted.path("transactions"),
                now=calendar.month_start(self.month),
                as_of=self.as_of,
                before=calendar.month_start(self._earlier(1)),
                last_year=calendar.month_start(self._earlier(12)),
                data_start=self.data_start,
                minor_units=self.minor_units,
            )

    # 4. Who they are by rules.
    def classes(self) -> pd.DataFrame:
        """Return every customer's scores and class in every scheme, by the frozen cut points."""
        cuts = self.cut_points.cuts
        return self._remember(
            "classes", classification.Classes, lambda: classification.classify(self.customers(), cuts), cuts
        ).customers

    # 5. Whether natural groups exist.
    def clusters(self) -> clustering.Clustering:
        """Return the clusters of the buyers, and the verdict whether to use them."""
        return self._remember(
            "clusters",
            clustering.Clustering,
            lambda: clustering.cluster(self.customers(), random_state=self.settings.random_state),
        )

    # 6. What they are worth.
    def backtest(self) -> clv.Backtest:
        """Return how every model and baseline would have forecast from earlier months; see `clv.backtest`."""

        def compute() -> clv.Backtest:
            starts = [calendar.shift(self.month, 1 - months) for months in range(LOOK_BACK, 0, -clv.FORECAST_EVERY)]
            history = calendar.month_start(calendar.shift(f"{self.data_start:%Y-%m}", SHORTEST_HISTORY))
            return clv.backtest(
                self.origin(start, self._over) for start in starts if calendar.month_start(start) >= history
            )

        return self._remember("backtest", clv.Backtest, compute, self.complete)

    def lifetime_value(self) -> clv.LifetimeValue:
        """Return each customer's expected value over 12 months, and the verdict which method gave it."""
        terms = clv.Terms(self.settings.formula_lifetime_months, self.settings.annual_discount_rate)
        return self._remember(
            "lifetime_value",
            clv.LifetimeValue,
            lambda: clv.estimate(self.origin(calendar.shift(self.month, 1), self.as_of), self.backtest(), terms),
            self.complete,
        )

    def left_censoring(self) -> pd.DataFrame | None:
        """Return what customers of unknown age do to the forecast, one row per horizon; see `clv.left_censoring`.

        None where too few customers bought again for a model of purchases.
        """
        model = self.lifetime_value().purchase_model()
        if model is None:
            return None

        def compute() -> Table:
            origin = self.origin(calendar.shift(self.month, 1), self.as_of)
            return Table(clv.left_censoring(origin.counts, list(origin.days.values()), type(model)))

        return self._remember("left_censoring", Table, compute, model.params_).rows

    def seasonality(self) -> clv.Seasonality | None:
        """Return whether repeat purchases follow the season; see `clv.purchase_seasonality`. None as above."""
        model = self.lifetime_value().purchase_model()
        if model is None:
            return None

        def compute() -> clv.Seasonality:
            with DuckDB() as engine:
                daily = features.daily_purchases(engine, self.accepted.path("transactions"), as_of=self._over)
            return clv.purchase_seasonality(daily, model, self._over)

        return self._remember("seasonality", clv.Seasonality, compute, model.params_, self.complete)

    def origin(self, start: str, until: dt.date) -> clv.Origin:
        """Return what was known of the customers on the first day of the month `start`, and what came up to `until`."""
        day = calendar.month_start(start)
        known_from = self.data_start + dt.timedelta(days=self.settings.left_censor_days)
        about = {"origin": day, "as_of": max(until, day), "known_from": known_from}
        path = self.accepted.path("transactions")
        with DuckDB() as engine:
            counts = features.history_counts(engine, path, **about)
            customers = features.histories(engine, path, **about, data_start=self.data_start)
        ends = {months: calendar.month_start(calendar.shift(start, months)) for months in features.PERIODS}
        return clv.Origin(start, counts, customers, {months: (end - day).days for months, end in ends.items()})

    # 7. Everything known about each customer.
    def scored(self) -> pd.DataFrame:
        """Return the scored customers: the customer table with classes, cluster and lifetime value."""
        scored = self.customers()
        clusters = self.clusters()
        stable = clusters.verdict["key"].iloc[0] == "stable"  # others are to look at, not to use
        labels = clusters.labels if stable else _without_numbers(clusters.labels)
        for part in (self.classes(), labels, self.lifetime_value().customers):
            scored = scored.merge(part, on="customer_id", how="left", validate="one_to_one")
        return scored

    # 8. What each class holds, and who moved.
    def segments(self, scheme: str | None = None) -> pd.DataFrame:
        """Return what each class of a scheme holds, with its lifetime value and its change on the month before."""
        scheme = scheme or self.settings.primary_scheme
        scored = self.scored()
        table = classification.summary(scored, scheme, self.minor_units)
        value = scored.groupby(scheme)["clv_12_months"]
        # Nobody brings 0; customers of whom nothing is known bring no number.
        table["clv_12_months"] = table["class"].map(value.sum(min_count=1)).mask(table["customers"] == 0, 0.0)
        table["clv_12_months_mean"] = table["class"].map(value.mean())
        for column, earlier in (("previous", self.month_before), ("last_year", self.same_month_last_year)):
            counts = earlier.classes()[scheme].value_counts().reindex(table["class"], fill_value=0) if earlier else None
            table[f"customers_{column}"] = float("nan") if counts is None else counts.to_numpy(dtype=float)
            table[f"change_{column}"] = table["customers"] - table[f"customers_{column}"]
        return table

    def moves(self, scheme: str) -> tuple[pd.DataFrame, pd.DataFrame] | None:
        """Return the migration matrix of a scheme since the month before, and its net; None in a first month."""
        if self.month_before is None:
            return None
        rule = classification.SCHEMES[scheme]
        matrix = migration(self.month_before.classes(), self.classes(), scheme, rule.classes)
        return matrix, net_migration(matrix, rule.ordered_classes)

    def personas(self, scheme: str | None = None) -> pd.DataFrame:
        """Return what sets each class apart by the attributes of the customers table; none without that table."""
        with DuckDB() as engine:
            attributes = engine.query(
                "SELECT * FROM customers WHERE registered_on IS NULL OR registered_on < $as_of ORDER BY customer_id",
                {"customers": self.accepted.path("customers")},
                {"as_of": self.as_of},
            )
        names = [str(name) for name in attributes if name not in ("customer_id", "registered_on")]
        return classification.personas(self.classes(), attributes, scheme or self.settings.primary_scheme, names)

    # 9. What to do for each class.
    def recommendations(self, scheme: str | None = None) -> pd.DataFrame:
        """Return the playbook's strategy for each class, with the figures that speak for it."""
        scheme = scheme or self.settings.primary_scheme
        return strategy.recommend(self.segments(scheme), scheme, strategy.load_playbook())

    def cluster_strategy(self) -> pd.DataFrame:
        """Return what the playbook says to the verdict on the clusters."""
        return strategy.for_clusters(self.clusters().verdict["key"].iloc[0], strategy.load_playbook())

    def resources(self) -> pd.DataFrame:
        """Return who serves each value tier with which effort in sales, marketing and service."""
        return strategy.resource_matrix(self.segments("value_tier"), strategy.load_playbook())

    def actions(self) -> pd.DataFrame:
        """Return the month's first five actions: where most revenue is at stake."""
        return strategy.top_actions(self.recommendations(), self.as_of)

    # What if? Nothing published changes.
    def with_cut_points(self, **cuts: list[float]) -> "Month":
        """Return this month under other cut points; its results are kept apart from the published ones.

        Earlier months that it is compared with are classified by the same cut points.

        Parameters
        ----------
        cuts : the new cut points by their name in `cut_points.cuts`, such as `value_tier=[9, 12]`; all others stay.

        Raises
        ------
        InputError : no score or scheme has such a name, or the cut points do not fit it.
        """
        changed = cutoffs.changed(self.dataset, self.cut_points, cuts)
        return Month(self.dataset, self.month, self.accepted, self._days, changed)

    # Facts of the month.
    @property
    def data_start(self) -> dt.date:
        """First day with accepted lines."""
        return self._days[0]

    @property
    def window_start(self) -> dt.date:
        """First day of the window."""
        return self.as_of - dt.timedelta(days=self.settings.window_days)

    @cached_property
    def cut_points(self) -> cutoffs.CutPoints:
        """The dataset's frozen cut points, or those of the what-if."""
        return self._what_if or cutoffs.load(self.dataset)

    @property
    def cut_points_from_later_data(self) -> bool:
        """Whether the cut points were fitted on a month after this one."""
        return self.month < self.cut_points.baseline

    @cached_property
    def month_before(self) -> "Month | None":
        """The month before; None where its window reaches outside the data, or this month is partial."""
        return self._comparable(1)

    @cached_property
    def same_month_last_year(self) -> "Month | None":
        """The same month last year; None as for the month before."""
        return self._comparable(12)

    @property
    def complete(self) -> bool:
        """Whether the records reach the month's end."""
        return calendar.is_complete(self.month, self._days, self.settings.complete_through)

    def reaches_back(self, months: int) -> bool:
        """Tell whether the month so many months before is complete, and lies in the data from its first day."""
        earlier = self._earlier(months)
        complete = calendar.is_complete(earlier, self._days, self.settings.complete_through)
        return complete and calendar.month_start(earlier) >= self.data_start

    @cached_property
    def rows_hash(self) -> str:
        """Hash of the accepted rows before `as_of`."""
        return tables.rows_hash(self.accepted, self.as_of)

    def save_scored(self) -> Path:
        """Write the scored customers to `months/<month>/customers.parquet`; the file appears whole or not at all.

        Raises
        ------
        InputError : this is a what-if, which must not replace what was published.
        """
        if self._what_if:
            raise InputError(
                "a what-if is not published",
                where=f"{self.dataset.name}, {self.month}",
                got=f"cut points {self.cut_points.version}, given in a notebook",
                expected="the frozen cut points",
                do="Look at its tables; to publish other classes, fit new cut points with "
                f"`make cutoffs DATASET={self.dataset.name}`.",
            )
        path = self.folder / "customers.parquet"
        with written_whole(path) as part:
            self.scored().to_parquet(part, index=False)
        return path

    @property
    def folder(self) -> Path:
        """Where the month's results lie."""
        return self.dataset.folder / "months" / self.month

    @property
    def _over(self) -> dt.date:
        """End of the last month whose records are complete, or of the month before it: nothing later can be judged."""
        return self.as_of if self.complete else calendar.month_start(self.month)

    def _earlier(self, months: int) -> str:
        return calendar.shift(self.month, -months)

    def _comparable(self, months: int) -> "Month | None":
        earlier = Month(self.dataset, self._earlier(months), self.accepted, self._days, self._what_if)
        inside = earlier.window_start >= self.data_start
        return earlier if self.complete and inside and earlier.complete else None

    def _remember(self, step: str, kind: type[Step], compute: Callable[[], Step], *inputs: object) -> Step:
        settings = self.settings.model_dump(exclude={"title", "tables", "accept_findings"})
        key = digest(self.rows_hash, settings, inputs, code_hash())
        return remember(self.folder / "steps" / step, key, kind, compute)


def _without_numbers(labels: pd.DataFrame) -> pd.DataFrame:
    return labels.assign(cluster=pd.Series(pd.NA, index=labels.index, dtype="Int64"))
