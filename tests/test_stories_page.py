"""Stories from nothing: kept on a page, arranged, copied, deleted and brought back, brought in from a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.stories import Scene, Story, shipped, to_json
from data.story_store import StoryStore
from pages.parts import scene_keeper, staging, state, story_shelf
from pages.parts.words import speaking, words
from tests.opening import asked, html_of, opened, text_of

pytestmark = pytest.mark.usefixtures("extracts")
LANGUAGES = ("zh", "en")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoryStore:
    """A database of its own for the test and for the pages it opens."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/stories.sqlite")
    return story_shelf.store()


def talk(*ids: str) -> Story:
    params = {"area": "320613007", "indicator": "attendances_per_1000", "period": "2020"}
    return Story("talk", "我们的汇报", scenes=tuple(Scene("events", params, f"T{i}", "N", id=i) for i in ids))


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_stories_the_page_says_how_to_make_one(store: StoryStore, lang: str) -> None:
    page = opened("stories", lang=lang)
    said = text_of(page)
    assert shipped("ten-minutes", lang).title in said and words(lang)["stories.none_next"] in said
    assert words(lang)["stories.step_4"] in said and not page.exception


def test_a_new_story_is_made_opened_and_found_again(store: StoryStore) -> None:
    page = opened("stories")
    page.text_input(key="new_title").set_value("街道汇报")
    page.button(key="make_story").click().run()
    made = store.stories()[0]
    assert made.title == "街道汇报" and made.data_version and asked(page, "story") == made.name == "jie-dao-hui-bao"
    assert words("zh")["stories.empty"] in text_of(page)
    assert "街道汇报" in text_of(opened("stories"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_shipped_story_is_read_and_copied_but_not_changed(store: StoryStore, lang: str) -> None:
    page = opened("stories", story="ten-minutes", lang=lang)
    assert words(lang)["stories.read_only"] in text_of(page) and not page.text_area
    press(page, "copy_story")
    kept = store.stories()[0]
    assert len(kept.scenes) == 12 and kept.main[0].notes == shipped("ten-minutes", lang).main[0].notes
    assert asked(page, "story") == kept.name and not page.exception
    assert len(page.text_area) == 2


def test_what_is_written_is_kept_at_once_and_taken_back(store: StoryStore) -> None:
    kept = store.add(talk("a", "b"))
    page = opened("stories", story="talk")
    here = f"{kept.id}_a"
    page.text_area(key=f"n_{here}").set_value("新的备注").run()
    page.number_input(key=f"s_{here}").set_value(90).run()
    page.multiselect(key=f"c_{here}").set_value(["trend"]).run()
    page.multiselect(key=f"h_{here}").set_value(["320613007"]).run()
    page.selectbox(key=f"b_{here}").set_value("b").run()
    scene = store.get("talk").scenes[0]
    assert (scene.notes, scene.seconds, scene.charts, scene.branch_of) == ("新的备注", 90, ("trend",), "b")
    assert scene.highlights == ("320613007",)
    for _ in range(5):
        press(page, "undo")
    assert store.get("talk").scenes == kept.scenes
    assert page.text_area(key=f"n_{here}").value == "N" and page.button(key="undo").disabled


def test_scenes_are_copied_and_taken_out(store: StoryStore) -> None:
    store.add(talk("a", "b"))
    page = opened("stories", story="talk")
    press(page, "duplicate")
    assert [scene.title for scene in store.get("talk").scenes] == ["Ta", "Ta", "Tb"]
    press(page, "drop")
    press(page, "drop")
    assert [scene.title for scene in store.get("talk").scenes] == ["Tb"]


def test_a_deleted_story_comes_back(store: StoryStore) -> None:
    kept = store.add(talk("a"))
    page = press(opened("stories", story="talk"), "delete_story")
    assert store.stories() == [] and asked(page, "story") == ""
    press(page, f"restore_{kept.id}")
    assert store.stories() == [kept]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_changed_since_is_said_and_both_ways_are_offered(store: StoryStore, lang: str) -> None:
    store.add(Story("old", "Old", lang, talk("a").scenes, data_version="v0123", edition="1999-01"))
    page = opened("stories", story="old", lang=lang)
    said = text_of(page)
    assert "v0123" in said and "1999-01" in said and words(lang)["stories.not_kept"] in said
    press(page, "adopt")
    assert "v0123" not in text_of(page) and store.get("old").edition != "1999-01"


@pytest.mark.parametrize(
    ("content", "problem"), [(b"{", "no_json"), (b"{}", "no_story"), (b'{"format":"linli-story","number":9}', "newer")]
)
def test_a_file_that_is_no_story_is_told_what_is_wrong(store: StoryStore, content: bytes, problem: str) -> None:
    page = opened("stories", lang="en")
    page.file_uploader(key="story_file").set_value(("x.json", content, "application/json")).run()
    assert words("en")[f"stories.problem_{problem}"].format(where="9") in text_of(page)
    assert store.stories() == [] and not page.exception


def test_a_story_comes_in_from_its_file(store: StoryStore) -> None:
    page = opened("stories")
    content = to_json(shipped("ten-minutes", "zh")).encode()
    page.file_uploader(key="story_file").set_value(("talk.linli-story.json", content, "application/json")).run()
    assert [s.title for s in store.stories()] == ["邻里+ 十分钟"] and asked(page, "story") == "ten-minutes-2"


def test_a_scene_is_what_the_address_holds_titled_by_what_it_finds(store: StoryStore) -> None:
    view, _ = state.parse(
        {"area": "320613007", "lang": "en", "theme": "dark", "layers": "roads"}, state.Known(), "party"
    )
    with speaking("en"):
        scene = scene_keeper.scene_of(view)
    assert (
        scene.page == "party" and scene.params["indicator"] == "branch_coverage" and scene.params["layers"] == "roads"
    )
    assert not {"lang", "theme"} & set(scene.params) and scene.title.startswith("Neighbourhoods with a Party branch")


def test_scenes_held_to_the_one_before_get_its_word(store: StoryStore) -> None:
    kept = store.add(talk("a"))
    with state.viewing(state.View()):
        scene_keeper.save(kept, Scene("events", {}, "T", id="n"), True, "zh")
        scene_keeper.save("新的", Scene("events", {}, "T", id="n"), False, "zh")
    first, second = store.get("talk").scenes
    assert first.locked == second.locked != "" and second.title == "T"
    assert {s.title: len(s.scenes) for s in store.stories()}["新的"] == 1


def test_only_scenes_of_one_indicator_and_area_can_be_held_and_are_set_free(store: StoryStore) -> None:
    events = {"area": "320613", "indicator": "attendances_per_1000", "level": "community"}
    scenes = (
        Scene("events", {**events, "period": "2019"}, "2019", locked="k", id="a"),
        Scene("events", {**events, "period": "2020"}, "2020", locked="k", id="b"),
        Scene("events", {**events, "area": "320613008"}, "Wenfeng", id="c"),
    )
    kept = store.add(Story("talk", "T", "zh", scenes))
    with state.viewing(state.View()):
        assert staging.comparable(scenes[0], scenes[1], kept) and not staging.comparable(scenes[1], scenes[2], kept)
    page = opened("stories", story="talk")
    page.session_state[f"linli:picked_{kept.id}"] = "b"
    boxes = [box for box in page.run().checkbox if (box.key or "").startswith("l_")]
    assert [box.value for box in boxes] == [True]
    boxes[0].uncheck().run()
    assert not any(scene.locked for scene in store.get("talk").scenes)


def test_pages_with_a_map_can_be_kept_and_lists_cannot(store: StoryStore) -> None:
    for page, wanted in (("overview", True), ("events", True), ("records", False), ("search", False)):
        sent = [each.proto.id for each in opened(page).get("bidi_component")]
        assert any("keep_scene" in name for name in sent) is wanted


def test_rehearsals_stand_beside_the_plan(store: StoryStore) -> None:
    kept = store.add(talk("a", "b"))
    store.rehearsed(kept.id, {"a": 75, "b": 50})
    page = html_of(opened("stories", story="talk"))
    assert "1:15" in page and "+0:15" in page and "−0:10" in page
