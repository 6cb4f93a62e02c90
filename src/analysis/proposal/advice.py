"""What a person should know before trusting the first report: ids that are none, gaps, doubtful money."""

from analysis.engine.duck import DuckDB
from analysis.proposal.columns import Found
from analysis.proposal.exports import EMAIL, MASKED, PHONE, Facts

FEW_LINES, FEW_ORDERS = 100, 20  # below, a report says little, and a ratio of ids to orders nothing
ONE_PER_ORDER = 0.97  # customers per order from which on the id is rather one of orders
MISSING_WARNS, MISSING_STOPS = 0.01, 0.5  # as the data gate takes lines without a customer
UNREADABLE = 0.05  # as the data gate takes times and amounts
WANTED = {
    "order_id": "without it an order is one customer and day",
    "product_id": "fees cannot be told from products",
    "category": "breadth then counts products, or nothing",
}


def on_customers(db: DuckDB, found: Found, facts: Facts) -> list[str]:
    """Return what is wrong with the ids of customers in `measured`."""
    rows, filled, ids, orders, masked, emails, phones = (
        int(str(count))
        for count in db.execute(
            f"""SELECT COUNT(*), COUNT(customer), COUNT(DISTINCT customer), COUNT(DISTINCT order_id),
                    COUNT(*) FILTER (regexp_full_match(customer, '{MASKED}')),
                    COUNT(*) FILTER (regexp_full_match(customer, '{EMAIL}')),
                    COUNT(*) FILTER (regexp_full_match(customer, '{PHONE}'))
                FROM measured"""
        )[0]
    )
    told = []
    if masked:
        told.append(
            f"{found.raw}: {masked / filled:.0%} of the ids are masked (such as 138****5678), so customers "
            "share one; ask for an export with a member number."
        )
    if facts.consecutive:
        told.append(f"{found.raw}: the values number the rows. They are no customers; name another column.")
    elif orders >= FEW_ORDERS and ids >= ONE_PER_ORDER * orders:
        told.append(f"{found.raw}: nearly every order has an id of its own. It may name orders, not customers.")
    if emails + phones > filled / 2:
        kind = "email addresses" if emails > phones else "phone numbers"
        told.append(f"{found.raw}: the ids are {kind}, personal data that the customer lists will carry.")
    missing = 1 - filled / rows if rows else 0
    if missing > MISSING_WARNS:
        stops = "; the report stops above 50 % unless accept_findings names missing_customer" * (
            missing > MISSING_STOPS
        )
        told.append(f"{found.raw}: {missing:.0%} of the lines have no customer and will be set aside{stops}.")
    if ids == 1:
        told.append(f"{found.raw}: there is only one customer.")
    if rows < FEW_LINES:
        told.append(f"There are only {rows} lines: the numbers of a report will be weak.")
    return told


def on_reading(db: DuckDB) -> list[str]:
    """Return how many times and amounts of `measured` cannot be read, where the data gate would stop."""
    rows, times, amounts = (
        int(str(count))
        for count in db.execute(
            "SELECT COUNT(*), COUNT(*) FILTER (moment IS NULL), COUNT(*) FILTER (amount IS NULL) FROM measured"
        )[0]
    )
    said = {"times": times, "amounts": amounts}
    return [
        f"{count / rows:.0%} of the {name} cannot be read with what is proposed; the report stops above 5 %."
        for name, count in said.items()
        if rows and count > UNREADABLE * rows
    ]


def on_columns(mapped: set[str]) -> list[str]:
    """Return what the report lacks for columns that are not there."""
    return [f"No column for {name}: {lack}." for name, lack in WANTED.items() if name not in mapped]
