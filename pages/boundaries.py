"""Boundaries: how the published edition keeps its rules, what its borders lie on, and it in words and as files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from geo.four_boundaries import Side
from geo.layers import Legend, MapState
from geo.map_overlays import BARRIERS
from geo.quality import Quality
from pages.parts import bounds, controls, data, downloads, edition, frame, map_view, state, tables, trends
from pages.parts.failures import guard
from pages.parts.quality_rules import RULES as RULES
from pages.parts.quality_rules import held, named, shown, verdict, water_and_arterial
from pages.parts.scene import footer, marked
from pages.parts.state import View
from pages.parts.words import area_name, levels_name, number, signed, t

MAP_HEIGHT = 620
WIDE = {"20": 0.20, "12": 0.12}
MOST_FOUR = 60


def main() -> None:
    """Draw the page part by part; a part that fails says so and the others stand."""
    view = frame.page("boundaries")
    with guard("boundaries sentence"):
        quality = edition.quality(view.area)
        st.html(f'<p class="ll-lead" role="status">{escape(sentence(view, quality))}</p>')
        with st.container(horizontal=True, vertical_alignment="bottom"):
            controls.layers(view)
            controls.share(view)
    stacked = view.theme == "projector"  # its larger type would not fit beside the map
    left, right = (st.container(), st.container()) if stacked else st.columns([63, 37], gap="medium")
    with left, guard("boundaries map"):
        show_map(view)
    with right, guard("boundaries rules"):
        rules(edition.quality(view.area), whole=view.area == state.DISTRICT)
    with guard("boundaries outside"):
        outside(view)
    with guard("boundaries in words"):
        four(view)
    with guard("boundaries files"):
        files(view)


# ── how the edition stands ──


def sentence(view: View, quality: Quality) -> str:
    """How the edition keeps its rules in the area in view."""
    faults = [
        quality.non_contiguous or 0, quality.not_nested or 0, quality.both_banks or 0, quality.invalid,
        quality.gap_m2 + quality.overlap_m2,
    ]  # fmt: skip
    values = {
        "area": area_name(data.area(view.area)),
        "edition": data.manifest().edition,
        "count": levels_name("neighbourhood", quality.neighbourhoods or 0),
        "within": shown(quality.within_20, "share"),
        "following": shown(quality.barrier_following, "share"),
        "strong": shown(water_and_arterial(quality), "share"),
    }
    if quality.barrier_following is None:
        said = t("boundaries.sentence_one", **values)
    else:
        said = t("boundaries.sentence", **values)
    return said + (t("boundaries.sentence_faults") if any(faults) else t("boundaries.sentence_whole"))


def rules(quality: Quality, *, whole: bool) -> None:
    """Each measure beside its rule, with the definition one click away; averages are judged on the `whole` only."""
    rows = [{"rule": rule, "value": rule.value(quality)} for rule in RULES]
    columns = [
        tables.Column(t("boundaries.measure"), lambda r: escape(named(r["rule"]))),
        tables.Column(t("boundaries.value"), lambda r: escape(shown(r["value"], r["rule"].kind)), numeric=True),
        tables.Column(t("boundaries.rule"), lambda r: escape(held(r["rule"])), numeric=True),
        tables.Column(
            t("boundaries.verdict"),
            lambda r: verdict(r["rule"].met(r["value"]) if whole or r["rule"].most == 0 else None),
        ),
    ]
    title = t("boundaries.rules")
    note = "" if whole else tables.paragraph(t("boundaries.rules_part"), "ll-note-text")
    st.html(tables.heading(title, "rules") + tables.table([tables.Group("", rows)], columns, title, wide=True) + note)
    with st.expander(t("boundaries.definitions")):
        pairs = [(t(f"boundaries.measures.{r.key}"), escape(t(f"boundaries.meaning.{r.key}"))) for r in RULES]
        st.html(tables.facts(pairs) + tables.paragraph(t("boundaries.rules_source"), "ll-note-text"))


# ── the map ──


def show_map(view: View) -> None:
    """The area's neighbourhoods, their borders coloured by what they lie on."""
    st.html(tables.heading(t("boundaries.map"), "map"))
    given = drawn_map(view)
    map_view.show_map(given, key="boundaries.map", height=MAP_HEIGHT, on_click=lambda code: state.go(area=code))
    st.html(tables.paragraph(t("boundaries.map_text"), "ll-note-text"))


def drawn_map(view: View) -> MapState:
    """That map's state, for the page and for its files."""
    inside = edition.hoods(view.area)
    return MapState(
        level="neighbourhood",
        lang="zh" if view.lang == "zh" else "en",
        theme=trends.theme_of(view),
        footer=footer(),
        values={
            str(code): t("boundaries.tip", households=number(row["households"]), off=signed(100 * row["off"], 0))
            for code, row in inside.iterrows()
        },
        legend=Legend(t("boundaries.lies_on")),
        focus=None if view.area == state.DISTRICT else view.area,
        highlight=marked(view, view.area if view.area_level == "neighbourhood" else None),
        layers=frozenset({*view.layers, "edges"}),
        label_values=False,
        edges=legend_of_edges(edition.quality(view.area)),
    )


def legend_of_edges(quality: Quality) -> tuple[tuple[str, str], ...]:
    """Classes that occur, strongest first, with their share of the inner border."""
    found = [(name, quality.border_by_class.get(name)) for name in BARRIERS]
    if all(share is None for _, share in found):
        return tuple((name, t(f"boundaries.barrier.{name}")) for name in BARRIERS if name != "rail")
    return tuple((name, f"{t(f'boundaries.barrier.{name}')} {bounds.percent(share)}") for name, share in found if share)


# ── neighbourhoods outside the range ──


def outside(view: View) -> None:
    """The neighbourhoods whose households differ too much from the rule."""
    width = view.get("range") if view.get("range") in WIDE else "12"
    inside = edition.hoods(view.area)
    rows = inside[inside["off"].abs() > WIDE[width]]
    rows = rows.reindex(rows["off"].abs().sort_values(ascending=False, kind="stable").index)
    title = t("boundaries.outside", count=number(len(rows)), all=number(len(inside)), range=width)
    st.html(tables.heading(title, "outside"))
    st.segmented_control(
        t("boundaries.range"),
        list(WIDE),
        format_func=lambda name: f"±{name}%",
        key=state.seed("range", width),
        on_change=state.follow,
        args=("range", "range"),
        required=True,
    )
    if rows.empty:
        st.html(tables.paragraph(t("boundaries.none_outside", range=width)))
        return
    columns = [
        tables.Column(t("level.neighbourhood"), lambda r: _linked(r["code"])),
        tables.Column(t("level.community"), lambda r: _linked(r["community"])),
        tables.Column(t("boundaries.kind"), lambda r: escape(t(f"boundaries.kind_of.{r['kind']}"))),
        tables.Column(t("area.households"), lambda r: number(r["households"]), numeric=True),
        tables.Column(t("boundaries.target"), lambda r: number(r["target"]), numeric=True),
        tables.Column(t("boundaries.off"), lambda r: f"{signed(100 * r['off'], 1)}%", numeric=True),
        tables.Column(t("area.buildings"), lambda r: number(r["buildings"]), numeric=True),
    ]
    st.html(tables.table([tables.Group("", tables.rows_of(rows.head(100)))], columns, title))
    frame_ = rows[["code", "community", "kind", "households", "target", "off", "buildings", "roundness"]]
    _buttons(frame_, title, t("boundaries.meaning.within_20"), "outside")


def _linked(code: str) -> str:
    return tables.anchor(state.link(area=code), area_name(data.area(code)))


def _buttons(table: pd.DataFrame, title: str, definition: str, key: str) -> None:
    manifest = data.manifest()
    about = downloads.about(
        title, definition=definition, source=t("boundaries.source"), period=manifest.edition_effective
    )
    downloads.buttons(lambda: table, len(table), about, downloads.file_name(t("app.name"), title), key)


# ── in words and as files ──


def four(view: View) -> None:
    """The four boundaries of the area in view and of the areas in it."""
    found = in_words(view)
    title = t("boundaries.in_words")
    st.html(tables.heading(title, "words") + tables.paragraph(t("boundaries.in_words_text"), "ll-note-text"))
    columns = [
        tables.Column(t("boundaries.area"), lambda r: _linked(r["code"])),
        tables.Column(title, lambda r: escape(r["words"])),
    ]
    st.html(tables.table([tables.Group("", tables.rows_of(found.head(MOST_FOUR)))], columns, title, wide=True))
    _buttons(found, title, t("boundaries.in_words_text"), "words")


def in_words(view: View) -> pd.DataFrame:
    """One row per area: the one in view, then those of the next level in it; code, name, words."""
    own = [view.area] if view.area_level in edition.DIGITS else []
    inside: Iterable[str] = (
        []
        if view.area_level == "neighbourhood"
        else data.children(view.area, state.next_level(view.area_level))["code"]
    )
    sides = _sides([*own, *map(str, inside)])
    rows = [
        {"code": code, "name": area_name(data.area(code)), "words": bounds.in_words(found)}
        for code, found in sides.items()
    ]
    return pd.DataFrame(rows, columns=["code", "name", "words"])


def _sides(codes: Sequence[str]) -> dict[str, dict[str, Side]]:
    """Code -> side -> what bounds it, in the order given."""
    levels = {code: state.level_of(code) for code in codes}
    found = {
        level: edition.sides(level, [code for code in codes if levels[code] == level]) for level in set(levels.values())
    }
    return {code: found[level][code] for code, level in levels.items()}


def files(view: View) -> None:
    """The boundaries of the area and of all in it, for a GIS."""
    st.html(
        tables.heading(t("boundaries.files"), "files") + tables.paragraph(t("boundaries.files_text"), "ll-note-text")
    )
    simulated = data.manifest().demonstration or data.demonstration_ground()
    nature = t("boundaries.demonstration" if simulated else "boundaries.published")
    name = downloads.file_name(t("app.name"), nature, area_name(data.area(view.area)), data.manifest().edition)
    said = f"{nature} · {t('footer.schematic')}"  # the file is made outside of the session, which knows the language
    with st.container(horizontal=True, gap="small"):
        for kind, mime in edition.FORMATS.items():
            st.download_button(
                t(f"boundaries.file.{kind}"),
                data.pinned(partial(edition.as_file, view.area, kind, said)),
                f"{name}.{'zip' if kind == 'shp' else kind}",
                mime,
                key=f"file-{kind}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )


if __name__ == "__main__":
    main()
