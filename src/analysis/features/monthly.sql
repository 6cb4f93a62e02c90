-- One row per calendar month from $first_month to the month before $as_of; a month without records has no row.
WITH lines AS (
    SELECT *, CAST(DATE_TRUNC('month', order_date) AS DATE) AS month_start
    FROM transactions
    WHERE order_date < $as_of
),
money AS (
    SELECT month_start, SUM(amount) AS amount
    FROM lines
    WHERE month_start >= $first_month
    GROUP BY month_start
),
orders AS (
    SELECT DISTINCT customer_id, order_id, order_date, month_start FROM lines WHERE kind = 'sale'
),
active AS (
    SELECT month_start, COUNT(DISTINCT customer_id) AS active_customers
    FROM orders
    WHERE month_start >= $first_month
    GROUP BY month_start
),
window_orders AS (
    SELECT money.month_start, orders.customer_id, COUNT(DISTINCT orders.order_id) AS orders
    FROM money
    JOIN orders
        ON DATE_DIFF('day', orders.order_date, CAST(money.month_start + INTERVAL 1 MONTH AS DATE))
        BETWEEN 1 AND $window_days
    GROUP BY money.month_start, orders.customer_id
),
repurchase AS (
    SELECT
        month_start,
        COUNT(*) AS buyers,
        SUM(CASE WHEN orders >= 2 THEN 1 ELSE 0 END) AS repeat_buyers
    FROM window_orders
    GROUP BY month_start
)
SELECT
    money.month_start,
    CAST(COALESCE(active.active_customers, 0) AS BIGINT) AS active_customers,
    CAST(ROUND(money.amount * $minor_per_major) AS BIGINT) AS net_revenue_minor,
    CAST(repurchase.buyers AS DOUBLE) AS buyers,
    CAST(repurchase.repeat_buyers AS DOUBLE) AS repeat_buyers
FROM money
LEFT JOIN active ON active.month_start = money.month_start
LEFT JOIN repurchase ON repurchase.month_start = money.month_start
ORDER BY money.month_start
