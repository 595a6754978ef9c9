"""The indicators as data: what each measures, in which unit, against which target, in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from data.contract import DataError

INDICATORS = Path(__file__).with_name("indicators.toml")
THEMES = ("structure", "party", "services", "self_governance", "values", "information", "workforce", "outcomes")
DIRECTIONS = ("up", "down", "none")
KINDS = ("rate", "count", "mean", "share")
LEVELS = ("district", "subdistrict", "community", "neighbourhood")
CHOICES = {"theme": THEMES, "direction": DIRECTIONS, "kind": KINDS, "finest": LEVELS}


class IndicatorError(DataError):
    """Raised when an indicator of indicators.toml is incomplete or says something that cannot be."""

    def __init__(self, indicator: str, why: str) -> None:
        super().__init__(f"The indicator {indicator} cannot be used: {why}. Correct data/indicators.toml.")
        self.indicator = indicator


@dataclass(frozen=True)
class Indicator:
    """One indicator: value = scale × Σ numerator ÷ Σ denominator (measures); a count has no denominator.

    `unit` is a key of the words unit.*; `direction` says which way is better; `finest` is the lowest level it is known
    at; `records` the table behind it, narrowed by `records_filter` (column -> values); `published` ids of figures.
    """

    id: str
    theme: str
    numerator: str
    unit: str
    decimals: int
    direction: str
    kind: str
    finest: str
    source: tuple[str, ...]
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    definition_zh: str
    definition_en: str
    numerator_zh: str
    numerator_en: str
    denominator_zh: str
    denominator_en: str
    caveat_zh: str
    caveat_en: str
    denominator: str | None = None
    scale: float = 1.0
    target: float | None = None
    target_source_zh: str | None = None
    target_source_en: str | None = None
    records: str | None = None
    records_filter: Mapping[str, list[str]] = field(default_factory=dict)
    published: tuple[str, ...] = ()

    @property
    def map_default(self) -> bool:
        """Whether a map may colour areas by it without further ado: rates, means and shares, never bare counts."""
        return self.kind != "count"

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures it is made of."""
        return (self.numerator,) if self.denominator is None else (self.numerator, self.denominator)

    def words(self, part: str, lang: str) -> str:
        """Its words in a language: part is name, short, definition, numerator, denominator, caveat or target_source."""
        return str(getattr(self, f"{part}_{lang}") or "")


@cache
def load_indicators(path: Path = INDICATORS) -> dict[str, Indicator]:
    """Read the indicators by id, in the file's order, once a process. Raises IndicatorError on the first wrong one."""
    found: dict[str, Indicator] = {}
    for body in tomllib.loads(path.read_text(encoding="utf-8"))["indicator"]:
        indicator = _indicator(body)
        if indicator.id in found:
            raise IndicatorError(indicator.id, "it stands there twice")
        found[indicator.id] = indicator
    return found


def _indicator(body: Mapping[str, Any]) -> Indicator:
    name = str(body.get("id", "without an id"))
    known = {part.name: part for part in fields(Indicator)}
    if strange := [key for key in body if key not in known]:
        raise IndicatorError(name, f"nothing is called {', '.join(strange)}")
    required = [key for key, part in known.items() if part.default is MISSING and part.default_factory is MISSING]
    if missing := [key for key in required if key not in body]:
        raise IndicatorError(name, f"it lacks {', '.join(missing)}")
    for key, allowed in CHOICES.items():
        if body[key] not in allowed:
            raise IndicatorError(name, f"{key} is {body[key]}, and may be {', '.join(allowed)}")
    lists = {key: tuple(body[key]) for key in ("source", "published") if key in body}
    numbers = {key: float(body[key]) for key in ("scale", "target") if key in body}
    return _consistent(Indicator(**{**body, **lists, **numbers}))


def _consistent(indicator: Indicator) -> Indicator:
    if (indicator.denominator is None) != (indicator.kind == "count"):
        raise IndicatorError(indicator.id, "a count has no denominator and everything else has one")
    sources = (indicator.target_source_zh, indicator.target_source_en)
    if (indicator.target is not None) != all(sources):
        raise IndicatorError(indicator.id, "a target and its source in both languages belong together")
    return indicator
