"""A talk as its page gives it to the browser: every scene with its finding, map and charts, in both languages."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from data.manifest import read_manifest
from data.stories import Scene, Story, shipped
from pages.exports.series import Matrix, Native, native
from pages.exports.stories import content_of_scene
from pages.parts import card_shelf, glass, scene_keeper, staging, state
from pages.parts.card_shelf import cards_of
from pages.parts.staging import stage
from pages.parts.words import words
from tests.opening import html_of, opened, seen, text_of
from tests.serving import ROOT
from tests.test_geo_layers import contrast

pytestmark = pytest.mark.usefixtures("extracts")
LANGUAGES = ("zh", "en")


def parts(page: Any) -> dict[str, dict[str, Any]]:
    """What was sent to the glass, by key of the component."""
    return {
        re.sub(r"^.*?(talk_\w+(?:\.\d+)?).*$", r"\1", each.proto.id): json.loads(each.proto.json)
        for each in page.get("bidi_component")
        if "talk_" in each.proto.id
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_scene_of_the_shipped_talk_comes_with_finding_map_and_charts(lang: str) -> None:
    sent = parts(seen("present", story="ten-minutes", present="1", lang=lang))
    given = sent["talk_glass"]
    assert given["main"] == [str(n) for n in range(1, 11)] and {"7.1", "10.1"} < set(given["keys"])
    for key in given["keys"]:
        scene = sent[f"talk_scene_{key}"]
        assert scene["title"] == given["plan"][key]["title"] and scene["finding"] and scene["source"]
        assert "<" not in scene["finding"] and len(scene["finding"]) < 260
        assert len(set(scene["map"]["classes"])) > 1 and 1 <= len(scene["charts"]) <= 2
        assert read_manifest(ROOT / "data").edition in scene["source"]


def test_the_scene_of_the_address_is_sent_first() -> None:
    keys = list(parts(seen("present", story="ten-minutes", present="1", scene="9")))
    assert keys[:4] == ["talk_glass", "talk_scene_9", "talk_scene_10", "talk_scene_10.1"]
    assert parts(seen("present", story="ten-minutes", present="1", scene="77"))["talk_glass"]["first"] == "1"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_glass_has_nothing_around_it_and_the_cover_has(lang: str) -> None:
    assert '<header class="ll-header">' not in html_of(seen("present", story="ten-minutes", present="1", lang=lang))
    cover = seen("present", story="ten-minutes", lang=lang)
    assert '<header class="ll-header">' in html_of(cover) and shipped("ten-minutes", lang).title in text_of(cover)
    assert "present=1" in html_of(cover) and "10:00" in text_of(cover)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_story_that_is_not_there_is_said_so(lang: str) -> None:
    for query in ({}, {"present": "1"}, {"notes": "1"}):
        page = opened("present", story="none-such", lang=lang, **query)
        assert words(lang)["failure.StoryUnknown.sentence"].format(story="none-such") in text_of(page)
        assert not page.exception


def test_notes_hold_no_map_and_no_figures() -> None:
    assert set(parts(seen("present", story="ten-minutes", notes="1"))) == {"talk_notes"}


def story_of(*scenes: Scene) -> Story:
    return Story("talk", "T", "en", tuple(replace(scene, id=f"s{n}") for n, scene in enumerate(scenes)))


def test_the_projectors_words_on_pages_are_read_at_seven_to_one() -> None:
    style = (ROOT / "pages/parts/style.css").read_text(encoding="utf-8")
    blocks = (
        re.search(rf"^{start} {{(.*?)^}}", style, re.M | re.S)
        for start in (":root", r":root\[data-theme=\"projector\"\]")
    )
    colour = dict(re.findall(r"--ll-(\w+): (#\w{6})", "".join(block[1] for block in blocks if block)))
    for ink in ("ink", "muted", "accent", "better", "worse"):
        for ground in ("paper", "soft", "tint", "note"):
            assert contrast(colour[ink], colour[ground]) >= 7, (ink, ground)


EVENTS = {"area": "320613", "indicator": "attendances_per_1000", "level": "community"}


def test_scenes_held_together_share_breaks_and_frame() -> None:
    story = story_of(
        Scene("events", {**EVENTS, "period": "2019"}, locked="a"),
        Scene("events", {**EVENTS, "period": "2020"}, locked="a"),
        Scene("events", {**EVENTS, "period": "2020", "area": "320613007"}, locked="a"),
        Scene("events", {**EVENTS, "period": "2020"}),
    )
    first, second, inside, alone = (stage(scene, story).map for scene in story.scenes)
    assert first.legend.entries == second.legend.entries == inside.legend.entries != alone.legend.entries
    assert first.focus is second.focus is inside.focus is None


@pytest.mark.parametrize("page", ["events", "compare", "boundaries", "area", "reach"])
def test_marked_areas_stand_out_in_talk_page_and_file_and_unknown_ones_nowhere(page: str) -> None:
    scene = Scene(page, EVENTS, highlights=("320613007005", "320613999999"), charts=(), id="s")
    story = story_of(scene)
    staged = stage(story.scenes[0], story)
    assert "320613007005" in staged.map.highlight and "320613999999" not in staged.map.highlight
    assert "highlights=320613007005" in state.address(staged.view)
    drawn = content_of_scene(story.scenes[0], story).map
    assert drawn is not None
    plain = content_of_scene(replace(scene, highlights=()), story).map
    chosen = [sum(stroke.kind == "chosen" for stroke in each.borders) for each in (plain, drawn)]
    assert chosen[1] == chosen[0] + 1


@pytest.mark.parametrize("page", ["compare", "area"])
def test_a_scene_of_a_page_that_compares_says_and_shows_what_the_page_does(page: str) -> None:
    view = staging.view_of(Scene(page, {"area": "320613008", "period": "2020"}), story_of())
    kept = scene_keeper.scene_of(view)
    with state.viewing(view):
        headline = card_shelf.headline_of(view)
        names = scene_keeper.chart_names(kept)
    assert kept.title and headline.startswith(kept.title.rstrip(".")) and kept.charts == ("board",) and "board" in names
    staged, content = stage(replace(kept, id="s"), story_of(kept)), content_of_scene(kept, story_of(kept))
    assert staged.finding == kept.title and staged.charts[0].title == content.charts[0].title
    assert isinstance(native(content.charts[0].figure), Matrix)
    classes = [set(filter(None, (shape.fill for shape in content.map.shapes)))] if content.map else []
    assert classes and len(classes[0]) > 1 and content.map and content.map.title == staged.map.legend.title


def test_small_panels_are_one_chart_with_a_line_an_area() -> None:
    scene = Scene("compare", {"area": "320613008", "period": "2020"}, charts=("multiples",), id="s")
    (chart,) = content_of_scene(scene, story_of(scene)).charts
    given = native(chart.figure)
    assert isinstance(given, Native) and given.kind == "line"
    assert [each.name for each in given.series] == list(chart.table.columns[1:])


def test_every_chart_that_can_be_chosen_can_be_staged() -> None:
    for page in ("party", "services", "events"):
        keys = list(cards_of(page))
        assert staging.chart_choices(page) == ["ranked", "trend", *keys] and keys
        for start in range(0, len(keys), 2):
            scene = Scene(page, EVENTS, charts=tuple(keys[start : start + 2]), id="s")
            for chart in glass.content_of(stage(scene, story_of(scene)))["charts"]:
                assert chart["title"] and json.loads(chart["figure"])["data"]


def test_a_ranked_list_says_how_many_it_leaves_out() -> None:
    scene = Scene("events", EVENTS, id="s")
    ranked = stage(scene, story_of(scene)).charts[0]
    assert len(ranked.bars) == staging.BEST + staging.LAST and ranked.gap == len(ranked.table) - len(ranked.bars)
    assert ranked.bars[0].share == 1.0 and ranked.bars[0].rank == "1"


def test_a_sentence_of_ones_own_stands_in_the_place_of_the_pages() -> None:
    scene = Scene("events", EVENTS, finding="As we promised in 2019.", charts=(), id="s")
    own, page = stage(scene, story_of(scene)), stage(replace(scene, finding=""), story_of(scene))
    assert own.finding == "As we promised in 2019." != page.finding
    content = content_of_scene(scene, story_of(scene))
    assert content.finding == own.finding and page.finding in content.more


def test_a_scene_that_cannot_be_made_says_so_and_the_others_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(staging, "ranked_chart", broken)
    glass._content.clear()
    page = opened("present", story="ten-minutes", present="1", lang="en")
    sent = parts(page)
    assert sent["talk_scene_1"]["map"] is None and sent["talk_scene_1"]["finding"]
    assert sent["talk_scene_2"]["map"]["classes"]  # its chart is another
    assert not page.exception
    glass._content.clear()


def test_the_first_sentence_is_the_finding() -> None:
    assert staging.first_sentence("甲为 1.5。乙为 2。") == "甲为 1.5。"
    assert staging.first_sentence("A is 1.5. B is 2.") == "A is 1.5."
    assert staging.first_sentence("A is 1.5.") == "A is 1.5."
