"""Neighbourhood proposals: constraints always hold, rules are followed, and a seed gives one answer."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import topology, zoning
from geo.zoning_codes import reading_order
from tests.geo_places import grid_blocks, grid_edges, targets_for

COMMUNITY = "320602001001"
FAST = zoning.Weights(flips=4, recuts=1)


def town(columns: int, rows: int, **what: object) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    blocks = grid_blocks(columns, rows, **what)  # type: ignore[arg-type]
    return blocks, grid_edges(blocks, columns, rows)


def picture(assignment: pd.Series, columns: int) -> list[str]:
    serials = [str(int(code[-3:])) for code in assignment]
    return ["".join(serials[i : i + columns]) for i in range(0, len(serials), columns)]


def test_four_quarters_of_a_square_town_have_this_exact_picture() -> None:
    blocks, edges = town(4, 4, households=75)
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 4), seed=1)
    assert picture(proposal.assignment, 4) == ["1122", "1122", "3344", "3344"]
    assert proposal.infeasible == []
    assert proposal.moved_share is None


def test_a_border_follows_the_river_though_households_are_evener_elsewhere() -> None:
    blocks, edges = town(9, 3, households=22)
    middle = blocks.geometry.total_bounds[0] + 400
    on_river = (edges.geometry.bounds["minx"] == middle) & (edges.geometry.bounds["maxx"] == middle)
    edges.loc[on_river, ["barrier", "contact"]] = ["river", False]
    edges.loc[on_river & (edges["left"] == 3), "contact"] = True  # one bridge: both sides could be one neighbourhood
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 2, 297), seed=3)
    assert picture(proposal.assignment, 9) == ["111122222"] * 3


def test_no_neighbourhood_reaches_across_a_river_without_a_bridge() -> None:
    blocks, edges = town(6, 4, households=50)
    across = edges["left"].isin(range(6, 12)) & edges["right"].isin(range(12, 18))
    edges.loc[across, ["barrier", "contact"]] = ["river", False]
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 4), seed=1)
    north, south = set(proposal.assignment.iloc[:12]), set(proposal.assignment.iloc[12:])
    assert not north & south
    assert len(north) == len(south) == 2


def test_compounds_stay_whole_though_an_even_division_would_cut_them() -> None:
    blocks, edges = town(6, 2, households=50)
    blocks["compound"] = ["A", "A", "A", "A", None, None, "A", None, None, None, None, None]
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 2), seed=1)
    assert proposal.assignment[blocks["compound"].notna().to_numpy()].nunique() == 1


def test_a_compound_above_the_range_is_divided() -> None:
    blocks, edges = town(6, 2, households=50)
    blocks["compound"] = "A"
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 2), seed=1)
    assert sorted(proposal.assignment.value_counts()) == [6, 6]


def test_village_groups_become_rural_neighbourhoods() -> None:
    blocks, edges = town(6, 3, households=25, kind="rural")
    blocks["village_group"] = ["G1", "G1", "G2", "G2", "G3", "G3"] * 3
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 3, 150, "rural"), seed=1)
    assert picture(proposal.assignment, 6) == ["112233"] * 3


def test_rural_and_urban_targets_apply_within_one_community() -> None:
    blocks, edges = town(6, 2, households=75)
    blocks["kind"] = ["urban"] * 4 + ["rural"] * 2 + ["urban"] * 4 + ["rural"] * 2
    targets = pd.concat([targets_for(COMMUNITY, 2), targets_for(COMMUNITY, 2, 150, "rural")], ignore_index=True)
    proposal = zoning.propose(blocks, edges, targets, seed=1)
    layer = zoning.neighbourhoods(blocks, proposal.assignment, targets)
    assert layer[["kind", "households", "target"]].to_numpy().tolist().count(["rural", 150, 150]) == 2
    assert layer[["kind", "households", "target"]].to_numpy().tolist().count(["urban", 300, 300]) == 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    columns=st.integers(1, 7),
    rows=st.integers(1, 7),
    parts=st.integers(1, 8),
    seed=st.integers(0, 2**31),
    data=st.data(),
)
def test_cover_and_contiguity_hold_whatever_the_town(
    columns: int, rows: int, parts: int, seed: int, data: st.DataObject
) -> None:
    blocks, edges = town(columns, rows)
    n = len(blocks)
    blocks["households"] = data.draw(st.lists(st.integers(0, 400), min_size=n, max_size=n))
    edges["contact"] = data.draw(st.lists(st.booleans(), min_size=len(edges), max_size=len(edges)))
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, parts), seed=seed, weights=FAST)
    assert proposal.assignment.notna().all()
    assert list(proposal.assignment.index) == list(range(n))
    assert topology.disconnected(proposal.assignment, edges) == []
    pieces = len(topology.Contacts(blocks["block_id"], edges).pieces(blocks["block_id"]))
    assert proposal.assignment.nunique() == max(min(parts, n), pieces)
    layer = zoning.neighbourhoods(blocks, proposal.assignment)
    assert layer["households"].sum() == blocks["households"].sum()
    assert layer.geometry.area.sum() == pytest.approx(blocks.geometry.area.sum())


def test_the_same_seed_gives_the_same_proposal_in_any_order_of_rows() -> None:
    blocks, edges = town(8, 8, households=28)
    targets = targets_for(COMMUNITY, 6)
    once = zoning.propose(blocks, edges, targets, seed=5).assignment
    again = zoning.propose(blocks.sample(frac=1, random_state=1), edges.sample(frac=1, random_state=2), targets, seed=5)
    pd.testing.assert_series_equal(once, again.assignment)


def test_a_seed_gives_this_very_division_on_every_machine() -> None:
    blocks, edges = town(10, 10)
    blocks["households"] = [(i * i * 7 + i * 3) % 60 for i in range(100)]
    edges["barrier"] = [("road", "lane", "wall", "none", "arterial")[i * 7 % 5] for i in range(len(edges))]
    found = zoning.propose(blocks, edges, targets_for(COMMUNITY, 10), seed=2020).assignment
    digest = hashlib.sha256("".join(found).encode()).hexdigest()[:16]
    assert digest == "a876bbadee2a4034"


def test_the_compiled_kernel_and_the_python_it_is_written_in_agree() -> None:
    test = f"{Path(__file__).name}::{test_a_seed_gives_this_very_division_on_every_machine.__name__}"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/{test}"],
        cwd=Path(__file__).resolve().parents[1], env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True,
        check=False, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout


def test_communities_do_not_influence_each_other() -> None:
    first, first_edges = town(6, 4, households=50)
    other = grid_blocks(6, 4, households=40, community="320602001002")
    other["block_id"] += 100
    other = other.set_geometry(other.geometry.translate(5000, 0))
    other_edges = grid_edges(other, 6, 4)
    for end in ("left", "right"):
        other_edges[end] = other_edges[end].where(other_edges[end] < 0, other_edges[end] + 100)
    both = gpd.GeoDataFrame(pd.concat([other, first], ignore_index=True), crs=first.crs)
    edges = pd.concat([first_edges, other_edges], ignore_index=True)
    targets = pd.concat([targets_for(COMMUNITY, 4), targets_for("320602001002", 3)], ignore_index=True)
    alone = zoning.propose(first, first_edges, targets_for(COMMUNITY, 4), seed=2).assignment
    together = zoning.propose(both, edges, targets, seed=2).assignment
    pd.testing.assert_series_equal(together[alone.index], alone)
    assert set(together.str[:12]) == {COMMUNITY, "320602001002"}


def test_a_good_current_edition_is_kept_as_it_is() -> None:
    blocks, edges = town(6, 4, households=50)
    current = pd.Series([f"{COMMUNITY}{7 + i % 6 // 3 + 2 * (i // 12):03d}" for i in range(24)], index=range(24))
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 4), seed=9, current=current)
    assert proposal.assignment.tolist() == current.tolist()
    assert proposal.moved_share == 0.0


def test_with_a_current_edition_little_moves_and_codes_are_kept() -> None:
    blocks, edges = town(8, 6, households=25)
    current = zoning.propose(blocks, edges, targets_for(COMMUNITY, 4), seed=1).assignment
    blocks.loc[blocks["block_id"] == 0, "households"] = 130  # new flats in one block
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 4), seed=1, current=current)
    assert set(proposal.assignment) == set(current)
    assert proposal.moved_share is not None
    assert 0 < proposal.moved_share < 0.2
    layer = zoning.neighbourhoods(blocks, proposal.assignment)
    assert ((layer["households"] - 300).abs() <= 60).all()


def test_a_new_neighbourhood_takes_a_serial_never_used_before() -> None:
    blocks, edges = town(6, 4, households=50)
    current = pd.Series([f"{COMMUNITY}{1 + i // 12:03d}" for i in range(24)], index=range(24))
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 4), seed=1, current=current)
    assert sorted(code[-3:] for code in set(proposal.assignment)) == ["001", "002", "003", "004"]


def test_a_current_code_of_another_community_is_not_taken_over() -> None:
    blocks, edges = town(4, 4, households=75)
    current = pd.Series(["320602009009001"] * 8 + ["west"] * 8, index=range(16))
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 4), seed=1, current=current)
    assert sorted(set(proposal.assignment)) == [f"{COMMUNITY}00{i}" for i in (1, 2, 3, 4)]


def test_locked_neighbourhoods_stay() -> None:
    blocks, edges = town(8, 6, households=25)
    current = pd.Series([f"{COMMUNITY}{1 + i % 8 // 4 + 2 * (i // 24):03d}" for i in range(48)], index=range(48))
    current[13] = current[10]  # a shape no optimiser would keep
    code = current[10]
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 4), seed=1, current=current, locked=[code])
    assert set(proposal.assignment.index[proposal.assignment == code]) == set(current.index[current == code])
    assert proposal.assignment.nunique() == 4


def test_a_block_too_large_is_named_with_what_would_help() -> None:
    blocks, edges = town(4, 2, households=50)
    blocks.loc[5, "households"] = 700
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 4), seed=1)
    assert [(limit.block, limit.sentence) for limit in proposal.infeasible] == [
        (5, f"Block 5 in community {COMMUNITY} has 700 households, more than 120 % of the target 300; "
            "split it between its buildings."),
    ]  # fmt: skip


def test_too_few_households_are_said_with_the_number_that_fits() -> None:
    blocks, edges = town(4, 2, households=50)
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 4), seed=1)
    assert [limit.sentence for limit in proposal.infeasible] == [
        f"Community {COMMUNITY}: 400 households in 4 neighbourhoods cannot all be within 20 % of the target; "
        "1 would fit."
    ]


def test_an_island_without_a_bridge_is_its_own_neighbourhood_and_said() -> None:
    blocks, edges = town(4, 2, households=75)
    edges.loc[(edges["left"] == 3) | (edges["right"] == 3) | (edges["right"] == 7), "contact"] = False
    edges.loc[(edges["left"] == 6) & (edges["right"] == 7), "contact"] = True
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 1), seed=1)
    assert proposal.assignment.nunique() == 2
    assert proposal.infeasible[0].block == 3
    assert "declare a bridge to the part with block 3" in proposal.infeasible[0].sentence


def test_fewer_blocks_than_neighbourhoods_asks_to_split_the_largest() -> None:
    blocks, edges = town(2, 1, households=150)
    blocks.loc[1, "households"] = 350
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 3), seed=1)
    assert proposal.assignment.nunique() == 2
    assert "it has only 2 blocks; split block 1, its largest" in proposal.infeasible[0].sentence


def test_a_town_where_nobody_lives_is_still_divided() -> None:
    blocks, edges = town(3, 3, households=0)
    proposal = zoning.propose(blocks, edges, targets_for(COMMUNITY, 2), seed=1)
    assert proposal.assignment.nunique() == 2


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda b, e, t: b.__setitem__("block_id", 7), "Block 7 appears twice"),
        (lambda b, e, t: b.__setitem__("households", -1), "Block 0 has no valid number of households"),
        (lambda b, e, t: b.__setitem__("buildings", np.nan), "Block 0 has no valid number of buildings"),
        (lambda b, e, t: b.__setitem__("community", "320602001009"), "no row in the targets"),
        (lambda b, e, t: t.__setitem__("target", 0), "must be above 0"),
        (
            lambda b, e, t: t.__setitem__("neighbourhoods", 1000),
            "would have 1000 neighbourhoods, but codes have room for 999",
        ),
        (lambda b, e, t: e.__setitem__("left", 99), "blocks that are not in the table"),
        (lambda b, e, t: e.__setitem__("length_m", np.nan), "no valid length"),
        (lambda b, e, t: e.pop("contact"), "edges has no column contact"),
        (lambda b, e, t: t.pop("target"), "targets has no column target"),
    ],
)
def test_bad_tables_get_their_sentence(spoil: object, sentence: str) -> None:
    blocks, edges = town(3, 2)
    targets = targets_for(COMMUNITY, 2)
    spoil(blocks, edges, targets)  # type: ignore[operator]
    with pytest.raises(zoning.ZoningError, match=sentence):
        zoning.propose(blocks, edges, targets, seed=1)


def test_no_blocks_get_their_sentence() -> None:
    blocks, edges = town(3, 2)
    with pytest.raises(zoning.ZoningError, match="There are no blocks to zone; cut them"):
        zoning.propose(blocks.iloc[:0], edges, targets_for(COMMUNITY, 2), seed=1)


def test_locks_need_a_current_edition_that_has_them() -> None:
    blocks, edges = town(3, 2)
    with pytest.raises(zoning.ZoningError, match="only in a current edition"):
        zoning.propose(blocks, edges, targets_for(COMMUNITY, 2), seed=1, locked=["x"])
    current = pd.Series([f"{COMMUNITY}001"] * 6, index=range(6))
    with pytest.raises(zoning.ZoningError, match="Neighbourhood x is locked but not in"):
        zoning.propose(blocks, edges, targets_for(COMMUNITY, 2), seed=1, current=current, locked=["x"])


def test_progress_counts_up_to_the_end() -> None:
    blocks, edges = town(4, 4, households=75)
    steps: list[tuple[int, int]] = []
    zoning.propose(blocks, edges, targets_for(COMMUNITY, 4), seed=1, progress=lambda *step: steps.append(step))
    assert steps == [(1, 1)]


def test_serials_run_from_north_west_to_south_east_row_by_row() -> None:
    x = np.array([9.0, 1.0, 5.0, 1.2, 5.1, 8.8])
    y = np.array([9.1, 9.0, 9.2, 1.0, 1.1, 0.9])
    assert reading_order(x, y).tolist() == [1, 2, 0, 3, 4, 5]


def test_neighbourhoods_add_up_their_blocks() -> None:
    blocks, _ = town(2, 2, households=70)
    codes = pd.Series([f"{COMMUNITY}001", f"{COMMUNITY}001", f"{COMMUNITY}002", f"{COMMUNITY}001"], index=range(4))
    layer = zoning.neighbourhoods(blocks, codes)
    assert layer.drop(columns="geometry").to_dict("records") == [
        {"code": f"{COMMUNITY}001", "community": COMMUNITY, "kind": "urban", "target": 300, "households": 210,
         "people": 630, "collective": 0, "buildings": 3},
        {"code": f"{COMMUNITY}002", "community": COMMUNITY, "kind": "urban", "target": 300, "households": 70,
         "people": 210, "collective": 0, "buildings": 1},
    ]  # fmt: skip
    assert layer.geometry.area.tolist() == [30000.0, 10000.0]


def test_a_block_without_neighbourhood_is_refused() -> None:
    blocks, _ = town(2, 1)
    with pytest.raises(zoning.ZoningError, match="Block 1 has no neighbourhood"):
        zoning.neighbourhoods(blocks, pd.Series([f"{COMMUNITY}001"], index=[0]))
