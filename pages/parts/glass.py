"""The talk in the browser: the glass with its map, the content of each scene, the window with the notes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
import streamlit as st

from data.manifest import data_root, edition_in_force
from data.static_assets import chart_script
from data.stories import Scene, Story, from_json, to_json
from geo.layers import pack
from pages.parts import data, failures, map_view, staging, state, story_shelf
from pages.parts.charts import title_height
from pages.parts.staging import Chart, Staged
from pages.parts.words import speaking, t

HERE = Path(__file__).resolve().parent / "talk"
PARTS = ("glass", "ink", "keys", "notes", "wire")
ACTS = (
    "back", "next", "full", "blank", "spot", "draw", "clear", "home", "question", "explore", "notes", "help", "leave",
)  # fmt: skip
KEYS = (
    "next",
    "back",
    "jump",
    "ends",
    "blank",
    "full",
    "notes",
    "question",
    "explore",
    "spot",
    "draw",
    "home",
    "leave",
)
OWN = (
    "label", "bar", "gap", "help", "no_charts", "no_branch", "no_scene", "no_window", "scene", "planned", "actual",
    "together", "keep", "drop", "rehearsed", "blanked", "no_notes", "next", "asked", "end", "total", "here", "waiting",
    "ended", "larger", "smaller",
)  # fmt: skip

_talk = st.components.v2.component(
    "linli_talk",
    js="\n".join((HERE / f"{part}.js").read_text(encoding="utf-8") for part in PARTS),
    isolate_styles=False,
)


def keys_of(story: Story) -> dict[str, Scene]:
    """What each scene is called in an address: 1, 2, … in the order of the talk; 2.1, 2.2 for questions after 2."""
    found: dict[str, Scene] = {}
    for number, scene in enumerate(story.main, start=1):
        found[str(number)] = scene
        found |= {f"{number}.{place}": branch for place, branch in enumerate(story.branches(scene), start=1)}
    return found


def words_of(story: Story) -> dict[str, Any]:
    """Every word of the glass in the story's language."""
    with speaking(story.lang):
        own = {name: t(f"talk.{name}") for name in OWN}
        acts = {f"act_{name}": t(f"talk.act_{name}") for name in ACTS}
        return {**own, **acts, "keys": [[t(f"talk.key_{name}"), t(f"talk.does_{name}")] for name in KEYS]}


def style() -> None:
    """The style of glass and notes."""
    st.html(HERE / "talk.css")


def map_place(story: Story) -> None:
    """The map's frame: it never changes, the glass hands each scene's state to it."""
    with speaking(story.lang), st.container(key="stage_map"):
        from streamlit_folium import st_folium

        st_folium(
            map_view.base_map(map_view.published_assets()), key="stage_map_frame", height=400, width=None,
            use_container_width=True, returned_objects=[],
        )  # fmt: skip


def settings(story: Story, kind: str, first: str, view: state.View) -> dict[str, Any]:
    """What the browser knows of the talk before any scene has come."""
    named = keys_of(story)
    away = replace(view, page="")  # what belongs to this talk does not go along
    return {
        "kind": kind,
        "story": story.id,
        "first": first if first in named else "1",
        "keys": list(named),
        "main": [key for key in named if "." not in key],
        "plan": {key: {"title": s.title, "notes": s.notes, "seconds": s.seconds} for key, s in named.items()},
        "words": words_of(story),
        "chartScript": f"app/static/{chart_script(map_view.STATIC)}",
        "cover": state.address(state.changed(away, "stories", story=view.get("story"))),
        "notes": state.address(state.changed(away, "present", story=view.get("story"), notes=1)),
        "dark": glass_theme(view) == "dark",
        "kiosk": bool(view.get("kiosk")),
        "rehearsing": bool(view.get("rehearse")),
    }


def changed(story: Story) -> dict[str, str] | None:
    """What has changed since the story was made, and both ways to show it; None where nothing has.

    `there` is the address that shows it as it was, "" where that is no longer kept; `current` is what the address says
    once the reader has chosen the current data.
    """
    found = story_shelf.changed_since(story)
    if found is None:
        return None
    with speaking(story.lang):
        said, now, then = found.said(story), t("stories.with_new"), found.as_then(story)
    there = state.link(data=found.older) if found.older else ""
    return {"said": said, "now": now, "then": then, "there": there, "current": story_shelf.CURRENT}


def glass_theme(view: state.View) -> str:
    """The projector's theme, unless the address asks for a dark one (a screen that shines by itself)."""
    return "dark" if view.theme == "dark" else "projector"


def glass(given: dict[str, Any], *, heard: Callable[[], None], again: Callable[[], None]) -> Any:
    """The glass; `heard` is called with a rehearsal's times in the result, `again` after each round of a kiosk."""
    return _talk(key="talk_glass", data=given, on_rehearsed_change=heard, on_round_change=again)


def notes(given: dict[str, Any]) -> None:
    """The window that follows with notes, next scene and clock."""
    _talk(key="talk_notes", data=given)


def bring(story: Story, key: str, view: state.View) -> None:
    """Send one scene; one that cannot be made says so on the glass, and the others stand."""
    theme = glass_theme(view)
    scene = keys_of(story)[key]
    try:
        content = json.loads(_content(to_json(story), scene.id, theme, data.manifest().version, str(data_root())))
    except Exception as error:  # the last line of defence of one scene: the talk goes on with the others
        failures.log.exception("scene %s of %s", key, story.name)
        content = _failed(scene, story, error)
    there = staging.view_of(scene, story, view.theme)
    edition = data.edition_shown()
    explore = state.address(there if edition == edition_in_force(data_root()) else replace(there, edition=edition))
    _talk(key=f"talk_scene_{key}", data={"kind": "scene", "story": story.id, "key": key, "explore": explore, **content})


@st.cache_data(max_entries=400, show_spinner=False)
def _content(text: str, scene_id: str, theme: str, version: str, root: str) -> str:
    story = from_json(text)
    scene = next(each for each in story.scenes if each.id == scene_id)
    return json.dumps(content_of(staging.stage(scene, story, theme)), ensure_ascii=False)


def content_of(staged: Staged) -> dict[str, Any]:
    """The scene as the browser takes it: words, the map's state (classes only), charts."""
    charts = [_chart(chart) for chart in staged.charts]
    layout = "map" if not charts else "chart" if any(c["kind"] == "card" for c in charts) else "both"
    packed = pack(staged.map, map_view.published_assets())
    with state.viewing(staged.view):
        packed["words"] = map_view.map_words(staged.map.level)
        short = staging.source_short(staged.indicator)
    packed |= {"hold": staged.scene.locked or staged.scene.id, "named": named(staged), "caption": staged.caption}
    if staged.scene.place:
        packed["place"] = [staged.scene.place.lat, staged.scene.place.lon, staged.scene.place.zoom]
    return {
        "title": staged.title, "finding": staged.finding, "source": staged.source, "short": short,
        "map": packed, "charts": charts, "layout": layout,
    }  # fmt: skip


def named(staged: Staged) -> list[str]:
    """The areas of the map that title or finding name: their names are written first."""
    said, areas = f"{staged.title} {staged.finding}", data.areas()
    on_map = areas.loc[areas.index.intersection(list(staged.map.classes))]
    names = on_map[f"name_{staged.view.lang}"].astype(str)
    return [str(code) for code, name in names.items() if name in said]


def _chart(chart: Chart) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": chart.kind, "title": chart.title}
    if chart.kind == "ranked":
        rows = [[b.rank, b.name, b.value, b.share, b.colour, b.here] for b in chart.bars]
        return made | {"bars": rows, "gap": chart.gap, "best": staging.BEST}
    assert chart.figure is not None
    figure = chart.figure if chart.kind != "card" else untitled(chart.figure)
    height = figure.layout.height if chart.kind == "card" else None
    return made | {"figure": pio.to_json(figure), "height": height, "names": list(chart.names)}


def untitled(figure: go.Figure) -> go.Figure:
    """The figure without its own title, whose words stand above it, and without the room for it."""
    room = title_height(figure.layout.title.text or "", "projector") - 10
    top = max((figure.layout.margin.t or room) - room, 8)
    return go.Figure(figure).update_layout(title_text="", margin_t=top, height=(figure.layout.height or 320) - room)


def _failed(scene: Scene, story: Story, error: Exception) -> dict[str, Any]:
    with speaking(story.lang):
        told = failures.explain(error)
    return {
        "title": scene.title, "finding": f"{told.sentence} {told.reason} {told.next_step}", "source": "",
        "short": ("", ""), "map": None, "charts": [], "layout": "map",
    }  # fmt: skip
