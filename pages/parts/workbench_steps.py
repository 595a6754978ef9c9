"""Steps: what the planner asks for on the map, as it came from the browser, and what it would do to the plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

from geo.cutting import Cut, cut_by_hand, cuts
from geo.operations import Batch, Draw, Merge, Move, New, Operation, Rename, Retire, Transfer
from geo.plans import Plan, PlanRefused
from geo.plans_figures import Figures, figures
from geo.plans_ground import LABELS
from geo.previews import Preview, preview
from geo.push import push
from geo.splitting import split_between_rows, split_for_drawing
from geo.zoning_rules import RULES

MOST_POINTS = 4000
NEW = "new"
Point = tuple[float, float]


class StepInvalid(ValueError):
    """What came from the browser is no step; the page asks to try again."""


class Outside(Exception):
    """A step lies outside of the communities that are open."""


class TooShort(Exception):
    """A border was pulled less far than the first block reaches; `metres` are missing (None: nothing can follow)."""

    def __init__(self, gainer: str, metres: float | None) -> None:
        super().__init__(f"pull {metres} m further")
        self.gainer, self.metres = gainer, metres


@dataclass(frozen=True)
class Step:
    """A wish: a verb and what it was given on the map. `code` is the neighbourhood chosen, `other` a second one.

    `communities`: those open; () does not restrict where a cut may be.
    """

    verb: str
    blocks: tuple[int, ...] = ()
    code: str = ""
    other: str = ""
    points: tuple[Point, ...] = ()
    choice: int = 0
    side: int = -1
    name: str = ""
    why: str = ""
    communities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Options:
    """What else can be chosen of a cut: which side goes (households of both), and to whom (NEW: nobody yet)."""

    code: str
    households: tuple[int, ...]
    side: int
    targets: tuple[str, ...]
    target: str


@dataclass(frozen=True)
class Way:
    """One way to do a step: its operation, the line to show for it, what tells it from other ways, and options."""

    operation: Operation
    line: tuple[Point, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    options: Options | None = None


@dataclass(frozen=True)
class Outcome:
    """What a step would do, or why not; lines and facts of alternatives where there are several ways."""

    step: Step
    preview: Preview | None = None
    refused: PlanRefused | None = None
    lines: tuple[tuple[Point, ...], ...] = ()
    alternatives: tuple[Mapping[str, Any], ...] = ()
    options: Options | None = None
    short: TooShort | None = None


def read_step(sent: Mapping[str, Any], communities: tuple[str, ...] = ()) -> Step:
    """The step in what the browser sent, for the communities open. Raises StepInvalid."""
    try:
        points = tuple((float(x), float(y)) for x, y in sent.get("points", ())[:MOST_POINTS])
        texts = {name: str(sent.get(name) or "") for name in ("verb", "code", "other")}
        return Step(
            blocks=tuple(int(block) for block in sent.get("blocks", ())),
            points=points,
            choice=int(sent.get("choice") or 0),
            side=int(sent.get("side", -1)),
            name=str(sent.get("name") or "").strip()[:40],
            why=str(sent.get("why") or "").strip()[:200],
            communities=communities,
            **texts,
        )
    except (TypeError, ValueError) as error:
        raise StepInvalid(str(error)) from error


def tried(plan: Plan, step: Step) -> Outcome:
    """What a step would do to the plan. Raises StepInvalid for a verb that is not known, Outside."""
    if step.verb not in MAKERS:
        raise StepInvalid(step.verb)
    try:
        ways = MAKERS[step.verb](plan, step)
        chosen = ways[min(max(step.choice, 0), len(ways) - 1)]
        found = preview(plan, chosen.operation)
    except PlanRefused as refusal:
        return Outcome(step, refused=refusal)
    except TooShort as short:
        return Outcome(step, short=short)
    alternatives = tuple(way.words for way in ways) if len(ways) > 1 else ()
    lines = tuple(way.line for way in ways if way.line)
    return Outcome(step, found, lines=lines, alternatives=alternatives, options=chosen.options)


def _paint(plan: Plan, step: Step) -> list[Way]:
    return [Way(Move(frozenset(step.blocks), step.code))]


def _merge(plan: Plan, step: Step) -> list[Way]:
    return [Way(Merge(step.code, step.other))]


def _draw(plan: Plan, step: Step) -> list[Way]:
    """The drawing block by block; and, where it runs well inside of blocks, with these split along it."""
    drawing = Draw(polygon_of(step.points), step.code)
    whole = Way(drawing, words={"kind": "whole"})
    parts = split_for_drawing(plan, drawing)
    singles = tuple(single for single in parts if not isinstance(single, Batch))
    if len(singles) < 2:
        return [whole]
    return [whole, Way(Batch(singles, "draw"), words={"kind": "split", "count": len(singles) - 1})]


def _split(plan: Plan, step: Step) -> list[Way]:
    """Between rows of buildings, in the best ways found."""
    choices = split_between_rows(plan, step.blocks[0]) if step.blocks else []
    return [
        Way(
            choice.operation,
            _points(choice.operation.line),
            {"kind": "rows", "counts": [count.households for count in choice.counts]},
        )
        for choice in choices
    ]


def _new(plan: Plan, step: Step) -> list[Way]:
    community = plan.ground.community.get(step.blocks[0], "") if step.blocks else ""
    return [Way(New(plan.next_code(community), frozenset(step.blocks), step.name))]


def _retire(plan: Plan, step: Step) -> list[Way]:
    """Asked without heirs, the plan proposes the neighbours with the longest contact."""
    bare = Retire(step.code, ())
    try:
        plan.apply(bare)
    except PlanRefused as refusal:
        if len(refusal.repair) == 1:
            return [Way(refusal.repair[0])]
        raise
    return [Way(bare)]


def _rename(plan: Plan, step: Step) -> list[Way]:
    return [Way(Rename(step.code, step.name))]


def _transfer(plan: Plan, step: Step) -> list[Way]:
    """A preview needs no reason yet; the page asks for one before it commits."""
    return [Way(Transfer(frozenset(step.blocks), step.code, step.why or "-"))]


def polygon_of(points: Sequence[Point]) -> shapely.Geometry:
    """The points as an area; fewer than three are none, which the plan refuses in words."""
    return shapely.Polygon(points) if len(points) > 2 else shapely.Polygon()


def _push(plan: Plan, step: Step) -> list[Way]:
    """The border between two neighbourhoods, from where it was grabbed to where it was pulled."""
    if len(step.points) < 2:
        raise StepInvalid("push")
    found = push(plan, step.code, step.other, step.points[0], step.points[-1])
    if found.operation is not None:
        return [Way(found.operation)]
    raise TooShort(found.gainer, found.further[0].metres - found.metres if found.further else None)


def _cut(plan: Plan, step: Step) -> list[Way]:
    """Ways along roads and rivers between two points; one side goes to a neighbour, or becomes a neighbourhood."""
    if len(step.points) < 2:
        raise StepInvalid("cut")
    code = _cut_through(plan, step)
    return [_cut_way(plan, step, cut) for cut in cuts(plan, code, step.points[0], step.points[-1])]


def _freehand(plan: Plan, step: Step) -> list[Way]:
    if len(step.points) < 2:
        raise StepInvalid("freehand")
    cut = cut_by_hand(plan, _cut_through(plan, step), shapely.LineString(step.points))
    return [_cut_way(plan, step, cut)]


def _cut_through(plan: Plan, step: Step) -> str:
    """The neighbourhood a cut goes through: the one in the middle between its ends, else the chosen one."""
    line = shapely.LineString(step.points)
    middle = shapely.line_interpolate_point(line, 0.5, normalized=True)
    for community in step.communities or plan.homes:
        for block, code in plan.homes[community].items():
            if shapely.contains(plan.ground.shape[block], middle):
                return code
    if not plan.members(step.code):
        raise Outside
    return step.code


def _cut_way(plan: Plan, step: Step, cut: Cut) -> Way:
    """A cut as an operation: by default the side towards the chosen neighbourhood goes to it."""
    beside = [neighbours(plan, side.blocks, cut.code) for side in cut.sides]
    side = step.side if step.side in (0, 1) else 1
    if step.side not in (0, 1) and any(step.code in found for found in beside):
        side = max((0, 1), key=lambda i: beside[i].get(step.code, 0.0))
    choices = [*beside[side], NEW]
    wanted = step.other or (step.code if step.code in beside[side] else choices[0])
    target = wanted if wanted in choices else choices[0]
    operation = cut.found(side, plan.next_code(cut.code[:12]), step.name) if target == NEW else cut.give(side, target)
    words = {"kind": "line", "names": cut.names, "metres": cut.metres, "following": cut.barrier_following}
    words["main"] = cut.main
    options = Options(cut.code, tuple(part.households for part in cut.sides), side, tuple(choices), target)
    return Way(operation, _points(cut.line), words, options)


def neighbours(plan: Plan, blocks: Iterable[int], code: str) -> dict[str, float]:
    """Neighbourhoods (other than `code`) that touch a set of blocks of one community, the longest contact first."""
    home = plan.homes[code[:12]]
    metres: dict[str, float] = {}
    for block in blocks:
        for near, length in plan.ground.near[block].items():
            if home[near] != code:
                metres[home[near]] = metres.get(home[near], 0.0) + length
    return dict(sorted(metres.items(), key=lambda pair: (-pair[1], pair[0])))


def _points(line: shapely.Geometry) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in shapely.get_coordinates(line).tolist())


MAKERS: dict[str, Callable[[Plan, Step], list[Way]]] = {
    "paint": _paint,
    "merge": _merge,
    "draw": _draw,
    "split": _split,
    "new": _new,
    "retire": _retire,
    "rename": _rename,
    "transfer": _transfer,
    "push": _push,
    "cut": _cut,
    "freehand": _freehand,
}


# ── what a plan holds ──


def figures_of_all(plan: Plan, codes: Iterable[str]) -> dict[str, Figures]:
    """Figures of those of some neighbourhoods that the plan has."""
    return {code: figures(plan, code) for code in sorted(set(codes)) if plan.members(code)}


def cut_in(plan: Plan, codes: Iterable[str]) -> dict[str, list[str]]:
    """Label -> compounds (of at most one target's households), landmarks … that neighbourhoods share with others."""
    found: dict[str, list[str]] = {}
    wanted = set(codes)
    for place, label in enumerate(LABELS):
        groups: dict[str, set[str]] = {}
        homes: dict[str, int] = {}
        for community in {code[:12] for code in wanted}:
            for block, code in plan.homes[community].items():
                fact = plan.ground.facts[block]
                if (name := fact.labels[place]) is not None:
                    groups.setdefault(name, set()).add(code)
                    homes[name] = homes.get(name, 0) + fact.counts.households
        most = RULES["urban"].target if label == "compound" else math.inf
        found[label] = [name for name, c in groups.items() if len(c) > 1 and c & wanted and homes[name] <= most]
    return found


def code_before(before: Plan, after: Plan, block: int) -> str | None:
    """The neighbourhood in `before` of a block of `after` (of the block it was split from)."""
    known = after.ground.known_block(block, before.ground.community)
    return None if known is None else before.code_of(known)


def verb_of(operation: Operation | None) -> str:
    """The verb an operation is told with."""
    return str(getattr(operation, "verb", "") or type(operation).__name__.lower())
