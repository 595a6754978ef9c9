"""Proposals in the workbench: three alternatives with their trade-offs, shown on the map and accepted step by step."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from html import escape
from uuid import uuid4

import streamlit as st

from geo.operations import Batch, Operation
from geo.plans import Plan
from geo.plans_between import attempted
from geo.plans_steps import plain
from geo.previews import preview
from geo.proposals import Alternative, Measures, acceptable, alternatives
from pages.parts import bounds, data, state, tables, workbench_desk
from pages.parts import workbench_words as said
from pages.parts.words import area_name, number, t
from pages.parts.workbench_desk import Desk, Look
from pages.parts.workbench_steps import Outcome, Step

LEVELS = ("neighbourhood", "community", "subdistrict")


@dataclass
class Search:
    """What was asked for and found: `area` and `locked` of the search, `accepted` steps of each alternative."""

    draft: str
    area: str
    locked: tuple[str, ...] = ()
    running: bool = True
    found: list[Alternative] | None = None
    accepted: dict[int, set[int]] = field(default_factory=dict)


def part(desk: Desk, now: Look) -> None:
    """Ask for alternatives, wait with a bar that can be stopped, then choose."""
    search: Search | None = state.recall("proposals", None)
    if search is not None and search.draft not in ("", desk.draft):
        search = None
    st.html(tables.paragraph(t("workbench.propose.about"), "ll-note-text"))
    _ask(desk, now)
    if search is None:
        return
    if search.running:
        _search(search, now)
    elif not search.found:
        st.html(
            tables.paragraph(t("workbench.propose.none" if search.found is not None else "workbench.propose.stopped"))
        )
    else:
        for number_, column in enumerate(st.columns(len(search.found), gap="medium")):
            with column:
                _card(desk, now, search, number_)


def _ask(desk: Desk, now: Look) -> None:
    scopes = _scopes(desk)
    locked = sorted({code for community in desk.communities for code in now.plan.homes[community].values()})
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            t("workbench.propose.scope"), list(scopes), format_func=scopes.__getitem__, key="propose_scope", width=320
        )
        st.multiselect(
            t("workbench.propose.locked"),
            locked,
            format_func=lambda code: said.hood_name(now.plan, code),
            placeholder=t("workbench.propose.locked_none"),
            key="propose_locked",
            select_all=False,
            width=360,
        )
        closed = bool(workbench_desk.closed(now))
        st.button(
            t("workbench.propose.go"), type="primary", on_click=_go, args=(desk,), disabled=closed, key="propose_go"
        )


def _scopes(desk: Desk) -> dict[str, str]:
    """What can be divided anew: the chosen neighbourhood with those beside it, each community open, its subdistrict."""
    areas = data.areas()
    codes = [desk.chosen] if desk.chosen and desk.chosen in areas.index else []
    codes += [*desk.communities, desk.communities[0][:9]]
    return {code: area_name(areas.loc[code]) for code in codes if code in areas.index}


def _go(desk: Desk) -> None:
    area = str(state.chosen("propose_scope"))
    state.keep("proposals", Search(desk.draft, area, tuple(state.chosen("propose_locked") or ())))


def _stop() -> None:
    search: Search | None = state.recall("proposals", None)
    if search is not None:
        search.running = False


def _search(search: Search, now: Look) -> None:
    """Search here and now; the page stays as it is, and any click on “stop” ends it at the next step."""
    bar = st.progress(0.0, t("workbench.propose.searching"))
    st.button(t("workbench.propose.stop"), on_click=_stop, key="propose_stop")

    def progress(done: int, whole: int) -> None:
        bar.progress(min(1.0, done / whole), t("workbench.propose.searching"))

    search.found = alternatives(
        now.plan, search.area, locked=search.locked, progress=progress, cancelled=lambda: not search.running
    )
    search.running = False
    st.rerun()


# ── one alternative ──


def _card(desk: Desk, now: Look, search: Search, index: int) -> None:
    assert search.found is not None
    found = search.found[index]
    accepted = search.accepted.setdefault(index, set())
    title = t("workbench.propose.title", place=number(index + 1), aim=t(f"workbench.propose.aim.{found.aim}"))
    st.html(tables.heading(title, level=3) + tables.paragraph(_trade(found)) + measures(found))
    if found.left:
        st.html(tables.paragraph(t("workbench.propose.left", blocks=said.blocks_words(found.left)), "ll-note-text"))
    closed = bool(workbench_desk.closed(now))
    can = set(acceptable(now.plan, found, accepted)) if not closed else set()
    st.button(
        t("workbench.propose.show_all"),
        on_click=_show,
        args=(desk, found, sorted(set(range(len(found.steps))) - accepted)),
        disabled=not can,
        key=f"propose-all-{index}",
    )
    before = now.plan
    for step in range(len(found.steps)):
        _step(desk, before, search, (index, step), can)


def _step(desk: Desk, plan: Plan, search: Search, place: tuple[int, int], can: Collection[int]) -> None:
    index, number_ = place
    assert search.found is not None
    step = search.found[index].steps[number_]
    done = number_ in search.accepted[index]
    words = t(
        "workbench.propose.step",
        place=number(number_ + 1),
        what=_operation_words(plan, step.operation, step.blocks, step.households),
    )
    mark = t("workbench.propose.accepted") if done else ""
    if not done and step.needs and number_ not in can:
        mark = t("workbench.propose.rests_on", steps=said.listed(number(need + 1) for need in step.needs))
    st.html(tables.paragraph(words + mark))
    if done:
        return
    with st.container(horizontal=True, gap="small"):
        key = f"propose-{index}-{number_}"
        args = (desk, search.found[index], [number_])
        ready = number_ in can
        st.button(t("workbench.propose.show"), on_click=_show, args=args, disabled=not ready, key=f"{key}-show")
        st.button(
            t("workbench.propose.accept"), on_click=_accept, args=(desk, search, place), disabled=not ready, key=key
        )


def _operation_words(plan: Plan, operation: Operation, blocks: int, households: int) -> str:
    """A step in words; before those it rests on are accepted only its size is known."""
    after = attempted(plain(plan), operation)
    if after is None:
        return f"{said.blocks_words(blocks)}{t('workbench.comma')}{said.households_words(households)}"
    return said.step_sentence(plan, plan.attempt(operation), "propose")


def _trade(found: Alternative) -> str:
    return t(
        "workbench.propose.trade",
        households=said.households_words(found.households),
        steps=said.steps_words(len(found.steps)),
    )


def measures(found: Alternative) -> str:
    """Measures before and after, as a table."""
    rows = [
        {
            "name": t(f"boundaries.measures.{MEASURES[name]}"),
            "change": t("workbench.propose.change", was=_shown(name, found.before), now=_shown(name, found.after)),
        }
        for name in MEASURES
    ]
    columns = [
        tables.Column(t("boundaries.measure"), lambda r: escape(r["name"])),
        tables.Column(t("workbench.propose.gain"), lambda r: escape(r["change"]), numeric=True),
    ]
    return tables.table([tables.Group("", rows)], columns, t("workbench.propose.measures"))


MEASURES = {
    "within_20": "within_20",
    "within_12": "within_12",
    "buildings_fit": "buildings_3_10",
    "polsby_popper": "polsby_popper_mean",
    "barrier_following": "barrier_following",
    "severance_km": "severance_km",
}
PLAIN = {"polsby_popper": 2, "severance_km": 1}


def _shown(name: str, found: Measures) -> str:
    value = getattr(found, name)
    if value is None:
        return number(None)
    return number(value, PLAIN[name]) if name in PLAIN else bounds.percent(value)


# ── on the map, and into the draft ──


def _show(desk: Desk, found: Alternative, steps: list[int]) -> None:
    """Put steps on the map as one step in hand: Enter there commits, Esc leaves it."""
    plan = workbench_desk.look(desk).plan
    state_, singles = plain(plan), []
    for number_ in steps:
        operation = found.steps[number_].operation
        after = attempted(state_, operation)
        if after is not None:
            state_ = after
            singles += list(operation.steps) if isinstance(operation, Batch) else [operation]
    if not singles:
        return
    whole: Operation = singles[0] if len(singles) == 1 else Batch(tuple(singles), "propose")
    workbench_desk.show(desk, Outcome(Step("propose"), preview(plan, whole)))


def _accept(desk: Desk, search: Search, place: tuple[int, int]) -> None:
    """Write one step into the draft as an operation of its own."""
    index, number_ = place
    assert search.found is not None
    found = search.found[index]
    why = t("workbench.propose.why", aim=t(f"workbench.propose.aim.{found.aim}"))
    now = workbench_desk.look(desk)
    try:
        workbench_desk.write(desk, now, [found.steps[number_].operation], {"head": now.head, "id": str(uuid4())}, why)
    except Exception as error:  # said on the map, where the planner looks
        workbench_desk.tell_error(desk, error)
        return
    search.draft = desk.draft
    search.accepted[index].add(number_)
