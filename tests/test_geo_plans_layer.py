"""The whole layer is looked at before it is saved; operations on different blocks give the same in any order."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import LineString

from geo.operations import Batch, New, Split, blocks_of
from geo.plans import Plan, PlanRefused, Reason
from geo.plans_ground import Ground
from geo.plans_layer import check_whole, layer_check, layer_of
from geo.plans_steps import plain
from geo.splitting import split_along
from tests.geo_places import SOUTH, WEST
from tests.plan_places import WEST_HOME, A, B, C, E, cell, tiny_place
from tests.test_geo_plans import assert_same, assert_sound, random_operation


@pytest.fixture(scope="module")
def plan() -> Plan:
    return tiny_place()[2]


def spoilt(plan: Plan, block: int, shape: shapely.Geometry) -> Plan:
    """The plan on a ground where one block has another shape than it was cut with."""
    ground = plan.ground.with_changes(shape={block: shape})
    return Plan(ground, plan.homes)


def reason(plan: Plan) -> Reason:
    with pytest.raises(PlanRefused) as caught:
        check_whole(plan)
    return caught.value.reason


def test_a_sound_plan_passes_whole(plan: Plan) -> None:
    assert layer_check(plan).clean and check_whole(plan) is None
    assert layer_of(plan)["code"].tolist() == plan.codes
    split = plan.apply(split_along(plan, 0, LineString([(WEST + 33.3, SOUTH), (WEST + 33.3, SOUTH + 700)])).operation)
    assert layer_check(split).clean


def test_gaps_overlaps_and_broken_outlines_are_refused_on_save(plan: Plan) -> None:
    small = cell(1).difference(cell(1).centroid.buffer(20))
    assert reason(spoilt(plan, 1, small)) == Reason.GAP
    assert layer_check(spoilt(plan, 1, small)).gap_m2 == pytest.approx(1254.6, abs=1)
    alone = plan.apply(New(plan.next_code(WEST_HOME), frozenset({0})))
    wide = spoilt(alone, 0, shapely.box(WEST, SOUTH + 500, WEST + 110, SOUTH + 600))
    assert reason(wide) == Reason.OVERLAP and layer_check(wide).overlap_m2 == 1000
    x, y = WEST + 100, SOUTH + 500
    bow = shapely.Polygon([(x, y), (x + 100, y + 100), (x + 100, y), (x, y + 100)])
    assert reason(spoilt(plan, 1, bow)) == Reason.INVALID


def test_pieces_and_strays_are_refused_on_save(plan: Plan) -> None:
    assert reason(replace(plan, homes=plain(plan).given({0: B}).homes)) == Reason.DISCONNECTED
    assert reason(replace(plan, homes=plain(plan).given({3: E}).homes)) == Reason.OTHER_COMMUNITY


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)))
def test_operations_that_do_not_depend_on_each_other_give_the_same_in_any_order(
    plan: Plan, seeds: tuple[int, int]
) -> None:
    one, other = (random_operation(plan, seed) for seed in seeds)
    if not blocks_of(one) or not blocks_of(other) or blocks_of(one) & blocks_of(other):
        return
    try:
        first, second = plan.attempt(one).attempt(other), plan.attempt(other).attempt(one)
    except PlanRefused:
        return
    assert_same(first, second)


def test_splits_of_neighbours_give_the_same_in_any_order_and_in_one_batch(plan: Plan) -> None:
    slanting = [
        LineString([(WEST + 90 + 100 * i, SOUTH + 337.7), (WEST + 215 + 100 * i, SOUTH + 461.3)]) for i in range(3)
    ]
    splits = [split_along(plan, block, line).operation for block, line in zip((7, 8, 9), slanting, strict=True)]
    splits.append(split_along(plan, 13, LineString([(WEST + 133.33, SOUTH), (WEST + 171.7, SOUTH + 600)])).operation)
    at, back = plan, plan
    for split in splits:
        at = at.attempt(split)
    for split in reversed(splits):
        back = back.attempt(split)
    batch = plan.attempt(Batch(tuple(split for split in splits if isinstance(split, Split)), "roads"))
    for other in (back, batch):
        assert_same(at, other)
        assert {b: sorted(n) for b, n in at.ground.near.items()} == {b: sorted(n) for b, n in other.ground.near.items()}
        assert_sound(tiny_place(), other)
    assert plan.ground.shape.keys() == set(range(36)) and not plan.ground.parents
    assert batch.ground.own == set() and at.members(A) | at.members(B) | at.members(C)


def test_what_a_batch_makes_is_not_changed_by_the_next_operation(plan: Plan) -> None:
    blocks, edges, _ = tiny_place()
    fresh = Plan.start(Ground(blocks, edges), plan.assignment)
    lines = {block: LineString([(WEST + x, SOUTH), (WEST + x, SOUTH + 600)]) for block, x in ((0, 50), (1, 150))}
    splits = tuple(split_along(fresh, block, line).operation for block, line in lines.items())
    batch = fresh.attempt(Batch(splits, "roads"))
    shapes, near = dict(batch.ground.shape), {b: dict(n) for b, n in batch.ground.near.items()}
    later = batch.attempt(split_along(batch, 2, LineString([(WEST + 250, SOUTH), (WEST + 250, SOUTH + 600)])).operation)
    assert later.ground is not batch.ground
    assert dict(batch.ground.shape) == shapes and {b: dict(n) for b, n in batch.ground.near.items()} == near
    assert fresh.ground.shape.keys() == set(range(36))


def test_blocks_with_holes_and_of_several_parts_keep_them_when_a_neighbour_is_split() -> None:
    blocks, edges, first = tiny_place()
    island, west = cell(7).centroid.buffer(5, quad_segs=2), shapely.box(WEST - 50, SOUTH + 400, WEST - 20, SOUTH + 430)
    blocks.loc[6, "geometry"] = shapely.MultiPolygon([cell(6), west])
    blocks.loc[8, "geometry"] = cell(8).difference(translate(island, 100))
    plan = Plan.start(Ground(blocks, edges), first.assignment)
    across = LineString([(WEST + 100, SOUTH + 433.3), (WEST + 200, SOUTH + 466.6)])
    after = plan.attempt(split_along(plan, 7, across).operation)
    assert after.ground.shape[6].geom_type == "MultiPolygon" and len(after.ground.shape[8].interiors) == 1
    for block in (6, 8):
        assert after.ground.shape[block].area == pytest.approx(plan.ground.shape[block].area, abs=1)
        north, known = (set(shapely.get_coordinates(p.ground.shape[block])[:, 1].tolist()) for p in (after, plan))
        assert north - known in ({SOUTH + 433.3}, {SOUTH + 466.6})
