"""Indicators: golden numbers on the tiny district, and the arithmetic of values, standing, likeness and classes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from queries.indicator_queries import indicator_by_area, indicator_by_code, indicator_series, indicator_years
from queries.indicators import (
    MISSING,
    ZERO,
    Classes,
    assign,
    classes,
    compare,
    judgement_of,
    peers,
    ranking,
    rounded,
    standing,
    value,
    values,
)
from queries.profile import measures_by_code
from queries.run import Database, open_database
from tests.tiny_extracts import (
    DISTRICT,
    EAST,
    FIELD,
    FIELD_1,
    FORMER,
    MILL,
    MILL_1,
    MILL_2,
    WEST,
    WHARF,
    WHARF_1,
    ZONE,
    write_version,
)

NAN = math.nan
Q1 = date(2020, 1, 1), date(2020, 3, 31)
FEB = date(2020, 2, 1), date(2020, 2, 29)
MAY = date(2020, 5, 1), date(2020, 5, 31)
Y2019 = date(2019, 1, 1), date(2019, 12, 31)
Y2020 = date(2020, 1, 1), date(2020, 12, 31)
Y2021 = date(2021, 1, 1), date(2021, 12, 31)
Y2019_2020 = date(2019, 1, 1), date(2020, 12, 31)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database(write_version(tmp_path_factory.mktemp("extracts") / "v1"), small_count=1)
    yield database
    database.close()


def by_neighbourhood(db: Database, measure: str, period: tuple[date, date]) -> list[float]:
    found = indicator_by_area(db, measure, None, "neighbourhood", DISTRICT, *period)
    assert list(found["code"]) == [MILL_1, MILL_2, WHARF_1, FIELD_1]
    assert found["denominator"].isna().all()
    return list(found["numerator"])


@pytest.mark.parametrize(
    ("measure", "period", "expected"),
    [
        ("attendances", Q1, [30, 5, 0, NAN]),  # a delivered zero is zero, what was never delivered is missing
        ("attendances", FEB, [20, NAN, 0, NAN]),
        ("attendances", Y2019, [7, NAN, NAN, NAN]),
        ("attendances", Y2019_2020, [37, 5, 0, NAN]),
        ("attendances", Y2021, [NAN, NAN, NAN, NAN]),
        ("service_teams", FEB, [2, NAN, NAN, NAN]),  # a stock is that of the last month
        ("service_teams", Q1, [3, 1, 0, 4]),
        ("service_teams", Y2020, [3, 1, 0, 4]),  # known to March only: the last month known
        ("service_teams", Y2019, [NAN, NAN, NAN, NAN]),
        ("population", Y2019, [1000, 500, 400, 100]),
        ("population", MAY, [1100, 500, 400, 100]),  # a month shows its year's figure
        ("population", Y2019_2020, [1100, 500, 400, 100]),  # a span that of its last year
        ("population", Y2021, [NAN, NAN, NAN, NAN]),
        ("satisfaction_yes", Y2020, [NAN, NAN, NAN, NAN]),  # known by community only
        ("unheard_of", Y2020, [NAN, NAN, NAN, NAN]),
    ],
)
def test_a_measure_over_a_period(db: Database, measure: str, period: tuple[date, date], expected: list[float]) -> None:
    np.testing.assert_array_equal(by_neighbourhood(db, measure, period), expected)


@pytest.mark.parametrize(
    ("level", "ancestor", "expected"),
    [
        ("district", DISTRICT, {DISTRICT: (35, 2100)}),
        ("subdistrict", DISTRICT, {EAST: (35, 2000), WEST: (NAN, 100)}),
        ("community", EAST, {MILL: (35, 1600), WHARF: (0, 400)}),
        ("community", ZONE, {WHARF: (0, 400)}),
        ("neighbourhood", FORMER, {MILL_1: (30, 1100), MILL_2: (5, 500), WHARF_1: (0, 400)}),
        ("zone", DISTRICT, {ZONE: (0, 400)}),
        ("zone", ZONE, {ZONE: (0, 400)}),
        ("neighbourhood", "no such area", {}),
    ],
)
def test_areas_of_every_level(
    db: Database, level: str, ancestor: str, expected: dict[str, tuple[float, float]]
) -> None:
    found = indicator_by_area(db, "attendances", "population", level, ancestor, *Q1).set_index("code")
    assert list(found.index) == list(expected)
    np.testing.assert_array_equal(found.to_numpy(), np.array(list(expected.values()), dtype=float).reshape(-1, 2))


def test_a_month_given_by_its_first_day_counts_in_full(db: Database) -> None:
    by_first_day = indicator_by_area(
        db, "attendances", "service_teams", "neighbourhood", DISTRICT, date(2020, 1, 15), date(2020, 2, 1)
    )
    assert list(by_first_day["numerator"].dropna()) == [30, 5, 0]
    assert list(by_first_day["denominator"].dropna()) == [2]


def test_codes_of_several_levels(db: Database) -> None:
    found = indicator_by_code(db, "attendances", "population", [MILL_1, DISTRICT, ZONE, FIELD, "unknown"], *Q1)
    assert list(found["code"]) == [DISTRICT, MILL_1, FIELD, ZONE]
    np.testing.assert_array_equal(found["numerator"], [35, 30, NAN, 0])
    np.testing.assert_array_equal(found["denominator"], [2100, 1100, 100, 400])


def test_one_measure_over_itself_is_one(db: Database) -> None:
    found = indicator_by_code(db, "attendances", "attendances", [DISTRICT], *Q1)
    assert found.loc[0, ["numerator", "denominator"]].tolist() == [35, 35]


@pytest.mark.parametrize("period", [Q1, FEB, MAY, Y2019, Y2020, Y2021, Y2019_2020])
def test_many_measures_at_once_agree_with_one(db: Database, period: tuple[date, date]) -> None:
    codes = [DISTRICT, FORMER, ZONE, EAST, WEST, MILL, FIELD, MILL_1, FIELD_1]
    names = ["attendances", "service_teams", "population", "satisfaction_yes"]
    together = measures_by_code(db, names, codes, *period).pivot(index="code", columns="measure", values="value")
    for name in names:
        alone = indicator_by_code(db, name, None, codes, *period).set_index("code")["numerator"]
        np.testing.assert_array_equal(together[name].reindex(alone.index), alone, err_msg=name)


def test_a_series_has_every_month_the_numerator_is_known(db: Database) -> None:
    found = indicator_series(db, "attendances", "population", [MILL_1, FIELD_1], date(2019, 1, 1), date(2020, 12, 31))
    assert list(found["month"].dt.strftime("%Y-%m").unique()) == ["2019-12", "2020-01", "2020-02", "2020-03"]
    np.testing.assert_array_equal(found["numerator"], [7, 10, 20, 0, NAN, NAN, NAN, NAN])
    np.testing.assert_array_equal(found["denominator"], [1000, 1100, 1100, 1100, 100, 100, 100, 100])
    assert list(found["code"]) == [MILL_1] * 4 + [FIELD_1] * 4


def test_a_series_of_a_stock_stands_as_it_did(db: Database) -> None:
    found = indicator_series(db, "service_teams", None, [DISTRICT], *Y2020)
    assert list(found["numerator"]) == [1, 2, 8]


def test_a_yearly_figure_stands_in_each_month_of_its_year(db: Database) -> None:
    found = indicator_series(db, "population", None, [MILL_1], date(2019, 11, 1), date(2020, 2, 29))
    assert list(found["numerator"]) == [1000, 1000, 1100, 1100]


def test_years_are_those_the_numerator_is_known(db: Database) -> None:
    found = indicator_years(db, "attendances", "population", [DISTRICT, WEST])
    assert list(found["year"]) == [2019, 2020, 2019, 2020]
    np.testing.assert_array_equal(found["numerator"], [7, 35, NAN, NAN])
    np.testing.assert_array_equal(found["denominator"], [2000, 2100, 100, 100])
    stock = indicator_years(db, "service_teams", "population", [DISTRICT])
    assert stock.to_numpy().tolist() == [[DISTRICT, 2020, 8.0, 2100.0]]


# ── pure arithmetic ──


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(30, 1000, 30.0), (0, 1000, 0.0), (30, 0, None), (0, 0, None), (None, 5, None), (5, None, None), (NAN, 5, None)],
)
def test_a_value_needs_both_numbers(numerator: float | None, denominator: float | None, expected: float | None) -> None:
    assert value(numerator, denominator, 1000) == expected
    frame = pd.DataFrame({"numerator": [numerator], "denominator": [denominator]}, dtype="float64", index=["a"])
    np.testing.assert_array_equal(values(frame, 1000), [NAN if expected is None else expected])


def test_a_count_needs_no_denominator() -> None:
    frame = pd.DataFrame({"numerator": [3.0, NAN], "denominator": [NAN, NAN]})
    np.testing.assert_array_equal(values(frame, 2.0, ratio=False), [6.0, NAN])


@pytest.mark.parametrize(
    ("ours", "other", "direction", "verdict", "judgement", "ratio"),
    [
        (120, 100, "up", "higher", "better", 0.2),
        (80, 100, "up", "lower", "worse", -0.2),
        (80, 100, "down", "lower", "better", -0.2),
        (120, 100, "none", "higher", "neutral", 0.2),
        (105, 100, "up", "similar", "neutral", 0.05),
        (5, 0, "up", "similar", "neutral", None),
        (50, 0, "up", "higher", "better", None),
        (-50, -100, "up", "higher", "better", 0.5),
    ],
)
def test_a_comparison_is_said_in_words(
    ours: float, other: float, direction: str, verdict: str, judgement: str, ratio: float | None
) -> None:
    found = compare(ours, other, direction, tolerance=5)  # type: ignore[arg-type]
    assert found is not None
    assert (found.verdict, found.judgement, found.ratio) == (verdict, judgement, ratio)
    assert found.difference == ours - other


def test_nothing_compares_with_a_missing_value() -> None:
    assert compare(None, 1.0) is None
    assert compare(1.0, NAN) is None


FIVE = pd.DataFrame({"code": list("abcdef"), "value": [1.0, 2.0, 3.0, 4.0, 100.0, NAN]})


@pytest.mark.parametrize(
    ("code", "direction", "rank", "verdict", "judgement"),
    [
        ("e", "up", 1, "higher", "better"),
        ("e", "none", 1, "higher", "neutral"),
        ("e", "down", 5, "higher", "worse"),
        ("d", "up", 2, "similar", "neutral"),  # 4 is one median absolute deviation (1) above the median (3)
        ("a", "down", 1, "lower", "better"),
    ],
)
def test_standing_among_five(code: str, direction: str, rank: int, verdict: str, judgement: str) -> None:
    found = standing(FIVE, code, direction)  # type: ignore[arg-type]
    assert found is not None
    assert (found.rank, found.of, found.median, found.mad) == (rank, 5, 3.0, 1.0)
    assert (found.verdict, found.judgement) == (verdict, judgement)


def test_no_standing_without_a_value() -> None:
    assert standing(FIVE, "f") is None
    assert standing(FIVE, "z") is None


def test_ties_share_a_rank() -> None:
    frame = pd.DataFrame({"code": list("abc"), "value": [2.0, 2.0, 1.0]})
    found = standing(frame, "b", "up")
    assert found is not None and (found.rank, found.ties, found.of) == (1, 1, 3)
    assert ranking(frame, "up")["rank"].tolist() == [1, 1, 3]
    assert ranking(frame, "down")["code"].tolist() == ["c", "a", "b"]


numbers = st.lists(st.one_of(st.none(), st.integers(-50, 50).map(float)), min_size=1, max_size=40)


@given(numbers, st.sampled_from(["up", "down", "none"]))
def test_ranking_and_standing_agree(found: list[float | None], direction: str) -> None:
    frame = pd.DataFrame({"code": [f"{n:03d}" for n in range(len(found))], "value": pd.Series(found, dtype="float64")})
    ranked = ranking(frame, direction)  # type: ignore[arg-type]
    known = ranked["value"].dropna()
    assert sorted(ranked["code"]) == sorted(frame["code"])
    assert known.is_monotonic_increasing if direction == "down" else known.is_monotonic_decreasing
    assert ranked["value"].isna().tolist() == sorted(ranked["value"].isna())
    for code, rank in zip(ranked["code"], ranked["rank"], strict=True):
        its = standing(frame, code, direction)  # type: ignore[arg-type]
        assert (its is None) == pd.isna(rank)
        if its is not None:
            assert its.rank == rank
            assert its.of == len(known)
            assert judgement_of(its.verdict, "none") == "neutral"


# ── similar areas ──


def fellows(count: int = 12) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "code": [f"c{n:02d}" for n in range(count)],
            "level": "community",
            "kind": "urban",
            "people": [1000 * (n + 1) for n in range(count)],
            "households": [300 * (n + 1) for n in range(count)],
            "buildings": [6 * (n + 1) for n in range(count)],
            "collective": [100 * (n + 1) for n in range(count)],
            "area_km2": 1.0,
        }
    )


def test_peers_are_the_nearest_of_the_same_level() -> None:
    areas = pd.concat([fellows(), fellows().assign(level="subdistrict", code=lambda f: "s" + f["code"])])
    assert peers(areas, "c05", k=2) == ["c06", "c04"]  # 6,000 people: 7,000 is nearer by ratio than 5,000
    assert len(peers(areas, "c05", k=8)) == 8
    assert peers(areas, "c05", k=50) == peers(areas, "c05", k=11)
    assert peers(areas, "unknown") == []


def test_another_kind_is_further_away() -> None:
    areas = fellows()
    areas.loc[areas["code"] == "c06", "kind"] = "rural"
    assert "c06" not in peers(areas, "c05", k=3)
    assert set(peers(areas, "c05", k=11)) == set(areas["code"]) - {"c05"}


def test_the_only_area_of_its_level_has_no_peers() -> None:
    assert peers(fellows(1), "c00") == []


# ── classes ──


def test_missing_and_zero_stand_apart() -> None:
    given_values = pd.Series([NAN, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], index=list("abcdefghijkl"), dtype="float64")
    found = classes(given_values, "quantile", 5)
    assert found.index["a"] == MISSING
    assert found.index["b"] == ZERO
    assert found.index[2:].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert found.k == 5
    assert found.breaks[-1] == 10


def test_natural_classes_follow_the_gaps() -> None:
    found = classes(pd.Series([1, 1.1, 1.2, 50, 51, 52, 200, 201, 202]), "natural", 3)
    assert found.breaks == (1.2, 52.0, 202.0)
    assert found.index.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def spread(values: list[float]) -> float:
    return sum((number - sum(values) / len(values)) ** 2 for number in values)


@given(st.lists(st.integers(1, 60).map(float), min_size=4, max_size=9), st.integers(2, 4))
def test_natural_classes_have_the_least_spread_of_all(found: list[float], k: int) -> None:
    ordered, made = sorted(found), classes(pd.Series(found), "natural", k)
    if len(set(found)) > k:
        cuts = [(0, *inner, len(found)) for inner in itertools.combinations(range(1, len(found)), k - 1)]
        least = min(sum(spread(ordered[a:b]) for a, b in itertools.pairwise(cut)) for cut in cuts)
        ours = sum(spread(list(group)) for _, group in pd.Series(found).groupby(made.index))
        assert ours == pytest.approx(least)


@pytest.mark.parametrize("method", ["quantile", "natural"])
def test_few_distinct_values_make_few_classes(method: str) -> None:
    found = classes(pd.Series([5.0, 5.0, 7.0, NAN]), method, 5)  # type: ignore[arg-type]
    assert found == Classes((5.0, 7.0), found.index)
    assert found.index.tolist() == [0, 0, 1, MISSING]
    nothing = classes(pd.Series([NAN, NAN]), method, 5)  # type: ignore[arg-type]
    assert (nothing.breaks, nothing.index.tolist()) == ((), [MISSING, MISSING])
    zeros = classes(pd.Series([0.0, NAN]), method, 5)  # type: ignore[arg-type]
    assert (zeros.breaks, zeros.index.tolist()) == ((), [ZERO, MISSING])


def test_locked_breaks_take_other_values() -> None:
    assert assign(pd.Series([-1, 0, 1, 1.5, 2, 99, NAN]), (1.0, 2.0)).index.tolist() == [0, ZERO, 0, 1, 1, 1, MISSING]


@example([1.0, 1.0, -1.0, 2.0, -2.0, 3.0], "quantile", 4)  # an interpolated break once left a class empty
@given(numbers, st.sampled_from(["quantile", "natural"]), st.integers(1, 5))
def test_classes_are_in_order_and_none_is_empty(found: list[float | None], method: str, k: int) -> None:
    series = pd.Series(found, dtype="float64")
    made = classes(series, method, k)  # type: ignore[arg-type]
    assert made.k <= k
    assert list(made.breaks) == sorted(set(made.breaks))
    assert (made.index == MISSING).tolist() == series.isna().tolist()
    assert (made.index == ZERO).tolist() == (series == 0).tolist()
    inside = series[made.index >= 0]
    assert set(made.index[made.index >= 0]) == set(range(made.k))
    assert inside.sort_values().index.size == inside.size
    assert made.index[inside.sort_values().index].is_monotonic_increasing


@pytest.mark.parametrize(
    ("number", "digits", "expected"),
    [(2.5, 0, 3.0), (-2.5, 0, -3.0), (1.005, 2, 1.01), (37.84, 1, 37.8), (0.0, 2, 0.0)],
)
def test_rounding_is_what_people_do(number: float, digits: int, expected: float) -> None:
    assert rounded(number, digits) == pytest.approx(expected)
