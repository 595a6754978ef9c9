"""Plans go out to a GIS and come back as operations; new roads cut blocks again; editions are compared as data."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from geo.carry_over import carry_over, overlaps
from geo.crs import MissingCrsError
from geo.editions_compare import compare_editions
from geo.formats import TableError
from geo.operations import Batch, Merge, Move, New, Rename, Retire
from geo.plans import Plan, PlanRefused, replay
from geo.plans_export import equivalence, neighbourhood_layer, write_plan
from geo.plans_ground import Ground
from geo.plans_import import Imported, edited, read_edited
from geo.previews import preview
from geo.roads import recut
from geo.splitting import split_along
from tests.geo_places import SOUTH, WEST
from tests.plan_places import EAST_HOME, WEST_HOME, A, B, C, D, E, F, cell, tiny_place
from tests.test_geo_plans import assert_sound, random_operation


@pytest.fixture(scope="module")
def plan() -> Plan:
    return tiny_place()[2]


def layer_of(plan: Plan, **changed: shapely.Geometry | None) -> gpd.GeoDataFrame:
    """The plan's neighbourhoods as a planner's layer, with some shapes redrawn (None: deleted), keyed by code."""
    shapes = {code: plan.polygon(code) for code in plan.codes} | changed
    kept = {code: shape for code, shape in shapes.items() if shape is not None}
    names = pd.Series([None] * len(kept), dtype=object)
    return gpd.GeoDataFrame({"code": list(kept), "name": names}, geometry=list(kept.values()), crs="EPSG:4549")


def cells(*blocks: int) -> shapely.Geometry:
    return shapely.union_all([cell(block) for block in blocks])


def done(plan: Plan, imported: Imported) -> Plan:
    return replay(plan, imported.operations)


# ── out ──


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson"])
def test_what_goes_out_comes_back_unchanged(plan: Plan, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"plan.{ending}"
    write_plan(plan, path, names={A: ("天勤邻里", "Tianqin")})
    layer = read_edited(path)
    assert layer["code"].tolist() == plan.codes and layer["name"].iloc[0] == "天勤邻里"
    back = edited(plan, layer, names={A: "天勤邻里"})
    assert back.operations == () and back.matched == 36 and back.findings.empty


def test_the_layer_tells_the_figures(plan: Plan) -> None:
    row = neighbourhood_layer(plan.apply(Rename(A, "天勤", "Tianqin"))).iloc[0]
    assert (row["code"], row["name"], row["name_en"], row["households"], row["area_m2"]) == (
        A,
        "天勤",
        "Tianqin",
        180,
        60_000,
    )
    assert (row["target"], row["range"], row["polsby_p"], row["on_barrier"]) == (300, "far_below", 0.754, 1.0)


def test_the_equivalence_has_every_block_before_and_after(plan: Plan, tmp_path: Path) -> None:
    split = plan.apply(split_along(plan, 7, LineString([(WEST + 150, SOUTH), (WEST + 150, SOUTH + 600)])).operation)
    after = split.move([2], A)
    write_plan(after, tmp_path / "plan.csv")
    table = pd.read_csv(
        tmp_path / "plan.csv", dtype={"community": str, "neighbourhood": str, "neighbourhood_before": str}
    )
    assert len(table) == 37 and table["households"].sum() == 36 * 30
    assert table.set_index("block_id").loc[2, ["neighbourhood_before", "neighbourhood"]].tolist() == [B, A]
    assert (table["from_block"] == 7).sum() == 2
    pd.testing.assert_frame_equal(table, equivalence(after), check_dtype=False)
    assert (tmp_path / "plan.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_place_that_cannot_be_written_is_told(plan: Plan, tmp_path: Path) -> None:
    for name in ("nowhere/plan.csv", "nowhere/plan.gpkg", "plan.doc"):
        with pytest.raises(TableError):
            write_plan(plan, tmp_path / name)


# ── in ──


def test_a_redrawn_border_becomes_a_move(plan: Plan) -> None:
    back = edited(plan, layer_of(plan, **{A: cells(0, 1, 2, 6, 7, 8, 12, 13, 14), B: cells(3, 9, 15)}))
    assert back.operations == (Move(frozenset({2, 8, 14}), A, "import"),) and back.findings.empty


def test_a_border_through_blocks_is_decided_by_the_larger_part_or_split(plan: Plan) -> None:
    wide = box(WEST, SOUTH + 300, WEST + 270, SOUTH + 600)
    layer = layer_of(plan, **{A: wide, B: box(WEST + 270, SOUTH + 300, WEST + 400, SOUTH + 600)})
    whole = edited(plan, layer)
    assert done(plan, whole).members(A) == {0, 1, 2, 6, 7, 8, 12, 13, 14}
    assert whole.findings["kind"].tolist() == ["cut"] * 3 and whole.findings["share"].tolist() == [0.7] * 3
    exact = edited(plan, layer, split=True)
    after = done(plan, exact)
    assert isinstance(exact.operations[0], Batch) and len(exact.operations) == 2 and exact.findings.empty
    assert shapely.equals(after.polygon(A), wide) and len(after.ground.shape) == 39


def test_gaps_overlaps_and_strays_are_told_and_stay(plan: Plan) -> None:
    layer = layer_of(
        plan, **{A: cells(0, 1, 6, 7, 12), B: cells(2, 3, 8, 9, 14, 15, 20), E: cells(3, 4, 5, 9, 10, 11, 16, 17)}
    )
    back = edited(plan, layer)
    told = {(row.kind, row.block): row.codes for row in back.findings.itertuples()}
    assert told == {
        ("gap", 13): (A,),
        ("overlap", 3): (B, E),
        ("overlap", 9): (B, E),
        ("overlap", 20): (B, D),
    }
    assert back.operations == ()
    stray = edited(plan, layer_of(plan, **{E: cells(3, 4, 5, 9, 10, 11, 16, 17), B: cells(2, 8, 14, 15)}))
    assert {(row.kind, row.block) for row in stray.findings.itertuples()} == {
        ("other_community", 3),
        ("other_community", 9),
    }
    assert stray.operations == ()


def test_pieces_are_repaired_and_told(plan: Plan) -> None:
    back = edited(plan, layer_of(plan, **{A: cells(0, 1, 6, 7, 12, 13, 3), B: cells(2, 8, 9, 14, 15)}))
    assert back.operations == () and [(r.kind, r.block) for r in back.findings.itertuples()] == [("repaired", 3)]


def test_new_ended_and_renamed_neighbourhoods(plan: Plan) -> None:
    layer = layer_of(plan, **{A: cells(0, 1, 6, 7), C: None, D: cells(18, 19, 20, 21, 24, 25, 26, 27, 30, 31, 32, 33)})
    fresh = gpd.GeoDataFrame({"code": [None], "name": ["新河邻里"]}, geometry=[cells(12, 13)], crs="EPSG:4549")
    layer = pd.concat([layer, fresh], ignore_index=True)
    layer.loc[layer["code"] == B, "name"] = "改名邻里"
    blocks, edges, _ = tiny_place()
    bridged = Plan.start(Ground(blocks, edges.assign(contact=edges["right"] >= 0)), plan.assignment)
    back = edited(bridged, layer, names={B: "旧名邻里", A: "甲"})
    assert {type(operation) for operation in back.operations} == {New, Retire, Rename}
    after = done(bridged, back)
    assert after.members(f"{WEST_HOME}005") == {12, 13} and after.ended == {C} and after.names[B] == ("改名邻里", "")
    assert back.findings["kind"].tolist() == ["new_code"]


def test_a_layer_of_one_community_leaves_the_others_alone(plan: Plan) -> None:
    layer = layer_of(plan)
    west = layer[layer["code"].str.startswith(WEST_HOME)].to_crs("EPSG:4490")
    assert edited(plan, west).findings.empty and edited(plan, west).operations == ()


def test_a_code_that_a_table_made_a_number_is_read(tmp_path: Path, plan: Plan) -> None:
    layer = layer_of(plan).rename(columns={"code": "编码"})
    layer["编码"] = layer["编码"].astype("int64")
    layer.drop(columns="name").to_file(tmp_path / "x.gpkg")
    assert read_edited(tmp_path / "x.gpkg")["code"].tolist() == plan.codes


@pytest.mark.parametrize("ending", ["gpkg", "shp"])
def test_blocks_go_out_and_come_back_with_other_codes(plan: Plan, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"blocks.{ending}"
    split = plan.apply(split_along(plan, 7, LineString([(WEST + 150, SOUTH), (WEST + 150, SOUTH + 600)])).operation)
    write_plan(split, path, blocks=True)
    layer = read_edited(path)
    assert edited(split, layer).operations == () and len(layer) == 37
    layer.loc[layer["block_id"].isin([2, 8]), "code"] = A
    layer.loc[layer["block_id"].isin([18, 24]), "code"] = f"{WEST_HOME}005"
    layer.loc[layer["block_id"] == 4, "code"] = B
    layer.loc[layer["block_id"] == 5, "code"] = None
    layer.loc[layer["block_id"] == 35, "block_id"] = 99
    back = edited(split, layer)
    after = done(split, back)
    assert after.members(f"{WEST_HOME}005") == {18, 24} and {2, 8} <= after.members(A)
    told = [(row.kind, row.block) for row in back.findings.itertuples()]
    assert told == [("gap", 5), ("new_code", -1), ("other_community", 4), ("unknown_block", 99)]


def test_a_layer_from_elsewhere_is_told(plan: Plan) -> None:
    with pytest.raises(TableError, match="outside this place"):
        edited(plan, layer_of(plan).assign(geometry=lambda rows: rows.translate(50_000)))


def test_files_that_cannot_be_used_are_told(tmp_path: Path, plan: Plan) -> None:
    layer_of(plan)[["name", "geometry"]].to_file(tmp_path / "nameless.gpkg")
    gpd.GeoDataFrame({"code": [A]}, geometry=[Point(1, 1)], crs="EPSG:4549").to_file(tmp_path / "points.gpkg")
    for name, why in (("nameless", "no column code"), ("points", "no areas"), ("missing", "does not exist")):
        with pytest.raises(TableError, match=why):
            read_edited(tmp_path / f"{name}.gpkg")
    layer_of(plan).to_file(tmp_path / "bare.shp")
    (tmp_path / "bare.prj").unlink()
    with pytest.raises(MissingCrsError):
        read_edited(tmp_path / "bare.shp")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=5))
def test_any_edit_comes_back_through_a_layer(plan: Plan, seeds: list[int]) -> None:
    after = plan
    for seed in seeds:
        operation = random_operation(after, seed)
        if isinstance(operation, Move | Merge | New | Retire):
            try:
                after = after.attempt(operation)
            except PlanRefused:
                continue
    back = edited(plan, neighbourhood_layer(after))
    again = done(plan, back)
    assert set(back.findings["kind"]) <= {"new_code", "left"}
    if "left" not in set(back.findings["kind"]):
        pd.testing.assert_series_equal(again.assignment, after.assignment)


# ── new roads ──


def roads(*lines: LineString, kind: str = "arterial", name: str | None = "新路") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"class": [kind] * len(lines), "name": [name] * len(lines)}, geometry=list(lines), crs="EPSG:4549"
    )


def test_a_new_road_cuts_its_blocks_and_keeps_their_neighbourhoods(plan: Plan) -> None:
    seen = recut(plan, roads(LineString([(WEST - 20, SOUTH + 540), (WEST + 620, SOUTH + 540)])))
    assert seen.operation is not None and seen.unused_m == pytest.approx(0, abs=1)
    assert seen.changes["block"].tolist() == [0, 1, 2, 3, 4, 5] and set(seen.changes["how"]) == {"split"}
    assert seen.changes["neighbourhood"].tolist() == [A, A, B, B, E, E] and set(seen.changes["road"]) == {"新路"}
    assert seen.changes["households"].tolist() == [(12, 18)] * 6
    after = preview(plan, seen.operation).plan
    assert after.changes == {} and len(after.ground.shape) == 42
    assert_sound(tiny_place(), after)
    on = after.ground.edges_table().query("name == '新路'")
    assert len(on) == 6 and set(on["barrier"]) == {"arterial"} and on["contact"].all() and on["length_m"].sum() == 600


def test_roads_that_meet_inside_a_block_cut_it_in_three_whatever_their_order(plan: Plan) -> None:
    stem = LineString([(WEST + 150, SOUTH + 300), (WEST + 150, SOUTH + 450)])
    bar = LineString([(WEST + 100, SOUTH + 450), (WEST + 200, SOUTH + 450)])
    for lines in ((stem, bar), (bar, stem)):
        seen = recut(plan, roads(*lines))
        assert seen.operation is not None
        after = plan.apply(seen.operation)
        pieces = [block for block in after.ground.shape if after.ground.known_block(block, plan.ground.shape) == 7]
        assert sorted(round(after.ground.shape[piece].area) for piece in pieces) == [2500, 2500, 5000]


def test_dead_ends_and_edges_of_blocks_cut_nothing(plan: Plan) -> None:
    dead = LineString([(WEST + 150, SOUTH + 550), (WEST + 150, SOUTH + 650)])
    along = LineString([(WEST, SOUTH + 500), (WEST + 600, SOUTH + 500)])
    close = LineString([(WEST + 104, SOUTH), (WEST + 104, SOUTH + 600)])
    assert recut(plan, roads(dead)).operation is None and recut(plan, roads(dead)).unused_m == pytest.approx(50)
    assert recut(plan, roads(along)).operation is None
    seen = recut(plan, roads(close))
    assert seen.operation is None and set(seen.changes["how"]) == {"thin"} and len(seen.changes) == 6
    with pytest.raises(MissingCrsError):
        recut(plan, roads(dead).set_crs(None, allow_override=True))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends=st.lists(st.tuples(*[st.floats(-50, 650)] * 4), min_size=1, max_size=3))
def test_any_new_roads_leave_a_sound_plan(plan: Plan, ends: list[tuple[float, float, float, float]]) -> None:
    lines = [
        LineString([(WEST + a, SOUTH + b), (WEST + c, SOUTH + d)]) for a, b, c, d in ends if np.hypot(a - c, b - d) > 1
    ]
    if not lines:
        return
    seen = recut(plan, roads(*lines))
    if seen.operation is not None:
        after = plan.attempt(seen.operation)
        assert after.changes == {}
        assert_sound(tiny_place(), after)


def test_a_whole_new_set_of_blocks_takes_the_neighbourhoods_over_by_area(plan: Plan) -> None:
    blocks, edges, _ = tiny_place()
    same = carry_over(plan, Ground(blocks, edges))
    assert same.plan.assignment.equals(plan.assignment) and same.changes.empty and same.lost == ()
    moved = blocks.copy()
    east = np.array([40.0, 0.0])
    moved["geometry"] = shapely.transform(blocks.geometry.to_numpy(), lambda xy: xy + east)
    shifted = edges.set_geometry(shapely.transform(edges.geometry.to_numpy(), lambda xy: xy + east))
    seen = carry_over(plan, Ground(moved, shifted))
    assert seen.plan.assignment.equals(plan.assignment)  # 60 % of every block is where it was
    shares = seen.changes.set_index("block")
    assert len(shares) == 36 and shares.loc[0, "share"] == 1.0 and shares.loc[1, "share"] == 0.6
    assert set(shares["how"]) == {"joined", "majority", "cut"}
    assert set(shares.loc[1, "from_blocks"]) == {1, 2}


def test_overlaps_are_shares_of_both(plan: Plan) -> None:
    split = plan.apply(split_along(plan, 7, LineString([(WEST + 130, SOUTH), (WEST + 130, SOUTH + 600)])).operation)
    pairs = overlaps(plan.ground, split.ground)
    assert len(pairs) == 37
    cut = pairs[pairs["old"] == 7]
    assert sorted(cut["of_old"].round(6)) == [0.3, 0.7] and cut["of_new"].round(6).tolist() == [1.0, 1.0]


# ── two editions ──


def test_two_editions_compared(plan: Plan) -> None:
    after = plan.move([2, 8], A).apply(Merge(E, F)).apply(Rename(C, "新名"))
    seen = compare_editions(plan, after, names_before={C: "旧名"}, names_after={C: "新名"})
    table = seen.neighbourhoods.set_index("code")
    assert table["change"].to_dict() == {A: "changed", B: "changed", C: "renamed", E: "changed", F: "ended"}
    assert table.loc[A, ["households_before", "households_after", "gained", "lost"]].tolist() == [180, 240, 60, 0]
    assert table.loc[B, ["gained", "lost", "blocks_lost"]].tolist() == [0, 60, 2]
    assert table.loc[C, ["name_before", "name_after"]].tolist() == ["旧名", "新名"]
    rows = seen.successors.values.tolist()
    assert rows == [
        [A, A, 180, 1.0, False],
        [B, B, 120, round(2 / 3, 6), False],
        [B, A, 60, round(1 / 3, 6), False],
        [C, C, 180, 1.0, False],
        [E, E, 180, 1.0, False],
        [F, E, 180, 1.0, True],
    ]
    assert (seen.quality_before.neighbourhoods, seen.quality_after.neighbourhoods) == (6, 5)
    assert seen.quality_after.moved_share == pytest.approx(240 / 1080)
    assert seen.quality_after.non_contiguous == 0 and seen.quality_before.barrier_following == 1.0


def test_editions_on_other_blocks_are_compared_by_area(plan: Plan) -> None:
    split = plan.apply(split_along(plan, 8, LineString([(WEST + 250, SOUTH), (WEST + 250, SOUTH + 600)])).operation)
    west = min(split.members(B) - plan.members(B), key=lambda block: split.ground.shape[block].centroid.x)
    after = split.move([west], A)
    apart = Plan.start(Ground(after.ground.blocks_table(), after.ground.edges_table()), after.assignment)
    for later in (after, apart):
        seen = compare_editions(plan, later)
        assert seen.neighbourhoods["code"].tolist() == [A, B]
        assert seen.neighbourhoods["gained"].tolist() == [15, 0]
        assert seen.successors.set_index(["before", "after"]).loc[(B, A), "households"] == 15
    assert EAST_HOME not in {code[:12] for code in seen.neighbourhoods["code"]}
