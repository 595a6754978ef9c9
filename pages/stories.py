"""Stories: those there are, and one of them with its scenes in order, to arrange, rehearse, share and present."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from html import escape

import streamlit as st

from data.stories import FILE_SUFFIX, LONGEST, MOST_BYTES, Story, StoryUnreadable, from_json, shipped, shipped_names
from pages.parts import failures, frame, glass, staging, state, story_editor, story_of_editions, story_shelf, tables
from pages.parts.failures import guard, nothing
from pages.parts.state import View
from pages.parts.words import date_text, number, t


def main() -> None:
    """The list, or one story."""
    view = frame.page("stories")
    if view.get("story"):
        with guard("story"):
            story_editor.show(view, story_shelf.find(view.get("story"), view.lang))
        return
    st.html(f'{tables.heading(t("stories.title"))}<p class="ll-lead">{escape(t("stories.lead"))}</p>')
    with guard("shipped stories"):
        st.html(listing(view, [shipped(name, view.lang) for name in shipped_names()], t("stories.shipped")))
    with guard("own stories"):
        own(view)
    left, right = st.columns(2, gap="medium")
    with left, guard("new story"):
        new(view)
    with right, guard("import"):
        bring(view)
    with guard("boundary change"):
        change()
    with guard("deleted stories"):
        deleted()
    st.html(how())


def own(view: View) -> None:
    """The stories in the database; where there are none, how to come to one."""
    stories = story_shelf.store().stories()
    if not stories:
        st.html(tables.heading(t("stories.own"), level=3))
        nothing(t("stories.none"), t("stories.none_next"))
        return
    st.html(listing(view, stories, t("stories.own")))


def listing(view: View, stories: list[Story], caption: str) -> str:
    """A table of stories: title, scenes, time, language, and what can be done."""
    heads = ("story", "scenes", "time", "language", "made", "ways")
    numeric = {"scenes": ' class="ll-number"', "time": ' class="ll-number"'}
    head = "".join(f'<th scope="col"{numeric.get(name, "")}>{escape(t(f"stories.{name}"))}</th>' for name in heads)
    rows = "".join(_row(story) for story in stories)
    return (
        f'<div class="ll-scroll"><table class="ll-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(story: Story) -> str:
    open_it = state.link("stories", story=story.name)
    begin = state.link("present", story=story.name, present=1, scene=1)
    made = date_text(datetime.fromisoformat(story.made_at).date()) if story.made_at else t("stories.always")
    return (
        f'<tr><th scope="row"><a href="{escape(open_it)}">{escape(story.title)}</a></th>'
        f'<td class="ll-number">{number(len(story.main))}</td>'
        f'<td class="ll-number">{staging.clock(story.seconds)}</td>'
        f"<td>{escape(t(f'header.{story.lang}_long'))}</td><td>{escape(made)}</td>"
        f'<td><a data-full href="{escape(begin)}">{escape(t("stories.present"))}</a>'
        f' · <a href="{escape(open_it)}">{escape(t("stories.arrange"))}</a></td></tr>'
    )


# ── new ones ──


def new(view: View) -> None:
    """An empty story of a given title."""
    st.html(tables.heading(t("stories.new"), level=3))
    with st.form("new_story", border=False):
        st.text_input(t("stories.new_title"), max_chars=LONGEST["title"], key="new_title")
        st.form_submit_button(t("stories.make"), key="make_story", on_click=_make, args=(view.lang,))


def _make(language: str) -> None:
    title = str(state.chosen("new_title") or "").strip()
    with failures.guard("new story"):
        if title:
            state.go("stories", story=story_shelf.new_story(title, language).name)


def bring(view: View) -> None:
    """A story from its file; what is wrong with a file is said, and nothing is kept of it."""
    st.html(tables.heading(t("stories.import"), level=3))
    st.html(
        "<style>.st-key-story_file section button p, .st-key-story_file section > div span { font-size: 0 !important }"
        f".st-key-story_file section button p::after {{ content: '{t('stories.choose')}'; font-size: var(--ll-body) }}"
        f".st-key-story_file section > div span::after {{ content: '{t('stories.limit')}' !important;"
        " font-size: var(--ll-small) }"
        "</style>"
    )
    file = st.file_uploader(t("stories.file"), type=["json"], key="story_file", help=t("stories.file_help"))
    if file is None or state.recall("brought", "") == file.file_id:
        return
    state.keep("brought", file.file_id)
    content = file.getvalue() if file.size <= MOST_BYTES else b" " * (MOST_BYTES + 1)
    try:
        kept = story_shelf.store().add(from_json(content))
    except StoryUnreadable as error:
        told = failures.explain(error)
        failures.show(replace(told, reason=t(f"stories.problem_{error.problem}", where=error.where)))
        return
    state.go("stories", rerun=True, story=kept.name)


def change() -> None:
    """“Explaining a boundary change” from two editions by one click."""
    st.html(tables.heading(t("change.heading"), level=3) + tables.paragraph(t("change.lead")))
    editions = story_of_editions.published()
    if len(editions) < 2:
        nothing(t("change.one", edition=", ".join(editions)), t("change.one_next"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(t("change.old"), editions, index=len(editions) - 2, key="change_old", width=220)
        st.selectbox(t("change.new"), editions, index=len(editions) - 1, key="change_new", width=220)
        st.button(t("change.make"), key="make_change", on_click=_explain)


def _explain() -> None:
    with failures.guard("boundary change"), st.spinner(t("change.make")):
        made = story_of_editions.story_of_editions(str(state.chosen("change_old")), str(state.chosen("change_new")))
        state.go("stories", story=made.name)


def deleted() -> None:
    """What was deleted in the last thirty days, each to bring back."""
    stories = story_shelf.store().deleted()
    if not stories:
        return
    with st.expander(t("stories.deleted", count=number(len(stories)))):
        for story in stories:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.html(f"<p>{escape(story.title)}</p>")
                st.button(t("stories.restore"), key=f"restore_{story.id}", on_click=_restore, args=(story.id,))


def _restore(story_id: str) -> None:
    with failures.guard("restore story"):
        story_shelf.store().restore(story_id)


def how() -> str:
    """How a story comes about, in four steps, and the keys of the talk."""
    steps = "".join(f"<li>{escape(t(f'stories.step_{step}'))}</li>" for step in (1, 2, 3, 4))
    keys = "".join(
        f'<tr><th scope="row">{escape(t(f"talk.key_{name}"))}</th><td>{escape(t(f"talk.does_{name}"))}</td></tr>'
        for name in glass.KEYS
    )
    return (
        f'{tables.heading(t("stories.how"))}<ol class="ll-steps">{steps}</ol>'
        f'<details class="ll-definition"><summary>{escape(t("talk.help"))}</summary>'
        f'<table class="ll-table ll-table-narrow"><tbody>{keys}</tbody></table></details>'
        f'<p class="ll-note-text">{escape(t("stories.file_note", suffix=FILE_SUFFIX))}</p>'
    )


if __name__ == "__main__":
    main()
