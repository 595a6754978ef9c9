"""When events happen: weekends, festivals, the neighbours' day on 20 May, summer holidays, and the epidemic of 2020."""

from __future__ import annotations

import numpy as np

from data.demo_tools import Bools, Dates, Floats, days_of

SPRING_FESTIVAL = ("2018-02-16", "2019-02-05", "2020-01-25")
LANTERN = ("2018-03-02", "2019-02-19", "2020-02-08")
DRAGON_BOAT = ("2018-06-18", "2019-06-07", "2020-06-25")
MID_AUTUMN = ("2018-09-24", "2019-09-13", "2020-10-01")
DOUBLE_NINTH = ("2018-10-17", "2019-10-07", "2020-10-25")
NEIGHBOURS_DAY = ("2018-05-20", "2019-05-20", "2020-05-20")
NATIONAL_DAY = ("2018-10-01", "2019-10-01", "2020-10-01")
# How many times an ordinary day's events are held, from so many days before to so many after.
FESTIVALS = (
    (SPRING_FESTIVAL, 18, 3, 2.4),
    (LANTERN, 3, 0, 3.2),
    (DRAGON_BOAT, 4, 0, 2.2),
    (MID_AUTUMN, 6, 0, 2.8),
    (DOUBLE_NINTH, 5, 1, 2.2),
    (NATIONAL_DAY, 5, 2, 1.7),
)
WEEKDAY = np.array([0.8, 0.85, 0.9, 0.95, 1.25, 2.1, 1.7])  # Monday to Sunday
MONTH = np.array([0.95, 0.9, 1.0, 1.05, 1.15, 1.0, 0.95, 0.9, 1.15, 1.15, 1.05, 0.95])
# What was left of events in 2020, by day: closed from 24 January, opened again step by step.
EPIDEMIC = (
    ("2020-01-24", 0.04),
    ("2020-03-01", 0.08),
    ("2020-04-01", 0.24),
    ("2020-05-01", 0.62),
    ("2020-06-01", 0.85),
    ("2020-07-01", 1.0),
)


def weekday(days: Dates) -> np.ndarray:
    """Return 0 for Monday to 6 for Sunday (1 January 1970 was a Thursday)."""
    return (days.astype("datetime64[D]").astype(np.int64) + 3) % 7


def around(days: Dates, festival: tuple[str, ...], before: int, after: int) -> Bools:
    """Return flags of the days from `before` days ahead of a festival to `after` days past it."""
    near = np.zeros(len(days), dtype=bool)
    for each in festival:
        distance = (days - np.datetime64(each)).astype("timedelta64[D]").astype(np.int64)
        near |= (distance >= -before) & (distance <= after)
    return near


def is_festival(days: Dates) -> Bools:
    """Return flags of the days around any traditional festival."""
    near = np.zeros(len(days), dtype=bool)
    for festival, before, after, _ in FESTIVALS[:-1]:
        near |= around(days, festival, before, after)
    return near


def openness(days: Dates) -> Floats:
    """Return which share of the usual events the epidemic left possible on each day."""
    left = np.ones(len(days))
    for since, share in EPIDEMIC:
        left[days >= np.datetime64(since)] = share
    return left


def event_weights(year: int) -> Floats:
    """Return one weight a day of the year: how likely an event is held on it."""
    days = days_of(year)
    weight = WEEKDAY[weekday(days)] * MONTH[days.astype("datetime64[M]").astype(np.int64) % 12]
    for festival, before, after, factor in FESTIVALS:
        weight = np.where(around(days, festival, before, after), weight * factor, weight)
    weight = np.where(around(days, NEIGHBOURS_DAY, 2, 0), weight * 2, weight)
    weight = np.where(around(days, NEIGHBOURS_DAY, 0, 0), np.maximum(weight, 1.0) * 5, weight)
    # Everything stays closed on New Year's Eve and the two days after it.
    return np.where(around(days, SPRING_FESTIVAL, 1, 2), 0.05, weight) * openness(days)
