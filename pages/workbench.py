"""Workbench: the browser editor in which a planner adjusts the boundaries of neighbourhoods in a draft."""

from __future__ import annotations

from html import escape

import streamlit as st

from geo.plans_checks import differences
from pages.parts import (
    frame,
    state,
    workbench_base,
    workbench_below,
    workbench_bottom,
    workbench_desk,
    workbench_map,
    workbench_open,
    workbench_presence,
)
from pages.parts import workbench_words as said
from pages.parts.failures import guard
from pages.parts.state import View
from pages.parts.words import number, t
from pages.parts.workbench_desk import Look
from pages.parts.workbench_map import Shown


def main() -> None:
    """Choose a community first; then the editor, with all that follows from the draft below it."""
    view = frame.page("workbench")
    communities = workbench_open.communities_of(view)
    if not communities:
        with guard("workbench open"):
            workbench_open.chooser(view)
        return
    workbench_presence.line()
    editor()


@st.fragment
def editor() -> None:
    """The map with all around it; every request of the map runs this part of the page again, and only this."""
    with guard("workbench"):
        draw(state.current_view())


def draw(view: View) -> None:
    """What is open now (another community may have been opened beside it), its map, and the line under it."""
    communities = workbench_open.communities_of(view)
    chosen = view.area if view.area_level == "neighbourhood" else None
    # a step of a proposal may have opened more since the page as a whole was drawn
    communities = workbench_open.communities_of(view) or communities
    desk = workbench_desk.desk(view.get("draft"), communities, chosen)
    now = workbench_desk.look(desk)
    st.html(f'<p class="ll-lead" role="status">{escape(lead(now, communities))}</p>')
    workbench_map.hand_over(view, now.plan, communities)
    shown = Shown(
        now.plan,
        now.start,
        communities,
        chosen=desk.chosen,
        answered=desk.answered,
        outcome=desk.outcome,
        asked=desk.asked,
        head=now.head,
        conflict=said.conflict_choice(now.plan, desk.conflict),
        operations=workbench_desk.operations(now),
        undo=bool(now.opened and now.opened.undo),
        redo=bool(now.opened and now.opened.redo),
        closed=workbench_desk.closed(now),
        message=desk.message,
    )
    workbench_map.show(shown, workbench_desk.act)
    desk.head = now.head
    workbench_bottom.bottom(desk, now)
    workbench_below.below(desk, now)


def lead(now: Look, communities: tuple[str, ...]) -> str:
    """What is open, and how far the draft has gone from where it began."""
    codes = {code for community in communities for code in now.plan.homes[community].values()}
    homes = sum(now.plan.ground.counts(block).households for code in communities for block in now.plan.homes[code])
    moved = differences(now.start, now.plan)
    edition = workbench_base.base().edition
    values = {
        "blocks": said.blocks_words(len(moved)),
        "households": said.households_words(sum(now.plan.ground.counts(block).households for block in moved)),
    }
    done = (
        t("workbench.lead_changed", edition=edition, **values)
        if moved
        else t("workbench.lead_nothing", edition=edition)
    )
    place = said.listed(said.published_name(code) for code in communities)
    return t("workbench.lead", place=place, hoods=number(len(codes)), homes=said.households_words(homes), done=done)


if __name__ == "__main__":
    main()
