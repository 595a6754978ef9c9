"""The edition store: what is done is there for everybody and for ever, planners merge, and undo is each one's own."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa

from geo import store_tables as tables
from geo.database import writing
from geo.plans import Move, PlanRefused, Reason, replay
from geo.store import Store
from geo.store_errors import (
    ConflictError,
    EditionTaken,
    IdReused,
    NotAllowed,
    NothingToRedo,
    NothingToUndo,
    RestsOn,
    Unknown,
)
from geo.store_records import Kind, User
from tests.plan_places import A, B, C, D, F
from tests.store_place import (
    ANNA,
    BO,
    CHIEF,
    FIRST,
    READER,
    START,
    TinyStore,
    first_assignment,
    new_store,
    same_plan,
)


@pytest.fixture
def store(database: str) -> Store:
    return new_store(database)


@pytest.fixture
def draft(store: Store) -> str:
    return store.create_draft(ANNA, "草案", FIRST, "河道").id


def move(*blocks: int, to: str) -> Move:
    return Move(frozenset(blocks), to)


def elsewhere(store: Store) -> Store:
    """The same database seen from another computer."""
    return TinyStore(store.engine)


def test_what_is_appended_is_there_from_another_computer(store: Store, draft: str) -> None:
    entry = store.append(draft, move(2, 8, to=A), ANNA, "along the road", expect=0, id="one")
    other = elsewhere(store)
    assert other.entries(draft) == [entry]
    assert (entry.seq, entry.user, entry.why, entry.effects.blocks) == (
        1,
        ANNA,
        "along the road",
        {2: (B, A), 8: (B, A)},
    )
    assert same_plan(other.plan(draft), START.move([2, 8], A))
    assert same_plan(replay(START, other.operations(draft)), other.plan(draft))
    assert other.draft(draft).head == 1
    assert [d.id for d in other.drafts()] == [draft]


def test_the_same_id_again_stores_nothing_more(store: Store, draft: str) -> None:
    first = store.append(draft, move(2, to=A), ANNA, id="one")
    store.append(draft, move(8, to=A), ANNA, id="two")
    assert elsewhere(store).append(draft, move(2, to=A), ANNA, id="one") == first
    assert len(store.entries(draft)) == 2
    with pytest.raises(IdReused):
        store.append(draft, move(3, to=A), ANNA, id="one")
    undone = store.undo(draft, ANNA, id="three")
    assert store.undo(draft, ANNA, id="three") == undone
    assert store.create_draft(ANNA, "草案", FIRST, "河道", id=draft).id == draft
    with pytest.raises(IdReused):
        store.create_draft(BO, "草案", FIRST, id=draft)


def test_a_refused_operation_leaves_nothing(store: Store, draft: str) -> None:
    with pytest.raises(PlanRefused) as told:
        store.append(draft, move(0, 1, 6, 7, 12, 13, to=B), ANNA)
    assert told.value.reason is Reason.EMPTIED
    assert store.entries(draft) == []


def test_different_blocks_merge_whichever_comes_first(store: Store) -> None:
    plans = []
    for order in ((0, 1), (1, 0)):
        draft = store.create_draft(ANNA, f"草案{order}", FIRST).id
        work = [(move(2, to=A), ANNA), (move(16, to=F), BO)]
        for number in order:
            operation, user = work[number]
            store.append(draft, operation, user, expect=0)
        plans.append(store.plan(draft))
    assert same_plan(*plans)
    assert plans[0].assignment[2] == A and plans[0].assignment[16] == F


def test_the_same_block_names_both_people_and_both_versions(store: Store, draft: str) -> None:
    store.append(draft, move(13, to=C), BO, "to the south", expect=0)
    with pytest.raises(ConflictError) as told:
        elsewhere(store).append(draft, move(12, 13, to=C), ANNA, expect=0)
    error = told.value
    assert (error.mine, error.theirs, error.head) == ("安", "博", 1)
    [block] = error.blocks
    assert (block.block, block.base, block.mine, block.theirs, block.by, block.entry) == (13, A, C, C, "博", 1)
    assert [entry.why for entry in error.entries] == ["to the south"]
    chosen = store.append(draft, error.operation, ANNA, expect=error.head)
    assert chosen.effects.blocks == {12: (A, C)}


def test_changes_that_are_unsound_together_conflict_with_the_reason(store: Store, draft: str) -> None:
    store.append(draft, move(2, 8, to=A), BO, expect=0)
    with pytest.raises(ConflictError) as told:
        store.append(draft, move(3, 9, 14, 15, to=D), ANNA, expect=0)
    assert told.value.blocks == ()
    assert told.value.refusal is not None and told.value.refusal.reason in (Reason.EMPTIED, Reason.DISCONNECTED)
    assert told.value.theirs == "博"


def test_undo_and_redo_are_each_ones_own_and_go_on_elsewhere(store: Store, draft: str) -> None:
    store.append(draft, move(2, to=A), ANNA)
    store.append(draft, move(16, to=F), BO)
    store.append(draft, move(8, to=A), ANNA)
    other = elsewhere(store)
    assert other.undo(draft, ANNA).refers == 3
    assert other.undo(draft, ANNA).refers == 1
    assert same_plan(store.plan(draft), START.move([16], F))
    with pytest.raises(NothingToUndo, match="安"):
        store.undo(draft, ANNA)
    assert store.redo(draft, ANNA).refers == 1
    assert elsewhere(store).redo(draft, ANNA).refers == 3
    with pytest.raises(NothingToRedo):
        store.redo(draft, ANNA)
    assert same_plan(store.plan(draft), START.move([16], F).move([2, 8], A))


def test_doing_something_forgets_what_could_be_redone(store: Store, draft: str) -> None:
    store.append(draft, move(2, to=A), ANNA)
    store.undo(draft, ANNA)
    store.append(draft, move(8, to=A), ANNA)
    with pytest.raises(NothingToRedo):
        store.redo(draft, ANNA)


def test_one_operation_is_taken_back_unless_later_ones_rest_on_it(store: Store, draft: str) -> None:
    store.append(draft, move(2, to=A), ANNA)
    store.append(draft, move(3, to=A), BO)
    store.append(draft, move(16, to=F), BO)
    with pytest.raises(RestsOn, match=r"2 \(博\)") as told:
        store.take_back(draft, 1, ANNA)
    assert [entry.seq for entry in told.value.later] == [2]
    store.take_back(draft, 2, ANNA, "not needed")
    store.take_back(draft, 1, BO)
    assert same_plan(store.plan(draft), START.move([16], F))
    with pytest.raises(Unknown):
        store.take_back(draft, 1, BO)
    store.undo(draft, BO)
    assert same_plan(store.plan(draft), START.move([2], A).move([16], F))
    assert [entry.kind for entry in store.entries(draft)] == [Kind.DO] * 3 + [Kind.TAKE_BACK] * 2 + [Kind.UNDO]


def test_undo_refuses_what_a_colleague_built_on(store: Store, draft: str) -> None:
    store.append(draft, move(2, to=A), ANNA)
    store.append(draft, move(3, to=A), BO)
    with pytest.raises(RestsOn, match="博"):
        store.undo(draft, ANNA)


def test_readers_and_approvers_do_not_edit(store: Store, draft: str) -> None:
    for user in (READER, CHIEF):
        acts: list[Any] = [
            lambda user=user: store.create_draft(user, "x", FIRST),
            lambda user=user: store.append(draft, move(2, to=A), user),
            lambda user=user: store.undo(draft, user),
            lambda user=user: store.take_back(draft, 1, user),
        ]
        for act in acts:
            with pytest.raises(NotAllowed, match="planner"):
                act()


def test_what_is_not_there_is_told(store: Store, draft: str) -> None:
    for act in (
        lambda: store.draft("none"), lambda: store.append("none", move(2, to=A), ANNA), lambda: store.entries("none"),
        lambda: store.edition("none"), lambda: store.create_draft(ANNA, "x", "none"), lambda: store.assignment("none"),
    ):  # fmt: skip
        with pytest.raises(Unknown) as told:
            act()
        assert told.value.next_step


def test_founding_again_changes_nothing_and_other_boundaries_are_refused(store: Store) -> None:
    again = store.found(FIRST, "第一版", date(2020, 7, 1), first_assignment(), CHIEF)
    assert (again.number, store.editions()) == (1, [again])
    assert store.assignment(FIRST).to_dict() == first_assignment().to_dict()
    other = first_assignment()
    other[2] = A
    with pytest.raises(EditionTaken):
        store.found(FIRST, "第一版", date(2020, 7, 1), other, CHIEF)


@pytest.mark.parametrize("table", tables.HISTORY, ids=lambda table: table.name)
def test_rows_of_the_history_are_never_changed_or_deleted(store: Store, draft: str, table: sa.Table) -> None:
    store.append(draft, move(2, to=A), ANNA)
    key = next(iter(table.primary_key.columns))
    for statement in (sa.update(table).values({key: key}), sa.delete(table)):
        with writing(store.engine) as connection:
            if connection.dialect.name == "sqlite" and connection.execute(sa.select(table)).first() is None:
                continue  # its triggers are asked row by row
        with pytest.raises(sa.exc.DBAPIError, match="never"), writing(store.engine) as connection:
            connection.execute(statement)


def test_presence_is_shown_and_fades(store: Store, draft: str) -> None:
    now = store.clock()
    other = elsewhere(store)
    store.clock = lambda: now
    assert store.beat(draft, "window-1", ANNA, "320602001001") == []
    other.clock = lambda: now + timedelta(seconds=20)
    [seen] = other.beat(draft, "window-2", BO)
    assert (seen.user, seen.place, seen.since) == (ANNA, "320602001001", now)
    assert {present.user for present in other.presence()} == {ANNA, BO}
    other.clock = lambda: now + timedelta(seconds=31)
    assert [present.user for present in other.presence(draft)] == [BO]
    other.leave(draft, "window-2")
    assert other.presence(draft) == []


def test_many_at_once_lose_nothing(store: Store, draft: str) -> None:
    """Threads with stores of their own take turns on different blocks; every answer is in the log, in one order."""
    answers: list[Any] = []

    def work(user: User, blocks: list[int], to: str) -> None:
        own = elsewhere(store)
        for block in blocks:
            answers.append(own.append(draft, move(block, to=to), user, expect=0))

    jobs = ((ANNA, [2, 8, 14], A), (BO, [16, 17], F), (User("丙", ANNA.role), [12, 13], C))
    threads = [Thread(target=work, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(entry.seq for entry in answers) == list(range(1, 8))
    assert {entry.id for entry in elsewhere(store).entries(draft)} == {entry.id for entry in answers}
    assert store.plan(draft).assignment[[2, 8, 14, 16, 17, 12, 13]].tolist() == [A] * 3 + [F] * 2 + [C] * 2
