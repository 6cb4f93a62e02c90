"""Every finding that validation knows, with the shares above which it warns or stops the run."""

PARTIAL_MONTH = "partial_month"  # no share: it stops the run unless the settings allow it
NEVER = 1.01  # a share that no finding reaches
# Share of what a check counts above which a finding warns, and above which it stops the run. Ours, and shown on the
# page: a few bad lines are normal, a tenth of them is a broken export.
LIMITS: dict[str, tuple[float, float]] = {
    "unreadable_time": (0.0, 0.05),
    "unreadable_amount": (0.0, 0.05),
    "other_currency": (0.0, 0.05),
    "implausible_date": (0.0, 0.05),
    "duplicate_line": (0.001, 0.2),
    "top_up": (NEVER, NEVER),
    "missing_customer": (0.01, 0.5),
    "cancelled_order": (0.1, 0.5),
    "positive_return": (0.0, 0.01),
    "unmarked_negative": (0.0, 0.01),
    "same_day_cancellation": (0.05, NEVER),
    "left_censored": (0.5, NEVER),
    "zero_price_gift": (0.1, NEVER),
    "formatted_amount": (NEVER, NEVER),
    "garbled_text": (0.0, NEVER),
    "mirrored_cancellation": (0.1, NEVER),
    "extreme_amount": (0.0, NEVER),
    "amount_scale": (0.0, NEVER),
    "days_without_records": (0.05, NEVER),
    "unknown_product": (0.01, NEVER),
    "orphan_contact": (0.05, NEVER),
    "orphan_feedback": (0.05, NEVER),
    "merged_customers": (NEVER, NEVER),
    "similar_customer_ids": (0.001, NEVER),
    "placeholder_customer": (0.0, NEVER),
    "side_rows_set_aside": (0.01, NEVER),
    "unreadable_file": (0.0, 0.0),
    "schema_drift": (0.0, NEVER),
}
