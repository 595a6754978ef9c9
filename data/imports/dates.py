"""Dates, months and times as offices write them: 2020-01-05, 2020年1月5日, 民国109年1月5日, 二〇二〇年一月, 43835."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from data.contract import Column
from data.imports.cells import CellProblem, plain

EXCEL_ZERO = date(1899, 12, 30)
SERIALS = (10_000, 80_000)
"""Days since 1899-12-30 that a date cell can hold: the years 1927 to 2119."""
FIRST_YEAR, LAST_YEAR = 1900, 2100
REPUBLIC = 1911
"""Years of the Republic of China are counted from here."""
DIGITS: Final = dict(zip("〇零○Ｏ一二三四五六七八九", "0000123456789", strict=True))
CLOCK = re.compile(
    r"(上午|下午|晚上|am|pm)?\s*(\d{1,2})[:：时点](\d{1,2})?分?(?:[:：]?(\d{1,2})(?:\.\d+)?秒?)?\s*(am|pm)?\s*z?$"
)
PATTERNS = (
    re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"),
    re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})"),
)
MONTHS = (
    re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*月?(?:份)?"),
    re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])"),
)
REPUBLICAN = re.compile(
    r"(?:中华民国|民国)\s*(?P<y>\d{1,3}|元)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]?\s*(?:(?P<d>\d{1,2})\s*日?)?"
)


def read_date(value: object, _column: Column) -> date:
    """A day; a time of day is cut off. Raises CellProblem not_date, no_year, ambiguous_date, no_such_day."""
    return _moment(value).date()


def read_month(value: object, _column: Column) -> date:
    """The first day of a month, written as a month or as any of its days. Raises CellProblem as `read_date`."""
    if isinstance(value, str):
        text = _arabic(plain(value))
        for pattern in MONTHS:
            if found := pattern.fullmatch(text):
                return _day(int(found["y"]), int(found["m"]), 1)
    return _moment(value, or_month=True).date().replace(day=1)


def read_timestamp(value: object, _column: Column) -> datetime:
    """A moment, midnight where only a day is written. Raises CellProblem as `read_date`."""
    return _moment(value)


def _moment(value: object, *, or_month: bool = False) -> datetime:
    if isinstance(value, datetime):
        return _within(value.replace(tzinfo=None))
    if isinstance(value, date):
        return _within(datetime.combine(value, time()))
    if isinstance(value, bool | time):
        raise CellProblem("not_date")
    if isinstance(value, int | float):
        return _from_number(float(value))
    return _from_text(_arabic(plain(value)), or_month=or_month)


def _within(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise CellProblem("no_such_day")
    return moment


def _from_number(number: float) -> datetime:
    """A spreadsheet's day number, or 20200105 typed as a number."""
    if SERIALS[0] <= number <= SERIALS[1]:
        whole = int(number)
        seconds = round((number - whole) * 86_400)
        return datetime.combine(EXCEL_ZERO + timedelta(days=whole), time()) + timedelta(seconds=seconds)
    if number == int(number) and 19_000_101 <= number <= 21_001_231:
        return _from_text(str(int(number)), or_month=False)
    raise CellProblem("not_date")


def _arabic(text: str) -> str:
    """Chinese digits in a date made plain: 二〇二〇年十二月三十一日."""
    if not re.search("[一二三四五六七八九十]", text):
        return text
    text = re.sub("([二三]?)十([一二三四五六七八九]?)", _tens, text)
    return "".join(DIGITS.get(each, each) for each in text)


def _tens(found: re.Match[str]) -> str:
    return f"{DIGITS.get(found[1], '1')}{DIGITS.get(found[2], '0')}"


def _from_text(text: str, *, or_month: bool) -> datetime:
    day, clock = _split(text)
    for pattern in PATTERNS:
        if found := pattern.fullmatch(day):
            return _at(_day(int(found["y"]), int(found["m"]), int(found["d"])), clock)
    if (found := REPUBLICAN.fullmatch(day)) and (found["d"] or or_month):
        year = 1 if found["y"] == "元" else int(found["y"])
        return _at(_day(REPUBLIC + year, int(found["m"]), int(found["d"] or 1)), clock)
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _from_number(float(text))
    raise CellProblem(_why(day))


def _split(text: str) -> tuple[str, str]:
    """The day and the time of day in a text; weekdays in brackets are dropped."""
    text = re.sub(r"\(?(?:星期|周)[一二三四五六日天\d]\)?", " ", text)
    found = re.match(r"^(.*?[\d日])(?:\s*[Tt]\s*|\s+)((?:上午|下午|晚上)?\s*\d{1,2}[:：时点].*)$", text)
    found = found or re.match(r"^(.*日)((?:上午|下午|晚上)?\s*\d{1,2}[:：时点].*)$", text)
    return (found[1].strip(), found[2].strip()) if found else (text.strip(), "")


def _at(day: date, clock: str) -> datetime:
    if not clock:
        return datetime.combine(day, time())
    found = CLOCK.fullmatch(clock.lower())
    if not found:
        raise CellProblem("not_date")
    half, hour, minute, second, end = found.groups()
    late = 12 if (half or end) in ("下午", "晚上", "pm") and int(hour) < 12 else 0
    try:
        return datetime.combine(day, time(int(hour) + late, int(minute or 0), int(second or 0)))
    except ValueError:
        raise CellProblem("no_such_day") from None


def _day(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise CellProblem("no_such_day") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellProblem("no_such_day")
    return found


def _why(text: str) -> str:
    """Which kind of problem a text is that looks like a date but cannot be read for certain."""
    if re.fullmatch(
        r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{2,4}|\d{2,3}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?", text
    ):
        return "ambiguous_date"
    if re.fullmatch(r"\d{1,2}\s*[-/.月]\s*\d{1,2}日?|\d{1,2}月|[\u4e00-\u9fff]+月.*", text):
        return "no_year"
    return "not_date"
