"""Proposals are sound operations with what they rest on, respect locks, can be stopped, and lead where they say."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.operations import Batch, Move, New, Retire
from geo.plans import Merge, Plan, PlanRefused
from geo.plans_between import needs, steps_between
from geo.plans_ground import Ground
from geo.proposals import WANTED, Alternative, ProposalCancelled, acceptable, alternatives, remaining
from tests.plan_places import EAST_HOME, PICTURE, WEST_HOME, A, B, C, D, tiny_place


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The tiny place, where 180 households are just right, after edits that left A too large and C too small."""
    blocks, edges, first = tiny_place()
    targets = pd.DataFrame({"community": [WEST_HOME, EAST_HOME], "kind": ["urban"] * 2, "target": [180, 180]})
    start = Plan.start(Ground(blocks, edges, targets=targets), first.assignment)
    return start.move([2, 8], A).move([18, 19], A)


@pytest.fixture(scope="module")
def found(plan: Plan) -> list[Alternative]:
    return alternatives(plan, WEST_HOME)


def test_three_ranked_alternatives_that_differ_and_mend(plan: Plan, found: list[Alternative]) -> None:
    assert len(found) == WANTED and [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    best = found[0]
    assert (best.before.within_20, best.after.within_20, best.after.within_12) == (0.25, 1.0, 1.0)
    assert (best.households, best.left) == (120, 0) and best.score > 1
    assert len({tuple(step.operation for step in one.steps) for one in found}) == WANTED


def test_every_step_is_an_ordinary_operation_and_sound_in_turn(plan: Plan, found: list[Alternative]) -> None:
    for one in found:
        at = plan
        for step in one.steps:
            assert isinstance(step.operation, Move | Batch) and step.households % 30 == 0
            at = at.attempt(step.operation)
        assert at.codes == plan.codes and at.homes[EAST_HOME] is plan.homes[EAST_HOME]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choice=st.randoms(use_true_random=False))
def test_steps_can_be_accepted_in_any_order_that_respects_what_they_rest_on(
    plan: Plan, found: list[Alternative], choice: object
) -> None:
    one = found[choice.randrange(len(found))]  # type: ignore[attr-defined]
    accepted: set[int] = set()
    for k, step in enumerate(one.steps):
        at = plan
        for i in step.needs:
            at = at.attempt(one.steps[i].operation)
        at.attempt(step.operation)  # with no more than what it rests on
        assert all(i < k for i in step.needs)
    at = plan
    while open_ := acceptable(at, one, accepted):
        k = choice.choice(open_)  # type: ignore[attr-defined]
        at = at.attempt(one.steps[k].operation)
        accepted.add(k)
    rest, left = remaining(at, one, plan)
    for operation in rest:
        at = at.attempt(operation)
    end = plan
    for step in one.steps:
        end = end.attempt(step.operation)
    assert left == {} and at.assignment.equals(end.assignment)


def test_locked_neighbourhoods_stay(plan: Plan) -> None:
    for one in alternatives(plan, WEST_HOME, locked=[A]):
        at = plan
        for step in one.steps:
            at = at.attempt(step.operation)
        assert at.members(A) == plan.members(A)


def test_a_neighbourhood_is_mended_with_those_beside_it(plan: Plan) -> None:
    for one in alternatives(plan, D):
        at = plan
        for step in one.steps:
            at = at.attempt(step.operation)
        assert set(at.codes) == set(plan.codes)
    with pytest.raises(PlanRefused):
        alternatives(plan, f"{WEST_HOME}999")


def test_a_subdistrict_is_all_its_communities(plan: Plan) -> None:
    heard: list[tuple[int, int]] = []
    assert alternatives(plan, WEST_HOME[:9], progress=lambda done, all_: heard.append((done, all_)))
    assert [done for done, _ in heard] == sorted(done for done, _ in heard) and heard[-1][0] == heard[-1][1]
    assert alternatives(plan, "999") == []


def test_a_search_can_be_stopped(plan: Plan) -> None:
    heard: list[int] = []
    with pytest.raises(ProposalCancelled):
        alternatives(plan, WEST_HOME, progress=lambda done, _: heard.append(done), cancelled=lambda: len(heard) >= 2)
    assert heard == [1, 2]


def test_the_same_seed_proposes_the_same(plan: Plan, found: list[Alternative]) -> None:
    assert alternatives(plan, WEST_HOME) == found


# ── from table to table ──


def test_an_exchange_that_only_works_at_once_is_a_batch() -> None:
    plan = tiny_place()[2]
    wish = {0: B, 1: B, 2: A, 3: A, 6: B, 7: B, 8: A, 9: A, 12: B, 13: B, 14: A, 15: A}
    steps, left = steps_between(plan, wish)
    at = plan
    for step in steps:
        at = at.attempt(step)
    assert left == {} and at.members(A) == {2, 3, 8, 9, 14, 15} and at.members(B) == {0, 1, 6, 7, 12, 13}


def test_new_and_ended_codes_become_new_and_retire() -> None:
    plan = tiny_place()[2]
    fresh = f"{WEST_HOME}009"
    wish = {**dict.fromkeys((0, 1), fresh), **dict.fromkeys((20, 21, 26, 27, 32, 33), B)}
    steps, left = steps_between(plan, wish, names={fresh: ("新", "New")})
    assert left == {} and {type(step) for step in steps} == {New, Retire}
    assert next(step for step in steps if isinstance(step, New)).name == "新"


def test_what_cannot_be_had_is_told() -> None:
    steps, left = steps_between(tiny_place()[2], {3: A, 4: A})  # from afar, and of another community
    assert steps == [] and left == {3: A}


def test_a_step_rests_on_the_earlier_ones_it_needs() -> None:
    plan = tiny_place()[2]
    steps = [Move(frozenset({2}), A), Move(frozenset({24}), D), Move(frozenset({3}), A)]
    assert needs(plan, [steps[0], steps[2]]) == [(), (0,)]
    assert needs(plan, [Merge(A, B), Merge(A, C)]) == [(), ()]


@settings(max_examples=100, deadline=None)
@given(cells=st.lists(st.sampled_from([A, B, C, D]), min_size=24, max_size=24))
def test_any_wish_is_met_as_far_as_sound(cells: list[str]) -> None:
    plan = tiny_place()[2]
    blocks = sorted(plan.homes[WEST_HOME])
    steps, left = steps_between(plan, dict(zip(blocks, cells, strict=True)))
    at = plan
    for step in steps:
        at = at.attempt(step)
    wish = dict(zip(blocks, cells, strict=True))
    assert left == {block: wish[block] for block in blocks if at.code_of(block) != wish[block]}
    assert len(PICTURE) == 6
