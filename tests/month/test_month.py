import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import cutoffs
from analysis.classification import SCHEMES
from analysis.errors import InputError
from analysis.key_figures import key_figures, trends
from analysis.month import Month
from analysis.opening import fit_cut_points, open_month
from analysis.tables import load_dataset
from tests.generated_shop import make_shop, shop_lines
from tests.shop import lines, make_dataset

MONTH = "2024-03"
AS_OF = pd.Timestamp("2024-04-01")
STEPS = ("customers", "classes", "figures", "changes", "scored", "segments", "recommendations", "actions", "resources")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    make_shop(folder, shop_lines())
    return folder


@pytest.fixture(scope="module")
def month(root):
    return open_month("shop", MONTH, root=root)


def everything(month):
    """Return every table of a month."""
    tables = {step: getattr(month, step)() for step in STEPS}
    tables |= {f"quality {name}": table for name, table in vars(month.quality()).items()}
    tables |= {f"clusters {name}": table for name, table in vars(month.clusters()).items()}
    tables |= {f"clv {name}": table for name, table in vars(month.lifetime_value()).items()}
    tables |= {f"backtest {name}": table for name, table in vars(month.backtest()).items()}
    tables |= {f"season {name}": table for name, table in vars(month.seasonality()).items()}
    tables |= {"left censoring": month.left_censoring(), "key figures": key_figures(month), "trends": trends(month)}
    return tables


def test_the_classes_of_every_scheme_sum_to_the_base(month):
    for scheme in SCHEMES:
        segments = month.segments(scheme)
        assert segments["customers"].sum() == len(month.customers())
        assert segments["net_revenue_minor"].sum() == month.customers()["net_revenue_minor"].sum()
        assert segments["change_previous"].sum() == len(month.customers()) - len(month.month_before.customers())


def test_a_customer_has_as_many_purchase_days_as_the_customer_table_says(month):
    regular = month.customers().nlargest(1, "x").iloc[0]
    days = month.purchase_days(regular["customer_id"])
    assert len(days) == regular["x"] + 1 > 2
    assert (days["day"].iloc[-1] - days["day"].iloc[0]).days == regular["t_x"]


def test_scored_customers_are_one_row_each_with_the_decided_columns(month):
    scored = month.scored()
    assert scored["customer_id"].is_unique
    assert scored["customer_id"].is_monotonic_increasing
    assert {
        "rfm_segment",
        "rfm_quadrant",
        "abc",
        "value_tier",
        "frequency_tier",
        "cluster",
        "probability_alive",
        "clv_12_months",
    } <= set(scored)


def test_results_are_remembered_and_equal_when_read_back(root, month):
    fresh = open_month("shop", MONTH, root=root)
    first = everything(month)
    for name, table in everything(fresh).items():
        pd.testing.assert_frame_equal(table, first[name])


def test_a_class_without_customers_brings_0_and_has_no_average(month):
    nobody = month.segments().set_index("class").loc["never_ordered"]
    assert (nobody["customers"], nobody["clv_12_months"]) == (0, 0)
    assert nobody[["clv_12_months_mean", "average_order_value", "median_recency_days"]].isna().all()


LATER = st.lists(
    st.tuples(st.sampled_from(["c001", "c002", "newcomer", ""]), st.integers(0, 40), st.integers(-500, 500)), max_size=6
)


def test_forecasts_are_made_again_every_three_months_from_what_was_known(month):
    # data from January 2023: three months later is the first origin, three months before as_of the last
    made = month.backtest().scores
    assert sorted(made["origin"].unique()) == ["2023-04", "2023-07", "2023-10", "2024-01"]
    assert made.loc[made["months"] == 12, "origin"].unique().tolist() == ["2023-04"]
    first = month.origin("2023-04", month.as_of)
    assert first.days == {3: 91, 6: 183, 12: 366}
    assert first.counts["customers"].sum() == len(first.customers)


def test_a_month_that_is_not_over_judges_no_forecast(month, monkeypatch):
    monkeypatch.setattr(Month, "complete", property(lambda _: False))
    made = month.backtest().scores
    ends = pd.PeriodIndex(made["origin"], freq="M") + made["months"].to_numpy()
    assert ends.max() == pd.Period("2024-01", "M")  # the next origin would look into March


def test_too_few_repeat_customers_leave_conditions_untold(tmp_path):
    days = pd.date_range("2023-12-01", "2024-03-31", freq="D").astype(str)
    make_dataset(tmp_path, lines(*((f"c{day}", day, day, 5.0, "tea") for day in days)))
    opened = open_month("shop", MONTH, root=tmp_path)
    assert opened.lifetime_value().verdict["reason"].item() == "no_repeaters"
    assert opened.left_censoring() is None
    assert opened.seasonality() is None


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(later=LATER)
def test_rows_at_or_after_as_of_change_nothing_of_the_month(tmp_path_factory, month, later):
    table = shop_lines()
    kept = table[table["time"] < AS_OF]
    added = pd.DataFrame(
        [
            (customer, AS_OF + pd.Timedelta(days=days), f"later-{n}", amount / 100, "tea")
            for n, (customer, days, amount) in enumerate(later)
        ],
        columns=table.columns,
    )
    other_root = tmp_path_factory.mktemp("altered")
    dataset = make_dataset(other_root, pd.concat([kept, added]))
    cutoffs.save(dataset, month.cut_points)
    altered = open_month("shop", MONTH, root=other_root)
    assert altered.rows_hash == month.rows_hash
    original = everything(month)
    for name, found in everything(altered).items():
        pd.testing.assert_frame_equal(found, original[name], obj=name)


def test_key_figures_agree_with_the_tables_they_summarise(month):
    figures = key_figures(month).set_index("measure")
    own = shop_lines()
    own = own[(own["time"] >= "2024-03-01") & (own["time"] < AS_OF)]
    assert figures.loc["net_revenue_minor", "value"] == round(100 * own["amount"].sum())
    assert figures.loc["active_customers", "value"] == own[own["amount"] > 0]["customer"].nunique()
    customers = month.customers()
    assert figures.loc["repurchase_rate", "value"] == pytest.approx(
        (customers["orders"] >= 2).sum() / (customers["orders"] >= 1).sum()
    )
    assert figures["reason"].dropna().tolist() == ["no_churn_warning", "no_feedback"]


def test_a_month_that_the_data_do_not_fill_is_not_last_year(tmp_path):
    make_shop(tmp_path, shop_lines()[lambda table: table["time"] >= "2023-03-25"], baseline="2023-12")
    figures = key_figures(open_month("shop", MONTH, root=tmp_path)).set_index("measure")
    assert figures["last_year"].isna().all()
    figures = key_figures(open_month("shop", "2024-04", root=tmp_path)).set_index("measure")
    assert figures.loc["active_customers", "last_year"] > 0


def test_nobody_who_moved_is_no_finding(tmp_path):
    days = pd.date_range("2024-01-01", "2024-05-31", freq="D").astype(str)
    make_shop(
        tmp_path, lines(*[(c, day, f"{c}{day}", 10.0, "tea") for c in ("ann", "bob") for day in days]), window_days=30
    )
    row = key_figures(open_month("shop", "2024-04", root=tmp_path)).set_index("measure").loc["net_migration"]
    assert (row["value"], row["within_noise"]) == (0, True)


def test_a_month_without_records_that_the_owner_vouches_for_has_figures_of_0(tmp_path):
    kept = shop_lines()[lambda table: (table["time"] < "2024-02-01") | (table["time"] >= "2024-03-01")]
    make_shop(tmp_path, kept, complete_through="2024-04-30")
    figures = key_figures(open_month("shop", "2024-02", root=tmp_path)).set_index("measure")
    assert figures.loc["active_customers", "value"] == 0
    assert figures.loc["net_revenue_minor", "value"] == 0


def test_the_first_month_compares_with_nothing(root):
    first = open_month("shop", "2023-04", root=root)  # data begin on 2 January
    figures = key_figures(first).set_index("measure")
    assert first.month_before is None
    assert first.segments()["customers_previous"].isna().all()
    assert figures.loc["net_migration", "reason"] == "starts_next_month"


def test_months_before_the_baseline_say_so(tmp_path):
    dataset = make_shop(tmp_path, shop_lines(40), baseline="2023-08")
    assert open_month("shop", "2023-07", root=tmp_path).cut_points_from_later_data
    assert not open_month("shop", "2023-08", root=tmp_path).cut_points_from_later_data
    assert cutoffs.load(dataset).baseline == "2023-08"


def test_the_default_month_is_the_last_complete_one(root):
    # 500 days from 1 January 2023 end on 14 May 2024
    assert open_month("shop", root=root).month == "2024-04"


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2024-09", "2023-04 to 2024-05"),
        ("2022-12", "2023-04 to 2024-05"),
        ("2023-02", "a window of at most 58 days"),
        ("2024-1", "YYYY-MM"),
    ],
)
def test_a_month_outside_the_data_or_its_window_is_refused(root, month, expected):
    with pytest.raises(InputError, match=expected):
        open_month("shop", month, root=root)


def test_without_cut_points_the_message_names_the_command(tmp_path):
    make_dataset(tmp_path, shop_lines(30))
    with pytest.raises(InputError, match="make cutoffs DATASET=shop"):
        open_month("shop", MONTH, root=tmp_path).classes()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff\x00", "cannot be read"),
        ("{", "cannot be read"),
        ('{"version": "1"}', "cannot be read"),
        ("[]", "cannot be read"),
    ],
    ids=["binary", "broken", "incomplete", "list"],
)
def test_a_broken_cut_file_says_how_to_make_it_anew(tmp_path, content, expected):
    dataset = make_shop(tmp_path, shop_lines(30))
    cutoffs.cut_file(dataset).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=expected):
        cutoffs.load(dataset)


def test_cut_points_of_another_window_are_refused(tmp_path):
    make_shop(tmp_path, shop_lines(30))
    make_dataset(tmp_path, shop_lines(30), window_days=60)
    with pytest.raises(InputError, match="a window of 90 days"):
        cutoffs.load(load_dataset("shop", tmp_path))


def test_cut_points_of_other_rules_are_refused(tmp_path):
    make_shop(tmp_path, shop_lines(30))
    marks = {"set_aside": {"sample": "amount < 1"}}
    changed = make_dataset(tmp_path, shop_lines(30), transactions={"marks": marks})
    with pytest.raises(InputError, match=r"rules, weights or marks have changed.*make cutoffs"):
        cutoffs.load(changed)


def test_a_baseline_that_fails_a_data_check_is_refused(tmp_path):
    make_dataset(tmp_path, shop_lines(30))
    with pytest.raises(InputError, match="a partial month"):
        fit_cut_points("shop", "2024-05", root=tmp_path)


def test_the_version_of_the_cut_points_changes_exactly_when_a_cut_does(tmp_path):
    make_dataset(tmp_path, shop_lines(30))
    first = fit_cut_points("shop", "2023-06", root=tmp_path)
    assert fit_cut_points("shop", "2023-06", root=tmp_path).version == first.version
    assert fit_cut_points("shop", "2023-09", root=tmp_path).version != first.version


def test_one_customer_and_nobody_with_a_sale_do_not_crash(tmp_path):
    days = pd.date_range("2024-01-01", "2024-03-31", freq="3D").astype(str)
    one = lines(*[("ann", day, day, 10.0, "tea") for day in days])
    make_shop(tmp_path, one, window_days=30)
    opened = open_month("shop", "2024-02", root=tmp_path)
    assert opened.clusters().verdict["key"].tolist() == ["too_few_customers"]
    assert opened.lifetime_value().verdict["method"].tolist() == ["formula"]
    assert opened.segments()["customers"].sum() == 1


def test_all_amounts_negative_leave_nobody_to_fit_cut_points_on(tmp_path):
    days = pd.date_range("2024-01-01", "2024-03-31").astype(str)
    returns = lines(*[("ann", day, day, -10.0, "tea") for day in days])
    make_dataset(tmp_path, returns, window_days=30)
    with pytest.raises(InputError, match="nobody bought"):
        fit_cut_points("shop", root=tmp_path)


def test_a_what_if_classifies_by_its_own_cut_points_and_leaves_the_published_result_alone(month):
    published, folder = month.classes(), month.folder / "steps" / "classes"
    kept = {path: path.read_bytes() for path in folder.rglob("*.parquet")}
    what_if = month.with_cut_points(value_tier=[3, 4])  # the sum of three scores runs from 3 to 15
    buyers = what_if.scored()["buyer_status"] == "buyer"
    sums = what_if.scored().loc[buyers, "value_tier"].value_counts()
    assert sums["high"] > (published["value_tier"] == "high").sum()
    assert what_if.cut_points.version != month.cut_points.version
    assert what_if.month_before.cut_points == what_if.cut_points
    assert what_if.classes().drop(columns="value_tier").equals(published.drop(columns="value_tier"))
    assert month.classes().equals(published)
    assert {path: path.read_bytes() for path in kept} == kept


def test_the_cut_points_in_force_as_what_if_are_the_published_classes(month):
    same = month.with_cut_points(value_tier=month.cut_points.cuts["value_tier"])
    assert same.cut_points == month.cut_points
    assert same.classes().equals(month.classes())


def test_a_what_if_is_never_saved_as_the_scored_customers(month):
    with pytest.raises(InputError, match=r"a what-if is not published.*make cutoffs"):
        month.with_cut_points(value_tier=[3, 4]).save_scored()


@pytest.mark.parametrize(
    ("cuts", "told"),
    [({"value_teir": [3, 4]}, "no score or scheme.*value_teir"), ({"value_tier": [4]}, "missing or malformed")],
    ids=["unknown-name", "wrong-number"],
)
def test_cut_points_of_a_what_if_that_fit_nothing_are_refused(month, cuts, told):
    with pytest.raises(InputError, match=f"(?s){told}"):
        month.with_cut_points(**cuts)
