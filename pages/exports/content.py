"""From an address to what an export says of it: sentence, map, charts, tables, definitions, and their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pandas as pd

from data.contract import DataError
from data.indicators import Indicator
from data.manifest import data_root, editions_built
from data.stories import Place
from pages.exports import mapping
from pages.exports.model import Chart, Content, Rows, Table
from pages.exports.offered import PAGES, THEMES
from pages.parts import (
    card_shelf,
    charts,
    comparing,
    data,
    downloads,
    edition_choice,
    profile,
    provenance,
    standings,
    state,
    trend,
    trends,
    undelivered,
)
from pages.parts.chart_card import Card
from pages.parts.charts_forms import bars
from pages.parts.delivered import NotDelivered
from pages.parts.ranked import ranked, whole_frame
from pages.parts.scene import scene, shown
from pages.parts.state import Known, Notice, View
from pages.parts.theme_page import Theme, headline, of_theme
from pages.parts.words import area_name, date_text, lang, levels_name, moment_text, number, period_text, short_name, t

RANKED, TREND = "ranked", "trend"
WHOLE: Final = 16  # a chart of ranks up to this long is whole
END: Final = 8  # of a longer one both ends
MOST_ROWS: Final = 5_000  # records of one export


class NotExportable(DataError):
    """Raised when an address names no page that shows something to export."""

    def __init__(self, page: str) -> None:
        self.page = page
        super().__init__(f"The page “{page}” cannot be exported. Name one of: {', '.join(PAGES)}.")


# ── the view ──


def view_of(page: str, params: Mapping[str, str], language: str) -> tuple[View, list[Notice]]:
    """The View of a page's parameters, in light colours, and what in them could not be followed.

    Raises NotExportable.
    """
    page = page.replace("-", "_") or "overview"
    if page not in PAGES:
        raise NotExportable(page[:40])
    given = {**params, "lang": language, "theme": "light"}
    editions = frozenset(made.edition for made in editions_built(data_root()))
    asked, _ = state.parse(given, Known(editions=editions), page)
    with state.viewing(asked):
        areas = data.areas()
    levels = dict(zip(areas["code"], areas["level"], strict=True))
    return state.parse(given, Known(levels, frozenset(data.indicators()), editions), page)


def split_address(address: str) -> tuple[str, dict[str, str]]:
    """The page and the parameters of an address, whole or from its last part on: `/events?area=320613`."""
    parts = urlsplit(address)
    return parts.path.rstrip("/").rpartition("/")[2].lstrip("."), dict(parse_qsl(parts.query))


# ── the content ──


def content_of(view: View, wanted: Sequence[str] | None = None) -> Content:
    """All that the page shows of `view`; of the charts those `wanted` (by key; None: all), empty ones left out.

    Words are in the view's language. Raises NotExportable, and what the queries raise.
    """
    return pictured(told_of(view, wanted), view)


def told_of(view: View, wanted: Sequence[str] | None = None) -> Content:
    """As `content_of`, its map not drawn yet: who shows another state of it than the page does so draws but once."""
    with state.viewing(view):
        if view.page in THEMES:
            return _with_left_out(_of_theme(view, wanted), view)
        others: Any = import_module("pages.exports.content_of_pages")
        try:
            built: Content = others.BUILDERS[view.page](view, wanted)
        except NotDelivered as lacking:
            return blank(view, data.indicators()[view.indicator], undelivered.sentence(lacking))
        return _with_left_out(built, view)


def _with_left_out(content: Content, view: View) -> Content:
    """The content, saying which tables nobody has delivered for the page's charts."""
    cards = [card for card in card_shelf.cards_of(view.page).values() if card.shown(view)]
    gone = undelivered.lacking((table for card in cards for table in card.tables(view)), view.area, view.period)
    said = t("undelivered.left_out", tables=undelivered.listed(gone)) if gone else ""
    return replace(content, more=t("exports.gap").join(filter(None, (content.more, said))))


def pictured(content: Content, view: View, place: Place | None = None) -> Content:
    """The content with the map it shows drawn: whole, or the part of it that the reader had moved to."""
    if content.shown is None:
        return content
    with state.viewing(view):
        return replace(content, map=mapping.picture(content.shown, place=place))


def _of_theme(view: View, wanted: Sequence[str] | None) -> Content:
    page: Any = import_module(f"pages.{view.page}")
    theme: Theme = page.THEME
    seen = of_theme(view, theme)
    known = {name: data.indicators()[name] for name in theme.indicators}
    said = comparing.sentence(headline(seen, theme), seen.area, seen.period, seen.compare, seen.level)
    around = profile.fellows(seen.area)
    entries = profile.entries([x for x in known.values() if profile.reaches(x, around.level)], around, seen.period)
    more = f"{standings.verdicts(seen, around, entries)} {standings.highlights(around, entries)}".strip()
    content = with_map(blank(seen, known[seen.indicator], said.text), seen)
    made = charts_of(seen, page.CARDS, wanted)
    return replace(content, more=more, charts=made, terms=terms(content, made))


def blank(view: View, indicator: Indicator, finding: str) -> Content:
    """Title, finding and provenance of a view of an indicator, without map and charts."""
    name = area_name(data.area(view.area))
    title = t("exports.title", area=name, what=indicator.words("short", lang()), period=period_text(view.period))
    about = provenance.about(indicator, title, view.period, view.area).rows
    return Content(
        page=view.page,
        title=title,
        finding=finding,
        source_line=source_line(provenance.sources(indicator.source), view.period),
        about=about,
        terms=((indicator.words("name", lang()), meaning(indicator)),),
    )


def meaning(indicator: Indicator) -> str:
    """Definition, how it is worked out, and what to beware of."""
    parts = (indicator.words("definition", lang()), provenance.formula(indicator), indicator.words("caveat", lang()))
    return t("exports.gap").join(part for part in parts if part)


def source_line(sources: str, period: str) -> str:
    """Source, period, edition, when the data were loaded, and whether they are a demonstration."""
    manifest = data.manifest()
    said = (
        t("exports.source", sources=sources),
        period_text(period),
        edition_choice.named(manifest),
        t("exports.loaded", time=moment_text(manifest.built_at)),
        nature_short(),
    )
    return " · ".join(filter(None, said))


def nature_short() -> str:
    """Demonstration data, in two words; nothing for real ones."""
    return t("exports.demonstration") if data.manifest().demonstration else ""


def terms(content: Content, charts: Iterable[Chart]) -> Rows:
    """What the map means, then each chart by what it says."""
    return (*content.terms, *((c.title, c.definition) for c in charts if c.key not in {RANKED, TREND}))


# ── map and ranks ──


def with_map(content: Content, view: View) -> Content:
    """The content with the map of the view's indicator, and the same as a table."""
    indicator = data.indicators()[view.indicator]
    what = shown(view, indicator)
    drawn = scene(view, indicator, what)
    given = ranked(drawn.values, indicator, drawn.colours, what.level)
    table = Table(
        RANKED,
        _ranked_title(indicator, what.level, len(given.frame), view),
        whole_frame(indicator, given).reset_index(drop=True),
        indicator.words("definition", lang()),
        provenance.sources(indicator.source),
    )
    return replace(content, shown=drawn.state, ranked=table)


def _ranked_title(indicator: Indicator, level: str, count: int, view: View) -> str:
    said = t(f"ranked.caption_{indicator.direction}", counted=levels_name(level, count),
             indicator=indicator.words("short", lang()))  # fmt: skip
    return f"{said} · {period_text(view.period)}"


def ranked_chart(view: View) -> Chart | None:
    """The ranked list as bars: all areas, or of many both ends."""
    indicator = data.indicators()[view.indicator]
    what = shown(view, indicator)
    drawn = scene(view, indicator, what)
    given = ranked(drawn.values, indicator, drawn.colours, what.level)
    known = given.frame.dropna(subset=["value"])
    if known.empty:
        return None
    rows = known if len(known) <= WHOLE else pd.concat([known.head(END), known.tail(END)])
    areas = data.areas()
    names = [short_name(areas.loc[code], what.level) for code in rows["code"]]
    frame = pd.DataFrame({"key": rows["code"].to_list(), "name": names, "value": rows["value"].to_list()})
    title = _ranked_title(indicator, what.level, len(given.frame), view)
    if len(known) > WHOLE:
        title = t("exports.both_ends", title=title, count=number(END))
    figure = bars(
        frame, title=title, text=lambda v: number(v, indicator.decimals), theme=trends.theme_of(view),
        empty=title, marked=[what.mark] if what.mark else [],
    )  # fmt: skip
    table = whole_frame(indicator, given).reset_index(drop=True)
    return Chart(RANKED, title, figure, table, indicator.words("definition", lang()),
                 provenance.sources(indicator.source))  # fmt: skip


def trend_chart(view: View) -> Chart | None:
    """The indicator over twelve months, beside what it is compared with."""
    indicator = data.indicators()[view.indicator]
    lines = [line for line in trend.lines(view, indicator) if line.points["value"].notna().any()]
    if not lines:
        return None
    title = t("exports.trend", indicator=indicator.words("short", lang()), area=area_name(data.area(view.area)))
    figure = charts.trend(
        lines, title=title, text=lambda v: number(v, indicator.decimals), theme=trends.theme_of(view), empty=title,
        height=trends.height_of(view),
    )  # fmt: skip
    months = sorted({month for line in lines for month in line.points["month"]})
    columns = {line.name: _over(line, months, indicator.decimals) for line in lines}
    table = pd.DataFrame({t("exports.month"): [f"{month:%Y-%m}" for month in months], **columns})
    return Chart(TREND, title, figure, table, indicator.words("definition", lang()),
                 provenance.sources(indicator.source))  # fmt: skip


def _over(line: charts.Line, months: Sequence[pd.Timestamp], decimals: int) -> list[float | None]:
    known = dict(zip(line.points["month"], line.points["value"], strict=True))
    return [None if pd.isna(value := known.get(month)) else round(float(value), decimals) for month in months]


# ── charts ──


def charts_of(view: View, cards: Iterable[Card], wanted: Sequence[str] | None = None) -> tuple[Chart, ...]:
    """The page's charts: those wanted in their order, else all that the page shows; one without data is left out."""
    by_key = {card.key: card for card in cards if card.shown(view)}
    keys = [RANKED, TREND, *by_key] if wanted is None else list(wanted)
    made: list[Chart | None] = []
    for key in dict.fromkeys(keys):
        if key in by_key:
            made.append(chart_of(view, by_key[key]))
        elif key in {RANKED, TREND}:
            made.append(ranked_chart(view) if key == RANKED else trend_chart(view))
    return tuple(chart for chart in made if chart is not None)


def chart_of(view: View, card: Card) -> Chart | None:
    """One card's chart; None where it has nothing to draw, or nothing was delivered for it."""
    try:
        made = card.made(view)
    except NotDelivered:
        return None
    if made is None:
        return None
    return Chart(card.key, made.title, made.figure, made.table, card.meaning(view), t(f"table.{card.records}.name"))


def plain_about(title: str, definition: str, source: str, view: View) -> Rows:
    """Provenance of what is no indicator."""
    return downloads.about(title, definition=definition, source=source, period=period_text(view.period)).rows


def day_text(view: View) -> str:
    """The last day that the view's period and the data both cover."""
    return date_text(min(data.days(view.period)[1], data.data_until()))
