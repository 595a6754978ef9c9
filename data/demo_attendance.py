"""Attendance of events: person-times by home neighbourhood, age band, sex and first time, never a row for a person."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_tools import YEARS, Bools, Floats, Ints, pick_columns, share_out, texts

# At least 3,000,000 a year is published: met in 2018 and in 2019, the typical year; 2020 lost its spring.
ATTENDANCES = {2018: 3_011_260, 2019: 3_046_580, 2020: 2_118_430}
LEAST = 5  # nobody writes down an event of fewer
AGES = texts(["0-14", "15-34", "35-59", "60-74", "75+", "unknown"])
SEXES = texts(["female", "male", "unknown"])
AGES_BY_KIND = {
    "culture": [0.08, 0.09, 0.24, 0.43, 0.14, 0.02],
    "sport": [0.07, 0.13, 0.29, 0.41, 0.08, 0.02],
    "festival": [0.15, 0.12, 0.26, 0.34, 0.11, 0.02],
    "learning": [0.13, 0.13, 0.27, 0.35, 0.1, 0.02],
    "volunteering": [0.05, 0.17, 0.38, 0.34, 0.04, 0.02],
    "health": [0.03, 0.05, 0.19, 0.47, 0.24, 0.02],
    "mutual_help": [0.06, 0.08, 0.26, 0.43, 0.15, 0.02],
    "children": [0.56, 0.07, 0.24, 0.1, 0.01, 0.02],
}
FEMALE_BY_AGE = np.array([0.51, 0.6, 0.63, 0.64, 0.6, 0.58])
SIZE_BY_KIND = {"culture": 1.5, "sport": 0.8, "festival": 1.8, "learning": 0.6, "volunteering": 0.9, "health": 0.8}
SIZE_BY_BRAND = {"neighbourhood_visiting": 1.9, "four_seasons": 2.6, "integrity": 1.2}
SIZE_BY_PLACE = {"service_office": 0.6, "culture_place": 1.0, "garden": 0.9, "open_air": 1.5, "online": 1.1}


def attend(district: District, events: pd.DataFrame, counted: Bools, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row per counted event × home neighbourhood × age band × sex × first time; years sum to ATTENDANCES."""
    size = np.zeros(len(events), dtype=np.int64)
    size[counted] = _sizes(district, events[counted], rng)
    event, home, age, sex, first, drawn = _cells(district, events, size, rng)
    return pd.DataFrame(
        {
            "event_id": _coded(event, events["event_id"].to_numpy()),
            "home_neighbourhood": _coded(home, district.codes.to_numpy()),
            "age_band": _coded(age, AGES),
            "sex": _coded(sex, SEXES),
            "first_time": first.astype(bool),
            "attendances": _spread(event, drawn, size),
        }
    )


def _coded(positions: Ints, names: np.ndarray) -> pd.Categorical:
    return pd.Categorical.from_codes(positions.astype(np.int32), categories=pd.Index(names))


def _sizes(district: District, events: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """Person-times per event: log-normal, so that a few big ones carry much of the year, and exact over the year."""
    weight = rng.lognormal(0, 0.95, len(events)) * np.exp(0.2 * district.lively("events")[events["position"]])
    for column, factors in (("kind", SIZE_BY_KIND), ("brand", SIZE_BY_BRAND), ("place", SIZE_BY_PLACE)):
        weight *= events[column].map(factors).fillna(1.0).to_numpy(dtype=float)
    held = events["held_on"].to_numpy()
    weight *= np.where((held >= np.datetime64("2020-01-24")) & (held < np.datetime64("2020-06-01")), 0.4, 1.0)
    # No square holds more than some 6,000: above ten times the mean, crowds grow ever slower, and no two end up alike.
    crowd = 10 * weight.mean()
    weight = np.where(weight > crowd, crowd * (1 + 0.5 * np.log(weight / crowd)), weight)
    year = held.astype("datetime64[Y]").astype(np.int64) + 1970
    size = np.zeros(len(events), dtype=np.int64)
    for each in YEARS:
        inside = year == each
        size[inside] = LEAST + share_out(weight[inside], ATTENDANCES[each] - LEAST * int(inside.sum()))
    return size


def _cells(district: District, events: pd.DataFrame, size: Ints, rng: np.random.Generator) -> tuple[Ints, ...]:
    """Draw some of each event's people and gather equals: event, home, age, sex, first time, times drawn; sorted."""
    sample = np.minimum(size, np.ceil(4.4 * size**0.56).astype(np.int64))
    event = np.repeat(np.arange(len(events)), sample)
    home = _homes(district, events["position"].to_numpy()[event], size[event], rng)
    kinds = np.array([AGES_BY_KIND[kind] for kind in AGES_BY_KIND])
    kind = pd.Index(AGES_BY_KIND).get_indexer(pd.Index(events["kind"]))[event]
    age = _ages(kinds[kind], district.column("old")[home], rng)
    sex = (rng.random(len(event)) >= FEMALE_BY_AGE[age]).astype(np.int64)
    sex[rng.random(len(event)) < 0.012] = 2
    first = rng.random(len(event)) < _first_chance(district, home)
    width = len(district.codes)
    key = (((event * width + home) * len(AGES) + age) * len(SEXES) + sex) * 2 + first
    cells, drawn = np.unique(key, return_counts=True)
    rest, first_time = np.divmod(cells, 2)
    rest, sex = np.divmod(rest, len(SEXES))
    rest, age = np.divmod(rest, len(AGES))
    event, home = np.divmod(rest, width)
    return event, home, age, sex, first_time, drawn


def _homes(district: District, host: Ints, size: Ints, rng: np.random.Generator) -> Ints:
    """Most come from the host or next door; the bigger the event, the farther they come, across borders too."""
    at_home = np.clip(0.8 - 0.075 * np.log(size), 0.2, 0.75)
    steps = 1 + np.floor(rng.exponential(1.0, len(host)) * (2.2 + 0.02 * np.minimum(size, 1_200))).astype(np.int64)
    rank = np.where(rng.random(len(host)) < at_home, 0, np.minimum(steps, district.near.shape[1] - 1))
    return district.near[host, rank]


def _ages(chances: Floats, old: Floats, rng: np.random.Generator) -> Ints:
    """Ages by kind of event, tilted towards the elderly where the home is an ageing place."""
    tilt = np.exp(0.15 * old)
    chances[:, 3] *= tilt
    chances[:, 4] *= tilt**1.5
    return pick_columns(rng, chances)


def _first_chance(district: District, home: Ints) -> Floats:
    """Where more has been going on, fewer come for the first time."""
    chance: Floats = np.clip(0.17 * np.exp(-0.18 * district.lively("events")), 0.05, 0.4)
    return chance[home]


def _spread(event: Ints, drawn: Ints, size: Ints) -> Ints:
    """Give each cell one attendance and share the event's rest by how often it was drawn (cumulative rounding)."""
    cells = np.bincount(event, minlength=len(size))
    weight = np.bincount(event, drawn, minlength=len(size))
    extra = (size - cells)[event] * drawn / weight[event]
    before = np.concatenate([[0], np.cumsum((size - cells)[cells > 0])])
    ends = np.cumsum(extra)
    # Float sums drift: put each event's last cell exactly on the integer it must reach.
    last = np.flatnonzero(np.diff(event, append=event[-1] + 1))
    ends[last] = before[1:]
    steps = np.diff(np.round(ends), prepend=0).astype(np.int64)
    return 1 + steps
