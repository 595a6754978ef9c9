"""Doors to the edition store: drafts as plans with their operations in force, and what planners do to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import streamlit as st

from data import editions
from data.manifest import data_root
from geo.database import database_url
from geo.operations import Batch, Operation
from geo.plans import Plan
from geo.store import Store
from geo.store_records import ALLOWED, Action, Draft, Entry, Role, State, User
from pages.parts import data, workbench_base

FOUNDER = User("system", Role.APPROVER)


@dataclass(frozen=True)
class Step:
    """An operation in force: its entry, and the plans before and after it."""

    entry: Entry
    before: Plan
    after: Plan


@dataclass(frozen=True)
class Opened:
    """A draft as it stands: where it began, its plan, the operations in force, and what this user may undo and redo."""

    draft: Draft
    start: Plan
    plan: Plan
    steps: tuple[Step, ...]
    undo: bool
    redo: bool

    @property
    def editable(self) -> bool:
        """Whether it may still be changed."""
        return self.draft.state in (State.DRAFT, State.RETURNED)


def store() -> Store:
    """The edition store, with the published edition entered. Raises DatabaseUnreachable or DatabaseNewer."""
    manifest = data.manifest()
    return _store(str(data_root()), manifest.edition, manifest.edition_effective)


@st.cache_resource(max_entries=2, show_spinner=False)
def _store(root: str, edition: str, effective: str) -> Store:
    holder: list[Store] = []  # a store asks for first plans, and a first plan asks a store which codes have ended
    address = database_url(Path(root) / "editions")
    opened = Store(address, lambda id: _first_plan(holder[0], id), single_user=True)
    holder.append(opened)
    assignment = workbench_base.base().plan.assignment
    opened.found(edition, edition, date.fromisoformat(effective), assignment, FOUNDER)
    return opened


def plan_of(edition: str) -> Plan:
    """The first plan on an edition; it knows the codes that ended in earlier ones. Raises TableError or EditionLost."""
    return _first_plan(store(), edition)


def _first_plan(kept: Store, edition: str) -> Plan:
    if edition != data.manifest().edition:
        return editions.plan_of(data_root(), kept, edition)
    first = workbench_base.base().plan
    ended = editions.ended_codes(kept, edition) - set(first.assignment)
    return replace(first, ended=frozenset(ended)) if ended else first


def drafts() -> list[Draft]:
    """All drafts, the latest begun first."""
    return store().drafts()


def create(user: User, name: str) -> Draft:
    """Begin a draft on the published edition. Raises NotAllowed."""
    return store().create_draft(user, name, data.manifest().edition)


def opened(draft: str, user: User) -> Opened:
    """A draft as it stands now, for one user. Raises Unknown."""
    kept = store()
    record, line = kept.draft(draft), kept.line(draft)
    replayed = kept.plans.replay(line.base, line.in_force)
    plans = [step.plan for step in replayed]
    steps = tuple(Step(e, a, b) for e, a, b in zip(line.in_force, plans[:-1], plans[1:], strict=True))
    undo, redo = line.undoable(user.name) is not None, line.to_redo(user.name) is not None
    return Opened(record, plans[0], plans[-1], steps, undo, redo)


def append(draft: str, operations: Sequence[Operation], user: User, why: str, expect: int, id: str) -> Entry:
    """Do operations as one step. Raises what `Store.append` raises."""
    return store().append(draft, as_one(operations), user, why, expect=expect, id=id)


def as_one(operations: Sequence[Operation]) -> Operation:
    """Operations as one step, told with the verb of the last."""
    singles = [single for each in operations for single in (each.steps if isinstance(each, Batch) else (each,))]
    if len(singles) == 1:
        return singles[0]
    return Batch(tuple(singles), str(getattr(operations[-1], "verb", "batch")))


def local_time(at: datetime) -> datetime:
    """A moment in the clock of this place."""
    return at.astimezone()


def may(user: User, action: Action) -> bool:
    """Whether a user's role allows an action."""
    return action in ALLOWED[user.role]
