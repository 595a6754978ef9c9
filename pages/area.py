"""Area profile: how one area stands, what it is, its indicators against its parent and those like it, its parts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from data.indicators import THEMES, Indicator
from geo.layers import MapState
from pages.parts import controls, data, downloads, frame, glances, map_view, profile, state, tables, trends
from pages.parts.failures import guard, nothing
from pages.parts.profile import Entry, Fellows
from pages.parts.state import View
from pages.parts.words import (
    area_name,
    enum,
    lang,
    level_name,
    levels_name,
    number,
    period_text,
    quantity,
    signed,
    t,
    unit_name,
)

KEY = (
    "neighbourhoods_per_office", "three_in_one_share", "elderly_share", "branch_coverage", "key_households_per_1000",
    "volunteer_hours_per_member", "members_with_post_share", "teams_per_10000", "projects_per_1000",
    "door_to_door_share", "micro_project_coverage", "council_coverage", "officer_posts_filled_share",
    "matters_per_10000", "matters_solved_share", "lawyer_point_coverage", "attendances_per_1000",
    "first_time_share", "groups_per_10000", "integrity_share", "cases_per_1000", "hours_to_close",
    "settled_in_neighbourhood_share", "neighbourhoods_per_officer", "workers_per_10000", "workers_posted_share",
    "workers_certified_share", "satisfaction", "approval", "usefulness", "gain",
)  # fmt: skip
UNITS_NAMED = {"per_1000", "per_10000", "per_1000_households", "person_times_per_1000"}  # the name says it already
CHILD_COLUMNS = ("people", "households", "neighbourhoods", "area_km2")


# ── how it stands ──


def opening(view: View, row: pd.Series[Any], around: Fellows, found: Sequence[Entry]) -> str:
    """Name, what it is part of, its size in a sentence, and how its indicators stand."""
    parent = data.area(around.parent) if around.parent else None
    level = level_name(around.level)
    place = t("area.of", parent=area_name(parent), level=level) if parent is not None else level
    kind = row["kind"]
    mark = f'<span class="ll-kind">{escape(t(f"area.kind_{kind}"))}</span>' if isinstance(kind, str) else ""
    return (
        f'<h2 class="ll-title">{escape(area_name(row))} <span class="ll-of">{escape(place)}</span>{mark}</h2>'
        f'<p class="ll-lead">{escape(size(row) + verdicts(view, around, found))}</p>'
        f"{tables.paragraph(highlights(around, found))}"
    )


def size(row: pd.Series[Any]) -> str:
    """People, households and parts, in a sentence."""
    parts = "".join(
        t(f"area.part_{name}", count=number(row[name]))
        for name in ("communities", "neighbourhoods")
        if int(row[name]) > 1
    )
    return (
        t(
            "area.stands",
            name=area_name(row),
            people=number(row["people"]),
            households=number(row["households"]),
            parts=parts,
        )
        + _gap()
    )


def verdicts(view: View, around: Fellows, found: Sequence[Entry]) -> str:
    """How many indicators are better, similar and worse than what they are compared with."""
    judged = [e for e in found if e.verdict and e.indicator.direction != "none"]
    if not judged:
        return ""
    counts = {name: sum(e.judgement == name for e in judged) for name in ("better", "neutral", "worse")}
    key, named = _versus(around)
    return t(
        f"area.verdicts_{key}", period=period_text(view.period), count=len(judged), better=counts["better"],
        similar=counts["neutral"], worse=counts["worse"], **named,
    )  # fmt: skip


def _versus(around: Fellows) -> tuple[str, dict[str, str]]:
    if around.peers:
        return "peers", {"level": levels_name(around.level)}
    if around.parent:
        return "parent", {"parent": area_name(data.area(around.parent))}
    return "last_year", {}


def versus(around: Fellows) -> str:
    """What the area is compared with, in words."""
    key, named = _versus(around)
    return t(f"area.versus_{key}", count=len(around.peers), **named)


def highlights(around: Fellows, found: Sequence[Entry]) -> str:
    """The indicator that stands out and the one to be watched."""
    best, worst = _extreme(found, "better"), _extreme(found, "worse")
    said = [_highlight(name, e, around) for name, e in (("best", best), ("worst", worst)) if e]
    return t("area.and").join(said) + t("common.stop").strip() if said else ""


def _extreme(found: Sequence[Entry], judgement: str) -> Entry | None:
    chosen = [e for e in found if e.judgement == judgement and e.indicator.direction != "none"]
    return max(chosen, key=_distance, default=None)


def _distance(entry: Entry) -> float:
    """How far from usual: in deviations where there are peers, else relative to what it is compared with."""
    if entry.peers:
        return abs(entry.peers.difference) / (entry.peers.mad or abs(entry.peers.median) / 4 or 1.0)
    return abs(entry.versus.ratio or 0.0) if entry.versus else 0.0


def _highlight(name: str, entry: Entry, around: Fellows) -> str:
    place = ""
    if entry.place and around.parent:
        place = t(
            "area.place_in",
            parent=area_name(data.area(around.parent)),
            count=levels_name(around.level, entry.place.of),
            rank=entry.place.rank,
        )
    words = quantity(entry.value, entry.indicator.unit, entry.indicator.decimals)
    return t(f"area.{name}", indicator=entry.indicator.words("name", lang()), value=words, place=place)


def _gap() -> str:
    return "" if lang() == "zh" else " "


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
    return escape(t("area.bounds_text")).format(**{side: _bound(value) for side, value in sides.items()})


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
    return tables.anchor(f"{state.link(children=level)}#children", number(row[column]))


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
        highlight=(view.area,),
    )
    map_view.show_map(given, key="area.map", height=320, on_click=lambda code: state.go(area=code))


# ── its indicators ──


def indicator_table(view: View, around: Fellows, found: Sequence[Entry]) -> str:
    """Indicators by theme: value, change, parent, verdict with difference, rank."""
    groups = [
        tables.Group(t(f"theme_of.{theme}"), [{"entry": e} for e in found if e.indicator.theme == theme])
        for theme in THEMES
    ]
    columns = [
        tables.Column(t("area.indicator"), lambda row: _name_cell(row["entry"])),
        tables.Column(period_text(view.period), lambda row: _value_cell(view, row["entry"]), numeric=True),
        tables.Column(t("area.change"), lambda row: _change_cell(row["entry"]), numeric=True),
    ]
    if around.parent:
        parent = area_name(data.area(around.parent))
        columns.append(tables.Column(parent, lambda row: _plain(row["entry"], row["entry"].parent), numeric=True))
        columns.append(tables.Column(t("area.verdict"), lambda row: _verdict_cell(row["entry"])))
    if len(around.siblings) > 2:
        note = t("area.rank_note", parent=area_name(data.area(around.parent)), levels=levels_name(around.level))
        columns.append(tables.Column(t("area.rank"), lambda row: _rank_cell(row["entry"]), numeric=True, note=note))
    return tables.table([g for g in groups if g.rows], columns, t("area.indicators"))


def _name_cell(entry: Entry) -> str:
    name = entry.indicator.words("name", lang())
    link = tables.anchor(state.link("overview", indicator=entry.indicator.id), name, t("area.map_of", indicator=name))
    unit = "" if entry.indicator.unit in UNITS_NAMED else unit_name(entry.indicator.unit)
    return f'{link} <span class="ll-unit">{escape(unit)}</span>' if unit else link


def _value_cell(view: View, entry: Entry) -> str:
    if entry.value is None:
        return f'<span class="ll-nothing">{escape(t("area.no_data"))}</span>'
    shown = number(entry.value, entry.indicator.decimals)
    label = t("area.records_of", indicator=entry.indicator.words("name", lang()), value=shown)
    return tables.anchor(glances.records_link(entry.indicator), shown, label)


def _change_cell(entry: Entry) -> str:
    if entry.before is None:
        return number(None)
    return (
        f'<span class="ll-{entry.before.judgement}">{signed(entry.before.difference, entry.indicator.decimals)}</span>'
    )


def _plain(entry: Entry, value: float | None) -> str:
    return number(value, entry.indicator.decimals)


def _verdict_cell(entry: Entry) -> str:
    if not entry.verdict:
        return number(None)
    words = f"{t(f'area.{entry.verdict}')} {signed(entry.difference, entry.indicator.decimals)}"
    return f'<span class="ll-verdict ll-{entry.judgement}">{escape(words)}</span>'


def _rank_cell(entry: Entry) -> str:
    return t("area.rank_of", rank=entry.place.rank, of=entry.place.of) if entry.place else number(None)


def indicators(view: View, around: Fellows, found: Sequence[Entry], all_of_them: int) -> None:
    """The table with its words, its switch between key and all indicators, and its files."""
    text = t("area.indicators_text" if around.peers else "area.indicators_text_plain", versus=versus(around))
    switch = (
        tables.anchor(state.link(all=None), t("area.show_key"))
        if view.get("all")
        else tables.anchor(state.link(all=1), t("area.show_all", count=all_of_them))
    )
    st.html(tables.heading(t("area.indicators"), "indicators") + tables.paragraph(text, "ll-note-text"))
    st.html(indicator_table(view, around, found))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(switch)
        _files(view, around, found)


def _files(view: View, around: Fellows, found: Sequence[Entry]) -> None:
    name = area_name(data.area(view.area))
    about = downloads.about(
        f"{name} · {t('area.indicators')}",
        definition=t("area.csv_definition", versus=versus(around)),
        source=", ".join(sorted({t(f"table.{s}.name") for e in found for s in e.indicator.source})),
        period=period_text(view.period),
    )
    frame_ = _exported(view, around, found)
    file = downloads.file_name(t("app.name"), t("area.csv_name"), name, view.period)
    downloads.buttons(lambda: frame_, about, file, "area.indicators")


def _exported(view: View, around: Fellows, found: Sequence[Entry]) -> pd.DataFrame:
    parent = area_name(data.area(around.parent)) if around.parent else ""
    rows = [
        {
            t("area.indicator"): e.indicator.words("name", lang()),
            t("definitions.unit"): unit_name(e.indicator.unit),
            period_text(view.period): e.value,
            t("area.change"): e.before.difference if e.before else None,
            **({parent: e.parent} if parent else {}),
            t("area.verdict"): t(f"area.{e.verdict}") if e.verdict else "",
            t("definitions.difference"): e.difference,
            t("area.rank"): t("area.rank_of", rank=e.place.rank, of=e.place.of) if e.place else "",
            t("definitions.numerator"): e.indicator.words("numerator", lang()),
            t("definitions.denominator"): e.indicator.words("denominator", lang()),
        }
        for e in found
    ]
    return pd.DataFrame(rows)


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
    st.html(tables.heading(title, "children") + tables.paragraph(t("area.children_text"), "ll-note-text"))
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
        return tables.Column(head, cell, unit, numeric, f"{state.link(sort=key, order=turn)}#children", order)

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
        every = data.indicators()
        known = [each for each in every.values() if profile.reaches(each, around.level)]
        found = profile.entries(known, around, view.period)
        listed = found if view.get("all") else [e for e in found if e.indicator.id in KEY]
        with guard("area opening"):
            first, last = data.span()
            st.html(opening(view, row, around, [e for e in found if e.indicator.id in KEY]))
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
        left, right = st.columns([66, 34], gap="medium")
        with left, guard("area indicators"):
            if any(e.value is not None for e in found):
                indicators(view, around, listed, len(found))
            else:
                nothing(t("area.no_area"), t("records.none_next"))
        with right, guard("area trends"):
            trends.show(view, around)
        with guard("area glances"):
            glances.show(view, around)
        with guard("area children"):
            children(view, row)


main()
