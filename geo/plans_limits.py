"""What is watched but allowed (households, buildings, shape, cut compounds), and what a district forbids, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from geo.plans_checks import touched
from geo.plans_figures import WIDE, Figures, figures
from geo.plans_ground import LABELS
from geo.plans_steps import State
from geo.refusals import PlanRefused, Reason
from geo.zoning_rules import RULES, Rule


class Concern(StrEnum):
    """What a planner is asked a reason for."""

    HOUSEHOLDS = "households"
    BUILDINGS = "buildings"
    COMPACTNESS = "compactness"
    COMPOUND = "compound"
    VILLAGE_GROUP = "village_group"
    LANDMARK = "landmark"


@dataclass(frozen=True)
class Warned:
    """A concern: about which neighbourhoods, the label of what is cut ("" else), and the figure before and after.

    Figures are households, buildings, Polsby–Popper, or in how many neighbourhoods the compound (village group,
    landmark) lies. `before` is None for a new neighbourhood. `hard`: the district's limit forbids it.
    """

    concern: Concern
    neighbourhoods: tuple[str, ...]
    label: str
    before: float | None
    after: float
    hard: bool = False


@dataclass(frozen=True)
class Limits:
    """Rules by kind (as `geo.zoning_rules.RULES`), how far households may be off the target, the least roundness, and
    which concerns are hard (at first none).
    """

    kinds: Mapping[str, Rule] = field(default_factory=lambda: dict(RULES))
    wide: float = WIDE
    round_min: float = 0.30
    hard: frozenset[Concern] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """The limits as JSON values, for `read`."""
        kinds = {name: [rule.target, rule.low, rule.high] for name, rule in self.kinds.items()}
        return {"kinds": kinds, "wide": self.wide, "round_min": self.round_min, "hard": sorted(self.hard)}

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Limits:
        """Limits from JSON values; what is not named keeps its default. Raises ValueError or TypeError."""
        kinds = {name: Rule(*values) for name, values in record.get("kinds", {}).items()}
        return cls(
            {**RULES, **kinds},
            float(record.get("wide", cls.wide)),
            float(record.get("round_min", cls.round_min)),
            frozenset(Concern(name) for name in record.get("hard", ())),
        )


def check_limits(before: State, after: State, limits: Limits) -> None:
    """Raise PlanRefused if a concern that the district made hard arises (it costs nothing while none is)."""
    if not limits.hard:
        return
    broken = [found for found in warnings(before, after, limits) if found.hard]
    if broken:
        raise PlanRefused(Reason.HARD_LIMIT, broken[0].neighbourhoods, detail=broken[0].concern)


def warnings(before: State, after: State, limits: Limits) -> tuple[Warned, ...]:
    """What an operation makes worse; what was as bad before is not its concern."""
    codes = sorted(code for code in touched(before, after) if after.members(code))
    found = [
        warned
        for code in codes
        for warned in _of_figures(
            figures(before, code, dict(limits.kinds)) if before.members(code) else None,
            figures(after, code, dict(limits.kinds)),
            limits,
        )
    ]
    return (*found, *_cuts(before, after, codes, limits))


def _of_figures(before: Figures | None, after: Figures, limits: Limits) -> list[Warned]:
    found = []

    def warn(concern: Concern, was: float | None, now: float) -> None:
        found.append(Warned(concern, (after.code,), "", was, now, concern in limits.hard))

    if abs(after.deviation) > limits.wide and (before is None or abs(after.deviation) > abs(before.deviation)):
        warn(Concern.HOUSEHOLDS, None if before is None else before.households, after.households)
    if after.buildings_fit is False and (before is None or before.buildings_fit or _worse(before, after, limits)):
        warn(Concern.BUILDINGS, None if before is None else before.buildings, after.buildings)
    if after.polsby_popper < limits.round_min and (before is None or after.polsby_popper < before.polsby_popper):
        warn(Concern.COMPACTNESS, None if before is None else before.polsby_popper, after.polsby_popper)
    return found


def _worse(before: Figures, after: Figures, limits: Limits) -> bool:
    """Further from the range of buildings than before: more where they are too many, fewer where too few."""
    rule = limits.kinds.get(after.kind, RULES["urban"])
    too_many = rule.high is not None and after.buildings > rule.high
    return after.buildings > before.buildings if too_many else after.buildings < before.buildings


def _cuts(before: State, after: State, codes: list[str], limits: Limits) -> list[Warned]:
    """Compounds, village groups and landmarks that lie in more neighbourhoods than before.

    A compound of more households than one neighbourhood should have must be divided anyway, and is no concern.
    """
    communities = sorted({code[:12] for code in codes})
    earlier = _groups(before, communities)
    found = []
    for (place, label), now in _groups(after, communities).items():
        was = len(earlier.get((place, label), ()))
        kind = Concern(LABELS[place])
        too_large = kind == Concern.COMPOUND and sum(now.values()) > max(
            limits.kinds.get(after.ground.facts[block].kind, RULES["urban"]).target
            for code in now
            for block in after.members(code)
        )
        if len(now) > max(1, was) and not too_large:
            found.append(Warned(kind, tuple(sorted(now)), label, was or None, len(now), kind in limits.hard))
    return found


def _groups(state: State, communities: list[str]) -> dict[tuple[int, str], dict[str, int]]:
    """(which label, label) -> households by neighbourhood, of all blocks of some communities."""
    groups: dict[tuple[int, str], dict[str, int]] = {}
    for community in communities:
        for block, code in state.homes[community].items():
            facts = state.ground.facts[block]
            for place, label in enumerate(facts.labels):
                if label is not None:
                    shares = groups.setdefault((place, label), {})
                    shares[code] = shares.get(code, 0) + facts.counts.households
    return groups
