"""A market: assets with expected returns and a covariance, and what was assumed on the way to them."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from finance.dates import infer_frequency
from finance.moments import check_moments
from finance.price_table import PriceTable, parse_price_table, read_price_table

if TYPE_CHECKING:
    from finance.portfolio import Portfolio

Kind = Literal["prices", "returns"]
LARGEST_TYPICAL_RETURN = 0.5  # the median size of a period's return; beyond it the numbers are no returns
LARGEST_YEARLY_RETURN = 3.0  # in magnitude: a price that goes to four times itself every year


@dataclass(frozen=True, kw_only=True, eq=False)
class Market:
    """Assets with the mean and covariance of their simple returns.

    Build one with `from_csv`, `from_moments`, `from_orlib` or `sp500`. Moments from dated tables are per year: the
    arithmetic mean and the sample covariance of simple returns, times the number of periods in a year.
    """

    names: tuple[str, ...]
    expected_returns: np.ndarray  # shape: (n_assets,)
    covariance: np.ndarray  # shape: (n_assets, n_assets)
    assumptions: tuple[str, ...] = ()  # one sentence each, to be echoed to whoever gave the data

    def __post_init__(self) -> None:
        mu, sigma, names = check_moments(self.expected_returns, self.covariance, self.names)
        for attribute, value in (("expected_returns", mu), ("covariance", sigma), ("names", names)):
            object.__setattr__(self, attribute, value)

    @property
    def n_assets(self) -> int:
        """The number of assets."""
        return len(self.names)

    @classmethod
    def from_csv(
        cls, path: str | Path, kind: Kind = "prices", *, start: str | None = None, end: str | None = None
    ) -> "Market":
        """Read dated prices or simple returns, one column per asset.

        Args:
            path: A CSV file: header with names, dates in the first column.
            kind: "prices", or "returns" for simple returns per period as fractions (0.01 is one per cent).
            start: First date to keep, as 2024-01-31; None for all.
            end: Last date to keep; None for all.

        Raises:
            ValueError: One sentence on what the file or the choice of dates lacks.
        """
        return _estimate(read_price_table(path), kind, Path(path).name, start, end)

    @classmethod
    def from_moments(cls, expected_returns: np.ndarray, covariance: np.ndarray, names: Sequence[str] = ()) -> "Market":
        """Take expected returns and their covariance as they are, over whatever period they are stated for."""
        return cls(
            names=tuple(names),
            expected_returns=expected_returns,
            covariance=covariance,
            assumptions=("Moments are taken as given; returns and risk are per the period they were stated for.",),
        )

    @classmethod
    def from_orlib(cls, path: str | Path) -> "Market":
        """Read a portfolio file of the OR-Library (Beasley 1990; Chang et al. 2000): weekly moments.

        The file holds the number of assets, then mean and standard deviation of each, then lines i j correlation.
        """
        try:
            numbers = np.array(Path(path).read_text().split(), dtype=np.float64)
            n_assets = int(numbers[0])
            mean, deviation = numbers[1 : 1 + 2 * n_assets].reshape(n_assets, 2).T
            entries = numbers[1 + 2 * n_assets :].reshape(-1, 3)
            correlation = np.full((n_assets, n_assets), np.nan)
            i, j = entries[:, 0].astype(int) - 1, entries[:, 1].astype(int) - 1
            correlation[i, j] = correlation[j, i] = entries[:, 2]
        except FileNotFoundError:
            raise ValueError(f"There is no file {path}; give the path of an OR-Library portfolio file.") from None
        except (ValueError, IndexError, UnicodeDecodeError):
            raise ValueError(
                f"{Path(path).name} needs the OR-Library's layout (count, then mean and deviation per asset, then i j "
                "correlation), but does not follow it."
            ) from None
        return cls.from_moments(mean, correlation * np.outer(deviation, deviation))

    @classmethod
    def sp500(cls, *, start: str | None = None, end: str | None = None) -> "Market":
        """Twenty S&P 500 stocks with daily prices from 1990 to 2022, from the data in skfolio's wheel.

        They are stocks that stayed in the index to the end: survivors, so that their returns flatter.

        Args:
            start: First date to keep, as 2013-01-01; None for 1990-01-02.
            end: Last date to keep; None for 2022-12-28.
        """
        return _estimate(_sp500_table(), "prices", "20 S&P 500 stocks", start, end)

    def portfolio(self, *, n_chosen: int, risk_aversion: float) -> "Portfolio":
        """Pose the choice of `n_chosen` assets at equal weights: maximize mu.w - risk_aversion * w.Sigma.w.

        Args:
            n_chosen: How many assets to hold, each with weight 1 / n_chosen.
            risk_aversion: Price of a unit of variance, in units of return; zero or positive.
        """
        from finance.portfolio import pose

        return pose(self, n_chosen=n_chosen, risk_aversion=risk_aversion)


def _estimate(table: PriceTable, kind: Kind, source: str, start: str | None, end: str | None) -> Market:
    if kind not in ("prices", "returns"):
        raise ValueError(f"kind must be 'prices' or 'returns', but is {kind!r}.")
    dates, values = _select(table, source, start, end)
    needed = 3 if kind == "prices" else 2
    if len(dates) < needed:
        raise ValueError(f"{source} needs at least {needed} rows of {kind} for a covariance, but has {len(dates)}.")
    returns = _returns_of_prices(values, table.names, dates, source) if kind == "prices" else values
    if kind == "returns" and np.any(returns <= -1):
        row, column = np.argwhere(returns <= -1)[0]
        raise ValueError(
            f"{source} needs simple returns above -1, but {table.names[column]} has {returns[row, column]:g} on "
            f"{dates[row]}; per cent need to be divided by 100, and prices need kind='prices'."
        )
    if kind == "returns" and np.median(np.abs(returns)) > LARGEST_TYPICAL_RETURN:
        raise ValueError(
            f"{source} needs simple returns as fractions, but a typical value is {np.median(np.abs(returns)):g}: prices"
            " are read with --set prices=... or kind='prices', and per cent need to be divided by 100."
        )
    constant = np.ptp(returns, axis=0) == 0
    if constant.any():
        raise ValueError(
            f"{source} needs assets whose returns vary, but those of {table.names[int(constant.argmax())]} never do; "
            "drop that column."
        )
    frequency = infer_frequency(dates)
    _check_yearly(frequency.periods_per_year * returns.mean(axis=0), len(returns), table.names, source)
    assumptions = [
        f"Source: {source}, {len(table.names)} assets, {frequency.name} {kind} from {dates[0]} to {dates[-1]} "
        f"({len(returns)} returns).",
        "Simple returns; expected returns are arithmetic means of the past, covariance is the sample covariance.",
        f"Annualised with {frequency.periods_per_year} periods a year.",
    ]
    if not table.was_sorted:
        assumptions.append("Rows were not in the order of their dates and have been sorted.")
    if len(returns) <= len(table.names):
        assumptions.append(
            f"There are only {len(returns)} returns for {len(table.names)} assets, so the covariance is singular: some "
            "mixtures look free of risk only because history is short."
        )
    return Market(
        names=table.names,
        expected_returns=frequency.periods_per_year * returns.mean(axis=0),
        covariance=frequency.periods_per_year * np.cov(returns, rowvar=False).reshape(2 * (len(table.names),)),
        assumptions=tuple(assumptions),
    )


def _check_yearly(means: np.ndarray, n_returns: int, names: tuple[str, ...], source: str) -> None:
    """Refuse a mean return that no asset keeps up for a year: too few rows, or numbers that are no prices.

    Raises:
        ValueError: if an asset's mean is beyond three times its price a year.
    """
    worst = int(np.argmax(np.abs(means)))
    if abs(means[worst]) > LARGEST_YEARLY_RETURN:
        raise ValueError(
            f"{source} gives {names[worst]} a mean return of {100 * means[worst]:,.0f} % a year from "
            f"{n_returns} return{'s' if n_returns != 1 else ''}, which no asset keeps up: give more rows, or look for "
            "splits, thousands separators and other units in that column."
        )


def _select(table: PriceTable, source: str, start: str | None, end: str | None) -> tuple[np.ndarray, np.ndarray]:
    keep = np.ones(len(table.dates), dtype=bool)
    for label, text in (("first", start), ("last", end)):
        if text is None:
            continue
        try:
            date = np.datetime64(text, "D")
        except ValueError:
            raise ValueError(f"The {label} date should be one such as 2024-01-31, but is {text!r}.") from None
        keep &= table.dates >= date if label == "first" else table.dates <= date
    if not keep.any():
        wanted = f"{f' from {start} on' if start else ''}{f' up to {end}' if end else ''}"
        raise ValueError(f"{source} goes from {table.dates[0]} to {table.dates[-1]}, so that nothing is left{wanted}.")
    return table.dates[keep], table.values[keep]


def _returns_of_prices(prices: np.ndarray, names: tuple[str, ...], dates: np.ndarray, source: str) -> np.ndarray:
    if np.any(prices <= 0):
        row, column = np.argwhere(prices <= 0)[0]
        raise ValueError(
            f"{source} needs prices above zero, but {names[column]} has {prices[row, column]:g} on {dates[row]}; a "
            "table of returns is read with --set returns=... or kind='returns'."
        )
    return prices[1:] / prices[:-1] - 1


@lru_cache(maxsize=1)
def _sp500_table() -> PriceTable:
    # The file is read from where skfolio is installed, as importing skfolio itself takes seconds.
    found = find_spec("skfolio")
    if found is None or found.origin is None:
        raise ValueError(
            "The S&P 500 stocks come with the package skfolio, which is not installed; pip install skfolio."
        )
    path = Path(found.origin).parent / "datasets" / "data" / "sp500_dataset.csv.gz"
    if not path.exists():
        raise ValueError(f"The S&P 500 stocks were expected in {path}, which this version of skfolio does not have.")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return parse_price_table(file.read(), "20 S&P 500 stocks")
