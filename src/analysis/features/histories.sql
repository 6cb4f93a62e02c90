-- One row per customer who bought before $origin: the history as it was known then, and what came next, up to $as_of.
-- A purchase occasion is a customer-day with a sale line; revenue is net, each refund on its own date.
WITH days AS (
    SELECT
        customer_id,
        order_date,
        SUM(amount) AS revenue,
        SUM(CASE WHEN kind = 'sale' THEN amount END) AS spend,
        MAX(CASE WHEN kind = 'sale' THEN 1 ELSE 0 END) AS bought
    FROM transactions
    WHERE order_date < $as_of
    GROUP BY customer_id, order_date
),
firsts AS (
    SELECT customer_id, MIN(order_date) AS first_date
    FROM days
    WHERE bought = 1 AND order_date < $origin
    GROUP BY customer_id
),
sums AS (
    SELECT
        customer_id,
        first_date,
        SUM(CASE WHEN order_date < $origin THEN bought ELSE 0 END) - 1 AS x,
        MAX(CASE WHEN order_date < $origin AND bought = 1 THEN order_date END) AS last_date,
        SUM(CASE WHEN order_date > first_date AND order_date < $origin THEN spend END) AS repeat_spend,
        SUM(CASE WHEN order_date < $origin THEN spend END) AS sold,
        SUM(CASE WHEN order_date < $origin THEN revenue ELSE 0 END) AS revenue,
        SUM(CASE WHEN order_date >= $last_3 AND order_date < $origin THEN bought ELSE 0 END) AS purchases_last_3,
        SUM(CASE WHEN order_date >= $last_6 AND order_date < $origin THEN bought ELSE 0 END) AS purchases_last_6,
        SUM(CASE WHEN order_date >= $last_12 AND order_date < $origin THEN bought ELSE 0 END) AS purchases_last_12,
        SUM(CASE WHEN order_date >= $last_3 AND order_date < $origin THEN revenue ELSE 0 END) AS revenue_last_3,
        SUM(CASE WHEN order_date >= $last_6 AND order_date < $origin THEN revenue ELSE 0 END) AS revenue_last_6,
        SUM(CASE WHEN order_date >= $last_12 AND order_date < $origin THEN revenue ELSE 0 END) AS revenue_last_12,
        SUM(CASE WHEN order_date >= $origin AND order_date < $next_3 THEN bought ELSE 0 END) AS purchases_next_3,
        SUM(CASE WHEN order_date >= $origin AND order_date < $next_6 THEN bought ELSE 0 END) AS purchases_next_6,
        SUM(CASE WHEN order_date >= $origin AND order_date < $next_12 THEN bought ELSE 0 END) AS purchases_next_12,
        SUM(CASE WHEN order_date >= $origin AND order_date < $next_3 THEN revenue ELSE 0 END) AS revenue_next_3,
        SUM(CASE WHEN order_date >= $origin AND order_date < $next_6 THEN revenue ELSE 0 END) AS revenue_next_6,
        SUM(CASE WHEN order_date >= $origin AND order_date < $next_12 THEN revenue ELSE 0 END) AS revenue_next_12
    FROM firsts
    INNER JOIN days USING (customer_id)
    GROUP BY customer_id, first_date
)
SELECT
    customer_id,
    first_date >= $known_from AS age_known,
    CAST(x AS DOUBLE) AS x,
    CAST(DATE_DIFF('day', first_date, last_date) AS DOUBLE) AS t_x,
    CAST(DATE_DIFF('day', first_date, CAST($origin AS DATE)) AS DOUBLE) AS T,
    CAST(repeat_spend AS DOUBLE) / NULLIF(x, 0) AS mean_repeat_spend,
    CAST(sold AS DOUBLE) AS sold,
    CAST(revenue AS DOUBLE) AS revenue,
    CAST(purchases_last_3 AS DOUBLE) AS purchases_last_3,
    CAST(purchases_last_6 AS DOUBLE) AS purchases_last_6,
    CAST(purchases_last_12 AS DOUBLE) AS purchases_last_12,
    CAST(revenue_last_3 AS DOUBLE) AS revenue_last_3,
    CAST(revenue_last_6 AS DOUBLE) AS revenue_last_6,
    CAST(revenue_last_12 AS DOUBLE) AS revenue_last_12,
    CAST(purchases_next_3 AS DOUBLE) AS purchases_next_3,
    CAST(purchases_next_6 AS DOUBLE) AS purchases_next_6,
    CAST(purchases_next_12 AS DOUBLE) AS purchases_next_12,
    CAST(revenue_next_3 AS DOUBLE) AS revenue_next_3,
    CAST(revenue_next_6 AS DOUBLE) AS revenue_next_6,
    CAST(revenue_next_12 AS DOUBLE) AS revenue_next_12
FROM sums
