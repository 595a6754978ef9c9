"""Tables of a PostgreSQL or MySQL database as sheets, read by DuckDB's scanners, which come as wheels like DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import duckdb

from data.imports.coded import Row, Sheet, sheet_of
from data.imports.problems import FileRefused

SCANNERS = {"postgresql": "postgres_scanner", "postgres": "postgres_scanner", "mysql": "mysql_scanner"}
TYPES = {"postgres_scanner": "postgres", "mysql_scanner": "mysql"}
SYSTEM = ("information_schema", "pg_catalog", "mysql", "performance_schema", "sys")
BATCH = 20_000


def is_database(source: str) -> bool:
    """Whether a source is the address of a database rather than a file."""
    return urlsplit(source).scheme in SCANNERS


def name_of(address: str) -> str:
    """What a database is called in reports: its machine and its name, never who asks with which password."""
    parts = urlsplit(address)
    return f"{parts.hostname or 'localhost'}{parts.path}"


def read_database(address: str) -> list[Sheet]:
    """One sheet for each table of the database (of the schema after #, where one is given).

    `postgresql://user:password@host:5432/name#schema` or `mysql://…`; `?host=FOLDER` names the folder of a local
    server's socket. Raises FileRefused no_scanner or database.
    """
    parts = urlsplit(address)
    scanner = SCANNERS[parts.scheme]
    name = name_of(address)
    with duckdb.connect(":memory:") as connection:
        load_scanner(connection, scanner, name)
        try:
            _attach(connection, address, TYPES[scanner])
            tables = connection.table_function("duckdb_tables").filter("database_name = 'source'")
            known = tables.project("schema_name, table_name").order("schema_name, table_name").fetchall()
            found = [(schema, table) for schema, table in known if _is_wanted(schema, parts)]
            return [_sheet(connection, schema, table, name) for schema, table in found]
        except duckdb.Error as error:
            raise FileRefused("database", name, why=_without_secret(str(error), parts.password)) from error


def _is_wanted(schema: str, parts: SplitResult) -> bool:
    """The schema asked for; without one, in MySQL that of the database, elsewhere all but the server's own."""
    asked = parts.fragment or (parts.path.lstrip("/") if parts.scheme == "mysql" else "")
    return schema == asked if asked else schema not in SYSTEM


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
    socket = parse_qs(parts.query).get("host", [""])[0]
    said = {
        "host": socket or parts.hostname or "localhost", "port": parts.port, "user": unquote(parts.username or ""),
        "passwd" if kind == "mysql" else "password": unquote(parts.password or ""),
        "database" if kind == "mysql" else "dbname": parts.path.lstrip("/"),
    }  # fmt: skip
    quote = '"' if kind == "mysql" else "'"
    words = " ".join(f"{key}={_escaped(str(value), quote)}" for key, value in said.items() if value)
    connection.execute(f"attach '{words.replace(chr(39), chr(39) * 2)}' as source (type {kind}, read_only)")


def _escaped(value: str, quote: str) -> str:
    """A value as the client library of each database quotes it in a line of settings."""
    return quote + value.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote


def _without_secret(message: str, password: str | None) -> str:
    """What a database said, without the settings that the scanners repeat before it, the password among them."""
    said = message.splitlines()[0].rpartition('": ')[2]
    plain = {password, unquote(password)} if password else set[str]()
    quoted = {_escaped(secret, quote)[1:-1] for secret in plain for quote in "\"'"}
    for secret in sorted(plain | quoted, key=len, reverse=True):
        said = said.replace(secret, "***")
    return said[:200]


def _sheet(connection: duckdb.DuckDBPyConnection, schema: str, table: str, name: str) -> Sheet:
    relation = connection.table(f'source."{schema}"."{table}"')
    return sheet_of(name, table, _rows(relation))


def _rows(relation: duckdb.DuckDBPyRelation) -> Iterator[Row]:
    yield tuple(relation.columns)
    while batch := relation.fetchmany(BATCH):
        yield from batch
