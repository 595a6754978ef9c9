"""A database as a delivery: its tables read like sheets by DuckDB's scanner, from a real PostgreSQL."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from data.imports import applying, loads
from data.imports.examine import Options, examine
from data.imports.mappings import Mappings
from tests import tiny_district as tiny
from tests.office_files import EVENT, EVENT_HEADERS
from tests.postgres import Cluster

SCHEMA = "office"


@pytest.fixture
def address(postgres: Cluster) -> str:
    """A schema with a table of two events and one of something else; what an office's platform holds."""
    url = postgres.url(SCHEMA)
    engine = sa.create_engine(url)
    kinds = {"举办日期": sa.Date(), "登记日期": sa.DateTime()}
    event = sa.Table("活动", sa.MetaData(), *(sa.Column(head, kinds.get(head, sa.Text())) for head in EVENT_HEADERS))
    other = sa.Table("settings", sa.MetaData(), sa.Column("key", sa.Text()), sa.Column("value", sa.Numeric(8, 2)))
    values = dict(zip(EVENT_HEADERS, EVENT, strict=True)) | {"主办邻里": tiny.A1}
    values |= {"举办日期": date(2020, 5, 18), "登记日期": date(2020, 5, 20)}
    with engine.begin() as connection:
        event.create(connection)
        other.create(connection)
        connection.execute(event.insert(), [values | {"活动编号": "E8"}, values | {"活动编号": "E9", "类别": "唱歌"}])
        connection.execute(other.insert(), [{"key": "a", "value": 1}])
    engine.dispose()
    return f"postgresql://linli:secret@/postgres?host={postgres.folder}#{SCHEMA}"


def test_tables_of_a_schema_are_checked_kept_and_applied_like_sheets(address: str, tmp_path: Path) -> None:
    root = tiny.write_district(tmp_path / "data")
    found = examine([address], root, Options(block="rows"), Mappings())
    assert found.unread == [] and [typed.sheet.name for typed in found.sheets] == ["活动"]
    assert {finding.kind for finding in found.findings} >= {"not_allowed", "sheet_ignored"}
    assert found.taken()[0].good.column("event_id").to_pylist() == ["E8"]
    load = loads.stage(root, found, "clerk")
    assert "secret" not in (root / "loads" / load.id / "load.json").read_text(encoding="utf-8")
    assert loads.stage(root, examine([address], root, Options(block="rows"), Mappings()), "clerk") == load
    done = applying.apply(root, load.id, "clerk", "checked")
    assert done.counts == {"event": (1, 0, 0)}
    (told,) = applying.origins(root, "event", {"event_id": ["E8"]}).to_pylist()
    assert (told["from_load"], told["from_sheet"], told["from_row"]) == ("L0001", "活动", 2)


def test_a_database_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    root = tiny.write_district(tmp_path / "data")
    found = examine([f"postgresql://linli:secret@/postgres?host={tmp_path}"], root, Options(), Mappings())
    (refused,) = found.unread
    assert refused.kind == "database" and "secret" not in refused.sentence("zh") + refused.next_step("zh")
