"""Stories survive the way into a file and back; bad files are refused whole; the shipped ones name what exists."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from data.indicators import load_indicators
from data.stories import (
    NOT_KEPT,
    Place,
    Scene,
    Story,
    StoryUnknown,
    StoryUnreadable,
    branched,
    duplicated,
    from_json,
    kept_params,
    loosened,
    reordered,
    shipped,
    shipped_names,
    tied,
    to_json,
    with_scene,
    without_scene,
)
from pages.parts import registry

words = some.text(max_size=60)
keys = some.text("abcdefghij_", min_size=1, max_size=12).filter(lambda key: key not in NOT_KEPT)
places = some.builds(
    Place, some.floats(-180, 180).map(float), some.floats(-85, 85).map(float), some.floats(0, 24).map(float)
)
scenes = some.builds(
    Scene,
    page=some.sampled_from([entry.name for entry in registry.PAGES]),
    params=some.dictionaries(keys, words, max_size=6),
    title=words,
    finding=words,
    notes=some.text(max_size=400),
    seconds=some.integers(5, 3600),
    charts=some.lists(words, max_size=2).map(tuple),
    highlights=some.lists(some.text("0123456789", max_size=15), max_size=4).map(tuple),
    place=some.none() | places,
    locked=words,
)


@some.composite
def stories(draw: some.DrawFn) -> Story:
    found = draw(some.lists(scenes, max_size=6))
    named = [replace(scene, id=f"s{number}") for number, scene in enumerate(found)]
    if len(named) > 1 and draw(some.booleans()):
        named[-1] = replace(named[-1], branch_of="s0")
    return Story(
        name=draw(some.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)),
        title=draw(words),
        lang=draw(some.sampled_from(["zh", "en"])),
        scenes=tuple(named),
        data_version=draw(some.text(max_size=20)),
        edition=draw(some.text(max_size=20)),
    )


@given(stories())
def test_a_story_comes_back_from_its_file_as_it_was(story: Story) -> None:
    assert from_json(to_json(story)) == story
    assert from_json(to_json(story).encode()) == story


@given(stories(), some.data())
def test_reordering_loses_and_invents_no_scene(story: Story, data: some.DataObject) -> None:
    ids = data.draw(some.permutations([scene.id for scene in story.scenes]))
    moved = reordered(story, ids)
    assert [scene.id for scene in moved.scenes] == ids
    assert {s.id: s for s in moved.scenes} == {s.id: s for s in story.scenes}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no_json"),
        ("[1, 2]", "no_story"),
        ('{"format": "linli-story", "number": 99}', "newer"),
        ("[" * 100_000, "no_json"),
        (" " * 2_000_001, "too_large"),
        ('{"format": "linli-story", "number": 1}', "wrong"),
    ],
)
def test_a_file_that_is_no_story_is_refused(text: str, problem: str) -> None:
    with pytest.raises(StoryUnreadable) as refused:
        from_json(text)
    assert refused.value.problem == problem


GOOD = json.loads(to_json(Story("talk", "T", scenes=(Scene("overview", {"area": "320613"}, id="a"),))))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": "Not A Name"}, "name"),
        ({"lang": "fr"}, "lang"),
        ({"stranger": 1}, "stranger"),
        ({"scenes": "none"}, "scenes"),
        ({"scenes": [7]}, "scene 1"),
        ({"scenes": [{"page": "../etc", "id": "a"}]}, "scene 1: page"),
        ({"scenes": [{"page": "overview", "id": "a", "seconds": 0}]}, "scene 1: seconds"),
        ({"scenes": [{"page": "overview", "id": "a", "seconds": True}]}, "scene 1: seconds"),
        ({"scenes": [{"page": "overview", "id": "a", "params": {"area": 5}}]}, "scene 1: area"),
        ({"scenes": [{"page": "overview", "id": "a", "branch_of": "b"}]}, "scene 1: branch_of"),
        ({"scenes": [{"page": "overview", "id": "a"}, {"page": "overview", "id": "a"}]}, "id"),
        ({"scenes": [{"page": "overview", "id": "a", "charts": ["x", "y", "z"]}]}, "scene 1: charts"),
        ({"scenes": [{"page": "overview", "id": "a", "place": {"lon": 1, "lat": 2}}]}, "scene 1: place"),
        ({"scenes": [{"page": "overview", "id": "a", "place": {"lon": 1, "lat": 99, "zoom": 3}}]}, "scene 1: place"),
        ({"scenes": [{"page": "overview", "id": "a", "html": "<script>"}]}, "scene 1 html"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], where: str) -> None:
    with pytest.raises(StoryUnreadable) as refused:
        from_json(json.dumps({**GOOD, **change}))
    assert (refused.value.problem, refused.value.where) == ("wrong", where)


def test_what_belongs_to_the_reader_is_not_kept() -> None:
    assert kept_params({"area": "1", "lang": "en", "theme": "dark", "story": "x"}) == {"area": "1"}


def test_scenes_are_added_replaced_copied_and_taken_out() -> None:
    story = Story("talk", "T", scenes=(Scene("overview", id="a"), Scene("events", id="b")))
    assert [s.id for s in with_scene(story, Scene("area", id="c")).scenes] == ["a", "b", "c"]
    assert with_scene(story, Scene("area", id="a")).scenes[0].page == "area"
    copied = duplicated(story, "a")
    assert [s.page for s in copied.scenes] == ["overview", "overview", "events"] and copied.scenes[1].id != "a"
    kept = branched(story, "b", "a")
    assert [s.id for s in kept.main] == ["a"] and [s.id for s in kept.branches(kept.main[0])] == ["b"]
    assert without_scene(kept, "a").scenes == ()
    assert branched(kept, "b", "").main == story.scenes
    for wrong in ("a", "b", "none"):
        with pytest.raises(StoryUnknown):
            branched(kept, "a" if wrong == "a" else "b", wrong)


def test_scenes_are_held_to_the_one_before_and_set_free() -> None:
    story = Story("a", "A", scenes=tuple(Scene("events", id=name) for name in "abc"))
    held = tied(tied(story, "b"), "c")
    assert len({scene.locked for scene in held.scenes}) == 1 and held.scenes[0].locked
    two = loosened(held, "c")
    assert two.scenes[0].locked == two.scenes[1].locked != "" and not two.scenes[2].locked
    assert not any(scene.locked for scene in loosened(two, "b").scenes)  # one alone is held to nothing
    with pytest.raises(StoryUnknown):
        tied(story, "a")


def test_a_branch_of_a_branch_moves_along() -> None:
    story = Story("talk", "T", scenes=(Scene("overview", id="a"), Scene("events", id="b"), Scene("area", id="c")))
    moved = branched(branched(story, "c", "b"), "b", "a")
    assert [s.id for s in moved.branches(moved.main[0])] == ["b", "c"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", shipped_names())
def test_shipped_stories_name_what_exists(name: str, lang: str) -> None:
    story, pages = shipped(name, lang), {entry.name for entry in registry.PAGES}
    assert story.title and story.lang == lang and from_json(to_json(story)) == story
    for scene in story.scenes:
        assert scene.page in pages and scene.title and scene.notes
        assert scene.params["indicator"] in load_indicators()


def test_the_shipped_talk_takes_ten_minutes_and_is_the_same_in_both_languages() -> None:
    chinese, english = shipped("ten-minutes", "zh"), shipped("ten-minutes", "en")
    assert chinese.seconds == english.seconds == 600 and len(chinese.main) == 10
    shape = [(s.id, s.page, s.params, s.charts, s.locked, s.branch_of, s.seconds) for s in chinese.scenes]
    assert shape == [(s.id, s.page, s.params, s.charts, s.locked, s.branch_of, s.seconds) for s in english.scenes]


def test_an_unknown_story_is_said_to_be_unknown() -> None:
    with pytest.raises(StoryUnknown):
        shipped("../../etc/passwd", "zh")
