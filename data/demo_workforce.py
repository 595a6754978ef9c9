"""Community social workers as counts: posts, ages, education, certificates; nobody is kept, only counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_posting import officer_shares, posted_workers
from data.demo_tools import Floats, Ints, Texts, share_out, standard, texts

POST_LEVELS = {
    "A1": 0.05,
    "A2": 0.05,
    "A3": 0.04,
    "B1": 0.09,
    "B2": 0.09,
    "B3": 0.07,
    "C1": 0.14,
    "C2": 0.13,
    "C3": 0.1,
    "D1": 0.1,
    "D2": 0.08,
    "D3": 0.06,
}


@dataclass(frozen=True)
class Team:
    """What is known of all workers at the end of a year; every share of 2020 is published."""

    workers: int
    mean_age: float
    ages: tuple[int, ...]
    education: tuple[int, ...]
    party: int
    certified: int
    examined: int
    promoted: int
    veterans: int
    tenure: tuple[float, ...]


EDUCATION = ("secondary", "college", "bachelor", "master")
AGE_BANDS = ("<=30", "31-45", ">45")
TENURE = ("<3", "3-9", "10+")
TEAMS = {
    2018: Team(
        workers=1_292,
        mean_age=38.9,
        ages=(245, 648, 399),
        education=(167, 466, 641, 18),
        party=672,
        certified=452,
        examined=251,
        promoted=0,
        veterans=38,
        tenure=(0.34, 0.43, 0.23),
    ),
    2019: Team(
        workers=1_351,
        mean_age=38.3,
        ages=(271, 690, 390),
        education=(141, 472, 715, 23),
        party=716,
        certified=581,
        examined=327,
        promoted=0,
        veterans=49,
        tenure=(0.33, 0.43, 0.24),
    ),
    # 1,016 of 1,407 are 45 or younger (72.2 %), 1,290 have been to college (91.7 %), 788 hold a bachelor's (56.0 %) and
    # 788 are Party members; 712 hold a certificate (50.6 %), another measure than the 408 who passed the examination.
    2020: Team(
        workers=1_407,
        mean_age=37.8,
        ages=(296, 720, 391),
        education=(117, 474, 788, 28),
        party=788,
        certified=712,
        examined=408,
        promoted=40,
        veterans=61,
        tenure=(0.31, 0.44, 0.25),
    ),
}
AGE_RANGES = {"<=30": (22, 30), "31-45": (31, 45), ">45": (46, 59)}


def make_workforce(district: District, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return `staffing` and `worker_posting`; each dimension's categories sum to the community's total."""
    places = district.communities
    size = (places["neighbourhoods"] ** 0.8 * np.exp(0.1 * standard(places["vigour"].to_numpy()))).to_numpy()
    size = size * rng.lognormal(0, 0.12, len(places))
    staffing, posting = [], []
    for year, team in TEAMS.items():
        home = np.repeat(np.arange(len(places)), share_out(size, team.workers))
        staffing.append(_year(district, team, home, posted_workers(district, year), rng).assign(year=year))
        informants = _informants(district, year, rng)
        shares = officer_shares(district, year)
        posts = {"neighbourhood": district.codes, "officer_share": shares, "part_time_informants": informants}
        posting.append(pd.DataFrame(posts).assign(year=year))
    table = pd.concat(staffing, ignore_index=True)
    return {"staffing": table, "worker_posting": pd.concat(posting, ignore_index=True)}


def _year(district: District, team: Team, home: Ints, posted: Ints, rng: np.random.Generator) -> pd.DataFrame:
    """Long counts by community: every worker gets one category of each dimension, then only the counts are kept."""
    vigour = district.communities["vigour"].to_numpy()[home]
    old = district.communities["old"].to_numpy()[home]

    rank = pd.Series(home).groupby(home).cumcount().to_numpy()

    def deal(counts: dict[str, int], lean: Floats) -> Texts:
        """Give the later categories to those who lean higher, so that communities differ and totals stay exact."""
        order = np.argsort(lean + rng.normal(0, 1, len(home)), kind="stable")
        dealt = np.empty(len(home), dtype=object)
        dealt[order] = np.repeat(texts(list(counts)), list(counts.values()))
        return dealt

    def yes(count: int, lean: Floats) -> Texts:
        return deal({"no": team.workers - count, "yes": count}, lean)

    ages = deal(dict(zip(AGE_BANDS, team.ages, strict=True)), 0.3 * old)
    dimensions = {
        "total": np.full(len(home), "all", dtype=object),
        "post_level": deal(_parts(POST_LEVELS, team.workers), rng.normal(0, 1, len(home))),
        "age_band": ages,
        "education": deal(dict(zip(EDUCATION, team.education, strict=True)), 0.3 * vigour - 0.2 * old),
        "party": yes(team.party, 0.25 * vigour),
        "certificate": yes(team.certified, 0.35 * vigour),
        "examination": yes(team.examined, 0.35 * vigour),
        "tenure": deal(_parts(dict(zip(TENURE, team.tenure, strict=True)), team.workers), 0.2 * old),
        "posting": np.where(rank < posted[home], "neighbourhood", "community").astype(object),
        "veteran": yes(team.veterans, rng.normal(0, 0.5, len(home))),
        "promoted": yes(team.promoted, 0.5 * vigour),
    }
    counts = pd.concat([_counts(district, home, *each) for each in dimensions.items()], ignore_index=True)
    # Nobody is counted as not promoted: the contract has only those who were.
    counts = counts[(counts["dimension"] != "promoted") | (counts["category"] == "yes")]
    codes = district.communities["code"]
    years = np.bincount(home, _ages(ages, team, rng), minlength=len(codes)).astype(np.int64)
    sums = pd.DataFrame({"community": codes, "dimension": "age_sum", "category": "years", "workers": years})
    return pd.concat([counts, sums], ignore_index=True)


def _parts(shares: dict[str, float], total: int) -> dict[str, int]:
    return dict(zip(shares, share_out(np.array(list(shares.values())), total).tolist(), strict=True))


def _counts(district: District, home: Ints, dimension: str, values: Texts) -> pd.DataFrame:
    """community, dimension, category, workers: zeros included, so that a missing row is never taken for none."""
    table = pd.crosstab(pd.Series(home, name="place"), pd.Series(values, name="category"))
    table = table.reindex(range(len(district.communities)), fill_value=0)
    table = table.set_axis(district.communities["code"].to_numpy())
    long = table.rename_axis(index="place").reset_index().melt("place", var_name="category", value_name="workers")
    long = long.rename(columns={"place": "community"}).assign(dimension=dimension)
    return long.sort_values("community", kind="stable", ignore_index=True)


def _ages(bands: Texts, team: Team, rng: np.random.Generator) -> Ints:
    """Whole years within each band whose mean is the team's: moved one by one, never out of the band."""
    low = np.array([AGE_RANGES[band][0] for band in bands])
    high = np.array([AGE_RANGES[band][1] for band in bands])
    ages: Ints = np.round(low + (high - low) * rng.beta(1.6, 1.5, len(bands))).astype(np.int64)
    missing = round(team.mean_age * team.workers) - int(ages.sum())
    while missing:
        room = np.flatnonzero(ages < high if missing > 0 else ages > low)
        moved = rng.permutation(room)[: abs(missing)]
        ages[moved] += np.sign(missing)
        missing -= int(np.sign(missing)) * len(moved)
    return ages


def _informants(district: District, year: int, rng: np.random.Generator) -> Ints:
    """Part-time informants of each neighbourhood: council members who report, a few more each year."""
    usual = 5.5 * np.exp(0.2 * district.lively("workforce")) * (1 + 0.08 * (year - 2018))
    return rng.poisson(usual).astype(np.int64)
