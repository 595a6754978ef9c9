"""The way of a draft: submitted, returned or approved, published, with a bureau's dated steps beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo import store_tables as tables
from geo.plans import Plan, PlanRefused
from geo.plans_layer import check_whole
from geo.store_base import new_id, user_of, who
from geo.store_editions import Editions, insert_assignment, successions_between
from geo.store_errors import (
    BaseOutdated,
    IdReused,
    LayerUnsound,
    OwnSubmission,
    StepIncomplete,
    Unknown,
    WrongState,
)
from geo.store_records import (
    EDITABLE,
    PROCEDURE,
    STATE_AFTER,
    Action,
    Attachment,
    Edition,
    State,
    Step,
    StepKind,
    User,
)

LARGEST_FILE = 20 * 2**20
"""Bytes an attachment may have."""


class File(NamedTuple):
    """A file to keep with a step."""

    name: str
    media_type: str
    content: bytes


class Turn(NamedTuple):
    """Who may take a decision, from which states, and how the refusal calls it."""

    action: Action
    states: Collection[State]
    called: str


TURNS: Mapping[StepKind, Turn] = {
    StepKind.SUBMITTED: Turn(Action.SUBMIT, EDITABLE, "submitted"),
    StepKind.WITHDRAWN: Turn(Action.SUBMIT, {State.SUBMITTED}, "withdrawn"),
    StepKind.RETURNED: Turn(Action.DECIDE, {State.SUBMITTED, State.APPROVED}, "returned"),
    StepKind.APPROVED: Turn(Action.DECIDE, {State.SUBMITTED}, "approved"),
    StepKind.PUBLISHED: Turn(Action.PUBLISH, {State.APPROVED}, "published"),
    StepKind.SHELVED: Turn(Action.SUBMIT, EDITABLE, "shelved"),
    StepKind.REOPENED: Turn(Action.SUBMIT, {State.SHELVED}, "reopened"),
}
REFERS: Mapping[StepKind, Collection[StepKind]] = {
    StepKind.OPINION: {StepKind.CONSULTATION, StepKind.PUBLIC_NOTICE},
    StepKind.ANSWER: {StepKind.OPINION},
}
"""Steps that say which earlier step they belong to."""


class Workflow(Editions):
    """Decisions and steps."""

    def submit(self, draft: str, user: User, remarks: str = "", *, id: str = "") -> Step:
        """Hand a draft in; it can't be changed until it is withdrawn or returned.

        Its boundaries are checked as a whole layer first. Raises NotAllowed, WrongState, Unknown, StepIncomplete
        (nothing is changed in it), LayerUnsound, BaseOutdated, IdReused.
        """
        user.must(Action.SUBMIT)
        try:
            check_whole(self.plans.of(self._warm(draft)))
        except PlanRefused as refusal:
            raise LayerUnsound(str(refusal)) from refusal
        return self._decide(draft, user, StepKind.SUBMITTED, remarks, id)

    def withdraw(self, draft: str, user: User, remarks: str = "", *, id: str = "") -> Step:
        """Take a submitted draft back to work on it. Raises as `submit`."""
        return self._decide(draft, user, StepKind.WITHDRAWN, remarks, id)

    def send_back(self, draft: str, user: User, remarks: str, *, id: str = "") -> Step:
        """Return a submitted or approved draft with remarks. Raises NotAllowed, WrongState, Unknown, StepIncomplete."""
        if not remarks.strip():
            raise StepIncomplete(StepKind.RETURNED, "remarks", "the planner needs to know what to change")
        return self._decide(draft, user, StepKind.RETURNED, remarks, id)

    def approve(self, draft: str, user: User, remarks: str = "", *, document: str = "", id: str = "") -> Step:
        """Approve a submitted draft. Raises NotAllowed, OwnSubmission, WrongState, Unknown, IdReused.

        In single-user mode the submitter may, and the step says `alone`.
        """
        return self._decide(draft, user, StepKind.APPROVED, remarks, id, document=document)

    def shelve(self, draft: str, user: User, remarks: str = "", *, id: str = "") -> Step:
        """Lay a draft aside: it stays, and can be reopened. Raises NotAllowed, WrongState, Unknown."""
        return self._decide(draft, user, StepKind.SHELVED, remarks, id)

    def reopen(self, draft: str, user: User, remarks: str = "", *, id: str = "") -> Step:
        """Go on with a draft that was laid aside. Raises NotAllowed, WrongState, Unknown."""
        return self._decide(draft, user, StepKind.REOPENED, remarks, id)

    def add_step(
        self, draft: str, user: User, kind: StepKind, on: date, remarks: str = "", *,
        document: str = "", source: str = "", until: date | None = None, refers: int | None = None,
        files: Sequence[File] = (), id: str = "",
    ) -> Step:  # fmt: skip
        """Record a dated step of the procedure (one of PROCEDURE, OPINION or ANSWER), in any state of the draft.

        A bureau's approval needs its document number, an opinion its source and text, and both opinions and answers
        the step they belong to. Raises NotAllowed, StepIncomplete, Unknown, IdReused.
        """
        user.must(Action.RECORD)
        given = {"document": document.strip(), "source": source.strip(), "until": until, "refers": refers}
        _check_step(kind, on, remarks.strip(), self.clock().astimezone().date(), given, files)
        return self._record(draft, user, kind, remarks, id, on=on, files=files, **given)

    def steps(self, draft: str) -> list[Step]:
        """All decisions and steps of a draft, oldest first. Raises Unknown."""
        with self._reading() as connection:
            self._draft_row(connection, draft)
            return self._steps(connection, draft)

    def attachment(self, draft: str, step: int, sha256: str) -> bytes:
        """The content of a file kept with a step. Raises Unknown."""
        table = tables.attachment
        query = sa.select(table.c.content).where(table.c.draft == draft, table.c.step == step, table.c.sha256 == sha256)
        with self._reading() as connection:
            content = connection.scalar(query)
        if content is None:
            raise Unknown("attachment", sha256[:12])
        return bytes(content)

    def published_as(self, id: str) -> Edition | None:
        """The edition that was published under this id of a step, if one was."""
        with self._reading() as connection:
            known = self._known_step(connection, id)
            return self._edition(connection, known.edition) if known is not None and known.edition else None

    def plan_at(self, edition: Edition) -> Plan:
        """The plan that became an edition, with the names given since the first one. Raises Unknown."""
        plan = self.plans.of(self._warm(str(edition.draft)).at(edition.head))
        return replace(plan, names={**self.names(str(edition.base)), **plan.names})

    def check_publishable(self, draft: str, user: User) -> str:
        """The edition the draft stands on, if it could be published now. Raises as `publish`."""
        user.must(Action.PUBLISH)
        with self._reading() as connection:
            self._draft_row(connection, draft)
            self._check_turn(connection, draft, user, StepKind.PUBLISHED)
            return self._line(connection, draft).base

    def publish(
        self, draft: str, user: User, edition: str, name: str, effective_on: date, why: str = "", *, id: str = ""
    ) -> Edition:
        """Make an approved draft the next edition; the same `id` again gives the edition published before.

        Raises NotAllowed, WrongState, BaseOutdated, Unknown, IdReused (also when the edition's id is taken).
        """
        user.must(Action.PUBLISH)
        key = id or new_id()
        plan = self.plans.of(self._warm(draft))
        with self._writing("editions", edition) as connection:
            if (known := self._known_step(connection, key)) is not None:
                return self._edition(connection, str(known.edition))
            line = self._line(connection, draft)
            newest = self._newest(connection)
            row = {
                "id": edition, "number": newest.number + 1 if newest else 1, "name": name,
                "effective_on": effective_on, **who(user, self.clock(), why), "base": line.base, "draft": draft,
                "head": line.head,
            }  # fmt: skip
            self._check_turn(connection, draft, user, StepKind.PUBLISHED)
            connection.execute(sa.insert(tables.edition).values(row))
            self._insert_edition(connection, edition, line.base, plan)
            self._insert_step(connection, draft, user, StepKind.PUBLISHED, why, key, on=effective_on, edition=edition)
            return self._edition(connection, edition)

    def _insert_edition(self, connection: Connection, edition: str, base: str, plan: Plan) -> None:
        after = plan.assignment
        insert_assignment(connection, edition, after)
        names = [
            {"edition": edition, "code": code, "name_zh": chinese, "name_en": english}
            for code, (chinese, english) in sorted(plan.names.items())
            if code in set(after)
        ]
        if names:
            connection.execute(sa.insert(tables.edition_name), names)
        query = sa.select(tables.edition_block.c.block_id, tables.edition_block.c.neighbourhood)
        rows = connection.execute(query.where(tables.edition_block.c.edition == base)).all()
        before = {row.block_id: row.neighbourhood for row in rows}
        found = successions_between(plan, before)
        if found:
            connection.execute(sa.insert(tables.succession), [{"edition": edition, **vars(each)} for each in found])

    def _decide(self, draft: str, user: User, kind: StepKind, remarks: str, id: str, **more: Any) -> Step:
        user.must(TURNS[kind].action)
        return self._record(draft, user, kind, remarks, id, on=self.clock().astimezone().date(), **more)

    def _record(self, draft: str, user: User, kind: StepKind, remarks: str, id: str, **more: Any) -> Step:
        key = id or new_id()
        with self._writing(f"draft {draft}", key) as connection:
            if (known := self._known_step(connection, key)) is not None:
                if (known.draft, known.kind, known.user.name) != (draft, kind, user.name):
                    raise IdReused(key)
                return known
            self._draft_row(connection, draft)
            if kind in STATE_AFTER:
                more["alone"] = self._check_turn(connection, draft, user, kind)
            return self._insert_step(connection, draft, user, kind, remarks, key, **more)

    def _check_turn(self, connection: Connection, draft: str, user: User, kind: StepKind) -> bool:
        """Raise unless the decision can be taken now; whether one person alone submits and approves."""
        state, submitted_by = self._state(connection, draft)
        turn = TURNS[kind]
        if state not in turn.states:
            raise WrongState(turn.called, state, turn.states)
        if kind in (StepKind.SUBMITTED, StepKind.PUBLISHED):
            self._check_ready(connection, draft, kind)
        alone = kind is StepKind.APPROVED and submitted_by == user.name
        if alone and not self.single_user:
            raise OwnSubmission(user.name)
        return alone

    def _check_ready(self, connection: Connection, draft: str, kind: StepKind) -> None:
        """Raise unless the draft changes something and stands on the newest edition."""
        line, newest = self._line(connection, draft), self._newest(connection)
        if newest is not None and line.base != newest.id:
            raise BaseOutdated(line.base, newest.id)
        if not line.done:
            raise StepIncomplete(kind, "operations", "the draft changes nothing")

    def _insert_step(
        self, connection: Connection, draft: str, user: User, kind: StepKind, remarks: str, key: str, *,
        files: Iterable[File] = (), **more: Any,
    ) -> Step:  # fmt: skip
        refers, line = more.get("refers"), self._line(connection, draft)
        before = self._steps(connection, draft)
        if kind in REFERS and refers not in {step.seq for step in before if step.kind in REFERS[kind]}:
            raise Unknown("step", refers)
        values = {"document": "", "source": "", "until": None, "refers": None, "alone": False, "edition": None, **more}
        row = {
            "draft": draft, "seq": len(before) + 1, "id": key, "kind": str(kind),
            **who(user, self.clock(), remarks.strip()), "head": line.head, **values,
        }  # fmt: skip
        connection.execute(sa.insert(tables.step).values(row))
        for position, file in enumerate(files):
            digest = hashlib.sha256(file.content).hexdigest()
            kept = {**file._asdict(), "sha256": digest, "draft": draft, "step": row["seq"], "position": position}
            connection.execute(sa.insert(tables.attachment).values(kept))
        return self._steps(connection, draft)[-1]

    def _known_step(self, connection: Connection, key: str) -> Step | None:
        row = connection.execute(sa.select(tables.step.c.draft).where(tables.step.c.id == key)).first()
        if row is None:
            return None
        return next(step for step in self._steps(connection, row.draft) if step.id == key)

    def _steps(self, connection: Connection, draft: str) -> list[Step]:
        table = tables.attachment
        size = sa.func.length(table.c.content).label("size")
        query = sa.select(table.c.step, table.c.name, table.c.media_type, table.c.sha256, size)
        kept: dict[int, list[Attachment]] = {}
        for row in connection.execute(query.where(table.c.draft == draft).order_by(table.c.step, table.c.position)):
            kept.setdefault(row.step, []).append(Attachment(row.name, row.media_type, row.sha256, row.size))
        rows = connection.execute(
            sa.select(tables.step).where(tables.step.c.draft == draft).order_by(tables.step.c.seq)
        )
        return [step_of(row, tuple(kept.get(row["seq"], ()))) for row in rows.mappings()]


def step_of(row: Mapping[Any, Any], attachments: tuple[Attachment, ...]) -> Step:
    """The step a row holds."""
    names = (
        "draft", "seq", "id", "at", "on", "head", "document", "source", "until", "refers", "alone", "edition",
    )  # fmt: skip
    return Step(
        **{name: row[name] for name in names}, kind=StepKind(row["kind"]), user=user_of(row), remarks=row["why"],
        attachments=attachments,
    )  # fmt: skip


def _check_step(
    kind: StepKind, on: date, remarks: str, today: date, given: Mapping[str, Any], files: Iterable[File]
) -> None:
    """Raise StepIncomplete for what is missing or can't be."""
    needs = {
        StepKind.BUREAU_APPROVAL: ("document",),
        StepKind.OPINION: ("source", "refers"),
        StepKind.ANSWER: ("refers",),
    }
    if kind not in (*PROCEDURE, *REFERS):
        raise StepIncomplete(kind, "kind", "it is a decision, not a step of the procedure")
    if on > today:
        raise StepIncomplete(kind, "on", f"{on} is yet to come, and steps are recorded when they have taken place")
    for field in needs.get(kind, ()):
        if not given[field]:
            raise StepIncomplete(kind, field, "it is empty")
    if kind in REFERS and not remarks:
        raise StepIncomplete(kind, "remarks", "it is empty")
    if given["until"] is not None and given["until"] < on:
        raise StepIncomplete(kind, "until", f"{given['until']} is before {on}")
    for file in files:
        if not 0 < len(file.content) <= LARGEST_FILE:
            raise StepIncomplete(kind, "files", f"{file.name} is empty or larger than {LARGEST_FILE >> 20} MB")
