"""Present: a story on the glass, scene by scene; without present=1 its cover, with what is to be known before."""

from __future__ import annotations

from html import escape

import streamlit as st

from data.stories import Story
from pages.parts import data, frame, glass, staging, state, story_editor, story_shelf, tables
from pages.parts.failures import guard
from pages.parts.state import View
from pages.parts.words import speaking, t


def main() -> None:
    """The glass, the notes, or the cover."""
    if state.current_view().get("present") or state.current_view().get("notes"):
        view = frame.bare_page("present")
        with guard("talk"):
            talk(view)
        return
    view = frame.page("present")
    with guard("cover"):
        cover(view, story_shelf.find(view.get("story"), view.lang))


def talk(view: View) -> None:
    """The scene the address names first, then the others while the talk begins."""
    story = story_shelf.find(view.get("story"), view.lang)
    first = view.get("scene", "1")
    glass.style()
    if view.get("notes"):
        glass.notes(glass.settings(story, "notes", first, view))
        return
    asked = view.get("data")
    older = asked if data.is_kept(asked) else ""
    knows = older or asked == story_shelf.CURRENT
    given = {**glass.settings(story, "glass", first, view), "changed": None if knows else glass.changed(story)}
    with data.at_version(older):
        glass.map_place(story)
        glass.glass(given, heard=lambda: rehearsed(story), again=lambda: None)  # a kiosk's round only runs the page
        for key in nearest_first(given["keys"], given["first"]):
            glass.bring(story, key, view)


def rehearsed(story: Story) -> None:
    """Keep a rehearsal's times and show them beside the plan."""
    spent = (state.chosen("talk_glass") or {}).get("rehearsed") or {}
    named = glass.keys_of(story)
    with guard("rehearsal"):
        story_shelf.store().rehearsed(story.id, {named[key].id: int(s) for key, s in spent.items() if key in named})
        state.go("stories", story=story.name)


def nearest_first(keys: list[str], first: str) -> list[str]:
    """The scene shown, those after it, then those before it."""
    at = keys.index(first)
    return [*keys[at:], *reversed(keys[:at])]


def cover(view: View, story: Story) -> None:
    """Title, time, the way in, and the scenes with their times."""
    known = story_shelf.CURRENT if story_shelf.changed_since(story) else None  # said below
    begin = state.link(present=1, scene=1, data=known)
    with speaking(story.lang):
        total = staging.scene_count(len(story.main))
    st.html(
        f"{tables.heading(story.title)}"
        f'<p class="ll-lead">{escape(t("talk.cover", scenes=total, time=staging.clock(story.seconds)))}</p>'
        f'<p><a class="ll-button" data-full href="{escape(begin)}">{escape(t("talk.begin"))}</a></p>'
    )
    story_editor.changed(story)
    rows = "".join(
        f'<tr><td>{escape(key)}</td><th scope="row"><a href="{escape(state.link(present=1, scene=key, data=known))}">'
        f"{escape(scene.title)}</a></th><td>{staging.clock(scene.seconds)}</td></tr>"
        for key, scene in glass.keys_of(story).items()
    )
    st.html(f'<table class="ll-table ll-table-narrow"><tbody>{rows}</tbody></table>')


if __name__ == "__main__":
    main()
