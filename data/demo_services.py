"""Service teams, whom they reach, and the projects they complete; door-to-door service carries the spring of 2020."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_calendar import weekday
from data.demo_tools import (
    LATE_OFFICE,
    SILENT_FROM,
    YEARS,
    Dates,
    Floats,
    days_between,
    days_of,
    drawn_days,
    numbered,
    pick,
    pick_columns,
    pick_distinct,
    serials,
    texts,
)

TEAMS = 2_134
# At least 6,000 a year is published: met in every year, 2019 being the typical one.
PROJECTS = {2018: 6_018, 2019: 6_092, 2020: 6_151}
KINDS = texts(["assistance", "elderly_children", "culture_sport", "local"])
KIND_NAMES = {
    "assistance": ("帮困助残", "爱心帮扶", "助残"),
    "elderly_children": ("助老", "儿童托管", "长者关爱"),
    "culture_sport": ("文艺", "健身", "书画"),
    "local": ("便民维修", "环境维护", "平安巡防", "邻里调解", "法律服务", "健康咨询"),
}


@dataclass(frozen=True)
class Brand:
    """A brand the report names: its place is a community's or subdistrict's code; kind and teams are assumptions."""

    name: str
    place: str
    kind: str
    teams: int


BRANDS = (
    Brand("“小老”帮“老老”", "320613004", "elderly_children", 9),
    Brand("康伴计划邻里行", "320613002004", "elderly_children", 3),
    Brand("残疾人葡萄园", "320613009016", "assistance", 2),
    Brand("三诚八互", "320613017008", "local", 3),
    Brand("睦邻拾年", "320613016013", "local", 3),
)


def make_services(district: District, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return `service_team`, `team_reach` and `service_project`."""
    teams = _teams(district, rng)
    return {
        "service_team": teams.drop(columns="position"),
        "team_reach": _reach(district, teams, rng),
        "service_project": _projects(district, teams, rng),
    }


def _teams(district: District, rng: np.random.Generator) -> pd.DataFrame:
    brand = _branded(district, rng)
    plain = TEAMS - len(brand)
    weight = np.exp(0.55 * district.lively("services")) * district.column("people") ** 0.3
    position = pick(rng, weight * rng.lognormal(0, 0.5, len(weight)), plain)
    chances = np.array([0.2, 0.29, 0.27, 0.24]) * np.exp(0.25 * district.column("old")[position])[:, None] ** [
        0.5,
        1.2,
        0,
        -0.4,
    ]
    table = pd.concat([brand, pd.DataFrame({"position": position, "kind": KINDS[pick_columns(rng, chances)]})])
    table = table.sort_values("position", kind="stable", ignore_index=True)
    hoods = district.neighbourhoods.iloc[table["position"].to_numpy()]
    plain_word = texts([KIND_NAMES[kind][i % len(KIND_NAMES[kind])] for i, kind in enumerate(table["kind"])])
    word = table["brand"].fillna(pd.Series(plain_word)).to_numpy()
    return table.assign(
        team_id=serials("ST", TEAMS),
        name=numbered((hoods["name"].to_numpy() + word + "服务队").astype(object)),
        neighbourhood=hoods["code"].to_numpy(),
        founded_on=days_between(rng, "2012-01-01", "2020-09-30", TEAMS, 1.5),
        members=np.maximum(4, np.round(rng.lognormal(2.75, 0.55, TEAMS))).astype(int),
    )


def _branded(district: District, rng: np.random.Generator) -> pd.DataFrame:
    """position, kind, brand of the teams of the named brands, in the liveliest neighbourhoods of their places."""
    frames = []
    for brand in BRANDS:
        inside = np.flatnonzero(district.codes.str.startswith(brand.place))
        weight = np.exp(district.lively("services")[inside])
        position = inside[pick_distinct(rng, weight, min(brand.teams, len(inside)))]
        frames.append(pd.DataFrame({"position": position, "kind": brand.kind, "brand": brand.name}))
    return pd.concat(frames)


def _reach(district: District, teams: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A team serves its own neighbourhood and, the bigger it is the likelier, others near by in its community."""
    home = district.neighbourhoods["community"].to_numpy()
    near = district.near[teams["position"].to_numpy(), :9]
    chance = np.clip(0.012 * teams["members"].to_numpy(), 0.03, 0.45)[:, None] * 0.8 ** np.arange(near.shape[1])
    serves = (rng.random(near.shape) < chance) & (home[near] == home[near[:, :1]])
    serves[:, 0] = True
    team, place = np.nonzero(serves)
    codes = district.codes.to_numpy()
    return pd.DataFrame({"team_id": teams["team_id"].to_numpy()[team], "neighbourhood": codes[near[team, place]]})


def _day_weights(year: int) -> Floats:
    """Steadier than events: fewer at weekends and at Spring Festival, more from February to April 2020."""
    days = days_of(year)
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    weight = np.where(weekday(days) >= 5, 0.6, 1.0) * np.where(month == 1, 0.75, 1.0) * np.where(month == 4, 1.2, 1.0)
    if year == 2020:
        weight = weight * np.where((month >= 1) & (month <= 3), 1.45, 1.0)
    return weight


def epidemic_spring(dates: Dates) -> np.ndarray:
    """Flags of the days from 24 January to the end of April 2020."""
    return (dates >= np.datetime64("2020-01-24")) & (dates <= np.datetime64("2020-04-30"))


def _projects(district: District, teams: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    late = district.neighbourhoods["subdistrict"].to_numpy()[teams["position"]] == LATE_OFFICE
    founded = teams["founded_on"].to_numpy().astype("datetime64[D]")
    weight = teams["members"].to_numpy() ** 0.4 * np.exp(0.25 * district.lively("services")[teams["position"]])
    weight = weight * rng.lognormal(0, 0.6, TEAMS)
    frames = [_year_of_projects(teams, year, weight, founded, late, rng) for year in YEARS]
    table = pd.concat(frames, ignore_index=True)
    return table.assign(project_id=serials("SP", len(table)))


def _year_of_projects(
    teams: pd.DataFrame, year: int, weight: Floats, founded: Dates, late: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    count = PROJECTS[year]
    days = drawn_days(rng, _day_weights(year), year, count)
    # Teams take on projects from the year after they were founded; the silent office has none in December.
    ready = weight * (founded < np.datetime64(f"{year}-01-01"))
    team = np.where(days >= SILENT_FROM, pick(rng, ready * ~late, count), pick(rng, ready, count))
    spring = epidemic_spring(days)
    door = rng.random(count) < np.where(spring, 0.86, 0.27 + 0.03 * (year - 2018))
    kind = teams["kind"].to_numpy()[team]
    size = rng.lognormal(3.3, 0.8, count) * np.where(door, 0.55, 1.0)
    missing = rng.random(count) < 0.03
    return pd.DataFrame(
        {
            "name": teams["name"].to_numpy()[team] + "·" + np.where(door, "上门服务", "集中服务"),
            "team_id": teams["team_id"].to_numpy()[team],
            "kind": kind,
            "door_to_door": door,
            "neighbourhood": teams["neighbourhood"].to_numpy()[team],
            "completed_on": days,
            "beneficiaries": pd.Series(np.maximum(1, np.round(size)).astype(int)).mask(missing).astype("Int64"),
        }
    )
