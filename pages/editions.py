"""Editions: every boundary edition and draft, its way through the bureau, its quality, and what lies between two."""

from __future__ import annotations

from html import escape

import streamlit as st

from geo.store_records import EDITABLE
from pages.parts import (
    controls,
    editions_base,
    editions_compare,
    editions_decide,
    editions_history,
    editions_list,
    editions_quality,
    editions_rebase,
    editions_steps,
    editions_warned,
    frame,
    planner,
    state,
    tables,
)
from pages.parts.editions_base import Item
from pages.parts.failures import guard, nothing
from pages.parts.state import View
from pages.parts.words import date_text, t

PARTS = ("way", "quality", "compare")


def main() -> None:
    """The list, then what is chosen from it; a part that fails says so and the others stand."""
    view = frame.page("editions")
    with guard("editions"):
        draw(view)


def draw(view: View) -> None:
    """Lead, list, and the item in view."""
    items = editions_base.items()
    item = chosen(items, view)
    st.html(f'<p class="ll-lead" role="status">{escape(editions_list.lead(items))}</p>')
    editions_decide.said()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        planner.picker()
        editions_history.box()
        controls.share(view)
    st.html(tables.heading(t("editions.list")) + editions_list.table(items, item.id))
    st.html(tables.heading(editions_list.title(item), "item") + facts(item))
    part = st.segmented_control(
        t("editions.part_label"),
        PARTS,
        format_func=lambda name: t(f"editions.part.{name}"),
        key=state.seed("part", _part(view)),
        on_change=state.follow,
        args=("part", "part"),
        required=True,
        label_visibility="collapsed",
    )
    with guard(f"editions {part}"):
        if part == "compare":
            editions_compare.compare(view, items, item)
        elif part == "quality":
            quality(item)
        else:
            way(item)


def chosen(items: list[Item], view: View) -> Item:
    """The item the address names (a published draft is its edition), else the first."""
    asked = view.get("item")
    named = (item for item in items if asked and asked in (item.id, item.edition and item.edition.draft))
    return next(named, items[0])


def _part(view: View) -> str:
    return view.get("part") if view.get("part") in PARTS else "way"


def facts(item: Item) -> str:
    """What is known of an item beside its steps."""
    pairs = [(t("editions.state"), escape(editions_list.state_words(item)))]
    if item.edition is not None:
        pairs += [
            (t("editions.effective"), escape(date_text(item.edition.effective_on))),
            (t("editions.base"), escape(item.edition.base or t("editions.first"))),
            (t("editions.why"), escape(item.edition.why)),
        ]
    if item.draft is not None:
        name = planner.shown_name(item.draft.by.name)
        begun = t("editions.begun_by", name=name, date=date_text(item.draft.at.astimezone().date()))
        pairs += [
            (t("editions.base"), escape(t("editions.edition", id=item.draft.base))),
            (t("editions.begun"), escape(begun)),
            (t("editions.why"), escape(item.draft.why)),
            (t("editions.operations"), escape(str(len(editions_base.store().operations(item.draft.id))))),
            ("", _workbench(item)),
        ]
    return tables.facts(pairs)


def _workbench(item: Item) -> str:
    """The way to the workbench for a draft that can still be changed."""
    if item.draft is None or item.draft.state not in EDITABLE:
        return ""
    place = editions_base.place_of(item.draft.id)
    return tables.anchor(state.link("workbench", draft=item.draft.id, area=place), t("editions.to_workbench"))


def way(item: Item) -> None:
    """The way through the bureau: where it stands, what can be decided, what was recorded."""
    draft = item.draft or editions_base.draft_of(item)
    if draft is None:
        nothing(t("editions.no_steps"), t("editions.no_steps_next"))
        return
    st.html(editions_steps.path(item.steps, draft.state))
    if item.draft is not None:
        editions_rebase.panel(draft)
        with guard("editions warned"):
            editions_warned.part(draft)
        editions_decide.panel(draft)
    if item.steps:
        st.html(tables.heading(t("editions.steps"), level=3) + editions_steps.table(item.steps))
        editions_steps.attachments(draft.id, item.steps)
        editions_steps.as_file(item.steps, editions_list.title(item))
    editions_steps.recording(draft.id, item.steps)


def quality(item: Item) -> None:
    """The measures of an item, beside those of what it stands on."""
    with st.spinner(t("editions.measuring")):
        editions_quality.measures(item)


if __name__ == "__main__":
    main()
