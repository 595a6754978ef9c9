"""The content of the pages that are no theme: overview, area, comparison, boundaries, reach, records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any, Final

import pandas as pd

from geo.layers import Legend, MapState
from pages.exports.content import (
    MOST_ROWS,
    blank,
    charts_of,
    plain_about,
    source_line,
    terms,
    with_map,
)
from pages.exports.model import Chart, Content, Table
from pages.parts import (
    compare_findings,
    comparing,
    data,
    edition,
    profile,
    provenance,
    quality_rules,
    staging,
    standings,
    state,
    trends,
    undelivered,
)
from pages.parts.scene import footer, marked
from pages.parts.state import View
from pages.parts.words import area_name, lang, period_text, t

Wanted = Sequence[str] | None


def overview(view: View, wanted: Wanted) -> Content:
    """The indicator in view: sentence, map, ranks and twelve months."""
    indicator = data.indicators()[view.indicator]
    said = comparing.sentence(indicator, view.area, view.period, view.compare, view.level)
    return replace(with_map(blank(view, indicator, said.text), view), charts=charts_of(view, (), wanted))


def area(view: View, wanted: Wanted) -> Content:
    """One area's profile: how it stands, where it lies, its key indicators against those like it, its course."""
    around = profile.fellows(view.area)
    known = [each for each in data.indicators().values() if profile.reaches(each, around.level)]
    listed = known if view.get("all") else [each for each in known if each.id in standings.KEY]
    found = profile.entries(listed, around, view.period)
    name = area_name(data.area(view.area))
    title = t("exports.profile", area=name, period=period_text(view.period))
    definition = t("area.csv_definition", versus=standings.versus(around))
    made_of = sorted({table for each in listed for table in each.source})
    source, missing = provenance.sources(made_of), undelivered.lines(made_of, view.area, view.period)
    frame = standings.exported(view, around, found)
    content = Content(
        page=view.page,
        title=title,
        finding=standings.verdicts(view, around, found) or standings.size(data.area(view.area)),
        more=t("exports.gap").join(filter(None, (standings.highlights(around, found), *missing))),
        source_line=source_line(provenance.sources(sorted({s for e in listed[:4] for s in e.source})), view.period),
        about=plain_about(title, definition, source, view),
        shown=_locator(view),
        tables=(Table("indicators", t("area.indicators"), frame, definition, source),),
    )
    made = _area_charts(view, wanted)
    return replace(content, charts=made, terms=terms(content, made))


def _locator(view: View) -> MapState:
    row = data.area(view.area)
    level = str(row["level"]) if row["level"] in state.LEVELS else "subdistrict"
    parent = str(row["parent"]) if row["level"] in state.LEVELS else view.area
    inside = data.children(parent, level)["code"]
    return MapState(
        level=level, lang="zh" if lang() == "zh" else "en", theme=trends.theme_of(view), footer=footer(),
        values={str(code): "" for code in inside}, focus=parent, highlight=marked(view, view.area),
        layers=frozenset(view.layers), legend=Legend(t("area.map")),
    )  # fmt: skip


def _area_charts(view: View, wanted: Wanted) -> tuple[Chart, ...]:
    page: Any = import_module("pages.area")
    return charts_of(view, page.SCENE_CARDS, trends.SHOWN if wanted is None else wanted)


def compare(view: View, wanted: Wanted) -> Content:
    """Areas side by side, and the map of change or of two indicators."""
    page: Any = import_module("pages.compare")
    known, values = page.chosen(view), page.compared(view)
    drawn = page.own_map(view)
    source = provenance.sources(sorted({table for each in known for table in each.source}))
    side = compare_findings.exported(known, values, page.withheld(view))
    table = Table("compare", t("compare_page.table"), side, t("compare_page.table_text"), source)
    content = replace(
        blank(view, page.first(view), page.scene_headline(view)),
        title=t("exports.comparison", what=drawn.legend.title),
        shown=drawn,
        tables=(table,),
    )
    # the page shows neither ranks nor twelve months of its own: those are added only if asked for
    listed = [card.key for card in page.SCENE_CARDS if card is not page.BOARD] if wanted is None else wanted
    made = charts_of(view, page.SCENE_CARDS, listed)
    return replace(content, charts=made, terms=terms(content, made))


def boundaries(view: View, wanted: Wanted) -> Content:
    """The published edition: what its borders lie on, how it keeps its rules, the four boundaries in words."""
    page: Any = import_module("pages.boundaries")
    quality = edition.quality(view.area)
    title = t("exports.boundaries", area=area_name(data.area(view.area)), edition=data.manifest().edition)
    source = t("boundaries.source")
    rules = pd.DataFrame(
        [
            {
                t("boundaries.measure"): t(f"boundaries.measures.{rule.key}"),
                t("boundaries.value"): quality_rules.figure(rule.value(quality), rule.kind),
                t("boundaries.rule"): quality_rules.held_figure(rule),
            }
            for rule in page.RULES
        ]
    )
    words = page.in_words(view).rename(
        columns={"code": t("records.code"), "name": t("boundaries.area"), "words": t("boundaries.in_words")}
    )
    made = charts_of(staging.of_page(view), (), wanted or ())  # the page shows none, a scene what it was given
    content = Content(
        page=view.page,
        title=title,
        finding=page.sentence(view, quality),
        source_line=source_line(source, view.period),
        about=plain_about(title, t("boundaries.rules_source"), source, view),
        shown=page.drawn_map(view),
        tables=(
            Table("rules", t("boundaries.rules"), rules, t("boundaries.rules_source"), source),
            Table("words", t("boundaries.in_words"), words, t("boundaries.in_words_text"), source),
        ),
        terms=tuple((t(f"boundaries.measures.{rule.key}"), t(f"boundaries.meaning.{rule.key}")) for rule in page.RULES),
    )
    return replace(content, charts=made, terms=terms(content, made))


def reach(view: View, wanted: Wanted) -> Content:
    """The walk to the next service office: share by area with the offices, bands, months, places."""
    page: Any = import_module("pages.reach")
    seen = page.of_reach(view)
    indicator = data.indicators()[seen.indicator]
    said = comparing.sentence(indicator, seen.area, seen.period, seen.compare, seen.level)
    content = with_map(blank(seen, indicator, said.text), seen)
    made = charts_of(seen, page.CARDS, wanted)
    assert content.shown is not None, "with_map says what is shown"
    return replace(content, shown=page.over_map(seen, content.shown), charts=made, terms=terms(content, made))


def records(view: View, wanted: Wanted) -> Content:
    """The records behind a number, as the page's own file has them."""
    page: Any = import_module("pages.records")
    name = view.get("table") or page.LIVES
    frame, sentence, source = page.listed(view, name, MOST_ROWS)
    table = Table(name, t(f"table.{name}.name"), frame, t(f"table.{name}.grain"), source)
    title = t("exports.records", area=area_name(data.area(view.area)), table=table.title)
    return Content(
        page=view.page,
        title=title,
        finding=sentence,
        source_line=source_line(source, view.period),
        about=plain_about(title, table.definition, source, view),
        tables=(table,),
        terms=((table.title, table.definition),),
    )


BUILDERS: Final[dict[str, Callable[[View, Wanted], Content]]] = {
    "overview": overview,
    "area": area,
    "compare": compare,
    "boundaries": boundaries,
    "reach": reach,
    "records": records,
}
