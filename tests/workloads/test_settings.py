import pytest

from workloads import InputFile, Settings, setting
from workloads.settings import make_settings, split_assignments


class Sample(Settings):
    n_chosen: int = setting(8, description="assets to choose", gt=0)
    lengths: tuple[float, ...] = setting((1.0, 2.0), description="bond lengths", unit="angstrom")
    fraction: float = setting(0.5, description="a share", ge=0, le=1)
    exact: bool = setting(True, description="whether to prove it")
    vehicles: int | None = setting(None, description="how many vehicles")
    prices: InputFile | None = setting(None, description="a CSV file")


def make(**texts):
    return make_settings(Sample, workload="stocks", overrides={"n_chosen": 5}, assignments=texts)


def test_values_are_parsed_and_the_rest_stays(tmp_path):
    file = tmp_path / "prices.csv"
    file.write_text("x")
    made = make(lengths="0.8, 1.1,2", exact="false", vehicles="4", prices=str(file))
    assert made == Sample(n_chosen=5, lengths=(0.8, 1.1, 2.0), exact=False, vehicles=4, prices=file)
    assert make(vehicles="none", n_chosen="3") == Sample(n_chosen=3)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"n_choosen": "3"}, "stocks has no setting 'n_choosen'; did you mean 'n_chosen'?"),
        (
            {"zzzz": "3"},
            "stocks has no setting 'zzzz'; there are exact, fraction, lengths, n_chosen, prices, vehicles.",
        ),
        ({"n_chosen": "0"}, "stocks: n_chosen (assets to choose) should be greater than 0, got '0'."),
        ({"n_chosen": "ten"}, "stocks: n_chosen (assets to choose) should be a valid integer, got 'ten'."),
        ({"n_chosen": "1.5"}, "stocks: n_chosen (assets to choose) should be a valid integer, got '1.5'."),
        ({"fraction": "nan"}, "stocks: fraction (a share) should be a finite number, got 'nan'."),
        ({"fraction": "2"}, "stocks: fraction (a share) should be less than or equal to 1, got '2'."),
        ({"lengths": "1,two"}, "stocks: lengths (bond lengths) should be a valid number, got 'two'."),
        ({"exact": "perhaps"}, "stocks: exact (whether to prove it) should be a valid boolean, got 'perhaps'."),
    ],
)
def test_mistakes_are_one_sentence(texts, message):
    with pytest.raises(ValueError) as error:
        make(**texts)
    assert str(error.value) == message


def test_files_are_checked_before_anything_runs(tmp_path):
    (tmp_path / "prices.csv").write_text("x")
    with pytest.raises(ValueError, match=r"there is no file '.*prise.csv'; did you mean '.*prices.csv'\?"):
        make(prices=str(tmp_path / "prise.csv"))
    with pytest.raises(ValueError, match=r"a file was wanted, and .* is a folder"):
        make(prices=str(tmp_path))
    with pytest.raises(ValueError, match=r"there is no file .*/nowhere/x"):
        make(prices=str(tmp_path / "nowhere" / "x"))


@pytest.mark.parametrize("texts", [["n_chosen"], ["=3"], ["n_chosen="], ["n_chosen=3", "n_chosen=4"], [""]])
def test_malformed_assignments(texts):
    with pytest.raises(ValueError, match=r"--set (takes key=value, got|gives 'n_chosen' twice)"):
        split_assignments(texts)


def test_a_value_may_hold_an_equals_sign():
    assert split_assignments(["a=b=c", " d = e "]) == {"a": "b=c", "d": "e"}
