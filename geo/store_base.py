"""What every part of the edition store stands on: the connection, reading rows into records, the draft's line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from geo import store_tables as tables
from geo.database import migrate, open_engine, reading, writing
from geo.operations import decode, encode
from geo.store_errors import IdReused, Unknown, WrongState
from geo.store_line import Line
from geo.store_plans import PlanOf, Plans
from geo.store_records import (
    EDITABLE,
    STATE_AFTER,
    Draft,
    Edition,
    Effects,
    Entry,
    Kind,
    Role,
    State,
    StepKind,
    User,
)

Clock = Callable[[], datetime]
Row = Mapping[Any, Any]


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class StoreBase:
    """A store on one database; share one among the threads of a process."""

    def __init__(
        self, database: Engine | URL | str, plan_of: PlanOf, *, single_user: bool = False, clock: Clock = utc_now
    ) -> None:
        """Open (and migrate) the store. `plan_of`: the first plan on an edition, kept by the caller.

        `single_user`: there is no sign-in, so the one who submits may also approve; every such step says so.
        Raises DatabaseUnreachable or DatabaseNewer.
        """
        self.engine = database if isinstance(database, Engine) else open_engine(database)
        migrate(self.engine, tables.VERSIONS, tables.VERSION_TABLE)
        self.plans = Plans(plan_of)
        self.single_user = single_user
        self.clock = clock
        self._lines: dict[str, Line] = {}

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with reading(self.engine) as connection:
            yield connection

    @contextmanager
    def _writing(self, lock: str, id: str = "") -> Iterator[Connection]:
        try:
            with writing(self.engine, lock) as connection:
                yield connection
        except sa.exc.IntegrityError as error:
            raise IdReused(id) from error

    def editions(self) -> list[Edition]:
        """All published editions, in order of publication."""
        with self._reading() as connection:
            return self._editions(connection)

    def edition(self, id: str) -> Edition:
        """One edition. Raises Unknown."""
        with self._reading() as connection:
            return self._edition(connection, id)

    def _editions(self, connection: Connection) -> list[Edition]:
        rows = connection.execute(sa.select(tables.edition).order_by(tables.edition.c.number))
        return [edition_of(row) for row in rows.mappings()]

    def _edition(self, connection: Connection, id: str) -> Edition:
        row = connection.execute(sa.select(tables.edition).where(tables.edition.c.id == id)).mappings().first()
        if row is None:
            raise Unknown("edition", id)
        return edition_of(row)

    def _newest(self, connection: Connection) -> Edition | None:
        query = sa.select(tables.edition).order_by(tables.edition.c.number.desc()).limit(1)
        row = connection.execute(query).mappings().first()
        return None if row is None else edition_of(row)

    def _draft_row(self, connection: Connection, draft: str) -> Row:
        row = connection.execute(sa.select(tables.draft).where(tables.draft.c.id == draft)).mappings().first()
        if row is None:
            raise Unknown("draft", draft)
        return dict(row)

    def _line(self, connection: Connection, draft: str) -> Line:
        """The draft's line as this connection sees it; what was read before is not read again, for it never changes."""
        known = self._lines.get(draft)
        if known is None:
            known = Line.begin(self._draft_row(connection, draft)["founded_on"])
        entry = tables.entry
        query = sa.select(entry).where(entry.c.draft == draft, entry.c.seq > known.head).order_by(entry.c.seq)
        fresh = [entry_of(row) for row in connection.execute(query).mappings()]
        return known.after(fresh) if fresh else known

    def _remember(self, draft: str, line: Line) -> None:
        """Keep a committed line; a longer one that another thread kept stays."""
        known = self._lines.get(draft)
        if known is None or line.head > known.head:
            self._lines[draft] = line

    def _warm(self, draft: str) -> Line:
        """Read and replay the draft before the lock is taken, so that others wait as briefly as can be."""
        with self._reading() as connection:
            line = self._line(connection, draft)
        self._remember(draft, line)
        self.plans.of(line)
        return line

    def _state(self, connection: Connection, draft: str) -> tuple[State, str | None]:
        """Where the draft stands, and who submitted it last."""
        step = tables.step
        kinds = [str(kind) for kind in STATE_AFTER]
        query = sa.select(step.c.kind, step.c.user).where(step.c.draft == draft, step.c.kind.in_(kinds))
        rows = connection.execute(query.order_by(step.c.seq)).all()
        submitters = [user for kind, user in rows if kind == StepKind.SUBMITTED]
        state = STATE_AFTER[StepKind(rows[-1].kind)] if rows else State.DRAFT
        return state, (submitters[-1] if submitters else None)

    def _editable(self, connection: Connection, draft: str) -> Line:
        """The line of a draft that may be changed. Raises Unknown or WrongState."""
        line = self._line(connection, draft)
        state, _ = self._state(connection, draft)
        if state not in EDITABLE:
            raise WrongState("changed", state, EDITABLE)
        return line

    def _draft(self, connection: Connection, row: Row) -> Draft:
        line = self._line(connection, row["id"])
        state, submitted_by = self._state(connection, row["id"])
        return Draft(
            id=row["id"], name=row["name"], founded_on=row["founded_on"], by=user_of(row), at=row["at"], why=row["why"],
            base=line.base, head=line.head, state=state, submitted_by=submitted_by,
        )  # fmt: skip


def new_id() -> str:
    """An id nobody else has."""
    return str(uuid4())


def who(user: User, at: datetime, why: str) -> dict[str, object]:
    """The columns that say who, in which role, when and why."""
    return {"user": user.name, "role": str(user.role), "at": at, "why": why}


def user_of(row: Row) -> User:
    """The user a row names."""
    return User(row["user"], Role(row["role"]))


def edition_of(row: Row) -> Edition:
    """The edition a row holds."""
    names = ("id", "number", "name", "effective_on", "at", "why", "base", "draft", "head")
    return Edition(**{name: row[name] for name in names}, by=user_of(row))


def entry_of(row: Row) -> Entry:
    """The entry a row holds. Raises OperationUnreadable if its operation is of a later version."""
    return Entry(
        draft=row["draft"], seq=row["seq"], id=row["id"], kind=Kind(row["kind"]), user=user_of(row), at=row["at"],
        why=row["why"], operation=None if row["operation"] is None else decode(row["operation"]), refers=row["refers"],
        base=row["base"], effects=effects_of(row["effects"]),
    )  # fmt: skip


def row_of(entry: Entry) -> dict[str, object]:
    """The row that holds an entry."""
    return {
        "draft": entry.draft, "seq": entry.seq, "id": entry.id, "kind": str(entry.kind),
        **who(entry.user, entry.at, entry.why), "refers": entry.refers, "base": entry.base,
        "operation": None if entry.operation is None else encode(entry.operation),
        "effects": written_effects(entry.effects),
    }  # fmt: skip


def written_effects(effects: Effects) -> dict[str, object]:
    """Effects as JSON."""
    return {
        "blocks": {str(block): list(pair) for block, pair in effects.blocks.items()},
        "codes": sorted(effects.codes),
    }


def effects_of(record: Row) -> Effects:
    """Effects from JSON."""
    blocks: Iterable[tuple[str, list[str | None]]] = record["blocks"].items()
    return Effects({int(block): (pair[0], pair[1]) for block, pair in blocks}, frozenset(record["codes"]))
