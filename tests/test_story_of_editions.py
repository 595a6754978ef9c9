"""A boundary change explained from two editions: what is told are the households that really moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.story_store import StoryStore
from geo.editions_compare import compare_editions
from pages.parts import story_of_editions as explaining
from pages.parts import story_shelf, workbench_base
from pages.parts.words import speaking, words
from tests.opening import opened, text_of

pytestmark = pytest.mark.usefixtures("extracts")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoryStore:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/stories.sqlite")
    return story_shelf.store()


@pytest.fixture(scope="module")
def merged() -> tuple[explaining.Compared, str, str, int]:
    """The published edition, and one in which a neighbourhood has joined another."""
    plan = workbench_base.base().plan
    for kept, retired in zip(plan.codes, plan.codes[1:], strict=False):
        attempt = plan
        try:
            attempt = plan.merge(kept, retired)
        except ValueError:
            continue
        homes = sum(plan.ground.counts(block).households for block in plan.members(retired))
        return explaining.Compared("2020-07", "2021-01", compare_editions(plan, attempt)), kept, retired, homes
    raise AssertionError("no two neighbourhoods can be merged")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_story_tells_who_moved_and_shows_where(
    merged: tuple[explaining.Compared, str, str, int], lang: str
) -> None:
    found, kept, retired, homes = merged
    with speaking(lang):
        scenes = explaining.scenes_of(found)
    whole, community, quality = scenes
    assert {kept, retired} == set(whole.highlights) == set(community.highlights)
    assert all(line in community.finding for line in community.notes.split("\n"))  # on the glass, not only in the notes
    assert whole.notes.split("\n")[0] in whole.finding and quality.notes.split("\n")[1] in quality.finding
    assert str(homes) in whole.title and community.params["area"] == kept[:12]
    assert words(lang)["change.ended"].split("{")[0] in whole.notes and len(community.notes.split("\n")) == 2
    assert "%" in quality.title and len(quality.notes.split("\n")) >= 4


def test_editions_that_are_the_same_are_said_to_be(merged: tuple[explaining.Compared, str, str, int]) -> None:
    plan = workbench_base.base().plan
    with speaking("en"):
        scenes = explaining.scenes_of(explaining.Compared("a", "b", compare_editions(plan, plan)))
    assert [scene.title for scene in scenes] == ["a and b have the same neighbourhood boundaries"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_with_one_edition_the_page_says_what_to_do(store: StoryStore, lang: str) -> None:
    if len(explaining.published()) > 1:
        pytest.skip("this machine has published a second edition")
    assert words(lang)["change.one_next"] in text_of(opened("stories", lang=lang))


def test_one_click_makes_the_story(
    store: StoryStore, merged: tuple[explaining.Compared, str, str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explaining, "published", lambda: ["2020-07", "2021-01"])
    monkeypatch.setattr(explaining, "compare", lambda *_: merged[0])
    page = opened("stories")
    page.button(key="make_change").click().run()
    assert not page.exception and [len(story.scenes) for story in store.stories()] == [3]
    assert "2020-07 → 2021-01" in text_of(page)
