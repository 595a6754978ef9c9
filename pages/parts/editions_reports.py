"""The change report (变更说明) and the notice map of two editions: offered on the page, made when asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import shapely
import streamlit as st

from data.manifest import data_root
from data.spreadsheets import Figure
from geo.consequences import four_sides
from geo.drawing import Box, Points
from geo.editions_compare import Comparison
from geo.palettes import PALETTES
from geo.plans_figures import Figures, figures
from geo.store_records import Step, StepKind
from pages.exports import changes
from pages.exports.changes import Report, Sheet
from pages.exports.model import Table
from pages.exports.picture import Key, Picture, Shape, Stroke
from pages.parts import bounds, data, downloads, editions_base, editions_compare, editions_map, editions_quality, state
from pages.parts.editions_base import Side
from pages.parts.words import NOTHING, area_name, date_text, lang, number, t

MOST_SHEETS = 120
KINDS = {"pdf": "application/pdf", "xlsx": downloads.XLSX, "notice": "application/pdf"}
ROAD_POINTS = {"arterial": 1.0, "secondary": 0.8}
WATER_POINTS = 1.3


def offer(before: Side, after: Side, found: Comparison) -> None:
    """Buttons for the reports; the one asked for is made under a bar, then it can be taken."""
    wanted: tuple[str, str] = state.recall("editions_report", ("", ""))
    here = f"{before.id} {after.id} {after.head} {lang()}"
    with st.container(horizontal=True, gap="small"):
        for kind in KINDS:
            st.button(
                t(f"editions.report.{kind}"), key=f"report-{kind}", icon=":material/description:", on_click=state.keep,
                args=("editions_report", (kind, here)),
            )  # fmt: skip
        if wanted[1] == here:
            _take(wanted[0], before, after, found)


def _take(kind: str, before: Side, after: Side, found: Comparison) -> None:
    place = st.empty()  # one place for bar and button, so that no former report is offered while another is made

    def tell(share: float) -> None:
        place.progress(share, text=t("editions.making", share=number(100 * share)))

    tell(0.0)

    made = _made(kind, before, after, found, tell)
    name = downloads.file_name(t("app.name"), t(f"editions.report_name.{kind}"), after.title)
    ending = "xlsx" if kind == "xlsx" else "pdf"
    place.download_button(
        t("editions.take", size=number(len(made) / 1024)), made, f"{name}.{ending}", KINDS[kind], type="primary",
        key="report-take", on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def _made(kind: str, before: Side, after: Side, found: Comparison, tell: Callable[[float], None]) -> bytes:
    """The file, as this session last made it. Streamlit's cache would draw the bar again with it, and break there."""
    asked = (str(data_root()), data.manifest().version, kind, before.id, before.head, after.id, after.head, lang())
    kept, made = state.recall("editions_made", ((), b""))
    if kept != asked:
        made = _make(kind, before, after, found, tell)
        state.keep("editions_made", (asked, made))
    return bytes(made)


def _make(kind: str, before: Side, after: Side, found: Comparison, tell: Callable[[float], None]) -> bytes:
    if kind == "notice":
        return changes.pdf_bytes(notices(before, after, found), tell)
    made = report(before, after, found)
    return changes.pdf_bytes(made, tell) if kind == "pdf" else changes.xlsx_bytes(made, tell)


# ── the change report ──


def report(before: Side, after: Side, found: Comparison) -> Report:
    """The change report: front, tables, lines to sign, and a sheet for each neighbourhood that differs."""
    source = t("editions.source_store")
    sides = [(before.title, found.quality_before), (after.title, found.quality_after)]
    frames = (
        ("changed", editions_compare.changed(found)),
        ("successors", editions_compare.successors(before, after, found)),
    )
    tables = [Table(name, t(f"editions.{name}"), frame, "", source) for name, frame in frames]
    quality = Table("quality", t("boundaries.rules"), editions_quality.as_frame(sides), "", source)
    codes = [str(code) for code in found.neighbourhoods["code"]][:MOST_SHEETS]
    left_out = len(found.neighbourhoods) - len(codes)
    finding = editions_compare.finding(before, after, found)
    return Report(
        title=t("editions.report_title"), lang=lang(), note=_note(), rows=_front_rows(before, after), finding=finding
        + (t("editions.sheets_left_out", most=number(MOST_SHEETS), count=number(left_out)) if left_out else ""),
        tables=(*tables, quality), sheets=tuple(sheets(before, after, codes)),
        signatures=tuple(t(f"editions.sign.{who}") for who in ("made", "checked", "approved", "date")),
    )  # fmt: skip


def _note() -> str:
    nature = t("boundaries.demonstration" if data.manifest().demonstration else "boundaries.published")
    return f"{t('app.name')} · {nature} · {t('footer.schematic')}"


def _front_rows(before: Side, after: Side) -> tuple[tuple[str, str], ...]:
    steps = steps_of(after)
    papers = [s for s in steps if s.kind is StepKind.BUREAU_APPROVAL and s.document]
    rows = [
        (t("editions.before"), before.title),
        (t("editions.after"), after.title),
        (t("editions.path"), t("editions.comma").join(
            t("editions.step_on", step=t(f"editions.step.{s.kind}"), date=f"{s.on:%Y-%m-%d}") for s in steps
        ) or NOTHING),
        (t("editions.document"), papers[-1].document if papers else NOTHING),
        (t("editions.made_on"), date_text(date.today())),
    ]  # fmt: skip
    return tuple(rows)


def steps_of(side: Side) -> list[Step]:
    """The steps of a draft, or of what an edition was published from."""
    kept = editions_base.store()
    edition = next((e for e in kept.editions() if e.id == side.id), None)
    draft = edition.draft if edition else side.id
    return kept.steps(draft) if draft else []


def sheets(before: Side, after: Side, codes: list[str]) -> list[Sheet]:
    """One sheet a neighbourhood: map, four boundaries before and after, figures before and after."""
    sides = [four_sides(s.plan, [c for c in codes if s.plan.members(c)]) for s in (before, after)]
    found = []
    for code in codes:
        name = after.name(code) if after.plan.members(code) else before.name(code)
        words = [bounds.in_words(side[code]) if code in side else NOTHING for side in sides]
        table = Table("figures", t("editions.figures"), figure_table(before, after, code), "", "")
        rows = (
            (t("editions.code"), code),
            (t("editions.four_before"), words[0]),
            (t("editions.four_after"), words[1]),
        )
        title = t("editions.sheet_title", name=name, community=_community(before, after, code))
        found.append(Sheet(title, picture(before, after, [code], {code[:12]}), rows, (table,)))
    return found


def _community(before: Side, after: Side, code: str) -> str:
    names = after.names if code[:12] in after.names else before.names
    return names.get(code[:12], (code[:12], code[:12]))[lang() == "en"]


def figure_table(before: Side, after: Side, code: str) -> pd.DataFrame:
    """Households, people, buildings, area and measures of a neighbourhood on both sides, with the difference."""
    was, now = (figures(s.plan, code) if s.plan.members(code) else None for s in (before, after))
    rows = []
    for key, of, decimals in FIGURES:
        values = [None if f is None else of(f) for f in (was, now)]
        told = [None if v is None else Figure(float(v), decimals) for v in values]
        less = _less(values[1], values[0])
        change = None if less is None else Figure(float(less), decimals, signed=True)
        rows.append((t(f"editions.figure.{key}"), *told, change))
    heads = ("editions.figures", "editions.before_short", "editions.after_short", "editions.change")
    return pd.DataFrame(rows, columns=[t(head) for head in heads])


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


Told = tuple[str, Callable[[Figures], float | None], int]
FIGURES: tuple[Told, ...] = (
    ("households", lambda f: f.households, 0),
    ("people", lambda f: f.people, 0),
    ("buildings", lambda f: f.buildings, 0),
    ("hectares", lambda f: f.area_m2 / 10_000, 2),
    ("deviation", lambda f: 100 * f.deviation, 1),
    ("roundness", lambda f: f.polsby_popper, 2),
    ("following", lambda f: None if f.barrier_following is None else 100 * f.barrier_following, 1),
)


# ── the notice ──


def notices(before: Side, after: Side, found: Comparison) -> Report:
    """A notice to post for each community in which neighbourhoods differ: map, changes, until when, where to say."""
    table = found.neighbourhoods
    posted = [s for s in steps_of(after) if s.kind is StepKind.PUBLIC_NOTICE]
    made = []
    for community in sorted({str(code)[:12] for code in table["code"]}):
        own = table[table["code"].str.startswith(community)]
        names = editions_compare.changed(Comparison(own, found.successors, found.quality_before, found.quality_after))
        made.append(_notice(before, after, community, names.drop(columns=[t("editions.code")]), posted))
    return Report(t("editions.notice_name"), lang(), _note(), tuple(made))


def _notice(before: Side, after: Side, community: str, rows: pd.DataFrame, posted: list[Step]) -> Sheet:
    codes = [code for s in (before, after) for code in s.plan.codes if code[:12] == community]
    name = _community(before, after, community)
    span = t("editions.notice_open")
    if posted:
        last = posted[-1]
        key = "editions.notice_span" if last.until else "editions.notice_from"
        span = t(key, start=date_text(last.on), end=date_text(last.until or last.on))
    return Sheet(
        title=t("editions.notice_title", community=name),
        picture=picture(before, after, sorted(set(codes)), {community}, labelled=True),
        text=(t("editions.notice_text", community=name, count=number(len(rows))),),
        rows=((t("editions.notice_period"), span),),
        tables=(Table("changed", t("editions.changed"), rows, "", ""),),
        closing=t("editions.notice_closing"),
        office=_subdistrict(community),
        day=t("editions.notice_day"),
    )


def _subdistrict(community: str) -> str:
    areas = data.areas()
    code = community[:9]
    return t("editions.notice_office", subdistrict=area_name(areas.loc[code])) if code in areas.index else ""


# ── their maps ──


def picture(
    before: Side, after: Side, codes: list[str], communities: set[str], *, labelled: bool = True
) -> Picture:  # fmt: skip
    """The neighbourhoods of some communities after the change, the ground that moves, both outlines of `codes`."""
    palette = PALETTES["light"]
    old, new = (editions_map.shapes(side, communities) for side in (before, after))
    chosen = [side[code] for side in (old, new) for code in codes if code in side]
    box = editions_map.framed(chosen)
    moved = editions_map.moved(before.plan, after.plan, communities)
    shapes = [_shape(after, code, shape, code in codes) for code, shape in new.items()]
    ground = [
        Shape("", " ", "", palette.sequential[1], "", _rings(row.shape), (0.0, 0.0, 0.0)) for row in moved.itertuples()
    ]
    return Picture(
        extent=box, shapes=(*shapes, *ground), around=(), ground=tuple(_strokes(box)), dots=(),
        borders=(
            Stroke("border", "", palette.boundary, 0.6, _outlines(list(new.values()))),
            Stroke("border", "", palette.worse, 1.6, _outlines([old[c] for c in codes if c in old])),
            Stroke("border", "", palette.accent, 2.4, _outlines([new[c] for c in codes if c in new])),
        ),
        title=t("editions.maps"), unit="", footer=_note(), palette=palette, lang=lang(),
        keys=(
            Key(t("editions.key_old"), line=palette.worse), Key(t("editions.key_new"), line=palette.accent),
            Key(t("editions.key_moved"), fill=palette.sequential[1]),
        ),
        words={"north": t("map.north"), "suffix": ""}, labelled=labelled,
    )  # fmt: skip


def _shape(side: Side, code: str, shape: shapely.Geometry, chosen: bool) -> Shape:
    palette = PALETTES["light"]
    spoke = shapely.maximum_inscribed_circle(shape, tolerance=20.0)
    x, y = shapely.get_coordinates(spoke)[0]
    inside = float(x), float(y), float(shapely.length(spoke))
    fill = palette.sequential[0] if chosen else palette.land
    return Shape(code, side.name(code), "", fill, "", _rings(shape), inside, chosen)


def _rings(shape: shapely.Geometry) -> tuple[Points, ...]:
    polygons = [part for part in shapely.get_parts(shape) if shapely.get_type_id(part) == 3]
    return tuple(shapely.get_coordinates(ring) for part in polygons for ring in shapely.get_rings(part))


def _outlines(shapes: list[shapely.Geometry]) -> tuple[Points, ...]:
    return tuple(ring for shape in shapes for ring in _rings(shape))


def _strokes(box: Box) -> list[Stroke]:
    palette = PALETTES["light"]
    found = []
    for line in editions_map.lines(box):
        if line.kind == "water":
            found.append(Stroke("water", line.name_zh, palette.river, WATER_POINTS, line.paths))
        else:
            width = ROAD_POINTS.get(line.rank, 0.6)
            found.append(Stroke("road", line.name_zh, palette.road, width, line.paths, palette.casing))
    return found
