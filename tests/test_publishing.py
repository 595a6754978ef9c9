"""Publishing an edition: what moves with the boundaries, that readers see one edition whole, and that it survives."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data import __main__ as command
from data import prepare
from data.build import EditionMissing
from data.contract import check_parquet, load_contract
from data.crosswalk import crosswalk, successors
from data.editions import EditionLost, build_edition, edition_due, plan_of, put_in_force, settle
from data.locks import held
from data.manifest import EDITION, current_folder, edition_dir, extracts_dir, read_manifest, unit_files
from data.next_edition import named
from data.publishing import (
    PublishingBusy,
    PublishingFailed,
    edition_id,
    publish_draft,
    start_publishing,
)
from data.static_assets import read_static
from geo.operations import Rename
from geo.store_errors import WrongState
from geo.store_records import Succession
from tests import tiny_district as tiny
from tests.edition_place import APPROVER, DAY, PLANNER, approved_draft, opened, publication, write_place
from tests.test_publish import quiet


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_place(tmp_path_factory.mktemp("place"))


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the place, with a store of its own in SQLite."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return Path(shutil.copytree(made, tmp_path / "data"))


def publish(place: Path, day: date = DAY) -> str:
    draft = approved_draft(opened(place))
    return publish_draft(place, publication(draft, day=day), quiet, place / "static").id


def value(folder: Path, measure: str, code: str, month: date = date(2020, 3, 1)) -> float | None:
    rows = pd.read_parquet(folder / "measure.parquet")
    found = rows[(rows["measure"] == measure) & (rows["code"] == code) & (rows["month"] == month)]["value"]
    return float(found.iloc[0]) if len(found) else None


# ── what becomes of figures ──


def blocks(*rows: tuple[int, str, int]) -> gpd.GeoDataFrame:
    """block_id, neighbourhood, households; unit squares in a row."""
    table = pd.DataFrame(rows, columns=["block_id", "neighbourhood", "households"])
    return gpd.GeoDataFrame(table, geometry=[shapely.box(i % 10, 0, i % 10 + 1, 1) for i in table["block_id"]])


def test_shares_are_those_of_the_households() -> None:
    before = blocks((0, "A", 30), (1, "A", 10), (2, "B", 0), (3, "B", 0), (4, "C", 5))
    after = blocks((0, "A", 30), (1, "B", 10), (2, "B", 0), (3, "D", 0), (4, "D", 5))
    table = crosswalk(before, after).set_index(["former", "code"])
    assert table["share"].to_dict() == {
        ("A", "A"): 0.75, ("A", "B"): 0.25, ("B", "B"): 0.5, ("B", "D"): 0.5, ("C", "D"): 1.0,
    }  # fmt: skip
    assert successors(table.reset_index()) == {"A": "A", "B": "B", "C": "D"}
    assert table["heir"].to_dict()[("A", "B")], "all households of B came from A"


def test_pieces_of_a_divided_block_belong_to_what_they_lie_in() -> None:
    before = blocks((0, "A", 30), (1, "B", 10))
    after = blocks((1, "B", 10), (100, "A", 20), (110, "C", 10))
    after.geometry = [shapely.box(1, 0, 2, 1), shapely.box(0, 0, 0.5, 1), shapely.box(0.5, 0, 1, 1)]
    shares = crosswalk(before, after).set_index(["former", "code"])["share"]
    assert shares.round(6).to_dict() == {("A", "A"): 0.666667, ("A", "C"): 0.333333, ("B", "B"): 1.0}


def test_counts_go_with_the_households_and_nothing_is_lost(place: Path) -> None:
    """A1 gave a quarter of its households to A2; B2 went to B1 whole."""
    publish(place)
    new, old = current_folder(place), extracts_dir(place) / read_manifest(place, EDITION).version
    for measure in ("population", "attendances_home"):
        was = {code: value(old, measure, code) or 0.0 for code in tiny.HOODS}
        now = {code: value(new, measure, code) or 0.0 for code in tiny.HOODS}
        assert now[tiny.A1] == pytest.approx(0.75 * was[tiny.A1])
        assert now[tiny.A2] == pytest.approx(was[tiny.A2] + 0.25 * was[tiny.A1])
        assert now[tiny.B1] == pytest.approx(was[tiny.B1] + was[tiny.B2])
        assert (now[tiny.B2], now[tiny.B3]) == (0.0, was[tiny.B3])
        for above in (tiny.FIRST, tiny.SECOND, tiny.SUBDISTRICT, tiny.DISTRICT):
            assert value(new, measure, above) == pytest.approx(value(old, measure, above))
    assert value(new, "neighbourhoods", tiny.DISTRICT) == 6
    assert value(new, "neighbourhoods", tiny.A2) == 1
    assert value(new, "households_by_block", tiny.A2) == 225


def test_lists_go_to_what_succeeded_and_every_table_keeps_the_contract(place: Path) -> None:
    publish(place)
    folder = current_folder(place)
    reached = pd.read_parquet(folder / "team_reach.parquet")
    assert set(reached["neighbourhood"]) == {tiny.A1, tiny.B1}, "B2 is B1 now"
    for name, table in load_contract().extracts.items():
        check_parquet(folder / f"{name}.parquet", table)
    area = pd.read_parquet(folder / "area.parquet").set_index("code")
    assert tiny.B2 not in area.index
    assert area.loc[tiny.B1, "area_km2"] == pytest.approx(0.04)
    homes = pd.read_parquet(folder / "blocks.parquet").set_index("block_id")["neighbourhood"]
    assert homes[[1, 5, 13]].tolist() == [tiny.A2, tiny.B1, tiny.B1]
    assert set(pd.read_parquet(folder / "reach.parquet")["neighbourhood"]) == set(homes)


def test_offices_go_where_they_stand(place: Path) -> None:
    """An office moved on paper into a block that A1 gave away is counted in A2 afterwards."""
    corner = gpd.read_parquet(edition_dir(place) / "blocks.parquet").set_index("block_id").geometry[1].centroid
    rows = tiny.rows()["service_office"]
    rows[0] |= {"lon": corner.x, "lat": corner.y}
    tiny.write_record(place, "service_office", rows)
    publish(place)
    assert value(current_folder(place), "service_offices", tiny.A2) == 1
    assert value(current_folder(place), "service_offices", tiny.A1) == 0
    assert value(current_folder(place), "service_offices", tiny.DISTRICT) == 2


def test_names_stay_unless_given() -> None:
    former = pd.DataFrame(
        [[f"{tiny.FIRST}001", "天勤", "Tianqin", "tianqin", "tq"]],
        columns=["code", "name_zh", "name_en", "pinyin", "initials"],
    )
    codes = pd.Series([f"{tiny.FIRST}00{i}" for i in (1, 2, 3)], name="code")
    table = named(codes, former, {f"{tiny.FIRST}003": ("北园", "")}).set_index("code")
    assert table.loc[f"{tiny.FIRST}001", "name_zh"] == "天勤"
    assert table.loc[f"{tiny.FIRST}002", "name_zh"] == "德民-02"
    assert table.loc[f"{tiny.FIRST}003"].tolist() == ["北园", "Beiyuan", "beiyuan", "by"]


# ── the switch ──


def test_readers_see_the_new_edition_and_can_open_the_old_one(place: Path) -> None:
    before = read_manifest(place)
    assert publish(place) == "2021-01"
    after = read_manifest(place)
    assert (after.edition, after.edition_effective, after.rebased_from) == ("2021-01", "2021-01-01", EDITION)
    assert read_manifest(place, EDITION) == before
    assert (extracts_dir(place) / before.version / "area.parquet").is_file()
    store = opened(place)
    assert store.successions("2021-01") == [Succession(tiny.B2, tiny.B1, "merged", 150, 2)]
    old, new = (read_static(place / "static", edition).order["neighbourhood"] for edition in ("2021-01", "2021-01"))
    assert tiny.B2 not in old and old == new
    assert edition_id(store, DAY) == "2021-01-2"


def test_the_next_edition_stands_on_the_last(place: Path) -> None:
    publish(place)
    store = opened(place)
    draft = store.create_draft(PLANNER, "第二份", "2021-01").id
    store.append(draft, Rename(tiny.B1, "北园", "Beiyuan"), PLANNER)
    store.submit(draft, PLANNER)
    store.approve(draft, APPROVER)
    assert publish_draft(place, publication(draft, "two"), quiet, place / "static").id == "2021-01-2"
    area = pd.read_parquet(current_folder(place) / "area.parquet").set_index("code")
    assert area.loc[tiny.B1, "name_zh"] == "北园"
    assert len(area[area["level"] == "neighbourhood"]) == 6


def test_an_edition_of_the_future_waits_for_its_day(place: Path) -> None:
    publish(place, date(2999, 1, 1))
    assert read_manifest(place).edition == EDITION
    assert edition_due(place) == EDITION
    assert settle(place).edition == EDITION
    assert read_manifest(place, "2999-01").edition == "2999-01"


def test_asked_twice_it_is_published_once(place: Path) -> None:
    draft = approved_draft(opened(place))
    for _ in range(2):
        publish_draft(place, publication(draft), quiet, place / "static")
    assert [edition.id for edition in opened(place).editions()] == [EDITION, "2021-01"]


def test_what_is_not_approved_changes_nothing(place: Path) -> None:
    store = opened(place)
    draft = store.create_draft(PLANNER, "草案", EDITION).id
    before = read_manifest(place)
    with pytest.raises(WrongState):
        publish_draft(place, publication(draft), quiet, place / "static")
    with held(place / "editions" / ".publishing.lock"), pytest.raises(PublishingBusy):
        publish_draft(place, publication(draft), quiet, place / "static")
    assert read_manifest(place) == before
    assert not edition_dir(place, "2021-01").exists()


def test_lost_tables_are_made_again_from_the_store(place: Path) -> None:
    publish(place)
    before = pd.read_parquet(current_folder(place) / "measure.parquet")
    shutil.rmtree(edition_dir(place, "2021-01"))
    shutil.rmtree(extracts_dir(place))
    assert settle(place).edition == "2021-01"
    pd.testing.assert_frame_equal(pd.read_parquet(current_folder(place) / "measure.parquet"), before)
    shutil.rmtree(edition_dir(place))
    with pytest.raises(EditionMissing):
        build_edition(place, opened(place).edition("2021-01"))
    with pytest.raises(EditionLost):
        plan_of(place, opened(place), EDITION)


def test_in_a_process_of_its_own_it_tells_how_far_it_is(place: Path) -> None:
    store = opened(place)
    under_way = start_publishing(place, publication(approved_draft(store)), place / "static")
    assert under_way.result() == "2021-01"
    assert under_way.done and under_way.step == "done" and under_way.share == 1.0
    assert read_manifest(place).edition == "2021-01"
    refused = start_publishing(place, publication("none", "other"), place / "static")
    with pytest.raises(PublishingFailed, match="There is no draft none"):
        refused.result()


def test_preparing_does_not_undo_what_was_published(place: Path) -> None:
    steps = {step.name: step for step in prepare.all_steps(place / "static")}
    publish(place)
    assert prepare.is_settled(place, steps["edition"]) is False, "its files are not all there in this place"
    (place / "records" / "geography").mkdir(exist_ok=True)
    for path in (*steps["edition"].outputs(place), *steps["geography"].outputs(place)):
        path.touch()
    assert prepare.is_settled(place, steps["edition"]) and prepare.is_settled(place, steps["geography"])
    assert not prepare.is_settled(place, steps["records"])
    prepare.run_step(place, steps["extracts"], quiet)
    prepare.run_step(place, steps["static"], quiet)
    assert read_manifest(place).edition == "2021-01"
    assert prepare.is_current(place, steps["extracts"])


def test_an_interrupted_switch_is_finished_at_the_next_start(place: Path) -> None:
    publish(place)
    put_in_force(place, EDITION)
    steps = {step.name: step for step in prepare.all_steps(place / "static")}
    prepare.run_step(place, steps["extracts"], quiet)
    assert read_manifest(place).edition == "2021-01"


def test_grids_are_laid_over_the_new_boundaries(place: Path) -> None:
    """Drawn as A1 was before and after: the grid coincides with the one that has its ground."""
    shapes = gpd.read_parquet(edition_dir(place) / "blocks.parquet").set_index("block_id").geometry
    own, left = (shapely.union_all(shapes[blocks].to_numpy()) for blocks in ([0, 1, 8, 9], [0, 8, 9]))
    for path, units in zip(unit_files(place), ({"G1": left}, {"R1": own}), strict=True):
        frame = pd.DataFrame({"unit_id": [*units]})
        gpd.GeoDataFrame(frame, geometry=[*units.values()], crs="EPSG:4490").to_parquet(path, index=False)
    publish(place)
    new, old = current_folder(place), extracts_dir(place) / read_manifest(place, EDITION).version
    assert (value(old, "neighbourhoods_with_grid", tiny.A1), value(old, "neighbourhoods_with_group", tiny.A1)) == (0, 1)
    assert (value(new, "neighbourhoods_with_grid", tiny.A1), value(new, "neighbourhoods_with_group", tiny.A1)) == (1, 0)


@pytest.mark.slow  # it waits for the database as long as a start does
def test_a_database_that_does_not_answer_is_told_when_data_are_prepared(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINLI_DATA", str(place))
    monkeypatch.setenv("DATABASE_URL", f"postgresql://linli:secret@/none?host={place}")
    assert command.main(["prepare", f"--static={place / 'static'}"]) == 1
    told = capsys.readouterr().err
    assert "DATABASE_URL" in told and "secret" not in told and "Traceback" not in told
