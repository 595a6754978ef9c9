"""A database as a delivery: its tables read like sheets by DuckDB's scanners, from a real PostgreSQL and MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from data.imports import applying, loads
from data.imports.examine import Options, examine
from data.imports.mappings import Mappings
from tests import tiny_district as tiny
from tests.mariadb import Server, server
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


@pytest.fixture(scope="module")
def office() -> Iterator[Server]:
    """A MariaDB with the same two events, a clerk who may read them, and a database of somebody else."""
    values = dict(zip(EVENT_HEADERS, EVENT, strict=True)) | {"主办邻里": tiny.A1}
    kinds = {"举办日期": "date", "登记日期": "datetime"}
    heads = ", ".join(f"`{head}` {kinds.get(head, 'varchar(200)')}" for head in EVENT_HEADERS)
    rows = [values | {"活动编号": "E8"}, values | {"活动编号": "E9", "类别": "唱歌"}]
    cells = ", ".join("(" + ", ".join(f"'{row[head]}'" for head in EVENT_HEADERS) + ")" for row in rows)
    with server() as running:
        running.run(f"""
            create database office character set utf8mb4; create database others;
            create table others.活动 (活动编号 int);
            create table office.活动 ({heads}) character set utf8mb4; insert into office.活动 values {cells};
            create table office.settings (name varchar(9), size decimal(8, 2), flag bit(1), seen timestamp null);
            insert into office.settings values ('a', 1.5, b'1', null);
            create user clerk@'127.0.0.1' identified by '{PASSWORD}'; grant select on *.* to clerk@'127.0.0.1';
        """)
        yield running


PASSWORD = 'se"cr et'


@pytest.mark.slow
def test_tables_of_a_mysql_database_are_checked_kept_and_applied(office: Server, tmp_path: Path) -> None:
    root = tiny.write_district(tmp_path / "data")
    address = f"mysql://clerk:{quote(PASSWORD)}@127.0.0.1:{office.port}/office"
    found = examine([address], root, Options(block="rows"), Mappings())
    assert found.unread == [] and [typed.sheet.name for typed in found.sheets] == ["活动"]
    assert {finding.kind for finding in found.findings} >= {"not_allowed", "sheet_ignored"}
    (row,) = found.taken()[0].good.to_pylist()
    assert (row["event_id"], row["neighbourhood"], row["held_on"]) == ("E8", tiny.A1, date(2020, 5, 18))
    load = loads.stage(root, found, "clerk")
    assert "cr et" not in (root / "loads" / load.id / "load.json").read_text(encoding="utf-8")
    assert loads.stage(root, examine([address], root, Options(block="rows"), Mappings()), "clerk") == load
    assert applying.apply(root, load.id, "clerk", "checked").counts == {"event": (1, 0, 0)}
    (told,) = applying.origins(root, "event", {"event_id": ["E8"]}).to_pylist()
    assert (told["from_load"], told["from_file"], told["from_row"]) == ("L0001", "127.0.0.1/office", 2)


@pytest.mark.slow
def test_a_wrong_password_and_a_database_that_is_not_there_are_said_without_it(office: Server, tmp_path: Path) -> None:
    root = tiny.write_district(tmp_path / "data")
    wrong = f"mysql://clerk:{quote('not' + PASSWORD)}@127.0.0.1:{office.port}/office"
    missing = f"mysql://clerk:{quote(PASSWORD)}@127.0.0.1:{office.port}/nowhere"
    found = examine([wrong, missing], root, Options(), Mappings())
    assert [refused.kind for refused in found.unread] == ["database", "database"]
    assert not any("cr et" in refused.sentence("zh") for refused in found.unread)


def test_a_database_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    root = tiny.write_district(tmp_path / "data")
    found = examine([f"postgresql://linli:se%27cret@/postgres?host={tmp_path}"], root, Options(), Mappings())
    (refused,) = found.unread
    assert refused.kind == "database" and "cret" not in refused.sentence("zh") + refused.next_step("zh")
