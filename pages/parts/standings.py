"""How an area stands among its fellows: a sentence, what stands out, and the table of its indicators."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from data.indicators import THEMES
from data.spreadsheets import Figure
from pages.parts import comparing, data, downloads, glances, provenance, state, tables, undelivered
from pages.parts.charts_forms import Made, matrix
from pages.parts.profile import Entry, Fellows
from pages.parts.state import View
from pages.parts.trends import theme_of
from pages.parts.words import (
    area_name,
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
    told = [e for e in found if not comparing.is_few(e.indicator, e.parts[1])]  # 1 of 1 does not stand out
    chosen = [e for e in told if e.judgement == judgement and e.indicator.direction != "none"]
    last = [e for e in chosen if judgement == "worse" and e.place and e.place.rank >= e.place.of]
    return max(last or chosen, key=_distance, default=None)  # a last place is what a meeting asks about first


def _distance(entry: Entry) -> float:
    """How far from usual: in deviations where there are peers, else relative to what it is compared with."""
    if entry.peers:
        return abs(entry.peers.difference) / (entry.peers.mad or abs(entry.peers.median) / 4 or 1.0)
    return abs(entry.versus.ratio or 0.0) if entry.versus else 0.0


def _highlight(name: str, entry: Entry, around: Fellows) -> str:
    place = ""
    if entry.place and len(around.siblings) > 2:
        place = t(
            "area.place_in",
            parent=area_name(data.area(around.parent)),
            count=levels_name(around.level, entry.place.of),
            rank=entry.place.rank,
        )
    words = quantity(entry.value, entry.indicator.unit, entry.indicator.decimals)
    return t(f"area.{name}", indicator=_within(entry.indicator.words("name", lang())), value=words, place=place)


def _within(name: str) -> str:
    """A name inside a sentence: English names lose their capital, unless it is a proper one."""
    return name if lang() == "zh" or name.startswith("Party") else name[:1].lower() + name[1:]


def _gap() -> str:
    return "" if lang() == "zh" else " "


BEST = 5  # of the indicators that stand out, so many better and so many worse ones stand on a board


def board(view: View, around: Fellows, found: Sequence[Entry]) -> Made | None:
    """Those farthest from usual, the best first: own value (dark: better, light: worse), parent's, change and rank."""
    judged = sorted((e for e in found if e.verdict and e.indicator.direction != "none"), key=_distance, reverse=True)
    better, worse = ([e for e in judged if e.judgement == name][:BEST] for name in ("better", "worse"))
    listed = [*better, *reversed(worse)] or judged[: 2 * BEST]
    if not listed:
        return None
    columns = {"own": area_name(data.area(around.code))}
    if around.parent:
        columns["parent"] = area_name(data.area(around.parent))
    columns["change"] = t("area.change")
    if len(around.siblings) > 2:
        columns["rank"] = t("area.rank")
    rows: dict[str, str] = {}
    words: dict[str, str] = {}
    places: list[dict[str, object]] = []
    for e in listed:
        key = e.indicator.id
        rows[key] = e.indicator.words("short", lang())
        words |= {f"{key}|{name}": cell for name, cell in _board_cells(e).items() if name in columns}
        places.append({"row": key, "column": "own", "value": JUDGED[e.judgement]})
    title = t("area.board", area=columns["own"], period=period_text(view.period))
    figure = matrix(
        pd.DataFrame(places), rows, columns, title=title, text=lambda v: number(v, 1), theme=theme_of(view),
        empty=title, words=words,
    )  # fmt: skip
    return Made(title, figure, exported(view, around, listed))


JUDGED = {"better": 1.0, "neutral": 0.5, "worse": 0.0}  # where the ramp's colour of a judgement lies


def _board_cells(entry: Entry) -> dict[str, str]:
    decimals = entry.indicator.decimals
    return {
        "own": t("meaning.withheld") if entry.withheld else number(entry.value, decimals),
        "parent": _plain(entry, entry.parent),
        "change": signed(entry.before.difference, decimals) if entry.before else number(None),
        "rank": _rank_cell(entry),
    }


# ── its indicators ──


def indicator_table(view: View, around: Fellows, found: Sequence[Entry]) -> str:
    """Indicators by theme: value, change, parent, verdict with difference, rank."""
    groups = [
        tables.Group(t(f"theme_of.{theme}"), [{"entry": e} for e in found if e.indicator.theme == theme])
        for theme in THEMES
    ]
    parts = _parts_of(view, around, found)
    columns = [
        tables.Column(t("area.indicator"), lambda row: _name_cell(row["entry"]) + _source(view, row["entry"], parts)),
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


def _parts_of(view: View, around: Fellows, found: Sequence[Entry]) -> dict[str, float]:
    """The area's value of every measure in the table."""
    wanted = {measure for entry in found for measure in entry.indicator.measures}
    values = data.measure_values(sorted(wanted), [around.code], view.period)
    return dict(zip(values["measure"], values["value"].astype("float64"), strict=True))


def _source(view: View, entry: Entry, parts: dict[str, float]) -> str:
    """Definition, numerator, denominator, source and files of a row, behind one word."""
    both = (parts.get(entry.indicator.numerator), parts.get(entry.indicator.denominator or ""))
    return " " + provenance.short(entry.indicator, both, entry.withheld, view.area, view.period)


def _name_cell(entry: Entry) -> str:
    name = entry.indicator.words("name", lang())
    link = tables.anchor(state.link("overview", indicator=entry.indicator.id), name, t("area.map_of", indicator=name))
    unit = "" if entry.indicator.unit in UNITS_NAMED else unit_name(entry.indicator.unit)
    return f'{link} <span class="ll-unit">{escape(unit)}</span>' if unit else link


def _value_cell(view: View, entry: Entry) -> str:
    if entry.withheld:
        note = t("meaning.withheld_note", k=data.small_count())
        return f'<span class="ll-nothing" title="{escape(note)}">{escape(t("meaning.withheld"))}</span>'
    if entry.value is None:
        return f'<span class="ll-nothing">{escape(_missing(view, entry) or t("area.no_data"))}</span>'
    shown = number(entry.value, entry.indicator.decimals)
    label = t("area.records_of", indicator=entry.indicator.words("name", lang()), value=shown)
    return tables.anchor(glances.records_link(entry.indicator), shown, label)


def _missing(view: View, entry: Entry) -> str:
    return "" if entry.value is not None else undelivered.word(entry.indicator.source, view.area, view.period)


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
    frame_ = exported(view, around, found)
    file = downloads.file_name(t("app.name"), t("area.csv_name"), name, view.period)
    downloads.buttons(lambda: frame_, len(frame_), about, file, "area.indicators")


def exported(view: View, around: Fellows, found: Sequence[Entry]) -> pd.DataFrame:
    """The table as a frame for a file: an indicator a row, withheld values as a word."""
    parent = area_name(data.area(around.parent)) if around.parent else ""
    rows = [
        {
            t("area.indicator"): e.indicator.words("name", lang()),
            t("definitions.unit"): unit_name(e.indicator.unit),
            period_text(view.period): t("meaning.withheld") if e.withheld else _missing(view, e) or _figure(e, e.value),
            t("area.change"): _figure(e, e.before.difference, signed=True) if e.before else None,
            **({parent: _figure(e, e.parent)} if parent else {}),
            t("area.verdict"): t(f"area.{e.verdict}") if e.verdict else "",
            t("definitions.difference"): _figure(e, e.difference, signed=True),
            t("area.rank"): t("area.rank_of", rank=e.place.rank, of=e.place.of) if e.place else "",
            t("definitions.numerator"): e.indicator.words("numerator", lang()),
            t("definitions.denominator"): e.indicator.words("denominator", lang()),
            t("downloads.definition"): e.indicator.words("definition", lang()),
            t("downloads.source"): provenance.sources(e.indicator.source),
        }
        for e in found
    ]
    return pd.DataFrame(rows)


def _figure(entry: Entry, value: float | None, *, signed: bool = False) -> Figure | None:
    """A number of the entry's indicator, written with that one's decimals."""
    return None if value is None or value != value else Figure(float(value), entry.indicator.decimals, signed)
