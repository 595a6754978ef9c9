"""The workbench's map: a component of our own around plain Leaflet, given the ground once and then only answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from data.static_assets import read_static
from geo.palettes import PALETTES
from geo.plans import Plan
from geo.plans_figures import Figures
from geo.previews import Change
from pages.parts import map_view, state, trends, workbench_base, workbench_steps
from pages.parts import workbench_words as said
from pages.parts.state import View, chosen
from pages.parts.workbench_steps import Outcome

FOLDER = Path(__file__).resolve().parent / "assets" / "workbench"
SCRIPTS = ("ground", "sheet", "paint", "verbs", "panel", "guide", "main")
KEYS = {
    "choose": "v", "paint": "b", "box": "x", "lasso": "l", "push": "p", "cut": "c", "merge": "m", "split": "s",
    "new": "n", "retire": "r", "rename": "e", "draw": "d", "transfer": "t", "guide": "h",
}  # fmt: skip
VERBS = tuple(name for name in KEYS if name != "guide")
KEY = "workbench_map"
HANDED = "workbench_handed"


def _script(*names: str) -> str:
    return "\n".join((FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in names)


WHEEL = (FOLDER.parent / "wheel.js").read_text(encoding="utf-8")
"""What the maps of our own components have in common."""

_hand_over = st.components.v2.component("linli_workbench_ground", js=_script("hand_over"), isolate_styles=False)
_map = st.components.v2.component(
    "linli_workbench",
    js=f"{WHEEL}\n{_script(*SCRIPTS)}",
    css=(FOLDER / "workbench.css").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Shown:
    """What the map is told: the draft's plan and where it began, the communities open, and the step in hand."""

    plan: Plan
    start: Plan
    communities: tuple[str, ...]
    chosen: str | None = None
    answered: int = 0
    outcome: Outcome | None = None
    asked: int = 0
    head: int = 0
    conflict: Mapping[str, str] | None = None
    operations: tuple[Mapping[str, Any], ...] = ()
    undo: bool = False
    redo: bool = False
    closed: str = ""
    message: tuple[int, str] | None = None


def hand_over(view: View, plan: Plan, communities: tuple[str, ...]) -> None:
    """Give the browser ground, words and colours once; it keeps them until one of them is another."""
    theme = trends.theme_of(view)
    ground = workbench_base.ground_of(plan, communities)
    mark = (ground["id"], view.lang, theme)
    with st.container(key="workbench_ground"):  # keeps its place, so that the map keeps its own
        if state.recall(HANDED, None) == mark:
            return
        given = {
            "ground": ground,
            "words": said.browser_words(),
            "verbs": list(VERBS),
            "keys": KEYS,
            "ink": asdict(PALETTES[theme]),
            "theme": theme,
            "lang": view.lang,
        }
        _hand_over(key="linli_workbench_ground", data=given)
        state.keep(HANDED, mark)


def hand_over_again() -> None:
    """The browser says that it lacks the ground: it is given once more."""
    state.keep(HANDED, None)


def show(shown: Shown, on_act: Callable[[], None]) -> None:
    """Draw the map and all around it; `on_act` is called with what the planner did waiting in `sent()`."""
    _map(key=KEY, data=answer(shown), on_act_change=on_act)


def sent() -> Mapping[str, Any]:
    """What the browser sent last, {} where it sent nothing."""
    value = chosen(KEY)
    act = value.get("act") if isinstance(value, Mapping) else None
    return act if isinstance(act, Mapping) else {}


def answer(shown: Shown) -> dict[str, Any]:
    """All the browser is told after each step: who has which block, counters, the step in hand, operations."""
    plan, ground = shown.plan, workbench_base.ground_of(shown.plan, shown.communities)
    blocks = [row[0] for row in ground["blocks"]]
    now = [plan.code_of(block) for block in blocks]
    then = [
        workbench_steps.code_before(shown.start, plan, block) or code for block, code in zip(blocks, now, strict=True)
    ]
    outcome = preview(shown, {block: i for i, block in enumerate(blocks)})
    codes = sorted({*now, *then})
    place = {code: i for i, code in enumerate(codes)}
    counters = workbench_steps.figures_of_all(plan, sorted(set(now)))
    own = {code: found for code, found in counters.items() if code == shown.chosen}
    return {
        "ground": ground["id"],
        "n": shown.answered,
        "head": shown.head,
        "conflict": shown.conflict,
        "codes": codes,
        "at": [place[code] for code in now],
        "base": [place[code] for code in then],
        "hoods": {code: {"name": said.hood_name(plan, code), **hood(found)} for code, found in counters.items()},
        "names": {code: said.hood_name(plan, code) for code in _others(outcome, counters)},
        "chosen": shown.chosen,
        "lights": said.lights(plan, own),
        "preview": outcome,
        "operations": list(shown.operations),
        "undo": shown.undo,
        "redo": shown.redo,
        "closed": shown.closed,
        "message": shown.message and {"n": shown.message[0], "text": shown.message[1]},
        "leaflet": leaflet(),
    }


def _others(outcome: Mapping[str, Any] | None, counters: Mapping[str, Figures]) -> list[str]:
    return [row["code"] for row in outcome["rows"] if row["code"] not in counters] if outcome else []


def hood(found: Figures) -> dict[str, Any]:
    """A neighbourhood's figures as the panel writes them."""
    return {
        "households": found.households,
        "people": found.people,
        "buildings": found.buildings,
        "area": round(found.area_m2),
        "roundness": round(found.polsby_popper, 3),
        "following": None if found.barrier_following is None else round(found.barrier_following, 3),
        "office": found.office,
        "target": found.target,
    }


def preview(shown: Shown, place: Mapping[int, int]) -> dict[str, Any] | None:
    """The step in hand: its sentence, what changes, neighbourhoods before and after, what is refused or doubtful."""
    outcome, plan = shown.outcome, shown.plan
    if outcome is None:
        return None
    alone = not outcome.alternatives
    told: dict[str, Any] = {
        "n": shown.asked, "verb": outcome.step.verb, "refused": None, "sentence": "", "changes": [], "rows": [],
        "lights": [], "cautions": [], "options": [],
        "alternatives": [said.alternative(each) for each in outcome.alternatives],
        "choice": outcome.step.choice,
        "lines": [
            {"xy": [value for point in line for value in point], "taken": alone or i == outcome.step.choice}
            for i, line in enumerate(outcome.lines)
        ],
    }  # fmt: skip
    if outcome.short is not None:
        return told | {"refused": {"sentence": said.short_sentence(plan, outcome.short), "blocks": [], "repair": ""}}
    if outcome.refused is not None:
        return told | {"refused": _refused(plan, outcome)}
    found = outcome.preview
    if found is None:
        return told
    after = found.plan
    return told | {
        "sentence": said.step_sentence(plan, after, workbench_steps.verb_of(found.operation)),
        "changes": [[place[block], code] for block, (_, code) in found.moved.items() if block in place],
        "rows": [_row(plan, after, change) for change in found.changes],
        "lights": said.lights(after, {c.code: c.after for c in found.changes if c.after is not None}),
        "cautions": said.cautions(after, found),
        "options": said.options(plan, outcome.options),
    }


def _row(plan: Plan, after: Plan, change: Change) -> dict[str, Any]:
    return {
        "code": change.code,
        "name": said.hood_name(plan if change.after is None else after, change.code),
        "ends": change.after is None,
        "before": change.before and hood(change.before),
        "after": change.after and hood(change.after),
    }


def _refused(plan: Plan, outcome: Outcome) -> dict[str, Any]:
    refusal = outcome.refused
    assert refusal is not None
    repair = ""
    if refusal.repair:
        repaired = plan
        for operation in refusal.repair:
            repaired = repaired.apply(operation)
        repair = said.repair_words(plan, repaired)
    return {"sentence": said.refusal_sentence(plan, refusal), "blocks": list(refusal.blocks), "repair": repair}


def leaflet() -> list[str]:
    """Where Leaflet's script and style are served, under any base path."""
    assets = read_static(map_view.STATIC)
    script = next(name for name in assets.scripts if name.startswith("leaflet-"))
    style = next(name for name in assets.styles if name.startswith("leaflet-style-"))
    return [f"app/static/{script}", f"app/static/{style}"]
