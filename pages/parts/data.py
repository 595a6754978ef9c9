"""Cached doors to the data: answers are kept per question and data version; a new version is seen without a restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar, cast

import pandas as pd
import streamlit as st

import queries.areas
import queries.catalogue
import queries.indicator_queries
import queries.lines
import queries.profile
import queries.records
from data.contract import DataError
from data.editions import come_into_force
from data.indicators import Indicator, load_indicators
from data.locks import Busy
from data.manifest import (
    Manifest,
    NoManifest,
    data_root,
    edition_in_force,
    edition_on,
    editions_built,
    extracts_dir,
    read_manifest,
    read_version,
)
from data.prepare import has_demonstration_ground
from pages.parts import delivered, state
from pages.parts.words import lang, short_name
from queries.errors import DatabaseClosed
from queries.extracts import current_version
from queries.indicators import values
from queries.periods import Period
from queries.run import Database, open_database

log = logging.getLogger("linli")
EVERYTHING = 1_000_000  # more rows than a sheet holds
T = TypeVar("T")
ANSWERS = 4000  # cached answers; most are a few hundred bytes


@dataclass
class _Door:
    """The open database of one data folder; the lock lets one thread replace it."""

    lock: threading.Lock
    database: Database | None = None


@cache
def _door(folder: Path) -> _Door:
    return _Door(threading.Lock())


_asked_version: ContextVar[str] = ContextVar("asked_version", default="")


@contextmanager
def at_version(version: str) -> Iterator[None]:
    """Inside, questions are answered by that version of the data, which must still be kept; "" is the current one."""
    token = _asked_version.set(version)
    try:
        yield
    finally:
        _asked_version.reset(token)


def is_kept(version: str) -> bool:
    """Whether a version of the data can still be asked."""
    try:
        return bool(read_version(data_root(), version).version == version)
    except NoManifest:
        return False


def pinned(make: Callable[[], T]) -> Callable[[], T]:
    """`make` as it would answer now about the edition chosen: for files that are made later, outside of any session."""
    version = _asked_version.get() or (manifest().version if other_edition() else "")

    def made() -> T:
        with at_version(version):
            return make()

    return made


def other_edition() -> str:
    """The edition asked for where it is not the one in force, else ""."""
    asked, root = state.current_edition(), data_root()
    if asked == state.OF_THE_TIME:
        found = edition_on(editions_built(root), days(state.current_view().period)[1])
        asked = "" if found is None else found.edition
    if not asked or asked == edition_in_force(root):
        return ""
    return asked if asked in {made.edition for made in editions_built(root)} else ""


_looked: dict[Path, date] = {}


def begin_day(today: date | None = None) -> None:
    """On the first page of a day each process looks whether the day of a published edition has come."""
    day, root = today or date.today(), data_root()
    if _looked.get(root) == day:
        return
    _looked[root] = day
    try:
        if edition := come_into_force(root, day):
            log.info("Boundary edition %s is in force from now on.", edition)
    except Busy:
        del _looked[root]  # the next page looks again
    except DataError as error:
        log.warning("%s", error)


def edition_shown() -> str:
    """The edition of the version asked; "" before the first build."""
    if version := _asked_version.get():
        return read_version(data_root(), version).edition
    return other_edition() or edition_in_force(data_root()) or ""


def folder() -> Path:
    """Where the tables of the version asked stand. Raises ExtractsMissing or ExtractCorrupt."""
    if version := _asked_version.get():
        return extracts_dir(data_root()) / version
    return extracts_dir(data_root()) / manifest().version if other_edition() else current_version(data_root())


def db() -> Database:
    """The database of the version the manifest names now; the one before closes when its last reader is done.

    Inside `at_version` it is that version's; where the address names another edition, that edition's. Raises
    ExtractsMissing, ExtractCorrupt or SchemaMismatch.
    """
    asked, here = _asked_version.get() or other_edition(), folder()
    return _opened(_door(data_root() / asked if asked else data_root()), here)


def _opened(door: _Door, folder: Path) -> Database:
    with door.lock:
        if door.database is None or door.database.version != folder.name or door.database.closed:
            fresh = open_database(folder)
            if door.database is not None:
                door.database.close()
            door.database = fresh
        return door.database


def ask(query: Callable[..., pd.DataFrame], *given: Any) -> pd.DataFrame:
    """The answer of a query function to these arguments (after its `db`), cached by query, arguments and version.

    The frame is the caller's own: what he changes in it nobody else sees. When the version is replaced between two
    steps, the new one answers. Raises NotDelivered where nothing of what it is answered from was delivered.
    """
    name = f"{query.__module__}.{query.__qualname__}"

    def kept(base: Database, asked: Sequence[Any]) -> pd.DataFrame:
        arguments = tuple(_frozen(argument) for argument in asked)
        return _answer(str(data_root()), base.version, name, arguments, base, query)

    def told(base: Database) -> pd.DataFrame:
        return delivered.told(delivered.deliveries(data_root(), base), query, given, partial(kept, base))

    return _from_current(told).copy(deep=False)  # pandas copies what is changed, when it is changed


def ask_once(query: Callable[..., pd.DataFrame], *given: Any) -> pd.DataFrame:
    """As `ask`, but not kept: for whole tables on their way into a file, which is made outside of any session."""
    return _from_current(lambda base: query(base, *given))


def _from_current(read: Callable[[Database], T]) -> T:
    try:
        return read(db())
    except DatabaseClosed:
        return read(db())


@st.cache_resource(max_entries=ANSWERS, show_spinner=False)
def _answer(
    folder: str,
    version: str,
    name: str,
    arguments: tuple[Any, ...],
    _database: Database,
    _query: Callable[..., pd.DataFrame],
) -> pd.DataFrame:
    return _shared(_query(_database, *(_thawed(argument) for argument in arguments)))


def _shared(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame ready for several threads: the look-up tables of its labels are made now, by one of them."""
    for labels in (frame.columns, frame.index):
        if len(labels) and not isinstance(labels, pd.RangeIndex):
            labels.get_loc(labels[0])
    return frame


def _frozen(argument: Any) -> Any:
    if isinstance(argument, Mapping):
        return ("mapping", tuple((key, tuple(values)) for key, values in sorted(argument.items())))
    return ("list", tuple(argument)) if isinstance(argument, list) else argument


def _thawed(argument: Any) -> Any:
    if isinstance(argument, tuple) and len(argument) == 2 and argument[0] == "mapping":
        return {key: list(values) for key, values in argument[1]}
    return (
        list(argument[1]) if isinstance(argument, tuple) and len(argument) == 2 and argument[0] == "list" else argument
    )


def demonstration_ground() -> bool:
    """Whether boundaries, roads and households are the demonstration's, whatever the records are."""
    return has_demonstration_ground(data_root())


def manifest() -> Manifest:
    """What the version asked says of itself: version, when built, edition, whether it is a demonstration."""
    if version := _asked_version.get():
        return read_version(data_root(), version)
    return read_manifest(data_root(), other_edition() or None)


def data_until() -> date:
    """The last day the data reach to."""
    return date.fromisoformat(manifest().data_until)


def span() -> tuple[date, date]:
    """First and last month with anything that happened in it, for choosing a period."""
    flows = measures().query("behaviour == 'flow'")
    first, last = flows["first_month"].min(), flows["last_month"].max()
    return pd.Timestamp(first).date(), pd.Timestamp(last).date()


def indicators() -> dict[str, Indicator]:
    """All indicators by id, in the order of data/indicators.toml."""
    return load_indicators()


def areas() -> pd.DataFrame:
    """One row per area of any level, indexed by code; columns of the extract `area`."""
    return ask(_areas)


def _areas(db: Database) -> pd.DataFrame:
    return queries.areas.areas(db).set_index("code", drop=False)


def area(code: str) -> pd.Series[Any]:
    """One area's row; KeyError for an unknown code."""
    return cast("pd.Series[Any]", areas().loc[code])


def place_name(code: str) -> str:
    """An area's name as charts label it, where its level is plain."""
    return short_name(area(code), state.level_of(code))


def area_path(code: str) -> pd.DataFrame:
    """One row per step from the district down to the area itself: code, level, name_zh, name_en, step."""
    return ask(queries.areas.area_path, code)


def children(code: str, level: str) -> pd.DataFrame:
    """One row per area of `level` inside `code`, by code; columns of the extract `area`."""
    return ask(queries.areas.children, code, level)


def measures() -> pd.DataFrame:
    """One row per measure, indexed by its id: behaviour, grain_level, first_month, last_month, rows."""
    return ask(queries.catalogue.measures).set_index("measure", drop=False)


def is_yearly(indicator: Indicator) -> bool:
    """Whether its numerator stands once a year; no where nothing of it was delivered yet."""
    return measures()["behaviour"].get(indicator.numerator) == "yearly"


def line_name(name: str) -> str:
    """A road's or river's Chinese name in the reader's language; itself where no other is known."""
    if lang() == "zh":
        return name
    names = ask(queries.lines.line_names).set_index("name_zh")["name_en"]
    return str(names.get(name) or name)


def days(period: str) -> tuple[date, date]:
    """First and last day of a period of the View."""
    parsed = Period.parse(period)
    return parsed.start, parsed.end


def indicator_values(indicator: Indicator, level: str, ancestor: str, period: str) -> pd.DataFrame:
    """One row per area of `level` in `ancestor`: code, numerator, denominator, value (NaN: no data), withheld."""
    asked = ask(
        queries.indicator_queries.indicator_by_area,
        indicator.numerator,
        indicator.denominator,
        level,
        ancestor,
        *days(period),
    )
    return _with_value(asked, indicator)


def indicator_of(indicator: Indicator, codes: Sequence[str], period: str) -> pd.DataFrame:
    """One row per code, indexed by it: numerator, denominator, value, withheld."""
    asked = ask(
        queries.indicator_queries.indicator_by_code,
        indicator.numerator,
        indicator.denominator,
        sorted(codes),
        *days(period),
    )
    return _with_value(asked, indicator).set_index("code", drop=False)


def indicator_series(indicator: Indicator, codes: Sequence[str], start: date, end: date) -> pd.DataFrame:
    """One row per code × month: code, month, numerator, denominator, value, withheld."""
    asked = ask(
        queries.indicator_queries.indicator_series,
        indicator.numerator,
        indicator.denominator,
        sorted(codes),
        start,
        end,
    )
    return _with_value(asked, indicator)


def indicator_years(indicator: Indicator, codes: Sequence[str]) -> pd.DataFrame:
    """One row per code × year: code, year, numerator, denominator, value, withheld."""
    asked = ask(queries.indicator_queries.indicator_years, indicator.numerator, indicator.denominator, sorted(codes))
    return _with_value(asked, indicator)


def measure_values(wanted: Sequence[str], codes: Sequence[str], period: str) -> pd.DataFrame:
    """One row per measure × code: measure, code, value, withheld; over the period as an indicator's parts."""
    return _with_withheld(ask(queries.profile.measures_by_code, sorted(wanted), sorted(codes), *days(period)))


def small_count() -> int:
    """Counts of people below this are not told."""
    return db().small_count


def records(
    table: str,
    area: str,
    period: str,
    filters: Mapping[str, Sequence[str]] | None = None,
    limit: int = 100,
    offset: int = 0,
) -> pd.DataFrame:
    """A page of the records behind a number; column `total` counts all that match. Raises UnknownTable."""
    return ask(queries.records.list_records, table, area, *days(period), dict(filters or {}), limit, offset)


def all_records(table: str, area: str, period: str, filters: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """All records behind a number, for a file. Raises UnknownTable."""
    return ask_once(queries.records.list_records, table, area, *days(period), dict(filters), EVERYTHING, 0)


def deliveries() -> delivered.Deliveries | None:
    """Which office delivered which table of the version asked; None where it is a demonstration."""
    return _from_current(lambda base: delivered.deliveries(data_root(), base))


def _with_value(frame: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """With the value, and `withheld`: true where there is none because it would tell of few people."""
    return _with_withheld(frame.assign(value=values(frame, indicator.scale, ratio=indicator.denominator is not None)))


def _with_withheld(frame: pd.DataFrame) -> pd.DataFrame:
    return frame if "withheld" in frame else frame.assign(withheld=False)
