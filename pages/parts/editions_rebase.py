"""A draft whose edition was followed by another one: put it on that, choosing block by block where both changed one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from geo.plans import Plan
from geo.store_errors import BlockConflict
from geo.store_rebase import Choice
from geo.store_records import EDITABLE, Action, Draft
from pages.parts import editions_base, editions_decide, planner, state, tables, workbench_drafts
from pages.parts import workbench_words as said
from pages.parts.words import t

ROWS_IN_SIGHT = 6


def panel(draft: Draft) -> None:
    """The way to the newest edition, for a draft that stands on an older one and can be changed."""
    newest = editions_base.store().editions()[-1].id
    if draft.state not in EDITABLE or draft.base == newest:
        return
    conflicts = editions_base.store().rebase_conflicts(draft.id, newest)
    plan = workbench_drafts.plan_of(draft.base)
    st.html(tables.heading(t("rebase.title", edition=newest), "rebase", level=3))
    st.html(tables.paragraph(_lead(draft, newest, len(conflicts)), "ll-note-text"))
    if conflicts:
        _choices(draft, plan, workbench_drafts.plan_of(newest), conflicts)
    allowed = workbench_drafts.may(planner.current_user(), Action.EDIT)
    st.button(
        t("rebase.do", edition=newest), key=f"rebase-{draft.id}", type="primary",
        disabled=not allowed, help=None if allowed else t("editions.needs.submit"),
        on_click=_rebase, args=(draft, newest, [each.block for each in conflicts]),
    )  # fmt: skip
    editions_decide.failed("rebase")


def _lead(draft: Draft, newest: str, count: int) -> str:
    values = {"base": draft.base, "edition": newest}
    if not count:
        return t("rebase.none", **values)
    return t("rebase.some", blocks=said.blocks_words(count), **values)


def _choices(draft: Draft, base: Plan, target: Plan, conflicts: Sequence[BlockConflict]) -> None:
    """Each block with both versions, the draft's being chosen at first; all at once, too; long lists scroll."""
    if len(conflicts) > 1:
        with st.container(horizontal=True, gap="small"):
            for side in ("mine", "theirs"):
                st.button(
                    t(f"rebase.all_{side}"), key=f"rebase-all-{side}-{draft.id}", on_click=_choose_all,
                    args=(draft, [each.block for each in conflicts], side),
                )  # fmt: skip
    height: Literal["content"] | int = 420 if len(conflicts) > ROWS_IN_SIGHT else "content"
    with st.container(height=height, border=len(conflicts) > ROWS_IN_SIGHT, key=f"rebase_list-{draft.id}"):
        mine = editions_base.store().plan(draft.id)
        for each in conflicts:
            words = {
                "mine": t("rebase.mine", name=_home(mine, each.mine)),
                "theirs": t("rebase.theirs", name=_home(target, each.theirs)),
            }
            st.radio(
                _block(base, each), list(words), format_func=words.__getitem__, horizontal=True,
                key=_key(draft, each.block),
            )  # fmt: skip


def _block(base: Plan, each: BlockConflict) -> str:
    """A block in words: its community, where it was, and how many live there."""
    counts = base.ground.counts(each.block) if each.block in base.ground.shape else None
    was = _home(base, each.base)
    community = said.published_name(base.ground.community[each.block]) if counts else ""
    return t(
        "rebase.block", number=str(each.block), place=community, was=was,
        households=said.households_words(counts.households if counts else 0),
    )  # fmt: skip


def _home(plan: Plan, code: str | None) -> str:
    return t("rebase.divided") if code is None else said.hood_name(plan, code)


def _key(draft: Draft, block: int) -> str:
    return f"rebase-{draft.id}-{block}"


def _choose_all(draft: Draft, blocks: Sequence[int], side: Choice) -> None:
    for block in blocks:
        state.seed(_key(draft, block), side)


def _rebase(draft: Draft, edition: str, blocks: Sequence[int]) -> None:
    choices: dict[int, Choice] = {
        block: "theirs" if state.chosen(_key(draft, block)) == "theirs" else "mine" for block in blocks
    }
    with editions_decide.attempt("rebase"):
        editions_base.store().rebase(draft.id, planner.current_user(), edition, choices)
        editions_decide.done(t("rebase.done", edition=edition))
