"""The workbench without a browser: it opens in both languages, tells the map what the edition holds, and does steps."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.operations import Batch
from geo.plans import Plan
from pages.parts import edition, workbench_drafts, workbench_map, workbench_steps
from pages.parts import workbench_words as said
from pages.parts.words import speaking, words
from pages.parts.workbench_steps import Step, StepInvalid, figures_of_all, read_step, tried
from tests.opening import html_of, opened, text_of

pytestmark = pytest.mark.usefixtures("own_store")

COMMUNITY = "320613007005"
UNFILLED = re.compile(r"\{\w+\}|\bnan\b|\bNone\b|<NA>")


def told(app: AppTest, name: str) -> dict[str, Any]:
    """What one of the page's components was given."""
    found = [e.proto for e in app.get("bidi_component") if e.proto.component_name == name]
    assert len(found) == 1, [e.proto.component_name for e in app.get("bidi_component")]
    given: dict[str, Any] = json.loads(found[0].json)
    return given


def beside(plan: Plan) -> tuple[int, str, str]:
    """A block that can go to another neighbourhood: block, where it is, where it can go."""
    home = plan.homes[COMMUNITY]
    for block, code in sorted(home.items()):
        for other in sorted({home[near] for near in plan.ground.near[block]} - {code}):
            if tried(plan, Step("paint", (block,), other)).preview:
                return block, code, other
    raise AssertionError("no block can move")


def across(plan: Plan, verb: str, code: str) -> Step:
    """A cut from west to east through a neighbourhood."""
    west, south, east, north = plan.polygon(code).bounds
    return Step(verb, code=code, points=((west, (south + north) / 2), (east, (south + north) / 2)))


def push_between(plan: Plan, code: str, other: str) -> Step:
    """The border between two neighbourhoods pulled 150 m towards the middle of the first."""
    border = plan.polygon(code).intersection(plan.polygon(other)).interpolate(0.5, normalized=True)
    middle = plan.polygon(code).representative_point()
    far = 150 / border.distance(middle)
    pulled = (border.x + far * (middle.x - border.x), border.y + far * (middle.y - border.y))
    return Step("push", code=code, other=other, points=((border.x, border.y), pulled))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_opens_and_tells_the_map_what_stands_in_the_edition(language: str, plan: Plan) -> None:
    app = opened("workbench", area=COMMUNITY, lang=language)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    assert not UNFILLED.search(text_of(app))
    answer, ground = told(app, "linli_workbench"), told(app, "linli_workbench_ground")
    codes = [answer["codes"][place] for place in answer["at"]]
    blocks = [row[0] for row in ground["ground"]["blocks"]]
    assert dict(zip(blocks, codes, strict=True)) == dict(plan.homes[COMMUNITY])
    assert answer["at"] == answer["base"] and answer["operations"] == []
    assert sum(hood["households"] for hood in answer["hoods"].values()) == sum(
        plan.ground.counts(block).households for block in plan.homes[COMMUNITY]
    )
    assert ground["words"]["verb"]["paint"] == words(language)["workbench.js.verb.paint"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_above_a_community_one_is_chosen_first(language: str, extracts: Path) -> None:
    app = opened("workbench", area="320613007", lang=language)
    areas = pd.read_parquet(extracts / "area.parquet")
    inside = areas[(areas["level"] == "community") & (areas["parent"] == "320613007")]
    assert not app.exception
    for name in inside[f"name_{language}"]:
        assert name in text_of(app)
    shown = {element.proto.component_name for element in app.get("bidi_component")}
    assert "linli_workbench" not in shown, "no map of blocks before a community is open"


def test_the_list_of_what_is_run_through_adds_up_to_the_measure(plan: Plan) -> None:
    crossed = edition.severed(COMMUNITY)
    told = edition.quality(COMMUNITY).severance_km
    assert crossed[["river_m", "arterial_m"]].to_numpy().sum() / 1000 == pytest.approx(told)
    assert set(crossed["code"].str[:12]) <= {COMMUNITY}
    for row in edition.severed("320613").itertuples():
        assert {kind for kind, _ in row.lines} == {k for k in ("river", "arterial") if getattr(row, f"{k}_m") > 0}


def test_neighbouring_communities_open_together(plan: Plan) -> None:
    app = opened("workbench", area=COMMUNITY, **{"with": "320613007006,999999999999"})
    ground = told(app, "linli_workbench_ground")["ground"]
    assert ground["communities"] == [COMMUNITY, "320613007006"]
    assert len(ground["blocks"]) == len(plan.homes[COMMUNITY]) + len(plan.homes["320613007006"])


def test_every_verb_says_what_it_would_do_in_both_languages(plan: Plan) -> None:
    block, code, other = beside(plan)
    near = next(b for b in sorted(plan.ground.near[block]) if plan.homes[COMMUNITY][b] == other)
    around = plan.ground.shape[block].union(plan.ground.shape[near]).buffer(1).exterior.coords
    big = max(plan.homes[COMMUNITY], key=lambda b: plan.ground.counts(b).buildings)
    steps = [
        Step("paint", (block,), other),
        Step("merge", code=code, other=other),
        Step("draw", code=other, points=tuple(around)),
        Step("split", (big,), code),
        Step("new", tuple(b for b, c in plan.homes[COMMUNITY].items() if c == code)[:1], name="新邻里"),
        Step("retire", code=code),
        Step("rename", code=code, name="新名"),
        Step("transfer", (big,), code),
        push_between(plan, code, other),
        across(plan, "cut", code),
        across(plan, "freehand", code),
    ]
    assert {step.verb for step in steps} == set(workbench_steps.MAKERS)
    for step in steps:
        outcome = tried(plan, step)
        for language in ("zh", "en"):
            with speaking(language):
                if outcome.preview is not None:
                    operation = outcome.preview.operation
                    sentence = said.step_sentence(plan, outcome.preview.plan, workbench_steps.verb_of(operation))
                elif outcome.short is not None:
                    sentence = said.short_sentence(plan, outcome.short)
                else:
                    assert outcome.refused is not None
                    sentence = said.refusal_sentence(plan, outcome.refused)
            assert sentence and not UNFILLED.search(sentence), sentence


def test_a_rule_that_does_not_hold_for_villages_is_not_praised(plan: Plan) -> None:
    code = plan.codes[0]
    found = figures_of_all(plan, [code])
    village = {code: replace(found[code], kind="rural", buildings=137, buildings_fit=None)}
    with speaking("zh"):
        tones = {light["text"]: light["tone"] for light in said.lights(plan, village)}
    assert tones["楼栋数（3 至 10 栋）：农村邻里不适用"] == "none"
    assert "村民小组完整" in tones and any("0.30" in text for text in tones)


def test_a_refusal_says_why_and_offers_what_would_do(plan: Plan) -> None:
    """A block in the middle of a neighbourhood far away can't go: it would be in pieces."""
    _, _, other = beside(plan)
    far = next(
        b
        for b, c in sorted(plan.homes[COMMUNITY].items())
        if c != other and not {plan.homes[COMMUNITY][n] for n in plan.ground.near[b]} & {other}
    )
    outcome = tried(plan, Step("paint", (far,), other))
    assert outcome.refused is not None and outcome.preview is None
    with speaking("zh"):
        given = workbench_map.preview(_shown(plan, outcome), {})
    assert given is not None and given["refused"]["sentence"].startswith("不能这样划")
    if outcome.refused.repair:
        assert "个地块" in given["refused"]["repair"]


def _shown(plan: Plan, outcome: workbench_steps.Outcome) -> workbench_map.Shown:
    return workbench_map.Shown(plan, plan, (COMMUNITY,), outcome=outcome, asked=1)


def test_a_cut_offers_both_sides_and_where_they_may_go(plan: Plan) -> None:
    code = sorted(set(plan.homes[COMMUNITY].values()))[6]
    first = tried(plan, across(plan, "cut", code))
    assert first.preview is not None and first.options is not None and first.options.code == code
    households = sum(plan.ground.counts(block).households for block in plan.members(code))
    assert sum(first.options.households) == households
    assert first.options.targets[-1] == workbench_steps.NEW and code not in first.options.targets
    for side in (0, 1):
        of_side = tried(plan, replace(across(plan, "cut", code), side=side)).options
        assert of_side is not None and of_side.side == side
        for target in of_side.targets:
            outcome = tried(plan, replace(across(plan, "cut", code), side=side, other=target))
            if outcome.preview is None:
                continue
            moved = {now for _, now in outcome.preview.moved.values()}
            assert moved == {target} if target != workbench_steps.NEW else moved.isdisjoint(plan.codes)
            assert outcome.preview.households == first.options.households[side]


def test_a_pull_too_short_says_how_far_is_missing(plan: Plan) -> None:
    _, code, other = beside(plan)
    whole = push_between(plan, code, other)
    (x, y), (u, v) = whole.points
    near = replace(whole, points=((x, y), (x + (u - x) / 100, y + (v - y) / 100)))
    outcome = tried(plan, near)
    assert outcome.short is not None and outcome.short.metres is not None and outcome.short.metres > 0
    with speaking("zh"):
        assert "再拖远约" in said.short_sentence(plan, outcome.short)


def test_what_the_browser_sends_is_read_with_care() -> None:
    step = read_step({"verb": "paint", "blocks": [1, 2], "code": COMMUNITY, "points": [[1, 2.5]], "name": " 甲 "})
    assert step == Step("paint", (1, 2), COMMUNITY, points=((1.0, 2.5),), name="甲")
    for bad in (
        {"verb": "paint", "blocks": ["x"]},
        {"verb": "draw", "points": [[1]]},
        {"verb": "paint", "choice": "a"},
    ):
        with pytest.raises(StepInvalid):
            read_step(bad)
    with pytest.raises(StepInvalid):
        tried(SimpleNamespace(), Step("fly"))  # type: ignore[arg-type]


def test_several_repairs_are_one_step_of_the_log(plan: Plan) -> None:
    from geo.store_records import Role, User

    block, _, other = beside(plan)
    user = User("planner", Role.PLANNER)
    draft = workbench_drafts.create(user, "试")
    first = tried(plan, Step("paint", (block,), other)).preview
    assert first is not None
    renamed = tried(plan, Step("rename", code=other, name="新名")).preview
    assert renamed is not None
    entry = workbench_drafts.append(draft.id, [first.operation, renamed.operation], user, "", 0, "one")
    assert isinstance(entry.operation, Batch) and entry.seq == 1
    now = workbench_drafts.opened(draft.id, user)
    assert now.plan.code_of(block) == other and now.undo and not now.redo
    with speaking("zh"):
        assert said.hood_name(now.plan, other) == "新名"
    workbench_drafts.store().undo(draft.id, user)
    again = workbench_drafts.opened(draft.id, user)
    assert again.plan.code_of(block) != other and again.redo and not again.undo
