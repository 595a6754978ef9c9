"""The way of a draft: who may do what in which state, the bureau's steps, publication, and the next edition."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import shapely

from geo.operations import Merge, Move, New, Rename, Transfer
from geo.plans import Plan, PlanRefused
from geo.refusals import Reason
from geo.splitting import split_along
from geo.store import Store
from geo.store_errors import (
    BaseOutdated,
    IdReused,
    LayerUnsound,
    NotAllowed,
    OwnSubmission,
    RebaseConflict,
    StepIncomplete,
    StoreError,
    Unknown,
    WrongState,
)
from geo.store_records import Kind, Role, State, StepKind, Succession, User
from geo.store_workflow import File
from tests.geo_places import SOUTH, WEST
from tests.plan_places import A, B, C, D, E, F
from tests.store_place import ANNA, BO, CHIEF, FIRST, READER, START, TinyStore, new_store, publish, same_plan

TODAY = date(2020, 12, 24)


@pytest.fixture
def store(database: str) -> TinyStore:
    made = new_store(database)
    made.clock = lambda: datetime(2020, 12, 24, 4, tzinfo=UTC)
    return made


@pytest.fixture
def draft(store: Store) -> str:
    made = store.create_draft(ANNA, "草案", FIRST, "河道").id
    store.append(made, Move(frozenset({2, 8}), A), ANNA)
    return made


def state(store: Store, draft: str) -> State:
    return store.draft(draft).state


def test_a_draft_goes_from_hand_to_hand(store: Store, draft: str) -> None:
    assert state(store, draft) is State.DRAFT
    store.submit(draft, ANNA, "ready")
    with pytest.raises(WrongState, match="submitted"):
        store.append(draft, Move(frozenset({14}), A), ANNA)
    with pytest.raises(StepIncomplete, match="what to change"):
        store.send_back(draft, CHIEF, " ")
    store.send_back(draft, CHIEF, "along the river, please")
    assert state(store, draft) is State.RETURNED
    store.append(draft, Move(frozenset({14}), A), ANNA)
    store.submit(draft, ANNA)
    store.withdraw(draft, ANNA)
    assert state(store, draft) is State.DRAFT
    store.submit(draft, BO)
    store.approve(draft, CHIEF, document="崇民〔2020〕1号")
    edition = store.publish(draft, CHIEF, "2021-01", "二〇二一", date(2021, 1, 1), "after the notice")
    assert state(store, draft) is State.PUBLISHED
    assert (edition.number, edition.base, edition.draft, edition.head) == (2, FIRST, draft, 2)
    assert store.editions()[-1] == edition
    assert store.assignment("2021-01").to_dict() == START.move([2, 8, 14], A).assignment.to_dict()
    kinds = ["submitted", "returned", "submitted", "withdrawn", "submitted", "approved", "published"]
    assert [str(step.kind) for step in store.steps(draft)] == kinds
    approved = store.steps(draft)[5]
    assert (approved.user, approved.on, approved.document, approved.alone) == (CHIEF, TODAY, "崇民〔2020〕1号", False)
    with pytest.raises(WrongState):
        store.withdraw(draft, ANNA)


def test_a_draft_laid_aside_can_be_taken_up_again(store: Store, draft: str) -> None:
    store.shelve(draft, ANNA, "next year")
    assert state(store, draft) is State.SHELVED
    with pytest.raises(WrongState):
        store.undo(draft, ANNA)
    store.reopen(draft, ANNA)
    store.undo(draft, ANNA)


def test_nobody_approves_his_own_but_alone_and_then_it_is_said(database: str) -> None:
    both = User("审批", Role.PLANNER)
    for single_user in (False, True):
        store = new_store(database, single_user=single_user)
        draft = store.create_draft(both, "草案", FIRST).id
        store.append(draft, Move(frozenset({2}), A), both)
        store.submit(draft, both)
        if single_user:
            assert store.approve(draft, CHIEF).alone
            assert TinyStore(database).steps(draft)[-1].alone
        else:
            with pytest.raises(OwnSubmission, match="审批"):
                store.approve(draft, CHIEF)
            assert state(store, draft) is State.SUBMITTED


@pytest.mark.parametrize("user", [READER, ANNA, CHIEF], ids=lambda user: str(user.role))
def test_roles(store: Store, draft: str, user: User) -> None:
    acts: list[tuple[Any, set[Role]]] = [
        (lambda: store.submit(draft, user), {Role.PLANNER}),
        (lambda: store.approve(draft, user), {Role.APPROVER}),
        (lambda: store.send_back(draft, user, "no"), {Role.APPROVER}),
        (lambda: store.publish(draft, user, "x", "x", TODAY), {Role.APPROVER}),
        (lambda: store.add_step(draft, user, StepKind.COMMUNITY_PROPOSAL, TODAY), {Role.PLANNER, Role.APPROVER}),
        (lambda: store.rebase(draft, user, FIRST), {Role.PLANNER}),
        (lambda: store.shelve(draft, user), {Role.PLANNER}),
    ]
    for act, may in acts:
        try:
            act()
            allowed = True
        except NotAllowed:
            allowed = False
        except StoreError:
            allowed = True
        assert allowed == (user.role in may)


def test_the_steps_of_a_bureau_are_dated_and_keep_their_papers(store: Store, draft: str) -> None:
    store.add_step(draft, ANNA, StepKind.COMMUNITY_PROPOSAL, date(2020, 10, 1), "from the community")
    store.add_step(draft, ANNA, StepKind.SUBDISTRICT_REVIEW, date(2020, 10, 20))
    notice = store.add_step(draft, ANNA, StepKind.PUBLIC_NOTICE, date(2020, 11, 1), until=date(2020, 11, 8))
    opinion = store.add_step(
        draft, ANNA, StepKind.OPINION, date(2020, 11, 3), "keep the school together", source="居民小组",
        refers=notice.seq,
    )  # fmt: skip
    answer = store.add_step(draft, CHIEF, StepKind.ANSWER, date(2020, 11, 9), "done so", refers=opinion.seq)
    papers = (File("批复.pdf", "application/pdf", b"%PDF-1.7"), File("图.png", "image/png", b"\x89PNG"))
    approval = store.add_step(
        draft, CHIEF, StepKind.BUREAU_APPROVAL, TODAY, document="崇民〔2020〕1号", files=papers, id="paper"
    )
    again = store.add_step(
        draft, CHIEF, StepKind.BUREAU_APPROVAL, TODAY, document="崇民〔2020〕1号", files=papers, id="paper"
    )
    assert again == approval == TinyStore(store.engine).steps(draft)[-1]
    assert [(paper.name, paper.size) for paper in approval.attachments] == [("批复.pdf", 8), ("图.png", 4)]
    assert store.attachment(draft, approval.seq, approval.attachments[1].sha256) == b"\x89PNG"
    assert (answer.refers, opinion.refers, notice.until) == (opinion.seq, notice.seq, date(2020, 11, 8))
    assert state(store, draft) is State.DRAFT
    with pytest.raises(Unknown):
        store.attachment(draft, approval.seq, "0" * 64)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("document", {"kind": StepKind.BUREAU_APPROVAL}),
        ("source", {"kind": StepKind.OPINION, "remarks": "x", "refers": 1}),
        ("refers", {"kind": StepKind.ANSWER, "remarks": "x"}),
        ("remarks", {"kind": StepKind.OPINION, "source": "居民", "refers": 1}),
        ("on", {"kind": StepKind.FILING, "on": date(2020, 12, 25)}),
        ("until", {"kind": StepKind.PUBLIC_NOTICE, "until": date(2020, 12, 23)}),
        ("kind", {"kind": StepKind.APPROVED}),
        ("files", {"kind": StepKind.FILING, "files": [File("x", "text/plain", b"")]}),
    ],
)
def test_an_incomplete_step_is_refused_by_its_field(
    store: Store, draft: str, field: str, given: dict[str, Any]
) -> None:
    with pytest.raises(StepIncomplete) as told:
        store.add_step(draft, CHIEF, **{"on": TODAY, **given})
    assert told.value.field == field
    assert store.steps(draft) == []


def test_an_opinion_belongs_to_a_notice(store: Store, draft: str) -> None:
    review = store.add_step(draft, ANNA, StepKind.SUBDISTRICT_REVIEW, TODAY)
    for refers in (review.seq, 99):
        with pytest.raises(Unknown):
            store.add_step(draft, ANNA, StepKind.OPINION, TODAY, "x", source="居民", refers=refers)


def test_decisions_may_be_sent_twice(store: Store, draft: str) -> None:
    assert store.submit(draft, ANNA, id="one") == store.submit(draft, ANNA, id="one")
    with pytest.raises(IdReused):
        store.approve(draft, CHIEF, id="one")
    store.approve(draft, CHIEF)
    first = store.publish(draft, CHIEF, "2021-01", "x", TODAY, id="two")
    assert store.publish(draft, CHIEF, "2021-01", "x", TODAY, id="two") == first
    assert len(store.editions()) == 2


def test_an_empty_draft_is_not_submitted(store: Store) -> None:
    draft = store.create_draft(ANNA, "leer", FIRST).id
    with pytest.raises(StepIncomplete, match="changes nothing"):
        store.submit(draft, ANNA)


def test_an_editions_name_is_given_once(store: Store, draft: str) -> None:
    store.submit(draft, ANNA)
    store.approve(draft, CHIEF)
    with pytest.raises(IdReused):
        store.publish(draft, CHIEF, FIRST, "x", TODAY)
    assert state(store, draft) is State.APPROVED


def test_successors_and_names_follow_from_the_blocks(store: Store) -> None:
    draft = store.create_draft(ANNA, "草案", FIRST).id
    store.append(draft, Merge(A, B), ANNA)
    new = store.plan(draft).next_code(E[:12])
    store.append(draft, New(new, frozenset({4, 5}), "北园", "Beiyuan"), ANNA)
    store.append(draft, Rename(C, "南园", "Nanyuan"), ANNA)
    publish(store, draft, "2021-01")
    assert store.successions("2021-01") == [
        Succession(B, A, "merged", 180, 6), Succession(E, new, "founded", 60, 2),
    ]  # fmt: skip
    assert store.names("2021-01") == {new: ("北园", "Beiyuan"), C: ("南园", "Nanyuan")}
    assert store.names(FIRST) == {}


# ── the next edition under a draft ──


@pytest.fixture
def overtaken(store: TinyStore, draft: str) -> str:
    """A draft of Bo (16 to F, 12 and 13 to C) on the first edition, and Anna's (2, 8 to A; 12 to B) published since."""
    other = store.create_draft(BO, "另一份", FIRST).id
    store.append(other, Move(frozenset({16}), F), BO, "the school")
    store.append(other, Move(frozenset({12, 13}), C), BO, "the hill")
    store.append(draft, Move(frozenset({13}), B), ANNA)
    publish(store, draft, "2021-01")
    return other


def test_an_outdated_draft_is_put_on_the_new_edition_first(store: TinyStore, overtaken: str) -> None:
    with pytest.raises(BaseOutdated, match="2021-01"):
        store.submit(overtaken, BO)
    before = store.entries(overtaken)
    with pytest.raises(RebaseConflict) as told:
        store.rebase(overtaken, BO, "2021-01")
    assert store.entries(overtaken) == before
    [block] = told.value.blocks
    assert (block.block, block.base, block.mine, block.theirs, block.by) == (13, A, C, B, "审批")


@pytest.mark.parametrize(("choice", "home"), [("mine", C), ("theirs", B)])
def test_rebase_keeps_what_only_one_changed_and_what_was_chosen(
    store: TinyStore, overtaken: str, choice: Any, home: str
) -> None:
    entries = store.rebase(overtaken, BO, "2021-01", {13: choice}, id="rebase")
    assert store.rebase(overtaken, BO, "2021-01", {13: choice}, id="rebase") == entries
    assert [entry.kind for entry in entries] == [Kind.REBASE, Kind.DO, Kind.DO]
    assert [entry.why for entry in entries] == ["", "the school", "the hill"]
    fresh = TinyStore(store.engine)
    assert fresh.draft(overtaken).base == "2021-01"
    at = fresh.plan(overtaken).assignment
    assert at[[2, 8, 16, 12, 13]].tolist() == [A, A, F, C, home]
    fresh.undo(overtaken, BO)
    assert fresh.plan(overtaken).assignment[[12, 13, 16]].tolist() == [A, B, F]
    fresh.redo(overtaken, BO)
    assert publish(fresh, overtaken, "2021-02", BO).base == "2021-01"


def test_rebase_over_a_neighbourhood_that_ended(store: TinyStore) -> None:
    mine, theirs = (store.create_draft(user, "x", FIRST).id for user in (BO, ANNA))
    store.append(mine, Rename(B, "北园"), BO)
    store.append(mine, Merge(E, F), BO)
    store.append(mine, Move(frozenset({7, 13}), B), BO)
    store.append(theirs, Merge(A, B), ANNA)
    publish(store, theirs, "2021-01")
    store.rebase(mine, BO, "2021-01")
    plan = TinyStore(store.engine).plan(mine)
    assert F not in set(plan.assignment)
    assert plan.assignment[[7, 13]].tolist() == [B, B]
    assert plan.assignment[[2, 3, 8]].tolist() == [A, A, A]


def test_rebase_when_the_edition_did_the_same(store: TinyStore, draft: str) -> None:
    twin = store.create_draft(BO, "x", FIRST).id
    store.append(twin, Move(frozenset({2, 8}), A), BO)
    publish(store, draft, "2021-01")
    store.rebase(twin, BO, "2021-01")
    assert store.operations(twin) == []
    assert same_plan(store.plan(twin), store.plan_of("2021-01"))


def test_the_blocks_to_choose_from_are_told_without_changing_anything(store: TinyStore, overtaken: str) -> None:
    before = store.entries(overtaken)
    [block] = store.rebase_conflicts(overtaken, "2021-01")
    assert (block.block, block.base, block.mine, block.theirs, block.by) == (13, A, C, B, "审批")
    assert store.entries(overtaken) == before and store.rebase_conflicts(overtaken, FIRST) == []


@pytest.mark.parametrize(("choice", "homes"), [("mine", {A}), ("theirs", {B})])
def test_rebase_of_a_block_that_the_draft_divided(store: TinyStore, draft: str, choice: Any, homes: set[str]) -> None:
    """Bo divides block 13 of A; the edition gives it to B whole."""
    mine = store.create_draft(BO, "x", FIRST).id
    cut = split_along(START, 13, shapely.LineString([(WEST + 150, SOUTH + 250), (WEST + 150, SOUTH + 450)]))
    store.append(mine, cut.operation, BO)
    store.append(draft, Move(frozenset({13}), B), ANNA)
    publish(store, draft, "2021-01")
    assert [each.block for each in store.rebase_conflicts(mine, "2021-01")] == [13]
    store.rebase(mine, BO, "2021-01", {13: choice})
    plan = TinyStore(store.engine).plan(mine)
    pieces = [block for block in plan.ground.shape if block not in START.ground.shape]
    assert len(pieces) == (2 if choice == "mine" else 0)
    assert {plan.code_of(block) for block in pieces or [13]} == homes


def test_rebase_over_a_block_that_the_edition_divided(store: TinyStore, draft: str) -> None:
    """The edition divides block 13 of A, whose pieces stay; Bo gave it to B whole, and keeps to it."""
    mine = store.create_draft(BO, "x", FIRST).id
    store.append(mine, Move(frozenset({13}), B), BO)
    cut = split_along(START, 13, shapely.LineString([(WEST + 150, SOUTH + 250), (WEST + 150, SOUTH + 450)]))
    store.append(draft, cut.operation, ANNA)
    split = store.plan(draft)
    store.bases["2021-01"] = Plan.start(split.ground, split.assignment)
    publish(store, draft, "2021-01")
    store.rebase(mine, BO, "2021-01", {13: "mine"})
    plan = store.plan(mine)
    assert {plan.code_of(block) for block in plan.ground.shape if block not in START.ground.shape} == {B}


def test_rebase_keeps_a_transfer_and_its_reason(store: TinyStore) -> None:
    """Bo transfers 3 and 9 to the other community; the edition has given 9 to D meanwhile, with 14 and 15."""
    mine, draft = (store.create_draft(user, "x", FIRST).id for user in (BO, ANNA))
    store.append(mine, Transfer(frozenset({3, 9}), E, "路改道了"), BO, "the road")
    store.append(draft, Move(frozenset({9, 14, 15}), D), ANNA)
    publish(store, draft, "2021-01")
    store.rebase(mine, BO, "2021-01", {9: "mine"})
    plan = store.plan(mine)
    assert plan.assignment[[14, 15, 3, 9]].tolist() == [D, D, E, E]
    [operation] = store.operations(mine)
    assert isinstance(operation, Transfer) and operation.reason == "路改道了"


def test_a_draft_whose_layer_is_unsound_is_not_submitted(
    store: Store, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gap(_plan: object) -> None:
        raise PlanRefused(Reason.GAP, detail="3.00")

    monkeypatch.setattr("geo.store_workflow.check_whole", gap)
    with pytest.raises(LayerUnsound, match=r"3\.00"):
        store.submit(draft, ANNA)
    assert state(store, draft) is State.DRAFT
