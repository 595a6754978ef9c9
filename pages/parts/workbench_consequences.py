"""What follows from the draft: people and addresses that move, indicators on the new lines, offices, reach, 四至."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import streamlit as st

import geo.consequences
from data.indicators import Indicator
from geo.crs import METRIC
from geo.plans import Plan
from geo.plans_checks import touched
from geo.tables import extracts_folder
from pages.parts import bounds, data, downloads, state, tables
from pages.parts import workbench_words as said
from pages.parts.words import lang, number, quantity, signed, t
from pages.parts.workbench_desk import Desk, Look

REACH_M = 500.0
DEFAULT = ("attendances_per_1000", "reach_walking")
COUNTED = {"reach_walking": "walk_m", "reach_straight": "straight_m"}
"""Indicators that the blocks themselves tell on the new lines, so that nothing need be spread; the way of each."""
SEATS = {"party_organisation": "organisation_id", "social_organisation": "organisation_id", "service_team": "team_id"}
MOST_ROWS = 40


def part(desk: Desk, now: Look) -> None:
    """All consequences against the edition the draft began from; a step in hand counts as if it were committed."""
    in_hand = desk.outcome.preview if desk.outcome else None
    after = in_hand.plan if in_hand else now.plan
    key = "workbench.since_with_step" if in_hand else "workbench.since"
    st.html(tables.paragraph(t(key), "ll-note-text"))
    before, version = now.start, data.manifest().version
    if not touched(before, after):
        st.html(tables.paragraph(t("workbench.no_consequences")))
        return
    left, right = st.columns(2, gap="medium")
    with left:
        _draw(moves(before, after, geo.consequences.moves(before, after)))
        _addresses(before, after, geo.consequences.addresses(before, after))
        _draw(seats(before, after, geo.consequences.seats(before, after, _organisations(version))))
    with right:
        _indicators(before, after)
        reached = _reached(before, after, "walk_m")
        _draw(offices(before, after, geo.consequences.offices(before, after), reached))
    with left:  # the slowest comes last, so that the next click need not wait for it
        _draw(four(before, after, _bounds(before, after)))


def _draw(part_: str) -> None:
    """A table, where there is one."""
    if part_:
        st.html(part_)


def _bounds(before: Plan, after: Plan) -> pd.DataFrame:
    return _bounds_of(id(before), id(after), before, after)[2]


@st.cache_resource(max_entries=40, show_spinner=False)
def _bounds_of(_one: int, _other: int, _before: Plan, _after: Plan) -> tuple[Plan, Plan, pd.DataFrame]:
    """The plans are kept beside what was found, so that their ids stay their own."""
    return _before, _after, geo.consequences.bounds(_before, _after)


@st.cache_resource(max_entries=2, show_spinner=False)
def _organisations(version: str) -> gpd.GeoDataFrame:
    """Organisations, teams and service offices: id, kind, name, neighbourhood; geometry where the place is known."""
    folder = extracts_folder() / version
    offices = pd.read_parquet(folder / "service_office.parquet").rename(columns={"office_id": "id"})
    parts = [offices.assign(kind="service_office")]
    for name, column in SEATS.items():
        rows = pd.read_parquet(folder / f"{name}.parquet").rename(columns={column: "id"})
        parts.append(rows.assign(kind=name, lon=np.nan, lat=np.nan))
    columns = ["id", "kind", "name", "neighbourhood", "lon", "lat"]
    table = pd.concat([each[columns] for each in parts], ignore_index=True)
    points = gpd.points_from_xy(table["lon"], table["lat"], crs="EPSG:4490")
    layer = gpd.GeoDataFrame(table, geometry=points).to_crs(METRIC)
    layer.loc[table["lon"].isna(), "geometry"] = None
    return layer


@st.cache_resource(max_entries=2, show_spinner=False)
def _ways(version: str) -> pd.DataFrame:
    columns = ["block_id", *COUNTED.values()]
    return pd.read_parquet(extracts_folder() / version / "reach.parquet", columns=columns).set_index("block_id")


def _reached(before: Plan, after: Plan, way: str) -> pd.DataFrame:
    """Households within reach of an office by a way, counted block by block on the old and the new lines."""
    return geo.consequences.reach(before, after, _ways(data.manifest().version)[way], REACH_M)


def _name(before: Plan, after: Plan, code: str) -> str:
    return said.hood_name(after if after.members(code) else before, code)


def _table(rows: list[dict[str, Any]], columns: list[tables.Column], title: str) -> str:
    if not rows:
        return ""
    more = tables.paragraph(t("workbench.and_rows", count=number(len(rows) - MOST_ROWS)), "ll-note-text")
    body = tables.table([tables.Group("", rows[:MOST_ROWS])], columns, title)
    return tables.heading(title, level=3) + body + (more if len(rows) > MOST_ROWS else "")


def _column(head: str, cell: Callable[[Mapping[str, Any]], str], *, numeric: bool = True) -> tables.Column:
    return tables.Column(head, lambda row: escape(cell(row)), numeric=numeric)


def moves(before: Plan, after: Plan, found: pd.DataFrame) -> str:
    """Households and people that change neighbourhood, a row a pair."""

    def name(row: Mapping[str, Any], key: str) -> str:
        return _name(before, after, str(row[key]))

    columns = [
        _column(t("workbench.from"), lambda r: name(r, "before"), numeric=False),
        _column(t("workbench.to"), lambda r: name(r, "after"), numeric=False),
        _column(t("workbench.homes"), lambda r: number(r["households"])),
        _column(t("workbench.people"), lambda r: number(r["people"])),
        _column(t("workbench.homes_buildings"), lambda r: number(r["buildings"])),
    ]
    return _table(tables.rows_of(found), columns, t("workbench.moves"))


def _addresses(before: Plan, after: Plan, found: pd.DataFrame) -> None:
    """Buildings that change neighbourhood, as a file: each with its place, for those who must be told."""
    if found.empty:
        return
    counted = said.households_words(int(found["households"].sum()))
    title = t("workbench.addresses", count=number(len(found)), households=counted)
    st.html(tables.paragraph(title))
    layer = gpd.GeoSeries(gpd.points_from_xy(found["x"], found["y"]), crs=METRIC).to_crs(4490)
    names = {code: _name(before, after, code) for code in {*found["before"], *found["after"]}}
    frame = pd.DataFrame(
        {
            "lon": layer.x.round(6),
            "lat": layer.y.round(6),
            "households": found["households"],
            "before": found["before"].map(names),
            "after": found["after"].map(names),
        }
    )
    about = downloads.about(
        title,
        definition=t("workbench.addresses_about"),
        source=t("boundaries.source"),
        period=data.manifest().edition_effective,
    )
    downloads.buttons(lambda: frame, len(frame), about, downloads.file_name(t("app.name"), title), "addresses")


def seats(before: Plan, after: Plan, found: pd.DataFrame) -> str:
    """Organisations whose neighbourhood changes: those whose place moves, and those whose neighbourhood ends."""
    known = _organisations(data.manifest().version).set_index("id")
    rows = tables.rows_of(found)
    columns = [
        _column(t("workbench.organisation"), lambda r: str(known.at[r["id"], "name"]), numeric=False),
        _column(t("workbench.from"), lambda r: _name(before, after, str(r["before"])), numeric=False),
        _column(t("workbench.to"), lambda r: _name(before, after, str(r["after"])), numeric=False),
        _column(t("workbench.how"), lambda r: t(f"workbench.how_of.{r['how']}"), numeric=False),
    ]
    return _table(rows, columns, t("workbench.seats"))


def offices(before: Plan, after: Plan, found: pd.DataFrame, reached: pd.DataFrame) -> str:
    """Service offices gained or lost, and the share of households within a 500 m walk of one."""
    changed = {row["neighbourhood"]: row for row in tables.rows_of(found)}

    def share(row: Mapping[str, Any], when: str) -> str:
        homes = row[f"households_{when}"]
        return bounds.percent(row[f"within_{when}"] / homes) if homes else number(None)

    def office(row: Mapping[str, Any]) -> str:
        found_ = changed.get(row["neighbourhood"])
        return signed(found_["after"] - found_["before"]) if found_ else t("workbench.same")

    columns = [
        _column(t("level.neighbourhood"), lambda r: _name(before, after, str(r["neighbourhood"])), numeric=False),
        _column(t("workbench.offices"), office),
        _column(t("workbench.reach_before"), lambda r: share(r, "before")),
        _column(t("workbench.reach_after"), lambda r: share(r, "after")),
    ]
    return _table(tables.rows_of(reached), columns, t("workbench.offices_and_reach"))


def four(before: Plan, after: Plan, found: pd.DataFrame) -> str:
    """The sides of the four boundaries in words that change."""

    def side(row: Mapping[str, Any], key: str) -> str:
        return number(None) if row[key] is None else bounds.side_in_words(row["side"], row[key])

    columns = [
        _column(t("level.neighbourhood"), lambda r: _name(before, after, str(r["neighbourhood"])), numeric=False),
        _column(t("workbench.side_of"), lambda r: t(f"workbench.way.{r['side']}"), numeric=False),
        _column(t("workbench.before"), lambda r: side(r, "before"), numeric=False),
        _column(t("workbench.after"), lambda r: side(r, "after"), numeric=False),
    ]
    return _table(tables.rows_of(found), columns, t("workbench.four"))


# ── indicators ──


def _indicators(before: Plan, after: Plan) -> None:
    """Indicators the planner chooses, on the old lines and spread to the new ones by households."""
    known = {name: item for name, item in data.indicators().items() if item.finest == "neighbourhood"}
    chosen = [name for name in state.recall("workbench_indicators", DEFAULT) if name in known]
    st.html(tables.heading(t("workbench.indicators"), level=3))
    st.multiselect(
        t("controls.indicator"),
        list(known),
        format_func=lambda name: known[name].words("name", lang()),
        key=state.seed("workbench_indicators", chosen),
        max_selections=6,
        select_all=False,
        on_change=_take_indicators,
    )
    shown = [known[name] for name in chosen]
    rows = indicator_rows(before, after, shown, state.current_view().period) if shown else []
    columns = [
        _column(t("level.neighbourhood"), lambda r: _name(before, after, str(r["code"])), numeric=False),
        _column(t("controls.indicator"), lambda r: str(r["indicator"]), numeric=False),
        _column(t("workbench.before"), lambda r: str(r["before"])),
        _column(t("workbench.after"), lambda r: str(r["after"])),
    ]
    note = tables.paragraph(t("workbench.indicators_about"), "ll-note-text")
    st.html((tables.table([tables.Group("", rows)], columns, t("workbench.indicators")) if rows else "") + note)


def _take_indicators() -> None:
    state.keep("workbench_indicators", tuple(state.chosen("workbench_indicators") or ()))


def indicator_rows(before: Plan, after: Plan, chosen: list[Indicator], period: str) -> list[dict[str, Any]]:
    """One row per neighbourhood touched and indicator: code, indicator, before, after (as the reader reads them)."""
    wanted = sorted({name for item in chosen for name in (item.numerator, item.denominator) if name})
    old = sorted(code for code in touched(before, after) if before.members(code))
    measured = data.measure_values(wanted, old, period).rename(columns={"code": "neighbourhood"})
    table = geo.consequences.rebased(before, after, measured).set_index(["neighbourhood", "measure"])
    counted = {item.id: _reached(before, after, COUNTED[item.id]) for item in chosen if item.id in COUNTED}
    tables_ = {name: found.set_index("neighbourhood") for name, found in counted.items()}
    rows = []
    for code in sorted(set(table.index.get_level_values(0))):
        for item in chosen:
            own = tables_.get(item.id)
            cells = {
                when: _shown(_rate(table[when], code, item) if own is None else _share(own, code, when), item)
                for when in ("before", "after")
            }
            rows.append({"code": code, "indicator": item.words("name", lang()), **cells})
    return rows


def _share(counted: pd.DataFrame, code: str, when: str) -> float | None:
    """Percent of a neighbourhood's households within reach."""
    if code not in counted.index:
        return None
    found = counted.loc[[code]]
    households = float(found[f"households_{when}"].iloc[0])
    return 100 * float(found[f"within_{when}"].iloc[0]) / households if households else None


def _rate(values: pd.Series, code: str, item: Indicator) -> float | None:
    numerator = float(values.get((code, item.numerator), np.nan))
    if item.denominator is None:
        return numerator
    denominator = float(values.get((code, item.denominator), np.nan))
    return item.scale * numerator / denominator if denominator else None


def _shown(value: float | None, item: Indicator) -> str:
    return quantity(value, item.unit, item.decimals)
