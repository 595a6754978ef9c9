"""What a neighbourhood of a plan is like: households against its target, buildings, area, shape, borders, office."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from geo.plans_ground import OUTSIDE, Ground
from geo.plans_steps import State
from geo.zoning_rules import RULES, Rule

TIGHT, WIDE = 0.12, 0.20
"""Households that differ from the target by up to this share are in the tight, the wide range."""


class Range(StrEnum):
    """Where a neighbourhood's households stand against its target: within 12 %, within 20 %, or beyond."""

    FAR_BELOW = "far_below"
    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"
    FAR_ABOVE = "far_above"


@dataclass(frozen=True)
class Figures:
    """One neighbourhood: counts of households, people and residential buildings, square metres, and measures.

    `kind` is that of most households, `target` its households, `deviation` = households / target - 1. `buildings_fit`:
    as many buildings as its kind should have (None: no rule). `polsby_popper` = 4πA/P². `barrier_following`: share of
    its border with others of its community on a road, river, wall … (None: it has no such border). `office`: whether a
    service office stands in it (None: offices are not known).
    """

    code: str
    blocks: int
    households: int
    people: int
    collective: int
    buildings: int
    area_m2: float
    kind: str
    target: int
    deviation: float
    range: Range
    buildings_fit: bool | None
    polsby_popper: float
    barrier_following: float | None
    office: bool | None


def figures(state: State, code: str, kinds: dict[str, Rule] | None = None) -> Figures:
    """Figures of one neighbourhood, from its blocks and their borders (≈ 0.1 ms). Raises PlanRefused if unknown."""
    state.home_of(code)
    ground, own = state.ground, sorted(state.members(code))
    rules = kinds or RULES
    counts = [ground.counts(block) for block in own]
    households = sum(count.households for count in counts)
    kind = main_kind(ground, own)
    rule = rules.get(kind, RULES["urban"])
    target = target_of(ground, code[:12], kind, rule)
    buildings = sum(count.buildings for count in counts)
    area = sum(ground.shape[block].area for block in own)
    mine = set(own)
    around = [rim for block in own for rim in ground.rims[block] if rim.other not in mine]
    perimeter = sum(rim.metres for rim in around)
    inner = [rim for rim in around if rim.other != OUTSIDE and ground.community[rim.other] == code[:12]]
    metres = sum(rim.metres for rim in inner)
    deviation = round(households / target - 1, 9)
    return Figures(
        code=code,
        blocks=len(own),
        households=households,
        people=sum(count.people for count in counts),
        collective=sum(count.collective for count in counts),
        buildings=buildings,
        area_m2=area,
        kind=kind,
        target=target,
        deviation=deviation,
        range=range_of(deviation),
        buildings_fit=None if rule.low is None and rule.high is None else fits(buildings, rule),
        polsby_popper=4 * math.pi * area / perimeter**2 if perimeter else 0.0,
        barrier_following=sum(rim.metres for rim in inner if rim.barrier != "none") / metres if metres else None,
        office=None if ground.offices is None else any(block in ground.offices for block in own),
    )


def range_of(deviation: float) -> Range:
    """In which range of the target a deviation (households / target - 1) lies."""
    if abs(deviation) <= TIGHT:
        return Range.WITHIN
    if deviation < 0:
        return Range.BELOW if deviation >= -WIDE else Range.FAR_BELOW
    return Range.ABOVE if deviation <= WIDE else Range.FAR_ABOVE


def fits(buildings: int, rule: Rule) -> bool:
    """Whether a number of buildings is what a kind should have."""
    return (rule.low or 0) <= buildings <= (rule.high or buildings)


def main_kind(ground: Ground, blocks: list[int]) -> str:
    """Kind of most households (then of most area)."""
    weight: dict[str, tuple[int, float]] = {}
    for block in blocks:
        kind = ground.facts[block].kind
        homes, area = weight.get(kind, (0, 0.0))
        weight[kind] = (homes + ground.counts(block).households, area + ground.shape[block].area)
    return max(weight, key=lambda kind: (*weight[kind], kind))


def target_of(ground: Ground, community: str, kind: str, rule: Rule) -> int:
    """Households a neighbourhood should have: of its community and kind, of its community, or by its kind's rule."""
    table = ground.target_of
    return table.get((community, kind), table.get((community, ""), rule.target))
