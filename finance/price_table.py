"""Reading a table of dated numbers, one column per asset."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from finance.dates import parse_dates


@dataclass(frozen=True, kw_only=True)
class PriceTable:
    """Dated numbers, ascending by date."""

    dates: np.ndarray  # shape: (n_rows,), datetime64[D]
    names: tuple[str, ...]
    values: np.ndarray  # shape: (n_rows, n_assets)
    was_sorted: bool  # False if the file had its rows in another order


def read_price_table(path: str | Path) -> PriceTable:
    """Read a CSV file: a header with the assets' names, dates in the first column, a number in every other cell.

    Separators are comma, semicolon (with decimal commas, if so written) or tab.

    Raises:
        ValueError: One sentence that names the cell, column or row at fault.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"A CSV file was wanted, but {path} is a folder.")
    if not path.exists():
        raise ValueError(f"There is no file {path}; give the path of a CSV file with dates and one column per asset.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} needs to be UTF-8 text, but is not; save it as 'CSV UTF-8'.") from None
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read: {error.strerror}.") from None
    return parse_price_table(text, path.name)


def parse_price_table(text: str, name: str) -> PriceTable:
    """Read the text of such a file; `name` is what error messages call it."""
    lines = text.splitlines()
    if not lines:
        raise ValueError(f"{name} needs a header and rows of numbers, but is empty.")
    separator = max(",;\t", key=lines[0].count)
    rows = [row for row in csv.reader(lines, delimiter=separator) if any(cell.strip() for cell in row)]
    names = tuple(cell.strip() for cell in rows[0][1:])
    if not names:
        raise ValueError(f"{name} needs a date column and at least one asset column, but its header is {lines[0]!r}.")
    if not all(names):
        raise ValueError(
            f"{name} needs a name for every asset, but column {names.index('') + 2} of its header is empty."
        )
    repeated = sorted({asset for asset in names if names.count(asset) > 1})
    if repeated:
        raise ValueError(f"{name} needs one column per asset, but {', '.join(repeated)} comes more than once.")
    if len(rows) == 1:
        raise ValueError(f"{name} needs rows of numbers, but has a header only.")
    for number, row in enumerate(rows[1:], start=1):
        if len(row) != len(rows[0]):
            raise ValueError(f"{name} needs {len(rows[0])} cells in every row, but data row {number} has {len(row)}.")
    dates = parse_dates([row[0] for row in rows[1:]])
    values = np.array(
        [
            [_number(cell, separator, name, asset, row[0]) for asset, cell in zip(names, row[1:], strict=True)]
            for row in rows[1:]
        ]
    )
    _refuse_missing(values, names, dates, name)
    order = np.argsort(dates, kind="stable")
    dates, values = dates[order], values[order]
    if np.any(dates[1:] == dates[:-1]):
        twice = dates[1:][dates[1:] == dates[:-1]][0]
        raise ValueError(f"{name} needs each date once, but {twice} comes more than once.")
    return PriceTable(dates=dates, names=names, values=values, was_sorted=bool(np.all(order == np.arange(len(order)))))


def _number(cell: str, separator: str, name: str, asset: str, date: str) -> float:
    text = cell.strip()
    if text.lower() in ("", "na", "n/a", "nan", "null", "-", "#n/a"):
        return np.nan
    if separator != "," and "." not in text:
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{name} needs numbers, but {asset} on {date} is {cell.strip()!r}.") from None


def _refuse_missing(values: np.ndarray, names: tuple[str, ...], dates: np.ndarray, name: str) -> None:
    missing = ~np.isfinite(values)
    if missing.any():
        column = int(missing.any(axis=0).argmax())
        row = int(missing[:, column].argmax())
        raise ValueError(
            f"{name} needs a number in every cell, but {missing.sum()} are missing or infinite, the first of "
            f"{names[column]} on {dates[row]}; drop those rows or columns, or fill them in."
        )
