"""Social organisations, venture philanthropy, micro-projects and the three budgets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_names import subdistricts
from data.demo_tools import (
    NO_DATE,
    YEARS,
    Dates,
    Floats,
    choose,
    days_between,
    numbered,
    pick,
    serials,
    share_out,
    texts,
)

# 邻里自理 is taken to have begun on 1 January 2013 (after the Party congress of November 2012; no date is published).
SELF_MANAGEMENT_BEGAN = "2013-01-01"
# Today 1,552, of which 1,104 in communities. 1,552 / 834 = 1.86 and 1,104 / 368 = 3.00, so 466 others then against 448
# now: organisations outside communities became fewer, which only dissolutions can explain.
STANDING = {"community": 1_104, "other": 448}
AT_START = {"community": 368, "other": 466}
DISSOLVED_OLD = {"community": 31, "other": 88}  # of those that stood at the start
DISSOLVED_NEW = {"community": 54, "other": 12}  # founded since, and gone again
FIELDS = {
    "assistance": 0.17,
    "elderly_children": 0.2,
    "culture_sport": 0.27,
    "mediation": 0.08,
    "environment": 0.08,
    "education": 0.08,
    "health": 0.06,
    "other": 0.06,
}
FIELD_NAMES = {
    "assistance": "帮扶",
    "elderly_children": "为老为小",
    "culture_sport": "文体",
    "mediation": "调解",
    "environment": "环保",
    "education": "助学",
    "health": "健康",
    "other": "公益",
}
VENTURE_PROJECTS, VENTURE_FUNDS, VENTURE_BENEFICIARIES = 204, 10_160_000, 200_800
MICRO_PROJECTS = {2018: 512, 2019: 574, 2020: 541}


def make_organisations(district: District, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return `social_organisation`, `venture_project`, `micro_project` and `budget`."""
    micro = _micro_projects(district, rng)
    return {
        "social_organisation": _social_organisations(district, rng),
        "venture_project": _venture_projects(district, rng),
        "micro_project": micro,
        "budget": _budgets(district, rng),
    }


def _social_organisations(district: District, rng: np.random.Generator) -> pd.DataFrame:
    frames = [_scope(district, scope, rng) for scope in STANDING]
    table = pd.concat(frames, ignore_index=True).sort_values(["founded_on", "name"], ignore_index=True)
    return table.assign(
        organisation_id=serials("SG", len(table), 4), name=numbered(table["name"].to_numpy(dtype=object))
    )


def _scope(district: District, scope: str, rng: np.random.Generator) -> pd.DataFrame:
    founded, dissolved = _lives(scope, rng)
    count = len(founded)
    weight = np.exp(0.5 * district.lively("organisations")) * (1 + 2 * district.column("central") * (scope == "other"))
    place = pick(rng, weight * rng.lognormal(0, 0.4, len(weight)), count)
    hoods = district.neighbourhoods.iloc[place]
    field = choose(rng, FIELDS, count)
    street = subdistricts().set_index("code")["short_zh"].loc[hoods["subdistrict"]].to_numpy()
    short = district.communities["short_zh"].to_numpy()[hoods["community"]]
    head = short if scope == "community" else street
    kind = rng.choice(
        texts(["协会", "服务社", "互助社"] if scope == "community" else ["服务中心", "促进会", "工作室"]), count
    )
    return pd.DataFrame(
        {
            "name": head + texts([FIELD_NAMES[each] for each in field]) + kind,
            "scope": scope,
            "field": field,
            "community": hoods["code"].str[:12].to_numpy(),
            "neighbourhood": hoods["code"].where((rng.random(count) < 0.7) & (scope == "community")).to_numpy(),
            "founded_on": founded,
            "dissolved_on": dissolved,
        }
    )


def _lives(scope: str, rng: np.random.Generator) -> tuple[Dates, Dates]:
    """Founding and dissolution dates: AT_START stood on the day 邻里自理 began, STANDING stand at the end of 2020."""
    old = days_between(rng, "2003-01-01", "2012-12-31", AT_START[scope], 1.6)
    fresh = STANDING[scope] - AT_START[scope] + DISSOLVED_OLD[scope] + DISSOLVED_NEW[scope]
    new = days_between(rng, "2013-01-02", "2020-08-31", fresh, 1.3)
    new[: DISSOLVED_NEW[scope]] = days_between(rng, "2013-01-02", "2017-12-31", DISSOLVED_NEW[scope])
    gone_old, gone_new = np.full(len(old), NO_DATE), np.full(len(new), NO_DATE)
    gone_old[: DISSOLVED_OLD[scope]] = days_between(rng, "2013-06-01", "2020-11-30", DISSOLVED_OLD[scope])
    gone_new[: DISSOLVED_NEW[scope]] = days_between(rng, "2018-03-01", "2020-11-30", DISSOLVED_NEW[scope])
    return np.concatenate([old, new]), np.concatenate([gone_old, gone_new])


def _venture_projects(district: District, rng: np.random.Generator) -> pd.DataFrame:
    """Funds and beneficiaries are published over 'several years': here 2014 to 2020."""
    place = pick(rng, np.exp(0.5 * district.lively("organisations")), VENTURE_PROJECTS)
    hoods = district.neighbourhoods.iloc[place]
    word = texts([FIELD_NAMES[each] for each in choose(rng, FIELDS, VENTURE_PROJECTS)])
    funds = rng.lognormal(0, 0.35, VENTURE_PROJECTS)
    return pd.DataFrame(
        {
            "project_id": serials("VP", VENTURE_PROJECTS, 4),
            "name": numbered((hoods["name"].to_numpy() + word + "公益创投项目").astype(object)),
            "community": hoods["code"].str[:12].to_numpy(),
            "neighbourhood": hoods["code"].to_numpy(),
            "started_on": np.sort(days_between(rng, "2014-03-01", "2020-09-30", VENTURE_PROJECTS)),
            "funds": 100 * share_out(funds, VENTURE_FUNDS // 100),
            "beneficiaries": share_out(funds * rng.lognormal(0, 0.6, VENTURE_PROJECTS), VENTURE_BENEFICIARIES),
        }
    )


def _micro_projects(district: District, rng: np.random.Generator) -> pd.DataFrame:
    frames = []
    for year, count in MICRO_PROJECTS.items():
        weight = np.exp(0.35 * district.lively("organisations")) * rng.lognormal(0, 0.7, len(district.codes))
        hoods = district.neighbourhoods.iloc[np.sort(pick(rng, weight, count))]
        planned = np.round(np.clip(rng.lognormal(9.1, 0.4, count), 2_000, 30_000) / 500).astype(int) * 500
        state = np.where(rng.random(count) < (0.55 if year == 2020 else 0.03), "running", "finished")
        state = np.where(rng.random(count) < 0.04, "stopped", state).astype(object)
        used = np.select(
            [state == "finished", state == "running"],
            [rng.uniform(0.82, 1.0, count), rng.uniform(0.2, 0.85, count)],
            0.3,
        )
        missing = (state == "running") & (rng.random(count) < 0.08)
        frames.append(
            pd.DataFrame(
                {
                    "name": hoods["name"].to_numpy() + f"一邻一品微项目{year}",
                    "neighbourhood": hoods["code"].to_numpy(),
                    "started_on": days_between(rng, f"{year}-03-01", f"{year}-10-31", count),
                    "state": state,
                    "planned": planned,
                    "spent": pd.Series(np.round(planned * used).astype(int)).mask(missing).astype("Int64"),
                }
            )
        )
    table = pd.concat(frames, ignore_index=True)
    return table.assign(project_id=serials("MP", len(table)))


def _budgets(district: District, rng: np.random.Generator) -> pd.DataFrame:
    """The district not below 2.5 million a year, each subdistrict not below 200,000, each community exactly 50,000."""
    streets, places = subdistricts()["code"].to_numpy(), district.communities["code"].to_numpy()
    frames = []
    for year in YEARS:
        extra = np.round(rng.gamma(1.5, 25_000, len(streets)) / 5_000).astype(int) * 5_000
        frames += [
            _budget(
                np.array(["320613"], dtype=object),
                "district_micro_projects",
                year,
                np.array([2_500_000 + 60_000 * (year - 2018)]),
                rng,
            ),
            _budget(streets, "subdistrict_micro_projects", year, 200_000 + extra, rng),
            _budget(places, "community_party_service", year, np.full(len(places), 50_000), rng),
        ]
    return pd.concat(frames, ignore_index=True)


def _budget(payers: np.ndarray, fund: str, year: int, planned: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    unused = 0.09 if year < 2020 else 0.15  # the epidemic left money unspent
    used: Floats = 1 - rng.beta(4, 4 / unused - 4, len(payers))
    spent = np.round(planned * used / 100).astype(int) * 100
    return pd.DataFrame({"payer": payers, "year": year, "fund": fund, "planned": planned, "spent": spent})
