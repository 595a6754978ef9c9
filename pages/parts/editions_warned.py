"""What an approver should read before he decides: the steps of a draft that break a rule, and the reasons given."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from geo.operations import Transfer
from geo.plans_limits import warnings
from geo.store_records import Draft, State
from pages.parts import planner, tables, workbench_drafts, workbench_steps
from pages.parts import workbench_words as said
from pages.parts.words import number, t
from pages.parts.workbench_drafts import Step

WAITING = (State.SUBMITTED, State.APPROVED)


def part(draft: Draft) -> None:
    """The steps with a warning, in their order, where a decision on the draft is due."""
    if draft.state not in WAITING:
        return
    steps = workbench_drafts.opened(draft.id, planner.current_user()).steps
    rows = [row for place, step in enumerate(steps, 1) if (row := _row(place, step))]
    title = t("editions.warned")
    if not rows:
        st.html(tables.heading(title, level=3) + tables.paragraph(t("editions.warned_none", steps=number(len(steps)))))
        return
    columns = [
        tables.Column(t("editions.warned_step"), lambda r: escape(r["place"]), numeric=True),
        tables.Column(t("editions.what"), lambda r: escape(r["what"])),
        tables.Column(t("editions.warned_rule"), lambda r: "<br>".join(map(escape, r["warnings"]))),
        tables.Column(t("editions.warned_why"), lambda r: escape(r["why"])),
        tables.Column(t("editions.by"), lambda r: escape(r["by"])),
    ]
    lead = t("editions.warned_text", count=number(len(rows)), steps=number(len(steps)))
    table = tables.table([tables.Group("", rows)], columns, title, wide=True)
    st.html(tables.heading(title, level=3) + tables.paragraph(lead) + table)


def _row(place: int, step: Step) -> dict[str, Any] | None:
    """A step with what it makes worse; None where it breaks no rule."""
    operation = step.entry.operation
    told = [t("workbench.caution.transfer")] if isinstance(operation, Transfer) else []
    found = warnings(step.before, step.after, step.after.limits)
    told += [said.caution_sentence(step.after, each) for each in found]
    if not told:
        return None
    return {
        "place": number(place),
        "what": said.step_sentence(step.before, step.after, workbench_steps.verb_of(operation)),
        "warnings": told,
        "why": step.entry.why or t("editions.warned_silent"),
        "by": planner.shown_name(step.entry.user.name),
    }
