"""The list of editions and drafts: what each is, where it stands, who did what last, and from which day it holds."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

from geo.store_records import State, Step
from pages.parts import editions_base, planner, state, tables
from pages.parts.editions_base import Item
from pages.parts.words import NOTHING, date_text, t


def lead(items: list[Item]) -> str:
    """Which edition is in force, and how many drafts are under way."""
    now = next(i.edition for i in items if i.edition and i.id == editions_base.current())
    assert now is not None
    told = t("editions.lead", title=editions_base.edition_title(now), date=date_text(now.effective_on))
    coming = [i.edition for i in items if i.edition and editions_base.standing(i.edition, date.today()) == "to_come"]
    told += "".join(
        t("editions.lead_to_come", title=editions_base.edition_title(e), date=date_text(e.effective_on)) for e in coming
    )
    count = sum(item.draft is not None and item.draft.state in editions_base.OPEN for item in items)
    waiting = sum(item.draft is not None and item.draft.state is State.SUBMITTED for item in items)
    if not count:
        return told + t("editions.lead_none")
    told += t("editions.lead_drafts" if count != 1 else "editions.lead_draft", count=count)
    return told + (t("editions.lead_waiting", count=waiting) if waiting else "") + t("editions.lead_end")


def table(items: list[Item], chosen: str) -> str:
    """One row per item; the one in view is marked."""
    columns = [
        tables.Column(t("editions.name"), lambda r: _named(r["item"], chosen)),
        tables.Column(t("editions.state"), lambda r: escape(state_words(r["item"]))),
        tables.Column(t("editions.effective"), lambda r: escape(_effective(r["item"]))),
        tables.Column(t("editions.base"), lambda r: escape(_base(r["item"]))),
        tables.Column(t("editions.last"), lambda r: escape(_last(r["item"]))),
        tables.Column(t("editions.by"), lambda r: escape(_by(r["item"]))),
    ]
    rows: list[dict[str, Any]] = [{"item": item} for item in items]
    return tables.table([tables.Group("", rows)], columns, t("editions.list"))


def title(item: Item) -> str:
    """What an item is called."""
    if item.edition is not None:
        return editions_base.edition_title(item.edition)
    assert item.draft is not None
    return t("editions.draft_named", name=item.draft.name)


def state_words(item: Item) -> str:
    """Where an item stands: an edition in force, to come or former, or a draft's state."""
    if item.edition is not None:
        return t(f"editions.standing.{editions_base.standing(item.edition, date.today())}")
    assert item.draft is not None
    words = t(f"workbench.state.{item.draft.state}")
    return words[:1].upper() + words[1:]


def step_words(step: Step) -> str:
    """What a step is and when it took place."""
    return t("editions.step_on", step=t(f"editions.step.{step.kind}"), date=f"{step.on:%Y-%m-%d}")


def _named(item: Item, chosen: str) -> str:
    here = ' aria-current="true"' if item.id == chosen else ""
    words = escape(title(item))
    return f'<a href="{escape(state.link(item=item.id))}"{here}>{f"<strong>{words}</strong>" if here else words}</a>'


def _effective(item: Item) -> str:
    return f"{item.edition.effective_on:%Y-%m-%d}" if item.edition else NOTHING


def _base(item: Item) -> str:
    found = item.edition.base if item.edition else item.draft.base if item.draft else None
    return found or NOTHING


def _last(item: Item) -> str:
    if item.steps:
        return step_words(item.steps[-1])
    at = item.edition.at if item.edition else item.draft.at if item.draft else None
    key = "editions.founded_on" if item.edition else "editions.begun_on"
    return t(key, date=f"{at.astimezone():%Y-%m-%d}") if at else NOTHING


def _by(item: Item) -> str:
    if item.steps:
        return planner.shown_name(item.steps[-1].user.name)
    by = item.edition.by if item.edition else item.draft.by if item.draft else None
    return planner.shown_name(by.name) if by else NOTHING
