"""`make bench`: every speed and memory promise, measured; quote medians and ratios, machines differ."""

import sys

from bench import clv, customer_table, new, reading, report

failed = False
for part in (clv, customer_table, new, reading, report):
    for row in part.run():
        seconds, limit = float(str(row["seconds"])), row["limit_seconds"]
        over = limit is not None and seconds > float(str(limit))
        failed |= over
        verdict = "" if limit is None else f" of {limit} s allowed{' - TOO SLOW' if over else ''}"
        print(f"{row['what']}: {seconds:.2f} s{verdict}  {row['note']}".rstrip(), flush=True)
sys.exit(failed)
