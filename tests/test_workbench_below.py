"""Below the workbench's map: consequences, proposals, files and help say what the plan says, in both languages."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pytest
import streamlit as st
from shapely import LineString
from streamlit.testing.v1 import AppTest

from geo.plans import Plan
from geo.plans_checks import differences
from geo.store_records import Role, User
from pages.parts import (
    data,
    workbench_consequences,
    workbench_drafts,
    workbench_files,
    workbench_map,
    workbench_roads,
)
from pages.parts import workbench_words as said
from pages.parts.words import speaking, words
from pages.parts.workbench_desk import Look
from pages.parts.workbench_steps import Step, tried
from tests.opening import html_of, opened, text_of

pytestmark = pytest.mark.usefixtures("own_store")

HERE = "320613007005"
USER = User("planner", Role.PLANNER)
UNFILLED = re.compile(r"\{\w+\}|\bnan\b|\bNone\b|<NA>")


@pytest.fixture
def merged(plan: Plan) -> tuple[str, Plan]:
    """A draft in which the first two neighbourhoods of a community are one."""
    draft = workbench_drafts.create(USER, "试")
    first = tried(plan, Step("merge", code=f"{HERE}001", other=f"{HERE}002")).preview
    assert first is not None
    workbench_drafts.append(draft.id, [first.operation], USER, "", 0, "one")
    return draft.id, workbench_drafts.opened(draft.id, USER).plan


def part(name: str, draft: str, language: str) -> AppTest:
    """The workbench with one part open below its map."""
    app = opened("workbench", area=HERE, lang=language, draft=draft)
    app.session_state["linli:workbench_part"] = name  # AppTest would look the choice up in Chinese
    return app.run()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_consequences_say_who_moves_and_what_else_changes(language: str, merged: tuple[str, Plan], plan: Plan) -> None:
    shown = text_of(opened("workbench", area=HERE, lang=language, draft=merged[0]))
    homes = sum(plan.ground.counts(block).households for block in plan.members(f"{HERE}002"))
    heads = words(language)
    for key in ("moves", "indicators", "offices_and_reach", "four"):
        assert heads[f"workbench.{key}"] in shown, key
    assert str(homes) in shown and not UNFILLED.search(shown), UNFILLED.search(shown)


def test_indicators_on_the_new_line_are_those_of_both_old_ones(merged: tuple[str, Plan], plan: Plan) -> None:
    """Attendances per head of two neighbourhoods that become one: their sums divided, whatever their sizes."""
    item = data.indicators()["attendances_per_1000"]
    with speaking("en"):
        rows = workbench_consequences.indicator_rows(plan, merged[1], [item], "2020")
    table = {row["code"]: row for row in rows}
    measured = data.measure_values(
        [item.numerator, str(item.denominator)], [f"{HERE}001", f"{HERE}002"], "2020"
    ).pivot_table(index="code", columns="measure", values="value")
    total = item.scale * measured[item.numerator].sum() / measured[item.denominator].sum()
    told = float(re.sub(r"[^\d.]", "", table[f"{HERE}001"]["after"].split(" ")[0]))
    assert told == pytest.approx(total, abs=0.51 * 10**-item.decimals)


def test_reach_is_counted_once_block_by_block(merged: tuple[str, Plan], plan: Plan) -> None:
    """The table of indicators and that of offices beside it tell one figure."""
    with speaking("zh"):
        item = data.indicators()["reach_walking"]
        [row] = [
            r
            for r in workbench_consequences.indicator_rows(plan, merged[1], [item], "2020")
            if r["code"] == f"{HERE}001"
        ]
        found = workbench_consequences._reached(plan, merged[1], "walk_m").set_index("neighbourhood").loc[f"{HERE}001"]
    told = {when: float(re.sub(r"[^\d.]", "", row[when])) for when in ("before", "after")}
    for when, value in told.items():
        assert value == pytest.approx(100 * found[f"within_{when}"] / found[f"households_{when}"], abs=0.051)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_names_every_verb_and_key(language: str, merged: tuple[str, Plan]) -> None:
    shown = text_of(part("help", merged[0], language))
    for verb in workbench_map.VERBS:
        assert words(language)[f"workbench.js.verb.{verb}"] in shown
    assert len(set(workbench_map.KEYS.values())) == len(workbench_map.KEYS), "no key means two things"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_proposals_are_searched_shown_and_accepted_step_by_step(language: str, merged: tuple[str, Plan]) -> None:
    app = part("proposals", merged[0], language)
    app = app.selectbox(key="propose_scope").set_value(HERE).run()
    app = app.button(key="propose_go").click().run(timeout=240)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    ready = [b for b in app.button if re.fullmatch(r"propose-\d-\d+", str(b.key)) and not b.disabled]
    assert ready, "some step can be accepted at once"
    before = len(workbench_drafts.opened(merged[0], USER).steps)
    doubtful = 0
    while len(workbench_drafts.opened(merged[0], USER).steps) == before:
        app = app.button(key=str(ready.pop(0).key)).click().run(timeout=60)
        if len(workbench_drafts.opened(merged[0], USER).steps) == before:
            maps = [e.proto for e in app.get("bidi_component") if e.proto.component_name == "linli_workbench"]
            in_hand = json.loads(maps[0].json)
            assert in_hand["preview"]["cautions"], "what breaks a rule goes onto the map, which asks for a reason"
            doubtful += 1
    assert len(workbench_drafts.opened(merged[0], USER).steps) == before + 1
    assert doubtful, "the first step of the best alternative breaks a rule"
    assert words(language)["workbench.propose.accepted"].strip() in text_of(app)
    assert not UNFILLED.search(text_of(app))


def test_an_exported_layer_comes_back_as_nothing_to_do_and_an_edited_one_as_operations(
    merged: tuple[str, Plan], plan: Plan
) -> None:
    with speaking("zh"):
        names = workbench_files._names(merged[1], [HERE])
        content = workbench_files.as_file(merged[1], [HERE], "gpkg", "草案边界", names)
        layer = gpd.read_file(BytesIO(content))
        assert set(layer["code"]) == set(merged[1].homes[HERE].values())
        same = workbench_files.read_file("same.gpkg", content, Look(merged[1], merged[1], None), split=False)
        assert same.imported.operations == () and same.imported.findings.empty
        edited = workbench_files.read_file("edited.gpkg", content, Look(plan, plan, None), split=False)
    after = plan
    for operation in edited.imported.operations:
        after = after.apply(operation)
    assert {block: now for block, (_, now) in differences(plan, after).items()} == {
        block: now for block, (_, now) in differences(plan, merged[1]).items()
    }


def test_the_table_of_changed_blocks_is_the_difference(merged: tuple[str, Plan], plan: Plan) -> None:
    table = workbench_files.equivalence(plan, merged[1])
    assert set(table["block_id"]) == plan.members(f"{HERE}002")
    assert set(table["former"]) == {f"{HERE}002"} and set(table["code"]) == {f"{HERE}001"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_part_on_files_opens(language: str, merged: tuple[str, Plan]) -> None:
    app = part("files", merged[0], language)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    assert words(language)["workbench.files.in_about"] in text_of(app)
    assert words(language)["workbench.roads.about"] in text_of(app)


@pytest.fixture
def road(plan: Plan, tmp_path: Path) -> Path:
    """A file of one road through the seventh neighbourhood."""
    west, south, east, north = plan.polygon(f"{HERE}007").bounds
    line = LineString([(west - 30, (south + north) / 2 + 17), (east + 30, (south + north) / 2 + 17)])
    path = tmp_path / "roads.geojson"
    layer = gpd.GeoDataFrame({"class": ["minor"], "name": ["<学田新路>"]}, geometry=[line], crs="EPSG:4549")
    layer.to_crs("EPSG:4490").to_file(path)
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_new_road_is_written_into_the_draft_as_one_step_and_said_there(
    language: str, merged: tuple[str, Plan], road: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = SimpleNamespace(name=road.name, file_id="1", getvalue=road.read_bytes)
    monkeypatch.setattr(st, "file_uploader", lambda *_, key, **__: given if key == "workbench_roads" else None)
    app = part("files", merged[0], language)
    app = app.button(key="workbench_roads_take").click().run()
    assert not app.exception and words(language)["workbench.files.taken"] in text_of(app)
    draft = workbench_drafts.opened(merged[0], USER)
    assert len(draft.steps) == 2 and len(draft.plan.ground.shape) > len(merged[1].ground.shape)
    workbench_drafts.store().undo(merged[0], USER)
    app = app.run()
    assert words(language)["workbench.files.taken"] not in text_of(app)
    assert not app.button(key="workbench_roads_take").disabled, "undone, it can be written again"


def test_a_new_road_is_told_before_it_cuts_and_may_be_seen_on_the_map(plan: Plan, road: Path) -> None:
    found = workbench_roads.read_roads(road.name, road.read_bytes(), plan)
    assert found.operation is not None and len(workbench_roads.lines(found)) == len(found.operation.steps)
    after = plan.apply(found.operation)
    for language in ("zh", "en"):
        with speaking(language):
            told = workbench_roads.told(plan, found) + said.step_sentence(plan, after, "roads")
            assert not UNFILLED.search(told) and "<学田新路>" not in told and "&lt;学田新路&gt;" in told
    assert differences(plan, after) == {} and len(after.ground.shape) > len(plan.ground.shape)
