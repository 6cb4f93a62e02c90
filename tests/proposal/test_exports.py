"""A dozen odd exports: each proposal is the expected text, loads back, and reads every row of the export."""

import pytest

from analysis.engine import DuckDB
from analysis.errors import InputError
from analysis.tables import load_dataset, read
from tests.proposal.exports import EXPECTED, EXPORTS, cents, orders

ORDERS = orders()
LINES = sum(len(lines) for *_, lines in ORDERS)


def numbered(every, but=None):
    """Return the orders whose number is a multiple of one number, and not of another."""
    return [order for order in ORDERS if order[0] % every == 0 and (but is None or order[0] % but)]


ROWS = {
    "taobao": len(ORDERS),
    "shopify": LINES + len(numbered(25, but=40)),
    "european": LINES,
    "workbook": LINES,
    "monthly": len(ORDERS),
    "database": LINES,
    "hive": LINES,
    "utf16": LINES + len(ORDERS),
    "refund_column": len(ORDERS) + len(numbered(15, but=45)),
    "refund_rows": len(ORDERS) + len(numbered(12)),
    "masked_phones": len(ORDERS),
    "row_numbers": len(ORDERS),
    "wide": len(orders(each=4)),
    "statuses": LINES + sum(len(order[3]) for order in numbered(19) if all(order[0] % n for n in (9, 13, 16))),
    "top_ups": LINES + len(numbered(30)) + len(numbered(10)),
}


def counts(accepted):
    """Return rows and cents of accepted lines, and rows set aside by reason."""
    with DuckDB() as db:
        rows, money = db.execute(f"SELECT COUNT(*), ROUND(SUM(amount) * 100) FROM '{accepted.path('transactions')}'")[0]
        aside = dict(db.execute(f"SELECT reason, COUNT(*) FROM '{accepted.path('set_aside')}' GROUP BY reason"))
    return rows, int(money), aside


@pytest.mark.parametrize("name", EXPORTS)
def test_the_proposal_is_the_expected_text(name, made):
    _, _, text = made(name)
    assert text == (EXPECTED / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ROWS)
def test_every_row_of_the_export_is_accepted_or_set_aside(name, made):
    root, proposal, _ = made(name)
    assert not proposal.must_choose
    rows, _, aside = counts(read(load_dataset("shop", root)))
    assert rows + sum(aside.values()) == ROWS[name]
    assert not {"unreadable_time", "unreadable_amount", "missing_customer", "unmarked_negative"} & aside.keys()


def test_ambiguous_dates_are_not_read_before_a_line_is_chosen(made):
    root, proposal, text = made("ambiguous_dates")
    assert proposal.must_choose
    with pytest.raises(InputError, match="day and month"):
        read(load_dataset("shop", root))
    chosen = text.replace("# time_format: '%m/%d/%Y'", "time_format: '%m/%d/%Y'").replace("EXPORT", f"{root}/export")
    proposal.path.write_text(chosen, encoding="utf-8")
    rows, _, aside = counts(read(load_dataset("shop", root)))
    assert (rows, aside) == (len(ORDERS), {})


def test_orders_that_never_took_place_are_set_aside(made):
    root, *_ = made("taobao")
    closed, unpaid = numbered(7), [order for order in numbered(11) if order[0] % 7]
    _, money, aside = counts(read(load_dataset("shop", root)))
    assert aside == {"cancelled_order": len(closed), "unpaid": len(unpaid)}
    assert money == sum(cents(lines) for number, _, _, lines in ORDERS if number % 7 and number % 11)


def test_refunds_in_a_column_of_their_own_lower_the_revenue(made):
    root, *_ = made("refund_column")
    _, money, aside = counts(read(load_dataset("shop", root)))
    refunds = sum(cents(lines) // 2 for *_, lines in numbered(15, but=45))
    assert aside == {"cancelled_order": len(numbered(45))}  # neither their sale counts nor its refund
    assert money == sum(cents(lines) for *_, lines in numbered(1, but=45)) - refunds


def test_refunds_in_rows_without_a_sign_lower_the_revenue_on_their_own_date(made):
    root, *_ = made("refund_rows")
    _, money, _ = counts(read(load_dataset("shop", root)))
    assert money == sum(cents(lines) for number, _, _, lines in ORDERS if number % 12)


def test_orders_that_were_refunded_whole_leave_nothing(made):
    root, *_ = made("statuses")
    _, money, aside = counts(read(load_dataset("shop", root)))
    never = [order for order in ORDERS if not all(order[0] % n for n in (9, 13, 16))]
    assert money == sum(cents(lines) for number, _, _, lines in ORDERS if all(number % n for n in (9, 13, 16, 19)))
    assert sum(aside.values()) == sum(len(lines) for *_, lines in never)


def test_line_items_share_the_discounted_total_of_their_order(made):
    root, *_ = made("shopify")
    _, money, _ = counts(read(load_dataset("shop", root)))
    paid = {number: cents(lines) * (90 if number % 10 == 0 else 100) // 100 for number, _, _, lines in ORDERS}
    expected = sum(paid[order[0]] for order in numbered(1, but=40)) - sum(
        paid[order[0]] for order in numbered(25, but=40)
    )
    assert abs(money - expected) <= 1  # shares are kept to a hundredth of a cent


def test_fees_and_cancelled_invoices_are_told_from_sales(made):
    root, *_ = made("utf16")
    _, money, aside = counts(read(load_dataset("shop", root)))
    assert aside["fees"] == len(ORDERS)
    assert aside.keys() <= {"fees", "same_day_cancellation"}  # by chance, a few invoices mirror another one's line
    assert money == sum(cents(lines) * (-1 if number % 20 == 0 else 1) for number, _, _, lines in ORDERS)


def test_money_paid_in_for_later_is_no_sale(made):
    root, *_ = made("top_ups")
    _, money, aside = counts(read(load_dataset("shop", root)))
    assert aside == {"top_up": len(numbered(30)), "fees": len(numbered(10))}
    assert money == sum(cents(lines) for *_, lines in ORDERS)


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("masked_phones", "masked"),
        ("row_numbers", "customer_id numbers the rows"),
        ("shopify", "email addresses"),
        ("refund_column", "40 refunds stand without a sign"),
        ("ambiguous_dates", "day and month could be either way round"),
        ("monthly", "No column for category"),
        ("hive", "currency is a guess"),
    ],
)
def test_what_is_doubtful_is_said(name, warning, made):
    _, proposal, _ = made(name)
    assert any(warning in told for told in proposal.warnings)


def test_a_sound_export_gives_no_warning(made):
    for name in ("european", "workbook", "top_ups"):
        assert made(name)[1].warnings == []
