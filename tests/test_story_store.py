"""Stories are kept, changed, taken back, deleted and brought back; nothing that was acknowledged is lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from data.stories import Scene, Story, StoryUnknown, duplicated, with_scene, without_scene
from data.story_store import StoryStore, free_name, name_for


@pytest.fixture
def store(tmp_path: Path) -> StoryStore:
    return StoryStore(f"sqlite:///{tmp_path}/atlas.sqlite")


def talk(*ids: str) -> Story:
    return Story("talk", "Talk", scenes=tuple(Scene("overview", {"area": "320613"}, id=i) for i in ids))


def ids(story: Story) -> list[str]:
    return [scene.id for scene in story.scenes]


def test_a_story_is_there_after_a_restart(store: StoryStore, tmp_path: Path) -> None:
    kept = store.add(talk("a", "b"))
    again = StoryStore(f"sqlite:///{tmp_path}/atlas.sqlite")
    assert again.get("talk") == again.get(kept.id) == kept and again.stories() == [kept]


def test_each_change_can_be_taken_back_and_made_anew(store: StoryStore) -> None:
    kept = store.add(talk("a"))
    for name in ("b", "c"):
        store.change(kept.id, lambda s, name=name: with_scene(s, Scene("events", id=name)))  # type: ignore[misc]
    store.change(kept.id, lambda s: without_scene(s, "b"))
    assert ids(store.get(kept.id)) == ["a", "c"] and store.changes(kept.id) == 3
    assert ids(store.undo(kept.id)) == ["a", "b", "c"]
    assert ids(store.undo(kept.id)) == ["a", "b"]
    store.change(kept.id, lambda s: with_scene(s, Scene("area", id="d")))
    assert ids(store.undo(kept.id)) == ["a", "b"]
    assert ids(store.undo(kept.id)) == ["a"] == ids(store.undo(kept.id)) and store.changes(kept.id) == 0


def test_a_change_that_changes_nothing_is_no_change(store: StoryStore) -> None:
    kept = store.add(talk("a"))
    store.change(kept.id, lambda s: s)
    assert store.changes(kept.id) == 0


def test_a_change_that_fails_leaves_everything(store: StoryStore) -> None:
    kept = store.add(talk("a"))
    with pytest.raises(StoryUnknown):
        store.change(kept.id, lambda _: store.get("none"))
    with pytest.raises(ValueError, match="longest"):
        store.change(kept.id, lambda _: (_ for _ in ()).throw(ValueError("longest")))
    assert store.get(kept.id) == kept


def test_names_are_told_apart_and_those_of_shipped_stories_stay_theirs(store: StoryStore) -> None:
    names = [store.add(replace(talk("a"), name=name)).name for name in ("talk", "talk", "ten-minutes")]
    assert names == ["talk", "talk-2", "ten-minutes-2"]
    assert free_name("a", {"a", "a-2"}) == "a-3"


@pytest.mark.parametrize(
    ("title", "name"), [("邻里+ 十分钟", "lin-li-shi-fen-zhong"), ("My talk!", "my-talk"), ("……", "story")]
)
def test_a_title_becomes_a_name(title: str, name: str) -> None:
    assert name_for(title) == name


def test_deleted_stories_come_back(store: StoryStore) -> None:
    kept = store.add(talk("a"))
    store.remove(kept.id)
    assert store.stories() == [] and store.deleted() == [kept]
    for call in (store.get, store.remove, store.undo, store.changes):
        with pytest.raises(StoryUnknown):
            call(kept.id)
    assert store.restore(kept.id) == kept and store.stories() == [kept] and store.deleted() == []
    with pytest.raises(StoryUnknown):
        store.restore("none")


def test_rehearsals_are_kept_last_first(store: StoryStore) -> None:
    store.rehearsed("ten-minutes", {"s1": 61, "s2": -4})
    store.rehearsed("ten-minutes", {"s1": 55})
    assert [r.seconds for r in store.rehearsals("ten-minutes")] == [{"s1": 55}, {"s1": 61}]
    assert store.rehearsals("other") == []


def test_two_people_who_change_one_story_both_keep_what_they_did(store: StoryStore) -> None:
    kept = store.add(talk("a"))

    def copy() -> None:
        for _ in range(10):
            store.change(kept.id, lambda s: duplicated(s, "a"))

    threads = [threading.Thread(target=copy) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.get(kept.id).scenes) == 31 and store.changes(kept.id) == 30
