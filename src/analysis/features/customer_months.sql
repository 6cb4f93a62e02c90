-- Net revenue and orders of each customer in three spans: now, the month before, the same month last year.
WITH lines AS (
    SELECT
        customer_id,
        order_id,
        kind,
        amount,
        CASE
            WHEN order_date >= $now THEN 'now'
            WHEN order_date >= $before AND order_date < $before_end THEN 'before'
            WHEN order_date >= $last_year AND order_date < $last_year_end THEN 'last_year'
        END AS span
    FROM transactions
    WHERE order_date < $as_of AND order_date >= $last_year
)
SELECT
    customer_id,
    CAST(ROUND(SUM(CASE WHEN span = 'now' THEN amount ELSE 0 END) * $minor_per_major) AS BIGINT) AS revenue_now,
    CAST(ROUND(SUM(CASE WHEN span = 'before' THEN amount ELSE 0 END) * $minor_per_major) AS BIGINT)
        AS revenue_before,
    CAST(ROUND(SUM(CASE WHEN span = 'last_year' THEN amount ELSE 0 END) * $minor_per_major) AS BIGINT)
        AS revenue_last_year,
    CAST(MAX(CASE WHEN span = 'now' AND kind = 'sale' THEN 1 ELSE 0 END) AS BIGINT) AS active_now,
    CAST(MAX(CASE WHEN span = 'before' AND kind = 'sale' THEN 1 ELSE 0 END) AS BIGINT) AS active_before,
    CAST(MAX(CASE WHEN span = 'last_year' AND kind = 'sale' THEN 1 ELSE 0 END) AS BIGINT) AS active_last_year
FROM lines
WHERE span IS NOT NULL
GROUP BY customer_id
ORDER BY customer_id
