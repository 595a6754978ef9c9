"""The measures of an edition, what each is held against, and how they are written: one table for every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from data.spreadsheets import Figure
from geo.quality import Quality
from pages.parts import bounds
from pages.parts.words import number, t


@dataclass(frozen=True)
class Rule:
    """One measure of an edition and what it is held against: `least` or `most`, None where there is no rule."""

    key: str
    value: Callable[[Quality], float | None]
    kind: str = "share"
    least: float | None = None
    most: float | None = None

    def met(self, value: float | None) -> bool | None:
        """Whether the rule is kept; None where there is none or the value isn't known."""
        if value is None or (self.least is None and self.most is None):
            return None
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


def water_and_arterial(quality: Quality) -> float | None:
    """Share of the inner border that lies on a river or an arterial road."""
    found = [quality.border_by_class[name] for name in ("river", "arterial")]
    return None if None in found else sum(each for each in found if each is not None)


RULES = (
    Rule("within_20", lambda q: q.within_20, least=0.99),
    Rule("within_12", lambda q: q.within_12, least=0.85),
    Rule("buildings_3_10", lambda q: q.buildings_3_10, least=0.90),
    Rule("compounds_whole", lambda q: q.compounds_whole, least=0.97),
    Rule("village_groups_kept", lambda q: q.village_groups_kept, least=1.0),
    Rule("barrier_following", lambda q: q.barrier_following, least=0.90),
    Rule("water_and_arterial", water_and_arterial, least=0.33),
    Rule("severance_km", lambda q: q.severance_km, "km"),
    Rule("polsby_popper_mean", lambda q: q.polsby_popper_mean, "index", least=0.55),
    Rule("non_contiguous", lambda q: q.non_contiguous, "count", most=0),
    Rule("not_nested", lambda q: q.not_nested, "count", most=0),
    Rule("both_banks", lambda q: q.both_banks, "count", most=0),
    Rule("invalid", lambda q: q.invalid, "count", most=0),
    Rule("gap_m2", lambda q: q.gap_m2, "m2", most=0),
    Rule("overlap_m2", lambda q: q.overlap_m2, "m2", most=0),
)


def shown(value: float | None, kind: str) -> str:
    """A measure as the table writes it."""
    if value is None:
        return number(None)
    if kind == "share":
        return bounds.percent(value)
    return number(value, _decimals(value, kind))


def _decimals(value: float, kind: str) -> int:
    return {"km": 1, "index": 2, "m2": 1}.get(kind, 0) if value else 0


def figure(value: float | None, kind: str, before: str = "") -> Figure | None:
    """The same for a file's table: the number, and how it is written."""
    if value is None:
        return None
    if kind != "share":
        return Figure(float(value), _decimals(value, kind), before=before)
    share = 100.0 if value == 1 else min(100 * value, 99.9)  # 100% says that none is left
    return Figure(share, 2 if 0 < share < 0.05 else 1, before=before, after="%")


def named(rule: Rule) -> str:
    """A measure's name with its unit, as plain text."""
    unit = t(f"boundaries.unit.{rule.kind}")
    return t(f"boundaries.measures.{rule.key}") + (f" ({unit})" if unit else "")


def held(rule: Rule) -> str:
    """What the rule asks for, in figures."""
    if rule.least is not None:
        return "100%" if rule.least == 1 else f"≥\N{NO-BREAK SPACE}{shown(rule.least, rule.kind)}"
    return number(None) if rule.most is None else shown(rule.most, rule.kind)


def held_figure(rule: Rule) -> Figure | None:
    """The same for a file's table."""
    if rule.least is None:
        return figure(rule.most, rule.kind)
    return figure(rule.least, rule.kind, "" if rule.least == 1 else "≥\N{NO-BREAK SPACE}")


def verdict(met: bool | None) -> str:
    """Whether a rule is kept, as HTML."""
    if met is None:
        return escape(number(None))
    kind, key = ("better", "met") if met else ("worse", "unmet")
    return f'<span class="ll-{kind}">{escape(t(f"boundaries.{key}"))}</span>'
