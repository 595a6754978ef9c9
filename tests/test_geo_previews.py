"""Previews say what every operation does in numbers counted by hand, warn where they should, and refuse what is set."""

from __future__ import annotations

import json
import math

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Point

from geo.operations import Batch, Counts, Draw, Merge, Move, New, Operation, Rename, Retire, Split, Transfer
from geo.plans import Plan, PlanRefused, Reason
from geo.plans_figures import Range, figures, range_of
from geo.plans_ground import Ground
from geo.plans_limits import Concern, Limits
from geo.plans_split import THICK_M, piece_ids, thin
from geo.previews import Preview, preview
from geo.splitting import split_along, split_between_rows, split_for_drawing
from tests.geo_places import SOUTH, WEST
from tests.plan_places import EAST_HOME, WEST_HOME, A, B, C, E, F, around, cell, tiny_place

BESIDE = [(WEST + 200, SOUTH + 500), (WEST + 170, SOUTH + 500), (WEST + 170, SOUTH + 400)]
"""A line that runs along the border of block 7 before it turns inside."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The tiny place with an office in block 0 and, in block 7, three rows of buildings, the upper ones together."""
    blocks, edges, first = tiny_place()
    office = gpd.GeoDataFrame(geometry=[cell(0).centroid], crs=blocks.crs)
    x, y = WEST + 100, SOUTH + 400
    homes = gpd.GeoDataFrame(
        {"households": [10, 10, 6, 4], "people": [30, 30, 18, 12]},
        geometry=[Point(x + 25, y + 80), Point(x + 75, y + 80), Point(x + 25, y + 70), Point(x + 50, y + 20)],
        crs=blocks.crs,
    )
    return Plan.start(Ground(blocks, edges, offices=office, buildings=homes), first.assignment)


def refusal(plan: Plan, operation: Operation) -> PlanRefused:
    with pytest.raises(PlanRefused) as caught:
        plan.apply(operation)
    return caught.value


def concerns(seen: Preview) -> set[tuple[Concern, tuple[str, ...]]]:
    return {(found.concern, found.neighbourhoods) for found in seen.warnings}


def test_a_move_is_previewed_with_all_figures(plan: Plan) -> None:
    seen = preview(plan, Move(frozenset({2}), A))
    assert (seen.households, seen.people, seen.buildings, seen.moved) == (30, 90, 1, {2: (B, A)})
    gaining, losing = seen.changes
    assert (gaining.code, losing.code) == (A, B)
    assert gaining.before is not None and gaining.after is not None
    before, after = gaining.before, gaining.after
    assert (before.blocks, before.households, before.people, before.buildings) == (6, 180, 540, 6)
    assert (after.blocks, after.households, after.people, after.area_m2) == (7, 210, 630, 70_000)
    assert (before.target, before.range, before.deviation) == (300, Range.FAR_BELOW, -0.4)
    assert before.polsby_popper == pytest.approx(4 * math.pi * 60_000 / 1000**2)
    assert after.polsby_popper == pytest.approx(4 * math.pi * 70_000 / 1200**2)
    assert (before.office, losing.before and losing.before.office) == (True, False)
    assert before.barrier_following == 1.0 and before.buildings_fit
    assert concerns(seen) == {(Concern.HOUSEHOLDS, (B,))}  # A comes nearer to its target, B goes further away
    assert plan.members(A) == {0, 1, 6, 7, 12, 13}


@pytest.mark.parametrize(
    ("deviation", "where"),
    [
        (0.0, Range.WITHIN),
        (0.12, Range.WITHIN),
        (-0.13, Range.BELOW),
        (0.2, Range.ABOVE),
        (-0.21, Range.FAR_BELOW),
        (1.0, Range.FAR_ABOVE),
    ],
)
def test_ranges_of_households(deviation: float, where: Range) -> None:
    assert range_of(deviation) == where


def test_targets_of_the_place_come_before_those_of_the_kind(plan: Plan) -> None:
    blocks, edges, _ = tiny_place()
    targets = pd.DataFrame({"community": [WEST_HOME, EAST_HOME], "kind": ["urban", "rural"], "target": [200, 190]})
    told = Plan.start(Ground(blocks, edges, targets=targets), plan.assignment)
    assert (figures(told, A).target, figures(told, E).target) == (200, 190)
    assert figures(told, A).office is None
    assert figures(told, A).range == Range.WITHIN


def test_merging_previews_the_end_of_a_code(plan: Plan) -> None:
    seen = preview(plan, Merge(A, B))
    assert [(change.code, change.after is None) for change in seen.changes] == [(A, False), (B, True)]
    assert seen.households == 180 and seen.plan.ended == {B}
    assert refusal(seen.plan, New(B, frozenset({2}))).reason == Reason.CODE_TAKEN
    assert seen.plan.next_code(WEST_HOME) == f"{WEST_HOME}005"
    assert seen.plan.next_code(WEST_HOME, taken=[f"{WEST_HOME}005", f"{WEST_HOME}999"]) == f"{WEST_HOME}006"
    for place, taken in (("999999999999", []), (WEST_HOME, [f"{WEST_HOME}{i:03d}" for i in range(1000)])):
        with pytest.raises(PlanRefused):
            plan.next_code(place, taken)


def test_a_new_neighbourhood_gets_the_next_code_and_its_name(plan: Plan) -> None:
    code = plan.next_code(WEST_HOME)
    seen = preview(plan, New(code, frozenset({18, 24}), " 滨河邻里 ", "Riverside"))
    assert code == f"{WEST_HOME}005" and seen.plan.names == {code: ("滨河邻里", "Riverside")}
    assert [change.before is None for change in seen.changes] == [False, True]
    assert seen.plan.members(C) == {19, 25, 30, 31}


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (New(A, frozenset({18})), Reason.CODE_TAKEN),
        (New(f"{WEST_HOME}1", frozenset({18})), Reason.CODE_UNFIT),
        (New("999999999999001", frozenset({18})), Reason.CODE_UNFIT),
        (New(f"{WEST_HOME}009", frozenset()), Reason.EMPTIED),
        (New(f"{WEST_HOME}009", frozenset({4})), Reason.OTHER_COMMUNITY),
        (New(f"{WEST_HOME}009", frozenset({0, 1, 6, 7, 12, 13})), Reason.EMPTIED),
        (Rename(A, "  "), Reason.NO_NAME),
        (Rename("nobody", "甲"), Reason.UNKNOWN_NEIGHBOURHOOD),
        (Transfer(frozenset({3}), E, " "), Reason.NO_REASON),
        (Transfer(frozenset({2}), A, "路改道了"), Reason.SAME_COMMUNITY),
        (Transfer(frozenset({0}), E, "路改道了"), Reason.DISCONNECTED),
        (Retire(A, ((0, B),)), Reason.NO_NEIGHBOURHOOD),
        (Retire(A, tuple((block, A) for block in (0, 1, 6, 7, 12, 13))), Reason.NO_NEIGHBOURHOOD),
        (Retire(A, tuple((block, E) for block in (0, 1, 6, 7, 12, 13))), Reason.OTHER_COMMUNITY),
        (Retire(A, tuple((block, B) for block in (0, 1, 6, 7, 12, 13, 18))), Reason.UNKNOWN_BLOCK),
        (Split(7, LineString([(0, 0), (1, 1)]), (Counts(1, 1, 0, 1),)), Reason.NOT_ACROSS),
        (Split(7, LineString(BESIDE), (Counts(1, 1, 0, 1), Counts(1, 1, 0, 1))), Reason.NOT_ACROSS),
        (Split(99, LineString([(0, 0), (1, 1)]), ()), Reason.UNKNOWN_BLOCK),
        (Batch(()), Reason.NOTHING_CHANGES),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(plan: Plan, operation: Operation, reason: Reason) -> None:
    assert refusal(plan, operation).reason == reason


def test_retiring_offers_heirs_by_the_longest_contact(plan: Plan) -> None:
    refused = refusal(plan, Retire(A, ()))
    assert refused.repair == (Retire(A, ((0, B), (1, B), (6, B), (7, B), (12, B), (13, B))),)
    after = plan.apply(refused.repair[0])
    assert after.ended == {A} and after.changes[12] == (A, B)


def test_a_transfer_changes_the_community_of_its_blocks(plan: Plan) -> None:
    after = preview(plan, Transfer(frozenset({9}), E, "河道改线")).plan
    assert after.code_of(9) == E and after.ground.community[9] == EAST_HOME
    assert plan.ground.community[9] == WEST_HOME
    assert after.members(B) == {2, 3, 8, 14, 15} and after.ground.connected(after.members(B))
    assert after.apply(Transfer(frozenset({9}), B, "改回")).assignment.equals(plan.assignment)


def test_a_neighbourhood_is_not_shut_in(plan: Plan) -> None:
    grown = plan.apply(Merge(A, B)).apply(Merge(A, C))
    inner = New(f"{WEST_HOME}009", frozenset({7, 8}))
    refused = refusal(grown, inner)
    assert (refused.reason, refused.neighbourhoods, refused.blocks) == (Reason.ENCLAVE, (inner.code,), (7, 8))
    assert refused.repair == (New(inner.code, frozenset({1, 7, 8})),)
    assert grown.apply(refused.repair[0]).members(inner.code) == {1, 7, 8}


def test_a_batch_is_sound_at_its_end_and_one_step(plan: Plan) -> None:
    swap = Batch((Move(frozenset({2, 8, 14}), A), Move(frozenset({0, 1, 6, 7}), B), Move(frozenset({6, 7}), A)))
    assert refusal(plan, swap).reason == Reason.DISCONNECTED
    bent = Batch((Move(frozenset({7, 8}), B), Move(frozenset({7}), A), Move(frozenset({2}), A)))
    after = plan.apply(bent)
    assert after.changes == {2: (B, A)} and after.undo() is plan and after.history == [bent]


# ── splitting ──


def test_a_block_is_split_between_its_rows_with_the_households_of_each_side(plan: Plan) -> None:
    choices = split_between_rows(plan, 7, most=4)
    assert [(choice.gap_m, choice.counts[0].households) for choice in choices] == [
        (25.0, 16),
        (25.0, 20),
        (10.0, 10),
        (50.0, 4),
    ]
    choice = next(choice for choice in choices if choice.gap_m and choice.gap_m > 45)
    assert choice.counts == (Counts(4, 12, 0, 0), Counts(26, 78, 0, 1))  # the southern row first: the reading order
    assert shapely.area(choice.pieces[0]) == pytest.approx(4500)
    after = preview(plan, choice.operation).plan
    south, north = piece_ids(choice.operation)
    assert after.members(A) == {0, 1, 6, 12, 13, south, north} and 7 not in after.ground.shape
    assert after.ground.near[south] == pytest.approx({6: 45.0, 8: 45.0, 13: 100.0, north: 100.0})
    assert after.ground.near[6] == pytest.approx({0: 100.0, 12: 100.0, south: 45.0, north: 55.0})
    assert shapely.coverage_is_valid(list(after.ground.shape.values()))
    assert after.undo().ground is plan.ground


def test_pieces_move_on_their_own(plan: Plan) -> None:
    choice = split_along(plan, 7, LineString([(WEST + 150, SOUTH + 390), (WEST + 150, SOUTH + 510)]))
    west, east = piece_ids(choice.operation)
    after = plan.apply(choice.operation)
    moved = preview(after, Move(frozenset({east}), B))
    assert moved.moved == {east: (A, B)} and moved.households == choice.counts[1].households
    assert moved.plan.members(A) == {0, 1, 6, 12, 13, west}
    again = moved.plan.apply(
        split_along(moved.plan, east, LineString([(WEST, SOUTH + 450), (WEST + 300, SOUTH + 450)])).operation
    )
    assert again.changes == {} and again.ground.known_block(max(again.members(B)), plan.ground.shape) == 7


def test_a_line_is_carried_on_to_the_border(plan: Plan) -> None:
    choice = split_along(plan, 7, LineString([(WEST + 140, SOUTH + 430), (WEST + 140, SOUTH + 440)]))
    assert [round(shapely.area(piece)) for piece in choice.pieces] == [4000, 6000]
    assert shapely.bounds(choice.operation.line).tolist() == [WEST + 140, SOUTH + 400, WEST + 140, SOUTH + 500]


@pytest.mark.parametrize(("metres", "thick"), [(THICK_M - 0.5, False), (THICK_M + 0.5, True)])
def test_both_pieces_must_be_thicker_than_eight_metres(plan: Plan, metres: float, thick: bool) -> None:
    line = LineString([(WEST + 100 + metres, SOUTH + 390), (WEST + 100 + metres, SOUTH + 510)])
    if thick:
        assert len(split_along(plan, 7, line).pieces) == 2
    else:
        with pytest.raises(PlanRefused) as caught:
            split_along(plan, 7, line)
        assert caught.value.reason == Reason.THIN
    assert thin(cell(7).buffer(-46.5)) and not thin(cell(7))


def test_counts_follow_a_block_whose_records_changed(plan: Plan) -> None:
    choice = split_along(plan, 7, LineString([(WEST + 150, SOUTH + 390), (WEST + 150, SOUTH + 510)]))
    blocks, edges, _ = tiny_place()
    blocks.loc[7, ["households", "people"]] = [60, 181]
    later = Plan.start(Ground(blocks, edges), plan.assignment).apply(choice.operation)
    pieces = [later.ground.counts(piece) for piece in piece_ids(choice.operation)]
    assert sum(count.households for count in pieces) == 60 and sum(count.people for count in pieces) == 181
    assert [count.households for count in pieces] == [2 * count.households for count in choice.counts]


def test_a_drawing_may_split_blocks(plan: Plan) -> None:
    drawing = Draw(around(0, 1, 2, 6, 7, 8, 12, 13, 14).buffer(20), A)
    kept = preview(plan, Batch(split_for_drawing(plan, drawing), "draw")).plan
    area = shapely.area(kept.polygon(A))
    assert shapely.area(plan.apply(drawing).polygon(A)) == 90_000 and 90_000 < area < 116_000
    assert len(kept.ground.shape) > 36 and shapely.coverage_is_valid(list(kept.ground.shape.values()))
    wanted = shapely.intersection(drawing.polygon, shapely.union_all([cell(block) for block in plan.homes[WEST_HOME]]))
    assert area == pytest.approx(shapely.area(wanted), rel=0.05)


# ── limits ──


def test_cutting_a_compound_asks_for_a_reason(plan: Plan) -> None:
    blocks, edges, _ = tiny_place()
    blocks.loc[[8, 14], "compound"] = "河滨花园"
    blocks.loc[[2, 3], "landmark"] = "钟楼"
    told = Plan.start(Ground(blocks, edges), plan.assignment)
    seen = preview(told, Move(frozenset({8}), A))
    cut = next(found for found in seen.warnings if found.concern == Concern.COMPOUND)
    assert (cut.label, cut.neighbourhoods, cut.before, cut.after, cut.hard) == ("河滨花园", (A, B), 1, 2, False)
    assert seen.asks_reason
    assert Concern.LANDMARK in {found.concern for found in preview(told, Move(frozenset({2}), A)).warnings}
    assert Concern.COMPOUND not in {found.concern for found in preview(told, Move(frozenset({8, 14}), A)).warnings}


def test_a_hard_limit_refuses_once_the_district_sets_one(plan: Plan) -> None:
    limits = Limits.read(json.loads(json.dumps(Limits(hard=frozenset({Concern.HOUSEHOLDS})).as_json())))
    assert limits == Limits(hard=frozenset({Concern.HOUSEHOLDS}))
    strict = Plan.start(plan.ground, plan.assignment, limits=limits)
    refused = refusal(strict, Move(frozenset({2}), A))
    assert (refused.reason, refused.neighbourhoods, refused.detail) == (Reason.HARD_LIMIT, (B,), "households")
    assert plan.apply(Move(frozenset({2}), A))


def test_what_gets_no_worse_is_no_concern(plan: Plan) -> None:
    assert concerns(preview(plan, Merge(E, F))) == {(Concern.BUILDINGS, (E,))}  # 360 households are above 300 by 20 %
    assert preview(plan, Rename(A, "甲")).warnings == ()


def test_a_ragged_shape_asks_for_a_reason(plan: Plan) -> None:
    told = Plan.start(plan.ground, plan.assignment, limits=Limits(round_min=0.65))
    seen = preview(told, Move(frozenset({2}), A))
    found = next(found for found in seen.warnings if found.concern == Concern.COMPACTNESS)
    assert found.neighbourhoods == (A,)
    assert (found.before, found.after) == pytest.approx((0.754, 0.611), abs=1e-3)
