"""“Keep as scene”: what the address holds, with a title, notes and a time, at the end of a story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from data.stories import LONGEST, SECONDS, Place, Scene, Story, kept_params, tied
from pages.parts import data, failures, registry, staging, state, story_shelf, tables
from pages.parts.failures import guard
from pages.parts.scene import shown
from pages.parts.state import View
from pages.parts.words import area_name, t

GROUPS = ("overview", "linli", "outcomes", "boundaries")
NEW = ""

_button = st.components.v2.component(
    "linli_keep_scene",
    js=Path(__file__).with_name("keep_scene.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def can_keep(page: str) -> bool:
    """Whether the page has a map that a scene can show."""
    return any(entry.name == page and entry.group in GROUPS for entry in registry.PAGES)


def control(view: View) -> None:
    """The button, and the dialog it opens."""
    words = {"label": t("keep.button"), "title": t("keep.title")}
    asked = _button(key="keep_scene", data=words, width="content", on_asked_change=lambda: None).asked
    if asked:
        st.dialog(t("keep.button"))(_dialog)(view, _place(asked))


def said() -> None:
    """What was kept just now, and the ways on from there."""
    story, title, number = state.recall("kept_scene", ("", "", 0))
    if not story:
        return
    state.keep("kept_scene", ("", "", 0))
    links = " · ".join([
        tables.anchor(state.link("stories", story=story), t("keep.open")),
        tables.anchor(state.link("present", story=story, present=1, scene=number), t("keep.present")),
    ])  # fmt: skip
    sentence = escape(t("keep.kept", story=title, number=number))
    st.html(f'<div class="ll-notice ll-kept" role="status">{sentence} {links}</div>')


def marked(view: View) -> None:
    """Which areas stand out on the map, each with a way to take it away, and one for all."""
    areas = data.areas()
    away = "、" if view.lang == "zh" else ", "
    names = away.join(
        tables.anchor(state.link(highlights=_without(view, code)), f"{area_name(areas.loc[code])} ×")
        for code in view.highlights
    )
    none = tables.anchor(state.link(highlights=()), t("keep.unmark"))
    st.html(f'<div class="ll-note-text">{escape(t("keep.marked"))} {names} · {none}</div>')


def _without(view: View, code: str) -> tuple[str, ...]:
    return tuple(other for other in view.highlights if other != code)


def _place(asked: Mapping[str, Any]) -> Place | None:
    """Where the reader moved the map to; None where it shows what it shows by itself."""
    place = asked.get("place")
    return Place(lon=float(place[1]), lat=float(place[0]), zoom=float(place[2])) if place else None


def scene_of(view: View, place: Place | None = None) -> Scene:
    """What the address holds, as a scene that shows the page's own charts, titled by what it finds."""
    view = staging.of_page(view)
    scene = Scene(
        view.page, kept_params(state.to_params(view)), highlights=view.highlights, place=place,
        charts=staging.charts_first(view.page),
    )  # fmt: skip
    return replace(scene, title=staging.finding(scene, Story("draft", "", view.lang))[: LONGEST["title"]])


def _dialog(view: View, place: Place | None) -> None:
    failures.begin()
    body, foot = st.container(key="keep_body"), st.container(key="keep_foot")
    with foot:  # drawn before what takes its time: what is pressed meanwhile is kept
        pressed = st.button(t("keep.save"), type="primary", key="keep_save")
        line = st.empty()
        line.caption(t("keep.preparing"))
    with guard("keep scene"):
        with body:
            into, made, held = _fields(view, place)
        line.empty()
        if pressed and into == NEW:
            line.caption(t("keep.untitled"))
        elif pressed:
            save(into, made, held, view.lang)
            st.rerun()


def _fields(view: View, place: Place | None) -> tuple[Story | str, Scene, bool]:
    """Where the scene goes, the scene as the fields say, and whether it is held to the last one there."""
    scene = scene_of(view, place)
    into = _into(story_shelf.store().stories())
    title = st.text_input(t("keep.scene_title"), scene.title, max_chars=LONGEST["title"], key="keep_title")
    notes = st.text_area(t("keep.notes"), key="keep_notes", max_chars=LONGEST["notes"], height=120)
    seconds = st.number_input(t("keep.seconds"), *SECONDS, 60, step=15, key="keep_seconds")
    charts = chart_choice(scene, "keep_charts")
    highlights = highlight_choice(scene, "keep_highlights", default=list(scene.highlights))
    last = into.main[-1] if isinstance(into, Story) and into.main else None
    alike = last is not None and staging.comparable(scene, last, Story("draft", "", view.lang))
    held = alike and last is not None and st.checkbox(t("keep.held", title=last.title), key="keep_held")
    made = replace(
        scene, title=title.strip() or scene.title, notes=notes, seconds=int(seconds), charts=charts,
        highlights=highlights,
    )  # fmt: skip
    return into, made, held


def _into(stories: list[Story]) -> Story | str:
    """The story chosen, or the title of a new one (NEW while it has none)."""
    known = {story.id: story for story in stories}
    chosen = st.selectbox(
        t("keep.story"),
        [*known, NEW],
        index=_last_used(list(known)),
        format_func=lambda name: known[name].title if name else t("keep.new_story"),
        key="keep_story",
    )
    if chosen:
        return known[chosen]
    return st.text_input(t("keep.new_title"), t("keep.new_default"), max_chars=LONGEST["title"], key="keep_new").strip()


def _last_used(ids: list[str]) -> int:
    used = state.recall("last_story", "")
    return ids.index(used) if used in ids else 0


def chart_choice(scene: Scene, key: str) -> tuple[str, ...]:
    """Which charts stand beside the map: at most two, by what they say."""
    names = chart_names(scene)
    chosen = st.multiselect(
        t("keep.charts"), list(names), [c for c in scene.charts if c in names], max_selections=2,
        format_func=lambda name: names[name], key=key, select_all=False,
    )  # fmt: skip
    return tuple(chosen)


def highlight_choice(scene: Scene, key: str, **kept: Any) -> tuple[str, ...]:
    """Which areas of the map stand out, by name."""
    names = highlight_names(scene)
    chosen = st.multiselect(
        t("keep.highlights"), list(names), max_selections=state.MOST_HIGHLIGHTS, format_func=names.__getitem__,
        key=key, select_all=False, placeholder=t("keep.highlights_none"), help=t("keep.highlights_help"), **kept,
    )  # fmt: skip
    return tuple(chosen)


def highlight_names(scene: Scene) -> dict[str, str]:
    """The areas on the scene's map and those marked already, by name."""
    view = staging.view_of(scene, Story("draft", "", state.current_language()))
    what = shown(view, data.indicators()[view.indicator])
    areas = data.areas()
    codes = [*map(str, data.children(what.scope, what.level)["code"]), *view.highlights]
    return {code: area_name(areas.loc[code]) for code in dict.fromkeys(codes)}


def chart_names(scene: Scene) -> dict[str, str]:
    """The charts that can stand beside the map of the scene, by what each is called or says."""
    story = Story("draft", "", state.current_language())
    view = staging.view_of(scene, story)
    names = {"ranked": t("keep.chart_ranked"), "trend": t("keep.chart_trend")}
    with state.viewing(view):
        for key in staging.chart_choices(scene.page)[2:]:
            chart = staging.card_chart(scene.page, key, view)
            if chart is not None:
                names[key] = chart.title
    return names


def save(into: Story | str, scene: Scene, held: bool, lang: str) -> None:
    """Keep the scene in a story or a new one; `held` ties it to the scene before it."""
    story = into if isinstance(into, Story) else story_shelf.new_story(into, lang)
    kept, number = story_shelf.keep_scene(story.id, scene)
    if held and number > 1:
        story_shelf.change(story.id, lambda s: tied(s, scene.id))
    state.keep("last_story", kept.id)
    state.keep("kept_scene", (kept.name, kept.title, number))
