"""The queries' machinery: the rules of the .sql files, the locked connection, readers and versions, broken extracts."""

from __future__ import annotations

import importlib
import inspect
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from queries import errors
from queries.areas import areas
from queries.extracts import current_version
from queries.indicator_queries import indicator_by_area
from queries.run import FOLDER, Database, open_database, statement, statement_names
from tests.tiny_extracts import AREAS, DISTRICT, MILL_1, write_version

SPRING = date(2020, 1, 1), date(2020, 3, 31)


@pytest.fixture
def version(tmp_path: Path) -> Path:
    return write_version(tmp_path / "extracts" / "v1")


@pytest.fixture
def db(version: Path) -> Iterator[Database]:
    database = open_database(version)
    yield database
    database.close()


def functions() -> dict[str, list[Callable[..., pd.DataFrame]]]:
    """Functions defined in the package, by name."""
    found: dict[str, list[Callable[..., pd.DataFrame]]] = {}
    for path in sorted(FOLDER.glob("*.py")):
        module = importlib.import_module(f"queries.{path.stem}" if path.stem != "__init__" else "queries")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__:
                found.setdefault(name, []).append(function)
    return found


FUNCTIONS = functions()


@pytest.mark.parametrize("name", statement_names())
def test_a_query_is_one_select_that_states_its_grain(name: str) -> None:
    text = statement(name).text
    parsed = duckdb.extract_statements(text)
    assert text.startswith("-- One row per ")
    assert len(parsed) == 1
    assert parsed[0].type == duckdb.StatementType.SELECT


@pytest.mark.parametrize("name", statement_names())
def test_a_query_has_one_function_with_its_name_and_parameters(name: str) -> None:
    (function,) = FUNCTIONS[name]
    parameters = list(inspect.signature(function).parameters)
    assert parameters[0] == "db"
    assert set(parameters[1:]) == statement(name).parameters
    assert function.__doc__


def test_the_rules_have_queries_to_check() -> None:
    assert len(statement_names()) > 40


def test_attendance_breakdown_is_never_listed() -> None:
    """Rows by age and sex are only ever summed, and no query reads the attendance records themselves."""
    for name in statement_names():
        text = " ".join(statement(name).text.split())
        assert "from attendance " not in text
        if "attendance_age_sex.age_band" in text or "attendance_age_sex.*" in text:
            assert "group by attendance_age_sex.age_band, attendance_age_sex.sex" in text


def test_parameters_are_checked_by_name(db: Database) -> None:
    with pytest.raises(errors.ParametersWrong, match=r"misses \['code'\] and does not know \['area'\]"):
        db.frame("area_path", area=DISTRICT)


def test_types_do_not_depend_on_the_width_in_the_file(tmp_path: Path) -> None:
    folder = write_version(tmp_path / "v1")
    table = pq.read_table(folder / "area.parquet")
    narrow = table.set_column(
        table.schema.get_field_index("people"), "people", table["people"].cast(pa.int16())
    ).set_column(table.schema.get_field_index("area_km2"), "area_km2", table["area_km2"].cast(pa.float32()))
    pq.write_table(narrow, folder / "area.parquet")
    database = open_database(folder)
    found = areas(database)
    database.close()
    assert found["people"].dtype == "int64"
    assert found["area_km2"].dtype == "float64"
    assert found["code"].dtype == "str"


def test_whole_numbers_with_gaps_stay_whole(db: Database) -> None:
    found = db.frame(
        "records_event_total", area=DISTRICT, start=None, end=None, kind=None, brand=None, place=None, limit=9, offset=0
    )
    assert found["attendances"].dtype == "Int64"
    assert found["attendances"].isna().sum() == 1
    assert found["held_on"].dtype.kind == "M"


# ── what the connection may do ──


@pytest.mark.parametrize(
    "forbidden",
    [
        "select * from read_csv('{outside}')",
        "select * from read_text('{outside}')",
        "select * from '{outside}'",
        "select * from glob('{parent}/*')",
        "copy (select 1) to '{outside}'",
        "attach '{outside}' as other",
        "install httpfs",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "reset lock_configuration",
    ],
)
def test_nothing_outside_the_version_can_be_reached(db: Database, tmp_path: Path, forbidden: str) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(duckdb.Error):
        db._connection.cursor().execute(forbidden.format(outside=outside, parent=tmp_path)).fetchall()
    assert outside.read_text(encoding="utf-8") == "a,b\n1,2\n"


def test_a_folder_with_a_quote_in_its_name_opens(tmp_path: Path) -> None:
    database = open_database(write_version(tmp_path / "it's"))
    assert len(areas(database)) == len(AREAS)
    database.close()


# ── readers, threads and versions ──


def test_eight_threads_and_two_versions_get_their_own_answers(tmp_path: Path) -> None:
    databases = [open_database(write_version(tmp_path / f"v{n}", factor=float(n))) for n in (1, 2)]
    expected = {"attendances": 30.0, "service_teams": 3.0}

    def ask(call: int) -> tuple[float, float]:
        which, measure = call % 2, ("attendances", "service_teams")[call // 2 % 2]
        found = indicator_by_area(databases[which], measure, "population", "neighbourhood", DISTRICT, *SPRING)
        return float(found.set_index("code").at[MILL_1, "numerator"]), expected[measure] * (which + 1)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8 * 40)))
    for database in databases:
        database.close()
    assert [answer for answer, _ in answers] == [right for _, right in answers]


def test_the_connection_closes_with_its_last_reader(db: Database) -> None:
    with db.reading():
        db.close()
        assert not db.closed
        assert len(areas(db)) == len(AREAS), "who is reading may go on"
    assert db.closed
    with pytest.raises(errors.DatabaseClosed, match="v1 is closed"):
        areas(db)
    with pytest.raises(duckdb.ConnectionException):
        db._connection.execute("select 1")


def test_closing_waits_for_a_reader_in_another_thread(db: Database) -> None:
    entered, leave = threading.Event(), threading.Event()

    def read() -> int:
        with db.reading():
            entered.set()
            leave.wait(10)
            return len(areas(db))

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read)
        assert entered.wait(10)
        db.close()
        assert not db.closed
        leave.set()
        assert reader.result(10) == len(AREAS)
    assert db.closed


def test_a_reader_that_fails_does_not_keep_the_version_open(db: Database) -> None:
    with pytest.raises(errors.ParametersWrong):
        db.frame("areas", surplus=1)
    with pytest.raises(ZeroDivisionError), db.reading():
        _ = 1 / 0
    db.close()
    assert db.closed


# ── broken extracts ──


def test_every_missing_table_is_named(tmp_path: Path) -> None:
    folder = write_version(tmp_path / "v1")
    needed = {"area", "measure", "descendant", "service_team", "case", "published"}
    for name in needed:
        (folder / f"{name}.parquet").rename(tmp_path / "aside")
        with pytest.raises(errors.ExtractsMissing) as raised:
            open_database(folder)
        assert raised.value.table == name
        (tmp_path / "aside").rename(folder / f"{name}.parquet")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet at all, only words", b"PAR1" + bytes(4000) + b"PAR1"])
def test_a_corrupt_table_is_named(version: Path, content: bytes) -> None:
    (version / "measure.parquet").write_bytes(content)
    with pytest.raises(errors.ExtractCorrupt) as raised:
        open_database(version)
    assert raised.value.table == "measure"
    assert raised.value.reason and raised.value.next_step


def test_a_table_cut_short_is_corrupt(version: Path) -> None:
    whole = (version / "area.parquet").read_bytes()
    (version / "area.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(errors.ExtractCorrupt):
        open_database(version)


def test_a_table_damaged_inside_fails_its_query_only(version: Path) -> None:
    whole = bytearray((version / "measure.parquet").read_bytes())
    whole[4:400] = b"\xff" * 396
    (version / "measure.parquet").write_bytes(bytes(whole))
    database = open_database(version)
    with pytest.raises(errors.QueryFailed, match="indicator_by_area"):
        indicator_by_area(database, "attendances", "population", "neighbourhood", DISTRICT, *SPRING)
    assert len(areas(database)) == len(AREAS)
    database.close()
    assert database.closed


def test_a_missing_column_is_named(version: Path) -> None:
    table = pq.read_table(version / "service_team.parquet")
    pq.write_table(table.drop_columns(["founded_on"]), version / "service_team.parquet")
    with pytest.raises(errors.SchemaMismatch) as raised:
        open_database(version)
    assert (raised.value.table, raised.value.column) == ("service_team", "founded_on")


def test_a_column_of_another_type_is_refused(version: Path) -> None:
    table = pq.read_table(version / "measure.parquet")
    place = table.schema.get_field_index("value")
    pq.write_table(table.set_column(place, "value", table["value"].cast(pa.string())), version / "measure.parquet")
    with pytest.raises(errors.SchemaMismatch) as raised:
        open_database(version)
    assert raised.value.query.startswith(("delivered", "indicator_"))


def test_an_empty_or_absent_folder_is_missing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "absent"):
        with pytest.raises(errors.ExtractsMissing, match=name):
            open_database(tmp_path / name)


def test_the_manifest_names_the_version(tmp_path: Path, version: Path) -> None:
    manifest = version.parent / "manifest.json"
    manifest.write_text(json.dumps({"version": "v1"}), encoding="utf-8")
    assert current_version(tmp_path) == version
    manifest.write_text(json.dumps({"version": "v2"}), encoding="utf-8")
    with pytest.raises(errors.ExtractsMissing, match="v2"):
        current_version(tmp_path)
    manifest.unlink()
    with pytest.raises(errors.ExtractsMissing, match="manifest"):
        current_version(tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"version": 3}', '{"version": "../v1"}', '{"version": ""}'])
def test_a_broken_manifest_is_corrupt(tmp_path: Path, version: Path, content: str) -> None:
    (version.parent / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(errors.ExtractCorrupt) as raised:
        current_version(tmp_path)
    assert raised.value.table == "manifest"


def test_every_error_of_the_tree_is_drawn_on_top_of_its_file() -> None:
    drawn = errors.__doc__ or ""
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.QueriesError):
            assert f"{name} " in drawn
