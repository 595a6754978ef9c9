"""Proposals in the workbench: three alternatives with their trade-offs, shown on the map and accepted step by step."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from uuid import uuid4

import streamlit as st

from geo.operations import Batch, Operation
from geo.plans import Plan
from geo.plans_between import attempted
from geo.plans_checks import differences, touched
from geo.plans_steps import plain
from geo.previews import preview
from geo.proposals import WANTED, Alternative, Measures, acceptable, alternatives
from pages.parts import bounds, data, state, tables, workbench_desk, workbench_open
from pages.parts import workbench_words as said
from pages.parts.words import area_name, number, t
from pages.parts.workbench_desk import Desk, Look
from pages.parts.workbench_steps import Outcome, Step

LEVELS = ("neighbourhood", "community", "subdistrict")


@dataclass(frozen=True)
class Stage:
    """One step of an alternative on its own way: the plans around it, and block -> neighbourhood of what it moves."""

    before: Plan
    after: Plan
    goes: Mapping[int, str]


@dataclass
class Search:
    """What was asked for and found: `area` and `locked` of the search; of each alternative its steps' stages, and how
    many blocks it moves that this draft had moved before.
    """

    draft: str
    area: str
    locked: tuple[str, ...] = ()
    keeps: bool = True
    running: bool = True
    found: list[Alternative] | None = None
    stages: list[list[Stage]] = field(default_factory=list)
    again: list[int] = field(default_factory=list)


def part(desk: Desk, now: Look) -> None:
    """Ask for alternatives, wait with a bar that can be stopped, then choose."""
    search: Search | None = state.recall("proposals", None)
    if search is not None and search.draft not in ("", desk.draft):
        search = None
    st.html(tables.paragraph(t("workbench.propose.about"), "ll-note-text"))
    with st.container():  # above the button, where the planner looks when a search ends
        if search is not None and not search.running and (told := _outcome(search)):
            st.html(f'<p class="ll-notice" role="status">{escape(told)}</p>')
    _ask(desk, now)
    if search is None:
        return
    if search.running:
        _search(search, now)
    elif search.found:
        for number_, column in enumerate(st.columns(len(search.found), gap="medium")):
            with column:
                _card(desk, now, search, number_)


def _outcome(search: Search) -> str:
    """What a search came to where it is not three alternatives: none, fewer and why, or stopped."""
    if search.found is None:
        return t("workbench.propose.stopped")
    if not search.found:
        return t("workbench.propose.none")
    if len(search.found) < WANTED:
        return t("workbench.propose.fewer", count=number(len(search.found)))
    return ""


def _ask(desk: Desk, now: Look) -> None:
    scopes = _scopes(desk)
    locked = sorted({code for community in desk.communities for code in now.plan.homes[community].values()})
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            t("workbench.propose.scope"),
            list(scopes),
            format_func=scopes.__getitem__,
            key="propose_scope",
            on_change=_forget,
            width=320,
        )
        st.multiselect(
            t("workbench.propose.locked"),
            locked,
            format_func=lambda code: said.hood_name(now.plan, code),
            placeholder=t("workbench.propose.locked_none"),
            key="propose_locked",
            on_change=_forget,
            width=360,
        )
        st.checkbox(t("workbench.propose.keep_own"), value=True, key="propose_own", on_change=_forget)
        closed = bool(workbench_desk.closed(now))
        st.button(
            t("workbench.propose.go"), type="primary", on_click=_go, args=(desk,), disabled=closed, key="propose_go"
        )


def _forget() -> None:
    """What was found belongs to another question than the one that now stands there."""
    state.keep("proposals", None)


def _scopes(desk: Desk) -> dict[str, str]:
    """What can be divided anew: the chosen neighbourhood with those beside it, each community open, its subdistrict."""
    areas = data.areas()
    codes = [desk.chosen] if desk.chosen and desk.chosen in areas.index else []
    codes += [*desk.communities, desk.communities[0][:9]]
    return {code: area_name(areas.loc[code]) for code in codes if code in areas.index}


def _go(desk: Desk) -> None:
    area, locked = str(state.chosen("propose_scope")), tuple(state.chosen("propose_locked") or ())
    state.keep("proposals", Search(desk.draft, area, locked, keeps=bool(state.chosen("propose_own"))))


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

    locked = {*search.locked, *(touched(now.start, now.plan) if search.keeps else ())}
    search.found = alternatives(
        now.plan, search.area, locked=locked, progress=progress, cancelled=lambda: not search.running
    )
    own = set(differences(now.start, now.plan))
    search.stages = [_stages(now.plan, found) for found in search.found]
    search.again = [len(own & {block for stage in way for block in stage.goes}) for way in search.stages]
    search.running = False
    st.rerun()


def _stages(plan: Plan, found: Alternative) -> list[Stage]:
    """The plans along an alternative's way, so that its steps keep their words whatever the draft becomes."""
    way = []
    for step in found.steps:
        after = plan.attempt(step.operation)
        way.append(Stage(plan, after, {block: code for block, (_, code) in differences(plan, after).items()}))
        plan = after
    return way


def _done(plan: Plan, stage: Stage) -> bool:
    """Whether a plan has what a step leads to, however it came there; an undone step is open again."""
    return all(block in plan.ground.community and plan.code_of(block) == code for block, code in stage.goes.items())


# ── one alternative ──


def _card(desk: Desk, now: Look, search: Search, index: int) -> None:
    assert search.found is not None
    found = search.found[index]
    done = {step for step, stage in enumerate(search.stages[index]) if _done(now.plan, stage)}
    title = t("workbench.propose.title", place=number(index + 1), aim=t(f"workbench.propose.aim.{found.aim}"))
    st.html(tables.heading(title, level=3) + tables.paragraph(_trade(found)) + measures(found))
    if search.again[index]:
        st.html(tables.paragraph(t("workbench.propose.again", blocks=said.blocks_words(search.again[index]))))
    if found.left:
        st.html(tables.paragraph(t("workbench.propose.left", blocks=said.blocks_words(found.left)), "ll-note-text"))
    closed = bool(workbench_desk.closed(now))
    can = set(acceptable(now.plan, found, done)) if not closed else set()
    st.button(
        t("workbench.propose.show_all"),
        on_click=_show,
        args=(desk, found, sorted(set(range(len(found.steps))) - done)),
        disabled=not can,
        key=f"propose-all-{index}",
    )
    for step in range(len(found.steps)):
        _step(desk, search, (index, step), can, done)


def _step(desk: Desk, search: Search, place: tuple[int, int], can: Collection[int], done: Collection[int]) -> None:
    index, number_ = place
    assert search.found is not None
    step, stage = search.found[index].steps[number_], search.stages[index][number_]
    what = said.step_sentence(stage.before, stage.after, "propose")
    words = t("workbench.propose.step", place=number(number_ + 1), what=what)
    mark = t("workbench.propose.accepted") if number_ in done else ""
    if not mark and step.needs and number_ not in can:
        mark = t("workbench.propose.rests_on", steps=said.listed(number(need + 1) for need in step.needs))
    st.html(tables.paragraph(words + mark))
    if number_ in done:
        return
    with st.container(horizontal=True, gap="small"):
        key = f"propose-{index}-{number_}"
        args = (desk, search.found[index], [number_])
        ready = number_ in can
        st.button(t("workbench.propose.show"), on_click=_show, args=args, disabled=not ready, key=f"{key}-show")
        st.button(
            t("workbench.propose.accept"), on_click=_accept, args=(desk, search, place), disabled=not ready, key=key
        )


def _trade(found: Alternative) -> str:
    """What it costs: households and steps, and every measure that becomes worse."""
    told = t(
        "workbench.propose.trade",
        households=said.households_words(found.households),
        steps=said.steps_words(len(found.steps)),
    )
    worse = [t(f"boundaries.measures.{MEASURES[name]}") for name in MEASURES if _worse(name, found)]
    return told + (t("workbench.propose.worse", names=t("workbench.comma").join(worse)) if worse else "")


def _worse(name: str, found: Alternative) -> bool:
    was, now = getattr(found.before, name), getattr(found.after, name)
    if was is None or now is None or _shown(name, found.before) == _shown(name, found.after):
        return False
    return bool(now > was if name in LESS_IS_BETTER else now < was)


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
LESS_IS_BETTER = {"severance_km"}
PLAIN = {"polsby_popper": 2, "severance_km": 1}


def _shown(name: str, found: Measures) -> str:
    value = getattr(found, name)
    if value is None:
        return number(None)
    return number(value, PLAIN[name]) if name in PLAIN else bounds.percent(value)


# ── on the map, and into the draft ──


def _show(desk: Desk, found: Alternative, steps: list[int]) -> None:
    _put(desk, found, steps)


def _put(desk: Desk, found: Alternative, steps: list[int]) -> bool:
    """Put steps on the map as one step in hand, with their communities open: Enter there commits, Esc leaves it."""
    plan = workbench_desk.look(desk).plan
    state_, singles = plain(plan), []
    for number_ in steps:
        operation = found.steps[number_].operation
        after = attempted(state_, operation)
        if after is not None:
            state_ = after
            singles += list(operation.steps) if isinstance(operation, Batch) else [operation]
    if not singles:
        return False
    whole: Operation = singles[0] if len(singles) == 1 else Batch(tuple(singles), "propose")
    instead = preview(plan, whole)
    if not _open(desk, {code[:12] for code in touched(plan, instead.plan)}):
        desk.answered += 1
        desk.tell(t("workbench.propose.too_many", count=number(workbench_open.MOST_OPEN)))
        return False
    workbench_desk.show(desk, Outcome(Step("propose"), instead))
    return True


def _open(desk: Desk, communities: Collection[str]) -> bool:
    """Open the communities a step lies in beside those that are open; False where they would be too many."""
    lacking = sorted(set(communities) - set(desk.communities))
    if not lacking:
        return True
    if len(desk.communities) + len(lacking) > workbench_open.MOST_OPEN:
        return False
    desk.communities = (*desk.communities, *lacking)
    given: dict[str, Any] = {"with": ",".join(desk.communities[1:])}
    state.go(**given)
    return True


def _accept(desk: Desk, search: Search, place: tuple[int, int]) -> None:
    """Write one step into the draft as an operation; one that breaks a rule goes onto the map to be given a reason."""
    index, number_ = place
    assert search.found is not None
    found = search.found[index]
    why = t("workbench.propose.why", aim=t(f"workbench.propose.aim.{found.aim}"))
    now = workbench_desk.look(desk)
    operation = found.steps[number_].operation
    try:
        instead = preview(now.plan, operation)
        if said.cautions(instead.plan, instead):
            if _put(desk, found, [number_]):
                desk.tell(said.js_word("why_needed"))
            return
        workbench_desk.write(desk, now, [operation], {"head": now.head, "id": str(uuid4())}, why)
    except Exception as error:  # said on the map, where the planner looks
        workbench_desk.tell_error(desk, error)
        return
    search.draft = desk.draft
    _open(desk, {code[:12] for code in touched(now.plan, instead.plan)})
