"""The customer table and the histories once more, in plain pandas and plain loops: slow, and from the definitions."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from statistics import median

import pandas as pd


def customer_rows(
    lines: pd.DataFrame, known: list[str], *, as_of: dt.date, window_days: int, known_from: dt.date
) -> list[dict[str, object]]:
    """Return one dict per customer; `lines` has accepted columns, amounts are Decimals, currency has cents."""
    lines = lines[[day < as_of for day in lines["order_date"]]]
    start = as_of - dt.timedelta(days=window_days)
    rows = []
    for customer in sorted(set(lines["customer_id"]) | set(known)):
        own = [line for line in lines.to_dict("records") if line["customer_id"] == customer]
        sales = [line for line in own if line["kind"] == "sale"]
        recent = [line for line in own if line["order_date"] >= start]
        recent_sales = [line for line in recent if line["kind"] == "sale"]
        back = [line for line in recent if line["kind"] in ("return", "cancellation")]
        days = sorted({line["order_date"] for line in sales})
        orders = len({line["order_id"] for line in recent_sales})
        total = sum((line["amount"] for line in own), Decimal(0))
        money = sum((line["amount"] for line in recent), Decimal(0))
        sold = sum((line["amount"] for line in recent_sales), Decimal(0))
        returned = -sum((line["amount"] for line in back), Decimal(0))
        repeat = [line["amount"] for line in sales if line["order_date"] != days[0]] if days else []
        gaps = [(later - earlier).days for earlier, later in pairwise(days)]
        age = (as_of - days[0]).days if days else None
        status = "buyer" if orders else "lapsed" if days else "never_ordered"
        rows.append(
            {
                "customer_id": customer,
                "buyer_status": status,
                "first_order_date": days[0] if days else None,
                "last_order_date": days[-1] if days else None,
                "age_known": bool(days) and days[0] >= known_from,
                "recency_days": (as_of - days[-1]).days if days else None,
                "orders": orders,
                "net_revenue_minor": _cents(money),
                "average_order_value": float(money) / orders if orders else None,
                "history_orders": len({line["order_id"] for line in sales}),
                "history_revenue_minor": _cents(total),
                "annual_spend": float(total) / max(age / 365, 1) if days else None,
                "purchase_interval_days": median(gaps) if gaps else None,
                "category_breadth": len({line["category"] for line in recent_sales}),
                "return_rate": float(returned) / float(sold) if sold else None,
                "tenure_days": age if days and days[0] >= known_from else None,
                "x": len(days) - 1 if days else None,
                "t_x": (days[-1] - days[0]).days if days else None,
                "T": age,
                "mean_repeat_spend": float(sum(repeat)) / (len(days) - 1) if len(days) > 1 else None,
            }
        )
    return rows


def history_rows(
    lines: pd.DataFrame, *, origin: dt.date, as_of: dt.date, known_from: dt.date, data_start: dt.date
) -> list[dict[str, object]]:
    """Return one dict per customer who bought before `origin`, as `features.histories`."""
    spans = {f"last_{months}": (_months_later(origin, -months), origin) for months in (3, 6, 12)}
    spans |= {f"next_{months}": (origin, _months_later(origin, months)) for months in (3, 6, 12)}
    rows = []
    for customer in sorted(set(lines["customer_id"])):
        own = [line for line in lines.to_dict("records") if line["customer_id"] == customer]
        sales = [line for line in own if line["kind"] == "sale"]
        before = [line for line in sales if line["order_date"] < origin]
        if not before:
            continue
        days = sorted({line["order_date"] for line in before})
        repeat = [line["amount"] for line in before if line["order_date"] != days[0]]
        row = {
            "customer_id": customer,
            "age_known": days[0] >= known_from,
            "x": len(days) - 1,
            "t_x": (days[-1] - days[0]).days,
            "T": (origin - days[0]).days,
            "mean_repeat_spend": float(sum(repeat)) / (len(days) - 1) if repeat else None,
            "sold": float(sum(line["amount"] for line in before)),
            "revenue": float(sum(line["amount"] for line in own if line["order_date"] < origin)),
        }
        for name, (start, end) in spans.items():
            known = data_start <= start and end <= as_of
            bought = {line["order_date"] for line in sales if start <= line["order_date"] < end}
            money = [line["amount"] for line in own if start <= line["order_date"] < end]
            row[f"purchases_{name}"] = len(bought) if known else None
            row[f"revenue_{name}"] = float(sum(money)) if known else None
        rows.append(row)
    return rows


def _months_later(first: dt.date, months: int) -> dt.date:
    """Return the first of the month so many months later."""
    count = 12 * first.year + first.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)


def _cents(amount: Decimal) -> int:
    """Round half away from zero, as databases round decimals."""
    sign = -1 if amount < 0 else 1
    return sign * int(abs(amount) * 100 + Decimal("0.5"))


def daily_rows(lines: pd.DataFrame, *, as_of: dt.date) -> list[dict[str, object]]:
    """Return one dict per day with a sale: customers who bought for the first time, and again."""
    bought: dict[str, set[dt.date]] = {}
    for line in lines.to_dict("records"):
        if line["kind"] == "sale" and line["order_date"] < as_of:
            bought.setdefault(line["customer_id"], set()).add(line["order_date"])
    rows = []
    for day in sorted(set().union(*bought.values())):
        buyers = [customer for customer, days in bought.items() if day in days]
        new = sum(min(bought[customer]) == day for customer in buyers)
        rows.append({"day": day, "first_purchases": new, "repeat_purchases": len(buyers) - new})
    return rows
