"""Area profile: how one area stands, what it is, its indicators against its parent and those like it, its parts."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from data.indicators import Indicator
from geo.layers import MapState
from pages.parts import (
    controls,
    data,
    frame,
    glances,
    map_view,
    profile,
    reconciled,
    standings,
    state,
    tables,
    trends,
    undelivered,
)
from pages.parts.chart_card import Card
from pages.parts.charts_forms import Made
from pages.parts.failures import guard, nothing
from pages.parts.profile import Entry
from pages.parts.scene import marked
from pages.parts.state import View
from pages.parts.words import (
    area_name,
    enum,
    lang,
    levels_name,
    number,
    t,
    unit_name,
)

CHILD_COLUMNS = ("people", "households", "neighbourhoods", "area_km2")


# ── what it is ──


def facts(row: pd.Series[Any]) -> str:
    """Facts of the area with links to what lies behind each."""
    records = state.link("records", table="area")
    km2 = float(row["area_km2"])
    density = number(float(row["people"]) / km2 if km2 else None)
    people = t("area.people_collective", people=number(row["people"]), collective=number(row["collective"]))
    pairs = [
        (t("area.people"), tables.anchor(records, people)),
        (t("area.households"), tables.anchor(records, number(row["households"]))),
        (t("area.communities"), _inside(row, "communities", "community")),
        (t("area.neighbourhoods"), _inside(row, "neighbourhoods", "neighbourhood")),
        (t("area.area_km2"), escape(t("area.km2", value=number(km2, 2), density=density))),
        (t("area.buildings"), tables.anchor(records, number(row["buildings"]))),
        (t("area.unit"), _responsible(row)),
        (t("area.telephone"), _telephone(row)),
        (t("area.former_district"), _overlay(row["former_district"])),
        (t("area.zone"), _overlay(row["zone"])),
        (t("area.parts"), _overlays_of(row)),
        (t("area.bounds"), bounds(row)),
        (t("area.code"), escape(str(row["code"]))),
    ]
    return tables.facts(pairs)


def bounds(row: pd.Series[Any]) -> str:
    """The four boundaries in words, neighbours as links; "" for an area that has none."""
    sides = {side: row[f"bound_{side}"] for side in ("east", "south", "west", "north")}
    known = sum(isinstance(value, str) and value != "" for value in sides.values())
    if known == 0 or (known < len(sides) and row["level"] == "district"):
        return ""
    words = escape(t("area.bounds_text")).format(**{side: _bound(value) for side, value in sides.items()})
    return f'<span class="ll-prose">{words}</span>'


def _bound(value: object) -> str:
    """What lies on one side: a neighbouring area, or a road or river by its name."""
    if not isinstance(value, str) or not value:
        return escape(t("area.district_border"))
    if value in data.areas().index:
        return tables.anchor(state.link(area=value), area_name(data.area(value)))
    return escape(data.line_name(value))


def _inside(row: pd.Series[Any], column: str, level: str) -> str:
    if (row["level"] in {"community", "neighbourhood"} and column == "communities") or row["level"] == "neighbourhood":
        return ""
    return tables.anchor(f"{state.link(children=level)}#within", number(row[column]))


def _responsible(row: pd.Series[Any]) -> str:
    unit = row[f"unit_{lang()}"]
    if not isinstance(unit, str):
        return ""
    return escape(f"{unit} · {enum('post', row['post'])}" if isinstance(row["post"], str) else unit)


def _telephone(row: pd.Series[Any]) -> str:
    number_ = row["telephone"]
    return f'<a href="tel:{escape(number_)}">{escape(number_)}</a>' if isinstance(number_, str) and number_ else ""


def _overlay(code: object) -> str:
    if not isinstance(code, str) or code not in data.areas().index:
        return ""
    return tables.anchor(state.link(area=code), area_name(data.area(code)))


def _overlays_of(row: pd.Series[Any]) -> str:
    if row["level"] != "district":
        return ""
    areas = data.areas()
    overlays = areas[areas["level"].isin(["former_district", "zone"])]
    return t("list.comma").join(_overlay(str(code)) for code in overlays["code"])


def locate(view: View, row: pd.Series[Any]) -> None:
    """A small map with the area in its frame."""
    level = str(row["level"]) if row["level"] in state.LEVELS else "subdistrict"
    manifest = data.manifest()
    given = MapState(
        level=level,
        lang="zh" if view.lang == "zh" else "en",
        theme=trends.theme_of(view),
        footer=t("footer.schematic") + " · " + t("footer.edition", edition=manifest.edition),
        focus=view.area,
        highlight=marked(view, view.area),
    )
    map_view.show_map(given, key="area.map", height=320, on_click=lambda code: state.go(area=code))


# ── as a scene of a talk ──


def standing(view: View) -> tuple[profile.Fellows, list[Entry]]:
    """Whom the area is compared with, and its key indicators (all of them where the address asks for them)."""
    around = profile.fellows(view.area)
    known = [each for each in data.indicators().values() if profile.reaches(each, around.level)]
    listed = known if view.get("all") else [each for each in known if each.id in standings.KEY]
    return around, profile.entries(listed, around, view.period)


def scene_headline(view: View) -> str:
    """How its indicators stand; of an area with nothing to judge its size."""
    around, found = standing(view)
    row = data.area(view.area)
    verdicts = standings.verdicts(view, around, found)
    return t("area.headline", area=area_name(row), verdicts=verdicts) if verdicts else standings.size(row)


def board(view: View) -> Made | None:
    """The indicators farthest from usual, as a board."""
    return standings.board(view, *standing(view))


def course(view: View, indicator: Indicator) -> Made:
    """An indicator over all years of the data beside the parent's. Raises NotDelivered."""
    undelivered.refuse(indicator.source, view.area, view.period)
    around = profile.fellows(view.area)
    title, figure = trends.multiple(view, around, indicator)
    codes = [around.code, *filter(None, [around.parent])]
    points = trends.series(indicator, codes)
    wide = points.pivot_table(index="month", columns="code", values="value", dropna=False).reindex(columns=codes)
    table = wide.round(indicator.decimals + 1).set_axis([area_name(data.area(code)) for code in codes], axis=1)
    table.insert(0, t("exports.month"), [f"{month:%Y-%m}" for month in table.index])
    return Made(title, figure, table.reset_index(drop=True))


def _course_card(name: str) -> Card:
    def known_here(view: View) -> bool:
        return profile.reaches(data.indicators()[name], profile.fellows(view.area).level)

    return Card(
        name, lambda view: (), lambda view: course(view, data.indicators()[name]), "area.trends", "area",
        shown=known_here,
    )  # fmt: skip


SCENE_CARDS = (
    Card("board", lambda view: (), board, "area.indicators", "area"),
    *(_course_card(name) for name in trends.SHOWN),
)
SCENE_CHARTS = ("board",)


# ── its parts ──


def children(view: View, row: pd.Series[Any]) -> None:
    """The areas inside (of a neighbourhood: those beside it) with their size and the chosen indicator."""
    own = str(row["level"])
    holder = row if own != "neighbourhood" else data.area(str(row["parent"]))
    level = (
        view.get("children")
        if view.get("children") in state.levels_inside(str(holder["level"]))
        else state.next_level(str(holder["level"]))
    )
    found = data.children(str(holder["code"]), level)
    indicator = data.indicators()[view.indicator]
    values = data.indicator_values(indicator, level, str(holder["code"]), view.period).set_index("code")["value"]
    found = found.assign(value=found["code"].map(values))
    sort = view.get("sort") if view.get("sort") in {*CHILD_COLUMNS, "value", "name"} else "name"
    ordered = _sorted(found, sort, view.get("order") == "desc")
    title = t("area.children", area=area_name(holder), count=number(len(found)), levels=levels_name(level))
    # not "children": the browser's cleaning of HTML drops an id that is a property of the document
    st.html(tables.heading(title, "within") + tables.paragraph(t("area.children_text"), "ll-note-text"))
    st.html(
        tables.table([tables.Group("", tables.rows_of(ordered))], _child_columns(view, indicator, sort, level), title)
    )


def _sorted(found: pd.DataFrame, by: str, descending: bool) -> pd.DataFrame:
    column = "code" if by == "name" else by
    return found.sort_values(column, ascending=not descending, na_position="last", kind="stable")


def _child_columns(view: View, indicator: Indicator, sort: str, level: str) -> list[tables.Column]:
    descending = view.get("order") == "desc"

    def column(key: str, head: str, cell: Any, unit: str = "", numeric: bool = True) -> tables.Column:
        here = key == sort
        turn = "asc" if (here and descending) or (not here and key == "name") else "desc"
        order = ("descending" if descending else "ascending") if here else "none"
        return tables.Column(head, cell, unit, numeric, f"{state.link(sort=key, order=turn)}#within", order)

    return [
        column(
            "name", t("area.child"), lambda r: tables.anchor(state.link(area=r["code"]), area_name(r)), numeric=False
        ),
        column("people", t("area.people"), lambda r: number(r["people"])),
        column("households", t("area.households"), lambda r: number(r["households"])),
        *(
            [column("neighbourhoods", t("area.neighbourhoods"), lambda r: number(r["neighbourhoods"]))]
            if level != "neighbourhood"
            else []
        ),
        column("area_km2", t("area.area_km2"), lambda r: number(r["area_km2"], 2), t("measured_in.km2")),
        column(
            "value",
            indicator.words("short", lang()),
            lambda r: number(r["value"], indicator.decimals),
            unit_name(indicator.unit),
        ),
    ]


# ── the page ──


def main() -> None:
    """Draw the profile part by part; a part that fails says so and the others stand."""
    view = frame.page("area")
    with guard("area"):
        row = data.area(view.area)
        around = profile.fellows(view.area)
        known = [each for each in data.indicators().values() if profile.reaches(each, around.level)]
        listed = known if view.get("all") else [each for each in known if each.id in standings.KEY]
        sources = [table for each in listed for table in each.source]
        found: list[Entry] = []
        with guard("area comparison"):
            found = profile.entries(listed, around, view.period)
        with guard("area opening"):
            first, last = data.span()
            st.html(standings.opening(view, row, around, [e for e in found if e.indicator.id in standings.KEY]))
            with st.container(horizontal=True, vertical_alignment="bottom"):
                controls.period(view, first, last)
                controls.share(view)
        left, right = st.columns([55, 45], gap="medium")
        with left, guard("area facts"):
            st.html(tables.heading(t("area.facts")) + facts(row))
        with right, guard("area map"):
            st.html(tables.heading(t("area.map")))
            locate(view, row)
            st.html(tables.anchor(state.link("overview"), t("area.map_link")))
        left, right = (
            (st.container(), st.container()) if view.theme == "projector" else st.columns([66, 34], gap="medium")
        )
        with left, guard("area indicators"):
            for said in undelivered.lines(sources, view.area, view.period):
                st.html(tables.paragraph(said, "ll-note-text"))
            if any(e.value is not None for e in found) or undelivered.lacking(sources, view.area, view.period):
                standings.indicators(view, around, found, len(known))
            else:
                nothing(t("area.no_area"), t("records.none_next"))
        with right, guard("area trends"):
            trends.show(view, around)
        with guard("area glances"):
            glances.show(view, around)
        with guard("area children"):
            children(view, row)
        with guard("area published"):
            reconciled.published_of(view)


if __name__ == "__main__":
    main()
