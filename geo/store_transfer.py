"""The whole history as JSON lines, and from there into an empty store that is then the same in every row."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo import store_tables as tables
from geo.database import Moment
from geo.store_base import StoreBase
from geo.store_errors import HistoryBroken, StoreNotEmpty

FORMAT: Final = "linli-atlas-history"
VERSION: Final = 1
BATCH: Final = 2000
_TABLES: Final = {table.name: table for table in tables.HISTORY}
_BLOCKS: Final = tables.edition_block.name


class Transfer(StoreBase):
    """Out of one store and into another."""

    def export_history(self) -> Iterator[str]:
        """Lines of JSON, one a row and the first one naming the format; each ends without a line break.

        The blocks of an edition are one line: neighbourhood -> block ids. The same history gives the same lines.
        """
        with self._reading() as connection:
            yield _line({"format": FORMAT, "version": VERSION})
            for table in tables.HISTORY:
                if table.name == _BLOCKS:
                    yield from _block_lines(connection)
                else:
                    order = table.primary_key.columns.values()
                    if table is tables.edition:
                        order = [tables.edition.c.number]
                    for row in connection.execute(sa.select(table).order_by(*order)).mappings():
                        yield _line({"table": table.name, **{name: _plain(value) for name, value in row.items()}})

    def import_history(self, lines: Iterable[str]) -> int:
        """Read a history into an empty store, all of it or nothing; the number of lines read.

        A store that only holds the edition it was founded with is empty too if the history begins with the same one,
        which then stays as it is. Raises StoreNotEmpty, HistoryBroken.
        """
        with self._writing("editions") as connection:
            founding = _founding(connection)
            number = 0
            for number, text in enumerate(lines, start=1):
                try:
                    _read(connection, number, json.loads(text), founding)
                except (ValueError, KeyError, TypeError, AttributeError, sa.exc.SQLAlchemyError) as error:
                    raise HistoryBroken(number, _first(error)) from error
            if number == 0:
                raise HistoryBroken(1, "there is none")
        self._lines.clear()
        return number


def _block_lines(connection: Connection) -> Iterator[str]:
    block = tables.edition_block
    editions = connection.scalars(sa.select(tables.edition.c.id).order_by(tables.edition.c.number)).all()
    for edition in editions:
        query = sa.select(block.c.neighbourhood, block.c.block_id).where(block.c.edition == edition)
        members: dict[str, list[int]] = {}
        for row in connection.execute(query.order_by(block.c.neighbourhood, block.c.block_id)):
            members.setdefault(row.neighbourhood, []).append(row.block_id)
        yield _line({"table": _BLOCKS, "edition": edition, "neighbourhoods": members})


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _founding(connection: Connection) -> str:
    """The edition a store was founded with, if it holds nothing else; "" if it holds nothing. Raises StoreNotEmpty."""
    editions = connection.execute(sa.select(tables.edition.c.id, tables.edition.c.draft)).all()
    others = [table for table in tables.HISTORY if table not in (tables.edition, tables.edition_block)]
    used = any(connection.execute(sa.select(table).limit(1)).first() for table in others)
    if used or len(editions) > 1 or (editions and editions[0].draft is not None):
        raise StoreNotEmpty
    return str(editions[0].id) if editions else ""


def _known(connection: Connection, name: str, record: Mapping[str, Any], founding: str) -> bool:
    """Whether a record tells of the founding edition, which is there already; ValueError if it is another one."""
    if name == tables.edition.name and record["id"] == founding:
        return True
    if name != _BLOCKS or record["edition"] != founding:
        return False
    block = tables.edition_block
    rows = connection.execute(sa.select(block.c.block_id, block.c.neighbourhood).where(block.c.edition == founding))
    there = {row.block_id: row.neighbourhood for row in rows}
    if there != {each: code for code, blocks in record["neighbourhoods"].items() for each in blocks}:
        raise ValueError(f"its edition {founding} has other boundaries than the one in the store")
    return True


def _read(connection: Connection, number: int, record: Mapping[str, Any], founding: str) -> None:
    if number == 1:
        if record["format"] != FORMAT or record["version"] != VERSION:
            raise ValueError(f"it is no history of version {VERSION}")
        return
    name = record["table"]
    if founding and _known(connection, name, record, founding):
        return
    if name == _BLOCKS:
        rows = [
            {"edition": record["edition"], "block_id": block, "neighbourhood": code}
            for code, blocks in record["neighbourhoods"].items()
            for block in blocks
        ]
        for start in range(0, len(rows), BATCH):
            connection.execute(sa.insert(tables.edition_block), rows[start : start + BATCH])
        return
    table = _TABLES[name]
    given = {key: value for key, value in record.items() if key != "table"}
    if set(given) != set(table.columns.keys()):
        raise ValueError(f"its fields are not those of {name}")
    values = {key: _typed(table.columns[key], value) for key, value in given.items()}
    connection.execute(sa.insert(table).values(values))


def _typed(column: sa.Column[Any], value: Any) -> Any:
    """A value as the column's type wants it."""
    if value is None:
        return None
    if isinstance(column.type, Moment):
        return datetime.fromisoformat(value)
    if isinstance(column.type, sa.Date):
        return date.fromisoformat(value)
    if isinstance(column.type, sa.LargeBinary):
        return base64.b64decode(value, validate=True)
    return value


def _first(error: Exception) -> str:
    told = getattr(error, "orig", None) or error
    text = str(told).strip().splitlines()
    return text[0].rstrip(".") if text else type(error).__name__
