"""Consequences counted by hand: who moves, which seats and offices, indicators on new lines, words of borders."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from geo.consequences import bounds, consequences, four_sides, rebased, shares_of_old
from geo.operations import Merge, New
from geo.plans import Plan, PlanRefused
from geo.plans_ground import Ground
from geo.splitting import split_along
from tests.geo_places import SOUTH, WEST
from tests.plan_places import WEST_HOME, A, B, C, cell, tiny_place
from tests.test_geo_plans import random_operation


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The tiny place with offices in blocks 2 and 30, and two buildings in block 8."""
    blocks, edges, first = tiny_place()
    along = edges["left"].isin([1, 7, 13]) & (edges["right"] == edges["left"] + 1)
    edges.loc[along, "name"] = "工农路"
    edges.loc[edges["left"].isin([2, 8, 14]) & (edges["right"] == edges["left"] + 1), "name"] = "跃龙路"
    offices = gpd.GeoDataFrame(geometry=[cell(2).centroid, cell(30).centroid], crs=blocks.crs)
    homes = gpd.GeoDataFrame(
        {"households": [20, 10], "people": [60, 30]}, geometry=[cell(8).centroid, Point(WEST + 210, SOUTH + 490)]
    )
    return Plan.start(Ground(blocks, edges, offices=offices, buildings=homes), first.assignment)


def measures(**values: float) -> pd.DataFrame:
    names = {"a": A, "b": B, "c": C}
    return pd.DataFrame(
        [(names[key], "residents", value) for key, value in values.items()],
        columns=["neighbourhood", "measure", "value"],
    )


def test_people_addresses_and_offices_that_change(plan: Plan) -> None:
    seen = consequences(plan, plan.move([2, 8], A))
    assert seen.moves.to_dict("records") == [
        {"before": B, "after": A, "blocks": 2, "households": 60, "people": 180, "collective": 0, "buildings": 2}
    ]
    assert seen.addresses[["households", "people", "before", "after"]].values.tolist() == [
        [20, 60, B, A],
        [10, 30, B, A],
    ]
    assert seen.offices.values.tolist() == [[A, 0, 1], [B, 1, 0]]
    assert seen.seats.empty and seen.reach.empty and seen.measures.empty


def test_seats_move_with_their_place_or_with_the_end_of_their_neighbourhood(plan: Plan) -> None:
    organisations = gpd.GeoDataFrame(
        {"id": ["in", "out", "nowhere"], "neighbourhood": [B, B, B]},
        geometry=[cell(8).centroid, cell(15).centroid, None],
        crs="EPSG:4549",
    )
    moved = consequences(plan, plan.move([2, 8], A), organisations=organisations).seats
    assert moved.values.tolist() == [["in", B, A, "located"]]
    ended = consequences(plan, plan.apply(Merge(A, B)), organisations=organisations).seats
    assert ended.values.tolist() == [
        ["in", B, A, "located"],
        ["out", B, A, "located"],
        ["nowhere", B, A, "ended"],
    ]
    unplaced = pd.DataFrame(organisations[["id", "neighbourhood"]])
    assert set(consequences(plan, plan.apply(Merge(A, B)), organisations=unplaced).seats["how"]) == {"ended"}


def test_households_within_reach(plan: Plan) -> None:
    metres = pd.Series({2: 120.0, 8: 400.0, 3: 499.0, 14: 900.0, 0: np.nan})
    reach = consequences(plan, plan.move([2, 8], A), metres=metres).reach.set_index("neighbourhood")
    assert reach.loc[A].tolist() == [180, 0, 240, 60] and reach.loc[B].tolist() == [180, 90, 120, 30]


def test_counts_go_with_the_households(plan: Plan) -> None:
    after = plan.move([2, 8], A)
    table = rebased(plan, after, measures(a=600.0, b=300.0, c=7.0)).set_index("neighbourhood")
    assert table.loc[A, ["before", "after"]].tolist() == [600, 700]  # a third of B's 180 households is 60
    assert table.loc[B, ["before", "after"]].tolist() == [300, 200] and C not in table.index
    told = shares_of_old(plan, after)
    assert told.groupby("old")["share"].sum().tolist() == [1.0, 1.0]


def test_what_is_withheld_stays_withheld(plan: Plan) -> None:
    table = rebased(plan, plan.move([2], A), measures(a=600.0, b=np.nan)).set_index("neighbourhood")
    assert table["after"].isna().all()


def test_a_new_neighbourhood_and_an_ended_one(plan: Plan) -> None:
    code = f"{WEST_HOME}009"
    after = plan.apply(New(code, frozenset({0, 1}))).apply(Merge(C, A))
    table = rebased(plan, after, measures(a=600.0, c=60.0)).set_index("neighbourhood")
    assert table.loc[code, "after"] == 200 and np.isnan(table.loc[code, "before"])
    assert table.loc[C, "after"] == 460 and np.isnan(table.loc[A, "after"])


def test_pieces_of_a_block_carry_their_share(plan: Plan) -> None:
    split = plan.apply(split_along(plan, 8, LineString([(WEST + 225, SOUTH), (WEST + 225, SOUTH + 600)])).operation)
    west = min(split.members(B) - plan.members(B), key=lambda block: split.ground.shape[block].centroid.x)
    after = split.move([west], A)
    assert consequences(plan, after).moves["households"].tolist() == [10]
    table = rebased(plan, after, measures(a=0.0, b=1800.0)).set_index("neighbourhood")
    assert table["after"].tolist() == [100, 1700]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=6))
def test_no_count_is_lost_on_any_new_lines(plan: Plan, seeds: list[int]) -> None:
    after = plan
    for seed in seeds:
        try:
            after = after.attempt(random_operation(after, seed))
        except PlanRefused:
            continue
    given_ = pd.DataFrame({"neighbourhood": plan.codes, "measure": "n", "value": range(100, 100 + len(plan.codes))})
    table = rebased(plan, after, given_)
    np.testing.assert_allclose(table["after"].sum(), table["before"].sum())
    assert set(table["neighbourhood"]) <= set(plan.codes) | set(after.codes)
    sums = consequences(plan, after, measures=given_).moves[["households", "people"]].sum()
    assert (sums >= 0).all()


def test_borders_in_words_change_where_a_line_moves(plan: Plan) -> None:
    assert four_sides(plan, [A])[A]["east"].name == "工农路"
    table = bounds(plan, plan.move([2, 8, 14], A))
    east = table[(table["neighbourhood"] == A) & (table["side"] == "east")].iloc[0]
    assert (east["before"].name, east["after"].name) == ("工农路", "跃龙路")
    assert set(table["neighbourhood"]) == {A, B} and "north" not in set(table["side"])
    ended = bounds(plan, plan.apply(Merge(A, B)))
    assert ended[ended["neighbourhood"] == B]["after"].isna().all()


def test_borders_of_the_whole_agree_with_borders_of_a_part(plan: Plan) -> None:
    every = four_sides(plan, plan.codes)
    assert all(four_sides(plan, [code])[code] == every[code] for code in plan.codes)
    assert shapely.area(plan.polygon(A)) == 60_000
