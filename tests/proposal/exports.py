"""Odd exports as shops really send them: one function each, the same bytes every time.

All hold the same small shop: about 60 customers, 15 months from 2023-01, prices in whole cents. `python -m
tests.proposal.exports` writes the expected proposals anew; read the difference before committing it.
"""

import csv
import datetime as dt
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import xlsxwriter

EXPECTED = Path(__file__).parent / "expected"
FIRST, DAYS = dt.datetime(2023, 1, 2, 9, 0), 454
PRODUCTS = [
    ("K-100", "Kettle", "kitchen", 2450),
    ("K-200", "Pan", "kitchen", 3999),
    ("G-10", "Spade", "garden", 1295),
    ("G-20", "Hose", "garden", 2190),
    ("B-7", "Lamp", "living", 5500),
]


def orders(seed=1, customers=60, each=8):
    """Return orders (number, customer number, time, [(product, quantity)]) by time; every customer comes back."""
    rng = random.Random(seed)
    made = []
    for customer in range(customers):
        for _ in range(rng.randint(2, 2 * each - 2)):
            time = FIRST + dt.timedelta(days=rng.randrange(DAYS), minutes=rng.randrange(600))
            lines = [(product, rng.randint(1, 3)) for product in rng.sample(PRODUCTS, rng.randint(1, 3))]
            made.append((time, 1001 + 7 * customer, lines))
    # Every day has an order, so that every month is complete.
    made += [
        (FIRST + dt.timedelta(days=day), 1001 + 7 * (day % customers), [(PRODUCTS[day % 5], 1)]) for day in range(DAYS)
    ]
    return [
        (50001 + n, customer, time, lines)
        for n, (time, customer, lines) in enumerate(sorted(made, key=lambda o: o[:2]))
    ]


def cents(lines):
    """Return the money of an order in whole cents."""
    return sum(product[3] * quantity for product, quantity in lines)


def money(value, mark=".", thousands=""):
    """Return cents as text."""
    whole = f"{value // 100:,}".replace(",", thousands)
    return f"{whole}{mark}{value % 100:02d}"


def write_csv(path, rows, encoding="utf-8", delimiter=","):
    """Write dictionaries as a CSV file with the keys of the first as headings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return [str(path)]


def taobao(folder):
    """One row per order in GB18030; closed and unpaid orders are told by their state, phones are masked."""
    states = {7: "交易关闭", 11: "等待买家付款,等待发货"}
    rows = [
        {
            "订单编号": f"{2300000000 + number}",
            "买家会员名": f"买家{customer}",
            "总金额": money(cents(lines) + 500),
            "买家实际支付金额": money(cents(lines)),
            "订单状态": next((s for n, s in states.items() if number % n == 0), "交易成功"),
            "收货人姓名": "张**",
            "联系手机": f"138****{customer}",
            "订单创建时间": f"{time:%Y-%m-%d %H:%M:%S}",
            "订单付款时间": f"{time:%Y-%m-%d %H:%M:%S}",
            "宝贝标题": lines[0][0][1],
            "宝贝总数量": sum(q for _, q in lines),
            "店铺名称": "小店",
        }
        for number, customer, time, lines in orders()
    ]
    return write_csv(folder / "taobao.csv", rows, "gb18030")


def shopify(folder):
    """One row per line item; what belongs to the order stands in its first row alone; a discount lowers Subtotal."""
    rows = []
    for number, customer, time, lines in orders():
        subtotal = cents(lines) * (90 if number % 10 == 0 else 100) // 100
        for place, (product, quantity) in enumerate(lines):
            first = place == 0
            rows.append(
                {
                    "Name": f"#{number}",
                    "Email": f"c{customer}@example.com" if first else "",
                    "Financial Status": ("voided" if number % 40 == 0 else "paid") if first else "",
                    "Paid at": f"{time:%Y-%m-%d %H:%M:%S} +0000" if first else "",
                    "Currency": "USD" if first else "",
                    "Subtotal": money(subtotal) if first else "",
                    "Shipping": "5.00" if first else "",
                    "Taxes": "0.00" if first else "",
                    "Total": money(subtotal + 500) if first else "",
                    "Discount Amount": money(cents(lines) - subtotal) if first else "",
                    "Created at": f"{time:%Y-%m-%d %H:%M:%S} +0000" if first else "",
                    "Lineitem quantity": quantity,
                    "Lineitem name": product[1],
                    "Lineitem price": money(product[3]),
                    "Lineitem sku": product[0],
                    "Refunded Amount": (money(subtotal) if number % 25 == 0 else "0.00") if first else "",
                }
            )
    return write_csv(folder / "orders_export.csv", rows)


def european(folder):
    """Semicolons, commas before the cents, points between thousands, the day first, Western European letters."""
    rows = [
        {
            "Kundennr": customer,
            "Bestelldatum": f"{time:%d.%m.%Y %H:%M}",
            "Bestellnummer": number,
            "Artikelnr": product[0],
            "Bezeichnung": f"{product[1]} für Küche",
            "Menge": quantity,
            "Gesamtbetrag (EUR)": money(product[3] * quantity, ",", "."),
        }
        for number, customer, time, lines in orders()
        for product, quantity in lines
    ]
    return write_csv(folder / "umsatz.csv", rows, "cp1252", ";")


def workbook(folder):
    """A workbook with title rows above the sales, and a second sheet of the customers."""
    folder.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(folder / "sales.xlsx", {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sales, members = book.add_worksheet("Sales"), book.add_worksheet("Members")
        sales.write_row(0, 0, ["Sales of all stores"])
        sales.write_row(1, 0, ["Printed for the board"])
        sales.write_row(3, 0, ["Receipt no", "Date", "Member no", "SKU", "Category", "Qty", "Net sales (GBP)", "Store"])
        row = 4
        for number, customer, time, lines in orders():
            for product, quantity in lines:
                values = [
                    f"R{number}",
                    time,
                    f"{customer:06d}",
                    product[0],
                    product[2],
                    quantity,
                    product[3] * quantity / 100,
                    "North",
                ]
                sales.write_row(row, 0, values)
                row += 1
        members.write_row(0, 0, ["Member no", "Join date", "Age group", "City"])
        for place, customer in enumerate(sorted({customer for _, customer, *_ in orders()}), 1):
            members.write_row(
                place,
                0,
                [f"{customer:06d}", dt.datetime(2022, 1 + place % 12, 3), ["20-29", "30-39"][place % 2], "Leeds"],
            )
    return [str(folder / "sales.xlsx")]


def monthly(folder):
    """A folder with one file per month."""
    months = {}
    for number, customer, time, lines in orders():
        row = {
            "order_id": number,
            "customer_id": customer,
            "created_at": f"{time:%Y-%m-%dT%H:%M:%S}",
            "total_usd": money(cents(lines)),
        }
        months.setdefault(f"{time:%Y-%m}", []).append(row)
    for month, rows in months.items():
        write_csv(folder / "monthly" / f"sales-{month}.csv", rows)
    return [str(folder / "monthly")]


def database(folder):
    """A SQLite file with orders, their lines, products and customers in tables of their own."""
    path = folder / "shop.sqlite"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE customers (id INTEGER, signup_date TEXT, region TEXT)")
        base.execute("CREATE TABLE products (id INTEGER, name TEXT, category TEXT, brand TEXT)")
        base.execute("CREATE TABLE orders (id INTEGER, customer_id INTEGER, ordered_at TEXT, status TEXT)")
        base.execute(
            "CREATE TABLE order_items (order_id INTEGER, product_id INTEGER, quantity INTEGER, unit_price REAL)"
        )
        for place, (_, name, category, _) in enumerate(PRODUCTS, 1):
            base.execute("INSERT INTO products VALUES (?, ?, ?, ?)", (place, name, category, "Own"))
        for number, customer, time, lines in orders():
            base.execute(
                "INSERT INTO orders VALUES (?, ?, ?, ?)",
                (number, customer, f"{time:%Y-%m-%d %H:%M:%S}", "cancelled" if number % 30 == 0 else "complete"),
            )
            for product, quantity in lines:
                base.execute(
                    "INSERT INTO order_items VALUES (?, ?, ?, ?)",
                    (number, PRODUCTS.index(product) + 1, quantity, product[3] / 100),
                )
        for customer in sorted({customer for _, customer, *_ in orders()}):
            base.execute("INSERT INTO customers VALUES (?, ?, ?)", (customer, "2022-05-01", "North"))
    return [str(path)]


def hive(folder):
    """Parquet in a Hive layout, typed: ids are numbers, times are timestamps; returns are negative."""
    rows = pd.DataFrame(
        [
            {
                "transaction_id": number,
                "client_id": customer,
                "transaction_timestamp": time,
                "sku": product[0],
                "category": product[2],
                "units": quantity,
                "amount": product[3] * quantity / 100 * (-1 if number % 17 == 0 else 1),
                "year": time.year,
                "month": time.month,
            }
            for number, customer, time, lines in orders()
            for product, quantity in lines
        ]
    )
    rows["transaction_timestamp"] = rows["transaction_timestamp"].astype("datetime64[us]")
    rows.to_parquet(folder / "lake", partition_cols=["year", "month"])
    return [str(folder / "lake")]


def utf16(folder):
    """Tabs and UTF-16, as some tools save for Excel; months are words, money carries a sign."""
    rows = [
        {
            "Invoice No": f"{'C' if number % 20 == 0 else ''}{number}",
            "Invoice Date": f"{time:%d %b %Y}",
            "Client": f"Müller & Söhne {customer}",
            "Line Total": f"{'-' if number % 20 == 0 else ''}£{money(product[3] * quantity, '.', ',')}",
            "Product Code": product[0],
        }
        for number, customer, time, lines in orders()
        for product, quantity in [*lines, (("POST", "Postage", "", 395), 1)]
    ]
    return write_csv(folder / "invoices.txt", rows, "utf-16", "\t")


def refund_column(folder):
    """Refunds as positive amounts beside what was paid."""
    rows = [
        {
            "订单号": f"D{number}",
            "会员号": f"V{customer}",
            "下单时间": f"{time:%Y/%m/%d %H:%M}",
            "实付金额(元)": money(cents(lines)),
            "退款金额(元)": money(cents(lines) // 2) if number % 15 == 0 else "0.00",
            "渠道": "小程序",
            "品类": lines[0][0][2],
        }
        for number, customer, time, lines in orders()
    ]
    return write_csv(folder / "订单.csv", rows, "utf-8-sig")


def refund_rows(folder):
    """Refunds as rows of their own, positive, told by their type."""
    rows = []
    for number, customer, time, lines in orders():
        row = {
            "Receipt": number,
            "Transaction ID": f"T{number}",
            "Customer ID": f"CU{customer}",
            "Date": f"{time:%Y-%m-%d}",
            "Type": "Sale",
            "Amount": money(cents(lines)),
            "Currency": "EUR",
        }
        rows.append(row)
        if number % 12 == 0:
            rows.append(row | {"Date": f"{time + dt.timedelta(days=3):%Y-%m-%d}", "Type": "Refund"})
    return write_csv(folder / "till.csv", rows)


def masked_phones(folder):
    """No member number: the only id is a masked phone."""
    rows = [
        {
            "订单号": number,
            "手机号": f"138****{customer % 100:04d}",
            "付款时间": f"{time:%Y-%m-%d %H:%M:%S}",
            "成交金额": money(cents(lines)),
        }
        for number, customer, time, lines in orders()
    ]
    return write_csv(folder / "phones.csv", rows)


def row_numbers(folder):
    """The column called customer id numbers the rows; the client code is the customer."""
    rows = [
        {
            "customer_id": place,
            "client_code": f"A{customer}",
            "order_date": f"{time:%Y-%m-%d}",
            "order_no": number,
            "paid_amount": money(cents(lines)),
        }
        for place, (number, customer, time, lines) in enumerate(orders(), 1)
    ]
    return write_csv(folder / "rows.csv", rows)


def ambiguous_dates(folder):
    """No day above 12: nothing tells day from month."""
    rows = [
        {
            "order id": number,
            "customer no": customer,
            "order date": f"{time.day % 12 + 1:02d}/{time:%m/%Y}",
            "net amount": money(cents(lines)),
        }
        for number, customer, time, lines in orders()
    ]
    return write_csv(folder / "dates.csv", rows)


def wide(folder):
    """300 columns, of which five matter."""
    rows = [
        {
            "order_number": number,
            "member_id": customer,
            "purchase_date": f"{time:%m/%d/%Y}",
            "order_total": f"${money(cents(lines))}",
            **{f"attribute_{n}": (number * n) % 97 for n in range(295)},
            "sales_channel": "web",
        }
        for number, customer, time, lines in orders(each=4)
    ]
    return write_csv(folder / "wide.csv", rows)


def statuses(folder):
    """States decide: cancelled, failed and pending orders never took place, refunded ones were taken back whole."""
    states = {9: "cancelled", 13: "failed", 16: "pending", 19: "refunded"}
    rows = [
        {
            "Order Number": number,
            "Order Date": f"{time:%Y-%m-%d %H:%M}",
            "Status": next((s for n, s in states.items() if number % n == 0), "completed"),
            "Customer User ID": customer,
            "Item Name": product[1],
            "SKU": product[0],
            "Quantity": quantity,
            "Item Cost": money(product[3]),
            "Order Total Amount": money(cents(lines)),
            "Currency": "GBP",
        }
        for number, customer, time, lines in orders()
        for product, quantity in lines
    ]
    return write_csv(folder / "woocommerce.csv", rows)


def top_ups(folder):
    """Stored value: money paid in is no sale, what it buys is."""
    rows = []
    for number, customer, time, lines in orders():
        goods = [(product[0], product[1], product[2], product[3] * quantity) for product, quantity in lines]
        stored = [("CZ500", "会员充值500元", "储值", 50000)] if number % 30 == 0 else []
        postage = [("YF", "运费", "其他", 800)] if number % 10 == 0 else []
        rows += [
            {
                "小票号": f"X{number}",
                "会员卡号": f"{customer:08d}",
                "消费时间": f"{time:%Y年%m月%d日 %H:%M}",
                "商品编码": code,
                "商品名称": name,
                "类目": category,
                "实收金额": f"￥{money(value, '.', ',')}",
                "门店": "一店",
            }
            for code, name, category, value in goods + stored + postage
        ]
    return write_csv(folder / "小票.csv", rows, "gb18030")


EXPORTS = {
    make.__name__: make
    for make in (
        taobao,
        shopify,
        european,
        workbook,
        monthly,
        database,
        hive,
        utf16,
        refund_column,
        refund_rows,
        masked_phones,
        row_numbers,
        ambiguous_dates,
        wide,
        statuses,
        top_ups,
    )
}


def proposed(name, root):
    """Make an export and a proposal for it below `root`; return the proposal, and its text without places."""
    from analysis.proposal import propose

    folder = root / "export"
    folder.mkdir(parents=True)
    proposal = propose("shop", EXPORTS[name](folder), root)
    return proposal, proposal.path.read_text(encoding="utf-8").replace(str(folder.resolve()), "EXPORT")


if __name__ == "__main__":
    EXPECTED.mkdir(exist_ok=True)
    for each in sys.argv[1:] or EXPORTS:
        with TemporaryDirectory() as place:
            found, text = proposed(each, Path(place))
        (EXPECTED / f"{each}.yaml").write_text(text, encoding="utf-8")
        print(each, *found.warnings, sep="\n  ")
