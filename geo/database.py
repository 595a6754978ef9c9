"""One way to a database for everything the atlas writes down: SQLite in a file by default, PostgreSQL by its address.

SQLite runs in WAL mode with foreign keys and full synchronisation: what is committed is on the disk. A writer takes
the write lock when it begins, so that what it read is still true when it writes; the others wait for it.
Source: sqlite.org/pragma.html, sqlite.org/lang_transaction.html; docs.sqlalchemy.org, "Serializable isolation".
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

if TYPE_CHECKING:  # Alembic is read where a database is opened: an export from the shell opens none
    from alembic.config import Config

FILE: Final = "atlas.sqlite"
WAIT_SECONDS: Final = 30
"""How long a writer waits for another before it says that the database is busy."""
SCRIPTS: Final = Path(__file__).with_name("migrations")
WRITES: Final = "writes"


class DatabaseError(Exception):
    """A database that cannot be used: `what`, `reason`, `next_step`."""

    def __init__(self, what: str, *, reason: str, next_step: str) -> None:
        super().__init__(f"{what}: {reason}. {next_step}")
        self.what, self.reason, self.next_step = what, reason, next_step


class DatabaseUnreachable(DatabaseError):
    """The address is wrong, nobody answers there, or the file cannot be opened."""

    def __init__(self, url: URL, why: object) -> None:
        super().__init__(
            f"The database {url.render_as_string(hide_password=True)} cannot be used",
            reason=str(why).strip().splitlines()[0].rstrip("."),
            next_step="Start the database, or correct DATABASE_URL (without it a file beside the editions is used).",
        )


class DatabaseNewer(DatabaseError):
    """The database was written by a later version of the atlas."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            "The database cannot be used", reason=f"it is of a later version of the atlas ({revision})",
            next_step="Start that version, or name another database in DATABASE_URL.",
        )  # fmt: skip


class Moment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC to the microsecond; both kinds of database give back exactly what was written."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """UTC without its mark, as stored."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """UTC with its mark."""
        return None if value is None else value.replace(tzinfo=UTC)


def database_url(folder: Path) -> URL:
    """The address in DATABASE_URL, else of the file atlas.sqlite in `folder` (made when it is first opened).

    Raises DatabaseUnreachable when DATABASE_URL is no address.
    """
    named = os.environ.get("DATABASE_URL", "").strip()
    if not named:
        return URL.create("sqlite", database=str(folder / FILE))
    try:
        return _with_driver(make_url(named))
    except sa.exc.ArgumentError as error:
        raise DatabaseUnreachable(URL.create("unknown"), error) from error


def _with_driver(url: URL) -> URL:
    """PostgreSQL by psycopg, whichever of its names the address uses."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgres", "postgresql") else url


def open_engine(url: URL | str) -> Engine:
    """An engine for `url`; keep one a process (after a fork, open another). SQLite's folder is made.

    Raises DatabaseUnreachable when nobody answers or the file is no database.
    """
    address = _with_driver(make_url(url))
    if address.get_backend_name() == "sqlite":
        engine = _sqlite(address)
    else:
        engine = sa.create_engine(address, pool_pre_ping=True)
    try:
        with engine.connect():
            return engine
    except (sa.exc.DBAPIError, OSError) as error:
        engine.dispose()
        raise DatabaseUnreachable(address, getattr(error, "orig", error)) from error


def _sqlite(address: URL) -> Engine:
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(address, connect_args={"timeout": WAIT_SECONDS})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver shall not begin transactions of its own: _begin_sqlite does
    cursor = connection.cursor()
    _switch_to_wal(cursor)
    for pragma in ("foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _switch_to_wal(cursor: Any) -> None:
    """Several processes may open a new file at once; the switch does not wait for the others by itself."""
    import sqlite3

    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database throughout, whatever others write meanwhile."""
    level = (
        {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    with engine.connect().execution_options(**level) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, lock: str = "") -> Iterator[Connection]:
    """A transaction that is on the disk when the block ends, and undone when it raises.

    SQLite has one writer at a time. On PostgreSQL the writers of one `lock` (a draft, say) wait for one another until
    the end of the transaction; what they read afterwards is what the one before them left.
    """
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        if lock and connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(crc32(lock.encode()))))
        yield connection


def migrate(engine: Engine, versions: Path, version_table: str) -> None:
    """Bring the tables of one theme to the newest of the Alembic revisions in folder `versions`.

    `version_table` remembers how far its own theme is, so themes live side by side in one database. Several processes
    may call this at once: one migrates, in one transaction, and the others wait. Raises DatabaseNewer.
    """
    with engine.connect() as connection:
        if _is_newest(connection, versions, version_table):
            return
    with writing(engine, lock=f"migrate {version_table}") as connection:
        if not _is_newest(connection, versions, version_table):
            from alembic import command

            config = _config(versions)
            config.attributes.update(connection=connection, version_table=version_table)
            command.upgrade(config, "head")


def _is_newest(connection: Connection, versions: Path, version_table: str) -> bool:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError

    script = ScriptDirectory.from_config(_config(versions))
    current = MigrationContext.configure(connection, opts={"version_table": version_table}).get_current_revision()
    try:
        script.get_revision(current or "base")
    except CommandError as error:
        raise DatabaseNewer(str(current)) from error
    return current == script.get_current_head()


def _config(versions: Path) -> Config:
    from alembic.config import Config

    config = Config()
    settings = {"script_location": SCRIPTS, "version_locations": versions, "path_separator": "newline"}
    for name, value in settings.items():
        config.set_main_option(name, str(value).replace("%", "%%"))
    return config
