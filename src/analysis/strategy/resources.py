"""The resource matrix: what each value tier gets from sales, marketing and service."""

import pandas as pd

from analysis.errors import InputError
from analysis.strategy.schema import Playbook

TIERS = ("high", "mid", "low")
RESOURCE_COLUMNS = ["resource", "resource_id", "tier", "text_en", "text_zh", "owner", "customers"]


def resource_matrix(value_tier_summary: pd.DataFrame, playbook: Playbook) -> pd.DataFrame:
    """Return the nine cells of the matrix with the number of customers that each covers.

    Parameters
    ----------
    value_tier_summary : one row per class of the value tier; columns class and customers. The tiers high, mid
        and low must be there, with 0 customers if nobody belongs to them.

    Returns
    -------
    DataFrame with `RESOURCE_COLUMNS`, nine rows: sales, marketing, service, each from high to low. Every
    resource serves all customers of a tier, so each resource's customers sum to the customers with a tier;
    `never_ordered` and `lapsed` have none. Money and hours are absent: no costs are known.

    Raises: InputError if a tier is missing or occurs twice.
    """
    cells = pd.DataFrame(
        {
            "resource": resource,
            "resource_id": row.id,
            "tier": tier,
            "text_en": cell.text.en,
            "text_zh": cell.text.zh,
            "owner": cell.owner,
        }
        for resource, row in playbook.resources
        for tier, cell in zip(TIERS, (row.high, row.mid, row.low), strict=True)
    )
    per_tier = value_tier_summary.set_index("class")["customers"]
    for tier in TIERS:
        if (count := int((per_tier.index == tier).sum())) != 1:
            raise InputError(
                "every value tier needs one row",
                where=f"value_tier_summary, class {tier}",
                got=f"{count} rows",
                expected="1 row",
                do="Pass the summary of the scheme value_tier by class.",
            )
    cells["customers"] = cells["tier"].map(per_tier).astype("int64")
    return cells[RESOURCE_COLUMNS]
