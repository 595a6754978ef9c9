"""Records to extracts: golden numbers counted by hand, and an old version that stays in force whatever goes wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data import build as building
from data.build import EditionMissing, TotalsDiffer, build, is_built
from data.contract import TableBroken, check_parquet, load_contract
from data.manifest import NoManifest, current_folder, edition_dir, extracts_dir, read_manifest, records_dir
from tests import tiny_district as tiny

JANUARY, FEBRUARY, MARCH = (pd.Timestamp(2020, month, 1) for month in (1, 2, 3))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny district, built."""
    root = tiny.write_district(tmp_path_factory.mktemp("tiny"))
    build(root)
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tiny district of the test's own, built once."""
    build(tiny.write_district(tmp_path))
    return tmp_path


def extract(root: Path, name: str) -> pd.DataFrame:
    frame: pd.DataFrame = pq.read_table(current_folder(root) / f"{name}.parquet").to_pandas()
    return frame


def value(root: Path, measure: str, code: str, month: pd.Timestamp) -> float | None:
    """The value that stands there; None where there is no row."""
    table = extract(root, "measure")
    when = pd.to_datetime(table["month"]) == month
    found = table[(table["measure"] == measure) & (table["code"] == code) & when]["value"]
    assert len(found) <= 1
    return float(found.iloc[0]) if len(found) else None


@pytest.mark.parametrize(
    ("measure", "code", "month", "expected"),
    [
        ("population", tiny.B4, pd.Timestamp(2019, 12, 1), 700),  # a year before the first month delivered
        ("population", tiny.B4, MARCH, 700),  # 2020 stands in its last month delivered
        ("population", tiny.DISTRICT, MARCH, 2800),
        ("population", tiny.ZONE, MARCH, 2200),
        ("population_60_plus", tiny.FIRST, MARCH, 120),
        ("collective_population", tiny.FORMER, MARCH, 28),
        ("area_km2", tiny.SECOND, MARCH, 1.0),
        ("neighbourhoods", tiny.ZONE, MARCH, 4),
        ("communities", tiny.SUBDISTRICT, MARCH, 2),
        ("events", tiny.A1, JANUARY, 1),
        ("events", tiny.A3, JANUARY, 0),  # the office delivered, nothing happened here
        ("events", tiny.DISTRICT, MARCH, 2),
        ("events", tiny.ZONE, MARCH, 1),
        ("events_counted", tiny.SUBDISTRICT, MARCH, 1),  # the attendance of E2 was not recorded
        ("events_recorded_in_time", tiny.SUBDISTRICT, MARCH, 1),  # seven days are in time, eight are not
        ("attendances", tiny.A1, JANUARY, 15),
        ("attendances", tiny.SECOND, JANUARY, 0),
        ("attendances_visiting", tiny.A1, JANUARY, 5),
        ("attendances_visiting", tiny.DISTRICT, MARCH, 0),
        ("attendances_home", tiny.B1, JANUARY, 5),
        ("attendances_home", tiny.DISTRICT, JANUARY, 15),
        ("attendances_first_time", tiny.DISTRICT, JANUARY, 4),
        ("attendances_60_plus", tiny.DISTRICT, JANUARY, 9),
        ("service_projects_door", tiny.FORMER, JANUARY, 1),
        ("project_beneficiaries", tiny.B4, MARCH, 0),
        ("service_offices", tiny.DISTRICT, JANUARY, 1),  # opened on the last day counts, on the next does not
        ("service_offices", tiny.DISTRICT, FEBRUARY, 2),
        ("office_open_days", tiny.ZONE, MARCH, 7),
        ("team_reaches", tiny.ZONE, JANUARY, 1),
        ("social_organisations", tiny.FIRST, JANUARY, 3),
        ("social_organisations", tiny.FIRST, MARCH, 3),  # one dissolved on the last day, one founded
        ("cases", tiny.B2, FEBRUARY, 2),
        ("cases_closed", tiny.B2, FEBRUARY, 1),
        ("case_close_hours", tiny.SECOND, FEBRUARY, 6.5),
        ("case_dispatch_hours", tiny.SECOND, FEBRUARY, 0.5),
        ("matters_opened", tiny.A3, JANUARY, 1),
        ("matter_days", tiny.A3, FEBRUARY, 30),
        ("reviews_resolved", tiny.A3, FEBRUARY, 1),
        ("approval_yes", tiny.FIRST, MARCH, 30),
        ("approval_responses", tiny.DISTRICT, MARCH, 40),
        ("functions", tiny.DISTRICT, MARCH, 6),
        ("functions_carried_out", tiny.DISTRICT, MARCH, 4),
        ("neighbourhoods_all_functions", tiny.SECOND, MARCH, 0),
        ("neighbourhoods_information", tiny.SUBDISTRICT, MARCH, 2),
        ("units", tiny.FIRST, MARCH, 3),  # one grid was delivered without its polygon
        ("units_coinciding", tiny.FIRST, MARCH, 2),
        ("neighbourhoods_compared", tiny.DISTRICT, MARCH, 3),
        ("neighbourhoods_three_in_one", tiny.A1, MARCH, 1),
        ("neighbourhoods_three_in_one", tiny.A2, MARCH, 0),
        ("gain_raters", tiny.DISTRICT, MARCH, 24),
        ("gain_within", tiny.FIRST, MARCH, 12 / 11 * (68_600 - 900**2 / 12)),
    ],
)
def test_a_measure_is_what_was_counted_by_hand(
    built: Path, measure: str, code: str, month: pd.Timestamp, expected: float
) -> None:
    assert value(built, measure, code, month) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("measure", "code", "month"),
    [
        ("events", tiny.A1, FEBRUARY),  # neither event nor project came in: nothing is known
        ("service_projects", tiny.DISTRICT, FEBRUARY),
        ("approval_yes", tiny.SECOND, MARCH),  # nobody was asked there
        ("approval_yes", tiny.A1, MARCH),  # finer than the records
        ("households", tiny.A1, pd.Timestamp(2019, 12, 1)),
        ("gain_within", tiny.SECOND, MARCH),  # the squares of the scores were not delivered
        ("neighbourhoods_compared", tiny.B1, MARCH),  # no polygons there
    ],
)
def test_what_is_not_known_has_no_row(built: Path, measure: str, code: str, month: pd.Timestamp) -> None:
    assert value(built, measure, code, month) is None


def test_every_area_is_counted_once_in_each_of_its_ancestors(built: Path) -> None:
    table = extract(built, "descendant")
    inside = table.groupby("ancestor").size().to_dict()
    expected = {tiny.DISTRICT: 13, tiny.FORMER: 11, tiny.SUBDISTRICT: 10, tiny.ZONE: 6, tiny.FIRST: 4, tiny.SECOND: 5}
    assert inside == expected | dict.fromkeys(tiny.HOODS, 1)


def test_attendance_is_rolled_up_and_never_broken_down_to_persons(built: Path) -> None:
    events = extract(built, "event_total").set_index("event_id")["attendances"]
    assert events["E1"] == 15
    assert pd.isna(events["E2"])
    flows = extract(built, "attendance_flow").set_index(["host", "home"])["attendances"].to_dict()
    assert flows == {(tiny.FIRST, tiny.FIRST): 10, (tiny.FIRST, tiny.SECOND): 5, (tiny.SECOND, tiny.SECOND): 8}
    ages = extract(built, "attendance_age_sex").groupby("age_band")["attendances"].sum().to_dict()
    assert ages == {"35-59": 6, "60-74": 4, "75+": 5, "unknown": 8}
    assert not (current_folder(built) / "attendance.parquet").exists()


def test_the_catalogue_says_how_measures_behave(built: Path) -> None:
    catalogue = extract(built, "measure_catalogue").set_index("measure")
    behaviour = catalogue["behaviour"]
    assert (behaviour["events"], behaviour["service_offices"], behaviour["population"]) == ("flow", "stock", "yearly")
    assert catalogue.loc["approval_yes", "grain_level"] == "community"
    assert str(catalogue.loc["population", "first_month"]) == "2019-12-01"
    rows = extract(built, "measure").groupby("measure").size()
    assert (catalogue["rows"] == rows.reindex(catalogue.index)).all()


def test_the_manifest_says_what_was_built(built: Path) -> None:
    manifest = read_manifest(built)
    assert manifest.data_until == "2020-03-31"
    assert manifest.demonstration is True
    assert manifest.rows["event_total"] == 3
    assert manifest.rows.keys() == manifest.bytes.keys() == manifest.tables.keys()
    assert set(load_contract().extracts) == set(manifest.rows)


def test_an_unchanged_input_builds_nothing(root: Path) -> None:
    before = read_manifest(root)
    steps: list[str] = []
    assert build(root, lambda step, _share: steps.append(step)) == before
    assert steps == ["compare", "unchanged"]


def test_a_damaged_extract_is_built_again(root: Path) -> None:
    broken = current_folder(root) / "measure.parquet"
    broken.write_bytes(b"")
    assert not is_built(root)
    build(root)
    assert value(root, "events", tiny.A1, JANUARY) == 1


def test_one_version_back_is_kept_and_older_ones_go(root: Path) -> None:
    versions = [read_manifest(root).version]
    for members in (10, 11):
        tiny.write_record(root, "service_team", [tiny.rows()["service_team"][0] | {"members": members}])
        versions.append(build(root).version)
    assert len(set(versions)) == 3
    left = {path.name for path in extracts_dir(root).glob("v*")}
    assert left == set(versions[1:])


def test_records_said_to_be_real_are_not_called_a_demonstration(root: Path) -> None:
    (records_dir(root) / "delivery.toml").write_text("demonstration = false\n", encoding="utf-8")
    assert build(root).demonstration is False


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("unreadable", "The table event cannot be used: the file event.parquet is not readable Parquet"),
        ("missing", "The table event cannot be used: the file event.parquet is missing"),
        ("enum", "the column kind has 1 values that the contract does not know (disco)"),
        ("area", "the column neighbourhood has 1 values that area does not have (320613001001999)"),
        ("double", "1 rows repeat the key event_id"),
        ("null", "the column name is empty in 1 rows"),
    ],
)
def test_a_broken_record_table_stops_the_build_with_its_sentence(root: Path, damage: str, sentence: str) -> None:
    before = read_manifest(root)
    path, events = records_dir(root) / "event.parquet", tiny.rows()["event"]
    changed = {
        "enum": [events[0] | {"kind": "disco"}, *events[1:]],
        "area": [events[0] | {"neighbourhood": "320613001001999"}, *events[1:]],
        "double": [*events, events[0]],
        "null": [events[0] | {"name": None}, *events[1:]],
    }
    if damage == "unreadable":
        path.write_bytes(path.read_bytes()[:200])
    elif damage == "missing":
        path.unlink()
    else:
        tiny.write_record(root, "event", changed[damage])
    with pytest.raises(TableBroken) as caught:
        build(root)
    assert sentence in str(caught.value)
    assert "subdistrict office" in caught.value.next_step
    assert read_manifest(root) == before
    assert not list(extracts_dir(root).glob(".part-*"))


def test_a_reference_to_an_unknown_event_is_found(root: Path) -> None:
    strange = tiny.rows()["attendance"][0] | {"event_id": "E9"}
    tiny.write_record(root, "attendance", [strange])
    with pytest.raises(TableBroken, match="the column event_id has 1 values that event does not have"):
        build(root)


def test_totals_that_change_on_the_way_stop_the_build(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_manifest(root)
    tiny.write_record(root, "service_team", [])
    tiny.write_record(root, "team_reach", [])
    tiny.write_record(root, "service_project", [])
    text = building.statement
    lossy = text("attendance_kind").replace("from event_total", "from event_total where month(held_on) = 3")
    monkeypatch.setattr(building, "statement", lambda name: lossy if name == "attendance_kind" else text(name))
    with pytest.raises(TotalsDiffer, match=r"attendances by kind 23\.00 became 8\.00"):
        build(root)
    assert read_manifest(root) == before


def test_without_an_edition_nothing_is_built(root: Path) -> None:
    (edition_dir(root) / "areas.parquet").unlink()
    with pytest.raises(EditionMissing, match=r"lacks areas\.parquet"):
        build(root)


def test_without_a_build_there_is_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(NoManifest, match="make data"):
        read_manifest(tmp_path)


KILLED_AT = """
import os, signal, sys
from pathlib import Path
from data.build import build

def progress(step, _share):
    if step == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

build(Path(sys.argv[1]), progress)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("step", ["check event", "measure", "totals", "disk"])
def test_a_killed_build_leaves_the_old_version_and_a_new_start_works(root: Path, step: str) -> None:
    before = read_manifest(root)
    tiny.write_record(root, "event", tiny.rows()["event"][:2])
    tiny.write_record(root, "attendance", tiny.rows()["attendance"][:2])
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT, str(root), step], cwd=Path(__file__).parents[1], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert read_manifest(root) == before
    for name, table in load_contract().extracts.items():
        if name not in {"blocks", "edges", "network"}:  # empty in the tiny district
            check_parquet(current_folder(root) / f"{name}.parquet", table)
    after = build(root)
    assert after.version != before.version
    assert value(root, "attendances", tiny.DISTRICT, JANUARY) == 10
    assert not list(extracts_dir(root).glob(".part-*"))


def test_the_demonstration_is_sorted_whole_and_small(extracts: Path) -> None:
    table = pq.read_table(extracts / "measure.parquet").to_pandas()
    assert table.equals(table.sort_values(["measure", "level", "code", "month"], ignore_index=True))
    assert table["value"].notna().all()
    assert table.groupby("level")["code"].nunique().to_dict() == {
        "community": 166, "district": 1, "former_district": 2, "neighbourhood": 1074, "subdistrict": 16, "zone": 2,
    }  # fmt: skip
    assert sum(path.stat().st_size for path in extracts.glob("*.parquet")) < 15_000_000


def test_zones_and_former_districts_never_count_twice(extracts: Path) -> None:
    table = pq.read_table(extracts / "measure.parquet", filters=[("measure", "=", "events")]).to_pandas()
    sums = table.groupby("level")["value"].sum()
    assert sums["former_district"] == sums["district"] == sums["neighbourhood"] == sums["subdistrict"]
    assert 0 < sums["zone"] < sums["district"]
