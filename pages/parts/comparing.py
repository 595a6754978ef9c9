"""What a value is compared with, and the sentence that says how an area stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from data.indicators import Indicator
from pages.parts import data, state, undelivered
from pages.parts.words import area_name, has, lang, levels_name, number, period_text, quantity, t
from queries.indicators import Comparison, Direction, Standing, compare, peers, standing
from queries.periods import Period, compare_period

PEERS = 8
FEW = 5
"""A share of fewer than so many is told as their number: “1 of 1” says what “100%” hides."""


def last_year(period: str) -> str:
    """The same period one year earlier."""
    return str(compare_period(Period.parse(period)))


def others(indicator: Indicator, codes: Sequence[str], comparison: str, period: str, level: str) -> pd.Series[float]:
    """What each code's value is compared with, indexed by code; NaN where there is nothing to compare with.

    last_year: the area's own value a year before; district: the district's; peers: the median of the eight most
    similar areas; target: the indicator's.
    """
    if comparison == "last_year":
        return data.indicator_of(indicator, codes, last_year(period))["value"].reindex(list(codes))
    if comparison == "peers":
        return _peer_medians(indicator, codes, period, level)
    if comparison == "district":
        same: Any = data.indicator_of(indicator, [state.DISTRICT], period)["value"].get(state.DISTRICT)
    else:
        same = indicator.target if comparison == "target" else None
    return pd.Series(float("nan") if same is None else float(same), index=list(codes))


def _peer_medians(indicator: Indicator, codes: Sequence[str], period: str, level: str) -> pd.Series[float]:
    if level == "district":
        return pd.Series(float("nan"), index=list(codes))
    values = data.indicator_values(indicator, level, state.DISTRICT, period).set_index("code")["value"]
    areas = data.areas()
    return pd.Series({code: values.reindex(peers(areas, code, PEERS)).median() for code in codes}, dtype="float64")


@dataclass(frozen=True)
class Sentence:
    """How one area stands: the sentence, and the parts it was made of (None where there is no such part)."""

    text: str
    comparison: Comparison | None
    standing: Standing | None


def sentence(indicator: Indicator, code: str, period: str, comparison: str, inside: str = "") -> Sentence:
    """How `code` stands in `period`: value, comparison (higher, similar, lower) and rank among its fellows in words.

    An area without fellows (the district) says instead which of its areas of level `inside` are highest and lowest.
    Similar to the district, its peers or its target means within one median absolute deviation of its fellows; similar
    to last year means the difference rounds to nothing.
    """
    row = data.area(code)
    fellows = _fellows(indicator, row, period)
    values = fellows["value"]
    ours = float(values.get(code, float("nan")))
    named = {"name": area_name(row), "period": period_text(period), "indicator": indicator.words("name", lang())}
    if pd.isna(ours) and bool(data.indicator_of(indicator, [code], period)["withheld"].any()):
        return Sentence(t("meaning.withheld_sentence", k=data.small_count(), **named), None, None)
    if pd.isna(ours):
        return Sentence(_no_value(indicator, code, period, named), None, None)
    stands = standing(_frame(values), code, cast("Direction", indicator.direction)) if len(values) > 1 else None
    other = others(indicator, [code], comparison, period, str(row["level"])).get(code)
    tolerance = stands.mad if stands and comparison != "last_year" else 0.5 * 10**-indicator.decimals
    found = compare(ours, other, cast("Direction", indicator.direction), tolerance)
    text = t("sentence.value", value=_spoken_of(indicator, fellows, code), **named)
    text += undelivered.within(indicator.source, code, period)
    if is_few(indicator, fellows.at[code, "denominator"]):  # no share is compared with that of so few, nor ranked
        return Sentence(text + _few_before(indicator, code, comparison, period) + t("sentence.end"), found, stands)
    text += _against(indicator, found, comparison, period)
    text += _rank(indicator, stands, row) if stands else _extremes(indicator, code, inside, period)
    return Sentence(text + t("sentence.end"), found, stands)


def _no_value(indicator: Indicator, code: str, period: str, named: dict[str, str]) -> str:
    lacking = undelivered.lacking(indicator.source, code, period)
    if lacking:
        return t("undelivered.no_value", tables=undelivered.listed(lacking), **named)
    return t("sentence.no_value", **named)


def is_few(indicator: Indicator, base: Any) -> bool:
    """Whether the indicator is a share of fewer than FEW things that are counted."""
    counted = indicator.unit == "percent" and has(f"few.{indicator.denominator}")
    return counted and base is not None and 0 < base < FEW


def spoken(indicator: Indicator, value: float | None, parts: tuple[float | None, float | None]) -> str:
    """A value as a sentence says it; with `parts`, numerator and denominator, a share of few as 1 of 1."""
    count, base = parts
    if count is None or pd.isna(count) or not is_few(indicator, base):
        return quantity(value, indicator.unit, indicator.decimals)
    return t(f"few.{indicator.denominator}", count=number(count), base=number(base))


def _spoken_of(indicator: Indicator, rows: pd.DataFrame, code: str) -> str:
    row: Any = rows.loc[code]
    return spoken(indicator, row["value"], (row["numerator"], row["denominator"]))


def _few_before(indicator: Indicator, code: str, comparison: str, period: str) -> str:
    """A share of few is told beside its own of last year; with others it is not compared."""
    if comparison != "last_year":
        return ""
    rows = data.indicator_of(indicator, [code], last_year(period))
    if rows["value"].isna().all():
        return t("sentence.last_year_missing")
    return t("sentence.few_last_year", value=_spoken_of(indicator, rows, code))


def _fellows(indicator: Indicator, row: pd.Series[Any], period: str) -> pd.DataFrame:
    """The area and those beside it that have a value, by code: of the same level and parent."""
    if row["level"] == "district":
        return data.indicator_of(indicator, [str(row["code"])], period)
    frame = data.indicator_values(indicator, str(row["level"]), str(row["parent"]), period)
    return frame.set_index("code").dropna(subset="value")


def _frame(values: pd.Series[float]) -> pd.DataFrame:
    return values.rename_axis("code").rename("value").reset_index()


def _against(indicator: Indicator, found: Comparison | None, comparison: str, period: str) -> str:
    if comparison == "none":
        return ""
    if found is None:
        return t(f"sentence.{comparison}_missing")
    other = t(
        f"sentence.{comparison}",
        value=quantity(found.other, indicator.unit, indicator.decimals),
        period=period_text(last_year(period)),
    )
    return t(f"sentence.{found.verdict}", other=other, by=gap(indicator, found))


def gap(indicator: Indicator, found: Comparison) -> str:
    """How far two values are apart, without sign: percentage points for shares, else per cent of the other value."""
    if indicator.unit == "percent":
        return t("sentence.points", value=number(abs(found.difference), indicator.decimals))
    if found.ratio is None:
        return quantity(abs(found.difference), indicator.unit, indicator.decimals)
    return f"{number(abs(found.ratio) * 100, 0 if abs(found.ratio) >= 0.095 else 1)}%"


def _rank(indicator: Indicator, stands: Standing, row: pd.Series[Any]) -> str:
    return t(
        f"sentence.rank_{indicator.direction}",
        parent=area_name(data.area(str(row["parent"]))),
        counted=levels_name(str(row["level"]), stands.of),
        place=t("sentence.place_joint" if stands.ties else "sentence.place", rank=number(stands.rank)),
    )


def _extremes(indicator: Indicator, code: str, inside: str, period: str) -> str:
    """The highest and the lowest area of level `inside`; nothing where fewer than two differ, or one has few."""
    if inside not in state.LEVELS:
        return ""
    rows = data.indicator_values(indicator, inside, code, period).set_index("code")
    every, values = rows["value"], rows["value"].dropna()
    if values.nunique() < 2:
        return ""
    ends = {"high": str(values.idxmax()), "low": str(values.idxmin())}
    if any(is_few(indicator, rows.at[found, "denominator"]) for found in ends.values()):
        return ""  # 1 of 1 is the highest there can be, and not for itself
    said = {f"{end}_value": quantity(values[found], indicator.unit, indicator.decimals) for end, found in ends.items()}
    named = {end: area_name(data.area(found)) for end, found in ends.items()}
    key = "sentence.range" if len(values) == len(every) else "sentence.range_known"
    return t(key, counted=levels_name(inside, len(values)), **named, **said)
