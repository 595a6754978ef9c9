"""Pulling a border flips blocks nearest first, never parts anybody, and pulling further only adds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.operations import Move
from geo.plans import Plan, PlanRefused, Reason
from geo.previews import preview
from geo.push import Push, push
from tests.geo_places import SOUTH, WEST
from tests.plan_places import A, B, C, D, E, F, tiny_place

GRAB = (WEST + 200, SOUTH + 450)
"""On the border of A and B, beside blocks 7 and 8."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return tiny_place()[2]


def pulled(plan: Plan, east: float, north: float = 0.0) -> Push:
    return push(plan, A, B, GRAB, (GRAB[0] + east, GRAB[1] + north))


@pytest.mark.parametrize(
    ("east", "giver", "blocks"),
    [
        (45, B, []),
        (55, B, [8]),
        (115, B, [8, 2, 14]),
        (155, B, [8, 2, 14]),  # block 9 joins 3 and 15 and must wait
        (400, B, [8, 2, 14, 3, 9]),  # the last block stays: a neighbourhood is never emptied
        (-55, A, [7]),
        (-115, A, [7, 1, 13]),
    ],
)
def test_blocks_flip_nearest_first(plan: Plan, east: float, giver: str, blocks: list[int]) -> None:
    seen = pulled(plan, east)
    assert (seen.giver, [flip.block for flip in seen.flips]) == (giver, blocks)
    expected = Move(frozenset(blocks), seen.gainer, "push") if blocks else None
    assert seen.operation == expected


def test_what_would_follow_is_told_with_its_metres(plan: Plan) -> None:
    seen = pulled(plan, 55)
    assert [(flip.block, flip.metres) for flip in seen.flips] == [(8, 50.0)]
    assert [(flip.block, round(flip.metres)) for flip in seen.further] == [(2, 110), (14, 110), (3, 210), (9, 210)]
    assert pulled(plan, 155).held == (9,) and pulled(plan, 400).held == (15,)


def test_a_pull_along_no_border_or_nowhere(plan: Plan) -> None:
    with pytest.raises(PlanRefused) as caught:
        push(plan, A, F, GRAB, (0, 0))
    assert caught.value.reason == Reason.NOT_NEIGHBOURS
    for nowhere in (0, np.nan, np.inf):
        assert pulled(plan, nowhere).operation is None


def test_a_block_that_would_part_its_giver_is_held(plan: Plan) -> None:
    bent = plan.move([14, 15], D).move([9], D)
    assert bent.members(B) == {2, 3, 8}
    seen = push(bent, A, B, (WEST + 200, SOUTH + 550), (WEST + 270, SOUTH + 550))
    assert [flip.block for flip in seen.flips] == [] and seen.held == (2,)
    assert push(bent, A, B, (WEST + 200, SOUTH + 550), (WEST + 290, SOUTH + 550)).held == (2,)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pair=st.sampled_from([(A, B), (A, C), (B, D), (C, D), (E, F)]),
    place=st.tuples(st.floats(0, 600), st.floats(0, 600)),
    angle=st.floats(0, 2 * np.pi),
    length=st.floats(2, 500),
)
def test_any_pull_is_sound_and_grows(
    plan: Plan, pair: tuple[str, str], place: tuple[float, float], angle: float, length: float
) -> None:
    grab = (WEST + place[0], SOUTH + place[1])
    step = np.array([np.cos(angle), np.sin(angle)])
    near = push(plan, *pair, grab, tuple(grab + step * length))
    far = push(plan, *pair, grab, tuple(grab + step * length * 1.5))
    assert near.flips == far.flips[: len(near.flips)]
    assert len(far.flips + far.further) == len(near.flips + near.further)
    metres = [flip.metres for flip in far.flips + far.further]
    assert metres == sorted(metres)
    for seen in (near, far):
        if seen.operation is not None:
            assert preview(plan, seen.operation).moved == {flip.block: (seen.giver, seen.gainer) for flip in seen.flips}
