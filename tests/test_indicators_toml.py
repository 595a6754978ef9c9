"""The indicators: complete in both languages, made of measures that exist, every theme present."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from data.contract import load_contract
from data.indicators import INDICATORS, LEVELS, THEMES, Indicator, IndicatorError, load_indicators
from data.reconcile import PUBLISHED
from queries.records import RECORD_TABLES

ALL = load_indicators()
WORDS = Path(__file__).parents[1] / "data" / "words"
EACH = pytest.mark.parametrize("indicator", ALL.values(), ids=ALL)


def test_there_are_enough_over_all_themes() -> None:
    assert len(ALL) >= 45
    assert {indicator.theme for indicator in ALL.values()} == set(THEMES)


def test_the_default_is_a_rate_of_attendances() -> None:
    default = ALL["attendances_per_1000"]
    assert (default.name_zh, default.scale, default.map_default) == ("每千人活动参与人次", 1000, True)


def test_attendances_are_never_called_a_participation_rate() -> None:
    assert "参与率" not in INDICATORS.read_text(encoding="utf-8")


def test_names_are_told_apart() -> None:
    for part in ("name_zh", "name_en", "short_zh"):
        names = [getattr(indicator, part) for indicator in ALL.values()]
        assert len(set(names)) == len(names), part


@EACH
def test_its_words_are_complete(indicator: Indicator) -> None:
    for part in ("name", "short", "definition", "numerator", "denominator"):
        zh, en = indicator.words(part, "zh"), indicator.words(part, "en")
        assert re.search("[一-鿿]", zh), part
        assert en.isascii() or "–" in en, part
        assert len(en) > 2, part
    assert bool(indicator.caveat_zh) == bool(indicator.caveat_en)
    assert len(indicator.short_zh) <= 10
    assert len(indicator.short_en) <= 22
    assert indicator.definition_zh.endswith("。")
    assert indicator.definition_en.endswith(".")


@EACH
def test_its_measures_exist_at_its_finest_level(indicator: Indicator, extracts: Path) -> None:
    grain = pd.read_parquet(extracts / "measure_catalogue.parquet").set_index("measure")["grain_level"]
    for measure in indicator.measures:
        assert LEVELS.index(grain[measure]) >= LEVELS.index(indicator.finest), measure


@EACH
def test_its_value_is_believable_for_the_district(indicator: Indicator, extracts: Path) -> None:
    table = pd.read_parquet(extracts / "measure.parquet", filters=[("level", "=", "district")])
    sums = table[pd.to_datetime(table["month"]).dt.year == 2020].groupby("measure")["value"].sum()
    last = table.sort_values("month").groupby("measure")["value"].last()
    catalogue = pd.read_parquet(extracts / "measure_catalogue.parquet").set_index("measure")["behaviour"]
    parts = [sums[name] if catalogue[name] == "flow" else last[name] for name in indicator.measures]
    value = indicator.scale * parts[0] / (parts[1] if len(parts) == 2 else 1)
    assert value > 0
    if indicator.unit == "percent":
        assert value <= 100


@EACH
def test_the_records_behind_it_are_carried_and_its_filter_allowed(indicator: Indicator) -> None:
    contract = load_contract()
    assert set(indicator.source) <= {*contract.records, "area"}
    if indicator.records is None:
        assert not indicator.records_filter
        return
    table, listed = contract.extracts[indicator.records], RECORD_TABLES[indicator.records]
    for name, values in indicator.records_filter.items():
        assert name in (*listed.filters, *listed.options)
        allowed = (
            table.columns[name].values or ("true", "false")
            if name in table.columns
            else (*table.dates, "true", "false")
        )
        assert set(values) <= set(allowed), name


@EACH
def test_published_figures_it_names_exist(indicator: Indicator) -> None:
    known = set(pd.read_csv(PUBLISHED, dtype=str)["id"])
    assert set(indicator.published) <= known


@EACH
@pytest.mark.parametrize("language", ["zh", "en"])
def test_its_unit_has_words(indicator: Indicator, language: str) -> None:
    units: set[str] = set()
    for path in WORDS.glob(f"{language}*.toml"):
        units |= set(tomllib.loads(path.read_text(encoding="utf-8")).get("unit", {}))
    assert indicator.unit in units


@EACH
def test_a_target_has_its_source(indicator: Indicator) -> None:
    if indicator.target is not None:
        assert indicator.direction in {"up", "down"}
        assert indicator.words("target_source", "zh").startswith("报告")
        assert indicator.words("target_source", "en").startswith("Report")


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('theme = "structure"', 'theme = "weather"', "theme is weather"),
        ('unit = "people"\n', "", "it lacks unit"),
        ('kind = "count"', 'kind = "rate"', "a count has no denominator"),
        ('id = "population_density"', 'id = "population"', "it stands there twice"),
        ('short_zh = "人口"', 'short = "人口"', "nothing is called short"),
    ],
)
def test_a_wrong_indicator_is_refused(tmp_path: Path, before: str, after: str, why: str) -> None:
    path = tmp_path / "indicators.toml"
    path.write_text(INDICATORS.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    with pytest.raises(IndicatorError, match=why):
        load_indicators(path)
