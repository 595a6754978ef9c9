"""Words, numbers, dates and names in the reader's language; every word stands in data/words/."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from data.spreadsheets import MINUS
from data.wording import WORDS as WORDS
from data.wording import WordMissing as WordMissing
from data.wording import text
from data.wording import words as words
from pages.parts import state

GAP = re.compile(r"(?<=\d[万亿]) (?=[\u4e00-\u9fff])")
NOTHING = "\N{EM DASH}"

_language: ContextVar[str | None] = ContextVar("language", default=None)


def lang() -> str:
    """`zh` or `en`: the View's, unless `speaking` set another."""
    return _language.get() or state.current_language()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Inside, all words are of `language` (exports and tests)."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def t(key: str, **values: object) -> str:
    """The words of `key`, its {placeholders} filled; after 万 and 亿 the unit follows without a gap."""
    said = text(key, lang(), **values)
    return GAP.sub("", said) if values and ("万 " in said or "亿 " in said) else said


def has(key: str) -> bool:
    """Whether there are words for `key`."""
    return key in words(lang())


def enum(column: str, value: str | None) -> str:
    """Words of a column's allowed value; a value without words is shown as it is."""
    if value is None or value != value:
        return NOTHING
    return words(lang()).get(f"enum.{column}.{value}", str(value))


def is_missing(value: float | None) -> bool:
    """Whether there is no number to show."""
    return value is None or not math.isfinite(value)


def number(value: float | None, decimals: int = 0) -> str:
    """1,234.5 with the sign of minus that aligns; a dash where there is none."""
    if value is None or is_missing(value):
        return NOTHING
    text = f"{abs(value):,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def told(value: float | None, decimals: int = 0, withheld: bool = False) -> str:
    """A number, or in a word that it is withheld because it counts few people."""
    return t("meaning.withheld") if withheld else number(value, decimals)


def signed(value: float | None, decimals: int = 0) -> str:
    """+1.2, −1.2, ±0.0; a dash where there is none."""
    if value is None or is_missing(value):
        return NOTHING
    text = number(abs(value), decimals)
    return f"±{text}" if not text.strip("0.,") else f"{'+' if value > 0 else MINUS}{text}"


def compact(value: float | None) -> str:
    """Short form: from ten thousand on 1.23万 or 12.3k, then 4.5亿 or 4.5M; below, the number itself."""
    if value is None or is_missing(value):
        return NOTHING
    size = abs(value)
    steps = ((1e8, "亿"), (1e4, "万")) if lang() == "zh" else ((1e9, "bn"), (1e6, "M"), (1e4, "k"))
    for least, suffix in steps:
        if size >= least:
            unit = 1e3 if suffix == "k" else least
            return f"{MINUS if value < 0 else ''}{_three_digits(size / unit)}{suffix}"
    return number(value, 0 if size >= 100 or float(value).is_integer() else 1)


def _three_digits(size: float) -> str:
    decimals = 2 if size < 10 else 1 if size < 100 else 0
    text = f"{size:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: float | None, unit: str, decimals: int = 0) -> str:
    """A number with its unit, as a sentence says it: 56.0%, 3,120 人次/千人."""
    if value is None or is_missing(value):
        return NOTHING
    return t(f"quantity.{unit}", value=number(value, decimals)) if has(f"quantity.{unit}") else number(value, decimals)


def unit_name(unit: str) -> str:
    """A unit's name for a heading."""
    return t(f"unit.{unit}")


def level_name(level: str) -> str:
    """街道, 社区, 邻里 … ; in English plural where a list is meant: see `levels_name`."""
    return t(f"level.{level}")


def levels_name(level: str, count: int | None = None) -> str:
    """Several areas of a level: “16 个街道”, “16 subdistricts”; without a count just the plural."""
    if count is None:
        return t(f"levels.{level}")
    return t(
        "levels.counted" if count != 1 else "levels.counted_one",
        count=number(count),
        levels=t(f"levels.{level}"),
        level=t(f"level.{level}"),
    )


def area_name(row: Any) -> str:
    """Name of an area in the reader's language, from a row with name_zh and name_en (mapping, Series, named tuple)."""
    column = f"name_{lang()}"
    return str(row[column] if hasattr(row, "keys") else getattr(row, column))


def short_name(row: Any, level: str) -> str:
    """An area's name where its level is plain: in English without “Community”, “Subdistrict”, “District”."""
    name = area_name(row)
    return name.removesuffix(f" {level.capitalize()}") if lang() == "en" else name


def date_text(day: date) -> str:
    """2020年12月31日; 31 December 2020."""
    return t("date.day", year=day.year, month=day.month, month_name=t(f"month.{day.month}"), day=day.day)


def moment_text(moment: str) -> str:
    """A moment of UTC (ISO 8601) as the clock of this machine says it, to the minute: 2020-12-31 18:05; "" for none."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}" if moment else ""


def month_text(day: date) -> str:
    """2020年12月; December 2020."""
    return t("date.month", year=day.year, month=day.month, month_name=t(f"month.{day.month}"))


def period_text(period: str) -> str:
    """A period of the View in words: 2020年; 2020年5月; 2018–2020年."""
    start, _, end = period.partition("..")
    if not end:
        return _point_text(start)
    return t("date.span", start=_point_text(start) if "-" in start else start, end=_point_text(end))


def _point_text(point: str) -> str:
    year, _, month = point.partition("-")
    return month_text(date(int(year), int(month), 1)) if month else t("date.year", year=year)


def distinct(told: Mapping[str, str]) -> dict[str, str]:
    """Words by id, no two alike: a chooser tells its entries apart by their words alone, so a twin gets its id."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for id, line in told.items():
        found[id] = f"{line} · {id[:8]}" if line in seen else line
        seen.add(found[id])
    return found
