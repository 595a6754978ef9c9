"""Runs the .sql files of this folder on one version of the extracts: a locked connection a version, a cursor a call."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd

from queries.errors import DatabaseClosed, ExtractCorrupt, ExtractsMissing, ParametersWrong, QueryFailed, SchemaMismatch
from queries.guards import guarded
from queries.suppression import threshold
from queries.withheld_kept import Cells
from queries.withholding import Withholding

FOLDER = Path(__file__).parent
REBUILD = "Build the extracts again with `make data`"

Texts = Sequence[str] | None


def texts(values: Texts) -> list[str] | None:
    """A list filter as a query takes it: None asks for all."""
    return None if values is None else list(values)


@dataclass(frozen=True)
class Statement:
    """One query: its name, its text and the names of its parameters."""

    name: str
    text: str
    parameters: frozenset[str]


@cache
def statement(name: str) -> Statement:
    """The statement in `<name>.sql`; the text is read and parsed once a process."""
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return Statement(name, text, frozenset(duckdb.extract_statements(text)[0].named_parameters))


def statement_names() -> list[str]:
    """The names of all queries, in alphabetical order."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


class Database:
    """The extracts of one data version, open for reading by many threads at once.

    A connection shared by threads mixes up results, so every call works on a cursor of its own. `close()` may be called
    while others read: new calls are refused from then on, and the last reader closes the connection.
    """

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection, small_count: int | None = None) -> None:
        self.version = folder.name
        k = threshold() if small_count is None else small_count
        self._withholding = Withholding(self, k, folder, _withheld_before)
        self._connection = connection
        self._lock = threading.Lock()
        self._readers = 0
        self._closing = False
        # More queries at once than this only wait for each other inside DuckDB, with more memory.
        self._slots = threading.BoundedSemaphore(2 * (os.cpu_count() or 1))

    @property
    def closed(self) -> bool:
        """True once the connection is really closed: `close()` was called and the last reader has left."""
        return self._closing and self._readers == 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Keeps this version open while the body runs, also when a newer version replaces it meanwhile."""
        with self._lock:
            if self._closing and self._readers == 0:
                raise DatabaseClosed(
                    f"data version {self.version} is closed",
                    reason="a newer version of the extracts has replaced it",
                    next_step="Ask again: the current version answers",
                )
            self._readers += 1
        try:
            yield
        finally:
            with self._lock:
                self._readers -= 1
                self._close_if_unused()

    def close(self) -> None:
        """Refuses new readers and closes the connection when the present ones are done; a second call is harmless."""
        with self._lock:
            if not self._closing:
                self._closing = True
                self._close_if_unused()

    def _close_if_unused(self) -> None:
        if self._closing and self._readers == 0:
            self._connection.close()

    @property
    def small_count(self) -> int:
        """Counts of people below this are not told."""
        return self._withholding.k

    def keep_withheld(self, folder: Path, heard: Callable[[float], None] = lambda _share: None) -> None:
        """Write which cells are withheld beside the extracts in `folder`, so that readers need not work it out.

        `heard` is told the share done.
        """
        self._withholding.keep(folder, heard)

    def frame(self, query: str, **parameters: object) -> pd.DataFrame:
        """Rows of a query by name: text as str, dates as datetime64, whole numbers as int64 (Int64 with gaps).

        Every answer passes queries/guards.py, which takes out the counts that are too small to be told.
        """
        with self.reading():
            return guarded(self._withholding, query, lambda asked: self.counted(query, **asked), parameters)

    def counted(self, query: str, **parameters: object) -> pd.DataFrame:
        """The rows of `frame` before anything is withheld: for queries/withholding.py, never for what is shown."""
        asked = statement(query)
        _check_parameters(asked, parameters)
        with self.reading(), self._slots:
            cursor = self._connection.cursor()
            try:
                return _typed(cursor.execute(asked.text, parameters).df())
            except duckdb.Error as error:
                raise _failed(query, error) from error
            finally:
                cursor.close()


def _withheld_before(folder: Path, table: str, k: int) -> Cells:
    """What the version in another folder withholds of a table. Raises FileNotFoundError where it is not kept."""
    if not (folder / "area.parquet").is_file():
        raise FileNotFoundError(folder)
    with closing(open_database(folder, k)) as before:
        return before._withholding.named(table)


def _check_parameters(asked: Statement, given: Mapping[str, object]) -> None:
    if asked.parameters != given.keys():
        missing, surplus = sorted(asked.parameters - given.keys()), sorted(given.keys() - asked.parameters)
        raise ParametersWrong(
            f"query {asked.name} cannot run",
            reason=f"it misses {missing} and does not know {surplus}",
            next_step=f"Give exactly {sorted(asked.parameters)}",
        )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with one integer type and one floating type, whatever widths the files have."""
    types: dict[str, str] = {}
    for column, kind in frame.dtypes.items():
        if pd.api.types.is_integer_dtype(kind):
            types[str(column)] = "Int64" if frame[column].isna().any() else "int64"
        elif pd.api.types.is_float_dtype(kind):
            types[str(column)] = "float64"
    return frame.astype(types)


def _failed(query: str, error: duckdb.Error) -> QueryFailed:
    return QueryFailed(
        f"query {query} gave no answer",
        reason=_first_line(error),
        next_step=f"Reload the page; if it happens again, {REBUILD[0].lower()}{REBUILD[1:]}",
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")


def open_database(version_dir: Path, small_count: int | None = None) -> Database:
    """The extracts in one version folder as a read-only, locked database.

    Counts of people below `small_count` are withheld (None: LINLI_SMALL_COUNT, else 10; 1 withholds nothing).
    Only the Parquet files of this folder can be read through it. Raises ExtractsMissing, ExtractCorrupt or
    SchemaMismatch when the folder does not hold what the queries of this package need.
    """
    if not version_dir.is_dir():
        raise ExtractsMissing(
            f"data version {version_dir.name} cannot be opened", reason="its folder does not exist", next_step=REBUILD
        )
    options: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = duckdb.connect(":memory:", config=options)
    try:
        _create_views(connection, version_dir)
        _lock(connection, version_dir)
        for name in statement_names():
            _bind(connection, statement(name))
    except BaseException:
        connection.close()
        raise
    return Database(version_dir, connection, small_count)


def _create_views(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """A view for each Parquet file, by its name, and `extract_file`: one row per file, with its number of rows."""
    paths = sorted(folder.resolve().glob("*.parquet"))
    if not paths:
        raise ExtractsMissing(
            f"data version {folder.name} cannot be opened", reason="its folder holds no Parquet file", next_step=REBUILD
        )
    for path in paths:
        try:
            connection.read_parquet(str(path)).create_view(path.stem)
        except duckdb.Error as error:
            raise ExtractCorrupt(
                f"table {path.stem} cannot be read", reason=_first_line(error), next_step=REBUILD, table=path.stem
            ) from error
    connection.table_function("parquet_file_metadata", [[str(path) for path in paths]]).create_view("extract_file")


def _lock(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Nothing outside the folder can be read from here on, and no setting can be changed back."""
    allowed = str(folder.resolve()).replace("'", "''")
    connection.execute(f"set allowed_directories = ['{allowed}']")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def _bind(connection: duckdb.DuckDBPyConnection, asked: Statement) -> None:
    """Plans the query without running it, so that a missing table or column is found on opening, not on a page."""
    try:
        connection.execute("explain " + asked.text, dict.fromkeys(asked.parameters))
    except duckdb.CatalogException as error:
        table = _quoted(r"Table with name (\w+) does not exist", error)
        raise ExtractsMissing(
            f"table {table or 'of query ' + asked.name} is missing",
            reason=f"query {asked.name} needs it and the version folder has no such file",
            next_step=REBUILD,
            table=table,
        ) from error
    except duckdb.BinderException as error:
        table, column = _quoted(r'(?:list|Table) "(\w+)" does not', error), _quoted(r'column (?:named )?"(\w+)"', error)
        raise SchemaMismatch(
            f"the extracts do not fit query {asked.name}",
            reason=_first_line(error),
            next_step=REBUILD,
            table=table,
            query=asked.name,
            column=column,
        ) from error


def _quoted(pattern: str, error: Exception) -> str:
    found = re.search(pattern, str(error))
    return found.group(1) if found else ""
