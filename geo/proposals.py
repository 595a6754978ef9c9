"""Proposals: three ranked alternatives for a neighbourhood, a community or a subdistrict, as ordinary operations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geo.operations import Operation
from geo.plans import Plan
from geo.plans_between import attempted, needs, steps_between
from geo.plans_checks import around, differences
from geo.plans_figures import Figures, Range, figures, main_kind, target_of
from geo.plans_ground import LABELS
from geo.plans_steps import State, plain
from geo.zoning import propose
from geo.zoning_rules import RULES, Infeasible, Weights

_PLAIN = Weights()
AIMS: Mapping[str, Weights] = {
    "balance": replace(_PLAIN, stay=12, tight_cost=240, balance=80),
    "barriers": replace(
        _PLAIN,
        stay=12,
        cut={**_PLAIN.cut, "none": 80, "lane": 12},
        keep={name: 2 * cost for name, cost in _PLAIN.keep.items()},
    ),
    "little_change": replace(_PLAIN, stay=160),
    "compact": replace(_PLAIN, stay=12, compact=40, round_min=400),
}
"""What an alternative is for, with the solver's weights; all keep contiguity, nesting and coverage.

Where these agree, parts of the best one (aim fewer_steps) are offered beside it.
"""

STRONG = ("river", "rail", "arterial", "road")
WANTED = 3
ROUNDS = 3
"""Searches until three alternatives differ: the later ones are hotter and end further from what there is."""


class ProposalCancelled(Exception):
    """The planner stopped the search; nothing was changed."""


@dataclass(frozen=True)
class Measures:
    """Of the neighbourhoods of a proposal's area: shares within 20 and 12 % of target, of urban ones with 3 to 10
    buildings, mean roundness, share of inner border on barriers and on strong ones (river, rail, arterial, road),
    kilometres of river or arterial inside them.
    """

    neighbourhoods: int
    within_20: float
    within_12: float
    buildings_fit: float | None
    polsby_popper: float
    barrier_following: float | None
    on_strong: float | None
    severance_km: float


@dataclass(frozen=True)
class Step:
    """One operation of a proposal: what it moves, and the earlier steps (by number, from 0) that it rests on."""

    operation: Operation
    needs: tuple[int, ...]
    blocks: int
    households: int


@dataclass(frozen=True)
class Alternative:
    """A proposal: its aim, its steps in an order that works, measures before and after, households that move.

    `score`: how it ranks (see `score_of`). `left`: blocks of the solver's division that no sound step could reach.
    """

    aim: str
    steps: tuple[Step, ...]
    before: Measures
    after: Measures
    households: int
    score: float
    infeasible: tuple[Infeasible, ...]
    left: int


def alternatives(
    plan: Plan,
    area: str,
    *,
    locked: Collection[str] = (),
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Alternative]:
    """Up to three ranked alternatives for an area: the code of a neighbourhood (15 digits), community or subdistrict.

    A neighbourhood is divided anew with those of its community beside it. `locked` stay as they are. `progress` hears
    (done, all) after each community and aim; `cancelled` is asked before each and ends the search with
    ProposalCancelled. Accept `step.operation` of any step whose `needs` are accepted; `remaining` says what is left
    to do when something else was changed in between. An empty list: nothing better was found. Deterministic by seed.
    """
    scope = {community: free for community, free in _scope(plan, area, set(locked)).items() if len(free) > 1}
    codes = sorted(code for free in scope.values() for code in free)
    tasks = [(aim, community) for aim in AIMS for community in sorted(scope)]
    found: list[Alternative] = []
    for turn in range(ROUNDS):
        wishes: dict[str, dict[int, str]] = {aim: {} for aim in AIMS}
        infeasible: dict[str, list[Infeasible]] = {aim: [] for aim in AIMS}
        for done, (aim, community) in enumerate(tasks, start=1):
            if cancelled():
                raise ProposalCancelled
            weights = replace(AIMS[aim], heat=AIMS[aim].heat * 8**turn)
            wish, limits = _solved(plan, community, scope[community], weights, seed + turn)
            wishes[aim] |= wish
            infeasible[aim] += limits
            if progress is not None:
                progress(turn * len(tasks) + done, ROUNDS * len(tasks))
        fresh = [_alternative(plan, aim, wish, codes, infeasible[aim]) for aim, wish in wishes.items() if wish]
        found = _different(sorted([*found, *fresh], key=lambda one: (-one.score, one.aim)))
        if len(found) >= WANTED:
            break
    if found and len(found) < WANTED:
        found = _different([*found, *_parts_of(plan, found[0], codes)])
    if progress is not None and tasks:
        progress(ROUNDS * len(tasks), ROUNDS * len(tasks))
    return sorted(found[:WANTED], key=lambda one: (-one.score, one.aim))


def remaining(plan: Plan, alternative: Alternative, base: Plan) -> tuple[list[Operation], dict[int, str]]:
    """Operations that still lead from a plan to an alternative made for `base`, and what of it cannot be had any more.

    For when steps were accepted out of order, or other edits came between.
    """
    at: State = plain(base)
    for step in alternative.steps:
        at = attempted(at, step.operation) or at
    wish = {block: now for block, (_, now) in differences(base, at).items() if block in plan.ground.community}
    return steps_between(plan, wish, verb="propose")


def acceptable(plan: Plan, alternative: Alternative, accepted: Collection[int]) -> list[int]:
    """Numbers of the steps not yet accepted that would be sound in a plan now."""
    open_ = [k for k in range(len(alternative.steps)) if k not in accepted]
    return [k for k in open_ if attempted(plain(plan), alternative.steps[k].operation) is not None]


def score_of(before: Measures, after: Measures, moved: float) -> float:
    """What an alternative gains: shares within 20 and 12 %, barrier following, roundness, half the shares with 3 to 10
    buildings and on strong barriers, a tenth a kilometre of river or arterial no longer inside, less a quarter of the
    share of households that must move.
    """
    gained = after.within_20 - before.within_20 + after.within_12 - before.within_12
    gained += (after.barrier_following or 0) - (before.barrier_following or 0)
    gained += ((after.buildings_fit or 0) - (before.buildings_fit or 0)) / 2
    gained += ((after.on_strong or 0) - (before.on_strong or 0)) / 2
    gained += (before.severance_km - after.severance_km) / 10
    return gained + after.polsby_popper - before.polsby_popper - moved / 4


def _scope(plan: Plan, area: str, locked: set[str]) -> dict[str, set[str]]:
    """Community -> its neighbourhoods that may change."""
    if len(area) == 15:
        plan.home_of(area)
        beside = {code for code in around(plan, area) if code is not None and code[:12] == area[:12]}
        return {area[:12]: {area, *beside} - locked}
    return {c: set(home.values()) - locked for c, home in plan.homes.items() if c.startswith(area)}


def _solved(
    plan: Plan, community: str, free: set[str], weights: Weights, seed: int
) -> tuple[dict[int, str], list[Infeasible]]:
    """The solver's division of a community, as block -> code where it differs."""
    home = plan.homes[community]
    current = pd.Series(dict(home), dtype=object)
    kind = main_kind(plan.ground, sorted(home))
    targets = pd.DataFrame(
        {
            "community": [community],
            "kind": [kind],
            "neighbourhoods": [len(set(home.values()))],
            "target": [target_of(plan.ground, community, kind, RULES.get(kind, RULES["urban"]))],
        }
    )
    blocks, edges = plan.ground.blocks_table(home), plan.ground.edges_table(home)
    for name in LABELS:
        blocks[name] = blocks[name].astype(object)
    for end in ("left", "right"):
        edges[end] = edges[end].where(edges[end].isin(home), -1)
    # An edge to the outside is told from its inner side.
    edges["left"], edges["right"] = np.maximum(edges["left"], edges["right"]), np.minimum(edges["left"], edges["right"])
    locked = sorted(set(home.values()) - free)
    result = propose(blocks, edges, targets, seed=seed, weights=weights, current=current, locked=locked)
    after = zip(result.assignment.index.to_list(), result.assignment.to_list(), strict=True)
    return {block: code for block, code in after if home[block] != code}, result.infeasible


def _alternative(
    plan: Plan, aim: str, wish: dict[int, str], codes: list[str], infeasible: list[Infeasible]
) -> Alternative:
    operations, left = steps_between(plan, wish, verb="propose")
    at = plain(plan)
    moved: list[tuple[int, int]] = []
    for operation in operations:
        after = attempted(at, operation)
        assert after is not None  # each was tried in this very order
        changed = differences(at, after)
        moved.append((len(changed), sum(plan.ground.counts(block).households for block in changed)))
        at = after
    rests = needs(plan, operations)
    steps = tuple(Step(o, rest, *m) for o, rest, m in zip(operations, rests, moved, strict=True))
    counts = [plan.ground.counts(block).households for block in differences(plan, at)]
    total = sum(plan.ground.counts(block).households for code in codes for block in plan.members(code))
    before, after_ = _measures(plan, codes), _measures(at, codes)
    score = score_of(before, after_, sum(counts) / total if total else 0.0)
    return Alternative(aim, steps, before, after_, sum(counts), score, tuple(infeasible), len(left))


def _parts_of(plan: Plan, whole: Alternative, codes: list[str]) -> list[Alternative]:
    """The best alternative without one of the steps that no other rests on: less gained, fewer households moved."""
    parts = []
    for k in range(len(whole.steps)):
        if any(k in step.needs for step in whole.steps):
            continue
        at: State = plain(plan)
        for i, step in enumerate(whole.steps):
            at = at if i == k else attempted(at, step.operation) or at
        wish = {block: now for block, (_, now) in differences(plan, at).items()}
        if wish:
            parts.append(_alternative(plan, "fewer_steps", wish, codes, list(whole.infeasible)))
    return sorted(parts, key=lambda one: -one.score)


def _measures(state: State, codes: Collection[str]) -> Measures:
    rows = [figures(state, code) for code in codes if state.members(code)]
    urban = [row.buildings_fit for row in rows if row.buildings_fit is not None]
    own = set().union(*(state.members(code) for code in codes))
    inner = [
        rim
        for block in own
        for rim in state.ground.rims[block]
        if rim.other in own and state.code_of(rim.other) != state.code_of(block)
    ]
    metres = sum(rim.metres for rim in inner)
    on = sum(rim.metres for rim in inner if rim.barrier != "none")
    strong = sum(rim.metres for rim in inner if rim.barrier in STRONG)
    return Measures(
        len(rows),
        sum(row.range not in (Range.FAR_BELOW, Range.FAR_ABOVE) for row in rows) / max(len(rows), 1),
        sum(row.range == Range.WITHIN for row in rows) / max(len(rows), 1),
        sum(urban) / len(urban) if urban else None,
        _mean(rows),
        on / metres if metres else None,
        strong / metres if metres else None,
        _severance_km(state, own),
    )


def _severance_km(state: State, own: Collection[int]) -> float:
    return sum(
        rim.metres
        for block in own
        for rim in state.ground.rims[block]
        if rim.barrier in ("river", "arterial")
        and block < rim.other
        and rim.other in own
        and state.code_of(block) == state.code_of(rim.other)
    ) / 1000  # fmt: skip


def _mean(rows: Collection[Figures]) -> float:
    return sum(row.polsby_popper for row in rows) / max(len(rows), 1)


def _different(ranked: list[Alternative]) -> list[Alternative]:
    """Those that do not ask for the same as a better one."""
    kept: list[Alternative] = []
    for one in ranked:
        if one.steps and all(_operations(one) != _operations(other) for other in kept):
            kept.append(one)
    return kept


def _operations(alternative: Alternative) -> list[Operation]:
    return [step.operation for step in alternative.steps]
