"""What the edition store holds, as frozen records, and who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import pandas as pd

from geo.operations import Operation
from geo.store_errors import NotAllowed


class Role(StrEnum):
    """What somebody is in the procedure."""

    READER = "reader"
    PLANNER = "planner"
    APPROVER = "approver"


class Action(StrEnum):
    """What a role may allow."""

    EDIT = "edit"
    SUBMIT = "submit"
    RECORD = "record"
    DECIDE = "decide"
    PUBLISH = "publish"


ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.READER: frozenset(),
    Role.PLANNER: frozenset({Action.EDIT, Action.SUBMIT, Action.RECORD}),
    Role.APPROVER: frozenset({Action.DECIDE, Action.PUBLISH, Action.RECORD}),
}


@dataclass(frozen=True)
class User:
    """Somebody at work: an office's account, not a person's data."""

    name: str
    role: Role

    def must(self, action: Action) -> None:
        """Raise NotAllowed unless the role allows it."""
        if action not in ALLOWED[self.role]:
            raise NotAllowed(self, action, [role for role, actions in ALLOWED.items() if action in actions])


class Kind(StrEnum):
    """What an entry of a draft's log does: an operation is done, or an earlier entry is undone, redone, taken back."""

    DO = "do"
    UNDO = "undo"
    REDO = "redo"
    TAKE_BACK = "take_back"
    REBASE = "rebase"


@dataclass(frozen=True)
class Effects:
    """What an entry did: block -> (neighbourhood before, after; None: no such block), and codes renamed."""

    blocks: Mapping[int, tuple[str | None, str | None]] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.blocks or self.codes)


@dataclass(frozen=True)
class Entry:
    """One line of a draft's log, never changed. `seq`: 1, 2, … in the draft. `refers`: the entry it undoes and so on.

    `operation`: of a DO. `base`: of a REBASE, the edition the draft stands on from here on.
    """

    draft: str
    seq: int
    id: str
    kind: Kind
    user: User
    at: datetime
    why: str
    operation: Operation | None = None
    refers: int | None = None
    base: str | None = None
    effects: Effects = field(default_factory=Effects)


class State(StrEnum):
    """Where a draft stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"
    SHELVED = "shelved"


EDITABLE = frozenset({State.DRAFT, State.RETURNED})


class StepKind(StrEnum):
    """What happens to a draft: the decisions that change its state, and the dated steps of a bureau's procedure."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"
    SHELVED = "shelved"
    REOPENED = "reopened"
    COMMUNITY_PROPOSAL = "community_proposal"
    SUBDISTRICT_REVIEW = "subdistrict_review"
    CONSULTATION = "consultation"
    PUBLIC_NOTICE = "public_notice"
    OPINION = "opinion"
    ANSWER = "answer"
    BUREAU_APPROVAL = "bureau_approval"
    FILING = "filing"


STATE_AFTER: Mapping[StepKind, State] = {
    StepKind.SUBMITTED: State.SUBMITTED,
    StepKind.WITHDRAWN: State.DRAFT,
    StepKind.RETURNED: State.RETURNED,
    StepKind.APPROVED: State.APPROVED,
    StepKind.PUBLISHED: State.PUBLISHED,
    StepKind.SHELVED: State.SHELVED,
    StepKind.REOPENED: State.DRAFT,
}
PROCEDURE = (
    StepKind.COMMUNITY_PROPOSAL, StepKind.SUBDISTRICT_REVIEW, StepKind.CONSULTATION, StepKind.PUBLIC_NOTICE,
    StepKind.BUREAU_APPROVAL, StepKind.FILING,
)  # fmt: skip
"""The optional steps of a bureau, in their usual order."""


@dataclass(frozen=True)
class Attachment:
    """A file kept with a step; `content` is read on demand (`Store.attachment`)."""

    name: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Step:
    """One dated step of a draft, never changed. `on`: the day it took place; `until`: the last day of a notice.

    `head`: the entry the draft had reached. `refers`: the notice an opinion came to, or the opinion an answer is for.
    `source`: who an opinion came from (a kind of office or group, never a person). `alone`: decided in single-user mode
    by the one who had submitted. `edition`: of a publication.
    """

    draft: str
    seq: int
    id: str
    kind: StepKind
    user: User
    at: datetime
    on: date
    head: int
    remarks: str = ""
    document: str = ""
    source: str = ""
    until: date | None = None
    refers: int | None = None
    alone: bool = False
    edition: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A draft as it stands: `base` is the edition it stands on now, `head` its last entry (0: none)."""

    id: str
    name: str
    founded_on: str
    by: User
    at: datetime
    why: str
    base: str
    head: int
    state: State
    submitted_by: str | None = None


@dataclass(frozen=True)
class Edition:
    """A published edition. `number`: 1, 2, … as published; `draft`: where it came from, None for the first."""

    id: str
    number: int
    name: str
    effective_on: date
    by: User
    at: datetime
    why: str
    base: str | None
    draft: str | None
    head: int


@dataclass(frozen=True)
class Succession:
    """A neighbourhood that ended, or gave a part to a new one: `households` went from `former` to `code`.

    `relation`: merged (ended, all to one), divided (ended, to several), founded (`code` is new, `former` goes on).
    """

    former: str
    code: str
    relation: str
    households: int
    blocks: int


@dataclass(frozen=True)
class Present:
    """Somebody at a draft now: `place` is the community on his screen, `since` when he came, `seen` the last sign."""

    draft: str
    client: str
    user: User
    place: str
    since: datetime
    seen: datetime


Assignment = pd.Series
"""block_id -> code of the neighbourhood, sorted by block."""
