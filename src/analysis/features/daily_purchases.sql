-- One row per day with a purchase before $as_of: how many customers bought for the first time, and how many again.
-- A purchase is a customer-day with a sale line.
WITH days AS (
    SELECT DISTINCT customer_id, order_date
    FROM transactions
    WHERE kind = 'sale' AND order_date < $as_of
),
firsts AS (
    SELECT customer_id, MIN(order_date) AS first_date
    FROM days
    GROUP BY customer_id
)
SELECT
    CAST(order_date AS DATE) AS day,
    CAST(SUM(CASE WHEN order_date = first_date THEN 1 ELSE 0 END) AS BIGINT) AS first_purchases,
    CAST(SUM(CASE WHEN order_date > first_date THEN 1 ELSE 0 END) AS BIGINT) AS repeat_purchases
FROM days
INNER JOIN firsts USING (customer_id)
GROUP BY order_date
ORDER BY day
