"""Published editions in the store: which neighbourhood each block has, names given, and who succeeds whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo import store_tables as tables
from geo.plans import Plan
from geo.store_base import StoreBase, who
from geo.store_errors import EditionTaken
from geo.store_records import Assignment, Edition, Succession, User


class Editions(StoreBase):
    """What is known of each edition."""

    def found(
        self, id: str, name: str, effective_on: date, assignment: Assignment, user: User, why: str = ""
    ) -> Edition:
        """Enter the edition the store begins with; entering it again changes nothing.

        `assignment`: block_id -> neighbourhood. Raises EditionTaken if it is there with other boundaries.
        """
        with self._writing("editions", id) as connection:
            if id in {edition.id for edition in self._editions(connection)}:
                if not same_assignment(self._assignment(connection, id), assignment):
                    raise EditionTaken(id)
            else:
                newest = self._newest(connection)
                row = {
                    "id": id, "number": newest.number + 1 if newest else 1, "name": name, "effective_on": effective_on,
                    **who(user, self.clock(), why), "base": None, "draft": None, "head": 0,
                }  # fmt: skip
                connection.execute(sa.insert(tables.edition).values(row))
                insert_assignment(connection, id, assignment)
            return self._edition(connection, id)

    def assignment(self, edition: str) -> Assignment:
        """block_id -> code of the neighbourhood in an edition, sorted by block. Raises Unknown."""
        with self._reading() as connection:
            self._edition(connection, edition)
            return self._assignment(connection, edition)

    def _assignment(self, connection: Connection, edition: str) -> Assignment:
        block = tables.edition_block
        query = sa.select(block.c.block_id, block.c.neighbourhood).where(block.c.edition == edition)
        rows = connection.execute(query.order_by(block.c.block_id)).all()
        ids = pd.Index([row.block_id for row in rows], name="block_id", dtype="int64")
        return pd.Series([row.neighbourhood for row in rows], index=ids, name="neighbourhood", dtype=object)

    def names(self, edition: str) -> dict[str, tuple[str, str]]:
        """Code -> (Chinese, English name) of the neighbourhoods that were given one, up to and with an edition."""
        name = tables.edition_name
        with self._reading() as connection:
            number = self._edition(connection, edition).number
            query = (
                sa.select(name.c.code, name.c.name_zh, name.c.name_en)
                .join(tables.edition, tables.edition.c.id == name.c.edition)
                .where(tables.edition.c.number <= number)
                .order_by(tables.edition.c.number)
            )
            return {row.code: (row.name_zh, row.name_en) for row in connection.execute(query)}

    def successions(self, edition: str) -> list[Succession]:
        """What became of the neighbourhoods that ended with an edition, and where its new ones came from."""
        table = tables.succession
        with self._reading() as connection:
            self._edition(connection, edition)
            query = sa.select(table).where(table.c.edition == edition).order_by(table.c.former, table.c.code)
            columns = ("former", "code", "relation", "households", "blocks")
            return [Succession(**{name: row[name] for name in columns}) for row in connection.execute(query).mappings()]

    def ended(self, edition: str = "") -> set[str]:
        """Codes of neighbourhoods that ended with an edition or one before it ("": with any). Raises Unknown."""
        table = tables.succession
        query = sa.select(table.c.former).distinct().join(tables.edition, tables.edition.c.id == table.c.edition)
        with self._reading() as connection:
            if edition:
                query = query.where(tables.edition.c.number <= self._edition(connection, edition).number)
            return set(connection.execute(query).scalars())


def same_assignment(one: Assignment, other: Assignment) -> bool:
    """Whether two assignments give every block the same neighbourhood."""
    return dict(zip(one.index.tolist(), one.tolist(), strict=True)) == dict(
        zip(other.index.tolist(), other.astype(str).tolist(), strict=True)
    )


def insert_assignment(connection: Connection, edition: str, assignment: Assignment) -> None:
    """Write which neighbourhood each block has."""
    pairs = zip(assignment.index.tolist(), assignment.tolist(), strict=True)
    rows = [{"edition": edition, "block_id": int(block), "neighbourhood": str(code)} for block, code in pairs]
    connection.execute(sa.insert(tables.edition_block), rows)


def successions_between(plan: Plan, before: Mapping[int, str]) -> list[Succession]:
    """What became of neighbourhoods that ended, and where new ones came from, by the blocks they share.

    `before`: block_id -> neighbourhood in the edition the plan stands on; a block that was split counts by its pieces.
    """
    homes: dict[tuple[str, str], list[int]] = {}
    after = {block: code for home in plan.homes.values() for block, code in home.items()}
    for block, code in after.items():
        origin = plan.ground.known_block(block, before)
        if origin is not None:
            homes.setdefault((before[origin], code), []).append(plan.ground.counts(block).households)
    ended, new = set(before.values()) - set(after.values()), set(after.values()) - set(before.values())
    heirs = Counter(former for former, _ in homes)
    found = []
    for (former, code), counts in sorted(homes.items()):
        if former in ended or code in new:
            relation = "founded" if former not in ended else "merged" if heirs[former] == 1 else "divided"
            found.append(Succession(former, code, relation, sum(counts), len(counts)))
    return found
