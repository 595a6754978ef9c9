"""Periods: what the URL may say, the days they mean, and that text and period are one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.errors import PeriodInvalid
from queries.periods import Period, compare_period


@pytest.mark.parametrize(
    ("text", "start", "end", "months"),
    [
        ("2020", date(2020, 1, 1), date(2020, 12, 31), 12),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29), 1),
        ("2018..2020", date(2018, 1, 1), date(2020, 12, 31), 36),
        ("2020-01..2020-06", date(2020, 1, 1), date(2020, 6, 30), 6),
        ("2019-11..2020-02", date(2019, 11, 1), date(2020, 2, 29), 4),
        ("2019..2020-06", date(2019, 1, 1), date(2020, 6, 30), 18),
    ],
)
def test_a_period_has_whole_months(text: str, start: date, end: date, months: int) -> None:
    period = Period.parse(text)
    assert (period.start, period.end, period.months) == (start, end, months)


@pytest.mark.parametrize(
    ("text", "shortest"),
    [
        ("2020-01..2020-12", "2020"),
        ("2020..2020", "2020"),
        ("2020-05..2020-05", "2020-05"),
        ("2018-01..2020-12", "2018..2020"),
        (" 2020 ", "2020"),
        ("2019..2020-06", "2019-01..2020-06"),
    ],
)
def test_a_period_is_written_the_shortest_way(text: str, shortest: str) -> None:
    assert str(Period.parse(text)) == shortest


@pytest.mark.parametrize(
    "text",
    ["", "..", "20", "2020-13", "2020-00", "2020-5", "2020-05-01", "2020...2021", "2020..", "..2020", "2020..2019",
     "2020-06..2020-05", "２０２０", "last year", "2020;drop", "0020", "9" * 500, "2020\n2021"],
)  # fmt: skip
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(PeriodInvalid) as raised:
        Period.parse(text)
    assert len(str(raised.value)) < 250
    assert raised.value.next_step


months = st.tuples(st.integers(1000, 2999), st.integers(1, 12))


@given(months, months)
def test_text_and_period_are_one(first: tuple[int, int], last: tuple[int, int]) -> None:
    first, last = min(first, last), max(first, last)
    period = Period(Period.of_month(*first).start, Period.of_month(*last).end)
    assert Period.parse(str(period)) == period
    assert Period.parse(f"{first[0]}-{first[1]:02d}..{last[0]}-{last[1]:02d}") == period
    assert period.months == (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    assert period.years == list(range(first[0], last[0] + 1))


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2020", "2019"),
        ("2020-02", "2019-02"),
        ("2020-01..2020-06", "2019-01..2019-06"),
        ("2019..2020", "2017..2018"),
        ("2018..2020", "2015..2017"),
    ],
)
def test_a_period_compares_with_the_one_before(text: str, before: str) -> None:
    assert str(compare_period(Period.parse(text))) == before


def test_periods_overlap_and_lie_within_the_data() -> None:
    first, last = date(2018, 1, 1), date(2020, 12, 1)
    assert Period.parse("2018..2020").within(first, last)
    assert not Period.parse("2017..2018").within(first, last)
    assert not Period.parse("2020..2021").within(first, last)
    assert Period.parse("2020-12").within(first, last)
    assert Period.parse("2017..2018").overlaps(first, last)
    assert Period.parse("2020-12").overlaps(first, last)
    assert not Period.parse("2021").overlaps(first, last)
    assert not Period.parse("2017").overlaps(first, last)


def test_periods_are_ordered_by_their_start() -> None:
    texts = ["2020", "2019-12", "2018..2020", "2018"]
    assert [str(period) for period in sorted(map(Period.parse, texts))] == ["2018", "2018..2020", "2019-12", "2020"]
