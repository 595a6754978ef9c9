"""One story: its scenes in order, the scene in hand with its words, and what the whole can do. All is kept at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from data.stories import (
    FILE_SUFFIX,
    LONGEST,
    SECONDS,
    Scene,
    Story,
    branched,
    duplicated,
    loosened,
    reordered,
    tied,
    to_json,
    with_scene,
    without_scene,
)
from pages.parts import data, export_control, failures, glass, scene_keeper, staging, state, story_shelf, tables
from pages.parts.failures import guard, nothing
from pages.parts.state import View
from pages.parts.words import area_name, date_text, lang, number, period_text, t

_list = st.components.v2.component(
    "linli_story_list",
    js=Path(__file__).with_name("story_list.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def show(view: View, story: Story) -> None:
    """The story's page."""
    own = not story_shelf.is_shipped(story)
    begin = state.link("present", story=story.name, present=1, scene=1)
    lead = t("talk.cover", scenes=staging.scene_count(len(story.main)), time=staging.clock(story.seconds))
    st.html(f'{tables.heading(story.title)}<p class="ll-lead">{escape(lead)}</p>')
    with st.container(key="story_ways", horizontal=True, vertical_alignment="center", gap="small"):
        if story.scenes:
            st.html(
                f'<a class="ll-button" data-full href="{escape(begin)}">{escape(t("talk.begin"))}</a>', width="content"
            )
            rehearse = state.link("present", story=story.name, present=1, scene=1, rehearse=1)
            st.html(tables.anchor(rehearse, t("stories.rehearse")), width="content")
            kiosk = state.link("present", story=story.name, present=1, scene=1, kiosk=1)
            st.html(tables.anchor(kiosk, t("stories.kiosk")), width="content")
        _whole(view, story, own)
    with guard("changed since"):
        changed(story)
    if not own:
        st.html(f'<p class="ll-note-text">{escape(t("stories.read_only"))}</p>')
    if not story.scenes:
        nothing(t("stories.empty"), t("stories.step_1"))
        return
    left, right = st.columns([55, 45], gap="medium")
    picked = _picked(story)
    with left, guard("scene list"):
        _scenes(story, own, picked)
        times(story)
    with right, guard("scene"):
        (edit if own else read)(story, picked)


# ── the whole story ──


def _whole(view: View, story: Story, own: bool) -> None:
    """Copy, file, link, and for one's own: title, undo, delete."""
    st.button(t("stories.copy"), key="copy_story", on_click=_copy, args=(story,))
    st.download_button(
        t("stories.export"), to_json(story), f"{story.name}{FILE_SUFFIX}", "application/json", key="export_story"
    )
    export_control.export_control(story)
    with st.popover(t("stories.share")):
        st.caption(t("stories.share_caption"))
        there = state.changed(view, "present", story=story.name)
        st.code(state.whole_address(there), language=None, wrap_lines=True)
    if not own:
        return
    changes = story_shelf.store().changes(story.id)
    st.button(
        t("stories.undo", count=number(changes)), key="undo", on_click=_undo, args=(story.id,), disabled=changes == 0
    )
    with st.popover(t("stories.rename")):
        st.text_input(
            t("stories.new_title"), story.title, max_chars=LONGEST["title"], key=f"title_{story.id}",
            on_change=_retitle, args=(story.id,),
        )  # fmt: skip
    st.button(t("stories.delete"), key="delete_story", on_click=_delete, args=(story.id,))


def _copy(story: Story) -> None:
    with failures.guard("copy story"):
        made = story_shelf.copy_of(story, t("stories.copied", title=story.title)[: LONGEST["title"]])
        state.go("stories", story=made.name)


def _undo(story_id: str) -> None:
    with failures.guard("undo"):
        story_shelf.store().undo(story_id)


def _delete(story_id: str) -> None:
    with failures.guard("delete story"):
        story_shelf.store().remove(story_id)
        state.go("stories", story=None)


def _retitle(story_id: str) -> None:
    title = str(state.chosen(f"title_{story_id}") or "").strip()
    if title:
        _change(story_id, lambda s: replace(s, title=title))


def _change(story_id: str, how: Callable[[Story], Story]) -> None:
    """A change by the reader: kept at once, or what hinders it is said."""
    with failures.guard("story"):
        story_shelf.change(story_id, how)


def changed(story: Story) -> None:
    """What has changed since the story was made, and both ways to show it."""
    found = story_shelf.changed_since(story)
    if found is None:
        return

    def there(asked: str) -> str:
        return state.link("present", story=story.name, present=1, scene=1, data=asked)

    now, then = tables.anchor(there(story_shelf.CURRENT), t("stories.with_new")), found.as_then(story)
    other = tables.anchor(there(found.older), then) if found.older else f"<span>{escape(then)}</span>"
    st.html(f'<div class="ll-notice ll-kept" role="status">{escape(found.said(story))} {now} {other}</div>')
    if not story_shelf.is_shipped(story):
        st.button(t("stories.adopt"), key="adopt", on_click=_adopt, args=(story.id,))


def _adopt(story_id: str) -> None:
    now = data.manifest()
    _change(story_id, lambda s: replace(s, data_version=now.version, edition=now.edition))


# ── the scenes ──


def _picked(story: Story) -> Scene:
    wanted = state.recall(f"picked_{story.id}", "")
    return next((scene for scene in story.scenes if scene.id == wanted), story.scenes[0])


def _scenes(story: Story, own: bool, picked: Scene) -> None:
    keys = {scene.id: key for key, scene in glass.keys_of(story).items()}
    words = {name: t(f"stories.list_{name}") for name in ("label", "handle", "handle_hint")}
    rows = [
        {
            "id": scene.id, "key": keys[scene.id], "title": scene.title or t("stories.untitled"),
            "branch": bool(scene.branch_of), "of": summary(scene), "time": staging.clock(scene.seconds),
        }
        for scene in glass.keys_of(story).values()
    ]  # fmt: skip
    key = f"scenes_{story.id}"
    given: dict[str, Any] = {"scenes": rows, "words": words, "editable": own, "picked": picked.id}
    _list(
        key=key,
        data=given,
        on_order_change=lambda: _order(story.id, key),
        on_picked_change=lambda: _pick(story.id, key),
    )
    if own:
        st.html(f'<p class="ll-note-text">{escape(t("stories.list_note"))}</p>')


def _order(story_id: str, key: str) -> None:
    order = [str(each) for each in (state.chosen(key) or {}).get("order") or []]
    if order:
        _change(story_id, lambda s: reordered(s, order))


def _pick(story_id: str, key: str) -> None:
    if picked := (state.chosen(key) or {}).get("picked"):
        state.keep(f"picked_{story_id}", str(picked))


def summary(scene: Scene) -> str:
    """What a scene shows: page, area, indicator, period."""
    view = staging.view_of(scene, Story("draft", "", lang()))
    indicator = data.indicators()[view.indicator].words("short", lang())
    parts = [t(f"nav.{view.page}"), area_name(data.area(view.area)), indicator, period_text(view.period)]
    return " · ".join(parts)


def read(story: Story, scene: Scene) -> None:
    """A shipped scene's notes, to read."""
    st.html(tables.heading(scene.title, level=3) + "".join(tables.paragraph(line) for line in scene.notes.split("\n")))
    st.html(_ways(story, scene))


def _ways(story: Story, scene: Scene) -> str:
    """From here on the glass, and to the page it was kept from."""
    key = next(key for key, each in glass.keys_of(story).items() if each.id == scene.id)
    view = replace(staging.view_of(scene, story), theme=state.current_view().theme)
    begin = state.link("present", story=story.name, present=1, scene=key)
    links = [tables.anchor(begin, t("stories.from_here")), tables.anchor(state.address(view), t("stories.its_page"))]
    return f'<p class="ll-kept">{" ".join(links)}</p>'


def edit(story: Story, scene: Scene) -> None:
    """The words and times of one scene; each is kept when it is left."""
    st.html(tables.heading(scene.title or t("stories.untitled"), level=3) + _ways(story, scene))
    here = f"{story.id}_{scene.id}"
    kept: Any = {"on_change": _write, "args": (story.id, scene.id, here)}
    st.text_input(t("keep.scene_title"), key=state.seed(f"t_{here}", scene.title), max_chars=LONGEST["title"], **kept)
    st.text_area(
        t("stories.finding"), key=state.seed(f"f_{here}", scene.finding), height=68, max_chars=LONGEST["finding"],
        placeholder=staging.finding(scene, story), **kept,
    )  # fmt: skip
    st.text_area(
        t("keep.notes"), key=state.seed(f"n_{here}", scene.notes), height=220, max_chars=LONGEST["notes"], **kept
    )
    low, high = SECONDS
    st.number_input(t("keep.seconds"), low, high, step=15, key=state.seed(f"s_{here}", scene.seconds), **kept)
    names = scene_keeper.chart_names(scene)
    charts = [chart for chart in scene.charts if chart in names]
    st.multiselect(
        t("keep.charts"), list(names), max_selections=2, format_func=lambda name: names[name],
        select_all=False, key=state.seed(f"c_{here}", charts), **kept,
    )  # fmt: skip
    known = scene_keeper.highlight_names(scene)
    scene_keeper.highlight_choice(scene, state.seed(f"h_{here}", [c for c in scene.highlights if c in known]), **kept)
    _held(story, scene, here)
    after = {"": t("stories.in_talk")} | {
        s.id: t("stories.after", title=s.title) for s in story.main if s.id != scene.id
    }
    st.selectbox(
        t("stories.branch"), list(after), format_func=lambda name: after[name],
        key=state.seed(f"b_{here}", scene.branch_of), on_change=_branch, args=(story.id, scene.id, here),
    )  # fmt: skip
    with st.container(horizontal=True):
        st.button(
            t("stories.duplicate"),
            key="duplicate",
            on_click=_change,
            args=(story.id, lambda s: duplicated(s, scene.id)),
        )
        st.button(
            t("stories.drop"), key="drop", on_click=_change, args=(story.id, lambda s: without_scene(s, scene.id))
        )


def _held(story: Story, scene: Scene, here: str) -> None:
    """Whether the scene is held to an earlier one: to be undone always, to be chosen where the two can be compared."""
    earlier = story.main[: story.main.index(scene)] if scene in story.main else ()
    fellow = next((each for each in reversed(earlier) if scene.locked and each.locked == scene.locked), None)
    if fellow is None and not (earlier and staging.comparable(scene, earlier[-1], story)):
        return
    other = fellow or earlier[-1]
    st.checkbox(
        t("stories.held", title=other.title), key=state.seed(f"l_{here}", fellow is not None), on_change=_hold,
        args=(story.id, scene.id, here),
    )  # fmt: skip


def _hold(story_id: str, scene_id: str, here: str) -> None:
    how = tied if state.chosen(f"l_{here}") else loosened
    _change(story_id, lambda s: how(s, scene_id))


def _write(story_id: str, scene_id: str, here: str) -> None:
    """Keep what stands in the scene's fields now."""
    title, said, notes, seconds, charts, marked = (state.chosen(f"{field}_{here}") for field in "tfnsch")

    def how(story: Story) -> Story:
        scene = next(each for each in story.scenes if each.id == scene_id)
        made = replace(
            scene, title=str(title or "").strip(), finding=" ".join(str(said or "").split()), notes=str(notes or ""),
            seconds=int(seconds or scene.seconds), charts=tuple(charts or ()),
            highlights=(*(marked or ()), *_elsewhere(scene)),
        )  # fmt: skip
        return with_scene(story, made)

    _change(story_id, how)


def _elsewhere(scene: Scene) -> list[str]:
    """Marked areas that only another edition knows: they stay for whoever shows the story on that one."""
    known = data.areas().index
    return [code for code in scene.highlights if code not in known]


def _branch(story_id: str, scene_id: str, here: str) -> None:
    after = str(state.chosen(f"b_{here}") or "")
    _change(story_id, lambda s: branched(s, scene_id, after))


# ── rehearsals ──


def times(story: Story) -> None:
    """The last rehearsal beside the plan; how it comes about where there is none."""
    rehearsals = story_shelf.store().rehearsals(story.id)
    if not rehearsals:
        st.html(f'<p class="ll-note-text">{escape(t("stories.no_rehearsal"))}</p>')
        return
    last = rehearsals[0]
    rows = "".join(
        f'<tr><th scope="row">{escape(key)} {escape(scene.title)}</th><td>{staging.clock(scene.seconds)}</td>'
        f"<td>{staging.clock(last.seconds[scene.id])}</td><td>{_over(last.seconds[scene.id] - scene.seconds)}</td></tr>"
        for key, scene in glass.keys_of(story).items()
        if scene.id in last.seconds
    )
    spent = sum(last.seconds.values())
    caption = t("stories.rehearsed", day=date_text(last.at.date()), count=number(len(rehearsals)))
    heads = "".join(f'<th scope="col">{escape(t(f"talk.{name}"))}</th>' for name in ("scene", "planned", "actual"))
    st.html(
        f'<table class="ll-table ll-table-wide"><caption>{escape(caption)}</caption><thead><tr>{heads}'
        f'<th scope="col">{escape(t("stories.difference"))}</th></tr></thead><tbody>{rows}</tbody><tfoot><tr>'
        f'<th scope="row">{escape(t("talk.together"))}</th><td>{staging.clock(story.seconds)}</td>'
        f"<td>{staging.clock(spent)}</td><td>{_over(spent - story.seconds)}</td></tr></tfoot></table>"
    )


def _over(seconds: int) -> str:
    sign = "+" if seconds > 0 else "−" if seconds < 0 else "±"
    return f"{sign}{staging.clock(abs(seconds))}"
