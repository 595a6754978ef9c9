"""Which office delivered which table and since when; what nobody delivered is missing from every answer, never 0.

Every answer passes through `told`: figures counted from a table that was not delivered for their area and period are
blank, areas without it are no rows of a list, and a question about nothing that was delivered raises NotDelivered. A
share or rate of an area of which only some offices delivered is that of those offices, below and above the line.
Demonstration data are whole, so nothing of this touches them.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd

from data.contract import DataError, load_contract
from data.indicators import load_indicators
from data.manifest import NoManifest, read_version
from queries.areas import areas
from queries.freshness import delivered
from queries.records import RECORD_TABLES
from queries.run import Database, statement, statement_names

MONTHLY = frozenset({"event", "attendance", "service_project", "case", "deliberation", "volunteering"})
"""Tables that come in month by month: from an office's first row to its last, a month without rows is 0."""
SPARSE = frozenset({"garden", "venture_project"})
"""Tables that one bureau delivers for all: an office without a row has none of them."""
KEPT_ON = frozenset({"population", "household"})
"""Yearly tables whose figures stand for the following years too."""
MADE_OF = {
    "event_total": ("event",),
    "attendance_kind": ("event",),
    "attendance_age_sex": ("attendance",),
    "attendance_flow": ("attendance",),
    "three_in_one": ("three_in_one",),
    "reach": ("service_office",),
}
"""Extracts that are no record table, and the record tables they are made of."""
EVERYWHERE = ""
"""The place of a table that knows no places."""

Span = tuple[date | None, date | None]
Answer = Callable[[Sequence[Any]], pd.DataFrame]
"""A query's answer to its arguments."""


class NotDelivered(DataError):
    """Raised when tables a question is answered from were not delivered for its area and period.

    `ever`: whether all of them were delivered by somebody at some time.
    """

    def __init__(self, tables: Sequence[str], area: str, ever: bool) -> None:
        super().__init__(f"Nothing can be said of {area}: not delivered: {', '.join(tables)}.")
        self.tables, self.area, self.ever = tuple(tables), area, ever


@dataclass(frozen=True, eq=False)
class Deliveries:
    """Table -> office -> first and last date of its rows; `above`: offices with part in an area larger than one.

    `whole`: areas that consist of whole offices.
    """

    spans: Mapping[str, Mapping[str, Span]]
    above: Mapping[str, tuple[str, ...]]
    whole: frozenset[str] = frozenset()

    def offices(self, code: str) -> tuple[str, ...]:
        """The subdistricts an area consists of, or the one it lies in."""
        return self.above.get(code) or (code[:9],)

    def has(self, table: str, office: str, start: date, end: date) -> bool:
        """Whether an office delivered a table for any of these days, as far as its rows tell."""
        known = self.spans.get(table, {})
        if EVERYWHERE in known or (table in SPARSE and known):
            return True
        return office in known and _covers(table, known[office], start, end)

    def here(self, table: str, code: str, start: date, end: date) -> tuple[str, ...]:
        """The offices of an area that delivered the table."""
        return tuple(office for office in self.offices(code) if self.has(table, office, start, end))

    def all_in(self, tables: Iterable[str], code: str, start: date, end: date) -> tuple[str, ...]:
        """The offices of an area that delivered all of the tables."""
        wanted = tuple(tables)
        return tuple(o for o in self.offices(code) if all(self.has(table, o, start, end) for table in wanted))

    def lacking(self, tables: Iterable[str], code: str, start: date, end: date) -> tuple[str, ...]:
        """The tables that no office of the area delivered."""
        return tuple(
            table
            for table in tables
            if not self.here(table, code, start, end) and not self.has(table, code, start, end)
        )

    def blank(self, tables: Iterable[str], codes: Iterable[str], start: date, end: date) -> set[str]:
        """The areas for which any of the tables is lacking."""
        wanted = tuple(tables)
        return {code for code in codes if self.lacking(wanted, code, start, end)}


def _covers(table: str, span: Span, start: date, end: date) -> bool:
    first, last = span
    if first is None or last is None:
        return True
    if table in MONTHLY:
        return _month(first) <= _month(end) and _month(last) >= _month(start)
    return table not in _yearly() or (first.year <= end.year and last.year >= start.year)


def _month(day: date) -> int:
    return day.year * 12 + day.month


@cache
def _yearly() -> frozenset[str]:
    """Tables known year by year, and those dated by what happens too seldom to tell a month without it from none."""
    seldom = {entry.table for entry in RECORD_TABLES.values() if entry.time == "flow"}
    yearly = {name for name, table in load_contract().records.items() if "year" in table.columns}
    return frozenset((seldom | yearly) - MONTHLY - KEPT_ON)


_read: WeakKeyDictionary[Database, Deliveries | None] = WeakKeyDictionary()


def deliveries(root: Path, base: Database) -> Deliveries | None:
    """What was delivered into a version of the data; None where it is a demonstration."""
    if base not in _read:
        _read[base] = None if _is_demonstration(root, base.version) else read(base)
    return _read[base]


def _is_demonstration(root: Path, version: str) -> bool:
    try:
        return read_version(root, version).demonstration
    except NoManifest:
        return True


def read(base: Database) -> Deliveries:
    """What the rows of a version tell of its deliveries."""
    spans: dict[str, dict[str, Span]] = {name: {} for name in load_contract().records}
    for row in delivered(base).itertuples(index=False):
        spans.setdefault(str(row.table_name), {})[str(row.office)] = (_day(row.first_date), _day(row.last_date))
    known = areas(base)
    whole = known.loc[known["level"].isin(["district", "former_district"]), "code"]
    return Deliveries(spans, _above(known), frozenset(whole))


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _above(known: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Areas larger than a subdistrict, or across them, with the subdistricts that have part in them."""
    places = known[known["level"] == "community"]
    found = {str(code): tuple(sorted(places["code"].str[:9].unique()))
             for code in known.loc[known["level"] == "district", "code"]}  # fmt: skip
    for column in ("former_district", "zone"):
        for code, inside in places.groupby(column)["code"]:
            found[str(code)] = tuple(sorted(inside.str[:9].unique()))
    return found


# ── what a question is answered from ──


@cache
def tables_of(query: str) -> tuple[str, ...]:
    """The record tables a query's text reads; () where it reads measures, or none."""
    if query not in statement_names():
        return ()
    text = statement(query).text.lower()
    own = set(re.findall(r"^(\w+) as \(", text, re.MULTILINE))
    read_from = set(re.findall(r'\b(?:from|join)\s+"?(\w+)"?', text)) - own
    found = {table for name in read_from for table in records_behind(name)}
    if "event" in found and re.search(r"\battendances\b", text):
        found.add("attendance")
    return tuple(name for name in load_contract().records if name in found)


def records_behind(extract: str) -> tuple[str, ...]:
    """The record tables an extract is made of; () for boundaries and what is computed of several themes."""
    return (extract,) if extract in load_contract().carried else MADE_OF.get(extract, ())


@cache
def tables_of_measures() -> dict[str, tuple[str, ...]]:
    """Measure -> record tables it is counted from, as the sources of the indicators that are made of it tell.

    A measure that is an indicator of its own has that one's sources; another those common to all it stands in, without
    those of what it is divided by.
    """
    known, records = load_indicators().values(), load_contract().records
    found = {each.numerator: set(each.source) & {*records} for each in known if each.denominator is None}
    own = frozenset(found)
    for each in known:
        sources = set(each.source) & {*records}
        found |= {measure: found.get(measure, sources) & sources for measure in each.measures if measure not in own}
    for each in known:
        less = found[each.numerator] - found.get(each.denominator or "", set())
        if less and each.denominator != each.numerator:
            found[each.numerator] = less
    return {measure: tuple(sorted(tables)) for measure, tables in found.items()}


def tables_of_question(query: Callable[..., Any], arguments: Sequence[Any]) -> tuple[str, ...]:
    """The record tables that a question with these arguments (after its `db`) is answered from."""
    name, given = query.__name__, _given(query, arguments)
    counted = {table for measure in _measures(given) for table in tables_of_measures().get(measure, ())}
    return tuple(dict.fromkeys((*tables_of(name), *sorted(counted))))


def _given(query: Callable[..., Any], arguments: Sequence[Any]) -> Mapping[str, Any]:
    given = inspect.signature(query).bind(None, *arguments).arguments
    return dict([*given.items()][1:])


def _measures(given: Mapping[str, Any]) -> tuple[str, ...]:
    asked = (*given.get("measures", ()), given.get("numerator"), given.get("denominator"))
    return tuple(measure for measure in asked if measure)


# ── the answer as it may be told ──


def told(known: Deliveries | None, query: Callable[..., Any], arguments: Sequence[Any], answer: Answer) -> pd.DataFrame:
    """The answer without what was not delivered. Raises NotDelivered where nothing of it was."""
    given = _given(query, arguments)
    if known is None or query.__name__ not in statement_names():
        return answer(arguments)
    start, end = given.get("start", date.min), given.get("end", date.max)
    if measures := _measures(given):
        found = _without_figures(known, answer(arguments), given, measures, start, end)
        return _of_those_in(known, found, given, answer, (start, end))
    tables, area = tables_of(query.__name__), given.get("area")
    if not tables or area is None:
        return answer(arguments)
    if lacking := known.lacking(tables, area, start, end):
        raise NotDelivered(lacking, area, all(known.spans.get(table) for table in lacking))
    return _without_areas(known, answer(arguments), tables, start, end)


def _without_areas(
    known: Deliveries, frame: pd.DataFrame, tables: Sequence[str], start: date, end: date
) -> pd.DataFrame:
    """Without the rows of areas that did not deliver; what is summed over several areas stays."""
    if "code" not in frame:
        return frame
    gone = known.blank(tables, frame["code"].astype(str).unique(), start, end)
    return frame[~frame["code"].isin(gone)].reset_index(drop=True) if gone else frame


def _without_figures(
    known: Deliveries, frame: pd.DataFrame, given: Mapping[str, Any], measures: Sequence[str], start: date, end: date
) -> pd.DataFrame:
    """With no figure where its tables were not delivered for the row's area in its month, year or the period asked."""
    columns = {role: given[role] for role in ("numerator", "denominator") if given.get(role)}
    frame = frame.copy(deep=False)
    if not columns:
        for measure in measures:
            rows = frame["measure"] == measure
            frame["value"] = _blanked(known, frame, "value", measure, rows, (start, end))
        return frame
    for column, measure in columns.items():
        frame[column] = _blanked(known, frame, column, measure, pd.Series(True, index=frame.index), (start, end))
    return frame


def _blanked(
    known: Deliveries, frame: pd.DataFrame, column: str, measure: str, rows: pd.Series, period: tuple[date, date]
) -> pd.Series:
    tables, values = tables_of_measures().get(measure, ()), frame[column]
    if not tables or not rows.any():
        return values
    when = next((name for name in ("month", "year") if name in frame), None)
    groups = frame[rows].groupby(when)["code"] if when else [(None, frame.loc[rows, "code"])]
    for moment, codes in groups:
        gone = known.blank(tables, codes.astype(str).unique(), *_days(when, moment, period))
        if gone:
            values = values.mask(frame.index.isin(codes.index[codes.isin(gone)]))
    return values


def _of_those_in(
    known: Deliveries, frame: pd.DataFrame, given: Mapping[str, Any], answer: Answer, period: tuple[date, date]
) -> pd.DataFrame:
    """Both parts of a share or rate summed over the offices that delivered both, where that is not all of an area."""
    both = (given.get("numerator"), given.get("denominator"))
    if not all(both) or "codes" not in given:
        return frame
    tables = {table for measure in both for table in tables_of_measures().get(str(measure), ())}
    when = next((name for name in ("month", "year") if name in frame), None)
    for place, row in frame[frame["code"].isin(known.whole)].iterrows():
        days = _days(when, row[when] if when else None, period)
        inside, every = known.all_in(tables, row["code"], *days), known.offices(row["code"])
        if 0 < len(inside) < len(every):
            parts = answer([*{**given, "codes": list(every)}.values()])
            same = parts["code"].isin(inside) & ((parts[when] == row[when]) if when else True)
            for column in ("numerator", "denominator"):
                frame.loc[place, column] = parts.loc[same, column].sum(min_count=1)
    return frame


def _days(when: str | None, moment: Any, period: tuple[date, date]) -> tuple[date, date]:
    """First and last day of a row's month or year, or those asked for."""
    if when == "month":
        day = pd.Timestamp(moment).date()
        return day, day
    return (date(int(moment), 1, 1), date(int(moment), 12, 31)) if when == "year" else period
