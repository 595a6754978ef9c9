"""Tables of a PostgreSQL or MySQL database as sheets, read by DuckDB's scanners, which come as wheels like DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from urllib.parse import unquote, urlsplit

import duckdb

from data.imports.coded import Row, Sheet, sheet_of
from data.imports.problems import FileRefused

SCANNERS = {"postgresql": "postgres_scanner", "postgres": "postgres_scanner", "mysql": "mysql_scanner"}
TYPES = {"postgres_scanner": "postgres", "mysql_scanner": "mysql"}
BATCH = 20_000


def is_database(source: str) -> bool:
    """Whether a source is the address of a database rather than a file."""
    return urlsplit(source).scheme in SCANNERS


def read_database(address: str) -> list[Sheet]:
    """One sheet for each table of the database (of the schema after #, where one is given).

    `postgresql://user:password@host:5432/name#schema` or `mysql://…`. Raises FileRefused no_scanner or database.
    """
    parts = urlsplit(address)
    scanner = SCANNERS[parts.scheme]
    name = f"{parts.hostname or 'localhost'}{parts.path}"
    with duckdb.connect(":memory:") as connection:
        load_scanner(connection, scanner, name)
        try:
            _attach(connection, address, TYPES[scanner])
            tables = connection.table_function("duckdb_tables").filter("database_name = 'source'")
            wanted = f"schema_name = '{parts.fragment}'" if parts.fragment.isidentifier() else "true"
            found = tables.filter(wanted).project("schema_name, table_name").order("table_name").fetchall()
            return [_sheet(connection, schema, table, name) for schema, table in found]
        except duckdb.Error as error:
            raise FileRefused("database", name, why=_without_secret(str(error), parts.password)) from error


def load_scanner(connection: duckdb.DuckDBPyConnection, scanner: str, name: str) -> None:
    """Load the extension from its wheel; nothing is fetched from elsewhere."""
    try:
        wheel = resources.files(f"duckdb_extension_{scanner}") / "extensions" / f"v{duckdb.__version__}"
        with resources.as_file(wheel / f"{scanner}.duckdb_extension") as path:
            connection.load_extension(str(path))
    except (ImportError, OSError, duckdb.Error) as error:
        raise FileRefused("no_scanner", name, scanner=scanner) from error


def _attach(connection: duckdb.DuckDBPyConnection, address: str, kind: str) -> None:
    parts = urlsplit(address)
    said = {
        "host": parts.hostname or "localhost", "port": parts.port, "user": unquote(parts.username or ""),
        "passwd" if kind == "mysql" else "password": unquote(parts.password or ""),
        "database" if kind == "mysql" else "dbname": parts.path.lstrip("/"),
    }  # fmt: skip
    words = " ".join(f"{key}={_escaped(str(value))}" for key, value in said.items() if value)
    connection.execute(f"attach '{words.replace(chr(39), chr(39) * 2)}' as source (type {kind}, read_only)")


def _escaped(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _without_secret(message: str, password: str | None) -> str:
    first = message.splitlines()[0][:200]
    return first.replace(password, "***") if password else first


def _sheet(connection: duckdb.DuckDBPyConnection, schema: str, table: str, name: str) -> Sheet:
    relation = connection.table(f'source."{schema}"."{table}"')
    return sheet_of(f"{name}/{table}", table, _rows(relation))


def _rows(relation: duckdb.DuckDBPyRelation) -> Iterator[Row]:
    yield tuple(relation.columns)
    while batch := relation.fetchmany(BATCH):
        yield from batch
