"""Sums over attendance: made anew only where rows changed, and always what summing everything gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import storage
from data.aggregates import SUMS, aggregate
from data.build import build
from data.contract import TableBroken, load_contract
from data.engines import ClusterUnreachable, DuckEngine, EngineUnknown, SparkEngine, engine, last_words
from data.manifest import current_folder
from tests import tiny_district as tiny

OTHER = "320613002001001"  # a neighbourhood of another subdistrict
HOODS = (tiny.A1, tiny.B1, OTHER)
EVENTS = [("E1", tiny.A1, date(2019, 1, 5)), ("E2", tiny.B1, date(2019, 1, 9)), ("E3", OTHER, date(2019, 2, 1)),
          ("E4", tiny.A1, date(2020, 1, 5)), ("E5", OTHER, date(2020, 1, 5))]  # fmt: skip
KEYS = [(event, home, age, sex, first) for event, _, _ in EVENTS for home in HOODS for age in ("35-59", "75+")
        for sex in ("female", "unknown") for first in (True, False)]  # fmt: skip
Attendance = dict[tuple[str, str, str, str, bool], int]
attendance = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 50), max_size=25)


class Listening(DuckEngine):
    """DuckDB that remembers which events it was asked to sum."""

    asked: list[set[str]]

    def run(self, statements: Mapping[str, str], tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        if "attendance_home" in statements:
            self.asked.append(set(tables["wanted_event"]["event_id"].to_pylist()))
        return super().run(statements, tables)


class Place:
    """Attendance in a folder, with the small tables that its sums need."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.extracts = folder / "extracts"
        self.extracts.mkdir(exist_ok=True)
        self.small = duckdb.connect(":memory:")
        self.of_events(EVENTS)
        self.small.register("edition_area", pa.table({"code": list(HOODS)}))

    def of_events(self, events: list[tuple[str, str, date]]) -> None:
        ids, hosts, days = zip(*events, strict=True)
        self.small.register("record_event", pa.table({"event_id": ids, "neighbourhood": hosts, "held_on": days}))

    def sums(self, rows: Attendance, *, keep: bool = True) -> tuple[dict[str, list[dict[str, object]]], set[str]]:
        """The sums over these rows, sorted, and the events that were asked for."""
        names = list(load_contract().records["attendance"].columns)
        columns = list(zip(*((*key, people) for key, people in rows.items()), strict=True)) or [[] for _ in names]
        types = [pa.string()] * 4 + [pa.bool_(), pa.int64()]
        arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
        pq.write_table(pa.table(arrays, names=names), self.folder / "attendance.parquet")
        if not keep:
            for old in self.extracts.glob("aggregates-*"):
                for path in old.iterdir():
                    path.unlink()
        place = storage.place(str(self.folder))
        listening = Listening(place, "attendance", self.folder / "spill")
        object.__setattr__(listening, "asked", [])
        made = aggregate(place, self.extracts, load_contract(), self.small, listening, lambda _step, _share: None)
        told = {name: sorted(made[name].to_pylist(), key=repr) for name in SUMS}
        return told, set().union(*listening.asked)


@settings(max_examples=40)  # two or three small builds each
@given(first=attendance, second=attendance)
def test_sums_after_a_change_are_those_of_a_fresh_start(
    tmp_path_factory: pytest.TempPathFactory, first: Attendance, second: Attendance
) -> None:
    place = Place(tmp_path_factory.mktemp("sums"))
    place.sums(first)
    assert place.sums(second)[0] == place.sums(second, keep=False)[0]


def test_a_second_build_sums_nothing_again(tmp_path: Path) -> None:
    place = Place(tmp_path)
    rows = dict.fromkeys(KEYS, 2)
    told, asked = place.sums(rows)
    assert asked == {event for event, _, _ in EVENTS}
    assert place.sums(rows) == (told, set())


def test_only_the_month_and_subdistrict_that_changed_are_summed_again(tmp_path: Path) -> None:
    place = Place(tmp_path)
    rows = dict.fromkeys(KEYS, 2)
    place.sums(rows)
    told, asked = place.sums(rows | {("E1", tiny.A1, "75+", "female", True): 9})
    assert asked == {"E1", "E2"}  # the same office and month; neither another office nor another month
    assert sum(row["attendances"] for row in told["attendance_home"]) == 2 * len(KEYS) + 7
    assert sum(row["attendances"] for row in told["attendance_people"]) == 2 * len(KEYS) + 7


def test_an_event_that_moves_takes_its_attendance_along(tmp_path: Path) -> None:
    place = Place(tmp_path)
    rows: Attendance = {("E1", tiny.A1, "75+", "female", True): 4}
    place.sums(rows)
    place.of_events([("E1", OTHER, date(2020, 3, 1)), *EVENTS[1:]])
    told, _ = place.sums(rows)
    assert [(row["host"], row["month"], row["attendances"]) for row in told["attendance_home"]] == [
        (OTHER, date(2020, 3, 1), 4)
    ]
    assert [row["year"] for row in told["attendance_people"]] == [2020]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({("E9", tiny.A1, "75+", "female", True): 1}, "event_id has 1 values that event does not have"),
        ({("E1", "320613009001001", "75+", "female", True): 1}, "home_neighbourhood has the value 320613009001001"),
        ({("E1", tiny.A1, "80+", "female", True): 1}, "age_band has the value 80\\+, which the contract does not have"),
        ({("E1", tiny.A1, "75+", "f", True): 1}, "sex has the value f, which the contract does not have"),
    ],
)
def test_rows_that_are_not_what_the_contract_says_stop_it(tmp_path: Path, change: Attendance, sentence: str) -> None:
    place = Place(tmp_path)
    place.sums({KEYS[0]: 1})
    with pytest.raises(TableBroken, match=sentence):
        place.sums({KEYS[0]: 1} | change)


def test_a_repeated_key_stops_the_build(tmp_path: Path) -> None:
    root = tiny.write_district(tmp_path)
    row = tiny.rows()["attendance"][0]
    tiny.write_record(root, "attendance", [row, row])
    with pytest.raises(TableBroken, match="1 rows repeat the key event_id × home_neighbourhood"):
        build(root)


def test_attendance_may_stand_in_parts_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tiny.write_district(tmp_path / "here")
    build(root)
    before = pq.read_table(current_folder(root) / "measure.parquet")
    rows = pq.read_table(root / "records" / "attendance.parquet")
    parts = tmp_path / "there" / "attendance"
    parts.mkdir(parents=True)
    for number in range(2):
        pq.write_table(rows.slice(2 * number, 2), parts / f"part-{number}.parquet")
    monkeypatch.setenv(storage.RECORDS, str(parts.parent))
    build(root)
    assert pq.read_table(current_folder(root) / "measure.parquet").equals(before)


def test_an_engine_that_does_not_exist_or_answer_is_told(tmp_path: Path) -> None:
    place = storage.place(str(tmp_path))
    with pytest.raises(EngineUnknown, match="Choose one of duckdb, spark"):
        engine("oracle", place, "attendance", tmp_path)
    with pytest.raises(ClusterUnreachable, match="none is named"):
        SparkEngine(place, "attendance", "", "python3", place).run({}, {})
    with pytest.raises(ClusterUnreachable, match=r"nobody answers at spark://127\.0\.0\.1:9"):
        SparkEngine(place, "attendance", "spark://127.0.0.1:9", "python3", place).run({}, {})
    with pytest.raises(ClusterUnreachable, match="cannot be started"):
        SparkEngine(place, "attendance", "local[1]", str(tmp_path / "no-python"), place).run({}, {})


def test_of_a_long_log_the_error_is_told() -> None:
    assert last_words("INFO a\nValueError: the file is gone.\nINFO bye") == "ValueError: the file is gone."
    grpc = '  RpcError: <RPC that terminated with:\n\tstatus = UNKNOWN\n\tdetails = "message too large"\n>'
    assert last_words(grpc) == "message too large."
    trace = "OutOfMemoryError: no heap\n\tat org.util.SparkErrorUtils.try(SparkErrorUtils.scala:83)"
    assert last_words(trace) == "OutOfMemoryError: no heap."
    assert last_words("") == "it said nothing."
