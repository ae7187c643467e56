import numpy as np
import pytest

from finance.dates import infer_frequency, parse_dates


@pytest.mark.parametrize(
    "texts",
    [
        ("2024-01-31", "2024-02-29"),
        ("2024/1/31", "2024/2/29"),
        ("20240131", "20240229"),
        ("2024年1月31日", "2024年2月29日"),
        ("2024-01-31 00:00:00", "2024-02-29 00:00:00"),
        ("31/1/2024", "29/2/2024"),
        ("1/31/2024", "2/29/2024"),
        ("31.01.2024", "29.02.2024"),
    ],
)
def test_dates_are_read(texts: tuple[str, ...]) -> None:
    assert parse_dates(texts).tolist() == np.array(["2024-01-31", "2024-02-29"], "M8[D]").tolist()


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (("yesterday",), "data row 1 has 'yesterday'"),
        (("2024-01-31", "n/a"), "data row 2 has 'n/a'"),
        (("2024-01-31", "2024-02-30"), "data row 2 has '2024-02-30'"),
        (("2024-01-31", "1/2/2024"), "in one format, but data row 2 has '1/2/2024'"),
        (("1/2/2024", "2/3/2024"), "every date reads both ways; write 2024-01-31"),
    ],
)
def test_bad_dates(texts: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_dates(texts)


def days(start: str, stop: str) -> np.ndarray:
    return np.arange(np.datetime64(start), np.datetime64(stop))


@pytest.mark.parametrize(
    ("dates", "name", "periods"),
    [
        (days("2020-01-01", "2021-01-01")[np.is_busday(days("2020-01-01", "2021-01-01"))], "daily", 252),
        (days("2020-01-01", "2021-01-01"), "daily, weekends included", 365),
        (days("2020-01-03", "2021-01-01")[::7], "weekly", 52),
        (np.arange("2020-01", "2022-01", dtype="M8[M]").astype("M8[D]"), "monthly", 12),
        (np.arange("2020-01", "2024-01", 3, dtype="M8[M]").astype("M8[D]"), "quarterly", 4),
        (np.arange("2010", "2020", dtype="M8[Y]").astype("M8[D]"), "yearly", 1),
    ],
)
def test_frequency_is_told_from_the_gaps(dates: np.ndarray, name: str, periods: int) -> None:
    frequency = infer_frequency(dates)
    assert (frequency.name, frequency.periods_per_year) == (name, periods)


@pytest.mark.parametrize(
    "dates",
    [
        np.concatenate([days("2020-01-01", "2020-02-01"), days("2020-02-01", "2021-01-01")[::30]]),
        np.concatenate([days("2020-01-03", "2020-06-01")[::7], days("2020-06-01", "2021-06-01")[::30]]),
        np.array(["2020-01-01", "2020-01-15", "2020-01-29"], dtype="M8[D]"),
    ],
)
def test_mixed_frequencies_are_refused(dates: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"one regular spacing .* gaps run from \d+ to \d+ days"):
        infer_frequency(dates)
