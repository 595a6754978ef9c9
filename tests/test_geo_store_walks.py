"""The store under thousands of random sequences of all operations, by two planners, undone, redone and taken back.

A database in memory and a place of six by six blocks make a sequence cost a few milliseconds. Whoever forgets what he
knew and reads the log anew stands for another computer, and for one that was started again.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from geo.database import open_engine
from geo.operations import decode, encode
from geo.plans import Plan, PlanRefused, replay
from geo.store import Store
from geo.store_errors import ConflictError, StoreError
from geo.store_plans import Plans
from geo.store_records import User
from tests.store_place import ANNA, BO, CHIEF, FIRST, START, TinyStore, first_assignment, new_store
from tests.test_geo_plans import random_operation

Act = tuple[User, str, int, int]
AREA = shapely.area(np.array(list(START.ground.shape.values()))).sum()
ACTS = st.lists(
    st.tuples(
        st.sampled_from([ANNA, BO]),
        st.sampled_from(["do", "do", "do", "do", "undo", "redo", "take_back"]),
        st.integers(0, 2**32 - 1),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=6,
)
SEEDS = st.lists(st.tuples(st.sampled_from([ANNA, BO]), st.integers(0, 2**32 - 1)), min_size=2, max_size=5)
RANDOM = settings(deadline=None, suppress_health_check=list(HealthCheck))


class Forgetful(TinyStore):
    """The same database seen by somebody who remembers nothing of it."""

    def anew(self) -> Store:
        """Forget, then look again."""
        self._lines.clear()
        self.plans = Plans(self.plan_of)
        return self


@pytest.fixture(scope="module")
def quick() -> Store:
    """One store in memory: every example begins a draft of its own."""
    return new_store("sqlite://")


@pytest.fixture(scope="module")
def other(quick: Store) -> Forgetful:
    return Forgetful(quick.engine)


@pytest.fixture(scope="module")
def empty() -> Engine:
    """A database in memory with the store's tables, and nothing in them."""
    return TinyStore("sqlite://").engine


def perform(store: Store, draft: str, plan: Plan, act: Act) -> None:
    """One act; what is done late was decided on what stood some entries before."""
    user, kind, seed, late = act
    if kind == "do":
        head = store.line(draft).head
        store.append(draft, random_operation(plan, seed), user, expect=max(0, head - late % 3))
    elif kind == "take_back":
        store.take_back(draft, 1 + late, user)
    else:
        getattr(store, kind)(draft, user)


def state(plan: Plan) -> tuple[dict[int, str], dict[str, Any], frozenset[str]]:
    """All that a plan is, in plain values: block -> neighbourhood, names, ended codes."""
    homes = {block: code for community in plan.homes.values() for block, code in community.items()}
    return homes, dict(plan.names), frozenset(plan.ended)


def assert_whole(plan: Plan) -> None:
    """The cover is exact: no gap, no overlap; every neighbourhood in one piece inside its community."""
    shapes = plan.ground.shape
    parts = np.array(list(shapes.values()))
    assert shapely.coverage_is_valid(parts)
    assert shapely.area(parts).sum() == pytest.approx(AREA, abs=5 if plan.ground.parents else 1e-6)
    homes = state(plan)[0]
    assert homes.keys() == shapes.keys()
    assert all(code[:12] == plan.ground.community[block] for block, code in homes.items())
    for code in set(homes.values()):
        own = {block for block, home in homes.items() if home == code}
        reached, ahead = set(), [min(own)]
        while ahead:
            block = ahead.pop()
            reached.add(block)
            ahead += [near for near in plan.ground.near[block] if near in own and near not in reached]
        assert reached == own


def walk(quick: Store, other: Forgetful, acts: list[Act]) -> None:
    """Do all acts in a new draft: what is refused leaves nothing, and each entry tells exactly what it changed."""
    draft = quick.create_draft(ANNA, "草案", FIRST).id
    before, was = quick.line(draft), START
    for act in acts:
        try:
            perform(quick, draft, was, act)
        except (StoreError, PlanRefused):
            assert quick.line(draft) == before
            continue
        line = quick.line(draft)
        now = quick.plans.of(line)
        told = {
            b: pair for seq in range(before.head, line.head) for b, pair in line.entries[seq + 1].effects.blocks.items()
        }
        assert told == changed(state(was)[0], state(now)[0])
        before, was = line, now
    again = other.anew()
    assert again.line(draft) == before
    plan = again.plan(draft)
    assert state(plan) == state(was)
    assert state(plan) == state(replay(START, [decode(encode(step)) for step in again.operations(draft)]))
    assert_whole(plan)


def changed(was: dict[int, str], now: dict[int, str]) -> dict[int, tuple[str | None, str | None]]:
    """block -> (before, after) of all that differ; a block that was split is gone, its pieces are new."""
    pairs = {block: (was.get(block), now.get(block)) for block in {*was, *now}}
    return {block: pair for block, pair in pairs.items() if pair[0] != pair[1]}


def turn_back_and_forth(quick: Store, other: Forgetful, seeds: list[tuple[User, int]]) -> None:
    """Undo everything from one computer, redo it from another: every plan on the way is the one that was there."""
    draft = quick.create_draft(ANNA, "草案", FIRST).id
    plans = [START]
    for _, seed in seeds:
        try:
            quick.append(draft, random_operation(plans[-1], seed), ANNA)
        except PlanRefused:
            continue
        plans.append(quick.plan(draft))
    again = other.anew()
    for plan in reversed(plans[:-1]):
        again.undo(draft, ANNA)
        assert state(again.plan(draft)) == state(plan)
    assert state(quick.plan(draft)) == state(START)
    for plan in plans[1:]:
        quick.redo(draft, ANNA)
        assert state(quick.plan(draft)) == state(plan)
    assert state(other.anew().plan(draft)) == state(plans[-1])


def merged_in_two_orders(quick: Store, seeds: list[tuple[User, int]], random: Any) -> None:
    """Operations decided on the same plan: those that merge in two orders end in the same plan."""
    work = [(user, random_operation(START, seed)) for user, seed in seeds]
    outcomes = []
    for order in (work, random.sample(work, len(work))):
        draft = quick.create_draft(ANNA, "草案", FIRST).id
        try:
            for user, operation in order:
                quick.append(draft, operation, user, expect=0)
        except (ConflictError, PlanRefused):
            return
        outcomes.append(quick.plan(draft))
    assert state(outcomes[0]) == state(outcomes[1])


def empty_copy(template: Engine) -> TinyStore:
    """A new store in memory with the tables of another, and nothing in it."""
    engine = open_engine("sqlite://")
    with template.connect() as source, engine.connect() as target:
        source.connection.dbapi_connection.backup(target.connection.dbapi_connection)  # type: ignore[union-attr]
    return TinyStore(engine)


def saved_and_loaded(empty: Engine, acts: list[Act]) -> None:
    """The whole history as text, into an empty store: the same text, the same line, the same plan."""
    store = empty_copy(empty)
    store.found(FIRST, "第一版", date(2020, 7, 1), first_assignment(), CHIEF, "founded")
    draft = store.create_draft(ANNA, "草案", FIRST).id
    for act in acts:
        with suppress(StoreError, PlanRefused):
            perform(store, draft, store.plan(draft), act)
    lines = list(store.export_history())
    copy = empty_copy(empty)
    copy.import_history(lines)
    assert list(copy.export_history()) == lines
    assert copy.line(draft) == store.line(draft) and state(copy.plan(draft)) == state(store.plan(draft))
    for each in (store, copy):
        each.engine.dispose()


FEW, MANY = settings(RANDOM, max_examples=500), settings(RANDOM, max_examples=2000)


@FEW
@given(acts=ACTS)
def test_replay_is_state_and_the_cover_is_exact(quick: Store, other: Forgetful, acts: list[Act]) -> None:
    walk(quick, other, acts)


@settings(FEW, max_examples=300)
@given(seeds=SEEDS)
def test_undoing_all_and_redoing_all_is_as_before(
    quick: Store, other: Forgetful, seeds: list[tuple[User, int]]
) -> None:
    turn_back_and_forth(quick, other, seeds)


@settings(FEW, max_examples=800)
@given(seeds=SEEDS, random=st.randoms())
def test_merges_that_succeed_in_two_orders_agree(quick: Store, seeds: list[tuple[User, int]], random: Any) -> None:
    merged_in_two_orders(quick, seeds, random)


@settings(FEW, max_examples=60)
@given(acts=ACTS)
def test_any_history_survives_as_text(empty: Engine, acts: list[Act]) -> None:
    saved_and_loaded(empty, acts)


@pytest.mark.slow
@MANY
@given(acts=ACTS, seeds=SEEDS, random=st.randoms())
def test_thousands_of_sequences(
    quick: Store, other: Forgetful, empty: Engine, acts: list[Act], seeds: list[tuple[User, int]], random: Any
) -> None:
    """Each example is four sequences: eight thousand in all."""
    walk(quick, other, acts)
    turn_back_and_forth(quick, other, seeds)
    merged_in_two_orders(quick, seeds, random)
    saved_and_loaded(empty, acts)
