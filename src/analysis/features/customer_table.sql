-- One row per customer known at $as_of. Only sale lines make an order, a purchase day or a recency;
-- a return, cancellation or gift only moves money, on its own date. Dialect: DuckDB; also run on Spark.
-- `lines` is read anew by each part: keeping ten million of them in memory costs more than it saves.
WITH lines AS NOT MATERIALIZED (
    SELECT *, order_date >= $window_start AS in_window
    FROM transactions
    WHERE order_date < $as_of
),
-- One purchase occasion is one customer-day with at least one sale line.
purchase_days AS (
    SELECT customer_id, order_date, SUM(amount) AS spend
    FROM lines
    WHERE kind = 'sale'
    GROUP BY customer_id, order_date
),
gaps AS (
    SELECT
        customer_id,
        order_date,
        spend,
        DATE_DIFF('day', LAG(order_date) OVER (PARTITION BY customer_id ORDER BY order_date), order_date) AS gap_days
    FROM purchase_days
),
rhythm AS (
    SELECT
        customer_id,
        MIN(order_date) AS first_order_date,
        MAX(order_date) AS last_order_date,
        COUNT(*) - 1 AS x,
        MEDIAN(gap_days) AS purchase_interval_days,
        SUM(CASE WHEN gap_days IS NOT NULL THEN spend END) AS repeat_spend
    FROM gaps
    GROUP BY customer_id
),
orders AS (
    SELECT
        customer_id,
        COUNT(*) AS history_orders,
        SUM(in_window) AS orders
    FROM (
        SELECT customer_id, order_id, MAX(CASE WHEN in_window THEN 1 ELSE 0 END) AS in_window
        FROM lines
        WHERE kind = 'sale'
        GROUP BY customer_id, order_id
    ) AS distinct_orders
    GROUP BY customer_id
),
breadth AS (
    SELECT customer_id, COUNT(*) AS category_breadth
    FROM (
        SELECT DISTINCT customer_id, COALESCE(category, '') AS category
        FROM lines
        WHERE kind = 'sale' AND in_window
    ) AS categories
    GROUP BY customer_id
),
money AS (
    SELECT
        customer_id,
        SUM(amount) AS history_amount,
        SUM(CASE WHEN in_window THEN amount ELSE 0 END) AS amount,
        SUM(CASE WHEN in_window AND kind = 'sale' THEN amount ELSE 0 END) AS sold,
        SUM(CASE WHEN in_window AND kind IN ('return', 'cancellation') THEN -amount ELSE 0 END) AS returned
    FROM lines
    GROUP BY customer_id
),
base AS (
    SELECT customer_id FROM money
    UNION
    -- Without its date a registration may lie after $as_of; such customers are known from their first line.
    SELECT customer_id FROM customers WHERE registered_on < $as_of
),
joined AS (
    SELECT
        base.customer_id,
        rhythm.first_order_date,
        rhythm.last_order_date,
        rhythm.x,
        rhythm.purchase_interval_days,
        CAST(rhythm.repeat_spend AS DOUBLE) AS repeat_spend,
        COALESCE(orders.orders, 0) AS orders,
        COALESCE(orders.history_orders, 0) AS history_orders,
        COALESCE(breadth.category_breadth, 0) AS category_breadth,
        CAST(ROUND(COALESCE(money.amount, 0) * $minor_per_major) AS BIGINT) AS net_revenue_minor,
        CAST(ROUND(COALESCE(money.history_amount, 0) * $minor_per_major) AS BIGINT) AS history_revenue_minor,
        CAST(money.amount AS DOUBLE) AS amount,
        CAST(money.history_amount AS DOUBLE) AS history_amount,
        CAST(money.sold AS DOUBLE) AS sold,
        CAST(money.returned AS DOUBLE) AS returned,
        CAST(DATE_DIFF('day', rhythm.first_order_date, CAST($as_of AS DATE)) AS DOUBLE) AS age_days
    FROM base
    LEFT JOIN money ON money.customer_id = base.customer_id
    LEFT JOIN rhythm ON rhythm.customer_id = base.customer_id
    LEFT JOIN orders ON orders.customer_id = base.customer_id
    LEFT JOIN breadth ON breadth.customer_id = base.customer_id
)
SELECT
    customer_id,
    CASE
        WHEN orders > 0 THEN 'buyer'
        WHEN history_orders > 0 THEN 'lapsed'
        ELSE 'never_ordered'
    END AS buyer_status,
    first_order_date,
    last_order_date,
    -- A customer first seen in the data's first days may be much older: the age is unknown.
    first_order_date IS NOT NULL AND first_order_date >= $known_from AS age_known,
    CAST(DATE_DIFF('day', last_order_date, CAST($as_of AS DATE)) AS DOUBLE) AS recency_days,
    CAST(orders AS BIGINT) AS orders,
    net_revenue_minor,
    amount / NULLIF(orders, 0) AS average_order_value,
    CAST(history_orders AS BIGINT) AS history_orders,
    history_revenue_minor,
    -- Under one year of history nothing is extrapolated.
    CASE WHEN history_orders > 0 THEN history_amount / GREATEST(age_days / $days_per_year, 1) END AS annual_spend,
    purchase_interval_days,
    CAST(category_breadth AS BIGINT) AS category_breadth,
    returned / NULLIF(sold, 0) AS return_rate,
    CASE WHEN first_order_date >= $known_from THEN age_days END AS tenure_days,
    CAST(x AS DOUBLE) AS x,
    CAST(DATE_DIFF('day', first_order_date, last_order_date) AS DOUBLE) AS t_x,
    age_days AS T,
    repeat_spend / NULLIF(x, 0) AS mean_repeat_spend
FROM joined
ORDER BY customer_id
