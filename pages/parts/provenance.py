"""Where a figure comes from: numerator, denominator, unit, source, period, edition, loading time, behind one word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Any

import pandas as pd

from data.indicators import Indicator
from pages.parts import data, downloads, state
from pages.parts.origin import html_of, words_of
from pages.parts.words import date_text, lang, number, period_text, t, told, unit_name

Rows = tuple[tuple[str, str], ...]  # (label, words)


def rows(indicator: Indicator, code: str, period: str) -> Rows:
    """All that makes one figure: what is divided by what in this area and period, and where both come from."""
    return (*_figure(indicator, data.indicator_of(indicator, [code], period), code), *origin(indicator, period, code))


def origin(indicator: Indicator, period: str, code: str = state.DISTRICT) -> Rows:
    """What stands behind it: definition, calculation, unit, sources, files, period, edition, version, loading."""
    own = about(indicator, indicator.words("name", lang()), period, code)
    caveat = indicator.words("caveat", lang())
    said = [(label, words) for label, words in own.rows if label != t("downloads.address")]  # the reader is there
    return (*said, *([(t("meaning.caveat"), caveat)] if caveat else []))


def about(indicator: Indicator, title: str, period: str, code: str = state.DISTRICT) -> downloads.About:
    """What a file of this indicator says of itself: the same words as on the page; `code` is the area it tells of."""
    found = downloads.about(
        title,
        definition=indicator.words("definition", lang()),
        source=sources(indicator.source),
        period=spanned(period),
    )
    calculated = ((t("meaning.calculation"), formula(indicator)), (t("meaning.unit"), unit_name(indicator.unit)))
    nature, definition, source, *rest = found.rows
    fed = (t("meaning.fed_by"), words_of(indicator.source, code, period))
    return downloads.About(title, (nature, definition, *calculated, source, fed, *rest))


def sources(tables: Iterable[str]) -> str:
    """Names of the record tables a figure is made of."""
    return t("list.comma").join(t(f"table.{name}.name") for name in tables)


def spanned(period: str) -> str:
    """A period with its first and last day, no later than the data reach."""
    first, last = data.days(period)
    known: date = min(last, data.data_until())
    return t("meaning.period_full", period=period_text(period), first=date_text(first), last=date_text(known))


def formula(indicator: Indicator) -> str:
    """Numerator ÷ denominator in words; a total is its numerator."""
    numerator = indicator.words("numerator", lang())
    if indicator.denominator is None:
        return numerator
    key = "meaning.formula" if indicator.scale == 1 else "meaning.formula_scaled"
    named = {"numerator": numerator, "denominator": indicator.words("denominator", lang())}
    return t(key, **named, scale=number(indicator.scale))


def detail(indicator: Indicator, code: str, period: str) -> str:
    """The word 口径 that opens the rows over what stands below it, without moving it."""
    name = t("meaning.provenance_of", indicator=indicator.words("name", lang()))
    return _details(name, rows(indicator, code, period), _doors(indicator, code, period))


def _doors(indicator: Indicator, code: str, period: str) -> dict[str, str]:
    """Rows of the popover that lead on, as HTML by label."""
    return {t("meaning.fed_by"): html_of(indicator.source, code, period)}


def short(
    indicator: Indicator, parts: tuple[float | None, float | None], withheld: bool, code: str, period: str
) -> str:
    """For a row of a table: definition, both parts with their words, sources, files; the rest is said once for all."""
    name = t("meaning.provenance_of", indicator=indicator.words("name", lang()))
    said = [
        (t("downloads.definition"), indicator.words("definition", lang())),
        *_parts(indicator, *parts, withheld),
        (t("downloads.source"), sources(indicator.source)),
        (t("meaning.fed_by"), ""),
    ]
    return _details(name, said, _doors(indicator, code, period))


def _figure(indicator: Indicator, found: pd.DataFrame, code: str) -> list[tuple[str, str]]:
    if code not in found.index:
        return [(t("meaning.value"), t("meaning.missing"))]
    row: Any = found.loc[code]
    kept = bool(row["withheld"])
    value = told(float(row["value"]), indicator.decimals, kept)
    unit = "" if kept or pd.isna(row["value"]) else f" {unit_name(indicator.unit)}"
    return [
        (t("meaning.value"), f"{value}{unit}"),
        *_parts(indicator, row["numerator"], row["denominator"], kept),
    ]


def _parts(indicator: Indicator, numerator: Any, denominator: Any, kept: bool) -> list[tuple[str, str]]:
    over = t("meaning.none")
    if indicator.denominator is not None:
        over = _part(indicator.words("denominator", lang()), denominator, kept)
    return [
        (t("meaning.numerator"), _part(indicator.words("numerator", lang()), numerator, kept)),
        (t("meaning.denominator"), over),
    ]


def _part(name: str, value: Any, kept: bool) -> str:
    given = None if pd.isna(value) else float(value)
    exact = 0 if given is None or given.is_integer() else 1
    return t("meaning.part", name=name, value=told(given, exact, kept and given is None))


def _details(name: str, said: Iterable[tuple[str, str]], doors: Mapping[str, str]) -> str:
    items = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{doors.get(label) or escape(words)}</dd></div>" for label, words in said
    )
    return (
        f'<details class="ll-source" name="ll-source"><summary aria-label="{escape(name)}">'
        f'{escape(t("meaning.provenance"))}</summary><dl class="ll-facts">{items}</dl></details>'
    )
