"""Decisions on a draft: hand in, withdraw, send back, approve, lay aside, publish; who may is the role's matter."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from html import escape
from typing import NamedTuple
from uuid import UUID, uuid4, uuid5

import streamlit as st

from data.publishing import Publication
from geo.store_records import Action, Draft, State, Step, StepKind
from geo.store_workflow import TURNS
from pages.parts import editions_base, planner, state, tables, workbench_drafts
from pages.parts.failures import guard
from pages.parts.words import date_text, number, t

LONGEST = 2000
BEAT_SECONDS = 1.0
SAID_SECONDS = 20.0
STAGES = ((0.2, "tables"), (0.9, "figures"), (0.97, "map"), (9.0, "switch"))
"""What a publication does up to each share of its way."""


class Choice(NamedTuple):
    """A decision that a draft's state allows; `act` takes remarks and the id that makes it one."""

    kind: StepKind
    act: Callable[[str, str], Step]
    primary: bool = False


def panel(draft: Draft) -> None:
    """The decisions that can be taken now, or the publication under way."""
    at = editions_base.under_way(draft.id)
    if at is not None and not at.done:
        progress(draft.id)
        return
    _buttons(draft)
    if draft.state is State.APPROVED:
        _publish(draft)


@st.fragment(run_every=BEAT_SECONDS)
def progress(draft: str) -> None:
    """How far the publication has come; at its end the whole page runs again."""
    at = editions_base.under_way(draft)
    if at is not None and at.done:
        with attempt("publication"):
            edition = editions_base.settled(draft)
            done(t("editions.published_now", id=edition))
            state.go(item=edition)
    if at is None or at.done:
        st.rerun()
    stage = next(name for most, name in STAGES if at.share < most)
    words = t("editions.publishing", stage=t(f"editions.stage.{stage}"), share=number(100 * at.share))
    st.progress(min(at.share, 1.0), text=words)


def choices(draft: Draft) -> list[Choice]:
    """The decisions that the state of a draft allows, with whom they are taken by left open."""
    kept, user = editions_base.store(), planner.current_user()
    known = (
        Choice(StepKind.SUBMITTED, lambda said, id: kept.submit(draft.id, user, said, id=id), primary=True),
        Choice(StepKind.APPROVED, lambda said, id: kept.approve(draft.id, user, said, id=id), primary=True),
        Choice(StepKind.RETURNED, lambda said, id: kept.send_back(draft.id, user, said, id=id)),
        Choice(StepKind.WITHDRAWN, lambda said, id: kept.withdraw(draft.id, user, said, id=id)),
        Choice(StepKind.SHELVED, lambda said, id: kept.shelve(draft.id, user, said, id=id)),
        Choice(StepKind.REOPENED, lambda said, id: kept.reopen(draft.id, user, said, id=id)),
    )
    return [choice for choice in known if draft.state in TURNS[choice.kind].states]


def _buttons(draft: Draft) -> None:
    found = choices(draft)
    if not found:
        return
    st.html(tables.heading(t("editions.decide"), level=3))
    st.text_area(
        t("editions.remarks"), key=f"remarks-{nonce()}", max_chars=LONGEST, height=80,
        placeholder=t("editions.remarks_example"),
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        for choice in found:
            _button(draft, choice)
    failed("decision")
    if alone(draft):
        st.html(tables.paragraph(t("editions.own"), "ll-note-text"))


def _take(choice: Choice) -> None:
    """A decision is taken."""
    remarks = str(state.chosen(f"remarks-{nonce()}") or "").strip()
    with attempt("decision"):
        step = choice.act(remarks, step_id(choice.kind))
        done(t(f"editions.done.{step.kind}") + (t("editions.alone") if step.alone else ""))


def alone(draft: Draft) -> bool:
    """Whether who would approve now is the one who submitted: allowed to a single user, and logged as such."""
    user = planner.current_user()
    approves = workbench_drafts.may(user, Action.DECIDE)
    return draft.state is State.SUBMITTED and approves and draft.submitted_by == user.name


def _button(draft: Draft, choice: Choice) -> None:
    action = TURNS[choice.kind].action
    allowed = workbench_drafts.may(planner.current_user(), action)
    st.button(
        t(f"editions.do.{choice.kind}"),
        key=f"do-{choice.kind}-{draft.id}",
        type="primary" if choice.primary else "secondary",
        disabled=not allowed,
        help=None if allowed else t(f"editions.needs.{action}"),
        on_click=_take,
        args=(choice,),
    )


# ── publishing ──


def _publish(draft: Draft) -> None:
    """Name, effective day and reason of the edition to be; then the publication begins."""
    allowed = workbench_drafts.may(planner.current_user(), Action.PUBLISH)
    newest = editions_base.store().editions()[-1]
    today = date.today()
    st.html(tables.heading(t("editions.publish"), level=3))
    st.html(tables.paragraph(t("editions.publish_text"), "ll-note-text"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(t("editions.publish_name"), draft.name, key=f"name-{draft.id}", max_chars=60, width=300)
        day = st.date_input(
            t("editions.effective"), max(today, newest.effective_on), min_value=newest.effective_on,
            key=f"effective-{draft.id}", format="YYYY-MM-DD", width=160,
        )  # fmt: skip
        st.button(
            t("editions.do.published"), type="primary", key=f"publish-{draft.id}", disabled=not allowed,
            help=None if allowed else t("editions.needs.publish"), on_click=_begin, args=(draft,),
        )  # fmt: skip
    if isinstance(day, date):
        key = "editions.from_now" if day <= today else "editions.from_then"
        st.html(f'<p class="ll-note-text" role="status">{escape(t(key, date=date_text(day)))}</p>')
    failed("publication")


def _begin(draft: Draft) -> None:
    """The publication begins, in a process of its own."""
    user, name = planner.current_user(), str(state.chosen(f"name-{draft.id}") or "").strip()
    with attempt("publication"):
        editions_base.store().check_publishable(draft.id, user)
        day: date = state.chosen(f"effective-{draft.id}")
        id = step_id(StepKind.PUBLISHED)
        editions_base.publish(Publication(draft.id, user, day, name or draft.name, "", id))


# ── what is done, is done once ──


def nonce() -> str:
    """Names what this session is about to do; a new one begins when that is done."""
    known: str = state.recall("editions_nonce", "")
    if not known:
        known = str(uuid4())
        state.keep("editions_nonce", known)
    return known


def step_id(kind: str) -> str:
    """The id of a step to be: pressing twice makes one."""
    return str(uuid5(UUID(nonce()), kind))


@contextmanager
def attempt(part: str) -> Iterator[None]:
    """Inside a widget's callback: what goes wrong is told by `failed` where the reader pressed."""
    try:
        yield
    except Exception as error:  # said in the run that follows, by the guard of that part
        state.keep("editions_failed", (part, error))


def failed(part: str) -> None:
    """What went wrong in the callback before this run, once."""
    found: tuple[str, Exception] | None = state.recall("editions_failed", None)
    if found is None or found[0] != part:
        return
    state.keep("editions_failed", None)
    with guard(part):
        raise found[1]


def done(sentence: str) -> None:
    """Something was done: the next run says so at the top of the page, and what follows is something else."""
    state.keep("editions_nonce", "")
    state.keep("editions_said", (sentence, time.monotonic()))


def said() -> None:
    """What was done last, for a while: a new address makes the page run more than once."""
    sentence, at = state.recall("editions_said", ("", 0.0))
    if sentence and time.monotonic() - at < SAID_SECONDS:
        st.html(f'<div class="ll-notice" role="status">{escape(sentence)}</div>')
