"""Who is at which draft now: a sign every few seconds, forgotten when it stays out. No part of the history."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from geo import store_tables as tables
from geo.store_base import StoreBase, user_of
from geo.store_records import Present, User

GONE_AFTER: Final = timedelta(seconds=30)
"""Whoever gave no sign for so long is gone."""


class Presence(StoreBase):
    """Signs of life."""

    def beat(self, draft: str, client: str, user: User, place: str = "") -> list[Present]:
        """Say that `user` is at a draft, and hear who else is. `client`: one a browser window; `place`: a community."""
        table, now = tables.presence, self.clock()
        mine = (table.c.draft == draft) & (table.c.client == client)
        with self._writing(f"presence {draft}") as connection:
            since = connection.scalar(sa.select(table.c.since).where(mine, table.c.seen > now - GONE_AFTER))
            connection.execute(sa.delete(table).where(mine | (table.c.seen <= now - GONE_AFTER)))
            row = {"draft": draft, "client": client, "user": user.name, "role": str(user.role), "place": place}
            connection.execute(sa.insert(table).values(**row, since=since or now, seen=now))
        return [present for present in self.presence(draft) if present.client != client]

    def leave(self, draft: str, client: str) -> None:
        """Say that a window was closed."""
        table = tables.presence
        with self._writing(f"presence {draft}") as connection:
            connection.execute(sa.delete(table).where(table.c.draft == draft, table.c.client == client))

    def presence(self, draft: str | None = None) -> list[Present]:
        """Who is at a draft (or at any) now, whoever came first first."""
        table = tables.presence
        query = sa.select(table).where(table.c.seen > self.clock() - GONE_AFTER)
        if draft is not None:
            query = query.where(table.c.draft == draft)
        names = ("draft", "client", "place", "since", "seen")
        with self._reading() as connection:
            rows = connection.execute(query.order_by(table.c.since, table.c.client)).mappings().all()
        return [Present(**{name: row[name] for name in names}, user=user_of(row)) for row in rows]
