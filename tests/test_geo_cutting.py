"""A cut follows roads and rivers between two points, offers really different lines, and leaves two whole sides."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from geo.cutting import Cut, cut_by_hand, cuts
from geo.operations import Move, New
from geo.plans import Merge, Plan, PlanRefused, Reason
from geo.plans_ground import Ground
from geo.previews import preview
from tests.geo_places import SOUTH, WEST
from tests.plan_places import WEST_HOME, A, B, C, D, tiny_place


def at(column: float, row: float) -> tuple[float, float]:
    """A point of the tiny place in columns from the west and rows from the north."""
    return WEST + 100 * column, SOUTH + 600 - 100 * row


@pytest.fixture(scope="module")
def plan() -> Plan:
    """All of the western community's north is one neighbourhood of 12 blocks, with a lane through its middle column."""
    blocks, edges, first = tiny_place()
    lane = edges["left"].isin([1, 7, 13]) & (edges["right"] == edges["left"] + 1)
    edges.loc[lane, ["barrier", "name"]] = ["river", "通吕运河"]
    edges.loc[~lane & (edges["left"] % 6 != 1), "barrier"] = "none"
    edges.loc[edges["left"].isin([6, 7, 8, 9]) & (edges["right"] == edges["left"] + 6), ["barrier", "name"]] = [
        "road",
        "人民路",
    ]
    return Plan.start(Ground(blocks, edges), first.assignment).apply(Merge(A, B))


def sides(cut: Cut) -> set[frozenset[int]]:
    return {side.blocks for side in cut.sides}


def test_a_cut_follows_the_river_between_two_points_of_the_outline(plan: Plan) -> None:
    best, *others = cuts(plan, A, at(2, 0), at(2, 3))
    assert sides(best) == {frozenset({0, 1, 6, 7, 12, 13}), frozenset({2, 3, 8, 9, 14, 15})}
    assert (best.metres, best.barrier_following, best.names) == (300, 1.0, ("通吕运河",))
    assert [side.households for side in best.sides] == [180, 180]
    assert shapely.equals(best.line, LineString([at(2, 0), at(2, 3)]))
    assert others and all(sides(other) != sides(best) for other in others)


def test_points_inside_are_passed_on_the_way_to_the_outline(plan: Plan) -> None:
    best = cuts(plan, A, at(1.1, 2.05), at(2.9, 1.95))[0]
    assert sides(best) == {frozenset({0, 1, 2, 3, 6, 7, 8, 9}), frozenset({12, 13, 14, 15})}
    assert best.names == ("人民路",) and best.metres == 400


def test_one_point_twice_still_cuts(plan: Plan) -> None:
    best = cuts(plan, A, at(2, 1), at(2.05, 1))[0]
    assert shapely.distance(best.line, shapely.Point(at(2, 1))) == 0 and all(side.blocks for side in best.sides)


def test_a_detour_along_a_river_is_preferred_to_open_ground(plan: Plan) -> None:
    best = cuts(plan, A, at(1, 0), at(3, 3))[0]
    assert best.names == ("通吕运河",) or best.barrier_following > 0.5


def test_both_uses_of_a_side(plan: Plan) -> None:
    cut = cuts(plan, A, at(0, 2), at(4, 2))[0]
    south = next(i for i, side in enumerate(cut.sides) if 12 in side.blocks)
    assert cut.give(south, C) == Move(frozenset({12, 13, 14, 15}), C, "cut")
    assert preview(plan, cut.give(south, C)).households == 120
    code = plan.next_code(WEST_HOME)
    assert cut.found(south, code, "新河邻里") == New(code, frozenset({12, 13, 14, 15}), "新河邻里", "", "cut")
    assert preview(plan, cut.found(south, code)).plan.members(code) == {12, 13, 14, 15}


def test_one_block_cannot_be_cut_between_blocks(plan: Plan) -> None:
    small = plan.apply(New(f"{WEST_HOME}009", frozenset({0})))
    with pytest.raises(PlanRefused) as caught:
        cuts(small, f"{WEST_HOME}009", at(0, 0), at(1, 1))
    assert caught.value.reason == Reason.NOT_ACROSS_BLOCKS
    with pytest.raises(PlanRefused):
        cuts(plan, A, (np.nan, 0.0), at(1, 1))


def test_a_line_by_hand_takes_blocks_by_their_larger_part(plan: Plan) -> None:
    cut = cut_by_hand(plan, A, LineString([at(0.5, 0.9), at(3.5, 1.2)]))
    assert sides(cut) == {frozenset({0, 1, 2, 3}), frozenset({6, 7, 8, 9, 12, 13, 14, 15})}
    assert cut.by_hand and cut.metres == 400 and cut.barrier_following == 0.25


def test_a_line_beside_the_neighbourhood_cuts_nothing(plan: Plan) -> None:
    for line in (LineString([at(-3, 0), at(-3, 5)]), LineString([(np.inf, 0), (1, 1)]), shapely.Point(at(1, 1))):
        with pytest.raises(PlanRefused) as caught:
            cut_by_hand(plan, A, line)
        assert caught.value.reason == Reason.NOT_ACROSS_BLOCKS


PLACES = st.tuples(st.floats(-0.5, 4.5), st.floats(-0.5, 3.5))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=PLACES, last=PLACES, middle=PLACES)
def test_any_cut_leaves_two_whole_sides(
    plan: Plan, first: tuple[float, float], last: tuple[float, float], middle: tuple[float, float]
) -> None:
    found = cuts(plan, A, at(*first), at(*last))
    assert 1 <= len(found) <= 3 and len({frozenset(sides(cut)) for cut in found}) == len(found)
    with contextlib.suppress(PlanRefused):
        found.append(cut_by_hand(plan, A, LineString([at(*first), at(*middle), at(*last)])))
    for cut in found:
        one, two = sides(cut)
        assert one | two == plan.members(A) and not one & two
        assert plan.ground.connected(one) and plan.ground.connected(two)
        assert 0 <= cut.barrier_following <= 1 and cut.sides[0].households >= cut.sides[1].households


def test_a_river_without_bridge_is_a_line_too(plan: Plan) -> None:
    joined = plan.apply(Merge(C, A)).apply(Merge(C, D))
    best = cuts(joined, C, at(2, 0), at(2, 6))[0]
    assert sides(best) == {
        frozenset(b for b in range(36) if b % 6 < 2),
        frozenset(b for b in range(36) if b % 6 in (2, 3)),
    }
