"""`make bench`: every speed and memory promise, measured; quote ratios, machines differ."""

import sys

from bench import clv, customer_table, new, reading, report
from bench.rows import HEADINGS, line

print(line(HEADINGS), flush=True)
failed = False
for part in (clv, customer_table, new, reading, report):
    for row in part.run():
        failed |= bool(row.failures())
        print(row, flush=True)
sys.exit(failed)
