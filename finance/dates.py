"""Dates of a price table: reading them, and how many of their periods make a year."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?(?:[T ]00:00(?::00(?:\.0+)?)?)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


@dataclass(frozen=True)
class Frequency:
    """A regular spacing of dates: a name, its periods in a year, and the gaps in days that belong to it."""

    name: str
    periods_per_year: int
    shortest: int
    longest: int


# Exchanges close for up to about ten days in a row (Golden Week, Lunar New Year), and a month has 28 to 31 days.
FREQUENCIES = (
    Frequency("daily", 252, 1, 11),
    Frequency("weekly", 52, 5, 9),
    Frequency("monthly", 12, 26, 35),
    Frequency("quarterly", 4, 85, 98),
    Frequency("yearly", 1, 358, 373),
)
TYPICAL_GAPS = {"daily": (1, 4), "weekly": (5, 9), "monthly": (26, 35), "quarterly": (85, 98), "yearly": (358, 373)}
EVERY_DAY = Frequency("daily, weekends included", 365, 1, 11)


def parse_dates(texts: Sequence[str]) -> np.ndarray:
    """Read a column of dates.

    Years come first (2024-01-31, 2024/1/31, 20240131, 2024年1月31日) or last (31/1/2024 or 1/31/2024, where some date
    of the column settles which number is the month).

    Returns:
        datetime64[D], (len(texts),).

    Raises:
        ValueError: Naming the first text that is no date, or saying that day and month cannot be told apart.
    """
    matching = [pattern for pattern in (YEAR_FIRST, COMPACT, YEAR_LAST) if pattern.fullmatch(texts[0].strip())]
    if not matching:
        raise _not_a_date(texts[0], row=1)
    pattern = matching[0]
    parts = []
    for row, text in enumerate(texts, start=1):
        match = pattern.fullmatch(text.strip())
        if match is None:
            raise _not_a_date(text, row)
        parts.append([int(number) for number in match.groups()])
    numbers = np.array(parts)
    year, month, day = _settle_month(numbers) if pattern is YEAR_LAST else numbers.T
    dates = []
    for row, (y, m, d) in enumerate(zip(year, month, day, strict=True)):
        try:
            dates.append(np.datetime64(f"{y:04d}-{m:02d}-{d:02d}", "D"))
        except ValueError:
            raise _not_a_date(texts[row], row + 1) from None
    return np.array(dates)


def infer_frequency(dates: np.ndarray) -> Frequency:
    """Tell the frequency of ascending dates from their gaps.

    Args:
        dates: datetime64[D], ascending, at least two.

    Raises:
        ValueError: If they follow none of the known frequencies throughout.
    """
    gaps = np.diff(dates).astype(int)
    median = float(np.median(gaps))
    for frequency in FREQUENCIES:
        shortest, longest = TYPICAL_GAPS[frequency.name]
        if shortest <= median <= longest:
            regular = np.all((gaps >= frequency.shortest) & (gaps <= frequency.longest))
            # Daily tables may hold long gaps, but weekly stretches among days are a mixture.
            if frequency.name == "daily":
                regular = regular and np.mean(gaps > longest) <= 0.05
                weekend = np.isin((dates.astype(int) + 3) % 7, (5, 6)).mean()
                frequency = EVERY_DAY if weekend > 0.2 else frequency
            if regular:
                return frequency
    raise ValueError(
        f"Dates need one regular spacing (daily, weekly, monthly, quarterly or yearly), but the gaps run from "
        f"{gaps.min()} to {gaps.max()} days, with a median of {median:g}; split the table or resample it."
    )


def _settle_month(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    first, second, year = numbers.T
    if first.max() > 12 and second.max() <= 12:
        return year, second, first
    if second.max() > 12 and first.max() <= 12:
        return year, first, second
    raise ValueError(
        "Dates need an order of day and month that can be told, but every date reads both ways; write 2024-01-31."
    )


def _not_a_date(text: str, row: int) -> ValueError:
    return ValueError(
        f"The first column needs dates such as 2024-01-31 in one format, but data row {row} has {text.strip()!r}."
    )
