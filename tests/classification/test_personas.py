import pandas as pd

from analysis.classification.personas import personas


def shop(ages: dict[str, dict[str, int]]):
    rows = [(group, age) for group, counts in ages.items() for age, count in counts.items() for _ in range(count)]
    customers = pd.DataFrame(rows, columns=["tier", "age"])
    customers.insert(0, "customer_id", [f"c{n:03d}" for n in range(len(customers))])
    return customers[["customer_id", "tier"]], customers[["customer_id", "age"]]


def test_a_class_is_told_apart_by_what_it_holds_more_often_than_the_base():
    customers, attributes = shop({"high": {"old": 30, "young": 10}, "low": {"old": 20, "young": 40}})
    told = personas(customers, attributes, "tier", ["age"])
    # old: 30 of 40 in high against 50 of 100; standard error sqrt(.5 x .5 / 40) = .079, difference .25
    # young: 40 of 60 in low against 50 of 100; standard error .065, difference .167
    # four comparisons, so 1.25 % each: 2.24 standard errors are needed, .177 and .145
    assert told[["class", "attribute", "value", "customers", "known"]].to_numpy().tolist() == [
        ["high", "age", "old", 30, 40],
        ["low", "age", "young", 40, 60],
    ]
    assert told["share"].tolist() == [0.75, 40 / 60]
    assert told["share_in_base"].tolist() == [0.5, 0.5]


def test_small_groups_and_chance_differences_are_not_told():
    customers, attributes = shop({"high": {"old": 9}, "low": {"old": 45, "young": 45}})
    assert personas(customers, attributes, "tier", ["age"]).empty
    customers, attributes = shop({"high": {"old": 21, "young": 19}, "low": {"old": 30, "young": 30}})
    assert personas(customers, attributes, "tier", ["age"]).empty


def test_customers_without_the_attribute_take_no_part_and_no_attributes_give_no_lines():
    customers, attributes = shop({"high": {"old": 30, "young": 10}, "low": {"old": 20, "young": 40}})
    attributes.loc[attributes.index[:5], "age"] = None
    assert personas(customers, attributes, "tier", ["age"]).iloc[0]["known"] == 35
    assert personas(customers, attributes.iloc[:0], "tier", ["age"]).empty
