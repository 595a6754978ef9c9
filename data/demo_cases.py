"""Matters received by the joint command centre: the time of each stage, repeats, and the level that settled them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_calendar import weekday
from data.demo_tools import (
    YEARS,
    Bools,
    Dates,
    Floats,
    Ints,
    days_of,
    drawn_days,
    pick,
    pick_columns,
    texts,
)

CASES = {2018: 20_140, 2019: 23_860, 2020: 27_410}
END = np.datetime64("2020-12-31T23:59", "m")
CHANNELS = texts(
    [
        "hotline_12345",
        "digital_city_management",
        "social_governance_platform",
        "full_time_informant",
        "part_time_informant",
    ]
)
CHANNEL_SHARES = np.array(  # by year: the hotline's share shrinks as neighbourhoods report themselves
    [[0.34, 0.27, 0.17, 0.13, 0.09], [0.31, 0.25, 0.19, 0.15, 0.1], [0.27, 0.22, 0.22, 0.17, 0.12]]
)
CATEGORIES = texts(
    [
        "sanitation",
        "facilities",
        "parking_traffic",
        "noise",
        "dispute",
        "security",
        "illegal_building",
        "public_service",
        "epidemic",
        "other",
    ]
)
CATEGORY_SHARES = np.array([0.21, 0.17, 0.17, 0.11, 0.09, 0.06, 0.07, 0.08, 0.0, 0.04])
EPIDEMIC_BY_MONTH = {0: 0.5, 1: 1.9, 2: 1.0, 3: 0.45, 4: 0.2}  # month of 2020 -> as a share of all other matters
HANDLING_HOURS = np.array([9.0, 40.0, 14.0, 8.0, 30.0, 10.0, 160.0, 20.0, 5.0, 24.0])  # usual, by category
CLOSE_TO_HOME = np.array([0.2, -0.5, 0.1, 0.3, 0.7, -0.2, -1.3, -0.1, 0.5, 0.0])  # settled on the spot, log-odds
LEVELS = texts(["neighbourhood", "community", "subdistrict", "district"])
HOURS_OF_DAY = np.array([1, 1, 1, 1, 1, 2, 4, 9, 16, 18, 16, 12, 7, 10, 14, 14, 13, 11, 9, 9, 8, 6, 4, 2], dtype=float)
SECONDS = "timedelta64[s]"


def make_cases(district: District, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return `case`: 71,410 in three years, in order of receipt."""
    days = np.concatenate([drawn_days(rng, _day_weights(year), year, CASES[year]) for year in YEARS])
    received = np.sort(days.astype("datetime64[s]") + _time_of_day(rng, len(days)))
    days = received.astype("datetime64[D]")
    year = days.astype("datetime64[Y]").astype(np.int64) - 48
    category = _categories(days, rng)
    place = _places(district, len(days), rng)
    identifier = texts([f"C{y + 2018}{n:06d}" for y, n in zip(year, np.arange(1, len(days) + 1), strict=True)])
    table = pd.DataFrame(
        {
            "case_id": identifier,
            "channel": CHANNELS[pick_columns(rng, CHANNEL_SHARES[year])],
            "category": CATEGORIES[category],
            "neighbourhood": district.codes.to_numpy()[place],
            "received_at": received,
        }
    )
    stages = _stages(district, received, category, place, year, rng)
    settled = _settled(district, category, place, year, rng)
    table = table.assign(**stages)
    table["settled_within"] = pd.Series(LEVELS[settled], dtype=object).where(table["closed_at"].notna(), None)
    table["repeat_of"] = _repeats(identifier, place * len(CATEGORIES) + category, received, rng)
    return {"case": table}


def _day_weights(year: int) -> Floats:
    days = days_of(year)
    weight: Floats = np.where(weekday(days) >= 5, 0.62, 1.0)
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    weight = weight * np.array([0.95, 0.8, 1.0, 1.0, 1.05, 1.1, 1.15, 1.1, 1.0, 0.95, 0.95, 0.95])[month]
    if year == 2020:
        weight = weight * (1 + np.array([EPIDEMIC_BY_MONTH.get(each, 0.0) for each in range(12)]) * 0.6)[month]
    return weight


def _time_of_day(rng: np.random.Generator, count: int) -> np.ndarray:
    return (pick(rng, HOURS_OF_DAY, count) * 3_600 + rng.integers(0, 3_600, count)).astype(SECONDS)


def _categories(days: Dates, rng: np.random.Generator) -> Ints:
    chances = np.tile(CATEGORY_SHARES, (len(days), 1))
    step = days.astype("datetime64[M]").astype(np.int64) - 600  # 0 = January 2020
    epidemic = np.array([EPIDEMIC_BY_MONTH.get(month, 0.06) for month in range(12)])
    chances[:, 8] = np.where(step >= 0, epidemic[np.clip(step, 0, 11)], 0.0)
    return pick_columns(rng, chances)


def _places(district: District, count: int, rng: np.random.Generator) -> Ints:
    people = district.column("people") + 0.35 * district.column("collective")
    weight = people * np.exp(0.5 * district.column("central") + 0.15 * district.column("old"))
    return pick(rng, weight * rng.lognormal(0, 0.35, len(weight)), count)


def _stages(
    district: District, received: Dates, category: Ints, place: Ints, year: Ints, rng: np.random.Generator
) -> dict[str, Dates]:
    """Times of analysis, dispatch, handling, feedback: log-normal, quicker each year and in lively places."""
    count = len(received)
    pace = np.exp(-0.17 * year - 0.1 * district.lively("cases")[place])
    usual = np.column_stack([0.5 * pace, 0.8 * pace, HANDLING_HOURS[category] * pace, 7.0 * pace])
    hours = usual * np.exp(rng.normal(0, [0.9, 1.0, 1.15, 1.0], (count, 4)))
    times = received[:, None] + np.cumsum(np.round(hours * 3_600), axis=1).astype(SECONDS)
    # A few never get beyond a stage; the latest have not had the time.
    stuck = np.where(rng.random(count) < 0.012, rng.integers(0, 4, count), 4)
    known = (np.arange(4) < stuck[:, None]) & (times <= END)
    times = np.where(known, times, np.datetime64("NaT"))
    names = ("analysed_at", "dispatched_at", "handled_at", "closed_at")
    return {name: times[:, i] for i, name in enumerate(names)}


def _settled(district: District, category: Ints, place: Ints, year: Ints, rng: np.random.Generator) -> Ints:
    lean = CLOSE_TO_HOME[category] + 0.35 * district.lively("cases")[place] + 0.22 * (year - 1)
    higher = np.tile([0.52, 0.34, 0.09], (len(lean), 1))
    chances = np.column_stack([1.05 * np.exp(lean), higher])
    return pick_columns(rng, chances)


def _repeats(identifier: np.ndarray, group: Ints, received: Dates, rng: np.random.Generator) -> np.ndarray:
    """First case of each chain: one in eight that follow their like in the same place within 30 days repeat it."""
    order = np.lexsort((received, group))
    same = np.diff(group[order], prepend=-1) == 0
    gap = np.diff(received[order].astype(np.int64), prepend=0)
    again: Bools = same & (gap < 30 * 86_400) & (rng.random(len(order)) < 0.125)
    first = np.maximum.accumulate(np.where(again, 0, np.arange(len(order))))
    repeat_of = np.full(len(order), None, dtype=object)
    repeat_of[order[again]] = identifier[order[first[again]]]
    return repeat_of
