"""Party organisation: committees, branches, stairwell groups, key households; volunteering and assist actions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_names import TIANQIN
from data.demo_tools import (
    FIRST_DAY,
    FORMER_GANGZHA,
    YEARS,
    Bools,
    Dates,
    Floats,
    Ints,
    days_between,
    draw_flags,
    serials,
    share_out,
    share_out_rows,
    standard,
)

COMMITTEES, BRANCHES, STAIRWELL_GROUPS, KEY_HOUSEHOLDS = 149, 782, 1389, 2737
CADRES = {2018: 7_830, 2019: 9_140, 2020: 9_960}  # the published 9,000 and more are those of 2019
ACTIONS = ("information", "cleaning", "security", "mediation", "patrol", "publicity", "review", "order", "assistance")
ACTION_WEIGHTS = np.array([1.4, 1.5, 1.1, 0.8, 1.3, 1.2, 0.5, 1.0, 1.2])
# Hours a member gives in a month: busiest in May (neighbours' day on the 20th) and in the epidemic's first months.
MONTHLY = np.array([1.8, 1.5, 2.3, 2.1, 3.4, 2.3, 2.0, 1.9, 2.4, 2.5, 2.2, 2.0])
TEA_BEGAN = np.datetime64("2019-06-30")  # the report tells of a secretary's tea "for more than a year"
EPIDEMIC = {1: 2.1, 2: 2.6, 3: 1.6, 4: 1.15}  # month of 2020 (0 = January) -> factor


def make_party(district: District, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return `party_organisation`, `party_household`, `volunteering` and `assist_action`."""
    committees = _committees(district, rng)
    branches = _branches(district, committees, rng)
    groups = _stairwell_groups(district, branches, rng)
    committees["members"] = _committee_members(committees, branches, rng)
    organisations = pd.concat([committees, branches, groups], ignore_index=True)
    return {
        "party_organisation": organisations.drop(columns="position"),
        "party_household": _key_households(district, branches, rng),
        "volunteering": _volunteering(district, branches, rng),
        "assist_action": _assist_actions(district, rng),
    }


def _committees(district: District, rng: np.random.Generator) -> pd.DataFrame:
    """149 of the 166 communities have one; the 17 without are mostly weak ones."""
    places = district.communities
    vigour = standard(places["vigour"].to_numpy())
    has = draw_flags(rng, 1 / (1 + np.exp(-(2.4 + 1.6 * vigour))), COMMITTEES)
    place = places[_with(has, places["code"] == TIANQIN[:12])]
    gangzha = (place["former_district"] == FORMER_GANGZHA).to_numpy()
    old, new = (
        days_between(rng, *span, len(place)) for span in (("2014-01-01", "2018-06-30"), ("2016-01-01", "2019-12-31"))
    )
    return pd.DataFrame(
        {
            "organisation_id": serials("PC", len(place), 4),
            "name": place["name_zh"].to_numpy() + "大党委",
            "kind": "community_committee",
            "parent_id": None,
            "community": place["code"].to_numpy(),
            "neighbourhood": None,
            "established_on": np.where(gangzha, new, old),
            "position": place.index,
        }
    )


def _branches(district: District, committees: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """At most one a neighbourhood; where the community has no committee there is no parent, and seldom a branch."""
    hoods = district.neighbourhoods
    parent = committees.set_index("position")["organisation_id"].reindex(hoods["community"]).to_numpy()
    parent_since = committees.set_index("position")["established_on"].reindex(hoods["community"]).to_numpy()
    lean = 1.1 + 0.7 * district.lively("party") - 1.8 * pd.isna(parent)
    told = hoods["code"] == TIANQIN
    has = _with(draw_flags(rng, 1 / (1 + np.exp(-lean)), BRANCHES), told)
    chosen = hoods[has]
    members = np.maximum(6, np.round(rng.lognormal(3.35, 0.4, BRANCHES) * (0.8 + 0.5 * chosen["central"]))).astype(int)
    since = days_between(rng, "2014-06-01", "2020-06-30", BRANCHES, 1.5)
    since = np.where(told[has], np.minimum(since, TEA_BEGAN), since)
    since = np.maximum(since, _known(parent_since[has]))
    return pd.DataFrame(
        {
            "organisation_id": serials("PB", BRANCHES, 4),
            "name": chosen["name"].to_numpy() + "（网格）邻里党支部",
            "kind": "neighbourhood_branch",
            "parent_id": parent[has],
            "community": chosen["code"].str[:12].to_numpy(),
            "neighbourhood": chosen["code"].to_numpy(),
            "established_on": since,
            "members": members,
            "position": chosen.index,
        }
    )


def _with(flags: Bools, told: pd.Series[bool]) -> Bools:
    """Flags with what the report tells of among them, as many as before: a neighbour in the table gives way."""
    given = flags.copy()
    for place in np.flatnonzero(told.to_numpy() & ~flags):
        others = np.flatnonzero(given)
        given[others[np.abs(others - place).argmin()]] = False
        given[place] = True
    return given


def _known(dates: Dates) -> Dates:
    """Dates with the first day of 2014 where there is none."""
    return np.where(np.isnat(dates), np.datetime64("2014-01-01"), dates).astype("datetime64[D]")


def _stairwell_groups(district: District, branches: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Up to five below a branch; their members are part of the branch's."""
    weight = np.exp(0.5 * district.lively("party")[branches["position"]]) * rng.lognormal(0, 0.5, len(branches))
    count = _capped(weight, STAIRWELL_GROUPS, np.minimum(5, branches["members"].to_numpy() // 4))
    branch = branches.loc[branches.index.repeat(count)].reset_index(drop=True)
    serial = branch.groupby("organisation_id").cumcount() + 1
    after = np.round(rng.exponential(240, len(branch))).astype("timedelta64[D]")
    since = branch["established_on"].to_numpy().astype("datetime64[D]") + after
    share = rng.uniform(0.12, 0.19, len(branch))
    return branch.assign(
        parent_id=branch["organisation_id"],
        organisation_id=serials("PG", len(branch), 4),
        name=branch["name"].str.replace("（网格）邻里党支部", "") + "楼道党小组" + serial.astype(str).str.zfill(2),
        kind="stairwell_group",
        established_on=np.minimum(since, np.datetime64("2020-11-30")),
        members=np.maximum(3, np.round(branch["members"] * share).astype(int)),
    )


def _capped(weights: Floats, total: int, most: Ints) -> Ints:
    """Share out `total` with at most `most` each: what is over goes to the others, round by round."""
    parts = np.zeros(len(weights), dtype=np.int64)
    while (rest := total - int(parts.sum())) > 0:
        parts = np.minimum(parts + share_out(np.where(parts < most, weights, 0.0), rest), most)
    return parts


def _committee_members(committees: pd.DataFrame, branches: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """Members of all branches below it and of the units that joined it."""
    below = branches.groupby("parent_id")["members"].sum().reindex(committees["organisation_id"], fill_value=0)
    return below.to_numpy(dtype=np.int64) + rng.integers(8, 40, len(committees))


def _key_households(district: District, branches: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    weight = branches["members"].to_numpy() * np.exp(0.3 * district.lively("party")[branches["position"]])
    count = share_out(weight * rng.lognormal(0, 0.5, len(branches)), KEY_HOUSEHOLDS)
    table = branches.assign(branch_id=branches["organisation_id"], households=count)
    return table.loc[table["households"] > 0, ["neighbourhood", "branch_id", "households"]].reset_index(drop=True)


def _volunteering(district: District, branches: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One row per branch × month since it was set up; about 27 hours a member and year, some below the 25 asked for."""
    months = np.arange("2018-01", "2021-01", dtype="datetime64[M]")
    step = np.tile(np.arange(len(months)), len(branches))
    branch = branches.loc[branches.index.repeat(len(months))].reset_index(drop=True)
    vigour = district.lively("party")[branch["position"]]
    own = np.repeat(rng.lognormal(0, 0.16, len(branches)), len(months))
    season = MONTHLY[step % 12] * np.array([EPIDEMIC.get(i - 24, 1.0) for i in range(len(months))])[step]
    members = branch["members"].to_numpy()
    claimed = 1 / (1 + np.exp(-(0.4 + 0.07 * step + 0.5 * vigour)))
    hours = members * season * own * (1 + 0.08 * vigour) * rng.lognormal(0, 0.15, len(branch))
    table = pd.DataFrame(
        {
            "branch_id": branch["organisation_id"],
            "neighbourhood": branch["neighbourhood"],
            "month": months[step].astype("datetime64[D]"),
            "members": members,
            "members_with_post": np.minimum(members, np.round(members * claimed).astype(int)),
            "hours": np.round(hours * 2) / 2,
        }
    )
    since = branch["established_on"].to_numpy().astype("datetime64[M]")
    begun = months[step] >= np.maximum(since, FIRST_DAY.astype("datetime64[M]"))
    kept: pd.DataFrame = table.loc[begun].reset_index(drop=True)
    return kept


def _assist_actions(district: District, rng: np.random.Generator) -> pd.DataFrame:
    codes, vigour = district.codes.to_numpy(), district.lively("party")
    frames = []
    for year in YEARS:
        rate = 2.4 * np.exp(0.35 * vigour + 0.12 * (year - 2019))[:, None] * ACTION_WEIGHTS
        times = rng.poisson(rate * rng.lognormal(0, 0.3, rate.shape))
        per_place = share_out(times.sum(axis=1) + 0.2, CADRES[year])
        cadres = share_out_rows(times + 0.01, per_place)
        frames.append(
            pd.DataFrame(
                {
                    "neighbourhood": np.repeat(codes, len(ACTIONS)),
                    "year": year,
                    "action": np.tile(np.array(ACTIONS, dtype=object), len(codes)),
                    # Nobody takes part in an action that did not happen.
                    "times": np.maximum(times, cadres > 0).ravel(),
                    "cadres": cadres.ravel(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
