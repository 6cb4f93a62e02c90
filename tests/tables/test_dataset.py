import pytest
import yaml

from analysis.errors import InputError
from analysis.tables import load_dataset
from tests.shop import lines, make_dataset


@pytest.fixture
def edit(tmp_path):
    """Return a function that changes the settings of a good dataset and loads it."""
    dataset = make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 10)))
    path = dataset.folder / "dataset.yaml"

    def change(**settings):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) | settings
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return load_dataset("shop", tmp_path)

    return change


def test_an_unknown_key_is_refused_with_the_nearest_valid_name(edit):
    with pytest.raises(InputError, match=r"window_dys.*Did you mean window_days\?"):
        edit(window_dys=30)


def test_an_unknown_key_deep_inside_is_refused_with_the_nearest_valid_name(edit):
    table = {
        "file": "lines.csv",
        "columns": {"customer_id": "customer", "ordered_at": "time", "amount": "amount"},
        "marks": {"retruns": "amount < 0"},
    }
    with pytest.raises(InputError, match=r"marks\.retruns.*Did you mean returns\?"):
        edit(tables={"transactions": table})


def test_an_unknown_canonical_column_is_refused_with_the_nearest_valid_name(edit):
    with pytest.raises(InputError, match=r"did you mean customer_id\?"):
        edit(
            tables={
                "transactions": {
                    "file": "lines.csv",
                    "columns": {"custmer_id": "customer", "ordered_at": "time", "amount": "amount"},
                }
            }
        )


def test_all_mistakes_are_reported_at_once(edit):
    with pytest.raises(InputError) as error:
        edit(
            currency="euros",
            window_days=0,
            reporting_time_zone="Mars/Olympus",
            complete_through="2024-02-31",
            random_state=-1,
        )
    message = str(error.value)
    names = ("currency", "window_days", "reporting_time_zone", "complete_through", "random_state")
    assert all(name in message for name in names)
    assert message.startswith("1. ")


@pytest.mark.parametrize(
    "columns",
    [
        {"customer_id": "customer", "ordered_at": "time"},
        {"customer_id": "customer", "ordered_at": "time", "amount": "a", "quantity": "q", "unit_price": "p"},
        {"ordered_at": "time", "amount": "amount"},
    ],
    ids=["no amount", "two amounts", "no customer"],
)
def test_a_mapping_needs_customer_time_and_one_amount(edit, columns):
    with pytest.raises(InputError, match="transactions"):
        edit(tables={"transactions": {"file": "lines.csv", "columns": columns}})


@pytest.mark.parametrize(
    ("text", "expected"),
    [("title: [", "not valid YAML"), ("a: 1\na: 2\n", "'a' stands twice"), ("", "dataset.yaml")],
    ids=["broken", "doubled key", "empty"],
)
def test_broken_yaml_names_the_file(tmp_path, text, expected):
    dataset = make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 10)))
    (dataset.folder / "dataset.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=expected):
        load_dataset("shop", tmp_path)


def test_a_misspelt_dataset_names_the_nearest(tmp_path):
    make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 10)))
    with pytest.raises(InputError, match=r"Did you mean shop\?"):
        load_dataset("shopp", tmp_path)


@pytest.mark.parametrize("name", ["complete-journey", "cdnow", "online-retail"])
def test_the_shipped_datasets_load(name):
    assert load_dataset(name).settings.title.zh
