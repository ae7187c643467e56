import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from finance import Market
from finance.market import _sp500_table

GOOD = "date,A,B\n2024-01-31,10,20\n2024-02-29,11,19\n2024-03-31,12,21\n2024-04-30,11.5,22\n"


@pytest.fixture
def csv(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "mine.csv"
        path.write_bytes(text.encode("utf-8"))
        return path

    return write


def test_moments_are_annual_from_simple_returns(csv: Callable[[str], Path]) -> None:
    market = Market.from_csv(csv(GOOD))
    returns = np.array([[0.1, -0.05], [1 / 11, 2 / 19], [-0.5 / 12, 1 / 21]])
    assert market.names == ("A", "B")
    np.testing.assert_allclose(market.expected_returns, 12 * returns.mean(axis=0))
    np.testing.assert_allclose(market.covariance, 12 * np.cov(returns.T))


def test_assumptions_are_told(csv: Callable[[str], Path]) -> None:
    text = " ".join(Market.from_csv(csv(GOOD)).assumptions)
    for said in (
        "mine.csv",
        "2 assets",
        "monthly prices from 2024-01-31 to 2024-04-30",
        "Simple returns",
        "arithmetic",
    ):
        assert said in text
    assert "Annualised with 12 periods a year" in text


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        "\ufeff" + GOOD.replace("\n", "\r\n"),
        GOOD.replace(",", ";").replace("11.5", "11,5"),
        GOOD + "\n\n",
    ],
    ids=["semicolons", "tabs", "byte order mark and CRLF", "decimal commas", "blank lines"],
)
def test_layouts_read_alike(csv: Callable[[str], Path], text: str) -> None:
    expected = Market.from_csv(csv(GOOD)).expected_returns
    np.testing.assert_array_equal(Market.from_csv(csv(text)).expected_returns, expected)


def test_rows_in_another_order_are_sorted_and_it_is_said(csv: Callable[[str], Path]) -> None:
    head, *rows = GOOD.strip().split("\n")
    market = Market.from_csv(csv("\n".join([head, *reversed(rows)])))
    np.testing.assert_allclose(market.expected_returns, Market.from_csv(csv(GOOD)).expected_returns)
    assert any("have been sorted" in line for line in market.assumptions)


def test_returns_are_taken_as_they_are(csv: Callable[[str], Path]) -> None:
    market = Market.from_csv(
        csv("date,A,B\n2024-01-05,0.01,0.02\n2024-01-12,-0.02,0.0\n2024-01-19,0.03,0.01"), "returns"
    )
    np.testing.assert_allclose(market.expected_returns, [52 * 0.02 / 3, 52 * 0.01])


def test_prices_given_as_returns_are_refused(csv: Callable[[str], Path]) -> None:
    prices = csv("date,A,B\n2024-01-05,101,20\n2024-01-12,99,21\n2024-01-19,103,22")
    with pytest.raises(ValueError, match="needs simple returns as fractions, but a typical value is 60"):
        Market.from_csv(prices, "returns")


def test_a_window_of_dates(csv: Callable[[str], Path]) -> None:
    market = Market.from_csv(csv(GOOD), start="2024-02-01", end="2024-04-30")
    np.testing.assert_allclose(market.expected_returns[0], 12 * (1 / 11 - 0.5 / 12) / 2)


def test_a_short_history_is_pointed_out(csv: Callable[[str], Path]) -> None:
    head = "date," + ",".join("ABCDEF")
    rng = np.random.default_rng(0)
    rows = [f"2024-0{month}-28," + ",".join(f"{p:.3f}" for p in rng.uniform(5, 9, 6)) for month in range(1, 6)]
    market = Market.from_csv(csv("\n".join([head, *rows])))
    assert any("only 4 returns for 6 assets" in line for line in market.assumptions)


def rows_of(*rows: str) -> str:
    return "\n".join(["date,A,B", *rows])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("date,A,B\n", "has a header only"),
        ("date\n2024-01-31\n", "at least one asset column"),
        (rows_of("2024-01-31,1,2"), "at least 3 rows of prices for a covariance, but has 1"),
        (rows_of("2024-01-31,1,2", "2024-02-29,2,2"), "at least 3 rows of prices for a covariance, but has 2"),
        (GOOD.replace("19", ""), "1 are missing or infinite, the first of B on 2024-02-29"),
        (GOOD.replace("19", "NaN"), "1 are missing or infinite, the first of B on 2024-02-29"),
        (GOOD.replace("19", "inf"), "missing or infinite"),
        (GOOD.replace("19", "nineteen"), "B on 2024-02-29 is 'nineteen'"),
        (GOOD.replace("19", "-19"), "prices above zero, but B has -19 on 2024-02-29; .* kind='returns'"),
        (GOOD.replace("19", "0"), "prices above zero, but B has 0"),
        (GOOD.replace("date,A,B", "date,A,A"), "A comes more than once"),
        (GOOD.replace("date,A,B", "date,A,"), "column 3 of its header is empty"),
        (GOOD.replace("2024-02-29", "2024-01-31"), "each date once, but 2024-01-31 comes more than once"),
        (GOOD.replace("2024-02-29", "soon"), "data row 2 has 'soon'"),
        (GOOD.replace("2024-02-29", "2024-02-03"), "one regular spacing"),
        (GOOD.replace(",19", ""), "3 cells in every row, but data row 2 has 2"),
        (rows_of("2024-01-31,5,2", "2024-02-29,5,3", "2024-03-31,5,2"), "those of A never do; drop that column"),
    ],
)
def test_bad_tables_are_answered_in_one_sentence(csv: Callable[[str], Path], text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        Market.from_csv(csv(text))
    assert "\n" not in str(caught.value)


def test_bad_paths_kinds_and_windows(csv: Callable[[str], Path], tmp_path: Path) -> None:
    path = csv(GOOD)
    for call, message in (
        (lambda: Market.from_csv(tmp_path / "none.csv"), "There is no file"),
        (lambda: Market.from_csv(tmp_path), "is a folder"),
        (lambda: Market.from_csv(path, "yields"), "kind must be 'prices' or 'returns', but is 'yields'"),
        (lambda: Market.from_csv(path, start="2030-01-01"), "goes from 2024-01-31 to 2024-04-30"),
        (
            lambda: Market.from_csv(path, start="spring"),
            "The first date should be one such as 2024-01-31",
        ),
        (lambda: Market.from_orlib(path), "needs the OR-Library's layout"),
        (lambda: Market.from_orlib(tmp_path / "none.txt"), "There is no file"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_per_cent_are_noticed(csv: Callable[[str], Path]) -> None:
    text = rows_of("2024-01-31,1.5,2", "2024-02-29,-2.5,3", "2024-03-31,0.5,2")
    with pytest.raises(ValueError, match=r"simple returns above -1, but A has -2.5 .* divided by 100"):
        Market.from_csv(csv(text), kind="returns")


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "sjis.csv"
    path.write_bytes("日付,トヨタ\n2024-01-31,10\n".encode("cp932"))
    with pytest.raises(ValueError, match="UTF-8"):
        Market.from_csv(path)


def test_japanese_tables(csv: Callable[[str], Path]) -> None:
    text = GOOD.replace("date,A,B", "日付,トヨタ,ソニー").replace("2024-01-31", "2024年1月31日")
    for month, day in ((2, 29), (3, 31), (4, 30)):
        text = text.replace(f"2024-0{month}-{day}", f"2024年{month}月{day}日")
    assert Market.from_csv(csv(text)).names == ("トヨタ", "ソニー")


MU, SIGMA = np.array([0.1, 0.2]), np.array([[0.04, 0.01], [0.01, 0.09]])


@pytest.mark.parametrize(
    ("moments", "names", "message"),
    [
        ((MU[:1], SIGMA), (), r"covariance needs shape \(1, 1\) for 1 assets"),
        ((MU[:, None], SIGMA), (), "one number per asset"),
        ((np.array([0.1, np.nan]), SIGMA), (), "expected_returns needs finite numbers"),
        ((MU, np.full((2, 2), np.inf)), (), "covariance needs finite numbers"),
        ((MU, np.array([[0.04, 0.01], [0.02, 0.09]])), (), "symmetric, but differs from its transpose by up to 0.01"),
        ((MU, np.array([[0.04, 0.1], [0.1, 0.09]])), (), "positive semidefinite, but its smallest eigenvalue is -0.03"),
        ((MU, SIGMA), ("A",), "names needs 2 distinct names, but has 1"),
        ((MU, SIGMA), ("A", "A"), "names needs 2 distinct names, but has 2, 1 distinct"),
    ],
)
def test_bad_moments(moments: Any, names: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Market.from_moments(*moments, names=names)


def test_singular_covariances_are_markets() -> None:
    factor = np.arange(1.0, 5.0)
    assert Market.from_moments(np.ones(4), np.outer(factor, factor)).n_assets == 4


def test_the_wheel_agrees_with_skfolio() -> None:
    datasets = pytest.importorskip("skfolio.datasets")
    prices = datasets.load_sp500_dataset()
    table = _sp500_table()
    assert table.names == tuple(prices.columns)
    np.testing.assert_array_equal(table.values, prices.to_numpy())
    returns = prices.pct_change().dropna()
    np.testing.assert_allclose(Market.sp500().expected_returns, 252 * returns.mean(), rtol=1e-12)
    np.testing.assert_allclose(Market.sp500().covariance, 252 * returns.cov(), rtol=1e-9)


@pytest.mark.skipif("KANAME_DATA" not in os.environ, reason="KANAME_DATA does not name the folder of published data")
@pytest.mark.parametrize(("file", "n_assets"), [("port1.txt", 31), ("port5.txt", 225)])
def test_orlib_moments(file: str, n_assets: int) -> None:
    path = Path(os.environ["KANAME_DATA"]) / "orlib" / file
    market = Market.from_orlib(path)
    numbers = path.read_text().split()
    assert market.n_assets == n_assets
    assert market.expected_returns[0] == float(numbers[1])
    assert np.sqrt(market.covariance[0, 0]) == pytest.approx(float(numbers[2]))
    correlation = market.covariance[0, 1] / np.sqrt(market.covariance[0, 0] * market.covariance[1, 1])
    assert correlation == pytest.approx(float(numbers[1 + 2 * n_assets + 5]))


def test_what_no_asset_keeps_up_for_a_year_is_no_mean_return(csv: Callable[[str], Path]) -> None:
    rows = ["date,A,B", "2024-01-02,100,50", "2024-01-03,101,50.1", "2024-01-04,104,49.9"]
    with pytest.raises(ValueError, match=r"gives A a mean return of .* % a year from 2 returns, which"):
        Market.from_csv(csv("\n".join(rows)))
