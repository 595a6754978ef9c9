"""What a scene shows, before anybody draws it: title, finding, map, at most two charts, source line. No Streamlit.

The talk draws it on the glass, exports write it into slides; both see the same figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from data.indicators import Indicator
from data.stories import Scene, Story
from geo.layers import MapState
from pages.parts import card_shelf, charts, comparing, data, edition_choice, profile, provenance, state, trend, trends
from pages.parts.charts_stage import plain_trend
from pages.parts.delivered import NotDelivered
from pages.parts.ranked import ranked
from pages.parts.scene import Scene as Drawn
from pages.parts.scene import scene as draw
from pages.parts.scene import shown
from pages.parts.state import Known, View
from pages.parts.themes import Theme, of_theme
from pages.parts.words import area_name, date_text, lang, levels_name, number, short_name, t, told
from queries.indicators import classes

SIZES = ("households_per_neighbourhood", "households", "neighbourhoods")  # what boundaries are drawn for
BEST, LAST = 4, 2  # of a list too long for the glass: the first and the last so many


@dataclass(frozen=True)
class Bar:
    """One row of a ranked list: rank ("" where there is none), name, value in words, share of the longest, colour."""

    rank: str
    name: str
    value: str
    share: float
    colour: str
    here: bool


@dataclass(frozen=True)
class Chart:
    """One chart: `kind` is ranked (then `bars`, `gap` = rows left out after the first BEST), trend or card (`figure`).

    `table` holds the same figures with headings in the story's language; `names` are a trend's lines, the main first.
    """

    kind: str
    title: str
    table: pd.DataFrame
    bars: tuple[Bar, ...] = ()
    gap: int = 0
    figure: go.Figure | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Staged:
    """A scene ready to be shown: everything in the story's language, the map as geo.layers takes it."""

    scene: Scene
    view: View
    indicator: Indicator
    title: str
    finding: str
    source: str
    map: MapState
    drawn: Drawn
    charts: tuple[Chart, ...]

    @property
    def caption(self) -> str:
        """The area whose parts the map shows; "" for the whole district."""
        return area_name(data.area(self.map.focus)) if self.map.focus else ""


def known() -> Known:
    """Which codes exist in the current data."""
    areas = data.areas()
    return Known(dict(zip(areas["code"], areas["level"], strict=True)), frozenset(data.indicators()))


def view_of(scene: Scene, story: Story, theme: str = "projector") -> View:
    """The View a scene's address describes, in the story's language."""
    return of_page(state.parse(params_of(scene) | {"lang": story.lang, "theme": theme}, known(), scene.page)[0])


def params_of(scene: Scene) -> dict[str, str]:
    """The parameters of the scene's address, its highlights among them."""
    return {**scene.params, **({"highlights": ",".join(scene.highlights)} if scene.highlights else {})}


def of_page(view: View) -> View:
    """The view with an indicator its page shows: a theme's page takes its headline for others."""
    page = card_shelf.module_of(view.page)
    if isinstance(theme := getattr(page, "THEME", None), Theme):
        return of_theme(view, theme)
    own: tuple[str, ...] = getattr(page, "INDICATORS", SIZES if view.page == "boundaries" else ())
    return view if not own or view.indicator in own else replace(view, indicator=own[0])


def stage(scene: Scene, story: Story, theme: str = "projector") -> Staged:
    """The scene as it stands on the current data, in the story's language.

    Raises the errors of queries and data where there is nothing to show.
    """
    view = view_of(scene, story, theme)
    with state.viewing(view):
        return _staged(scene, story, view)


def held_map(scene: Scene, story: Story, theme: str) -> MapState:
    """The map alone of `stage`, with the breaks and the frame of the scenes held together, and its footer."""
    view = view_of(scene, story, theme)
    with state.viewing(view):
        return _held(scene, story, view, _drawn(scene, story, view))


def _drawn(scene: Scene, story: Story, view: View) -> Drawn:
    indicator = data.indicators()[view.indicator]
    drawn = draw(view, indicator, shown(view, indicator), breaks(scene, story, view.theme))
    return replace(drawn, state=card_shelf.map_of(view, drawn.state))


def _held(scene: Scene, story: Story, view: View, drawn: Drawn) -> MapState:
    focus = framed(scene, story, view.theme) if scene.locked else drawn.state.focus
    return replace(drawn.state, focus=focus)


def _staged(scene: Scene, story: Story, view: View) -> Staged:
    indicator = data.indicators()[view.indicator]
    drawn = _drawn(scene, story, view)
    said = scene.finding or _said(view)
    return Staged(
        scene, view, indicator, scene.title or said, said, source_line(indicator),
        replace(_held(scene, story, view, drawn), footer=""), drawn,
        tuple(_charts(scene, view, indicator, drawn, shown(view, indicator).level)),
    )  # fmt: skip


def finding(scene: Scene, story: Story) -> str:
    """The finding alone of `stage`."""
    view = view_of(scene, story)
    with state.viewing(view):
        return _said(view)


def whole_finding(scene: Scene, story: Story) -> str:
    """All sentences of which `finding` is the first."""
    view = view_of(scene, story)
    with state.viewing(view):
        return _all_said(view)


def _said(view: View) -> str:
    return first_sentence(_all_said(view))


def _all_said(view: View) -> str:
    """The page's headline, or how the area stands by its indicator."""
    if said := card_shelf.headline_of(view):
        return said
    indicator = data.indicators()[view.indicator]
    return comparing.sentence(indicator, view.area, view.period, view.compare, view.level).text


def first_sentence(text: str) -> str:
    """The first sentence of several: on the glass stands one."""
    stop = "。" if "。" in text else ". "
    head, found, _ = text.partition(stop)
    return head + found.strip()


def source_line(indicator: Indicator) -> str:
    """Schematic map, sources, edition, how far the data reach and whether they are demonstration data."""
    manifest = data.manifest()
    parts = [
        t("map_footer.schematic"),
        t("stage.source", sources=provenance.sources(indicator.source)),
        edition_choice.named(manifest),
        t("footer.data_until", date=date_text(date.fromisoformat(manifest.data_until))),
        t("stage.demonstration") if manifest.demonstration else "",
    ]
    return " · ".join(part for part in parts if part)


def source_short(indicator: Indicator) -> tuple[str, str]:
    """`source_line` for a narrow glass: the sources, which may be cut short, and what has to be read whole."""
    manifest = data.manifest()
    parts = [
        t("stage.short_estimated" if manifest.rebased_from else "stage.short_edition", edition=manifest.edition),
        t("stage.short_until", month=manifest.data_until[:7]),
        t("stage.short_demonstration") if manifest.demonstration else "",
        t("stage.short_schematic"),
    ]
    return t("stage.source", sources=provenance.sources(indicator.source)), t("list.comma").join(filter(None, parts))


# ── scenes that are compared ──


def fellows_of(scene: Scene, story: Story) -> tuple[Scene, ...]:
    """The scenes held to the same breaks and the same frame as `scene`, itself among them."""
    return tuple(each for each in story.scenes if each.locked == scene.locked) if scene.locked else (scene,)


def comparable(scene: Scene, other: Scene, story: Story) -> bool:
    """Whether two scenes can be held together: the same page's map of one indicator, over the same areas."""
    one, two = (view_of(each, story) for each in (scene, other))
    indicator = data.indicators()[one.indicator]
    same = (one.page, one.indicator) == (two.page, two.indicator)
    return same and shown(one, indicator) == shown(two, indicator)


def breaks(scene: Scene, story: Story, theme: str) -> tuple[float, ...]:
    """Colour breaks over the values of all scenes held together that show the same indicator; () for a scene alone."""
    view = view_of(scene, story, theme)
    indicator = data.indicators()[view.indicator]
    views = [view_of(each, story, theme) for each in fellows_of(scene, story)]
    same = [each for each in views if each.indicator == view.indicator and each.level == view.level]
    if len(same) < 2:
        return ()
    return classes(pd.concat([_values(each, indicator) for each in same], ignore_index=True)).breaks


def _values(view: View, indicator: Indicator) -> pd.Series[float]:
    what = shown(view, indicator)
    return data.indicator_values(indicator, what.level, what.scope, view.period)["value"]


def framed(scene: Scene, story: Story, theme: str) -> str | None:
    """The area the map of scenes held together is framed on: that of the first of them."""
    view = view_of(fellows_of(scene, story)[0], story, theme)
    scope = shown(view, data.indicators()[view.indicator]).scope
    return None if scope == state.DISTRICT else scope


# ── charts ──


def charts_first(page: str) -> tuple[str, ...]:
    """What stands beside the map of a scene just kept: what the page itself is about, else ranks and trend."""
    own: tuple[str, ...] = getattr(card_shelf.module_of(page), "SCENE_CHARTS", ("ranked", "trend"))
    return own


def chart_choices(page: str) -> list[str]:
    """What can stand beside the map of a scene of this page: ranked, trend, and the page's cards."""
    return ["ranked", "trend", *card_shelf.cards_of(page)]


def _charts(scene: Scene, view: View, indicator: Indicator, drawn: Drawn, level: str) -> Iterator[Chart]:
    for name in scene.charts[:2]:
        if name == "ranked":
            made = ranked_chart(view, indicator, drawn, level)
        elif name == "trend":
            made = trend_chart(view, indicator)
        else:
            made = card_chart(scene.page, name, view)
        if made is not None:
            yield made


def ranked_chart(view: View, indicator: Indicator, drawn: Drawn, level: str) -> Chart | None:
    """The areas of the map in order: all if they fit, else the first four and the last two with a value."""
    given = ranked(drawn.values, indicator, drawn.colours, level).frame
    told_of = given.dropna(subset=["value"])
    if told_of.empty:
        return None
    whole = len(told_of) <= BEST + LAST
    rows = told_of if whole else pd.concat([told_of.head(BEST), told_of.tail(LAST)])
    top = max(float(told_of["value"].abs().max()), 1e-12)
    areas = data.areas()
    counted = levels_name(level, len(given))
    title = t("stage.ranked_down" if indicator.direction == "down" else "stage.ranked", counted=counted)
    bars = tuple(_bar(row, areas, drawn, indicator, level, view, top) for _, row in rows.iterrows())
    table = pd.DataFrame({
        t("ranked.rank"): told_of["rank"].to_list(),
        t("ranked.area"): [area_name(areas.loc[code]) for code in told_of["code"]],
        indicator.words("short", lang()): told_of["value"].to_list(),
    })  # fmt: skip
    return Chart("ranked", title, table, bars, 0 if whole else len(told_of) - BEST - LAST)


def _bar(
    row: pd.Series[Any], areas: pd.DataFrame, drawn: Drawn, indicator: Indicator, level: str, view: View, top: float
) -> Bar:
    code, value = str(row["code"]), float(row["value"])
    return Bar(
        "" if pd.isna(row["rank"]) else str(row["rank"]),
        short_name(areas.loc[code], level),
        told(value, indicator.decimals, bool(row["withheld"])),
        round(abs(value) / top, 4),
        drawn.colours.get(code, "transparent"),
        code == view.area or code in drawn.state.highlight,
    )


def trend_chart(view: View, indicator: Indicator) -> Chart | None:
    """Twelve months beside the comparison, or the years of what stands once a year."""
    lines = _lines(view, indicator)
    figure = plain_trend(lines, text=lambda value: trends.axis_text(value, indicator), theme=trends.theme_of(view))
    if figure is None:
        return None
    drawn = [line for line in lines if line.points["value"].notna().any()]
    table = pd.concat(
        [line.points.set_index("month")["value"].rename(line.name) for line in drawn], axis=1
    ).reset_index(names=t("stage.month"))
    yearly = data.is_yearly(indicator)
    key = "stage.trend_years" if yearly else "stage.trend_months"
    title = t(key)
    return Chart("trend", title, table, figure=figure, names=tuple(line.name for line in drawn))


def _lines(view: View, indicator: Indicator) -> Sequence[charts.Line]:
    if not data.is_yearly(indicator):
        return trend.lines(view, indicator)
    around = profile.fellows(view.area)
    codes = [around.code, *filter(None, [around.parent])]
    points = trends.series(indicator, codes)
    return [
        charts.Line(area_name(data.area(code)), points[points["code"] == code], code == around.code) for code in codes
    ]


def card_chart(page: str, key: str, view: View) -> Chart | None:
    """A chart card of the page, as it stands there; None where the page would show none."""
    card = card_shelf.cards_of(page).get(key)
    if card is None or not card.shown(view):
        return None
    try:
        made = card.made(view)
    except NotDelivered:
        return None
    return None if made is None else Chart("card", made.title, made.table, figure=made.figure)


def clock(seconds: int) -> str:
    """A time as minutes and seconds: 1:05."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def scene_count(count: int) -> str:
    """A number of scenes in words."""
    return t("stage.scenes_one" if count == 1 else "stage.scenes", count=number(count))
