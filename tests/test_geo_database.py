"""The databases: their settings, migrations by several processes at once, and what is said when one can't be used."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo.database import (
    DatabaseNewer,
    DatabaseUnreachable,
    Moment,
    database_url,
    migrate,
    open_engine,
    reading,
    writing,
)
from tests.serving import ROOT

FIRST = '''"""One table with one row, slowly."""
import time
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0001", None
def upgrade() -> None:
    made = op.create_table("thing", sa.Column("name", sa.Text, primary_key=True))
    time.sleep(0.3)
    op.bulk_insert(made, [{"name": "first"}])
'''
OPENER = """
import sys
from pathlib import Path
from geo.database import migrate, open_engine
migrate(open_engine(sys.argv[1]), Path(sys.argv[2]), "version_thing")
"""


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    folder = tmp_path / "100 % versions"
    folder.mkdir()
    (folder / "first.py").write_text(FIRST, encoding="utf-8")
    return folder


def names(engine: sa.Engine) -> list[str]:
    with reading(engine) as connection:
        return sorted(connection.scalars(sa.select(sa.column("name")).select_from(sa.table("thing"))))


def test_processes_that_start_at_once_migrate_once(database: str, versions: Path) -> None:
    command = [sys.executable, "-c", OPENER, database, str(versions)]
    started = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(4)]
    said = [process.communicate(timeout=120)[1].decode() for process in started]
    assert [process.returncode for process in started] == [0] * 4, said
    assert names(open_engine(database)) == ["first"]


def test_themes_live_side_by_side(database: str, versions: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "first.py").write_text(FIRST.replace('"thing"', '"other"'), encoding="utf-8")
    engine = open_engine(database)
    for folder, table in ((versions, "version_thing"), (other, "version_other"), (versions, "version_thing")):
        migrate(engine, folder, table)
    assert set(sa.inspect(engine).get_table_names()) == {"thing", "other", "version_thing", "version_other"}


def test_a_database_of_a_later_version_is_refused(database: str, versions: Path) -> None:
    engine = open_engine(database)
    migrate(engine, versions, "version_thing")
    (versions / "first.py").write_text(FIRST.replace("0001", "0000"), encoding="utf-8")
    with pytest.raises(DatabaseNewer, match="later version of the atlas"):
        migrate(engine, versions, "version_thing")


def test_a_migration_that_fails_leaves_nothing(database: str, versions: Path) -> None:
    (versions / "first.py").write_text(FIRST + '    raise RuntimeError("power cut")\n', encoding="utf-8")
    engine = open_engine(database)
    with pytest.raises(RuntimeError, match="power cut"):
        migrate(engine, versions, "version_thing")
    assert sa.inspect(engine).get_table_names() == []


def test_what_raises_is_undone_and_what_ends_is_kept(database: str, versions: Path) -> None:
    engine = open_engine(database)
    migrate(engine, versions, "version_thing")
    thing = sa.table("thing", sa.column("name"))

    def fail() -> None:
        with writing(engine, "thing") as connection:
            connection.execute(sa.insert(thing).values(name="never"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with writing(engine, "thing") as connection:
        connection.execute(sa.insert(thing).values(name="second"))
    assert names(engine) == ["first", "second"]


def test_a_reader_sees_one_state_throughout(database: str, versions: Path) -> None:
    engine = open_engine(database)
    migrate(engine, versions, "version_thing")
    thing = sa.table("thing", sa.column("name"))
    counted = sa.select(sa.func.count()).select_from(thing)
    with reading(engine) as reader:
        before = reader.scalar(counted)
        with writing(engine) as connection:
            connection.execute(sa.insert(thing).values(name="second"))
        assert reader.scalar(counted) == before == 1
    assert names(engine) == ["first", "second"]


def test_sqlite_is_safe_by_its_settings(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'deep' / 'file.sqlite'}")
    with reading(engine) as connection:
        told = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")]
        assert [*told, connection.exec_driver_sql("PRAGMA synchronous").scalar()] == ["wal", 1, 2]


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8))])
def test_moments_come_back_as_they_were(database: str, zone: timezone) -> None:
    engine = open_engine(database)
    meta = sa.MetaData()
    table = sa.Table("moment", meta, sa.Column("at", Moment))
    meta.create_all(engine)
    at = datetime(2020, 7, 1, 8, 30, 15, 123456, tzinfo=zone)
    with writing(engine) as connection:
        connection.execute(sa.insert(table).values(at=at))
        back = connection.scalar(sa.select(table.c.at))
    assert back == at
    assert back is not None and back.utcoffset() == timedelta(0)


def test_the_address_is_a_file_unless_one_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert database_url(tmp_path).database == str(tmp_path / "atlas.sqlite")
    for named in ("postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"):
        monkeypatch.setenv("DATABASE_URL", named)
        assert database_url(tmp_path).drivername == "postgresql+psycopg"
    monkeypatch.setenv("DATABASE_URL", "no address")
    with pytest.raises(DatabaseUnreachable, match="correct DATABASE_URL"):
        database_url(tmp_path)


def test_an_unreachable_database_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable) as told:
        open_engine(f"postgresql://linli:secret@/none?host={tmp_path}")
    assert "secret" not in str(told.value) and "DATABASE_URL" in told.value.next_step
    (tmp_path / "notes.sqlite").write_text("this is no database, but a text that is long enough to be read as one")
    with pytest.raises(DatabaseUnreachable, match="not a database"):
        open_engine(f"sqlite:///{tmp_path / 'notes.sqlite'}")
