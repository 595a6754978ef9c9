"""Plans stay sound over any sequence of operations, undo is exact, and every refusal has its reason and repair."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from geo import plans, tables, topology
from geo.operations import (
    Batch,
    Counts,
    Draw,
    Merge,
    Move,
    New,
    Operation,
    Rename,
    Retire,
    Split,
    Transfer,
    decode,
    encode,
)
from geo.plans import Plan, PlanRefused, Reason
from geo.plans_ground import Ground
from geo.splitting import split_along
from tests.geo_places import SOUTH, WEST
from tests.plan_places import A, B, C, D, E, Place, around, cell, tiny_place


@pytest.fixture(scope="module")
def tiny() -> Place:
    return tiny_place()


@pytest.fixture(scope="module")
def real(extracts: Path) -> Place:
    """The largest community of the published edition."""
    published = tables.read_published()
    code = published.blocks["community"].value_counts().index[0]
    blocks = published.blocks[published.blocks["community"] == code].reset_index(drop=True)
    ids = blocks["block_id"]
    edges = published.edges[published.edges["left"].isin(ids) | published.edges["right"].isin(ids)].copy()
    for end in ("left", "right"):
        edges[end] = edges[end].where(edges[end].isin(ids), -1)
    return blocks, edges, Plan.start(Ground(blocks, edges), blocks.set_index("block_id")["neighbourhood"])


def assert_sound(place: Place, plan: Plan) -> None:
    """Judged without the plan's own checks: cover exact, one piece each, nested, polygons a valid coverage."""
    first, blocks, edges = place[2].ground, plan.ground.blocks_table(), plan.ground.edges_table()
    edition, shapes = plan.assignment, blocks.geometry.to_numpy()
    assert edition.index.tolist() == blocks["block_id"].to_list() and edition.notna().all()
    assert shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)
    assert topology.disconnected(edition, edges) == [] and topology.crossing(blocks, edition) == []
    outline = shapely.coverage_union_all(list(first.shape.values()))
    # The end of a split lies on the grid, up to 7 mm beside the outline: slivers of some 0.1 m2 along it.
    apart = shapely.area(shapely.symmetric_difference(outline, shapely.coverage_union_all(shapes)))
    assert apart <= (5 if plan.ground.parents else 0)
    assert_borders(blocks, edges)
    for i, column in enumerate(Counts._fields):
        assert blocks[column].sum() == sum(facts.counts[i] for facts in first.facts.values())


def assert_borders(blocks: gpd.GeoDataFrame, edges: gpd.GeoDataFrame) -> None:
    """Every block's border is its edges, no more and no less."""
    metres = pd.concat([edges.set_index(end)["length_m"] for end in ("left", "right")]).groupby(level=0).sum()
    length = blocks.set_index("block_id").geometry.length
    np.testing.assert_allclose(metres.drop(-1, errors="ignore").reindex(length.index), length, atol=0.01)
    np.testing.assert_allclose(edges.geometry.length, edges["length_m"], atol=0.01)


def spoilt(value: float) -> shapely.Geometry:
    """A drawing with one ordinate that is no place."""
    return shapely.transform(cell(0), lambda xy: np.where(np.arange(xy.size).reshape(xy.shape) == 2, value, xy))


def refusal(plan: Plan, operation: Operation) -> PlanRefused:
    with pytest.raises(PlanRefused) as caught:
        plan.apply(operation)
    return caught.value


def random_operation(plan: Plan, seed: int) -> Operation:
    """A wish of any kind, sensible or not: blocks together or strewn, neighbours or strangers, any polygon or line."""
    rng = np.random.default_rng(seed)
    wishes = (a_merge, a_strewn_move, a_move, a_drawing, a_scrawl, a_split, a_founding, a_retirement, a_renaming)
    kind = rng.integers(len(wishes) + 2)
    if kind < len(wishes):
        return wishes[kind](plan, rng)
    if kind == len(wishes):
        return a_transfer(plan, rng)
    return Batch((a_move(plan, rng), a_move(plan, rng)), "lasso")


def any_code(plan: Plan, rng: np.random.Generator) -> str:
    return plan.codes[rng.integers(len(plan.codes))]


def some_blocks(plan: Plan, rng: np.random.Generator) -> tuple[int, list[int], list[int]]:
    """A block, its neighbours of the community, and some of these."""
    ids = sorted(plan.ground.community)
    start = ids[rng.integers(len(ids))]
    near = sorted(plan.ground.near[start])
    return start, near, near[: rng.integers(len(near) + 1)]


def a_merge(plan: Plan, rng: np.random.Generator) -> Operation:
    return Merge(any_code(plan, rng), any_code(plan, rng))


def a_strewn_move(plan: Plan, rng: np.random.Generator) -> Operation:
    ids = sorted(plan.ground.community)
    return Move(frozenset(int(b) for b in rng.choice(ids, size=rng.integers(1, 4))), any_code(plan, rng))


def a_move(plan: Plan, rng: np.random.Generator) -> Move:
    start, near, some = some_blocks(plan, rng)
    return Move(frozenset({start, *some}), plan.code_of(near[0]) if near else any_code(plan, rng))


def a_drawing(plan: Plan, rng: np.random.Generator, *, orderly: bool = True) -> Operation:
    code = any_code(plan, rng)
    centre = shapely.get_coordinates(shapely.centroid(plan.polygon(code)))[0]
    reach = np.sqrt(shapely.area(plan.polygon(code)) / np.pi) * rng.uniform(0.3, 1.6, size=9)
    angle = rng.uniform(0, 2 * np.pi, size=9)
    angle = np.sort(angle) if orderly else angle
    return Draw(Polygon(centre + (reach * np.array([np.cos(angle), np.sin(angle)])).T), code)


def a_scrawl(plan: Plan, rng: np.random.Generator) -> Operation:
    return a_drawing(plan, rng, orderly=False)


def a_split(plan: Plan, rng: np.random.Generator) -> Operation:
    block = some_blocks(plan, rng)[0]
    low, high = np.array(shapely.bounds(plan.ground.shape[block])).reshape(2, 2)
    line = LineString(rng.uniform(low, high, size=(rng.integers(2, 4), 2)))
    try:
        return split_along(plan, block, line).operation
    except PlanRefused:
        return Split(block, line, (Counts(1, 1, 0, 1), Counts(0, 0, 0, 0)))


def a_founding(plan: Plan, rng: np.random.Generator) -> Operation:
    start, _, some = some_blocks(plan, rng)
    return New(plan.next_code(plan.ground.community[start]), frozenset({start, *some}), "新邻里")


def a_retirement(plan: Plan, rng: np.random.Generator) -> Operation:
    code, heir = any_code(plan, rng), any_code(plan, rng)
    return Retire(code, tuple((block, heir) for block in sorted(plan.members(code))))


def a_renaming(plan: Plan, rng: np.random.Generator) -> Operation:
    return Rename(any_code(plan, rng), f"邻里{rng.integers(99)}")


def a_transfer(plan: Plan, rng: np.random.Generator) -> Operation:
    start, _, some = some_blocks(plan, rng)
    beyond = [rim.other for rim in plan.ground.rims[start] if rim.contact]
    to = plan.code_of(beyond[rng.integers(len(beyond))]) if beyond else any_code(plan, rng)
    return Transfer(frozenset({start, *some[:1]}), to, "路改道了")


def walk(place: Place, seeds: list[int]) -> None:
    """Apply random wishes, taking the repair where one is refused; then replay everything, and undo everything."""
    plan = place[2]
    line, start = [plan], plan.assignment
    for seed in seeds:
        operation = random_operation(plan, seed)
        try:
            line.append(plan.apply(operation))
        except PlanRefused as refused:
            for step in refused.repair:
                line.append(line[-1].attempt(step))  # a repair must work as it stands, without a repair of its own
        plan = line[-1]
    assert_sound(place, plan)
    assert_same(plans.replay(place[2], [decode(encode(step)) for step in plan.history]), plan)
    for earlier in reversed(line):
        assert plan is earlier
        plan = plan.undo() if plan.parent is not None else plan
    assert plan is place[2] and plan.assignment.equals(start)


def assert_same(one: Plan, other: Plan) -> None:
    """The same table, names, ended codes and shapes."""
    pd.testing.assert_series_equal(one.assignment, other.assignment)
    assert (one.names, one.ended, one.ground.facts) == (other.names, other.ended, other.ground.facts)
    assert all(shape.equals_exact(other.ground.shape[block], 0) for block, shape in one.ground.shape.items())


RANDOM = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SEQUENCE = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=12)


@RANDOM
@given(seeds=SEQUENCE)
def test_any_sequence_keeps_a_tiny_place_sound_and_undo_is_exact(tiny: Place, seeds: list[int]) -> None:
    walk(tiny, seeds)


@pytest.mark.slow
@settings(RANDOM, max_examples=5000)
@given(seeds=SEQUENCE)
def test_thousands_of_sequences_keep_a_tiny_place_sound(tiny: Place, seeds: list[int]) -> None:
    walk(tiny, seeds)


@settings(RANDOM, max_examples=20)
@given(seeds=SEQUENCE)
def test_any_sequence_keeps_a_community_of_the_demonstration_sound(real: Place, seeds: list[int]) -> None:
    walk(real, seeds)


@settings(RANDOM, max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_move_does_what_it_says_or_was_impossible(real: Place, seed: int) -> None:
    blocks, edges, plan = real
    rng = np.random.default_rng(seed)
    block = int(rng.choice(blocks["block_id"]))
    to = str(rng.choice(sorted(plan.assignment.unique())))
    wanted = plan.assignment
    wanted[block] = to
    impossible = topology.disconnected(wanted, edges) or wanted.nunique() < plan.assignment.nunique()
    if plan.assignment[block] == to:
        assert refusal(plan, Move(frozenset({block}), to)).reason == Reason.NOTHING_CHANGES
    elif impossible:
        assert refusal(plan, Move(frozenset({block}), to)).repair
    else:
        pd.testing.assert_series_equal(plan.move([block], to).assignment, wanted)


def test_a_move_changes_the_table_and_leaves_its_parent_alone(tiny: Place) -> None:
    plan = tiny[2]
    after = plan.move([2], A)
    assert after.changes == {2: (B, A)}
    assert plan.members(B) == {2, 3, 8, 9, 14, 15} and after.members(B) == {3, 8, 9, 14, 15}
    assert after.undo() is plan and after.history == [Move(frozenset({2}), A)]
    assert after.polygon(A).equals(shapely.union_all([cell(b) for b in (0, 1, 2, 6, 7, 12, 13)]))


def test_a_move_that_cuts_a_neighbourhood_offers_the_smallest_repair(tiny: Place) -> None:
    plan = tiny[2]
    refused = refusal(plan, Move(frozenset({8, 9}), A))
    assert (refused.reason, refused.neighbourhoods) == (Reason.DISCONNECTED, (B,))
    assert "would be in pieces" in str(refused)
    # Sparing block 9 changes one block of the wish, taking two blocks along would change two.
    assert refused.repair == (Move(frozenset({8}), A),)
    assert_sound(tiny, plans.replay(plan, refused.repair))


def test_a_block_from_afar_comes_with_the_way_to_it(tiny: Place) -> None:
    refused = refusal(tiny[2], Move(frozenset({3}), A))
    assert (refused.reason, refused.neighbourhoods, refused.blocks) == (Reason.DISCONNECTED, (A,), (3,))
    assert refused.repair == (Move(frozenset({2, 3}), A),)


def test_a_river_without_bridge_is_no_contact(tiny: Place) -> None:
    assert refusal(tiny[2], Move(frozenset({20}), C)).reason == Reason.DISCONNECTED
    refused = refusal(tiny[2], Merge(C, D))
    assert refused.reason == Reason.DISCONNECTED
    way, merge = refused.repair
    assert isinstance(way, Move) and way.to == C and merge == Merge(C, D)
    assert_sound(tiny, plans.replay(tiny[2], refused.repair))


def test_no_block_leaves_its_community(tiny: Place) -> None:
    refused = refusal(tiny[2], Move(frozenset({3, 4}), E))
    assert (refused.reason, refused.blocks, refused.repair) == (Reason.OTHER_COMMUNITY, (3,), ())
    assert refusal(tiny[2], Move(frozenset({2, 4}), A)).repair == (Move(frozenset({2}), A),)
    assert refusal(tiny[2], Merge(B, E)).reason == Reason.OTHER_COMMUNITY


def test_taking_the_last_block_offers_to_merge(tiny: Place) -> None:
    refused = refusal(tiny[2], Move(frozenset({2, 3, 8, 9, 14, 15}), A))
    assert (refused.reason, refused.neighbourhoods, refused.repair) == (Reason.EMPTIED, (B,), (Merge(A, B),))


def test_merging_retires_one_code(tiny: Place) -> None:
    after = tiny[2].merge(A, B)
    assert not after.members(B) and len(after.members(A)) == 12
    assert refusal(after, Merge(A, B)).reason == Reason.UNKNOWN_NEIGHBOURHOOD
    assert_sound(tiny, after)


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (Move(frozenset({99}), A), Reason.UNKNOWN_BLOCK),
        (Move(frozenset({1}), "nowhere"), Reason.UNKNOWN_NEIGHBOURHOOD),
        (Move(frozenset(), A), Reason.NOTHING_CHANGES),
        (Move(frozenset({0, 1}), A), Reason.NOTHING_CHANGES),
        (Merge(A, A), Reason.NOTHING_CHANGES),
        (Draw(cell(0).buffer(-30), A), Reason.NOTHING_INSIDE),
        (Draw(cell(5), A), Reason.NOTHING_INSIDE),
        (Draw(Polygon(), A), Reason.NO_AREA),
        (Draw(LineString([(0, 0), (1, 1)]), A), Reason.NO_AREA),
        (Draw(Polygon([(0, 0), (1, 1), (2, 2)]), A), Reason.NO_AREA),
        (Draw(spoilt(np.nan), A), Reason.NO_AREA),
        (Draw(spoilt(np.inf), A), Reason.NO_AREA),
        (Draw(around(0, 1, 6, 7, 12, 13), A), Reason.NOTHING_CHANGES),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(tiny: Place, operation: Operation, reason: Reason) -> None:
    assert refusal(tiny[2], operation).reason == reason


def test_the_first_plan_cannot_be_undone(tiny: Place) -> None:
    with pytest.raises(PlanRefused) as caught:
        tiny[2].undo()
    assert caught.value.reason == Reason.NOTHING_TO_UNDO


def test_a_drawing_takes_blocks_by_majority_and_gives_the_others_away(tiny: Place) -> None:
    after = tiny[2].draw(around(6, 7, 8, 12, 13, 14), A)
    assert after.members(A) == {6, 7, 8, 12, 13, 14, 0, 1} - {0, 1}
    assert after.members(B) == {0, 1, 2, 3, 9, 15}
    assert_sound(tiny, after)


def test_a_drawing_over_a_whole_neighbourhood_offers_to_merge_first(tiny: Place) -> None:
    over = around(0, 1, 2, 3, 6, 7, 8, 9, 12, 13, 14, 15)
    refused = refusal(tiny[2], Draw(over.union(cell(18)), A))
    assert (refused.reason, refused.neighbourhoods) == (Reason.EMPTIED, (B,))
    assert refused.repair == (Merge(A, B), Draw(over.union(cell(18)), A))
    assert plans.replay(tiny[2], refused.repair).members(A) == {0, 1, 2, 3, 6, 7, 8, 9, 12, 13, 14, 15, 18}


def test_a_pocket_in_a_drawing_is_filled(tiny: Place) -> None:
    ring = around(0, 1, 2, 6, 8, 12, 13, 14).difference(Point(cell(7).centroid).buffer(75))
    after = tiny[2].draw(ring, A)
    assert after.members(A) == {0, 1, 2, 6, 7, 8, 12, 13, 14}
    assert_sound(tiny, after)


def test_a_line_that_crosses_itself_still_draws(tiny: Place) -> None:
    x, y = WEST, SOUTH + 600
    bow = Polygon([(x, y), (x + 300, y), (x + 300, y - 300), (x, y - 300), (x, y - 200), (x + 1, y - 300.5)])
    assert not bow.is_valid
    after = tiny[2].draw(bow, A)
    assert after.members(A) >= {0, 1, 2, 6, 7, 8, 12, 13, 14}


def test_an_unsound_edition_is_no_start(tiny: Place) -> None:
    blocks, edges, plan = tiny
    ground = Ground(blocks, edges)
    lacking, strewn, astray = plan.assignment, plan.assignment, plan.assignment
    lacking[7] = None
    strewn[[0, 35]] = [B, E]
    astray[4] = B
    for edition, reason in (
        (lacking, Reason.NO_NEIGHBOURHOOD),
        (strewn, Reason.DISCONNECTED),
        (astray, Reason.OTHER_COMMUNITY),
    ):
        with pytest.raises(PlanRefused) as caught:
            Plan.start(ground, edition)
        assert caught.value.reason == reason
