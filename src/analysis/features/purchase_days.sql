-- One row per day with lines of the customer, and one without a day for the registration: no rows, no such customer.
SELECT
    order_date AS day,
    CAST(SUM(amount) AS DOUBLE) AS revenue,
    MAX(CASE WHEN kind = 'sale' THEN 1 ELSE 0 END) = 1 AS bought
FROM transactions
WHERE customer_id = CAST($customer_id AS VARCHAR) AND order_date < $as_of
GROUP BY order_date
UNION ALL
SELECT CAST(NULL AS DATE), CAST(NULL AS DOUBLE), FALSE
FROM customers
WHERE customer_id = CAST($customer_id AS VARCHAR) AND registered_on < $as_of
ORDER BY day
