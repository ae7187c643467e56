"""Own sites of a lattice model, read from a CSV file of the hopping between them."""

import csv
from pathlib import Path

ASYMMETRY = 1e-8  # of the largest element


def read_hopping(path: Path) -> tuple[list[list[float]], float]:
    """The file's symmetric one-body matrix in units of its largest hopping, and that.

    Args:
        path: A CSV file of as many rows as columns, one for each site, with or without the sites' names.

    Raises:
        ValueError: The file holds no such matrix, one that is not symmetric, or its sites are all apart.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error):
        raise ValueError(f"{path} is no CSV file of numbers") from None
    if rows and not all(map(_is_number, rows[0])):  # names of the sites
        rows = rows[1:]
    if rows and not _is_number(rows[0][0]):
        rows = [row[1:] for row in rows]
    if not rows or any(len(row) != len(rows) for row in rows):
        raise ValueError(
            f"{path} should hold as many columns as rows of numbers, one for each site, with or without names, "
            f"but has {len(rows)} rows of {sorted({len(row) for row in rows})} numbers"
        )
    try:
        matrix = [[float(cell) for cell in row] for row in rows]
    except ValueError as error:
        raise ValueError(f"{path} holds a cell that is no number ({error})") from None
    pairs = [(abs(h - matrix[j][i]), i, j) for i, row in enumerate(matrix) for j, h in enumerate(row) if i < j]
    largest = max((abs(h) for row in matrix for h in row), default=0.0)
    asymmetry, i, j = max(pairs, default=(0.0, 0, 0))
    if asymmetry > ASYMMETRY * largest:
        raise ValueError(
            f"{path} should be symmetric, but h_ij and h_ji differ by {asymmetry:g} in the file's unit, for sites "
            f"{i + 1} and {j + 1}: {matrix[i][j]:g} and {matrix[j][i]:g}"
        )
    t = max((abs(h) for i, row in enumerate(matrix) for j, h in enumerate(row) if i != j), default=0.0)
    if not t > 0:
        raise ValueError(f"{path} has no hopping between its sites: every element beside the diagonal is zero")
    return [[h / t for h in row] for row in matrix], t


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
