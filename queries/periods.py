"""Periods as the URL writes them: 2020, 2020-05, 2018..2020, 2020-01..2020-06."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import total_ordering

from queries.errors import PeriodInvalid

ONE = re.compile(r"(?P<year>[12]\d{3})(?:-(?P<month>0[1-9]|1[0-2]))?", re.ASCII)


@total_ordering
@dataclass(frozen=True)
class Period:
    """Whole months from the first day of `start` to the last day of `end`; both are dates, both counted.

    `str(period)` is the shortest text that `Period.parse` reads back as the same period.
    """

    start: date
    end: date

    @staticmethod
    def parse(text: str) -> Period:
        """The period in `text`. Raises PeriodInvalid for anything else, also when the end comes before the start."""
        first, dots, last = text.strip().partition("..")
        period = Period(_bounds(first, text)[0], _bounds(last if dots else first, text)[1])
        if period.end < period.start:
            raise _invalid(text, "it ends before it starts")
        return period

    @staticmethod
    def of_year(year: int) -> Period:
        """January to December of one year."""
        return Period(date(year, 1, 1), date(year, 12, 31))

    @staticmethod
    def of_month(year: int, month: int) -> Period:
        """One month."""
        return Period(date(year, month, 1), _last_day(year, month))

    def __str__(self) -> str:
        if self.whole_years:
            first, last = f"{self.start.year:04d}", f"{self.end.year:04d}"
        else:
            first, last = f"{self.start:%Y-%m}", f"{self.end:%Y-%m}"
        return first if first == last else f"{first}..{last}"

    def __lt__(self, other: Period) -> bool:
        return (self.start, self.end) < (other.start, other.end)

    @property
    def months(self) -> int:
        """How many months it has."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    @property
    def whole_years(self) -> bool:
        """True when it runs from a January to a December."""
        return self.start.month == 1 and self.end.month == 12

    @property
    def years(self) -> list[int]:
        """The calendar years it touches."""
        return list(range(self.start.year, self.end.year + 1))

    def shifted(self, years: int) -> Period:
        """The same months `years` later (earlier when negative)."""
        last = _last_day(self.end.year + years, self.end.month)
        return Period(date(self.start.year + years, self.start.month, 1), last)

    def within(self, first: date, last: date) -> bool:
        """True when every month of it lies between the months of two dates, both counted."""
        return (first.year, first.month) <= (self.start.year, self.start.month) and self.end <= _last_day(
            last.year, last.month
        )

    def overlaps(self, first: date, last: date) -> bool:
        """True when at least one month of it lies between the months of two dates, both counted."""
        return date(first.year, first.month, 1) <= self.end and self.start <= last


def compare_period(period: Period) -> Period:
    """The same months a year earlier; of a period longer than a year, the period of equal length just before it."""
    return period.shifted(-max(1, -(-period.months // 12)))


def _bounds(text: str, whole: str) -> tuple[date, date]:
    found = ONE.fullmatch(text)
    if found is None:
        raise _invalid(whole, "a year is written 2020, a month 2020-05, a span 2018..2020 or 2020-01..2020-06")
    year, month = int(found["year"]), found["month"]
    return date(year, int(month or 1), 1), _last_day(year, int(month or 12))


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _invalid(text: str, reason: str) -> PeriodInvalid:
    shown = text if len(text) <= 40 else text[:40] + "…"
    return PeriodInvalid(f"'{shown}' is not a period", reason=reason, next_step="Choose a period from the list")
