"""The canonical tables: every column with its type, unit, null rule and meaning.

`dataset.yaml` maps raw columns to these names; a name that is not here is refused.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a canonical table; `kind` is text, time, date, amount or number."""

    name: str
    kind: str
    required: bool
    meaning: str


TRANSACTIONS = (
    Column("customer_id", "text", True, "who bought; rows without it are set aside"),
    Column("ordered_at", "time", True, "when, in the source time zone; a pure date is taken as it stands"),
    Column("order_id", "text", False, "the order the line belongs to; without it an order is one customer and day"),
    Column("amount", "amount", False, "money of the line after discounts, negative for money returned"),
    Column("quantity", "number", False, "units; with unit_price it replaces amount"),
    Column("unit_price", "amount", False, "money per unit; with quantity it replaces amount"),
    Column("product_id", "text", False, "what was bought; joins the products table"),
    Column("category", "text", False, "product category; else taken from the products table; null counts as one"),
    Column("status", "text", False, "state of the order, for use in marks"),
    Column("channel", "text", False, "store, site or app"),
)
PRODUCTS = (
    Column("product_id", "text", True, "key"),
    Column("category", "text", True, "product category"),
    Column("department", "text", False, "group of categories"),
    Column("brand", "text", False, "brand"),
)
CUSTOMERS = (
    Column("customer_id", "text", True, "key"),
    Column("registered_on", "time", False, "since when the customer is known; without it, from the first line"),
    Column("age_band", "text", False, "attribute for personas"),
    Column("income_band", "text", False, "attribute for personas"),
    Column("household_size", "text", False, "attribute for personas"),
    Column("household_type", "text", False, "attribute for personas"),
    Column("region", "text", False, "attribute for personas"),
)
CONTACTS = (
    Column("customer_id", "text", True, "who was contacted"),
    Column("contacted_at", "time", True, "when, in the source time zone"),
    Column("campaign_id", "text", False, "campaign"),
    Column("channel", "text", False, "by which channel"),
)
FEEDBACK = (
    Column("customer_id", "text", True, "who answered"),
    Column("given_at", "time", True, "when, in the source time zone"),
    Column("score", "number", True, "the answer on its own scale"),
    Column("question", "text", False, "what was asked"),
    Column("order_id", "text", False, "the order the answer is about"),
)
IDENTITIES = (
    Column("alias_id", "text", True, "an id under which a source knows the customer"),
    Column("customer_id", "text", True, "the one id that stands for the customer everywhere"),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "transactions": TRANSACTIONS,
    "products": PRODUCTS,
    "customers": CUSTOMERS,
    "contacts": CONTACTS,
    "feedback": FEEDBACK,
    "identities": IDENTITIES,
}
KEYS = {"products": ("product_id",), "customers": ("customer_id",), "identities": ("alias_id",)}
# When a row is dated; a product or an identity has no date, so the whole list counts in every month.
DATED_BY = {
    "transactions": "order_date",
    "products": None,
    "customers": "registered_on",
    "contacts": "contacted_at",
    "feedback": "given_at",
    "identities": None,
}
