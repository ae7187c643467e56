import pytest

from reports import Table
from reports.question import GapScale


def test_numbers_meet_on_the_decimal_point():
    table = Table(title="t", columns=("name", "km"), rows=[["a", "1.25"], ["b", "10.5"], ["c", "1,260"], ["d", None]])
    assert table.numeric == [False, True]
    assert [row[1] for row in table.aligned] == ["1.25", "10.5\u2007", "1,260\u2008\u2007\u2007", "–\u2008\u2007\u2007"]


def test_cells_in_words():
    table = Table(title="t", columns=("x",), rows=[[True], [-1234], [-0.5], [float("nan")], [None], [1e-9], ["a"]])
    assert [row[0] for row in table.texts] == ["yes", "−1,234", "−0.5", "–", "–", "1e-09", "a"]


def test_a_table_without_rows():
    table = Table(title="t", columns=("x", "y"))
    assert (table.numeric, table.aligned) == ([False, False], [])


def test_ragged_rows_are_refused():
    with pytest.raises(ValueError, match=r"Every row of the table 'loads' needs 2 cells \(a, b\), got 1"):
        Table(title="loads", columns=("a", "b"), rows=[["x"]])


def test_gaps_are_read_in_their_scale_without_negative_zero():
    scale = GapScale(factor=1000, unit="mHa", decimals=1)
    assert [scale.text(gap) for gap in (0.0022, -0.00001, -0.102, 1.5)] == [
        "2.2 mHa", "0.0 mHa", "−102.0 mHa", "1,500.0 mHa",
    ]  # fmt: skip
