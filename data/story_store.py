"""Stories in the database: each change is kept as it is made, and each can be taken back.

A story's versions only ever grow; its head says which one is current, so that taking a change back loses nothing. A
change is a function from story to story, applied to what is current while the writer holds its lock: two people who
edit different scenes of one story both keep what they did.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from data.manifest import data_root
from data.stories import Story, StoryUnknown, from_json, shipped_names, to_json
from geo.database import Moment, database_url, migrate, open_engine, reading, writing

VERSIONS: Final = Path(__file__).with_name("migrations") / "stories"
VERSION_TABLE: Final = "stories_version"
KEPT_DAYS: Final = 30
"""How long a deleted story can be brought back."""

metadata = sa.MetaData()
story_table = sa.Table(
    "story", metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False, unique=True),
    sa.Column("head", sa.Integer, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("deleted_at", Moment),
)  # fmt: skip
version_table = sa.Table(
    "story_version", metadata,
    sa.Column("story", sa.ForeignKey("story.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("parent", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)  # fmt: skip
rehearsal_table = sa.Table(
    "rehearsal", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("story", sa.String(64), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("seconds", sa.Text, nullable=False),
)  # fmt: skip


@dataclass(frozen=True)
class Rehearsal:
    """One rehearsal: when, and the seconds spent in each scene by the scene's id."""

    at: datetime
    seconds: Mapping[str, int]


class StoryStore:
    """The stories of one database; share one among the threads of a process."""

    def __init__(self, url: URL | str) -> None:
        """Open (and migrate) the store. Raises DatabaseUnreachable or DatabaseNewer."""
        self.engine = open_engine(url)
        migrate(self.engine, VERSIONS, VERSION_TABLE)

    def stories(self) -> list[Story]:
        """All stories, the one changed last first."""
        return self._listed(story_table.c.deleted_at.is_(None))

    def deleted(self) -> list[Story]:
        """Stories deleted in the last thirty days, the last one first."""
        return self._listed(story_table.c.deleted_at > datetime.now(UTC) - timedelta(days=KEPT_DAYS))

    def _listed(self, which: sa.ColumnElement[bool]) -> list[Story]:
        order = sa.func.coalesce(story_table.c.deleted_at, story_table.c.changed_at).desc()
        with reading(self.engine) as connection:
            return [from_json(row.body) for row in connection.execute(_current().where(which).order_by(order))]

    def get(self, name: str) -> Story:
        """The story of that name or id. Raises StoryUnknown."""
        with reading(self.engine) as connection:
            return from_json(_row(connection, name).body)

    def add(self, story: Story) -> Story:
        """Keep a new story; it gets an id of its own and, where the name is taken, another name."""
        with writing(self.engine, "stories") as connection:
            taken = {*connection.scalars(sa.select(story_table.c.name)), *shipped_names()}
            fresh = replace(story, id=secrets.token_hex(6), name=free_name(story.name, taken))
            connection.execute(sa.insert(story_table).values(id=fresh.id, name=fresh.name, head=0, changed_at=_now()))
            _write(connection, fresh, 0)
        return fresh

    def change(self, story_id: str, how: Callable[[Story], Story]) -> Story:
        """Apply `how` to the current story and keep the result. Raises StoryUnknown, or what `how` raises."""
        with writing(self.engine, f"story {story_id}") as connection:
            row = _row(connection, story_id)
            before = from_json(row.body)
            after = replace(how(before), id=before.id, name=before.name)
            if after != before:
                _write(connection, from_json(to_json(after)), int(row.head))
        return after

    def undo(self, story_id: str) -> Story:
        """Take the last change back; the first version stays. Raises StoryUnknown."""
        with writing(self.engine, f"story {story_id}") as connection:
            row = _row(connection, story_id)
            if row.parent:
                _set(connection, str(row.id), head=int(row.parent), changed_at=_now())
            return from_json(_row(connection, story_id).body)

    def changes(self, story_id: str) -> int:
        """How many changes can be taken back. Raises StoryUnknown."""
        with reading(self.engine) as connection:
            row = _row(connection, story_id)
            parents = sa.select(version_table.c.number, version_table.c.parent).where(version_table.c.story == row.id)
            parent = {row.number: row.parent for row in connection.execute(parents)}
        count, at = 0, int(row.head)
        while parent[at]:
            count, at = count + 1, parent[at]
        return count

    def remove(self, story_id: str) -> None:
        """Delete a story; `restore` brings it back for thirty days. Raises StoryUnknown."""
        with writing(self.engine, f"story {story_id}") as connection:
            _set(connection, str(_row(connection, story_id).id), deleted_at=_now())

    def restore(self, story_id: str) -> Story:
        """Bring a deleted story back. Raises StoryUnknown."""
        with writing(self.engine, f"story {story_id}") as connection:
            _set(connection, story_id, deleted_at=None)
            return from_json(_row(connection, story_id).body)

    def rehearsed(self, story_id: str, seconds: Mapping[str, int]) -> None:
        """Keep the times of a rehearsal, by scene id; shipped stories have them too."""
        kept = {key: int(value) for key, value in seconds.items() if 0 <= value < 86_400}
        with writing(self.engine, f"story {story_id}") as connection:
            connection.execute(
                sa.insert(rehearsal_table).values(story=story_id, at=_now(), seconds=json.dumps(kept, sort_keys=True))
            )

    def rehearsals(self, story_id: str) -> list[Rehearsal]:
        """The rehearsals of a story, the last one first."""
        asked = sa.select(rehearsal_table).where(rehearsal_table.c.story == story_id)
        with reading(self.engine) as connection:
            rows = connection.execute(asked.order_by(rehearsal_table.c.at.desc()))
            return [Rehearsal(row.at, json.loads(row.seconds)) for row in rows]


def address() -> URL:
    """Where the stories are: DATABASE_URL, else the file beside the editions."""
    return database_url(data_root() / "editions")


def name_for(title: str) -> str:
    """A name for addresses from a title: pinyin and Latin letters, digits, hyphens."""
    from pypinyin import lazy_pinyin  # its dictionary takes half a second: only who names a story waits for it

    spelled = "-".join(lazy_pinyin(title)).lower()
    return re.sub(r"[^a-z0-9]+", "-", spelled).strip("-")[:60].strip("-") or "story"


def free_name(name: str, taken: set[str]) -> str:
    """The name, or the first of name-2, name-3 … that is free."""
    number, found = 2, name
    while found in taken:
        found = f"{name[:70]}-{number}"
        number += 1
    return found


def _now() -> datetime:
    return datetime.now(UTC)


def _current() -> sa.Select[Any]:
    """Stories with their current version."""
    head = sa.and_(version_table.c.story == story_table.c.id, version_table.c.number == story_table.c.head)
    return sa.select(story_table, version_table.c.body, version_table.c.parent).join(version_table, head)


def _row(connection: Connection, name: str) -> sa.Row[Any]:
    named = sa.or_(story_table.c.id == name, story_table.c.name == name)
    row = connection.execute(_current().where(named, story_table.c.deleted_at.is_(None))).first()
    if row is None:
        raise StoryUnknown(name[:80])
    return row


def _set(connection: Connection, story_id: str, **values: Any) -> None:
    connection.execute(sa.update(story_table).where(story_table.c.id == story_id).values(**values))


def _write(connection: Connection, story: Story, parent: int) -> None:
    newest = sa.select(sa.func.max(version_table.c.number)).where(version_table.c.story == story.id)
    number = (connection.scalar(newest) or 0) + 1
    connection.execute(
        sa.insert(version_table).values(story=story.id, number=number, parent=parent, body=to_json(story), at=_now())
    )
    _set(connection, story.id, head=number, changed_at=_now())
