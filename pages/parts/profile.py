"""How one area stands: every indicator against its parent, its siblings and the areas most like it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import pandas as pd

from data.indicators import LEVELS, Indicator
from pages.parts import data
from queries.indicators import Comparison, Direction, Standing, compare, compare_period, peers, standing, values
from queries.periods import Period

PEERS = 8
FEWEST = 4  # with fewer fellows a median and its deviation say nothing
TOLERANCE = 0.02  # against last year or a parent: a change of up to 2 % is "about the same"


@dataclass(frozen=True)
class Fellows:
    """Whom an area is compared with: its parent ("" for the district), those beside it, those most like it."""

    code: str
    level: str
    parent: str
    siblings: tuple[str, ...]
    peers: tuple[str, ...]

    @property
    def codes(self) -> list[str]:
        """All areas whose values are needed."""
        return sorted({self.code, *filter(None, [self.parent]), *self.siblings, *self.peers})


@dataclass(frozen=True)
class Entry:
    """One indicator of one area in one period; None where there is no data to say it from, or where it is withheld.

    `peers` compares with the areas alike, `versus` where they are too few: the parent, or last year.
    """

    indicator: Indicator
    value: float | None
    parent: float | None
    before: Comparison | None
    peers: Standing | None
    versus: Comparison | None
    place: Standing | None
    withheld: bool = False

    @property
    def judgement(self) -> str:
        """better, worse or neutral, as the chosen comparison says."""
        found = self.peers or self.versus
        return found.judgement if found else "neutral"

    @property
    def verdict(self) -> str:
        """higher, similar, lower, or "" where nothing can be compared."""
        found = self.peers or self.versus
        return found.verdict if found else ""

    @property
    def difference(self) -> float | None:
        """Ours less what it is compared with, in the indicator's unit."""
        found = self.peers or self.versus
        return found.difference if found else None


def fellows(code: str) -> Fellows:
    """Whom the area is compared with."""
    areas = data.areas()
    row = areas.loc[code]
    parent = row["parent"] if isinstance(row["parent"], str) else ""
    beside = areas[(areas["parent"] == parent) & (areas["level"] == row["level"])] if parent else areas.loc[[code]]
    alike = peers(areas.reset_index(drop=True), code, PEERS)
    return Fellows(code, str(row["level"]), parent, tuple(beside["code"]), tuple(alike) if len(alike) >= FEWEST else ())


def reaches(indicator: Indicator, level: str) -> bool:
    """Whether the indicator is known at this level: not finer than its finest one."""
    known = {"zone": "community", "former_district": "subdistrict"}.get(level, level)
    return LEVELS.index(known) <= LEVELS.index(indicator.finest)


def entries(indicators: Iterable[Indicator], around: Fellows, period: str) -> list[Entry]:
    """One entry an indicator that is known at the area's level, in the given order."""
    chosen = [indicator for indicator in indicators if reaches(indicator, around.level)]
    earlier = str(compare_period(Period.parse(period)))
    now, before = value_table(chosen, around.codes, period), value_table(chosen, [around.code], earlier)
    kept = _withheld(chosen, around.code, period)
    return [replace(_entry(each, around, now, before), withheld=each.id in kept) for each in chosen]


def _withheld(indicators: Sequence[Indicator], code: str, period: str) -> set[str]:
    """Ids of the indicators that would tell of few people in this area."""
    answer = data.measure_values(sorted({m for each in indicators for m in each.measures}), [code], period)
    kept = set(answer.loc[answer["withheld"], "measure"])
    return {each.id for each in indicators if kept & set(each.measures)}


def value_table(indicators: Sequence[Indicator], codes: Sequence[str], period: str) -> pd.DataFrame:
    """One row per code, one column per indicator id."""
    wanted = {measure for indicator in indicators for measure in indicator.measures}
    answer = data.measure_values(sorted(wanted), codes, period)
    measures = answer.pivot(index="code", columns="measure", values="value").reindex(
        index=list(codes), columns=sorted(wanted)
    )
    return pd.DataFrame({each.id: _ratio(measures, each) for each in indicators}, index=measures.index)


def _ratio(measures: pd.DataFrame, indicator: Indicator) -> pd.Series[float]:
    parts = pd.DataFrame({"numerator": measures[indicator.numerator]})
    if indicator.denominator:
        parts["denominator"] = measures[indicator.denominator]
    return values(parts, indicator.scale, ratio=indicator.denominator is not None)


def _entry(indicator: Indicator, around: Fellows, now: pd.DataFrame, before: pd.DataFrame) -> Entry:
    column = now[indicator.id]
    ours = _known(column.get(around.code))
    parent = _known(column.get(around.parent)) if around.parent and indicator.denominator else None
    earlier = _known(before[indicator.id].get(around.code))
    direction = cast("Direction", indicator.direction)
    change = compare(ours, earlier, direction, abs(earlier or 0) * TOLERANCE)
    alike = _standing(column, [around.code, *around.peers], around.code, direction) if around.peers else None
    against = None if alike else compare(ours, parent, direction, abs(parent or 0) * TOLERANCE) if parent else change
    place = _standing(column, around.siblings, around.code, direction) if len(around.siblings) > 1 else None
    return Entry(indicator, ours, parent, change, alike, against, place)


def _standing(column: pd.Series[float], codes: Sequence[str], code: str, direction: Direction) -> Standing | None:
    frame = pd.DataFrame({"code": list(codes), "value": column.reindex(list(codes)).to_numpy()})
    found = standing(frame, code, direction)
    return found if found and found.of > 1 else None


def _known(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)
