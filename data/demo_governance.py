"""Harmony councils, officer roles and forces, community structure, agencies' posted staff."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_posting import officer_shares
from data.demo_tools import (
    FORMER_GANGZHA,
    NO_DATE,
    YEARS,
    Dates,
    days_between,
    logistic,
)

ROLES = {  # how readily each role finds somebody, as log-odds
    "information": 3.0,
    "mediation": 2.2,
    "order": 1.7,
    "cleaning": 2.8,
    "security": 2.0,
    "patrol": 1.8,
    "publicity": 2.4,
    "review": 1.2,
    "assistance": 2.1,
}
FORCES = {"force_professional": 8, "force_volunteer": 30, "force_joint": 9}  # usual number of members
FUNCTIONS = {  # how readily each basic function is carried out, as log-odds, and by whom, the likeliest first
    "information": (3.4, ("officer", "council_member", "stairwell_head")),
    "service": (2.7, ("officer", "council_member", "chair")),
    "self_governance": (2.2, ("chair", "council_member", "stairwell_head")),
}
AGENCIES = {"police": 0.34, "migrant_population": 0.27, "law_enforcement": 0.18}


def make_governance(district: District, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return `harmony_council`, `officer_post`, `community_structure`, `posted_staff`, `neighbourhood_function`."""
    councils = _harmony_councils(district, rng)
    return {
        "harmony_council": councils,
        "officer_post": _officer_posts(district, rng),
        "community_structure": _community_structure(district),
        "posted_staff": _posted_staff(district, rng),
        "neighbourhood_function": _functions(district, councils, rng),
    }


def _harmony_councils(district: District, rng: np.random.Generator) -> pd.DataFrame:
    hoods, vigour = district.neighbourhoods, district.lively("governance")
    count = len(hoods)
    exists = rng.random(count) < logistic(4.2 + 0.8 * vigour)
    gangzha = (hoods["former"] == FORMER_GANGZHA).to_numpy()
    early, late = (
        days_between(rng, "2014-06-01", "2018-12-31", count),
        days_between(rng, "2017-01-01", "2020-06-30", count),
    )
    established = np.where(exists, np.where(gangzha, late, early), NO_DATE).astype("datetime64[D]")
    elected, ends = _terms(established, rng)
    stairwells = np.where(hoods["kind"] == "rural", 3, np.maximum(2, np.round(hoods["buildings"] * 1.4))).astype(int)
    seats = rng.integers(5, 10, count) * exists
    willing = logistic(2.0 + 0.7 * vigour)
    return pd.DataFrame(
        {
            "neighbourhood": hoods["code"],
            "established_on": established,
            "elected_on": elected,
            "term_ends_on": ends,
            "charter": exists & (rng.random(count) < logistic(2.2 + 0.6 * vigour)),
            "chair_seats": exists.astype(int),
            "chair_filled": (exists & (rng.random(count) < logistic(3.4 + 0.7 * vigour))).astype(int),
            "council_seats": seats,
            "council_filled": rng.binomial(seats, willing),
            "stairwell_seats": stairwells * exists,
            "stairwell_filled": rng.binomial(stairwells * exists, logistic(1.6 + 0.7 * vigour)),
            "officer_in_post": officer_shares(district, 2020) > 0,
        }
    )


def _terms(established: Dates, rng: np.random.Generator) -> tuple[Dates, Dates]:
    """Last election and end of term: three years, re-elected weeks late; one in sixteen let its term run out."""
    last = np.datetime64("2020-12-31")
    terms = np.maximum(0, np.floor((last - established).astype("timedelta64[D]").astype(float) / 1_130))
    missed = (rng.random(len(established)) < 0.06) & (terms > 0)
    elected = established + np.nan_to_num(1_130 * (terms - missed)).astype(int).astype("timedelta64[D]")
    return elected, elected + np.timedelta64(1_096, "D")


def _officer_posts(district: District, rng: np.random.Generator) -> pd.DataFrame:
    codes, vigour = district.codes.to_numpy(), district.lively("governance")
    frames = []
    for role, ease in ROLES.items():
        filled = rng.random(len(codes)) < logistic(ease + 0.7 * vigour)
        frames.append(pd.DataFrame({"neighbourhood": codes, "post": role, "filled": filled, "members": pd.NA}))
    for force, usual in FORCES.items():
        filled = rng.random(len(codes)) < logistic(2.4 + 0.8 * vigour)
        members = np.maximum(2, rng.poisson(usual * np.exp(0.25 * vigour) * rng.lognormal(0, 0.3, len(codes)))) * filled
        frames.append(pd.DataFrame({"neighbourhood": codes, "post": force, "filled": filled, "members": members}))
    table = pd.concat([frame.astype({"members": "Int64"}) for frame in frames], ignore_index=True)
    return table.sort_values("neighbourhood", kind="stable", ignore_index=True)


def _functions(district: District, councils: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Three a neighbourhood; only posts that are filled there can answer for one, so a vacancy may leave it undone."""
    vigour = district.lively("governance")
    manned = {
        "officer": councils["officer_in_post"],
        "chair": councils["chair_filled"] > 0,
        "council_member": councils["council_filled"] > 0,
        "stairwell_head": councils["stairwell_filled"] > 0,
    }
    frames = []
    for function, (ease, posts) in FUNCTIONS.items():
        order = [manned[post] & (rng.random(len(vigour)) < 0.8) for post in posts]
        post = np.select([flags.to_numpy() for flags in order], posts, default="")
        done = (post != "") & (rng.random(len(vigour)) < logistic(ease + 0.7 * vigour))
        by = pd.Series(post, dtype=object).where(done, None)
        frame = pd.DataFrame({"neighbourhood": district.codes, "function": function, "carried_out": done})
        frames.append(frame.assign(carried_by=by.to_numpy(dtype=object)))
    table = pd.concat(frames, ignore_index=True)
    return table.sort_values("neighbourhood", kind="stable", ignore_index=True)


def _community_structure(district: District) -> pd.DataFrame:
    """Full coverage, as the report says; only service windows wait where the community is weakest."""
    places = district.communities
    everywhere = dict.fromkeys(("party_committee", "residents_committee", "service_station", "management_office"), True)
    window = places["vigour"].rank().to_numpy() > 5
    return pd.DataFrame({"community": places["code"], **everywhere, "service_window": window})


def _posted_staff(district: District, rng: np.random.Generator) -> pd.DataFrame:
    """Quarter-time steps, since a post serves several neighbourhoods; more each year."""
    codes, people = district.codes.to_numpy(), district.column("people") + district.column("collective")
    frames = []
    for year in YEARS:
        for agency, usual in AGENCIES.items():
            level = (
                usual
                * (people / people.mean()) ** 0.5
                * (1 + 0.12 * (year - 2018))
                * rng.lognormal(0, 0.35, len(codes))
            )
            staff = np.round(level * 4) / 4
            frames.append(pd.DataFrame({"neighbourhood": codes, "agency": agency, "year": year, "staff": staff}))
    return pd.concat(frames, ignore_index=True)
