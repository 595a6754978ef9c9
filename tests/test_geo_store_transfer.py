"""The history as JSON lines: out of one store, into an empty one, and both are the same."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from geo.operations import Draw, Move
from geo.store_errors import HistoryBroken, StoreNotEmpty
from geo.store_records import StepKind
from geo.store_workflow import File
from tests.databases import KINDS, fresh
from tests.plan_places import A, F, around
from tests.store_place import ANNA, BO, CHIEF, FIRST, TinyStore, new_store, publish, same_plan


def lived_in(url: str) -> TinyStore:
    """A store with drafts, decisions, papers and two editions."""
    store = new_store(url)
    first, second = (store.create_draft(ANNA, name, FIRST, "因为").id for name in ("甲", "乙"))
    store.append(first, Move(frozenset({2, 8}), A), ANNA, "路")
    store.append(first, Draw(around(3), A), BO)
    store.undo(first, BO)
    store.append(second, Move(frozenset({16}), F), BO)
    store.add_step(
        first, CHIEF, StepKind.BUREAU_APPROVAL, date(2020, 12, 1), document="1号", files=[File("a", "b", b"\x00\xff")]
    )
    publish(store, first, "2021-01")
    store.rebase(second, BO, "2021-01")
    return store


@pytest.mark.parametrize("source", KINDS)
@pytest.mark.parametrize("target", KINDS)
def test_import_of_an_export_gives_the_same_store(
    source: str, target: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    one = lived_in(fresh(request, source, tmp_path))
    lines = list(one.export_history())
    other = TinyStore(fresh(request, target, tmp_path))
    assert other.import_history(lines) == len(lines)
    assert list(other.export_history()) == lines
    assert other.editions() == one.editions()
    assert other.drafts() == one.drafts()
    for draft in one.drafts():
        assert other.entries(draft.id) == one.entries(draft.id)
        assert other.steps(draft.id) == one.steps(draft.id)
        assert same_plan(other.plan(draft.id), one.plan(draft.id))
    [kept] = [step for step in one.steps(one.drafts()[-1].id) if step.attachments]
    assert other.attachment(kept.draft, kept.seq, kept.attachments[0].sha256) == b"\x00\xff"
    newest = other.drafts()[0].id
    other.undo(newest, BO)
    with pytest.raises(StoreNotEmpty):
        other.import_history(lines)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda lines: [], "none"),
        (lambda lines: [lines[0].replace('"version":1', '"version":2'), *lines[1:]], "no history of version 1"),
        (lambda lines: [*lines[:3], lines[3][:-5], *lines[4:]], "line 4|Line 4"),
        (lambda lines: [lines[0], *lines[2:]], "(?i)foreign key"),
        (lambda lines: [*lines, lines[-1]], "(?i)unique|duplicate"),
        (lambda lines: [lines[0], json.dumps({"table": "edition"})], "fields"),
        (lambda lines: [lines[0], json.dumps({"table": "presence"})], "presence"),
    ],
)
def test_a_broken_history_leaves_the_store_empty(database: str, tmp_path: Path, spoil: object, told: str) -> None:
    lines = list(lived_in(f"sqlite:///{tmp_path / 'source.sqlite'}").export_history())
    store = TinyStore(database)
    spoiled = spoil(lines)  # type: ignore[operator]
    with pytest.raises(HistoryBroken, match=told):
        store.import_history(spoiled)
    assert store.editions() == [] and store.drafts() == []
